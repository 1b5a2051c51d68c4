//! The matrix: which versions have been verified together, and whether one may be deployed.

use serde_json::{Value, json};

use crate::links::Base;
use crate::query::{Query, Selector};
use crate::world::{Pact, Verification, Version, World};

/// A pact of a consumer's version beside a version of its provider.
struct Row<'a> {
    pact: &'a Pact,
    /// None where no version of the provider is asked about that has to be there.
    provider_version: Option<&'a str>,
    verification: Option<&'a Verification>,
    is_ignored: bool,
}

/// Answers a query, or says what is wrong with it.
pub(crate) fn answer(world: &World, query: &Query, base: &Base) -> Result<Value, Vec<String>> {
    let problems = problems(world, query);
    if !problems.is_empty() {
        return Err(problems);
    }
    let missing: Vec<String> = query.selectors.iter().filter_map(|selector| missing_version(world, selector)).collect();
    let rows = rows(world, query);
    let considered: Vec<&Row<'_>> = rows.iter().filter(|row| !row.is_ignored).collect();
    let count = |wanted: Option<bool>| considered.iter().filter(|row| row.success() == wanted).count();
    let [success, failed, unknown] = [Some(true), Some(false), None].map(count);
    let deployable = match () {
        () if !missing.is_empty() => Some(false),
        () if unknown > 0 => None,
        () => Some(failed == 0),
    };
    let mut reasons = missing;
    if reasons.is_empty() {
        reasons.extend(considered.iter().filter_map(|row| row.complaint()));
    }
    if reasons.is_empty() {
        let well = if rows.is_empty() {
            "There are no missing dependencies"
        } else {
            "All required verification results are published and successful"
        };
        reasons.push(well.to_owned());
    }
    let kind = if deployable == Some(true) { "success" } else { "error" };
    let notices: Vec<Value> = reasons.iter().map(|text| json!({"type": kind, "text": text})).collect();
    Ok(json!({
        "summary": {"deployable": deployable, "reason": reasons.join("\n"), "success": success, "failed": failed, "unknown": unknown},
        "notices": notices,
        "matrix": rows.iter().map(|row| row.json(world, base)).collect::<Vec<_>>(),
    }))
}

fn problems(world: &World, query: &Query) -> Vec<String> {
    let mut problems = Vec::new();
    if query.selectors.is_empty() {
        problems.push("Please provide 1 or more version selectors.".to_owned());
    }
    for selector in &query.selectors {
        match &selector.pacticipant {
            None => problems.push("Please specify the pacticipant name".to_owned()),
            Some(name) if !world.pacticipants.contains_key(name) => problems.push(format!("Pacticipant {name} not found")),
            Some(name) if selector.version.is_some() && selector.latest => {
                problems.push(format!("A version number and latest flag cannot both be specified for {name}"));
            }
            Some(_) => {}
        }
    }
    if let Some(name) = query.environment.as_ref().filter(|name| !world.environments.contains(name)) {
        problems.push(format!("Environment with name '{name}' does not exist"));
    }
    problems
}

fn missing_version(world: &World, selector: &Selector) -> Option<String> {
    let (name, number) = (selector.pacticipant.as_ref()?, selector.version.as_ref()?);
    let is_known = world.find_version(name, number).is_some();
    (!is_known).then(|| format!("No pacts or verifications have been published for version {number} of {name}"))
}

fn rows<'a>(world: &'a World, query: &Query) -> Vec<Row<'a>> {
    let selected = |name: &str| query.selectors.iter().find(|selector| selector.pacticipant.as_deref() == Some(name));
    let ignored = |name: &str| query.ignored.iter().any(|selector| selector.pacticipant.as_deref() == Some(name));
    let infers = query.selectors.len() == 1;
    let mut rows = Vec::new();
    for pact in &world.pacts {
        let (consumer, provider) = (selected(&pact.consumer), selected(&pact.provider));
        let is_meant = if infers { consumer.is_some() || provider.is_some() } else { consumer.is_some() && provider.is_some() };
        let consumers = versions(world, query, &pact.consumer, consumer);
        if !is_meant || !consumers.contains(&pact.version.as_str()) {
            continue;
        }
        let row = |provider_version| Row {
            pact,
            provider_version,
            verification: provider_version.and_then(|version| world.verification(pact, version)),
            is_ignored: ignored(&pact.consumer) || ignored(&pact.provider),
        };
        let mut versions = versions(world, query, &pact.provider, provider);
        if !query.each_provider_version {
            // The last that has been verified, else the last.
            let verified = versions.iter().rev().find(|version| world.verification(pact, version).is_some());
            versions = verified.or(versions.last()).copied().into_iter().collect();
        }
        // Without its provider a consumer does not work; a provider does without its consumers.
        let nobody = versions.is_empty() && consumer.is_some();
        rows.extend(versions.into_iter().map(Some).chain(nobody.then_some(None)).map(row));
    }
    rows
}

/// The versions of an application that count: those selected, or where nothing says, those at the place that is asked about.
fn versions<'a>(world: &'a World, query: &Query, name: &str, selector: Option<&Selector>) -> Vec<&'a str> {
    let Some(of) = world.pacticipants.get(name) else { return Vec::new() };
    let wanted = |version: &&Version| match selector {
        Some(selector) => {
            selector.version.as_ref().is_none_or(|number| *number == version.number)
                && selector.tag.as_ref().is_none_or(|tag| version.tags.contains(tag))
                && selector.branch.as_ref().is_none_or(|branch| version.branch.as_ref() == Some(branch))
                && (!selector.main_branch || (of.main_branch.is_some() && version.branch == of.main_branch))
        }
        None => {
            query.environment.as_deref().is_none_or(|name| version.is_deployed(Some(name)) || version.is_released(Some(name)))
                && query.tag.as_ref().is_none_or(|tag| version.tags.contains(tag))
                && (!query.main_branch || (of.main_branch.is_some() && version.branch == of.main_branch))
        }
    };
    let mut versions: Vec<&str> = of.versions.iter().filter(wanted).map(|version| version.number.as_str()).collect();
    let is_last_only = match selector {
        Some(selector) => selector.latest || selector.main_branch || selector.branch.is_some(),
        None => query.environment.is_none(),
    };
    if is_last_only && versions.len() > 1 {
        versions.drain(..versions.len() - 1);
    }
    versions
}

impl Row<'_> {
    fn success(&self) -> Option<bool> {
        self.verification.map(|verification| verification.success)
    }

    fn complaint(&self) -> Option<String> {
        let Pact { consumer, version, provider, .. } = self.pact;
        let provider = self.provider_version.map_or_else(|| provider.clone(), |version| format!("{provider} ({version})"));
        match self.success() {
            Some(true) => None,
            Some(false) => Some(format!("The verification for the pact between {consumer} ({version}) and {provider} failed")),
            None => Some(format!("There is no verified pact between {consumer} ({version}) and {provider}")),
        }
    }

    fn json(&self, world: &World, base: &Base) -> Value {
        let Pact { consumer, version, provider, sha, .. } = self.pact;
        let application = |name: &str, number: Option<&str>| {
            let branch = number.and_then(|number| world.find_version(name, number)?.branch.clone());
            let version = number.map(|number| {
                let link = base.link(&["pacticipants", name, "versions", number]);
                json!({"number": number, "branch": branch, "_links": {"self": link}})
            });
            json!({"name": name, "version": version, "_links": {"self": base.link(&["pacticipants", name])}})
        };
        let result = self.verification.map(|verification| {
            let number = verification.number.to_string();
            let names =
                ["pacts", "provider", provider, "consumer", consumer, "pact-version", sha, "verification-results", &number];
            json!({"success": verification.success, "verifiedAt": crate::routes::DATE, "_links": {"self": base.link(&names)}})
        });
        let pact = base.link(&["pacts", "provider", provider, "consumer", consumer, "version", version]);
        let mut row = json!({
            "consumer": application(consumer, Some(version)),
            "provider": application(provider, self.provider_version),
            "pact": {"createdAt": crate::routes::DATE, "_links": {"self": pact}},
            "verificationResult": result,
        });
        if self.is_ignored {
            row["ignored"] = true.into();
        }
        row
    }
}
