//! One iCIMS with a customer, and a client that speaks to its router without a socket.

use std::io::Write as _;
use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use icims_sandbox::engine::{Clock, Disk, Journal, Kept, Registry, Surroundings, restored};
use icims_sandbox::icims::model::{EventId, JobId, PersonId, Role, WorkflowId};
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::outgoing::EventOutcome;
use icims_sandbox::icims::state::users::IntegrationUser;
use icims_sandbox::icims::state::{CustomerState, Refusal};
use icims_sandbox::icims::{Icims, NewCustomer};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::notes::noted;

pub(crate) const API: &str = "http://icims.test";
pub(crate) const LABEL: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";

pub(crate) struct World {
    pub(crate) icims: Icims,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) authorization: String,
    pub(crate) job: JobId,
    pub(crate) ines: PersonId,
    pub(crate) workflow: WorkflowId,
    pub(crate) contact: PersonId,
    sending: std::sync::Once,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers)).to_str().expect("text")
    }

    /// Checks the envelope, and that the first header line repeats it.
    pub(crate) fn is_error(&self, status: u16, code: u64, message: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.json()["errors"][0], json!({"errorMessage": message, "errorCode": code}));
        assert_eq!(self.header("x-error"), format!("{code}:{message}"));
    }

    /// What comes after the last slash of `Location`.
    pub(crate) fn new_id(&self) -> String {
        assert_eq!(self.status, 201, "{}", self.text);
        assert_eq!(self.text, "");
        assert_eq!(self.header("content-type"), "application/octet-stream");
        self.header("location").rsplit('/').next().expect("an id").to_owned()
    }
}

pub(crate) fn surroundings(disk: Disk) -> Surroundings {
    around(Registry::new(disk))
}

/// The iCIMS that finds what another one has stored.
pub(crate) fn restarted(path: &Path) -> Icims {
    let (disk, rows) = Disk::open(path).expect("the same file");
    let states = restored(&rows, CustomerState::blank).expect("whole rows");
    let kept = states.into_iter().map(|(id, state)| Kept::new(id).with(state));
    Icims::new(around(Registry::begun(disk, kept)))
}

fn around(registry: Registry) -> Surroundings {
    Surroundings { base_url: API.parse().expect("an address"), clock: Clock::new(), journal: Journal::new(), registry, seed: 7 }
}

pub(crate) fn new_customer(id: u64) -> NewCustomer {
    NewCustomer {
        id,
        name: "Brightwater Foods".into(),
        slug: "brightwater".into(),
        user: IntegrationUser {
            username: format!("harver-{id}"),
            password: "pass:word".into(),
            client_id: format!("client-{id}"),
            client_secret: "shh".into(),
            hmac_user: format!("hmac-{id}"),
            hmac_key: format!("key-{id}"),
            ..IntegrationUser::default()
        },
        recruiter: ("Tomas".into(), "Lindqvist".into()),
    }
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

/// Fills the platform of a customer with a job, a candidate in it, and a contact.
pub(crate) async fn filled(icims: &Icims, customer: u64) -> (JobId, PersonId, WorkflowId, PersonId) {
    let (tenant, now) = (icims.customer(customer).expect("the customer"), icims.clock().now());
    tenant
        .write(|state| {
            let package = state.load_package(LABEL)?.on_job;
            let office = read(
                state,
                ProfileType::Companies,
                &json!({"name": "Harbour Office", "addresses": [{"addressstreet1": "3 Pier Rd", "addresscity": "Boston",
                    "addresszip": "02110", "addressstate": {"abbrev": "MA"}, "addresscountry": {"abbrev": "US"}}]}),
            )?;
            let office = state.create_company(office, now)?;
            let entry = state.company(office).expect("the office").record.entries("addresses")[0].entry;
            let job = read(
                state,
                ProfileType::Jobs,
                &json!({"jobtitle": "Call Centre Advisor", "assessmenttype": [{"id": package}], "recruiter": 1188,
                    "joblocation": {"id": entry, "companyid": office}}),
            )?;
            let job = state.create_job(job, now)?;
            let ines = json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org",
                "phones": [{"phonetype": {"value": "Mobile"}, "phonenumber": "+31 6 5550 0142"}]});
            let ines = read(state, ProfileType::People, &ines)?;
            let ines = state.create_person_as(Some(Role::Candidate), ines, now)?;
            let workflow = state.submit(ines, job, state.recruiter(), now)?;
            let contact = read(state, ProfileType::People, &json!({"firstname": "Priya", "lastname": "Castellanos"}))?;
            let contact = state.create_person(contact, now)?;
            Ok::<_, Refusal>((job, ines, workflow, contact))
        })
        .await
        .expect("a filled platform")
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::around(surroundings(Disk::memory())).await
    }

    pub(crate) async fn around(surroundings: Surroundings) -> Self {
        let (clock, journal) = (surroundings.clock.clone(), surroundings.journal.clone());
        let icims = Icims::new(surroundings);
        icims.admit(4021, new_customer(4021).state(clock.now())).await.expect("a customer");
        let (job, ines, workflow, contact) = filled(&icims, 4021).await;
        let authorization = basic("harver-4021", "pass:word");
        Self { icims, clock, journal, authorization, job, ines, workflow, contact, sending: std::sync::Once::new() }
    }

    /// Sends events from now on; until then they wait.
    pub(crate) fn send_events(&self) {
        let icims = self.icims.clone();
        self.sending.call_once(|| drop(tokio::spawn(async move { icims.run(std::future::pending()).await })));
    }

    /// What becomes of an event.
    pub(crate) async fn outcome(&self, event: EventId) -> Option<EventOutcome> {
        self.send_events();
        self.icims.outcome(4021, event).await
    }

    /// What becomes of events.
    pub(crate) async fn outcomes(&self, events: &[EventId]) -> Vec<Option<EventOutcome>> {
        self.send_events();
        self.icims.outcomes(4021, events).await
    }

    /// Opens another customer.
    pub(crate) async fn open(&self, id: u64) {
        self.icims.admit(id, new_customer(id).state(self.clock.now())).await.expect("another customer");
    }

    pub(crate) fn router(&self) -> Router {
        noted(self.icims.router())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router().oneshot(request).await.expect("an answer").into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Reply { status: parts.status, headers: parts.headers, text: String::from_utf8(body.to_vec()).expect("text") }
    }

    /// A call to the own customer, signed in; `path` starts after the customer id.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Json>) -> Reply {
        let mut request =
            Request::builder().method(method).uri(format!("/customers/4021{path}")).header("authorization", &self.authorization);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).expect("a request")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Json) -> Reply {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Json) -> Reply {
        self.call("PATCH", path, Some(body)).await
    }

    /// Sends a form of a page, with the session's cookie if there is one.
    pub(crate) async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = Request::post(path).header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
        self.send(form.body(Body::from(body)).expect("a request")).await
    }

    /// The same; the cookie that is set.
    pub(crate) async fn submit(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
        let reply = self.form(path, cookie, fields).await;
        reply.headers.get("set-cookie").map_or_else(String::new, |cookie| cookie.to_str().expect("text").to_owned())
    }

    pub(crate) async fn change(&self, rule: impl FnOnce(&mut CustomerState) -> Result<(), Refusal>) {
        self.icims.customer(4021).expect("the customer").write(rule).await.expect("a change");
    }
}

fn read(state: &CustomerState, kind: ProfileType, json: &Json) -> Result<icims_sandbox::icims::state::changes::Changes, Refusal> {
    state.read_screen(kind, json.as_object().expect("an object"))
}
