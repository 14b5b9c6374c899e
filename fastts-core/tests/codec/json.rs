//! Events as JSON: what is written is read back as it was, by us and by others.

use fastts_core::event::BatchBuilder;
use fastts_core::{Event, Metric, Time};
use fastts_testkit::cases::cases;
use proptest::prelude::*;
use prost::Message as _;

use crate::model::{Model, event, text};
use fastts_testkit::proto;

fn read(line: &str) -> Result<Event, String> {
    line.parse::<Event>().map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn what_is_written_is_read_back_as_it_was(event in event(), ttl in proptest::option::of(any::<f64>())) {
        let message = proto::Msg { events: vec![event], ..Default::default() }.encode_to_vec();
        let mut builder = BatchBuilder::new();
        builder.bytes_mut().extend_from_slice(&message);
        builder.message(0..message.len(), None).unwrap();
        let mut event = builder.finish().get(0).to_owned();
        event.set_ttl(ttl);
        let line = event.to_string();
        prop_assert!(!line.contains('\n'));
        let (mut model, read) = (Model::of(event.view()), Model::of(line.parse::<Event>().unwrap().view()));
        // JSON knows one NaN.
        let one_nan = |bits: u64| if f64::from_bits(bits).is_nan() { f64::NAN.to_bits() } else { bits };
        model.metric = model.metric.map(|metric| metric.map_err(one_nan));
        model.ttl = model.ttl.map(one_nan);
        prop_assert_eq!(read, model);
    }

    #[test]
    fn it_is_the_json_that_everybody_reads(event in event()) {
        let message = proto::Msg { events: vec![event], ..Default::default() }.encode_to_vec();
        let mut builder = BatchBuilder::new();
        builder.bytes_mut().extend_from_slice(&message);
        builder.message(0..message.len(), None).unwrap();
        let batch = builder.finish();
        let view = batch.get(0);
        let json: serde_json::Value = serde_json::from_str(&view.to_string()).unwrap();
        for (name, text) in [("host", view.host()), ("service", view.service()), ("state", view.state()), ("description", view.description())] {
            prop_assert_eq!(json.get(name).and_then(|value| value.as_str()), text);
        }
        let tags: Vec<&str> = json.get("tags").into_iter().flat_map(|tags| tags.as_array().unwrap()).map(|tag| tag.as_str().unwrap()).collect();
        prop_assert_eq!(tags, view.tags().collect::<Vec<_>>());
        for (key, _) in view.attributes() {
            prop_assert_eq!(json["attributes"][key].as_str(), view.attribute(key));
        }
    }

    #[test]
    fn a_line_that_is_wrong_leaves_nothing(line in prop_oneof![text(), "[{}:\",a-z0-9\\\\\\[\\]]{0,30}"], at in any::<prop::sample::Index>()) {
        let good = r#"{"host":"a","tags":["x"],"z":"1","metric":1.5,"time":3}"#;
        let mut builder = BatchBuilder::new();
        builder.push_json(good, None).unwrap();
        let bytes = builder.bytes().len();
        let mut broken = good.to_owned();
        broken.insert_str(at.index(good.len()), &line);
        if builder.push_json(&broken, None).is_err() {
            prop_assert_eq!((builder.len(), builder.bytes().len()), (1, bytes));
        }
        builder.push_json(good, None).unwrap();
        let batch = builder.finish();
        prop_assert_eq!(batch.get(batch.len() - 1), batch.get(0));
    }
}

#[test]
fn fields_are_written_in_one_order_and_left_out_when_missing() {
    let event = Event::new()
        .with_host("web1")
        .with_service("a \"b\"\\\n\u{1}é")
        .with_state("")
        .with_metric(3)
        .with_ttl(60)
        .with_tags(["x", "y"])
        .with_time(Time::from_micros(1_500_000))
        .with_attribute("k", "v");
    assert_eq!(
        event.to_string(),
        r#"{"time":"1970-01-01T00:00:01.5Z","host":"web1","service":"a \"b\"\\\n\u0001é","state":"","metric":3,"ttl":60.0,"tags":["x","y"],"attributes":{"k":"v"}}"#
    );
    assert_eq!(Event::new().to_string(), "{}");
    assert_eq!(Event::new().with_metric(3.0).to_string(), r#"{"metric":3.0}"#);
    assert_eq!(Event::new().with_metric(f64::NEG_INFINITY).with_ttl(f64::NAN).to_string(), r#"{"metric":"-Infinity","ttl":"NaN"}"#);
    assert_eq!(format!("{:>4}|", Event::new()), "  {}|");
}

#[test]
fn values_are_read_in_all_their_forms() {
    for (line, expected) in [
        ("{}", Event::new()),
        (r#"{"time":7}"#, Event::new().with_time(7i64)),
        (r#"{"time":7.25}"#, Event::new().with_time(7.25)),
        (r#"{"time":"1970-01-01T01:00:07+01:00"}"#, Event::new().with_time(7i64)),
        (r#"{"host":null,"metric":null,"time":null,"ttl":null,"tags":null,"attributes":null,"k":null}"#, Event::new()),
        (r#"{"host":"a","host":"b"}"#, Event::new().with_host("b")),
        (r#"{"host":"a","host":null}"#, Event::new()),
        (r#"{"tags":["a"],"tags":["b","c"]}"#, Event::new().with_tags(["b", "c"])),
        (r#"{"tags":[]}"#, Event::new()),
        (r#"{"metric":-3}"#, Event::new().with_metric(-3)),
        (r#"{"metric":3e2}"#, Event::new().with_metric(300.0)),
        (r#"{"metric":18446744073709551615}"#, Event::new().with_metric(u64::MAX)),
        (r#"{"metric":"Infinity","ttl":"-Infinity"}"#, Event::new().with_metric(f64::INFINITY).with_ttl(f64::NEG_INFINITY)),
        (r#"{"k\u0065y":"v","attributes":{"a":"b"}}"#, Event::new().with_attribute("key", "v").with_attribute("a", "b")),
        (r#"{"a":1,"b":2.5,"c":true,"d":[1,"x"],"e":{"f":null}}"#, {
            let texts = [("a", "1"), ("b", "2.5"), ("c", "true"), ("d", r#"[1,"x"]"#), ("e", r#"{"f":null}"#)];
            texts.into_iter().fold(Event::new(), |event, (key, value)| event.with_attribute(key, value))
        }),
        (" {\n\"host\" : \"a\" } \n", Event::new().with_host("a")),
    ] {
        assert_eq!(read(line).as_ref(), Ok(&expected), "{line}");
    }
    assert!(matches!(read(r#"{"metric":3.0}"#).unwrap().metric(), Metric::Float(3.0)));
    assert!(matches!(read(r#"{"metric":3}"#).unwrap().metric(), Metric::Int(3)));
    assert!(matches!(read(r#"{"metric":"NaN"}"#).unwrap().metric(), Metric::Float(value) if value.is_nan()));
}

#[test]
fn errors_say_what_was_expected_and_where() {
    for (line, expected) in [
        (r#"{"host":5}"#, "invalid type: integer `5`, expected a text for host at column 9"),
        (r#"{"metric":"high"}"#, "invalid type: string \"high\", expected a number for metric at column 16"),
        (r#"{"time":"now"}"#, "invalid value: string \"now\", expected RFC 3339 text or a number of seconds for time at column 13"),
        (r#"{"ttl":true}"#, "invalid type: boolean `true`, expected a number of seconds for ttl at column 11"),
        (r#"{"tags":"x"}"#, "invalid type: string \"x\", expected a list of texts for tags at column 11"),
        (r#"{"tags":[1]}"#, "invalid type: integer `1`, expected a text for a tag at column 10"),
        (r#"{"attributes":[]}"#, "invalid type: sequence, expected an object for attributes at column 16"),
        ("[]", "invalid type: sequence, expected an event as an object at column 0"),
        ("{", "EOF while parsing an object at column 1"),
        ("", "EOF while parsing a value at column 0"),
        ("{} {}", "trailing characters at column 4"),
        (r#"{"host":"a",}"#, "trailing comma at column 13"),
        ("{\n\"host\":5}", "invalid type: integer `5`, expected a text for host at line 2 column 8"),
        ("{\"a\":\"日本\",\"host\":5}", "invalid type: integer `5`, expected a text for host at column 18"),
    ] {
        assert_eq!(read(line), Err(expected.to_owned()), "{line}");
    }
}

#[test]
fn times_are_read_however_they_are_written_and_as_they_are_on_the_wire() {
    for (written, micros) in [
        (r#""0000-01-01T02:00:00+02:00""#, -62_167_219_200_000_000),
        (r#""2026-01-01T00:00:00.123456789012Z""#, 1_767_225_600_123_456),
        (r#""+058881-08-11T08:26:40Z""#, 1_795_957_000_000_000_000),
        ("1795957000000", 1_795_957_000_000_000_000),
        ("-62167219201", -62_167_219_201_000_000),
        ("1795957000000.5", 1_795_957_000_000_500_000),
        // What does not fit is the nearest that does, as it is on the wire.
        ("9223372036854775807", i64::MAX),
        ("18446744073709551615", i64::MAX),
        ("1e300", i64::MAX),
        ("-1e300", i64::MIN),
    ] {
        let event = read(&format!(r#"{{"time":{written}}}"#)).unwrap();
        assert_eq!(event.time(), Some(Time::from_micros(micros)), "{written}");
        assert_eq!(read(&event.to_string()), Ok(event), "{written}");
    }
}

#[test]
fn attributes_are_texts_that_say_what_was_said() {
    for (value, text) in [
        ("12345678901234567890123", "12345678901234567890123"),
        ("1.10", "1.10"),
        ("-0", "-0"),
        ("1E400", "1E400"),
        (r#"[1.10, { "a b" : 1e2 }]"#, r#"[1.10,{"a b":1e2}]"#),
        (r#"{"a": "\" , \\" , "b":null}"#, r#"{"a":"\" , \\","b":null}"#),
        ("false", "false"),
        (r#""plain""#, "plain"),
        (r#""a \"b\" \u00e9\n""#, "a \"b\" é\n"),
        (r#""""#, ""),
    ] {
        for line in [format!(r#"{{"k": {value} }}"#), format!(r#"{{"attributes":{{"k":{value}}}}}"#)] {
            assert_eq!(read(&line).unwrap().attribute("k"), Some(text), "{line}");
        }
    }
    for wrong in ["1.", "01", "[1,]", r#""\q""#, "\"a\nb\"", "nul", "tru", ""] {
        assert!(read(&format!(r#"{{"k":{wrong}}}"#)).is_err(), "{wrong}");
    }
}

#[test]
fn the_last_of_attributes_with_one_name_is_told() {
    let many: String = (0..100).map(|n| format!(r#""k{}":"{n}","#, n % 40)).collect();
    let behind = (60..100).filter(|n| n % 40 != 0).map(|n| n.to_string()).chain(["last".to_owned()]);
    for (line, values) in [
        (r#"{"a":"1","b":"2","a":"3"}"#.to_owned(), vec!["2".to_owned(), "3".to_owned()]),
        (r#"{"a":"1","attributes":{"a":"2"}}"#.to_owned(), vec!["2".to_owned()]),
        (r#"{"a":"1","b":"2","a":null}"#.to_owned(), vec!["2".to_owned()]),
        (r#"{"a":"1","b":"2","a":null,"a":"3","c":null}"#.to_owned(), vec!["2".to_owned(), "3".to_owned()]),
        (format!(r#"{{{many}"k0":"last"}}"#), behind.collect()),
    ] {
        let event = read(&line).unwrap();
        assert_eq!(event.attributes().map(|(_, value)| value).collect::<Vec<_>>(), values, "{line}");
        assert!(event.attributes().all(|(name, value)| event.attribute(name) == Some(value)), "{line}");
        for (name, _) in event.attributes() {
            assert_eq!(event.to_string().matches(&format!("{name:?}:")).count(), 1, "{line}");
        }
    }
}

#[test]
fn a_byte_order_mark_is_ignored() {
    assert_eq!(read("\u{feff}{\"host\":\"a\"}"), Ok(Event::new().with_host("a")));
    assert!(read("{\u{feff}}").is_err());
}

#[test]
fn an_event_without_a_time_gets_the_callers() {
    let mut builder = BatchBuilder::new();
    builder.push_json("{}", Time::from_secs(3)).unwrap();
    builder.push_json(r#"{"time":1}"#, Time::from_secs(3)).unwrap();
    let batch = builder.finish();
    assert_eq!([0, 1].map(|index| batch.get(index).time()), [3, 1].map(|seconds| Some(Time::from_secs(seconds))));
}

#[test]
fn events_over_64_kib_are_read_too() {
    let long = "x".repeat(70_000);
    let event = Event::new().with_description(long.as_str()).with_tags(["a"]).with_attribute("k", "v");
    assert_eq!(read(&event.to_string()).as_ref(), Ok(&event));
}
