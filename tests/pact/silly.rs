//! Somebody who answers everything in the same way, or not at all.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

/// The address of somebody who answers every request like this, for as long as the test runs.
pub(crate) fn always(status: &str, kind: &str, body: &str) -> String {
    by_path(vec![("/".to_owned(), format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"), body.to_owned())])
}

/// Somebody who answers by the beginning of the path; the first that fits counts. `HERE` in a body stands for its own address.
pub(crate) fn by_path(answers: Vec<(String, String, String)>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let own = address.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
            while !is_whole(&request) {
                match stream.read(&mut chunk).expect("a request") {
                    0 => break,
                    read => request.extend_from_slice(&chunk[..read]),
                }
            }
            let text = String::from_utf8_lossy(&request);
            let path = text.split_whitespace().nth(1).unwrap_or_default();
            let (_, head, body) =
                answers.iter().find(|(begin, ..)| path.starts_with(begin.as_str())).expect("an answer for every path");
            let body = body.replace("HERE", &own);
            let answer = format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            // Whoever has gone does not want it any more.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

/// The head of an answer with JSON.
pub(crate) fn json(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/hal+json\r\n")
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(|length| length.trim().to_owned()));
    body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// The address of somebody who takes connections and says nothing; it ends with the listener.
pub(crate) fn silent() -> (String, TcpListener) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    (format!("http://{}", listener.local_addr().expect("an address")), listener)
}
