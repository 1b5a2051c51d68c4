//! The results as Allure 2 reads them: a file for each scenario that was run, beside the files it refers to.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::compare::keyed;
use super::junit::trace;
use super::plan::{CHAPTERS, chapter};
use super::run::{Attempt, Blame, Feature, Rule, Run, Scenario, StepResult};
use super::written::{ALLURE, Folder};

/// Writes one result for each attempt; Allure takes earlier ones of the same scenario for its retries.
pub(super) fn write(run: &Run, folder: &Folder) -> Result<()> {
    let keys = keyed(run);
    for (number, ((feature, rule, scenario), (key, ..))) in run.scenarios().zip(&keys).enumerate() {
        let identity = hash(key);
        if scenario.attempts.is_empty() {
            let attempt = Attempt { began: run.began, ended: run.began, ..Attempt::default() };
            let mut result = result(feature, rule, scenario, &attempt, &identity, &format!("{number}"));
            result["status"] = "skipped".into();
            result["statusDetails"] = json!({ "message": scenario.why_not_run() });
            folder.write(&format!("{ALLURE}/{number}-result.json"), result.to_string())?;
        }
        for (attempt_number, attempt) in scenario.attempts.iter().enumerate() {
            let id = format!("{number}-{attempt_number}");
            let mut result = result(feature, rule, scenario, attempt, &identity, &id);
            result["attachments"] = attachments(attempt, &id, folder)?;
            folder.write(&format!("{ALLURE}/{id}-result.json"), result.to_string())?;
        }
    }
    let categories = json!([
        { "name": "The product", "matchedStatuses": ["failed"] },
        { "name": "The test's set-up or wording", "matchedStatuses": ["broken"] },
    ]);
    folder.write(&format!("{ALLURE}/categories.json"), categories.to_string())
}

fn result(feature: &Feature, rule: Option<&Rule>, scenario: &Scenario, attempt: &Attempt, identity: &str, id: &str) -> Value {
    let mut at = attempt.began.unwrap_or(Timestamp::UNIX_EPOCH);
    let steps = attempt.steps.iter().map(|step| {
        at = step.began.unwrap_or(at);
        let status = match step.result {
            StepResult::Passed => "passed",
            StepResult::Failed(_) => "failed",
            StepResult::Skipped | StepResult::Unfinished => "skipped",
            StepResult::Undefined | StepResult::Ambiguous(_) => "broken",
        };
        json!({
            "name": format!("{} {}", step.written.keyword, step.written.text), "status": status, "stage": "finished",
            "start": millis(at), "stop": millis(at + step.took.max(SignedDuration::ZERO)),
        })
    });
    let steps: Vec<Value> = steps.collect();
    // Allure calls broken what failed for another reason than the product.
    let status = match attempt.blame() {
        None => "passed",
        Some(Blame::Product) => "failed",
        Some(Blame::SetUp | Blame::Wording) => "broken",
    };
    let folder = chapter(&feature.file);
    let chapter = CHAPTERS.iter().find(|(known, _)| *known == folder).map_or(folder, |(_, label)| label);
    let mut labels =
        vec![("epic", chapter), ("feature", feature.name.as_str()), ("framework", "cucumber"), ("language", "gherkin")];
    labels.extend(rule.map(|rule| ("story", rule.name.as_str())));
    let tags = feature.tags.iter().chain(rule.iter().flat_map(|rule| &rule.tags)).chain(&scenario.tags);
    labels.extend(tags.map(|tag| ("tag", tag.as_str())));
    let labels: Vec<Value> = labels.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let mut result = json!({
        "uuid": id, "historyId": identity, "testCaseId": identity, "fullName": format!("{}:{}", feature.file, scenario.line),
        "name": scenario.name, "description": scenario.description, "status": status, "stage": "finished", "steps": steps,
        "start": millis(attempt.began.unwrap_or(at)), "stop": millis(attempt.ended.unwrap_or(at)), "labels": labels,
        "attachments": [], "parameters": [], "links": [],
    });
    if let Some(reason) = attempt.reason() {
        result["statusDetails"] = json!({ "message": reason, "trace": trace(attempt), "flaky": scenario.blame().is_none() });
    }
    result
}

fn attachments(attempt: &Attempt, id: &str, folder: &Folder) -> Result<Value> {
    let mut files: BTreeMap<String, (String, &str, Vec<u8>)> = BTreeMap::new();
    let seen = &attempt.seen;
    for (number, picture) in seen.pictures.iter().enumerate() {
        let ending = picture.media_type.rsplit('/').next().unwrap_or("png");
        let name = format!("{id}-picture-{number}-attachment.{ending}");
        files.insert(name, (picture.name.clone(), picture.media_type, picture.bytes.clone()));
    }
    for (number, mail) in seen.mails.iter().enumerate() {
        let text = format!("From: {}\nTo: {}\nSubject: {}\n\n{}", mail.from, mail.to.join(", "), mail.subject, mail.text);
        files.insert(
            format!("{id}-mail-{number}-attachment.txt"),
            (format!("Mail: {}", mail.subject), "text/plain", text.into_bytes()),
        );
    }
    for (number, page) in seen.pages.iter().enumerate() {
        let name = format!("{id}-page-{number}-attachment.txt");
        files.insert(name, (format!("Page of {}", page.whose), "text/plain", page.html.clone().into_bytes()));
    }
    if !seen.exchanges.is_empty() {
        let name = format!("{id}-exchanges-attachment.json");
        files.insert(name, ("Exchanges".into(), "application/json", serde_json::to_vec(&seen.exchanges)?));
    }
    let mut told = Vec::new();
    for (file, (name, media_type, content)) in files {
        folder.write(&format!("{ALLURE}/{file}"), content)?;
        told.push(json!({ "name": name, "source": file, "type": media_type }));
    }
    Ok(told.into())
}

fn hash(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}
