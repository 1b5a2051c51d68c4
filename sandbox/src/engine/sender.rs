//! Requests that an actor makes by itself: events to the vendor, webhooks to the customer. Faults that are set for the integration
//! are carried out here, as if something between the actors disturbed them.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Method, header};

use super::clients::Clients;
use super::clock::Clock;
use super::disturb::{BrokenOff, garbled};
use super::faults::{Call, Effect, Struck, Withdrawn};
use super::journal::{Actor, Begun, Exchange, ExchangeId, Journal, Original, Outcome, Target};
use super::outbox::Ticket;

/// The largest answer that is read. Vendors answer events with a line or two.
pub const ANSWER_LIMIT: usize = 1024 * 1024;

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
    /// Whether the answer is a secret, such as an access token: the journal shows no more than that there was one.
    pub answer_is_secret: bool,
    /// Its place in the outbox, if it comes from there.
    pub ticket: Ticket,
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
    #[error("no answer within {} seconds{}", patience.as_secs(), through(proxy.as_deref()))]
    TimedOut {
        /// How long was waited.
        patience: Duration,
        /// The proxy that was asked to pass the request on, without its password.
        proxy: Option<String>,
    },
    /// The connection could not be made or broke.
    #[error("the connection to {url} failed{}", through(proxy.as_deref()))]
    Unreachable {
        /// Where the request went.
        url: String,
        /// The proxy that was asked to pass the request on, without its password.
        proxy: Option<String>,
        /// What the client said.
        #[source]
        source: reqwest::Error,
    },
    /// The answer does not end.
    #[error("the answer of {url} is larger than {ANSWER_LIMIT} bytes")]
    TooLarge {
        /// Where the request went.
        url: String,
    },
    /// A fault rule broke the connection off.
    #[error("the connection to {url} broke off {when}")]
    BrokenOff {
        /// Where the request went.
        url: String,
        /// Before or after the request was handled.
        when: &'static str,
    },
    /// A fault rule held the request back until everything was reset.
    #[error("it was held back until everything was reset")]
    Withdrawn,
}

/// Whom to look at beside the receiver.
fn through(proxy: Option<&str>) -> String {
    let told =
        |proxy| format!(" through the proxy {proxy} (from HTTP_PROXY, HTTPS_PROXY or ALL_PROXY; NO_PROXY lists exceptions)");
    proxy.map(told).unwrap_or_default()
}

/// The outbound client of all actors: no redirects, every exchange in the journal.
#[derive(Clone, Debug)]
pub struct Sender {
    clients: Clients,
    clock: Clock,
    journal: Journal,
}

impl Sender {
    /// A sender that records into `journal` with the time of `clock`.
    #[must_use]
    pub fn new(clock: Clock, journal: Journal) -> Self {
        let clients = Clients::new(|builder| builder.connect_timeout(Duration::from_secs(10)));
        Self { clients, clock, journal }
    }

    /// Posts a delivery and waits for its answer.
    ///
    /// # Errors
    /// When there is no answer. A refusal is an answer.
    pub async fn post(&self, delivery: Delivery) -> Result<Answer, SendError> {
        self.deliver(delivery, None).await.0
    }

    /// Posts what was sent before a second time, and says where that is in the journal.
    pub async fn post_again(&self, delivery: Delivery, replay_of: ExchangeId) -> (Result<Answer, SendError>, ExchangeId) {
        self.deliver(delivery, Some(replay_of)).await
    }

    async fn deliver(&self, delivery: Delivery, replay_of: Option<ExchangeId>) -> (Result<Answer, SendError>, ExchangeId) {
        let path = url::Url::parse(&delivery.url).map(|url| url.path().to_owned()).unwrap_or_default();
        let customer = delivery.customer.as_deref();
        let call = Call { actor: delivery.to, from: delivery.from, method: "POST", paths: &[&path], customer };
        let struck = self.journal.faults().strike(&call, self.clock.now());
        for rule in &struck {
            if rule.effect.holds_back() {
                delivery.ticket.step_aside();
            }
            if let Err(Withdrawn) = self.journal.faults().hold(rule, customer, &self.clock).await {
                let started = (self.clock.now(), Instant::now());
                let outcome = Outcome::Failed { reason: SendError::Withdrawn.to_string() };
                return (Err(SendError::Withdrawn), self.record(&delivery, started, outcome, &struck, replay_of));
            }
        }
        delivery.ticket.go_on().await;
        let first = self.attempt(&delivery, &struck, replay_of).await;
        self.journal.faults().gone(customer);
        if struck.iter().any(|rule| rule.effect == Effect::Duplicate) {
            // What the second one is answered is in the journal; whoever sends twice by mistake does not know of it.
            let (again, _) = self.attempt(&delivery, &struck, replay_of).await;
            if let Err(error) = again {
                tracing::debug!(%error, "The duplicate of a request was not answered.");
            }
        }
        first
    }

    /// One request over the wire, disturbed by the rules that struck it.
    async fn attempt(
        &self,
        delivery: &Delivery,
        struck: &[Struck],
        replay_of: Option<ExchangeId>,
    ) -> (Result<Answer, SendError>, ExchangeId) {
        let started = (self.clock.now(), Instant::now());
        let _under_way = self.journal.begin(Begun {
            at: started.0,
            from: delivery.from,
            agent: None,
            to: delivery.to,
            customer: delivery.customer.clone(),
            workflow: delivery.workflow.clone(),
            method: Some(Method::POST),
            target: Target::Text(delivery.url.clone()),
            faults: struck.iter().map(Struck::mark).collect(),
        });
        let answered = self.disturbed(delivery, struck).await;
        let outcome = match &answered {
            Ok((answer, headers)) => {
                let body = if delivery.answer_is_secret { "(credentials)".into() } else { answer.body.clone() };
                Outcome::Answered { status: answer.status, headers: headers.clone(), body }
            }
            Err(error) => Outcome::Failed { reason: error.to_string() },
        };
        let id = self.record(delivery, started, outcome, struck, replay_of);
        (answered.map(|(answer, _)| answer), id)
    }

    async fn disturbed(&self, delivery: &Delivery, struck: &[Struck]) -> Result<(Answer, Vec<(String, String)>), SendError> {
        let begun = Instant::now();
        let slowed = tokio::time::timeout(delivery.timeout, self.journal.faults().slow_down(struck)).await;
        let timed_out = |_| SendError::TimedOut { patience: delivery.timeout, proxy: None };
        slowed.map_err(timed_out)?.map_err(|Withdrawn| SendError::Withdrawn)?;
        let patience = delivery.timeout.saturating_sub(begun.elapsed());
        let broken_off = |when| SendError::BrokenOff { url: delivery.url.clone(), when };
        let effect = struck.iter().map(|rule| &rule.effect).find(|effect| !matches!(effect, Effect::Latency { .. }));
        let whole = || delivery.body.clone().into();
        match effect {
            Some(Effect::Drop) => Err(broken_off("before the request was handled")),
            Some(Effect::Status { status, message, body, headers, .. }) => {
                let location = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
                let location = location.map(|(_, value)| value.clone());
                let body = body.clone().or_else(|| message.clone()).unwrap_or_default();
                let headers = headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
                Ok((Answer { status: *status, location, body }, headers))
            }
            Some(Effect::LoseReply) => {
                let (answer, _) = self.answered(self.request(delivery, patience, whole()), delivery).await?;
                tracing::debug!(status = answer.status, "An answer is lost on purpose.");
                Err(broken_off("after the request was handled"))
            }
            Some(Effect::Truncate) => {
                let half = reqwest::Body::wrap(BrokenOff::half_of(&Bytes::from(delivery.body.clone())));
                self.answered(self.request(delivery, patience, half), delivery).await
            }
            Some(Effect::Garble) => {
                let noise = garbled(delivery.body.len()).into();
                self.answered(self.request(delivery, patience, noise), delivery).await
            }
            _ => self.answered(self.request(delivery, patience, whole()), delivery).await,
        }
    }

    fn request(&self, delivery: &Delivery, patience: Duration, body: reqwest::Body) -> reqwest::RequestBuilder {
        let request = self.clients.to(&delivery.url).post(&delivery.url).timeout(patience).body(body);
        // A request that is sent again knows its framing, which is the client's business.
        let own = delivery.headers.iter().filter(|(name, _)| {
            ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::HOST]
                .iter()
                .any(|framing| name.eq_ignore_ascii_case(framing.as_str()))
        });
        own.fold(request, |request, (name, value)| request.header(name, value))
    }

    fn record(
        &self,
        delivery: &Delivery,
        (at, started): (jiff::Timestamp, Instant),
        outcome: Outcome,
        struck: &[Struck],
        replay_of: Option<ExchangeId>,
    ) -> ExchangeId {
        let exchange = Exchange {
            id: 0,
            at,
            from: delivery.from,
            to: delivery.to,
            customer: delivery.customer.clone(),
            workflow: delivery.workflow.clone(),
            method: "POST".into(),
            target: delivery.url.clone(),
            request_headers: delivery.headers.clone(),
            request_body: delivery.readable.clone(),
            outcome,
            took_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            faults: struck.iter().map(Struck::mark).collect(),
            replay_of,
        };
        let original = Original { headers: delivery.headers.clone(), body: delivery.body.clone() };
        self.journal.record_with(exchange, Some(original))
    }

    async fn answered(
        &self,
        request: reqwest::RequestBuilder,
        delivery: &Delivery,
    ) -> Result<(Answer, Vec<(String, String)>), SendError> {
        let failed = |source: reqwest::Error| {
            let proxy = self.clients.proxy_to(&delivery.url);
            if source.is_timeout() {
                SendError::TimedOut { patience: delivery.timeout, proxy }
            } else {
                SendError::Unreachable { url: delivery.url.clone(), proxy, source }
            }
        };
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let location = headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(SendError::TooLarge { url: delivery.url.clone() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok((Answer { status, location, body: String::from_utf8_lossy(&body).into_owned() }, headers))
    }
}
