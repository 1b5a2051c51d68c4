//! The classic misconfigurations of `fixtures/doctor/catalogue.toml`: each is made, and found with the right words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::site::{Console, Examined, Site, at_work, changed};
use crate::program::visitor;

const FILE: &str = include_str!("../../../fixtures/doctor/catalogue.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    tenant: Vec<Misconfigured>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Misconfigured {
    name: String,
    wrong: String,
    #[serde(default = "yes")]
    connected: bool,
    #[serde(default)]
    steps: Vec<Step>,
    #[serde(default)]
    ready: BTreeMap<String, String>,
    file: Option<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    only: Option<String>,
    expect: Expected,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    method: String,
    path: String,
    #[serde(default)]
    body: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    group: String,
    check: String,
    outcome: String,
    says: String,
}

fn catalogue() -> Vec<Misconfigured> {
    toml::from_str::<Catalogue>(FILE).expect("the catalogue").tenant
}

/// A text with what the sandbox told in the place of `{section.key}`.
fn told(text: &str, keys: &Value) -> String {
    let mut told = text.to_owned();
    let of = |section: &str, key: &str| keys[section][key].as_str().unwrap_or_default().to_owned();
    let port = |at: String| at.rsplit_once(':').map(|(_, port)| port.to_owned()).unwrap_or_default();
    told =
        told.replace("{platform.port}", &port(of("platform", "base_url"))).replace("{smtp.port}", &port(of("mailbox", "smtp")));
    told = told.replace("{customer}", &of("icims", "customer_id")).replace("{user}", &of("icims", "username"));
    for section in ["icims", "integration", "platform", "mailbox", "control"] {
        for key in ["base_url", "customer_id", "username", "password"] {
            told = told.replace(&format!("{{{section}.{key}}}"), &of(section, key));
        }
    }
    told
}

impl Misconfigured {
    async fn examined(&self, site: &Site) -> (Value, Examined) {
        let keys = site.open(self.connected).await;
        site.heal(&keys).await;
        for step in &self.steps {
            step.take(site, &keys).await;
        }
        let variables: Vec<(&str, &str)> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let only: Vec<&str> = self.only.iter().flat_map(|group| ["--only", group]).collect();
        let examined = at_work(|| match &self.file {
            Some(file) => site.examine_file(&told(file, &keys), &variables, &only),
            None => {
                let changes: Vec<(&str, String)> =
                    self.ready.iter().map(|(path, value)| (path.as_str(), told(value, &keys))).collect();
                let changes: Vec<(&str, &str)> = changes.iter().map(|(path, value)| (*path, value.as_str())).collect();
                site.examine(&changed(&keys, &changes), &variables, &only)
            }
        });
        let examined = examined.await;
        (keys, examined)
    }
}

impl Step {
    async fn take(&self, site: &Site, keys: &Value) {
        let path = told(&self.path, keys);
        match path.as_str() {
            path if path.contains("{vacancy}") => {
                for vacancy in site.vacancies(keys, "open").await {
                    self.call(site, keys, &path.replace("{vacancy}", &vacancy)).await;
                }
            }
            path if path.contains("{job}") => {
                for job in jobs(keys).await {
                    self.call(site, keys, &path.replace("{job}", &job)).await;
                }
            }
            path => self.call(site, keys, path).await,
        }
    }

    async fn call(&self, site: &Site, keys: &Value, path: &str) {
        let (body, of) = (told(&self.body, keys), |key: &str| keys["icims"][key].as_str().expect("a text"));
        let (url, kind) = match self.at.as_str() {
            "platform" => return drop(site.platform(keys, &self.method, path, &body).await),
            "settings" => return drop(Console::signed_in(keys).await.api(keys, &self.method, path, &body).await),
            "control" => (format!("{}/__sandbox/{path}", site.text("control", "base_url")), "application/json"),
            "icims" => (format!("{}/customers/{}/{path}", of("base_url"), of("customer_id")), "application/json"),
            "screens" => (format!("{}/{path}", of("recruiter_url")), "application/x-www-form-urlencoded"),
            other => panic!("nobody calls {other}"),
        };
        let request = visitor().request(self.method.parse().expect("a method"), url).header("content-type", kind).body(body);
        let request = if self.at == "icims" { request.basic_auth(of("username"), Some(of("password"))) } else { request };
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a text"));
        assert!(status.is_success() || status.is_redirection(), "{path}: {status} {text}");
    }
}

async fn jobs(keys: &Value) -> Vec<String> {
    let of = |key: &str| keys["icims"][key].as_str().expect("a text");
    let search = json!({"filters": [{"name": "job.id", "operator": ">", "value": ["0"]}]});
    let request = visitor().post(format!("{}/customers/{}/search/jobs", of("base_url"), of("customer_id"))).json(&search);
    let found: Value =
        request.basic_auth(of("username"), Some(of("password"))).send().await.expect("an answer").json().await.expect("JSON");
    found["searchResults"].as_array().expect("jobs").iter().map(|job| job["id"].to_string()).collect()
}

/// Whether a finding is the one that is expected.
fn is_as(expected: &Expected, says: &str, found: Option<&Value>) -> bool {
    found.is_some_and(|found| {
        found["outcome"] == expected.outcome.as_str() && found["says"].as_str().is_some_and(|said| said.starts_with(says))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn every_classic_misconfiguration_is_found_with_the_right_words() {
    let site = Arc::new(Site::start());
    let healthy = site.open(true).await;
    site.heal(&healthy).await;
    let well = at_work(|| site.examine(&healthy, &[], &[])).await;
    assert_eq!(well.document["verdict"], "ok", "{:#}", well.document);
    let all = catalogue();
    assert!(all.len() >= 20);
    let mut tasks = JoinSet::new();
    // Each check gives up after a few seconds, which all of them at once would need for want of a processor.
    let places = Arc::new(Semaphore::new(6));
    for one in all {
        let (site, places) = (Arc::clone(&site), Arc::clone(&places));
        tasks.spawn(async move {
            let _place = places.acquire_owned().await.expect("it is never closed");
            let (keys, examined) = one.examined(&site).await;
            (one, keys, examined)
        });
    }
    let mut wrong = String::new();
    while let Some(task) = tasks.join_next().await {
        let (one, keys, examined) = task.expect("no panic");
        let says = told(&one.expect.says, &keys);
        let found = examined.find(&one.expect.group, &one.expect.check);
        assert!(
            !is_as(&one.expect, &says, well.find(&one.expect.group, &one.expect.check)),
            "{} is found in a healthy one",
            one.name
        );
        let is_red = examined.code == Some(if one.expect.outcome == "fail" { 1 } else { 0 }) || one.expect.outcome == "warning";
        if !is_as(&one.expect, &says, found)
            || !is_red
            || found.is_none_or(|found| found["mend"]["words"].as_str().is_none_or(str::is_empty))
        {
            let _ = writeln!(
                wrong,
                "{}: {:?}, not {} with {says:?}: {:#}",
                one.name,
                examined.code,
                one.expect.outcome,
                found.unwrap_or(&examined.document)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_page_shows_the_catalogue() {
    let page = include_str!("../../../docs/doctor.md");
    for one in catalogue() {
        let Expected { group, check, outcome, says } = &one.expect;
        let label = if outcome == "fail" { "FAIL" } else { outcome };
        let row = format!("| `{}` | {} | {group} / `{check}` | {label} | {says} … |", one.name, one.wrong);
        assert!(page.contains(&row), "docs/doctor.md lacks the row\n{row}");
    }
}
