//! Where FastTS differs from Riemann on purpose, and what comes out instead.

use fastts_core::{Batch, EventView, Metric};

use crate::vector::{Answer, Vector};

/// A difference: for which vectors, why, and what is expected in place of Riemann's answer.
struct Difference {
    applies: fn(&Vector) -> bool,
    /// Is for whoever reads this list.
    #[allow(dead_code)]
    reason: &'static str,
    expected: fn(&Vector, &Batch) -> Answer,
}

/// The first that applies counts.
const LISTED: &[Difference] = &[
    Difference {
        applies: |vector| spaced(&vector.query) != vector.query && is_misread(vector),
        reason: "operators need no spaces; Riemann takes `metric>5` for one name, which matches nothing or is out of place",
        expected: |vector, events| Answer::of(&spaced(&vector.query), events),
    },
    Difference {
        applies: |vector| vector.is_refused() && order(&vector.query).is_some(),
        reason: "both sides of an order may be fields",
        expected: ordered,
    },
    Difference {
        applies: |vector| vector.is_refused() && vector.query.contains(r#"\\""#),
        reason: "a backslash belongs to the character behind it; Riemann takes the quote behind two of them for part of the text",
        expected: |vector, events| without_tree(Answer::of(&vector.query.replace(r"\\", r"\u005c"), events)),
    },
    Difference {
        applies: |vector| float_of_time(&vector.query).is_some(),
        reason: "times and ttls have no type; Riemann tells 60 from 60.0, and which it is depends on the protocol",
        expected: |vector, events| without_tree(Answer::of(&float_of_time(&vector.query).unwrap_or_default(), events)),
    },
    Difference {
        applies: |vector| ["tags", "not tags", "tags = nil", "tags != nil"].contains(&&*vector.query) && !vector.is_refused(),
        reason: "an empty list of tags is none: the protocol cannot tell them apart",
        expected: |vector, events| {
            let wanted = matches!(&*vector.query, "tags" | "tags != nil");
            matching(events, |event| event.tags().next().is_some() == wanted)
        },
    },
];

/// Returns what is expected in place of Riemann's answer, when a difference is listed for the vector.
pub(crate) fn expected(vector: &Vector, events: &Batch) -> Option<Answer> {
    let difference = LISTED.iter().find(|difference| (difference.applies)(vector))?;
    Some((difference.expected)(vector, events))
}

/// The query with spaces around all operators that stand outside of texts.
fn spaced(query: &str) -> String {
    let of_operator = |c: char| "=!<>~".contains(c);
    let (mut out, mut in_text, mut escaped) = (String::new(), false, false);
    for c in query.chars() {
        let last = out.chars().next_back().unwrap_or(' ');
        if !in_text && last != ' ' && c != ' ' && of_operator(last) != of_operator(c) {
            out.push(' ');
        }
        (in_text, escaped) = (in_text != (c == '"' && !escaped), in_text && c == '\\' && !escaped);
        out.push(c);
    }
    out
}

/// Whether Riemann refused it, or took an operator for part of a name.
fn is_misread(vector: &Vector) -> bool {
    match &vector.answer {
        Answer::Refused(_) => true,
        Answer::Parsed { tree, .. } => {
            let mut names = tree.iter().flat_map(|tree| tree.split([' ', '(', ')']).filter(|word| word.starts_with(':')));
            names.any(|name| name.contains(['=', '!', '<', '>']))
        }
    }
}

/// The parts of a comparison of two numeric fields, or of a number and one.
fn order(query: &str) -> Option<[&str; 3]> {
    let words: [&str; 3] = query.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let is_field = |word: &str| ["metric", "time", "ttl"].contains(&word);
    let is_operand = |word: &str| is_field(word) || word.parse::<f64>().is_ok();
    (["<", "<=", ">", ">="].contains(&words[1]) && is_operand(words[0]) && is_field(words[2])).then_some(words)
}

fn ordered(vector: &Vector, events: &Batch) -> Answer {
    let Some([left, operator, right]) = order(&vector.query) else { return Answer::Refused("not an order".to_owned()) };
    let value = |word: &str, event: EventView<'_>| match word {
        "metric" => event.metric().as_f64(),
        "time" => event.time().map(|time| time.as_secs_f64()),
        "ttl" => event.ttl(),
        number => number.parse().ok(),
    };
    matching(events, |event| match (value(left, event).map(Metric::Float), value(right, event).map(Metric::Float)) {
        (Some(left), Some(right)) => match operator {
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        },
        _ => false,
    })
}

/// The query with a whole number, when it compares a time or ttl with a float that is whole.
fn float_of_time(query: &str) -> Option<String> {
    let words: [&str; 3] = query.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let whole = words[2].strip_suffix(".0")?;
    (["time", "ttl"].contains(&words[0]) && ["=", "!="].contains(&words[1])).then(|| format!("{} {} {whole}", words[0], words[1]))
}

fn matching(events: &Batch, wanted: impl Fn(EventView<'_>) -> bool) -> Answer {
    let indices = (0..).zip(events.iter()).filter(|(_, event)| wanted(*event)).map(|(index, _)| index);
    Answer::Parsed { tree: None, matching: Some(indices.collect()) }
}

fn without_tree(answer: Answer) -> Answer {
    match answer {
        Answer::Parsed { matching, .. } => Answer::Parsed { tree: None, matching },
        refused => refused,
    }
}
