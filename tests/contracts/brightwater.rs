//! A simulated iCIMS with one customer, as consumer of contract ① and as provider of contract ④.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::engine::{Clock, Disk, Journal, Registry, Surroundings, Tenant};
use icims_sandbox::icims::model::{JobId, PersonId, Role};
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::changes::Changes;
use icims_sandbox::icims::state::outgoing::EventOutcome;
use icims_sandbox::icims::state::users::IntegrationUser;
use icims_sandbox::icims::state::{CustomerState, Refusal};
use icims_sandbox::icims::{Icims, NewCustomer};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::Url;

/// The customer on whom everything happens.
pub(crate) const CUSTOMER: &str = "4021";

/// Brightwater Foods on a fresh iCIMS.
pub(crate) struct Brightwater {
    pub(crate) icims: Icims,
    pub(crate) tenant: Arc<Tenant<CustomerState>>,
    pub(crate) now: Timestamp,
}

impl Brightwater {
    /// Opens the customer, who has nobody and nothing yet.
    pub(crate) async fn open(base_url: Url, customer: &str, user: IntegrationUser) -> Self {
        let id = customer.parse().expect("digits");
        let clock = Clock::new();
        let now = clock.now();
        let icims = Icims::new(Surroundings {
            base_url,
            clock,
            journal: Journal::new(),
            registry: Registry::new(Disk::memory()),
            seed: 1,
        });
        let recruiter = ("Tomas".into(), "Lindqvist".into());
        let new = NewCustomer { id, name: "Brightwater Foods".into(), slug: "brightwater".into(), user, recruiter };
        icims.admit(id, new.state(now)).await.expect("memory takes it");
        let tenant = icims.customer(id).expect("it was just opened");
        let sending = icims.clone();
        tokio::spawn(async move { sending.run(std::future::pending()).await });
        Self { icims, tenant, now }
    }

    /// Applies rules that succeed.
    pub(crate) async fn change<T>(&self, rule: impl FnOnce(&mut CustomerState) -> Result<T, Refusal>) -> T {
        self.tenant.write(rule).await.expect("a change within the rules")
    }

    /// Ines applies on the portal and follows the link of the assessment step; what the vendor made of it.
    pub(crate) async fn apply(&self, job: JobId) -> EventOutcome {
        let at = |step: &str| format!("/careers/{CUSTOMER}/jobs/{job}/call-centre-advisor/{step}");
        let cookie = self.submit(&at("login"), "", &[("email", "ines.okafor@example.org")]).await;
        let session = cookie.split(';').next().unwrap_or_default();
        self.submit(&at("profile"), session, &[("firstname", "Ines"), ("lastname", "Okafor")]).await;
        self.submit(&at("questions"), session, &[("source", "Job Board")]).await;
        self.submit(&at("assessment"), session, &[]).await;
        let newest = |state: &CustomerState| state.events().next().and_then(|event| event.outcome.clone());
        self.tenant.read(newest).expect("an answered event").1
    }

    /// Sends a form of the portal, with the session's cookie if there is one; the cookie that is set.
    async fn submit(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = Request::post(path).header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
        let answer = self.icims.router().oneshot(form.body(Body::from(body)).expect("a request")).await.expect("an answer");
        answer.headers().get("set-cookie").map_or_else(String::new, |cookie| cookie.to_str().expect("text").to_owned())
    }

    /// A candidate, with or without an e-mail address.
    pub(crate) async fn candidate(&self, email: Option<&str>) -> PersonId {
        let values = json!({"firstname": "Ines", "lastname": "Okafor", "email": email});
        self.change(|state| {
            let changes = read(state, ProfileType::People, &values)?;
            state.create_person_as(Some(Role::Candidate), changes, self.now)
        })
        .await
    }

    /// An open job with this package, which is in both lists, or with none.
    pub(crate) async fn job(&self, package: Option<&str>) -> JobId {
        self.change(|state| {
            let mut values = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "D31001"}});
            if let Some(label) = package {
                values["assessmenttype"] = json!([{"id": state.load_package(label)?.on_job}]);
            }
            let changes = read(state, ProfileType::Jobs, &values)?;
            state.create_job(changes, self.now)
        })
        .await
    }
}

/// Values of a profile as the API takes them.
pub(crate) fn read(state: &CustomerState, kind: ProfileType, values: &Value) -> Result<Changes, Refusal> {
    state.read_screen(kind, values.as_object().expect("an object"))
}
