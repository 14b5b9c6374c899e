//! What routers expand to.

use super::harness::expansion;

macro_rules! expansions {
    ($($name:ident: $source:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(expansion($source));
        }
    )*};
}

expansions! {
    the_two_pipelines_of_the_readme: r#"
        /// Drops what is too high, prints the rest.
        pipeline "Basic pipeline" {
            under(12);
            stdout
        }

        pipeline "Second pipeline" {
            rate(5);
            stdout
        }
    "#;
    an_empty_router: "";
    a_named_router_with_items: r#"
        /// Watches the machines.
        pub(crate) fn machines;
        use mine::alert;
        const LIMIT: f64 = 0.9;
        pipeline "load" { over(LIMIT); alert; mine::page("ops", retry = 5s) }
    "#;
    topics_carry_what_their_subscribers_take: r#"
        pipeline "all" { publish("high"); map(|e| e.order()); publish("orders"); tee { { publish(r"nobody's") } } }
        pipeline "high" from subscribe("high") { where(service =~ "^a"); stdout }
        pipeline "orders": Order from subscribe("orders") { stdout }
        pipeline "again": crate::Order from subscribe("orders") { stdout }
    "#;
    lets_are_cloned_where_they_are_mentioned: r#"
        let limit = 12.0;
        let (low, names) = (1.0, vec!["a"]);
        pipeline "P" {
            filter(|e| e.metric() < limit);
            under(limit);
            where(metric > low && host != "x");
            by(host) { filter(|e| names.contains(&e.host())); stdout }
            sreduce(|sum, e| sum + e.metric() * limit, limit);
            inspect(|e| println!("{limit}"));
            stdout
        }
        pipeline "Q" { stdout }
    "#;
    policies: r#"
        #[mailbox(100_000, overflow = drop_oldest)]
        #[restart(3, within = 1m30s)]
        #[run(task)]
        #[cfg(feature = "slow")]
        pipeline "P" { stdout }
        #[restart(5)]
        #[mailbox(10, bytes = 64_000_000)]
        pipeline "Q" { stdout }
    "#;
    groups: r#"
        /// Serves pictures.
        #[rest_for_one(3, within = 1m30s)]
        #[on_stop(exit)]
        group "imgout" {
            pipeline "read" { stdout }
            #[cfg(unix)]
            group "write" { pipeline "cache" { stdout } pipeline "empty" { } }
            #[one_for_all(LIMIT)]
            group "rest" { pipeline "log" { stdout } }
        }
        #[on_stop(retry)]
        pipeline "alone" { by(host, restart = key, limit = 5) { stdout } }
    "#;
    conditions: r#"
        pipeline "P" {
            where((metric > 5 || metric < -1.5) && !(service == "x" || tagged("y")));
            where(service =~ "^api" && host =~ "x$" && state =~ "^ok$" && description =~ "b" && service =~ "a.c");
            where(tagged_any(["a", "b"]) && tagged_all(TAGS) && !expired && attribute("k") != "v" && healthy);
            where(host == None || metric * 2 + 1 >= ttl && is_good(host, 3) && { true });
            stdout
        }
    "#;
    changes: r#"
        pipeline "P" {
            with(state = "bad", metric = metric * 2, attribute("k") = host, description = None);
            default(ttl = 5m);
            adjust(service, |service| service.map(str::to_owned));
            stdout
        }
    "#;
    keys_and_options: r#"
        pipeline "P" {
            changed(state, init = "ok");
            stable(5s, state, host);
            runs(3, state);
            by(host, service, idle = 10m, limit = 1000) { changed_state; stdout }
            by_value(|e| e.tags().count()) { stdout }
        }
    "#;
    conditions_as_arguments: r#"
        let limit = 12.0;
        pipeline "P" {
            project(service == "enqueued", service == "dequeued" && metric > limit);
            quotient;
            apdex(5s, metric < 1, metric < 3 && !expired);
            stdout
        }
    "#;
    blocks_and_keys_that_may_be_left_out: r#"
        pipeline "P" {
            top(3, metric) { tag("rest"); stdout }
            top_by(3, |e| e.metric()) { stdout }
            top(3, metric, demote = true);
            coalesce(5s);
            maximum;
            coalesce(5s, host, limit = 10);
            stdout
        }
        pipeline "Q" { changed_state(init = "ok") { runs(2, state); stdout } }
    "#;
    branches: r#"
        pipeline "P" {
            tee { { stdout } { scale(2); stdout } }
            split { metric > 5 => tag("high"), metric > 1 => { tag("low"); rate(5) } _ => stdout }
            stdout
        }
    "#;
    texts_with_fields: r#"
        let name = mine::name();
        pipeline "P" {
            with(description = text("{host} is {state} at {metric:.2}"), attribute("k") = text("{{{attribute.region}}} {name}"), ttl = 60);
            where(service == text("{host} api") && metric > 5);
            by(text("{host}/{service:>20}")) { log(warn, "{host} {name}", rate = 10, per = 1s) }
        }
    "#;
    settings_are_looked_at_before_anything_else: r#"
        use mine::Kind;
        let limit: f64 = env("LIMIT");
        let gap = env_or("GAP", 5s);
        let kind = env::<Kind>("KIND").other();
        let token = secret("TOKEN");
        pipeline "P" { under(limit); throttle(1, gap); mine::sink(env("TARGET"), token, kind); stdout }
    "#;
    fragments_are_written_where_they_are_used: r#"
        let names = mine::names();
        let limit = 7.0;
        stages above(limit: f64) { where(metric > limit && service == names) }
        stages critical(limit: f64, within: Duration) { above(limit * 2.0); by(host) { throttle(1, within) } under(limit) }
        pipeline "P" { critical(0.25, 5s); over(limit); above(limit); stdout }
    "#;
    a_type_of_ones_own: r#"
        pipeline "P": mine::Reading<f64> { where(value > 5); map(|reading| reading.value()); inspect(|value| println!("{value}")) }
    "#;
    mistakes_leave_the_shape: r#"
        pipeline "P" { under(1, 2); over(1) stdout }
        pipeline "Q" { map(); where(metric >); filter(|e| e.); with(sate = "x"); stdout }
        pipeline "R" { }
    "#;
}

#[test]
fn an_editor_gets_what_is_being_typed_and_all_that_may_be() {
    insta::assert_snapshot!(crate::editor::pretend(|| expansion(
        r#"
            let limit = 12.0;
            pipeline "P" { }
            pipeline "Q" {
                under(1, 2);
                und;
                where();
                where(metric >);
                with(sta = "x");
                changed(state, ini = "ok");
                tee { { } }
            }
        "#
    )));
}

#[test]
fn ten_stages_expand_to_at_most_forty_lines() {
    let stages = "under(12); over(1); scale(2); tag(\"x\"); throttle(1, 5s); changed_state; rate(5); expired; untag(\"x\"); stdout";
    let lines = expansion(&format!("pipeline \"ten\" {{ {stages} }}")).lines().count();
    assert!(lines <= 40, "{lines} lines");
}
