//! Each limit of the HTTP servers, reached over real connections by a client that does not behave.

use std::time::Duration;

use icims_sandbox::{Config, HttpLimits, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Long enough for a slow machine, and far more than any limit below.
const PATIENCE: Duration = Duration::from_secs(20);

async fn start(http: HttpLimits) -> Sandbox {
    Sandbox::bind(Config { port: 0, http, ..Config::default() }).await.expect("free ports").start(None).await.expect("it starts")
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    let address = sandbox.addresses().icims.strip_prefix("http://").expect("an http address").to_owned();
    TcpStream::connect(address).await.expect("a connection")
}

/// What comes back until the server closes.
async fn rest(mut connection: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset closes, too.
    let read = tokio::time::timeout(PATIENCE, connection.read_to_end(&mut bytes)).await;
    assert!(read.is_ok(), "the server keeps the connection open; so far: {:?}", String::from_utf8_lossy(&bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends bytes and returns what comes back.
async fn told(sandbox: &Sandbox, bytes: &[u8]) -> String {
    let mut connection = connect(sandbox).await;
    // The server may have refused before everything was sent.
    let _ = connection.write_all(bytes).await;
    rest(connection).await
}

async fn is_alive(sandbox: &Sandbox) {
    let answer = told(sandbox, b"GET /customers/4021 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[tokio::test]
async fn a_head_that_never_ends_and_an_idle_connection_are_closed() {
    let sandbox = start(HttpLimits { head_time: Duration::from_millis(100), ..HttpLimits::default() }).await;
    assert_eq!(told(&sandbox, b"").await, "", "idle from the start");
    assert_eq!(told(&sandbox, b"GET /customers/4021 HTTP/1.1\r\nhost: ici").await, "", "in the middle of a head");
    let answer = told(&sandbox, b"GET /customers/4021 HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "answered, then closed as nothing more comes: {answer}");
    is_alive(&sandbox).await;
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_a_free_place_is_given_away() {
    let sandbox = start(HttpLimits { connections: 2, ..HttpLimits::default() }).await;
    let (mut one, two) = (connect(&sandbox).await, connect(&sandbox).await);
    // An answer shows that the place is taken.
    one.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("sent");
    assert!(one.read_u8().await.is_ok());
    let refused = told(&sandbox, b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1"), "{refused}");
    assert!(refused.ends_with("There are too many connections now."), "{refused}");
    drop((one, two));
    let free = async {
        while told(&sandbox, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.starts_with("HTTP/1.1 503")
        {
        }
    };
    tokio::time::timeout(PATIENCE, free).await.expect("a place becomes free");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let sandbox = start(HttpLimits::default()).await;
    let long = "x".repeat(70 * 1024);
    let answer = told(&sandbox, format!("GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 414 ") || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let answer = told(&sandbox, format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-long: {long}\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many: String = (0..101).map(|at| format!("x-{at}: y\r\n")).collect();
    let answer = told(&sandbox, format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    is_alive(&sandbox).await;
}

#[tokio::test]
async fn a_body_that_stops_coming_is_refused() {
    let sandbox = start(HttpLimits { body_pause: Duration::from_millis(100), ..HttpLimits::default() }).await;
    let head = "POST /customers/4021/people HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{\"firstname\":";
    let answer = told(&sandbox, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    is_alive(&sandbox).await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_408() {
    let sandbox = start(HttpLimits { request_time: Duration::from_millis(100), ..HttpLimits::default() }).await;
    let address = sandbox.addresses().control.strip_prefix("http://").expect("an http address").to_owned();
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let head = b"GET /__sandbox/journal?wait=60s&workflow=1 HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    connection.write_all(head).await.expect("sent");
    let answer = rest(connection).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn what_is_not_http_is_refused_and_harms_nobody() {
    let sandbox = start(HttpLimits { head_time: Duration::from_millis(500), ..HttpLimits::default() }).await;
    let post = "POST /customers/4021/people HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    for bytes in [
        b"GARBAGE\r\n\r\n".to_vec(),
        b"GET / HTTP/3.7\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nhost icims\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nx: \0\r\n\r\n".to_vec(),
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"EHLO laptop\r\n".to_vec(),
        b"\n\n\n\n".to_vec(),
        format!("{post}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd").into_bytes(),
        format!("{post}content-length: -1\r\n\r\n").into_bytes(),
        format!("{post}content-length: 99999999999999999999\r\n\r\n").into_bytes(),
        format!("{post}transfer-encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n").into_bytes(),
        format!("{post}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n").into_bytes(),
        format!("{post}transfer-encoding: gzip\r\n\r\nabc").into_bytes(),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let answer = told(&sandbox, &bytes).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{shown:?} was answered {answer}");
    }
    is_alive(&sandbox).await;
}

#[tokio::test]
async fn answers_are_dated_by_the_virtual_clock() {
    let sandbox = Sandbox::builder().frozen_at("2031-03-04T09:00:00Z").start().await;
    let answer = told(&sandbox, b"GET /customers/4021 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(answer.contains("\r\ndate: Tue, 04 Mar 2031 09:00:00 GMT\r\n"), "{answer}");
}

/// The head of a request for a host, to one of the addresses.
async fn asked(address: &str, target: &str, hosts: &[&str], version: &str) -> String {
    let address = address.strip_prefix("http://").expect("an http address");
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let hosts: String = hosts.iter().map(|host| format!("host: {host}\r\n")).collect();
    let head = format!("GET {target} HTTP/{version}\r\n{hosts}connection: close\r\n\r\n");
    connection.write_all(head.as_bytes()).await.expect("sent");
    rest(connection).await
}

#[tokio::test]
async fn a_foreign_host_is_refused_on_every_port_and_told_which_flag_helps() {
    let sandbox = Sandbox::builder().allow_host("sandbox.test").start().await;
    let addresses = sandbox.addresses();
    for (address, path) in [
        (&addresses.control, "/__sandbox/customers"),
        (&addresses.control, "/"),
        (&addresses.icims, "/customers/4021"),
        (&addresses.icims, "/icims2/4021"),
        (&addresses.platform, "/api/v1.0/accounts"),
        (&addresses.platform, "/"),
    ] {
        let foreign = asked(address, path, &["elsewhere.example:8700"], "1.1").await;
        assert!(foreign.starts_with("HTTP/1.1 421 ") && foreign.contains("--allow-host elsewhere.example"), "{path}: {foreign}");
        for secret in ["password", "Brightwater", "secret"] {
            assert!(!foreign.contains(secret), "{path}: {foreign}");
        }
        let absolute = asked(address, &format!("http://elsewhere.example{path}"), &["127.0.0.1"], "1.1").await;
        assert!(absolute.starts_with("HTTP/1.1 421 "), "{path}: {absolute}");
        let old = asked(address, path, &["elsewhere.example"], "1.0").await;
        assert!(old.starts_with("HTTP/1.0 421 "), "{path}: {old}");
        for unclear in [&[][..], &["127.0.0.1", "127.0.0.1"], &["x@127.0.0.1"]] {
            let answer = asked(address, path, unclear, "1.1").await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{path} {unclear:?}: {answer}");
        }
        let plain = asked(address, path, &["127.0.0.1"], "1.1").await;
        let status = plain.split(' ').nth(1).expect("a status");
        assert!(matches!(status, "200" | "401"), "{path}: {plain}");
        for host in ["localhost:1", "[::1]", "app.localhost", "Sandbox.Test:8700"] {
            let known = asked(address, path, &[host], "1.1").await;
            assert_eq!(known.split(' ').nth(1), Some(status), "{path} for {host}");
        }
        let nameless = asked(address, path, &[], "1.0").await;
        assert_eq!(nameless.split(' ').nth(1), Some(status), "{path}: {nameless}");
    }
}

#[tokio::test]
async fn localhost_and_both_of_its_addresses_lead_to_every_port() {
    let sandbox = start(HttpLimits::default()).await;
    let addresses = sandbox.addresses();
    let has_v6 = tokio::net::TcpListener::bind("[::1]:0").await.is_ok();
    let client = icims_sandbox::engine::direct().timeout(PATIENCE).build().expect("a client");
    let port = |address: &str| address.rsplit_once(':').expect("a port").1.to_owned();
    for host in ["localhost", "127.0.0.1", "[::1]"].into_iter().filter(|host| has_v6 || *host != "[::1]") {
        for (address, path) in [
            (&addresses.control, "/__sandbox/health"),
            (&addresses.icims, "/icims2/4021"),
            (&addresses.platform, "/openapi.json"),
        ] {
            let url = format!("http://{host}:{}{path}", port(address));
            assert_eq!(client.get(&url).send().await.expect("an answer").status(), 200, "{url}");
        }
        let mut greeting = [0; 3];
        let ip = host.trim_matches(['[', ']']);
        let mut mail = TcpStream::connect((ip, port(&addresses.smtp).parse().expect("a port"))).await.expect("SMTP");
        mail.read_exact(&mut greeting).await.expect("a greeting");
        assert_eq!(&greeting, b"220", "{host}");
    }
}

#[tokio::test]
async fn a_path_is_read_the_same_however_it_is_written() {
    let sandbox = start(HttpLimits::default()).await;
    let keys = &sandbox.ready().tenant.icims;
    let client = icims_sandbox::engine::direct().timeout(PATIENCE).build().expect("a client");
    for path in ["/customers/4021/companies/18", "/%63ustomers/%34021/%63ompanies/1%38", "/customers/4021/compan%69%65s/%31%38"] {
        let url = format!("{}{path}", keys.base_url);
        let answer = client.get(&url).basic_auth(&keys.username, Some(&keys.password)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{url}");
        let fields = answer.text().await.expect("a body");
        assert!(fields.contains("\"name\""), "{fields}");
    }
}

/// Sends the head, then as much of a body of 16 MiB as the other end takes; the answer, and how much was taken.
async fn pushed(address: &str, head: &str) -> (String, usize) {
    const SIZE: usize = 16 * 1024 * 1024;
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_send_buffer_size(64 * 1024).expect("a small buffer");
    let address = address.strip_prefix("http://").expect("an http address").parse().expect("an address");
    let (mut reading, mut writing) = socket.connect(address).await.expect("a connection").into_split();
    writing.write_all(format!("{head}content-length: {SIZE}\r\n\r\n").as_bytes()).await.expect("the head");
    let pushing = tokio::spawn(async move {
        let (chunk, mut taken) = ([b'x'; 16 * 1024], 0);
        while taken < SIZE && writing.write_all(&chunk).await.is_ok() {
            taken += chunk.len();
        }
        taken
    });
    let mut answer = Vec::new();
    // A reset ends it, too; what came before is kept.
    let read = tokio::time::timeout(PATIENCE, reading.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the server keeps the connection open: {:?}", String::from_utf8_lossy(&answer));
    drop(reading);
    (String::from_utf8_lossy(&answer).into_owned(), pushing.await.expect("it ends"))
}

#[tokio::test]
async fn a_body_without_credentials_is_refused_before_it_is_read() {
    let sandbox = start(HttpLimits::default()).await;
    let addresses = sandbox.addresses();
    let json = "host: localhost\r\ncontent-type: application/json\r\n";
    for (address, head, expected) in [
        (&addresses.icims, format!("POST /customers/4021/people HTTP/1.1\r\n{json}"), "401"),
        (&addresses.icims, format!("PATCH /customers/4021/people/1/fields/resume/binary HTTP/1.1\r\n{json}"), "401"),
        (&addresses.icims, format!("POST /customers/4021/people HTTP/1.1\r\n{json}authorization: Basic eDp5\r\n"), "401"),
        (&addresses.icims, format!("POST /oauth/token HTTP/1.1\r\n{json}"), "413"),
        (&addresses.platform, format!("PATCH /api/v1.0/vacancies/1 HTTP/1.1\r\n{json}"), "401"),
        (&addresses.platform, format!("POST /oauth/token HTTP/1.1\r\n{json}"), "413"),
    ] {
        let (answer, taken) = pushed(address, &head).await;
        assert_eq!(answer.split(' ').nth(1), Some(expected), "{head}: {answer}");
        assert!(answer.contains("{\"err") || answer.contains("\"statusCode\""), "in the API's own shape: {answer}");
        assert!(taken < 2 * 1024 * 1024, "{head}: {taken} bytes were taken");
    }
    is_alive(&sandbox).await;
}
