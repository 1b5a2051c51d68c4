//! A customer as a file: taken to another sandbox and back, and what is no such file.

use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use icims_sandbox::mailbox::{Envelope, MailFilter};
use icims_sandbox::{Config, Sandbox};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

struct Running {
    sandbox: Sandbox,
    client: Client,
}

impl Running {
    async fn start(seed: u64) -> Self {
        let config = Config { port: 0, seed, ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("free ports").start(None).await.expect("it starts");
        Self { sandbox, client: icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).build().expect("a client") }
    }

    async fn export(&self, customer: &str) -> Vec<u8> {
        let url = format!("{}/__sandbox/customers/{customer}/export", self.sandbox.addresses().control);
        let answer = self.client.get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.expect("a file").to_vec()
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/{path}", self.sandbox.addresses().control);
        let answer = self.client.request(method, url).body(body).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    async fn mail(&self, customer: &str, subject: &str) {
        let envelope = Envelope { from: String::new(), to: vec!["ines@example.org".into()] };
        let message = format!("X-Icims-Customer: {customer}\r\nSubject: {subject}\r\n\r\nThere\r\n");
        self.sandbox.world().mailbox().deliver(envelope, message.into_bytes()).await.expect("it is stored");
    }

    fn subjects(&self) -> Vec<String> {
        let found = self.sandbox.world().mailbox().find(&MailFilter::default());
        found.into_iter().map(|message| message.subject).collect()
    }
}

fn unpacked(file: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).expect("memory");
    packed.finish().expect("memory")
}

#[tokio::test]
async fn an_exported_customer_is_the_same_file_wherever_it_has_been() {
    let (here, there) = (Running::start(7).await, Running::start(8).await);
    let keys = here.sandbox.ready().tenant.clone();
    let url = format!("{}/customers/4021/applicantworkflows/{}", keys.icims.base_url, keys.sample.workflow_id);
    let change = serde_json::json!({"status": {"id": keys.sample.send_to_harver_status}});
    let request = here.client.patch(url).basic_auth(&keys.icims.username, Some(&keys.icims.password)).json(&change);
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    here.mail("4021", "Before").await;
    while here.sandbox.world().pending(None).await.expect("counted").icims_events > 0 {
        tokio::task::yield_now().await;
    }
    let file = here.export("4021").await;

    // Another tenant's message has the number that this one's has in the file; the id is that of the other sandbox's sample.
    there.mail("9", "Stays").await;
    there.mail("4021", "Gone").await;
    let (status, body) = there.ask(Method::POST, "customers/import", file.clone()).await;
    assert_eq!((status, body["error"]["code"].as_str()), (StatusCode::CONFLICT, Some("customer_exists")), "{body}");
    assert!(body["error"]["message"].as_str().is_some_and(|message| message.contains("replace=true")), "{body}");
    let (status, body) = there.ask(Method::POST, "customers/import?replace=true", file.clone()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(there.subjects(), ["Before", "Stays"], "newest first");
    assert_eq!(body["icims"]["password"].as_str(), Some(keys.icims.password.as_str()));
    let url = format!("{}/customers/4021", there.sandbox.addresses().icims);
    let request = there.client.get(url).basic_auth(&keys.icims.username, Some(&keys.icims.password));
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::OK, "its credentials came along");
    assert_eq!(unpacked(&there.export("4021").await), unpacked(&file));
    assert_eq!(there.export("4021").await, file);

    let (status, _) = there.ask(Method::DELETE, "customers/4021", Vec::new()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((there.subjects(), there.sandbox.world().tenants().len()), (vec!["Stays".to_owned()], 0));
    assert_eq!(there.sandbox.world().registry().count(), 0);
    assert_eq!(there.ask(Method::DELETE, "customers/4021", Vec::new()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(there.ask(Method::POST, "customers/import", file.clone()).await.0, StatusCode::OK);
    assert_eq!(there.export("4021").await, file);
}

#[tokio::test]
async fn what_is_no_whole_file_of_this_version_changes_nothing() {
    let running = Running::start(7).await;
    let file = running.export("4021").await;
    let text = unpacked(&file);
    let mut flipped = file.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xFF;
    let without_last = text.trim_end().rsplit_once('\n').expect("lines").0;
    let unknown_table = text.replacen("\"table\":\"people\"", "\"table\":\"peoples\"", 1);
    for (name, file, says) in [
        ("nothing", Vec::new(), "no exported customer"),
        ("a text", b"hello".to_vec(), "no exported customer"),
        ("another gzip", packed("{\"a\":1}\n"), "no exported customer"),
        ("cut short", file[..file.len() - 20].to_vec(), "damaged"),
        ("cut in half", file[..file.len() / 2].to_vec(), "damaged"),
        ("a flipped byte", flipped, "damaged"),
        ("a lost row", packed(without_last), "damaged"),
        ("a changed row", packed(&text.replacen("Ines", "Inez", 1)), "damaged"),
        ("an unknown table", packed(&unknown_table), "damaged"),
        ("an older version", packed(&text.replacen("\"version\":3", "\"version\":2", 1)), "it has version 2"),
        ("a newer version", packed(&text.replacen("\"version\":3", "\"version\":4", 1)), "it has version 4"),
    ] {
        let (status, body) = running.ask(Method::POST, "customers/import?replace=true", file).await;
        assert_eq!((status, body["error"]["code"].as_str()), (StatusCode::BAD_REQUEST, Some("bad_file")), "{name}: {body}");
        assert!(body["error"]["message"].as_str().is_some_and(|message| message.contains(says)), "{name}: {body}");
    }
    assert_eq!(running.export("4021").await, file, "nothing has changed");
}

#[tokio::test]
async fn others_are_answered_while_a_large_file_is_unpacked() {
    let running = Running::start(1).await;
    let whole = running.export("4021").await;
    let mut text = Vec::new();
    GzDecoder::new(&whole[..]).read_to_end(&mut text).expect("gzip");
    let end_of_header = text.iter().position(|byte| *byte == b'\n').expect("a header") + 1;
    text.truncate(end_of_header);
    text.extend(vec![b' '; 64 << 20]);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&text).expect("memory");
    let file = packed.finish().expect("memory");
    let import = running.sandbox.world().import_customer(file.into(), true);
    // This test has one thread: whoever unpacks on it answers nobody before the end.
    tokio::select! {
        biased;
        outcome = import => panic!("nobody else got a turn: {outcome:?}"),
        () = tokio::task::yield_now() => {}
    }
}
