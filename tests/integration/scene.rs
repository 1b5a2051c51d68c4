//! The integration between two mock neighbours, driven through its real router and stepped by hand.

mod samples;

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harver_icims::app::App;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::config::Settings;
use harver_icims::delivery::{StepOutcome, Worker};
use harver_icims::domain::{Customer, CustomerId, EmailAddress, InboundCredentials, Order, Reach};
use harver_icims::harver_to_ats::CALLBACK_PATH;
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::settings::{self, By, Document, Rules, SaveError, Way};
use harver_icims::store::{self, Store, StoreError, Tx, orders};
use harver_icims::web::Peer;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) use samples::{finished, listing, not_there, under_way};

use crate::database::fresh_store;
use crate::support::{ACCOUNT, PACKAGE, SteppedClock, VACANCY, customer, nowhere};

pub(crate) const APPLICATION: &str = "65aa01f29c3b4d00178e92fa";
/// The workflow of the candidate in iCIMS.
const WORKFLOW: &str = "/customers/4021/applicantworkflows/88431";
pub(crate) const RETURN_URL: &str = "https://careers-brightwater.icims.com/jobs/2210/call-centre-advisor/assessment?i=1";

pub(crate) struct Scene {
    pub(crate) icims: MockServer,
    pub(crate) harver: MockServer,
    pub(crate) clock: SteppedClock,
    pub(crate) store: Store,
    pub(crate) app: App,
    /// The priority of the next answer that takes the place of another.
    newer: AtomicU8,
    /// What the platform answers at present to who reads [`APPLICATION`].
    application: Arc<Mutex<ResponseTemplate>>,
    /// What the platform answers at present to who asks for finished candidates.
    finished: Arc<Mutex<ResponseTemplate>>,
    /// Whether a test has said what it answers; until then it shows what was announced.
    is_chosen: AtomicBool,
    /// Where the neighbours' requests come from, if anybody wants to know.
    called_from: Mutex<Option<IpAddr>>,
}

/// An answer of the integration.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn user_message(&self) -> &str {
        self.body["error"]["userMessage"].as_str().unwrap_or_default()
    }
}

impl Scene {
    /// Neighbours that know Ines, her job with the package, and the open vacancy.
    pub(crate) async fn ready() -> Self {
        Self::ready_with(|_| {}).await
    }

    /// The same, with other settings.
    pub(crate) async fn ready_with(settle: impl FnOnce(&mut Settings)) -> Self {
        let scene = Self::bare(|_| {}, settle).await;
        scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.vacancy("open").await;
        scene.application_is("in-progress", 10).await;
        let standing = samples::standing("C40177", "Assessment - Send to Harver").with_priority(4);
        standing.mount(&scene.icims).await;
        scene
    }

    /// Neighbours that know nothing yet.
    pub(crate) async fn bare(adjust: impl FnOnce(&mut Customer), settle: impl FnOnce(&mut Settings)) -> Self {
        Self::on(fresh_store(), adjust, settle).await
    }

    /// The same on a store of its own.
    pub(crate) async fn on(store: Store, adjust: impl FnOnce(&mut Customer), settle: impl FnOnce(&mut Settings)) -> Self {
        let (icims, harver) = (MockServer::start().await, MockServer::start().await);
        let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
        Mock::given(method("POST"))
            .and(path("/oauth/token"))
            .respond_with(ResponseTemplate::new(200).set_body_json(token))
            .mount(&harver)
            .await;
        let application = Arc::new(Mutex::new(ResponseTemplate::new(200).set_body_json(under_way(0))));
        let shown = Arc::clone(&application);
        Mock::given(method("GET"))
            .and(path(format!("/api/v1.0/applications/{APPLICATION}")))
            .respond_with(move |_: &wiremock::Request| shown.lock().expect("nobody panics with it").clone())
            .with_priority(6)
            .mount(&harver)
            .await;
        let finished = Arc::new(Mutex::new(listing(&[])));
        let listed = Arc::clone(&finished);
        Mock::given(method("GET"))
            .and(path_regex("^/api/v1.0/vacancies/[0-9a-f]{24}/candidates$"))
            .respond_with(move |_: &wiremock::Request| listed.lock().expect("nobody panics with it").clone())
            .with_priority(6)
            .mount(&harver)
            .await;
        Mock::given(wiremock::matchers::any()).respond_with(not_there()).with_priority(255).mount(&harver).await;

        let mut customer = customer(&icims.uri().parse().expect("a URL"), &harver.uri().parse().expect("a URL"));
        adjust(&mut customer);
        store.write(move |tx| store::insert_customer(tx, &customer)).await.expect("a customer");
        let clock = SteppedClock::at_noon();
        let mail = SmtpSettings {
            host: "127.0.0.1".into(),
            port: 9,
            sender_address: EmailAddress::parse("noreply@example.org").expect("an address"),
            security: SmtpSecurity::None,
            credentials: None,
        };
        let mut settings = Settings { reach: Reach::Anywhere, ..Settings::new(nowhere(), mail) };
        settle(&mut settings);
        let app = App::new(settings, store.clone(), clock.clock()).expect("settings that can be used");
        Self {
            icims,
            harver,
            clock,
            store,
            app,
            newer: AtomicU8::new(3),
            application,
            finished,
            is_chosen: AtomicBool::new(false),
            called_from: Mutex::default(),
        }
    }

    pub(crate) async fn person(&self, fields: Value) {
        self.icims_answers("GET", "/customers/4021/people/30517", ResponseTemplate::new(200).set_body_json(fields)).await;
    }

    /// Where iCIMS shows the candidate from now on.
    pub(crate) async fn candidate_stands_at(&self, status: &str, label: &str) {
        self.answers_from_now_on(samples::standing(status, label)).await;
    }

    /// What iCIMS says of the candidate from now on.
    pub(crate) async fn person_is_now(&self, fields: Value) {
        let answer = ResponseTemplate::new(200).set_body_json(fields);
        self.answers_from_now_on(Mock::given(method("GET")).and(path("/customers/4021/people/30517")).respond_with(answer)).await;
    }

    /// An answer of iCIMS that counts before all others; there are three of them in a scene.
    pub(crate) async fn answers_from_now_on(&self, answer: Mock) {
        let newer = self.newer.fetch_sub(1, Ordering::SeqCst);
        answer.with_priority(newer).mount(&self.icims).await;
    }

    pub(crate) async fn job_with(&self, packages: &[&str]) {
        let nodes: Vec<Value> =
            packages.iter().map(|label| json!({"id": "C30211", "value": label, "formattedvalue": label})).collect();
        let mut job = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "D31001", "value": "Approved"}});
        if !nodes.is_empty() {
            job["assessmenttype"] = json!(nodes);
        }
        self.icims_answers("GET", "/customers/4021/jobs/2210", ResponseTemplate::new(200).set_body_json(job)).await;
    }

    pub(crate) async fn vacancy(&self, status: &str) {
        let vacancy = json!({"data": {"type": "vacancies", "id": VACANCY,
            "attributes": {"name": "Call Centre Advisor", "title": "Call Centre Advisor", "status": status}}});
        self.harver_answers("GET", &format!("/api/v1.0/vacancies/{VACANCY}"), ResponseTemplate::new(200).set_body_json(vacancy))
            .await;
    }

    /// The platform creates the application, or finds it in this status; each link is answered once.
    pub(crate) async fn application_is(&self, status: &str, links: u64) {
        for number in 1..=links {
            let link = format!("{}/app/landing/{VACANCY}/magic-link/{number}", self.harver.uri());
            let created = json!({"data": {"magicLink": link, "applicationId": APPLICATION, "currentStatus": status}});
            Mock::given(method("POST"))
                .and(path(format!("/api/v1.0/vacancies/{VACANCY}/applications")))
                .respond_with(ResponseTemplate::new(201).set_body_json(created))
                .up_to_n_times(1)
                .mount(&self.harver)
                .await;
        }
    }

    /// From now on the platform answers this to who reads the application.
    pub(crate) fn platform_shows(&self, answer: ResponseTemplate) {
        self.is_chosen.store(true, Ordering::Relaxed);
        *self.application.lock().expect("nobody panics with it") = answer;
    }

    /// Ines has finished, as the platform shows it.
    pub(crate) fn platform_shows_finish(&self) {
        self.platform_shows(ResponseTemplate::new(200).set_body_json(finished()));
    }

    /// Ines has done so many of six modules, as the platform shows it.
    pub(crate) fn platform_shows_progress(&self, modules: u64) {
        self.platform_shows(ResponseTemplate::new(200).set_body_json(under_way(modules)));
    }

    /// From now on the platform answers this to who asks for finished candidates.
    pub(crate) fn platform_lists(&self, answer: ResponseTemplate) {
        *self.finished.lock().expect("nobody panics with it") = answer;
    }

    pub(crate) async fn icims_answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(answer).with_priority(4).mount(&self.icims).await;
    }

    pub(crate) async fn harver_answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path_regex(format!("^{at}$"))).respond_with(answer).mount(&self.harver).await;
    }

    /// From now on the neighbours call from this address.
    pub(crate) fn is_called_from(&self, address: &str) {
        *self.called_from.lock().expect("nobody panics with it") = Some(address.parse().expect("an address"));
    }

    /// The recruiter advances Ines to the status with this id.
    pub(crate) async fn advanced_to(&self, status: &str) -> Answer {
        let mut event = self.event("WorkFlowStatusChangeEvent");
        event["personId"] = json!("30517");
        event["jobId"] = json!("2210");
        event["userId"] = json!("1188");
        event["oldStatus"] = json!("10100");
        event["newStatus"] = json!(status);
        self.start(&event).await
    }

    /// Ines reaches the assessment step on the portal.
    pub(crate) async fn applied(&self) -> Answer {
        let mut event = self.event("ApplicationCompletedEvent");
        event["userId"] = json!("30517");
        event["returnUrl"] = json!(RETURN_URL);
        self.start(&event).await
    }

    pub(crate) fn event(&self, event_type: &str) -> Value {
        let link =
            |rel: &str, at: &str| json!({"rel": rel, "title": rel, "url": format!("{}/customers/4021/{at}", self.icims.uri())});
        json!({"eventType": event_type, "customerId": "4021", "systemId": "88431", "links": [
            link("applicantWorkflow", "applicantworkflows/88431"), link("job", "jobs/2210"), link("person", "people/30517")]})
    }

    pub(crate) async fn start(&self, event: &Value) -> Answer {
        self.post(START_PATH, "harver-icims-4021:event-password", event.to_string().into_bytes(), &[]).await
    }

    /// The platform announces something about the application.
    pub(crate) async fn announced(&self, event: &str) -> Answer {
        self.announced_with(event, "new").await
    }

    /// The same, with this status.
    pub(crate) async fn announced_with(&self, event: &str, status: &str) -> Answer {
        let completes = event.starts_with("CandidateStatus") && status != "in-progress";
        if completes && !self.is_chosen.load(Ordering::Relaxed) {
            *self.application.lock().expect("nobody panics with it") = ResponseTemplate::new(200).set_body_json(finished());
        }
        let callback = json!({"triggeredAt": 1_741_097_221_000_i64, "event": event,
            "data": {"type": "applications", "id": APPLICATION, "attributes": {"status": status}},
            "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}}});
        self.post(CALLBACK_PATH, "harver-platform-4021:webhook-password", callback.to_string().into_bytes(), &[]).await
    }

    pub(crate) async fn post(&self, at: &str, credentials: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(at).header(header::CONTENT_TYPE, "application/json");
        if !credentials.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(credentials)));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(address) = *self.called_from.lock().expect("nobody panics with it") {
            request = request.extension(ConnectInfo(Peer(address)));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.app.router().oneshot(request).await.expect("the router answers");
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().expect("ASCII").to_owned());
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        Answer { status, location, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    /// Changes settings as a Harver Admin does.
    pub(crate) async fn set(&self, settings: Value) {
        let document: Document = serde_json::from_value(settings).expect("settings");
        let rules = Rules { plain_http: true, reach: Reach::Anywhere };
        let changed = self.change_settings(move |tx, id, by| settings::save(tx, id, &document, rules, by)).await;
        assert!(!changed.is_empty(), "nothing has changed");
    }

    /// The toggle of section General, without the checks.
    pub(crate) async fn switch(&self, enabled: bool) {
        let switched = move |present: &Customer| Ok(Customer { enabled, ..present.clone() });
        let changed = self.change_settings(move |tx, id, by| settings::replace(tx, id, switched, by)).await;
        assert!(!changed.is_empty(), "nothing has changed");
    }

    /// Gives out another password; the present one opens beside it for so long.
    pub(crate) async fn rotate(
        &self,
        which: fn(&mut Customer) -> &mut InboundCredentials,
        password: &'static str,
        beside_it: SignedDuration,
    ) {
        let until = self.clock.clock().now() + beside_it;
        self.change_settings(move |tx, id, by| settings::rotate(tx, id, which, password.into(), until, by)).await;
    }

    async fn change_settings<T: Send + 'static>(
        &self,
        mut change: impl FnMut(&Tx<'_>, CustomerId, &By) -> Result<T, SaveError> + Send + 'static,
    ) -> T {
        let by = By { who: "admin@example.org".into(), way: Way::Console, now: self.clock.clock().now() };
        let changed = self.store.write(move |tx| change(tx, "4021".parse().expect("digits"), &by)).await;
        changed.expect("settings that can be used")
    }

    /// Somebody follows an address of the integration.
    pub(crate) async fn opened(&self, at: &str) -> Response {
        let request = Request::get(at).body(Body::empty()).expect("a request");
        self.app.router().oneshot(request).await.expect("the router answers")
    }

    pub(crate) fn worker(&self) -> Worker {
        self.app.worker()
    }

    /// Runs what is due until nothing is, and says how many steps that took.
    pub(crate) async fn drain(&self) -> usize {
        let worker = self.worker();
        let mut steps = 0;
        while let StepOutcome::Ran(_) = worker.step().await.expect("the store answers") {
            steps += 1;
        }
        steps
    }

    pub(crate) async fn orders(&self) -> Vec<Order> {
        let found: Result<_, StoreError> =
            self.store.read(|tx| orders::find(tx, "4021".parse().expect("digits"), &orders::Wanted::default(), 100)).await;
        found.expect("the store answers").orders
    }

    /// How many requests the platform has had with this method and path.
    pub(crate) async fn asked_platform(&self, verb: &str, at: &str) -> usize {
        let requests = self.harver.received_requests().await.expect("recording is on");
        requests.iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).count()
    }

    /// How many requests iCIMS has had with this method and path.
    pub(crate) async fn asked_icims(&self, verb: &str, at: &str) -> usize {
        let requests = self.icims.received_requests().await.expect("recording is on");
        requests.iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).count()
    }
}
