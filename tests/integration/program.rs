//! The shipped program as a process of its own, and a candidate who takes the assessment over HTTP.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use scraper::{Html, Selector};
use serde_json::{Value, json};

/// A running program and what it said when it was ready.
pub(crate) struct Program {
    process: Child,
    ready: Value,
}

impl Program {
    /// Starts a command that prints a ready line, on free ports.
    pub(crate) fn start(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        Self::start_with(&[], arguments)
    }

    /// The same, with these variables in its environment.
    pub(crate) fn start_with(variables: &[(&str, String)], arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        command.args(arguments).envs(variables.iter().map(|(name, value)| (name, value)));
        Self::spawn(command)
    }

    /// The same, with what it says on stderr in this file.
    pub(crate) fn start_saying(file: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        command.args(arguments).stderr(File::create(file).expect("a file"));
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?} is no ready line: {error}"));
        Self { process, ready }
    }

    /// All of its ready line.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    pub(crate) fn text(&self, part: &str, key: &str) -> &str {
        self.ready[part][key].as_str().unwrap_or_else(|| panic!("the ready line has no {part}.{key}"))
    }

    fn workflow_url(&self) -> String {
        let (base, customer) = (self.text("icims", "base_url"), self.text("icims", "customer_id"));
        format!("{base}/customers/{customer}/applicantworkflows/{}", self.text("sample", "workflow_id"))
    }

    pub(crate) async fn advance(&self, client: &Client) {
        let change = json!({"status": {"id": self.text("sample", "send_to_harver_status")}});
        let request =
            client.patch(self.workflow_url()).basic_auth(self.text("icims", "username"), Some(self.text("icims", "password")));
        let answer = request.json(&change).send().await.expect("iCIMS answers");
        assert_eq!(answer.status(), 204);
    }

    pub(crate) async fn mails(&self, client: &Client) -> Vec<Value> {
        let url = format!("{}/__sandbox/mail?customer={}", self.text("control", "base_url"), self.text("icims", "customer_id"));
        let answer: Value = client.get(url).send().await.expect("control answers").json().await.expect("JSON");
        answer["messages"].as_array().expect("messages").clone()
    }

    /// How often this process was handed mail of the customer. The mailbox keeps a message that arrives again once.
    pub(crate) async fn deliveries(&self, client: &Client) -> usize {
        let url =
            format!("{}/__sandbox/journal?customer={}", self.text("control", "base_url"), self.text("icims", "customer_id"));
        let answer: Value = client.get(url).send().await.expect("control answers").json().await.expect("JSON");
        answer["exchanges"].as_array().expect("exchanges").iter().filter(|exchange| exchange["method"] == "SMTP").count()
    }

    pub(crate) async fn rows(&self, client: &Client) -> Vec<Value> {
        let url = format!("{}?fields=assessmentresults", self.workflow_url());
        let request = client.get(url).basic_auth(self.text("icims", "username"), Some(self.text("icims", "password")));
        let answer: Value = request.send().await.expect("iCIMS answers").json().await.expect("JSON");
        answer["assessmentresults"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) async fn pending(&self, client: &Client) -> u64 {
        let url = format!("{}/__sandbox/health", self.text("control", "base_url"));
        let answer: Value = client.get(url).send().await.expect("control answers").json().await.expect("JSON");
        answer["pending"].as_object().expect("counts").values().filter_map(Value::as_u64).sum()
    }

    /// The personal link, at the address that the platform has now: ports change with each start.
    pub(crate) fn link(&self, mail: &Value) -> String {
        let link =
            mail["links"].as_array().expect("links").iter().filter_map(Value::as_str).find(|link| link.contains("/magic-link/"));
        let path = url::Url::parse(link.expect("a personal link")).expect("a URL").path().to_owned();
        format!("{}{path}", self.text("platform", "base_url"))
    }

    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Program {
    /// SIGKILL, also when a test fails.
    fn drop(&mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("it is dead");
    }
}

/// How long passes between two looks.
const BREATH: Duration = Duration::from_millis(5);

/// Waits until something is there, and says what was there last if it never comes.
pub(crate) async fn until<T: std::fmt::Debug>(what: &str, look: impl AsyncFnMut() -> Result<T, String>) -> T {
    until_within(Duration::from_secs(60), what, look).await
}

/// The same, with so much patience.
pub(crate) async fn until_within<T: std::fmt::Debug>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let started = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) => assert!(started.elapsed() < patience, "waited in vain for {what}; last seen: {seen}"),
        }
        // Whoever is waited for needs the processor more.
        let _ = tokio::time::timeout(BREATH, std::future::pending::<()>()).await;
    }
}

/// One page of the assessment and the form on it, filled in.
struct Step {
    action: String,
    fields: Vec<(String, String)>,
    is_landing: bool,
}

/// What is to be sent from a page, or `None` on the last one. The first choice, the highest number and the shown text are the best answers.
fn step(page: &str) -> Option<Step> {
    let select = |css: &str| Selector::parse(css).expect("a selector");
    let page = Html::parse_document(page);
    let form = page.select(&select("#landing-form, #module-form")).next()?;
    let is_landing = form.attr("id") == Some("landing-form");
    let mut fields = Vec::new();
    if is_landing {
        fields.push(("terms".to_owned(), "yes".to_owned()));
    }
    for input in form.select(&select("input")) {
        let Some(name) = input.attr("name") else { continue };
        let value = match input.attr("type") {
            Some("hidden") => input.attr("value").unwrap_or_default().to_owned(),
            Some("radio") if input.attr("id").is_some_and(|id| id.ends_with("-a") || id.ends_with("-9")) => {
                input.attr("value").expect("a radio has a value").to_owned()
            }
            Some("text") => page.select(&select(&format!("#{name}-text"))).next().expect("a text to copy").text().collect(),
            _ => continue,
        };
        fields.push((name.to_owned(), value));
    }
    Some(Step { action: form.attr("action").unwrap_or_default().to_owned(), fields, is_landing })
}

/// How far a candidate goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Until {
    /// The terms are accepted.
    Begun,
    /// The last answer is given.
    Finished,
}

/// Takes the assessment from wherever the candidate is.
pub(crate) async fn take(client: &Client, link: &str, until: Until) {
    let mut answer = client.get(link).send().await.expect("the platform answers");
    loop {
        assert!(answer.status().is_success(), "{} answered {}", answer.url(), answer.status());
        let here = answer.url().clone();
        let Some(step) = step(&answer.text().await.expect("a page")) else { return };
        let there = here.join(&step.action).expect("an address");
        answer = client.post(there).form(&step.fields).send().await.expect("the platform answers");
        if step.is_landing && until == Until::Begun {
            return;
        }
    }
}

pub(crate) fn visitor() -> Client {
    icims_sandbox::engine::direct().cookie_store(true).timeout(Duration::from_secs(20)).build().expect("a client")
}

/// Waits for the invitation, takes the assessment, and waits until iCIMS shows the result and nothing is left to do.
pub(crate) async fn finish_journey(program: &Program, client: &Client) -> Vec<Value> {
    let mail = until("the invitation", async || program.mails(client).await.into_iter().next().ok_or("no mail".into())).await;
    take(client, &program.link(&mail), Until::Finished).await;
    until("a complete result", async || {
        let rows = program.rows(client).await;
        let complete = rows.iter().any(|row| row["assessmentstatus"]["id"] == "D37002019001");
        if complete && program.pending(client).await == 0 { Ok(rows) } else { Err(format!("{rows:?}")) }
    })
    .await
}
