//! Showing the vendor who sends: Basic, a signature, or an access token of the vendor (assessment-flow 1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use url::Url;

use crate::engine::{Answer, Customer, Delivery, SendError};
use crate::icims::Icims;
use crate::icims::signing::{self, CONTENT, DATE, Signed};
use crate::icims::state::connection::{Authentication, Connection};

/// Why the vendor has not answered an event.
#[derive(Debug)]
pub(super) enum Unsent {
    /// It was sent in vain.
    NoAnswer(SendError),
    /// It was not sent, as the vendor gave no token; why, without secrets.
    NoToken(String),
}

impl Icims {
    /// Sends an event in the way that the connection asks for. A token that the vendor refuses is fetched anew once.
    pub(super) async fn send_with_proof(
        &self,
        customer: &Customer,
        settings: &Connection,
        delivery: Delivery,
    ) -> Result<Answer, Unsent> {
        match settings.authentication {
            Authentication::Basic => {
                let headers = vec![("Authorization".to_owned(), basic(settings))];
                self.send(with(headers, delivery)).await
            }
            Authentication::Hmac => {
                let headers = signed(settings, &delivery, self.clock().now());
                self.send(with(headers, delivery)).await
            }
            Authentication::OAuth2 => {
                let token = self.vendor_token(customer, settings, &delivery, None).await.map_err(Unsent::NoToken)?;
                let answer = self.send(with(bearer(&token), delivery.clone())).await?;
                if answer.status != 401 {
                    return Ok(answer);
                }
                let token = self.vendor_token(customer, settings, &delivery, Some(&token)).await.map_err(Unsent::NoToken)?;
                self.send(with(bearer(&token), delivery)).await
            }
        }
    }

    async fn send(&self, delivery: Delivery) -> Result<Answer, Unsent> {
        self.0.sender.post(delivery).await.map_err(Unsent::NoAnswer)
    }
}

/// The delivery with these headers before its own.
fn with(mut headers: Vec<(String, String)>, mut delivery: Delivery) -> Delivery {
    headers.append(&mut delivery.headers);
    Delivery { headers, ..delivery }
}

fn basic(settings: &Connection) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", settings.username, settings.password)))
}

fn bearer(token: &str) -> Vec<(String, String)> {
    vec![("Authorization".to_owned(), format!("Bearer {token}"))]
}

/// The headers of a signed event: the outbound spelling of icims-api 2.4, with the hash of the uncompressed JSON.
fn signed(settings: &Connection, delivery: &Delivery, now: Timestamp) -> Vec<(String, String)> {
    let (host, path, query) = address(&delivery.url);
    let (content, date) = (signing::hash(delivery.readable.as_bytes()), signing::date(now));
    let headers = [("content-type", "application/json"), ("host", host.as_str()), (CONTENT, &content), (DATE, &date)];
    let request = Signed { method: "POST", path: &path, query: &query, headers: &headers, date: &date };
    let authorization = request.authorization(&settings.username, settings.signing_key());
    [("Authorization", authorization), ("Host", host.clone()), (CONTENT, content.clone()), (DATE, date.clone())]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

/// Host as in the header, path and query of an address. The connection holds complete addresses only.
fn address(url: &str) -> (String, String, String) {
    let Ok(url) = Url::parse(url) else { return Default::default() };
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    (host, url.path().to_owned(), url.query().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::Actor;

    #[test]
    fn a_signed_event_is_spelled_as_icims_spells_it() {
        let settings = Connection { username: "hf".into(), hmac_key: "key".into(), ..Connection::default() };
        let delivery = Delivery {
            from: Actor::Icims,
            to: Actor::Integration,
            customer: None,
            workflow: None,
            url: "https://vendor.example:8443/start?flow=1".into(),
            headers: Vec::new(),
            body: b"compressed".to_vec(),
            readable: "{}".into(),
            timeout: Duration::from_secs(30),
            answer_is_secret: false,
            ticket: crate::engine::Ticket::default(),
        };
        let headers = signed(&settings, &delivery, "2031-03-04T14:31:00Z".parse().expect("a moment"));
        let value = |name: &str| headers.iter().find(|(given, _)| given == name).expect(name).1.as_str();
        let begin =
            "x-icims-v1-hmac-sha256 user=hf,signedheaders=content-type;host;x-icims-content-sha256;x-icims-date,signature=";
        let signature = value("Authorization").strip_prefix(begin).expect("no space after the commas");
        assert!(signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(value("Host"), "vendor.example:8443");
        assert_eq!(value(DATE), "2031-03-04T14:31:00+0000");
        assert_eq!(value(CONTENT), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "the hash of {{}}");
    }

    #[test]
    fn a_default_port_is_not_part_of_the_host() {
        let parts = |url| address(url);
        assert_eq!(parts("https://vendor.example"), ("vendor.example".into(), "/".into(), String::new()));
        assert_eq!(parts("http://vendor.example:80/a?b=c").0, "vendor.example");
        assert_eq!(parts("http://[::1]:81/").0, "[::1]:81");
    }
}
