//! Signed requests (icims-api 2.4). The signatures are made here, from the document, not by the code under test.

use axum::body::Body;
use axum::http::Request;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::icims_api::support::{Reply, World, gzip};

const HOST: &str = "icims.test";

/// A request to sign, which each test spoils in its own way.
struct Call<'a> {
    method: &'a str,
    target: &'a str,
    body: &'a [u8],
    user: &'a str,
    key: &'a str,
    date: String,
    /// Whether content type and body hash are signed, too.
    whole: bool,
    separator: &'a str,
    coding: Option<&'a str>,
    hashed: &'a [u8],
}

impl<'a> Call<'a> {
    fn get(world: &World, target: &'a str) -> Self {
        let date = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (user, key) = ("hmac-4021", "key-4021");
        Self { method: "GET", target, body: b"", user, key, date, whole: true, separator: ", ", coding: None, hashed: b"" }
    }

    fn post(world: &World, target: &'a str, body: &'a [u8]) -> Self {
        Self { method: "POST", body, hashed: body, ..Self::get(world, target) }
    }

    fn signed(&self) -> Request<Body> {
        let content = hex(&Sha256::digest(self.hashed));
        let all = [
            ("content-type", "application/json"),
            ("host", HOST),
            ("x-icims-content-sha256", &content),
            ("x-icims-date", &self.date),
        ];
        let headers: Vec<_> = if self.whole { all.to_vec() } else { vec![all[1], all[3]] };
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        let canonical = [self.method, path, query, &lines.join("\n"), "", &names.join(";")].join("\n");
        let text = format!("x-icims-v1-hmac-sha256\n{}\n{}", self.date, hex(&Sha256::digest(canonical)));
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).expect("a key");
        mac.update(text.as_bytes());
        let parts = [
            format!("user={}", self.user),
            format!("signedheaders={}", names.join(";")),
            format!("signature={}", hex(&mac.finalize().into_bytes())),
        ];
        let authorization = format!("x-icims-v1-hmac-sha256 {}", parts.join(self.separator));
        let mut request = Request::builder().method(self.method).uri(self.target).header("authorization", authorization);
        for (name, value) in all {
            request = request.header(name, value);
        }
        if let Some(coding) = self.coding {
            request = request.header("content-encoding", coding);
        }
        request.body(Body::from(self.body.to_vec())).expect("a request")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(reply: &Reply) {
    reply.is_error(401, 9, "Authentication credentials invalid");
    assert_eq!(reply.headers.get_all("www-authenticate").iter().count(), 2);
}

#[tokio::test]
async fn a_signed_request_gets_in_however_its_header_is_written() {
    let world = World::new().await;
    let target = format!("/customers/4021/people/{}?fields=firstname,lastname,email", world.ines);
    let plain = Call::get(&world, &target);
    let reply = world.send(plain.signed()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["firstname"], "Ines");
    let bare = Call { separator: ",", whole: false, ..Call::get(&world, &target) };
    assert_eq!(world.send(bare.signed()).await.status, 200, "host and date are enough, and no space is needed");
    let other_date = world.clock.now().strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
    assert_eq!(world.send(Call { date: other_date, ..Call::get(&world, &target) }.signed()).await.status, 200);
    let by_name = Call { user: "harver-4021", ..Call::get(&world, &target) };
    assert_eq!(world.send(by_name.signed()).await.status, 200, "the user name for Basic is understood, too");
}

#[tokio::test]
async fn whatever_is_changed_after_signing_is_refused() {
    let world = World::new().await;
    let target = "/customers/4021?a=1&b=2";
    let call = || Call::get(&world, target);
    assert_eq!(world.send(call().signed()).await.status, 200);
    refused(&world.send(Call { key: "another", ..call() }.signed()).await);
    refused(&world.send(Call { user: "nobody", ..call() }.signed()).await);
    let mut moved = call().signed();
    *moved.uri_mut() = "/customers/4021?b=2&a=1".parse().expect("an address");
    refused(&world.send(moved).await);
    let mut renamed = call().signed();
    *renamed.method_mut() = axum::http::Method::PUT;
    refused(&world.send(renamed).await);
    for header in ["host", "x-icims-date", "content-type", "x-icims-content-sha256"] {
        let mut request = call().signed();
        request.headers_mut().insert(header, "something else".parse().expect("a value"));
        refused(&world.send(request).await);
        let mut request = call().signed();
        request.headers_mut().remove(header);
        refused(&world.send(request).await);
    }
    let mut padded = call().signed();
    padded.headers_mut().insert("host", "  icims.test ".parse().expect("a value"));
    assert_eq!(world.send(padded).await.status, 200, "values are trimmed");
}

#[tokio::test]
async fn a_body_is_compared_with_its_signed_hash() {
    let world = World::new().await;
    let person = json!({"firstname": "Mara", "lastname": "Nowak"}).to_string();
    let other = json!({"firstname": "Mira", "lastname": "Nowak"}).to_string();
    let call = || Call::post(&world, "/customers/4021/people", person.as_bytes());
    assert_eq!(world.send(call().signed()).await.status, 201);
    refused(&world.send(Call { hashed: other.as_bytes(), ..call() }.signed()).await);
    let unsigned = Call { hashed: other.as_bytes(), whole: false, ..call() };
    assert_eq!(world.send(unsigned.signed()).await.status, 201, "a hash that is not signed says nothing");
}

#[tokio::test]
async fn a_signed_body_may_be_packed_and_its_hash_is_that_of_the_text() {
    let world = World::new().await;
    let query = json!({"filters": [{"name": "person.email", "value": ["okafor"]}]}).to_string();
    let (packed, text) = (gzip(query.as_bytes()), query.as_bytes());
    let call =
        |hashed, coding| Call { hashed, coding: Some(coding), ..Call::post(&world, "/customers/4021/search/people", &packed) };
    for coding in ["gzip", "X-GZIP", "identity, GZip"] {
        let reply = world.send(call(text, coding).signed()).await;
        assert_eq!(reply.status, 200, "{coding} {}", reply.text);
        assert_eq!(reply.json()["searchResults"][0]["id"], world.ines.get());
    }
    refused(&world.send(call(&packed, "gzip").signed()).await);
    refused(&world.send(Call { whole: false, user: "nobody", ..call(text, "gzip") }.signed()).await);
    let announced = Call { body: text, ..call(text, "gzip") };
    world.send(announced.signed()).await.is_error(400, 11, "The request body was cut short, or cannot be unpacked.");
    let brotli = world.send(call(text, "br").signed()).await;
    brotli.is_error(415, 11, "The Content-Encoding of the request is not supported: send the body plain or as gzip.");
    assert_eq!(brotli.header("accept-encoding"), "gzip");
}

#[tokio::test]
async fn the_date_is_compared_with_the_virtual_clock() {
    let world = World::new().await;
    let request = || Call { date: "2020-01-01T00:00:00Z".into(), ..Call::get(&world, "/customers/4021") }.signed();
    refused(&world.send(request()).await);
    let early = Call::get(&world, "/customers/4021");
    world.clock.advance(SignedDuration::from_mins(14));
    assert_eq!(world.send(early.signed()).await.status, 200);
    world.clock.advance(SignedDuration::from_mins(2));
    refused(&world.send(early.signed()).await);
}

#[tokio::test]
async fn a_signature_opens_only_the_own_customer() {
    let world = World::new().await;
    world.open(4022).await;
    let elsewhere = Call::get(&world, "/customers/4022");
    world.send(elsewhere.signed()).await.is_error(403, 7, "The provided Username does not belong to this customer.");
}

#[tokio::test]
async fn odd_authorization_headers_are_refused_and_break_nothing() {
    let world = World::new().await;
    for odd in ["", "user", "user=,signedheaders=,signature=", ",,,", "user=a,signedheaders=host;x-icims-date,signature=\u{7f}"] {
        let request = Request::get("/customers/4021").header("authorization", format!("x-icims-v1-hmac-sha256 {odd}").as_bytes());
        let Ok(request) = request.body(Body::empty()) else { continue };
        assert_eq!(world.send(request).await.status, 401, "{odd}");
    }
}
