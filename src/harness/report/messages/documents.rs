//! Feature files as messages: the document of each, and a pickle for each scenario.

use serde_json::{Value, json};

use crate::harness::report::run::{Feature, Group, Kind, Rule, Scenario, StepText};

/// Ids of a file, ascending.
#[derive(Debug, Default)]
pub(super) struct Ids(u64);

impl Ids {
    fn next(&mut self) -> String {
        self.0 += 1;
        self.0.to_string()
    }
}

/// A scenario with the ids that messages about it need.
pub(super) struct Pickled<'a> {
    pub(super) id: String,
    pub(super) scenario: &'a Scenario,
    /// Of its steps, those of backgrounds first.
    pub(super) step_ids: Vec<String>,
}

impl Pickled<'_> {
    /// Whether something around its steps failed, which needs a place among them.
    pub(super) fn has_hook(&self) -> bool {
        self.scenario.attempts.iter().any(|attempt| !attempt.hooks.is_empty())
    }
}

/// Tags and steps with their ids, as a scenario inherits them.
#[derive(Clone, Default)]
struct Inherited<'a> {
    tags: Vec<(&'a str, String)>,
    steps: Vec<(&'a StepText, String)>,
}

/// The document of a feature, and its pickles in order.
pub(super) fn of<'a>(feature: &'a Feature, ids: &mut Ids) -> (Value, Vec<(Pickled<'a>, Value)>) {
    let mut inherited = Inherited::default();
    let tags = tags(&feature.tags, feature.line, ids, &mut inherited);
    let mut children: Vec<Value> = background(&feature.background, feature.line, ids, &mut inherited).into_iter().collect();
    let mut pickles = Vec::new();
    for group in &feature.groups {
        let mut below = inherited.clone();
        match &group.rule {
            None => children.extend(scenarios(feature, group, &below, ids, &mut pickles)),
            Some(rule) => children.push(json!({ "rule": of_rule(feature, rule, group, &mut below, ids, &mut pickles) })),
        }
    }
    let document = json!({
        "uri": feature.file,
        "comments": [],
        "feature": {
            "location": at(feature.line), "tags": tags, "language": "en", "keyword": "Feature", "name": feature.name,
            "description": feature.description, "children": children,
        },
    });
    (document, pickles)
}

fn of_rule<'a>(
    feature: &'a Feature,
    rule: &'a Rule,
    group: &'a Group,
    inherited: &mut Inherited<'a>,
    ids: &mut Ids,
    pickles: &mut Vec<(Pickled<'a>, Value)>,
) -> Value {
    let id = ids.next();
    let tags = tags(&rule.tags, rule.line, ids, inherited);
    let background = background(&rule.background, rule.line, ids, inherited);
    let children: Vec<Value> = background.into_iter().chain(scenarios(feature, group, inherited, ids, pickles)).collect();
    json!({
        "id": id, "location": at(rule.line), "tags": tags, "keyword": "Rule", "name": rule.name, "description": rule.description,
        "children": children,
    })
}

fn background<'a>(steps: &'a [StepText], line: usize, ids: &mut Ids, inherited: &mut Inherited<'a>) -> Option<Value> {
    let first = steps.first()?;
    let steps: Vec<(&StepText, String)> = steps.iter().map(|step| (step, ids.next())).collect();
    let shown: Vec<Value> = steps.iter().map(|(step, id)| written(step, id, ids)).collect();
    inherited.steps.extend(steps);
    let line = first.line.saturating_sub(1).max(line);
    Some(json!({ "background": {
        "id": ids.next(), "location": at(line), "keyword": "Background", "name": "", "description": "", "steps": shown,
    } }))
}

fn scenarios<'a>(
    feature: &Feature,
    group: &'a Group,
    inherited: &Inherited<'a>,
    ids: &mut Ids,
    pickles: &mut Vec<(Pickled<'a>, Value)>,
) -> Vec<Value> {
    let children = group.scenarios.iter().map(|scenario| {
        let id = ids.next();
        let mut own = inherited.clone();
        let tags = tags(&scenario.tags, scenario.line, ids, &mut own);
        let steps: Vec<(&StepText, String)> = scenario.steps.iter().map(|step| (step, ids.next())).collect();
        let shown: Vec<Value> = steps.iter().map(|(step, id)| written(step, id, ids)).collect();
        own.steps.extend(steps);
        pickles.push(pickle(feature, scenario, &id, &own, ids));
        json!({ "scenario": {
            "id": id, "location": at(scenario.line), "tags": tags, "keyword": "Scenario", "name": scenario.name,
            "description": scenario.description, "steps": shown, "examples": [],
        } })
    });
    children.collect()
}

fn pickle<'a>(feature: &Feature, scenario: &'a Scenario, node: &str, own: &Inherited<'_>, ids: &mut Ids) -> (Pickled<'a>, Value) {
    let id = ids.next();
    let step_ids: Vec<String> = own.steps.iter().map(|_| ids.next()).collect();
    let steps = own.steps.iter().zip(&step_ids).map(|((step, node), id)| {
        let kind = match step.kind {
            Kind::Given => "Context",
            Kind::When => "Action",
            Kind::Then => "Outcome",
        };
        let mut message = json!({ "id": id, "astNodeIds": [node], "type": kind, "text": step.text });
        if let Some(text) = &step.doc_string {
            message["argument"] = json!({ "docString": { "content": text } });
        } else if !step.table.is_empty() {
            let cells = |row: &Vec<String>| row.iter().map(|cell| json!({ "value": cell })).collect::<Vec<_>>();
            let rows: Vec<Value> = step.table.iter().map(|row| json!({ "cells": cells(row) })).collect();
            message["argument"] = json!({ "dataTable": { "rows": rows } });
        }
        message
    });
    let steps: Vec<Value> = steps.collect();
    let tags: Vec<Value> = own.tags.iter().map(|(name, node)| json!({ "name": format!("@{name}"), "astNodeId": node })).collect();
    let message = json!({
        "id": id, "uri": feature.file, "location": at(scenario.line), "name": scenario.name, "language": "en", "steps": steps,
        "tags": tags, "astNodeIds": [node],
    });
    (Pickled { id, scenario, step_ids }, message)
}

fn tags<'a>(names: &'a [String], line: usize, ids: &mut Ids, inherited: &mut Inherited<'a>) -> Vec<Value> {
    let tags = names.iter().map(|name| {
        let id = ids.next();
        inherited.tags.push((name, id.clone()));
        json!({ "id": id, "name": format!("@{name}"), "location": at(line.saturating_sub(1).max(1)) })
    });
    tags.collect()
}

fn written(step: &StepText, id: &str, ids: &mut Ids) -> Value {
    let kind = match (step.keyword.as_str(), step.kind) {
        ("And" | "But" | "*", _) => "Conjunction",
        (_, Kind::Given) => "Context",
        (_, Kind::When) => "Action",
        (_, Kind::Then) => "Outcome",
    };
    let mut message = json!({
        "id": id, "location": at(step.line), "keyword": format!("{} ", step.keyword), "keywordType": kind, "text": step.text,
    });
    if let Some(text) = &step.doc_string {
        message["docString"] = json!({ "location": at(step.line + 1), "content": text, "delimiter": "\"\"\"" });
    }
    if !step.table.is_empty() {
        let rows = step.table.iter().zip(step.line + 1..).map(|(row, line)| {
            let cells: Vec<Value> = row.iter().map(|cell| json!({ "location": at(line), "value": cell })).collect();
            json!({ "id": ids.next(), "location": at(line), "cells": cells })
        });
        let rows: Vec<Value> = rows.collect();
        message["dataTable"] = json!({ "location": at(step.line + 1), "rows": rows });
    }
    message
}

fn at(line: usize) -> Value {
    json!({ "line": line })
}
