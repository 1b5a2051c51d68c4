//! Answers that are packed for clients that ask for it, over real connections. The client of these tests unpacks nothing by itself.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use icims_sandbox::Sandbox;
use icims_sandbox::engine::{JournalFilter, direct};
use reqwest::{Client, Method, Response};
use serde_json::{Value as Json, json};

/// A large answer.
const LARGE: &str = "/v2/lists/lists.country";

struct Asking {
    sandbox: Sandbox,
    client: Client,
}

impl Asking {
    async fn start() -> Self {
        let client = direct().timeout(Duration::from_secs(60)).build().expect("a client");
        Self { sandbox: Sandbox::start().await, client }
    }

    async fn ask(&self, method: Method, path: &str, accept: Option<&str>, body: Option<Json>) -> Response {
        let customer = self.sandbox.customer();
        let keys = &customer.keys().icims;
        let url = format!("{}{path}", customer.api_url());
        let mut request = self.client.request(method, url).basic_auth(&keys.username, Some(&keys.password));
        if let Some(accept) = accept {
            request = request.header("accept-encoding", accept);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.expect("an answer")
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().expect("text"))
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).expect("gzip");
    text
}

#[tokio::test]
async fn answers_are_packed_for_clients_that_ask_for_it() {
    let asking = Asking::start().await;
    let plain = asking.ask(Method::GET, LARGE, None, None).await;
    assert_eq!((header(&plain, "content-encoding"), header(&plain, "vary")), (None, None));
    let length: usize = header(&plain, "content-length").and_then(|length| length.parse().ok()).expect("a length");
    let plain = plain.text().await.expect("text");
    assert!(length == plain.len() && length > 860, "{length}");
    for accept in ["gzip", "deflate, GZIP;q=0.5, br;q=1.0", "x-gzip, identity;q=0.2"] {
        let answer = asking.ask(Method::GET, LARGE, Some(accept), None).await;
        assert_eq!(header(&answer, "content-encoding"), Some("gzip"), "{accept}");
        assert_eq!(header(&answer, "vary").map(str::to_ascii_lowercase).as_deref(), Some("accept-encoding"), "{accept}");
        assert_eq!(header(&answer, "content-type"), Some("application/json;charset=UTF-8"));
        let bytes = answer.bytes().await.expect("a body");
        assert!(bytes.len() < plain.len(), "{} bytes", bytes.len());
        assert_eq!(unpacked(&bytes), plain, "{accept}");
    }
    for accept in ["identity", "gzip;q=0", "br, deflate", "gzip;q=0.000, identity"] {
        let answer = asking.ask(Method::GET, LARGE, Some(accept), None).await;
        assert_eq!(header(&answer, "content-encoding"), None, "{accept}");
        assert_eq!(answer.text().await.expect("text"), plain, "{accept}");
    }
    // The journal has what was meant.
    let all = asking.sandbox.world().journal().find(&JournalFilter::default());
    let bodies: Vec<Json> = all.iter().map(|exchange| json!(exchange.as_ref())["outcome"]["body"].clone()).collect();
    assert_eq!(bodies, vec![json!(plain); 8]);
}

#[tokio::test]
async fn small_answers_and_those_without_a_body_are_not_packed() {
    let asking = Asking::start().await;
    let person = format!("/people/{}", asking.sandbox.customer().keys().sample.person_id);
    let small = asking.ask(Method::GET, &format!("{person}?fields=email"), Some("gzip"), None).await;
    assert_eq!((small.status().as_u16(), header(&small, "content-encoding")), (200, None));
    let written = asking.ask(Method::PATCH, &person, Some("gzip"), Some(json!({"middlename": "Bee"}))).await;
    assert_eq!((written.status().as_u16(), header(&written, "content-encoding")), (204, None));
    // Both servers and their pages, too.
    for base in [&asking.sandbox.addresses().icims, &asking.sandbox.addresses().platform] {
        let page = asking.client.get(format!("{base}/static/sandbox.css")).header("accept-encoding", "gzip").send().await;
        assert_eq!(header(&page.expect("a page"), "content-encoding"), Some("gzip"), "{base}");
    }
}

#[tokio::test]
async fn an_answer_that_a_fault_breaks_off_is_sent_as_it_is() {
    let asking = Asking::start().await;
    let url = format!("{}/__sandbox/faults", asking.sandbox.addresses().control);
    let rule = json!({"match": {"actor": "icims"}, "effect": {"kind": "truncate"}});
    assert_eq!(asking.client.post(url).json(&rule).send().await.expect("an answer").status(), 200);
    let answer = asking.ask(Method::GET, LARGE, Some("gzip"), None).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-encoding")), (200, None));
    assert!(answer.bytes().await.is_err(), "half of it came");
}
