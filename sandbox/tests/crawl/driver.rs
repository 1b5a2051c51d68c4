//! A real browser, Chromium, driven by its chromedriver over the WebDriver protocol.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::crawl::walk::browser;

/// What a browser needs to run without a screen and without talking to anybody else.
const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--window-size=1100,1400",
];
/// The key that presses a form's first button, as WebDriver writes it.
pub(crate) const ENTER: &str = "\u{E007}";
/// How WebDriver calls an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open browser. It ends with this value.
pub(crate) struct Driver {
    process: Child,
    client: Client,
    session: String,
}

impl Driver {
    /// Opens a browser, or nothing on a machine that has none.
    pub(crate) async fn open() -> Option<Self> {
        let installed =
            |program| Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
        if !["chromium", "chromedriver"].into_iter().all(installed) {
            return None;
        }
        let mut process = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let lines = output.lines().map(|line| line.expect("a line"));
        let mut ports = lines.filter_map(|line| line.split_once("successfully on port ").map(|(_, rest)| rest.to_owned()));
        let port = ports.next().expect("chromedriver says where it listens");
        let address = format!("http://127.0.0.1:{}", port.trim_end_matches(|letter: char| !letter.is_ascii_digit()));
        let mut driver = Self { process, client: browser(), session: format!("{address}/session") };
        let capabilities = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": FLAGS}}}});
        let opened = driver.ask(Method::POST, "", capabilities).await;
        driver.session = format!("{address}/session/{}", opened["sessionId"].as_str().expect("a session"));
        // Looking for an element waits for it.
        driver.ask(Method::POST, "/timeouts", json!({"implicit": 20_000})).await;
        Some(driver)
    }

    pub(crate) async fn go(&self, url: &str) {
        self.ask(Method::POST, "/url", json!({ "url": url })).await;
    }

    /// Types into an element once it is there.
    pub(crate) async fn press(&self, selector: &str, keys: &str) {
        let element = self.element(selector).await;
        self.ask(Method::POST, &format!("/element/{element}/value"), json!({ "text": keys })).await;
    }

    pub(crate) async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.ask(Method::POST, &format!("/element/{element}/click"), json!({})).await;
    }

    /// The words of an element once it is there.
    pub(crate) async fn words(&self, selector: &str) -> String {
        let element = self.element(selector).await;
        let words = self.ask(Method::GET, &format!("/element/{element}/text"), Value::Null).await;
        words.as_str().expect("a text").to_owned()
    }

    pub(crate) async fn is_ticked(&self, selector: &str) -> bool {
        let element = self.element(selector).await;
        self.ask(Method::GET, &format!("/element/{element}/selected"), Value::Null).await == true
    }

    /// Closes the browser; whoever forgets to leaves it to the driver.
    pub(crate) async fn close(self) {
        self.ask(Method::DELETE, "", Value::Null).await;
    }

    async fn element(&self, selector: &str) -> String {
        let found = self.ask(Method::POST, "/element", json!({"using": "css selector", "value": selector})).await;
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("no {selector}: {found}")).to_owned()
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(&body);
        }
        let answer: Value = request.send().await.expect("chromedriver answers").json().await.expect("JSON");
        answer["value"].clone()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // On SIGTERM chromedriver closes the browsers it has opened; SIGKILL would leave them behind.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
