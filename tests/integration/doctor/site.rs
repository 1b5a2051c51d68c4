//! A running sandbox with its integration, customers in it, and the doctor beside it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::commands::connections;
use crate::program::{Program, visitor};

/// What the command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The same as a document, which is what its schema says.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) code: Option<i32>,
    pub(crate) document: Value,
}

impl Examined {
    pub(crate) fn findings(&self) -> &[Value] {
        self.document["findings"].as_array().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn finding(&self, group: &str, check: &str) -> &Value {
        self.find(group, check).unwrap_or_else(|| panic!("no {group}/{check} in {:#}", self.document))
    }

    pub(crate) fn find(&self, group: &str, check: &str) -> Option<&Value> {
        self.findings().iter().find(|finding| finding["group"] == group && finding["check"] == check)
    }
}

/// Runs what blocks off the threads that serve.
pub(crate) async fn at_work<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}

/// Runs the doctor with these variables and no proxies but those.
pub(crate) fn doctor(variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    doctor_in(Path::new("."), variables, arguments)
}

fn doctor_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let command = command.arg("doctor").args(arguments).current_dir(folder).envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The same with a file, `env` in a folder of its own.
pub(crate) fn doctor_at(text: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("env"), text).expect("a file");
    doctor_in(folder.path(), variables, &[&["--env", "env"], arguments].concat())
}

/// A document that is what its schema says.
pub(crate) fn document(said: &Said) -> Examined {
    let document: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let schema = include_str!("../../../docs/doctor.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).expect("JSON")).expect("a schema");
    let wrong: Vec<String> = schema.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:?} in {document:#}");
    assert_eq!(document["exit_code"].as_i64(), said.code.map(i64::from), "{said:?}");
    Examined { code: said.code, document }
}

/// The keys with other values at some paths; an empty one takes the setting out.
pub(crate) fn changed(keys: &Value, changes: &[(&str, &str)]) -> Value {
    let mut keys = keys.clone();
    for (path, value) in changes {
        let (section, key) = path.split_once('.').expect("a path");
        let section = keys[section].as_object_mut().expect("a section");
        if value.is_empty() { drop(section.remove(key)) } else { drop(section.insert(key.to_owned(), json!(value))) }
    }
    keys
}

pub(crate) struct Site {
    pub(crate) program: Program,
}

impl Site {
    pub(crate) fn start() -> Self {
        Self { program: Program::start(["up", "--port", "0", "--json"]) }
    }

    pub(crate) fn text(&self, part: &str, key: &str) -> &str {
        self.program.text(part, key)
    }

    /// Opens a customer. Its keys, as a ready line has them.
    pub(crate) async fn open(&self, connected: bool) -> Value {
        let url = format!("{}/__sandbox/customers", self.text("control", "base_url"));
        let answer = visitor().post(url).json(&json!({ "connected": connected })).send().await.expect("control answers");
        let mut keys: Value = answer.json().await.expect("JSON");
        keys["ready"] = json!(true);
        keys
    }

    /// The one thing that is wrong with every sample: the vacancy of a package is closed.
    pub(crate) async fn heal(&self, keys: &Value) {
        for vacancy in self.vacancies(keys, "closed").await {
            self.platform(keys, "PATCH", &format!("vacancies/{vacancy}"), r#"{"attributes": {"status": "open"}}"#).await;
        }
    }

    pub(crate) async fn vacancies(&self, keys: &Value, status: &str) -> Vec<String> {
        let account = keys["platform"]["account_id"].as_str().expect("an account");
        let listed = self.platform(keys, "GET", &format!("accounts/{account}/vacancies?filter[status]={status}"), "").await;
        let ids =
            listed["data"].as_array().expect("a list").iter().map(|vacancy| vacancy["id"].as_str().expect("an id").to_owned());
        ids.collect()
    }

    pub(crate) async fn platform(&self, keys: &Value, method: &str, path: &str, body: &str) -> Value {
        let (client, keys) = (visitor(), &keys["platform"]);
        let base = keys["base_url"].as_str().expect("an address");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", keys["client_id"].as_str().expect("an id")),
            ("client_secret", keys["client_secret"].as_str().expect("a secret")),
        ];
        let token: Value =
            client.post(format!("{base}/oauth/token")).form(&form).send().await.expect("an answer").json().await.expect("JSON");
        let request = client.request(method.parse().expect("a method"), format!("{base}/api/v1.0/{path}"));
        let request = request.bearer_auth(token["accessToken"].as_str().expect("a token"));
        let request =
            if body.is_empty() { request } else { request.header("content-type", "application/json").body(body.to_owned()) };
        let answer = request.send().await.expect("the platform answers");
        assert!(answer.status().is_success(), "{path}: {answer:?}");
        answer.json().await.unwrap_or_default()
    }

    /// Whatever a doctor must not do, in numbers: mails, refused events, orders, people and jobs, changes of settings.
    pub(crate) async fn writes(&self, keys: &Value) -> Value {
        let client = visitor();
        let customer = keys["icims"]["customer_id"].as_str().expect("an id");
        let control = self.text("control", "base_url");
        let mail: Value = client
            .get(format!("{control}/__sandbox/mail?customer={customer}"))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let console = Console::signed_in(keys).await;
        let refused = console.page("/console/refused").await;
        let orders = console.page("/console/orders").await;
        let changes: Value = console.api(keys, "GET", "settings/history", "").await;
        // Pages show the moment and a token of the form; what is listed does not change with them.
        let rows = |page: &str| page.matches("<tr").count();
        json!({"mail": mail["messages"], "refused": rows(&refused), "orders": rows(&orders), "changes": changes})
    }

    pub(crate) fn say(&self, keys: &Value, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        doctor_at(&keys.to_string(), variables, arguments)
    }

    pub(crate) fn examine(&self, keys: &Value, variables: &[(&str, &str)], arguments: &[&str]) -> Examined {
        document(&self.say(keys, variables, &[&["--json"], arguments].concat()))
    }

    pub(crate) fn examine_file(&self, text: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Examined {
        document(&doctor_at(text, variables, &[&["--json"], arguments].concat()))
    }

    /// A configuration of `serve` that is of this customer.
    pub(crate) fn configuration(&self, keys: &Value) -> String {
        let text = |part: &str, key: &str| keys[part][key].as_str().expect("a text").to_owned();
        let smtp = text("mailbox", "smtp");
        let (host, port) = smtp.rsplit_once(':').expect("host and port");
        format!(
            "public_url = \"{public}\"\nallow_private_addresses = true\ndatabase = \"x.db\"\n[mail]\nhost = \"{host}\"\nport = {port}\nsender_address = \"noreply@example.org\"\n\
             security = \"none\"\n[[customers]]\nid = {id}\nname = \"Brightwater Foods\"\npatterns = [\"inline\", \"ad_hoc\"]\n\
             trigger_statuses = [\"C40177\"]\n{connections}",
            public = text("integration", "base_url"),
            id = text("icims", "customer_id"),
            connections = connections(keys, &("w".into(), "not-a-real-secret".into())),
        )
    }
}

/// The console of the integration, in the hands of its admin.
pub(crate) struct Console {
    client: reqwest::Client,
    base: String,
}

impl Console {
    pub(crate) async fn signed_in(keys: &Value) -> Self {
        let console = Self { client: visitor(), base: keys["integration"]["base_url"].as_str().expect("an address").to_owned() };
        let form = [
            ("email", keys["integration"]["admin_email"].as_str()),
            ("password", keys["integration"]["admin_password"].as_str()),
        ];
        let answer =
            console.client.post(format!("{}/console/sign-in", console.base)).form(&form).send().await.expect("an answer");
        assert!(answer.status().is_success() || answer.status().is_redirection(), "{answer:?}");
        console
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer").text().await.expect("a page")
    }

    /// Calls the API of the settings, with a token of its own.
    pub(crate) async fn api(&self, keys: &Value, method: &str, path: &str, body: &str) -> Value {
        let between = |text: &str, from: &str, to: &str| {
            let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
            rest.split_once(to).map_or(rest, |(found, _)| found).to_owned()
        };
        let form_token = between(&self.page("/console/tokens").await, "name=\"form_token\" value=\"", "\"");
        let form = [("form_token", form_token.as_str()), ("name", "a test"), ("days", "30")];
        let made = self.client.post(format!("{}/console/tokens", self.base)).form(&form).send().await.expect("an answer");
        let made = made.text().await.expect("a page");
        let token = between(&between(&made, "id=\"token\"", "</"), ">", "\u{0}");
        let request = self.client.request(method.parse().expect("a method"), format!("{}/api/v1/{path}", self.base));
        let request = request.bearer_auth(token.trim());
        let request =
            if body.is_empty() { request } else { request.header("content-type", "application/json").body(body.to_owned()) };
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let answered: Value = answer.json().await.unwrap_or_default();
        assert!(status.is_success(), "{path} of {}: {status} {answered}", keys["icims"]["customer_id"]);
        answered
    }
}
