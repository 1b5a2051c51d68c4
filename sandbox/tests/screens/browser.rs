//! A browser without scripts in front of the real router, and a vendor that answers as told.

use std::cell::RefCell;
use std::io::Read as _;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use icims_sandbox::engine::{Clock, Disk, Journal, Registry, Surroundings};
use icims_sandbox::icims::model::PersonId;
use icims_sandbox::icims::state::CustomerState;
use icims_sandbox::icims::state::users::IntegrationUser;
use icims_sandbox::icims::{Icims, NewCustomer};
use scraper::{Html, Selector};
use serde_json::Value as Json;
use tower::ServiceExt as _;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use crate::screens::sample::{self, Sample};

pub(crate) const SEND_TO_HARVER: &str = "C40177";

/// One customer, 4021, with the sample world and a vendor.
pub(crate) struct World {
    pub(crate) icims: Icims,
    pub(crate) clock: Clock,
    pub(crate) vendor: MockServer,
    pub(crate) sample: Sample,
    cookies: RefCell<Vec<String>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(Disk::memory()).await
    }

    pub(crate) async fn on(disk: Disk) -> Self {
        let clock = Clock::new();
        let icims = icims(&clock, Registry::new(disk));
        Self::around(icims, clock).await
    }

    /// One that others reach under this address.
    pub(crate) async fn at(base_url: &str) -> Self {
        let clock = Clock::new();
        let icims = icims_at(base_url, &clock, Registry::new(Disk::memory()));
        Self::around(icims, clock).await
    }

    async fn around(icims: Icims, clock: Clock) -> Self {
        let sample = open(&icims, &clock, 4021, "Brightwater Foods").await;
        let vendor = MockServer::start().await;
        let endpoint = format!("{}/start", vendor.uri());
        icims.connect_vendor(4021, endpoint, "harver-icims-4021".into(), "secret".into()).await.expect("the address is fine");
        let sending = icims.clone();
        tokio::spawn(async move { sending.run(std::future::pending()).await });
        Self { icims, clock, vendor, sample, cookies: RefCell::default() }
    }

    /// From now on the vendor answers this and nothing else.
    pub(crate) async fn vendor_answers(&self, answer: impl Respond + 'static) {
        self.vendor.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.vendor).await;
    }

    /// The events that the vendor has received since it was last told what to answer.
    pub(crate) async fn events(&self) -> Vec<Json> {
        let requests = self.vendor.received_requests().await.expect("the vendor records requests");
        let body = |request: &wiremock::Request| {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&request.body[..]).read_to_string(&mut text).expect("gzip");
            serde_json::from_str(&text).expect("JSON")
        };
        requests.iter().map(body).collect()
    }

    /// The vendor has received no event since it was last told what to answer, and none is waiting to be sent.
    pub(crate) async fn no_event(&self) {
        assert_eq!(self.icims.pending(Some(4021)), 0, "an event is waiting to be sent");
        let events = self.events().await;
        assert!(events.is_empty(), "{events:?}");
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&CustomerState) -> T) -> T {
        self.icims.customer(4021).expect("the customer is open").read(look)
    }

    pub(crate) fn people(&self) -> Vec<PersonId> {
        self.look(|state| state.people().map(|person| person.id).collect())
    }

    pub(crate) async fn get(&self, path: &str) -> Screen {
        self.send(Request::get(path), Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Screen {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    /// Posts and opens the page that the browser is sent to.
    pub(crate) async fn post_and_follow(&self, path: &str, fields: &[(&str, &str)]) -> Screen {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.get(&answer.location).await
    }

    /// Puts cookies back into the browser that it has been told to forget.
    pub(crate) fn present_cookies(&self, cookies: Vec<String>) {
        *self.cookies.borrow_mut() = cookies;
    }

    /// Lets both be looked at with one browser, on one host.
    pub(crate) fn share_cookies_of(&self, other: &Self) {
        self.present_cookies(other.cookies());
    }

    /// The same browser in front of another process.
    pub(crate) fn with(self, icims: Icims) -> Self {
        Self { icims, ..self }
    }

    pub(crate) fn cookies(&self) -> Vec<String> {
        self.cookies.borrow().clone()
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Screen {
        let cookies = self.cookies.borrow().join("; ");
        let request = request.header(header::COOKIE, cookies).body(body).expect("a well-formed request");
        let response = self.icims.router().oneshot(request).await.expect("the router answers");
        let text = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, cookie) = (text(header::LOCATION), text(header::SET_COOKIE));
        if let Some((pair, _)) = cookie.split_once(';') {
            let (name, _) = pair.split_once('=').expect("a cookie has a name");
            let mut kept = self.cookies.borrow_mut();
            kept.retain(|cookie| !cookie.starts_with(&format!("{name}=")));
            kept.extend((!cookie.contains("Max-Age=0")).then(|| pair.to_owned()));
        }
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
        Screen { status, location, cookie, body: String::from_utf8(body.to_vec()).expect("UTF-8") }
    }
}

pub(crate) fn icims(clock: &Clock, registry: Registry) -> Icims {
    icims_at("http://icims.test", clock, registry)
}

fn icims_at(base_url: &str, clock: &Clock, registry: Registry) -> Icims {
    let base_url = base_url.parse().expect("an address");
    Icims::new(Surroundings { base_url, clock: clock.clone(), journal: Journal::new(), registry, seed: 7 })
}

pub(crate) async fn open(icims: &Icims, clock: &Clock, id: u64, name: &str) -> Sample {
    let user =
        IntegrationUser { username: format!("user-{id}"), client_id: format!("client-{id}"), ..IntegrationUser::default() };
    let recruiter = ("Tomas".into(), "Lindqvist".into());
    let new = NewCustomer { id, name: name.into(), slug: "brightwater".into(), user, recruiter };
    icims.admit(id, new.state(clock.now())).await.expect("memory takes everything");
    let tenant = icims.customer(id).expect("it was opened");
    tenant.write(|state| sample::plant(state, clock.now())).await.expect("the sample fits")
}

/// What the browser got.
pub(crate) struct Screen {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) cookie: String,
    pub(crate) body: String,
}

impl Screen {
    /// The text of the first element, with white space put in order.
    pub(crate) fn text(&self, selector: &str) -> String {
        let page = Html::parse_document(&self.body);
        let found = page.select(&parsed(selector)).next();
        let element = found.unwrap_or_else(|| panic!("no {selector} on a page answered {}:\n{}", self.status, self.body));
        element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The texts of all such elements.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let text = |element: scraper::ElementRef<'_>| {
            element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        page.select(&parsed(selector)).map(text).collect()
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.count(selector) > 0
    }

    pub(crate) fn count(&self, selector: &str) -> usize {
        Html::parse_document(&self.body).select(&parsed(selector)).count()
    }

    /// An attribute of the first element; empty when it has none.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> String {
        let page = Html::parse_document(&self.body);
        let found = page.select(&parsed(selector)).next();
        let element = found.unwrap_or_else(|| panic!("no {selector} on a page answered {}:\n{}", self.status, self.body));
        element.value().attr(name).unwrap_or_default().to_owned()
    }

    /// The page's main part with everything that changes from run to run masked, for snapshots.
    pub(crate) fn masked(&self) -> String {
        let page = Html::parse_document(&self.body);
        let main = page.select(&parsed("main")).next().expect("every page has a main part").inner_html();
        let lines = main.lines().map(|line| masked_moments(line.trim())).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn parsed(selector: &str) -> Selector {
    Selector::parse(selector).expect("tests write selectors well")
}

/// Replaces `2031-03-04 02:31 PM` by `<moment>`.
fn masked_moments(line: &str) -> String {
    let shape = "dddd-dd-dd dd:dd xM";
    let fits = |text: &str| {
        text.len() == shape.len()
            && text.chars().zip(shape.chars()).all(|(found, wanted)| match wanted {
                'd' => found.is_ascii_digit(),
                'x' => found == 'A' || found == 'P',
                other => found == other,
            })
    };
    let mut masked = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let length = if rest.get(..shape.len()).is_some_and(fits) { shape.len() } else { first.len_utf8() };
        masked.push_str(if length == shape.len() { "<moment>" } else { &rest[..length] });
        rest = &rest[length..];
    }
    masked
}

/// A vendor's refusal in the documented form.
pub(crate) fn refusal(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(serde_json::json!({ "error": { "userMessage": message, "debugErrorMessage": "for the log" } }))
}
