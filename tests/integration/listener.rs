//! What the listener of the integration admits, reached over real connections by a client that does not behave; others are answered
//! all the while.

use std::net::SocketAddr;
use std::time::Duration;

use bounded_listener::HttpLimits;
use harver_icims::ats_to_harver::START_PATH;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wiremock::ResponseTemplate;

use crate::scene::Scene;

/// Long enough for a slow machine, and far more than any limit below.
const PATIENCE: Duration = Duration::from_secs(20);
const CREDENTIALS: &str = "aGFydmVyLWljaW1zLTQwMjE6ZXZlbnQtcGFzc3dvcmQ=";

struct Listening {
    address: SocketAddr,
    /// Stops it when it is dropped.
    _stop: oneshot::Sender<()>,
}

async fn listening(scene: &Scene) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(scene.app.clone().run(listener, async { drop(stopped.await) }));
    Listening { address, _stop: stop }
}

async fn with(limits: impl FnOnce(&mut HttpLimits)) -> (Scene, Listening) {
    let scene = Scene::ready_with(|settings| limits(&mut settings.http)).await;
    let listening = listening(&scene).await;
    (scene, listening)
}

impl Listening {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// Sends bytes and returns what comes back until the connection is closed.
    async fn told(&self, bytes: &[u8]) -> String {
        let mut connection = self.connect().await;
        // It may have been refused before everything was sent.
        let _ = connection.write_all(bytes).await;
        let mut said = Vec::new();
        // A reset closes, too.
        let read = tokio::time::timeout(PATIENCE, connection.read_to_end(&mut said)).await;
        assert!(read.is_ok(), "the connection stays open; so far: {:?}", String::from_utf8_lossy(&said));
        String::from_utf8_lossy(&said).into_owned()
    }

    async fn is_alive(&self) {
        let answer = self.told(b"GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }

    /// The head of an event with a body of this length.
    fn event(length: usize) -> String {
        format!(
            "POST {START_PATH} HTTP/1.1\r\nhost: here\r\nauthorization: Basic {CREDENTIALS}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        )
    }
}

#[tokio::test]
async fn a_head_that_never_ends_and_an_idle_connection_to_the_integration_are_closed() {
    let (_scene, integration) = with(|limits| limits.head_time = Duration::from_millis(100)).await;
    assert_eq!(integration.told(b"").await, "", "idle from the start");
    assert_eq!(integration.told(b"POST /prod HTTP/1.1\r\nhost: he").await, "", "in the middle of a head");
    let answer = integration.told(b"GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "answered, then closed as nothing more comes: {answer}");
    integration.is_alive().await;
}

#[tokio::test]
async fn a_connection_too_many_to_the_integration_is_told_so_and_a_free_place_is_given_away() {
    let (_scene, integration) = with(|limits| limits.connections = 2).await;
    let (mut one, two) = (integration.connect().await, integration.connect().await);
    // An answer shows that the place is taken.
    one.write_all(b"GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("sent");
    assert!(one.read_u8().await.is_ok());
    let refused = integration.told(b"GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1"), "{refused}");
    drop((one, two));
    let free = async {
        let asked = b"GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
        while integration.told(asked).await.starts_with("HTTP/1.1 503") {}
    };
    tokio::time::timeout(PATIENCE, free).await.expect("a place becomes free");
}

#[tokio::test]
async fn a_head_that_is_too_large_for_the_integration_is_refused() {
    let (_scene, integration) = with(|_| {}).await;
    let long = "x".repeat(70 * 1024);
    let answer = integration.told(format!("GET /{long} HTTP/1.1\r\nhost: here\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 414 ") || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let answer = integration.told(format!("GET / HTTP/1.1\r\nhost: here\r\nx-long: {long}\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many: String = (0..101).map(|at| format!("x-{at}: y\r\n")).collect();
    let answer = integration.told(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    integration.is_alive().await;
}

#[tokio::test]
async fn an_event_whose_body_stops_coming_is_refused() {
    let (scene, integration) = with(|limits| limits.body_pause = Duration::from_millis(100)).await;
    let answer = integration.told(format!("{}{{\"eventType\":", Listening::event(100)).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(scene.orders().await.is_empty());
    integration.is_alive().await;
}

#[tokio::test]
async fn a_request_to_the_integration_that_takes_too_long_is_answered_408_and_others_are_not_held_up() {
    let scene = Scene::bare(|_| {}, |settings| settings.http.request_time = Duration::from_millis(300)).await;
    let never = ResponseTemplate::new(200).set_body_json(json!({})).set_delay(PATIENCE);
    scene.icims_answers("GET", "/customers/4021/people/30517", never).await;
    let integration = listening(&scene).await;
    let mut event = scene.event("ApplicationCompletedEvent");
    event["userId"] = json!("30517");
    let body = event.to_string();
    let event = format!("{}{body}", Listening::event(body.len()));
    let (answer, ()) = tokio::join!(integration.told(event.as_bytes()), integration.is_alive());
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}
