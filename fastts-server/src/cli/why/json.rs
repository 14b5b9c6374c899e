//! The answer for programs.

use fastts_core::Time;
use serde_json::{Map, Value, json};

use super::judge::{Answer, Outcome, Row, Verdict};
use super::text::word;

/// Writes the answers for one event as a JSON document.
pub(super) fn write(event: &str, answers: &[Answer<'_>]) -> Value {
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    json!({ "event": event, "pipelines": answers.iter().map(answer).collect::<Vec<_>>() })
}

fn answer(answer: &Answer<'_>) -> Value {
    let drawn = answer.drawn;
    let (outcome, reason) = match &answer.outcome {
        Outcome::OtherType => ("other type", None),
        Outcome::NotPublished => ("not published", None),
        Outcome::Broken(reason) => ("cannot be built", Some(reason.clone())),
        Outcome::Through => ("through", None),
        Outcome::Unknown => ("not known", None),
        Outcome::Panicked(panic) => ("panicked", Some(panic.clone())),
        Outcome::Row(index) if answer.rows[*index].verdict == Verdict::Holds => ("held", None),
        Outcome::Row(_) => ("stopped", None),
    };
    let mut value = json!({
        "name": drawn.name,
        "file": drawn.file,
        "takes": drawn.item,
        "enters": !matches!(answer.outcome, Outcome::OtherType | Outcome::NotPublished | Outcome::Broken(_)),
        "outcome": outcome,
        "stages": answer.rows.iter().map(row).collect::<Vec<_>>(),
    });
    if let Some(topic) = &drawn.topic {
        value["from"] = json!({ "topic": topic });
    }
    if let Some(reason) = reason {
        value["reason"] = json!(reason);
    }
    if let Outcome::Row(index) = answer.outcome {
        value["stage"] = json!(index);
    }
    value
}

fn row(row: &Row<'_>) -> Value {
    let stage = &row.stage.info;
    let mut value = json!({
        "depth": row.depth,
        "name": stage.name,
        "text": stage.text,
        "line": stage.line,
        "column": stage.column,
        "verdict": word(row.verdict),
    });
    if row.arrived > 0 {
        value["arrived"] = json!(row.arrived);
        value["passed"] = json!(row.passed);
    }
    if !row.reason.is_empty() {
        value["reason"] = json!(row.reason);
    }
    if let Some(due) = row.due.filter(|_| row.verdict == Verdict::Holds) {
        value["timer"] = json!(Time::to_string(&due));
    }
    if !row.values.is_empty() {
        value["values"] = row.values.iter().cloned().collect::<Map<_, _>>().into();
    }
    value
}
