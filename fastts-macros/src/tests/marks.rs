//! What is said about mistakes, and where.

use super::harness::check;

#[test]
fn the_router() {
    check(
        r#"
pipline "P" { under(12); stdout }
"#,
    );
    check(
        r#"
route "P" { under(12); stdout }
"#,
    );
    check(
        r#"
pipelin P { stdout }
"#,
    );
    check(
        r#"
pipeline { under(12); stdout }
"#,
    );
    check(
        r#"
pipeline basic { under(12); stdout }
"#,
    );
    check(
        r#"
pipeline two words { stdout }
"#,
    );
    check(
        r#"
pipeline 7 { under(12); stdout }
"#,
    );
    check(
        r#"
pipeline b"x" { stdout }
"#,
    );
    check(
        r#"
pipeline "" { under(12); stdout }
"#,
    );
    check(
        r#"
pipeline "P"
{ stdout }
pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[cfg(a)] pipeline "P" { stdout } #[cfg(b)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
pipeline "a\nb" { stdout }
"#,
    );
    check(
        r#"
pipeline "Basic pipeline" { stdout } pipeline "basicpipeline" { stdout }
"#,
    );
    check(
        r#"
pipeline "P" do
under(12)
end
pipeline "Q" { stdout, stdout }
"#,
    );
    check(
        r#"
pipeline "P", do: stdout
"#,
    );
    check(
        r#"
pipeline "P" under(12); stdout
"#,
    );
    check(
        r#"
pipeline "P"
"#,
    );
    check(
        r#"
under(12); pipeline "P" { stdout }
"#,
    );
    check(
        r#"
where(metric > 5);
"#,
    );
    check(
        r#"
"P" { stdout }
"#,
    );
    check(
        r#"
@limit 12
pipeline "P" { stdout }
"#,
    );
    check(
        r#"
pipeline "P": { stdout }
"#,
    );
    check(
        r#"
pipeline "P": 5 { stdout }
"#,
    );
    check(
        r#"
pipeline "P": u32 -> u32 { stdout }
"#,
    );
    check(
        r#"
pipeline "P" from kafka("x") { stdout }
"#,
    );
    check(
        r#"
pipeline "P": Event -> u8 from kafka("x") { stdout }
"#,
    );
    check(
        r#"
pipeline "P" { }
"#,
    );
    check(
        r#"
pipeline "P" { pipeline "Q" { under(1), stdout } stdout }
"#,
    );
    check(
        r#"
fn a; fn b; pipeline "P" { stdout }
"#,
    );
    check(
        r#"
let x = 12 pipeline "P" { stdout }
"#,
    );
    check(
        r#"
let x = ; pipeline "P" { under(x); stdout }
"#,
    );
    check(
        r#"
use std::time::Duration pipeline "P" { stdout }
"#,
    );
    check(
        r#"
const X: i32 = ; pipeline "P" { stdout }
"#,
    );
    check(
        r#"
pipeline "P" { stdout } #[run(task)]
"#,
    );
}

#[test]
fn policies() {
    check(
        r#"
#[mailbxo(10)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox()] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(0)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(-1)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(1.5)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(5s)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(10, 20)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(10, overflw = block)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(10, overflow = sometimes)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(10)] #[mailbox(20)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(10 +)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(LIMIT, overflow = block)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[restart("x")] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[restart(3, within = 0s)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[restart(3, within = 5)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[run] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[run(fast)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[durable] pipeline "P" { stdout }
"#,
    );
}

#[test]
fn blocks() {
    check(
        r#"
pipeline "P" {
    under(12)
    stdout
}
"#,
    );
    check(
        r#"
pipeline "P" { under(12), stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under(12) -> stdout |> stdout >> stdout }
"#,
    );
    check(
        r#"
pipeline "P" { |> under(12); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { by(host) do rate(5) end; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { do stdout end }
"#,
    );
    check(
        r#"
pipeline "P" { stdout end }
"#,
    );
    check(
        r#"
pipeline "P" { "x"; 12; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { let x = 1; under(x); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { use a::b; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { @x 12; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { println!("x"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { std::println!("x") }
"#,
    );
    check(
        r#"
pipeline "P" { #[run(task)] stdout }
"#,
    );
    check(
        r#"
pipeline "P" { { stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { (under 12) stdout }
"#,
    );
    check(
        r#"
pipeline "P" { [stdout] }
"#,
    );
    check(
        r#"
pipeline "P" { if x { stdout } }
"#,
    );
    check(
        r#"
pipeline "P" { match metric { _ => stdout }; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { return; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under 12; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under(1)(2); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under = 12; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under(12).tag("x"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { LIMIT; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { stdout; under(12) }
"#,
    );
    check(
        r#"
pipeline "P" { by(host) { rate(5) } }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 1 => under(5), _ => tag("x") } }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 1 => under(5), _ => stdout } }
"#,
    );
    check(
        r#"
pipeline "P" { tee { { under(12) } {} { stdout } } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { mine::anything }
"#,
    );
    check(
        r#"
pipeline "P" { by(host) { }; stdout }
"#,
    );
}

#[test]
fn arguments() {
    check(
        r#"
pipeline "P" { under; over(); within(1); throttle(1); rate; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under(1, 2); within(1, 2, 3, 4); stdout("x"); sreduce(|a, b| a, 0, 1) }
"#,
    );
    check(
        r#"
pipeline "P" { by() { stdout } changed; runs(3); stable(5s); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { rate(0); rate(0.0); rate(-1); rate(0s); throttle(1, 0s); rate(0.5); rate("5s"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { throttle(0, 5s); throttle(1.5, 5s); runs(-3, state); moving_event_window("3"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { filter(metric > 5); map(1); inspect(|e| e); filter(mine); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { within(5, 1); without(-1, -2); within(1, 5); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { adjust(sate, |s| s); adjust("state", |s| s); adjust(tags, |t| t); adjust(state, 5); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { changed("state"); changed(|e| e.state()); changed(:state); changed(state host); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { changed(state, int = "ok"); rate(5, init = 3); changed(state, init = 1, init = 2); changed(init = 1, state); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { changed(state, init: "ok"); rate(interval: 5); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { filter(fn e -> e.metric end); under(@limit); tag(:x); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under(12) { stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { by(host); by_value(|e| 1); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { rate(5sec); rate(0x5s); rate(1h30); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { under(12 +); filter(|e| e.); stdout }
"#,
    );
}

#[test]
fn forms() {
    check(
        r#"
pipeline "P" { where; where metric > 5; where { metric > 5 }; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(); where(metric >); where(> 5); where(metric 5); where(metric > 5 > 6); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(metric = 5); where(metric === 5); where(metric <> 5); where(service ~= "x"); where(service !~ "x"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(metric > 5 and host == "x" or not expired); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(|e| e.metric() > 5); where((> metric 5)); where(metric as f64 > 5); where(:metric > 5); where(@x > 5); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(if x { true } else { false }); where(metric & 5); where(metric > 5,); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(service =~ host); where(service =~ "a("); where(service =~ "a%"); where(service =~ "a[%]"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(tagged); where(tagged()); where(tagged("a", "b")); where(attribute); where(expired(5)); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { where(metric > 5) { stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { with; with(); with(state: "x"); with(state == "x"); with(sate = "x"); with("state" = "x"); with(state); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { with(state = "x" host = "y"); with(state = "x", state = "y"); with(attribute = "x"); with(key("k") = "x"); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { default(ttl = ); default(ttl = 5min); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { tee; tee {}; tee(stdout); tee { stdout; stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split; split {}; split(metric) { _ => stdout }; stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 -> stdout, _ -> tag("x") } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 => stdout; _ => stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 stdout, _ => stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 => , host => 5, _ => stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split { _ => stdout, metric > 5 => stdout, _ => stdout } stdout }
"#,
    );
    check(
        r#"
pipeline "P" { split { metric = 5 => under(1, 2), _ => stdout } stdout }
"#,
    );
}
