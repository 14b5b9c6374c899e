//! What routers expand to.

use super::harness::expansion;

#[test]
fn ten_stages_expand_to_at_most_forty_lines() {
    let stages = "under(12); over(1); scale(2); tag(\"x\"); changed_state; throttle(1, 5s); rate(5); expired; untag(\"x\"); stdout";
    let lines = expansion(&format!("pipeline \"ten\" {{ {stages} }}")).lines().count();
    assert!(lines <= 40, "{lines} lines");
}
