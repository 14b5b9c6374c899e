//! The topology for programs.

use serde_json::{Value, json};

use super::tree::{Drawn, Node};

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
        "stages": pipeline.nodes.iter().map(node).collect::<Vec<_>>(),
    });
    if let Some(topic) = &pipeline.topic {
        value["from"] = json!({ "topic": topic });
    }
    if !pipeline.publishes.is_empty() {
        value["publishes"] = json!(pipeline.publishes);
    }
    if let Some(reason) = &pipeline.broken {
        value["broken"] = json!(reason);
    }
    value
}

fn node(node: &Node) -> Value {
    let mut value = json!({
        "name": node.stage.name,
        "text": node.stage.text,
        "line": node.stage.line,
        "column": node.stage.column,
    });
    if let Some(topic) = node.stage.topic() {
        value["topic"] = json!(topic);
    }
    if let Some(item) = &node.item {
        value["item"] = json!(item);
    }
    if !node.inner.is_empty() {
        value["stages"] = node.inner.iter().map(self::node).collect();
    }
    value
}
