//! The topology for programs.

use fastts_core::Written;
use serde_json::{Value, json};

use super::tree::{Drawn, item};

/// Writes pipelines as one JSON document.
pub(super) fn draw(pipelines: &[Drawn]) -> String {
    let pipelines: Vec<Value> = pipelines.iter().map(pipeline).collect();
    format!("{:#}\n", json!({ "pipelines": pipelines }))
}

fn pipeline(pipeline: &Drawn) -> Value {
    let mut value = json!({
        "name": pipeline.name,
        "description": pipeline.description,
        "file": pipeline.file,
        "item": pipeline.item,
        "heads": pipeline.heads,
        "stages": pipeline.stages.iter().map(stage).collect::<Vec<_>>(),
    });
    if let Some(topic) = &pipeline.topic {
        value["from"] = json!({ "topic": topic });
        if let Some(demand) = pipeline.demand {
            value["from"]["demand"] = json!(demand);
        }
        if let Some((count, by)) = &pipeline.partitions {
            value["from"]["partitions"] = json!({ "count": count, "by": by });
        }
    }
    if !pipeline.publishes.is_empty() {
        value["publishes"] = json!(pipeline.publishes);
    }
    if let Some(reason) = &pipeline.broken {
        value["broken"] = json!(reason);
    }
    value
}

fn stage(stage: &Written) -> Value {
    let mut value = json!({
        "name": stage.info.name,
        "text": stage.info.text,
        "line": stage.info.line,
        "column": stage.info.column,
    });
    if let Some(topic) = stage.info.topic {
        value["topic"] = json!(topic);
    }
    if let Some(item) = item(stage) {
        value["item"] = json!(item);
    }
    if !stage.inner.is_empty() {
        value["stages"] = stage.inner.iter().map(self::stage).collect();
    }
    value
}
