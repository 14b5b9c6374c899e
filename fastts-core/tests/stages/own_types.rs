//! `#[derive(Item)]`: a user's own types through pipelines.

use std::time::Duration;

use fastts_core::prelude::*;
use fastts_core::testing::{outputs, outputs_of};

#[derive(Clone, Debug, PartialEq, Item)]
struct Order {
    number: u64,
    customer: String,
    coupon: Option<String>,
    total: f64,
    discount: Option<f64>,
    paid: bool,
    waited: Duration,
    lines: Vec<Line>,
    #[item(skip)]
    secret: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    article: String,
    pieces: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Item)]
enum Decision {
    Ship,
    Wait,
}

fn order(customer: &str, total: f64) -> Order {
    Order {
        number: 1,
        customer: customer.to_owned(),
        coupon: None,
        total,
        discount: None,
        paid: true,
        waited: Duration::ZERO,
        lines: vec![Line { article: "pen".to_owned(), pieces: 2 }],
        secret: "hidden".to_owned(),
    }
}

fn at<T>(items: impl IntoIterator<Item = (i64, T)>) -> Vec<(Time, T)> {
    items.into_iter().map(|(seconds, item)| (Time::from_secs(seconds), item)).collect()
}

/// Runs orders and checks which come out, and when.
#[track_caller]
fn check(router: &Router, inputs: &[(i64, &Order)], expected: &[(i64, &Order)]) {
    let inputs = at(inputs.iter().map(|&(seconds, order)| (seconds, order.clone())));
    let got: Vec<(Time, Order)> = outputs_of(router, inputs, Time::from_secs(60));
    assert_eq!(got, at(expected.iter().map(|&(seconds, order)| (seconds, order.clone()))));
}

macro_rules! rows {
    ($($name:ident: { $($stages:tt)* } |$plain:ident| $inputs:expr => $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            router! { pipeline "row": Order { $($stages)*; tap } }
            let $plain = |total: f64| order("ann", total);
            let (inputs, expected): (Vec<(i64, Order)>, &[usize]) = ($inputs.into(), &$expected);
            let expected: Vec<(i64, &Order)> = expected.iter().map(|&index| (inputs[index].0, &inputs[index].1)).collect();
            let inputs: Vec<(i64, &Order)> = inputs.iter().map(|(seconds, order)| (*seconds, order)).collect();
            check(&router(), &inputs, &expected);
        }
    )*};
}

// Which of the inputs come out, at their own times.
rows! {
    fields_are_compared: { where(total > 100 && customer == "ann") } |plain| [(0, plain(101.0)), (1, plain(100.0)), (2, order("bob", 500.0))] => [0];
    optional_fields_may_be_missing: { where(coupon != "X" && discount < 3) }
        |plain| [(0, Order { discount: Some(2.0), ..plain(1.0) }), (1, plain(1.0)), (2, Order { coupon: Some("X".into()), discount: Some(2.0), ..plain(1.0) })] => [0];
    bool_fields_are_conditions: { where(paid && !(number == 2)) } |plain| [(0, plain(1.0)), (1, Order { paid: false, ..plain(1.0) }), (2, Order { number: 2, ..plain(1.0) })] => [0];
    durations_are_compared: { where(waited >= 1m) } |plain| [(0, plain(1.0)), (1, Order { waited: Duration::from_secs(60), ..plain(1.0) })] => [1];
    none_is_asked_for: { where(coupon == None) } |plain| [(0, plain(1.0)), (1, Order { coupon: Some(String::new()), ..plain(1.0) })] => [0];
    texts_are_searched: { where(customer =~ "^b" || coupon =~ "[0-9]") } |plain| [(0, plain(1.0)), (1, order("bob", 1.0)), (2, Order { coupon: Some("a1".into()), ..plain(1.0) })] => [1, 2];
    calculation_with_fields: { where(total * 2 - 1 == 5) } |plain| [(0, plain(3.0)), (1, plain(4.0))] => [0];
    own_methods_and_fields_in_closures: { filter(|order| order.lines().len() == 1 && order.lines[0].pieces == 2 && !order.secret.is_empty()) } |plain| [(0, plain(3.0))] => [0];
    keys_are_fields: { by(customer) { changed(total) } } |plain| [(0, plain(1.0)), (1, order("bob", 1.0)), (2, plain(1.0)), (3, plain(2.0))] => [0, 1, 3];
    keys_may_be_missing: { by(coupon, discount, paid) { runs(2, number) } } |plain| [(0, plain(1.0)), (1, Order { coupon: Some("X".into()), ..plain(1.0) }), (2, plain(2.0))] => [2];
    keys_may_be_durations: { changed(waited) } |plain| [(0, plain(1.0)), (1, plain(2.0)), (2, Order { waited: Duration::from_nanos(1), ..plain(1.0) })] => [0, 2];
    large_numbers_are_apart: { changed(number) }
        |plain| [(0, Order { number: u64::MAX, ..plain(1.0) }), (1, Order { number: u64::MAX - 1, ..plain(1.0) }), (2, Order { number: u64::MAX - 1, ..plain(1.0) })] => [0, 1];
    throttle_takes_any_item: { throttle(1, 5s) } |plain| [(0, plain(1.0)), (1, plain(2.0)), (5, plain(3.0))] => [0, 2];
    split_takes_any_item: { split { total > 5 => filter(|order| order.paid()), customer == "bob" => { inspect(|_| {}) } } }
        |plain| [(0, plain(9.0)), (1, plain(1.0)), (2, order("bob", 1.0)), (3, Order { paid: false, ..plain(9.0) })] => [0, 2];
    tee_takes_any_item: { tee { { filter(|_| false); tap_nothing } { where(total > 1); tap_nothing } } } |plain| [(0, plain(1.0))] => [0];
}

#[test]
fn stable_holds_any_item_by_the_clock() {
    router! { pipeline "row": Order { by(customer) { stable(5s, paid) }; tap } }
    let (ann, bob) = (order("ann", 1.0), order("bob", 1.0));
    check(&router(), &[(0, &ann), (2, &bob), (3, &ann)], &[(5, &ann), (5, &ann), (7, &bob)]);
}

#[test]
fn a_pipeline_may_end_in_another_type_than_it_began() {
    router! {
        pipeline "events from orders": Order {
            filter_map(|order| order.paid().then(|| Event::new().with_host(order.customer()).with_metric(order.total())));
            by(host) { rate(5); under(3) };
            map(|event| (event.host().unwrap_or("").to_owned(), event.metric().as_f64()));
            tap
        }
    }
    let inputs = at([(0, order("ann", 10.0)), (1, order("bob", 20.0)), (2, Order { paid: false, ..order("ann", 100.0) })]);
    let got: Vec<(Time, (String, Option<f64>))> = outputs_of(&router(), inputs, Time::from_secs(6));
    assert_eq!(got, at([(5, ("ann".to_owned(), Some(2.0)))]));
}

#[test]
fn enums_travel_as_well() {
    router! {
        pipeline "decisions": Order {
            map(|order| if order.paid() { Decision::Ship } else { Decision::Wait });
            changed_by(|decision| *decision == Decision::Ship);
            tap
        }
    }
    let inputs = at([(0, order("a", 1.0)), (1, order("b", 1.0)), (2, Order { paid: false, ..order("a", 1.0) })]);
    let got: Vec<(Time, Decision)> = outputs_of(&router(), inputs, Time::EPOCH);
    assert_eq!(got, at([(0, Decision::Ship), (2, Decision::Wait)]));
}

#[test]
fn events_become_own_types_and_events_again() {
    router! {
        pipeline "round trip" {
            filter_map(|event| Some(order(event.host()?, event.metric().as_f64()?)));
            where(total > 5);
            map(|order| Event::new().with_host(order.customer()).with_metric(order.total()));
            with(state = "big");
            tap
        }
    }
    let got: Vec<Event> =
        outputs(router(), [Event::new().with_host("a").with_metric(6), Event::new().with_host("a").with_metric(5), Event::new()]);
    assert_eq!(got, [Event::new().with_host("a").with_metric(6.0).with_state("big")]);
}

#[test]
fn pipelines_of_other_types_see_nothing() {
    router! {
        pipeline "orders": Order { tap }
        pipeline "numbers": i64 { map(|number| number + 1); tap }
    }
    assert_eq!(outputs_of::<i64, i64>(&router(), at([(0, 1)]), Time::EPOCH), at([(0, 2)]));
    assert_eq!(outputs::<Event>(router(), [Event::new()]), [] as [Event; 0]);
}

/// A sink that keeps nothing: what branches end in.
fn tap_nothing<F: Flow>(flow: F) -> F {
    flow
}
