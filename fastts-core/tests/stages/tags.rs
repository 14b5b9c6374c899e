//! `tag`, `untag`, `tagged_all`, `tagged_any`.

rows! {
    tag_puts_new_tags_first: { tag(["n", "x"]) } ["0 tags=x,z", "1", "2 tags=n,x"] => ["0 tags=n,x,z", "1 tags=n,x", "2 tags=n,x"];
    tag_takes_one_tag: { tag("x") } ["0", "1 tags=y", "2 tags=x"] => ["0 tags=x", "1 tags=x,y", "2 tags=x"];
    tag_takes_a_vec: { tag(vec!["x".to_owned(), "y".to_owned()]) } ["0"] => ["0 tags=x,y"];
    tag_says_a_tag_once: { tag(["x", "x"]) } ["0"] => ["0 tags=x"];
    tags_lie_on_each_other: { tag("a"); tag("b"); tag("a") } ["0 tags=z"] => ["0 tags=a,b,z"];

    untag_removes_every_one: { untag("x") } ["0 tags=x,y,x", "1 tags=x", "2", "3 tags=xx"] => ["0 tags=y", "1", "2", "3 tags=xx"];
    untag_removes_several: { untag(["x", "z"]) } ["0 tags=x,y,z"] => ["0 tags=y"];
    untag_removes_what_was_just_added: { tag(["x", "y"]); untag("x") } ["0 tags=x,z"] => ["0 tags=y,z"];
    tag_adds_what_was_just_removed: { untag("x"); tag("x") } ["0 tags=y,x"] => ["0 tags=x,y"];

    tagged_all_wants_each: { tagged_all(["x", "y"]) } ["0 tags=x", "1 tags=y,z,x", "2"] => ["1 tags=y,z,x"];
    tagged_all_of_one: { tagged_all("x") } ["0 tags=x", "1 tags=y"] => ["0 tags=x"];
    tagged_all_of_none_is_everything: { tagged_all([""; 0]) } ["0", "1 tags=x"] => ["0", "1 tags=x"];
    tagged_any_wants_one: { tagged_any(["x", "y"]) } ["0 tags=z,y", "1 tags=z", "2"] => ["0 tags=z,y"];
    tagged_any_of_none_is_nothing: { tagged_any([""; 0]) } ["0", "1 tags=x"] => [];
    tagged_sees_changes_above: { tag("x"); untag("y"); tagged_all("x"); where(!tagged("y")) } ["0 tags=y", "1"] => ["0 tags=x", "1 tags=x"];
    tagged_takes_expired_events: { tagged_any("x") } ["0 state=expired tags=x"] => ["0 state=expired tags=x"];
}
