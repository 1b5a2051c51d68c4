//! Requests that an actor makes by itself: events to the vendor, webhooks to the customer.

use std::time::{Duration, Instant};

use super::clock::Clock;
use super::journal::{Actor, Exchange, Journal, Outcome};

/// One request to make.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who sends it.
    pub from: Actor,
    /// Who receives it.
    pub to: Actor,
    /// The iCIMS customer it belongs to, for the journal.
    pub customer: Option<String>,
    /// The recruiting workflow it belongs to, for the journal.
    pub workflow: Option<String>,
    /// Where it goes.
    pub url: String,
    /// Headers beside those that HTTP itself needs.
    pub headers: Vec<(String, String)>,
    /// The bytes that go over the wire, compressed if the headers say so.
    pub body: Vec<u8>,
    /// The same body as a reader wants to see it.
    pub readable: String,
    /// Real time after which the sender gives up.
    pub timeout: Duration,
}

/// What the other side answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The `Location` header, if there was one.
    pub location: Option<String>,
    /// The body as text.
    pub body: String,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Nothing came back in time.
    #[error("no answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// The connection could not be made or broke.
    #[error("the connection to {url} failed")]
    Unreachable {
        /// Where the request went.
        url: String,
        /// What the client said.
        #[source]
        source: reqwest::Error,
    },
}

/// The outbound client of all actors: no redirects, every exchange in the journal.
#[derive(Clone, Debug)]
pub struct Sender {
    client: reqwest::Client,
    clock: Clock,
    journal: Journal,
}

impl Sender {
    /// A sender that records into `journal` with the time of `clock`.
    ///
    /// # Panics
    /// Never: the client is built from constants.
    #[must_use]
    pub fn new(clock: Clock, journal: Journal) -> Self {
        // Installing the provider a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .build()
            .expect("a client without certificates of its own always builds");
        Self { client, clock, journal }
    }

    /// Posts a delivery and waits for its answer.
    ///
    /// # Errors
    /// When there is no answer. A refusal is an answer.
    pub async fn post(&self, delivery: Delivery) -> Result<Answer, SendError> {
        self.exchange(delivery, false).await
    }

    /// The same for a delivery whose answer is a secret, such as an access token: the journal shows that there was one.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post_for_secret(&self, delivery: Delivery) -> Result<Answer, SendError> {
        self.exchange(delivery, true).await
    }

    async fn exchange(&self, delivery: Delivery, is_secret: bool) -> Result<Answer, SendError> {
        let at = self.clock.now();
        let started = Instant::now();
        let mut request = self.client.post(&delivery.url).timeout(delivery.timeout).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        let answered = self.answered(request, &delivery).await;
        let outcome = match &answered {
            Ok((answer, headers)) => {
                let body = if is_secret { "(credentials)".into() } else { answer.body.clone() };
                Outcome::Answered { status: answer.status, headers: headers.clone(), body }
            }
            Err(error) => Outcome::Failed { reason: error.to_string() },
        };
        self.journal.record(Exchange {
            id: 0,
            at,
            from: delivery.from,
            to: delivery.to,
            customer: delivery.customer,
            workflow: delivery.workflow,
            method: "POST".into(),
            target: delivery.url,
            request_headers: delivery.headers,
            request_body: delivery.readable,
            outcome,
            took_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        });
        answered.map(|(answer, _)| answer)
    }

    async fn answered(
        &self,
        request: reqwest::RequestBuilder,
        delivery: &Delivery,
    ) -> Result<(Answer, Vec<(String, String)>), SendError> {
        let failed = |source: reqwest::Error| {
            if source.is_timeout() {
                SendError::TimedOut(delivery.timeout)
            } else {
                SendError::Unreachable { url: delivery.url.clone(), source }
            }
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let location = headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
        let body = response.text().await.map_err(failed)?;
        Ok((Answer { status, location, body }, headers))
    }
}
