//! What the unit tests of both neighbours share: a clock that stands still until it is stepped, neighbours that fail on the wire,
//! and one way to write a request down.

use std::fmt::Debug;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;
use wiremock::{MockServer, Request};

use crate::clock::Clock;
use crate::domain::{
    AccountId, AtsAuthentication, AtsConnection, Candidate, Customer, EmailAddress, HarverConnection, InboundCredentials,
    InvitationSettings, Pattern, PersonName,
};
use crate::http::{Clients, Timeouts};

/// When all tests take place: 2025-03-04, 13:00 UTC.
pub(crate) const NOW: i64 = 1_741_093_200;

/// A clock and the hand that moves it.
pub(crate) struct Stepped {
    second: Arc<AtomicI64>,
    pub(crate) clock: Clock,
}

impl Stepped {
    pub(crate) fn new() -> Self {
        let second = Arc::new(AtomicI64::new(NOW));
        let told = Arc::clone(&second);
        let present = move || Timestamp::from_second(told.load(Ordering::SeqCst)).expect("in range");
        Self { clock: Clock::driven(present, watch::channel(0).1), second }
    }

    pub(crate) fn step(&self, seconds: i64) {
        self.second.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// Clients that give up quickly.
pub(crate) fn impatient() -> Clients {
    let timeouts = Timeouts { connect: Duration::from_millis(300), answer: Duration::from_millis(300) };
    Clients::new(timeouts).expect("HTTP")
}

/// Clients that a busy machine does not make give up.
pub(crate) fn patient() -> Clients {
    let timeouts = Timeouts { connect: Duration::from_secs(20), answer: Duration::from_secs(20) };
    Clients::new(timeouts).expect("HTTP")
}

/// A customer whose neighbours are at these addresses.
pub(crate) fn customer(icims: &Url, authentication: AtsAuthentication) -> Customer {
    let credentials = |name: &str| InboundCredentials::new(name, "not-a-real-secret");
    let id = "4021".parse().expect("a customer id");
    Customer {
        added: true,
        enabled: true,
        patterns: Pattern::ALL.to_vec(),
        ats: AtsConnection { base_url: icims.clone(), authentication }.into(),
        reports_progress: true,
        invitation: InvitationSettings::new("Brightwater Foods", "jobs@brightwater.example"),
        ..Customer::new(id, "Brightwater Foods", connection(icims), credentials("icims-4021"), credentials("harver-4021"))
    }
}

/// An account on the platform at this address.
pub(crate) fn connection(platform: &Url) -> HarverConnection {
    HarverConnection {
        base_url: platform.clone(),
        account: account(),
        client_id: "brightwater-icims".into(),
        client_secret: "not-a-real-secret".into(),
    }
}

pub(crate) fn account() -> AccountId {
    "64b1f0c2a9d3e7004a5b6c70".parse().expect("an account id")
}

pub(crate) fn basic() -> AtsAuthentication {
    AtsAuthentication::Basic { username: "hf_integration".into(), password: "not-a-real-secret".into() }
}

pub(crate) fn ines() -> Candidate {
    Candidate {
        first_name: PersonName::parse("Ines").expect("a name"),
        last_name: PersonName::parse("Okafor").expect("a name"),
        email: EmailAddress::parse("ines.okafor@example.org").expect("an address"),
    }
}

pub(crate) fn address_of(server: &MockServer) -> Url {
    server.uri().parse().expect("an address")
}

/// An address where nobody listens.
pub(crate) async fn dead_address() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    format!("http://127.0.0.1:{port}").parse().expect("an address")
}

/// An address where every answer breaks off in the middle.
pub(crate) async fn breaking_address() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Whether the other side still listens does not matter: it is about to lose us.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"firstname\":").await;
        }
    });
    format!("http://127.0.0.1:{port}").parse().expect("an address")
}

/// The name of an error's variant: what was decided.
pub(crate) fn decision(error: &impl Debug) -> String {
    format!("{error:?}").chars().take_while(|character| character.is_alphanumeric()).collect()
}

/// A request as a snapshot shows it.
pub(crate) fn written(request: &Request) -> String {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut text = format!("{} {}{query}", request.method, request.url.path());
    for name in ["authorization", "accept", "content-type"] {
        if let Some(value) = request.headers.get(name) {
            let _ = write!(text, "\n{name}: {}", value.to_str().expect("text"));
        }
    }
    if !request.body.is_empty() {
        let body = String::from_utf8(request.body.clone()).expect("text");
        let pretty = serde_json::from_str::<serde_json::Value>(&body).and_then(|body| serde_json::to_string_pretty(&body));
        let _ = write!(text, "\n\n{}", pretty.unwrap_or(body));
    }
    text
}

/// The last request that a server received.
pub(crate) async fn last_request(server: &MockServer) -> String {
    let requests = server.received_requests().await.expect("recording is on");
    written(requests.last().expect("a request"))
}
