//! The topology for programs.

use fastts_core::{Group, Member, Router, Written};
use serde_json::{Value, json};

use super::tree::{Drawn, item};

/// Writes pipelines as one JSON document.
pub(super) fn draw(router: &Router, pipelines: &[Drawn]) -> String {
    let pipelines: Vec<Value> = pipelines.iter().map(pipeline).collect();
    let mut value = json!({ "pipelines": pipelines });
    if !router.groups().is_empty() {
        value["groups"] = router.groups().iter().map(|one| group(router, one)).collect();
    }
    format!("{value:#}\n")
}

fn group(router: &Router, group: &Group) -> Value {
    let member = |member: &Member| match member {
        Member::Group(group) => Some(json!({ "group": router.groups()[*group].name })),
        Member::Pipeline(pipeline) => {
            let pipeline = Some(&router.pipelines()[*pipeline]).filter(|pipeline| pipeline.is_written())?;
            Some(json!({ "pipeline": pipeline.written_name() }))
        }
        _ => None,
    };
    let mut value = json!({
        "name": group.name,
        "description": group.description,
        "strategy": group.policy.strategy.to_string(),
        "restarts": group.policy.restarts,
        "within": group.policy.within.as_secs_f64(),
        "members": group.members.iter().filter_map(member).collect::<Vec<_>>(),
    });
    if let Some(parent) = group.parent {
        value["parent"] = json!(router.groups()[parent].name);
    }
    value
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
    if let Some(reply) = &pipeline.reply {
        value["reply"] = json!(reply);
    }
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
