//! iCIMS and the platform as far as a story needs them: they do what they are asked, keep count, and fail when they are told to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::deeds::{Lost, Trouble, Who};
use crate::support::{PACKAGE, VACANCY};

pub(super) const COMPLETE: &str = "D37002019001";
pub(super) const IN_PROGRESS: &str = "D37002019003";
pub(super) const SENT: &str = "D37002019004";

/// Everything that the world holds, the service apart.
#[derive(Default)]
pub(super) struct World {
    pub(super) applications: Vec<Application>,
    /// The result rows of each workflow.
    pub(super) rows: BTreeMap<String, Vec<Value>>,
    /// The statuses that each workflow's rows were given, one after the other.
    pub(super) told: BTreeMap<String, Vec<String>>,
    pub(super) troubles: BTreeSet<Trouble>,
    pub(super) loses: Option<Lost>,
    /// Whose address iCIMS does not show at present.
    pub(super) without_address: Option<Who>,
}

/// What the platform knows of a candidate.
pub(super) struct Application {
    pub(super) id: String,
    pub(super) email: String,
    parameters: Value,
    links: usize,
    pub(super) started: bool,
    pub(super) finished: bool,
}

/// Both of them, at one address.
#[derive(Clone)]
pub(super) struct Neighbours {
    pub(super) url: String,
    world: Arc<Mutex<World>>,
}

impl Neighbours {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let neighbours = Self { url, world: Arc::default() };
        let router = Router::new().fallback(asked).with_state(neighbours.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        neighbours
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no panic elsewhere")
    }
}

/// What has happened at a neighbour, and what it says.
type Done = (Option<Lost>, Response);

async fn asked(State(here): State<Neighbours>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut world = here.world();
    let is_icims = uri.path().starts_with("/customers/");
    let (away, refuses) = if is_icims {
        (Trouble::IcimsIsAway, Trouble::IcimsRefuses)
    } else {
        (Trouble::PlatformIsAway, Trouble::PlatformRefuses)
    };
    if world.troubles.contains(&away) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if world.troubles.contains(&refuses) {
        return StatusCode::FORBIDDEN.into_response();
    }
    assert!(headers.contains_key("authorization") || uri.path() == "/oauth/token", "{uri} is asked by somebody who is known");
    let (done, answer) =
        if is_icims { world.as_icims(&method, &uri, &body) } else { world.as_platform(&method, &uri, &body, &here.url) };
    if done.is_some() && done == world.loses {
        world.loses = None;
        // The connection breaks while the answer is on its way.
        let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("lost")) });
        return Response::new(Body::from_stream(broken));
    }
    answer
}

impl World {
    fn as_icims(&mut self, method: &Method, uri: &Uri, body: &Value) -> Done {
        let path = uri.path().trim_start_matches("/customers/4021/").to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        let not_there = || (StatusCode::NOT_FOUND, Json(json!({"errors": [{"errorMessage": "There is none", "errorCode": 4}]})));
        let answer = match (method.as_str(), parts.as_slice()) {
            ("GET", ["people", id]) => {
                let Some(who) = Who::ALL.into_iter().find(|who| who.person() == *id) else {
                    return (None, not_there().into_response());
                };
                let mut person = json!({"firstname": who.name(), "lastname": "Okafor", "email": who.email()});
                if self.without_address == Some(who) {
                    person["email"] = Value::Null;
                }
                Json(person)
            }
            ("GET", ["jobs", "2210"]) => {
                Json(json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "D31001", "value": "Approved"},
                "assessmenttype": [{"id": "C30211", "value": PACKAGE}]}))
            }
            ("GET", ["applicantworkflows", id]) => {
                let who = Who::ALL.into_iter().find(|who| who.workflow() == *id).expect("a workflow that is there");
                Json(json!({"assessmentresults": self.rows.get(*id).cloned().unwrap_or_default(),
                    "status": {"id": "C40177", "value": "Send to Harver"}, "associatedprofile": {"id": who.person().parse::<u64>().ok()}}))
            }
            ("POST", ["applicantworkflows", id, "fields", "assessmentresults"]) => {
                let entry = 1 + self.rows.values().map(Vec::len).sum::<usize>();
                let mut row = body.clone();
                row["entry"] = json!(entry);
                self.note(id, body);
                self.rows.entry((*id).to_owned()).or_default().push(row);
                return (Some(Lost::NewRow), (StatusCode::CREATED, [("location", format!("{path}/{entry}"))]).into_response());
            }
            ("PATCH", ["applicantworkflows", id, "fields", "assessmentresults", entry]) => {
                self.note(id, body);
                let rows = self.rows.entry((*id).to_owned()).or_default();
                let entry: u64 = entry.parse().expect("the number of a row");
                let row = rows.iter_mut().find(|row| row["entry"] == entry).expect("a row that is there");
                for (name, value) in body.as_object().expect("an object") {
                    row[name] = value.clone();
                }
                return (Some(Lost::ChangedRow), StatusCode::NO_CONTENT.into_response());
            }
            _ => return (None, not_there().into_response()),
        };
        (None, answer.into_response())
    }

    fn note(&mut self, workflow: &str, row: &Value) {
        let status = row["assessmentstatus"]["id"].as_str();
        self.told.entry(workflow.to_owned()).or_default().extend(status.map(str::to_owned));
    }

    fn as_platform(&mut self, method: &Method, uri: &Uri, body: &Value, url: &str) -> Done {
        let parts: Vec<&str> = uri.path().trim_start_matches("/api/v1.0/").split('/').collect();
        let answer = match (method.as_str(), parts.as_slice()) {
            ("POST", ["", "oauth", "token"]) => {
                json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"})
            }
            ("GET", ["vacancies", VACANCY]) => {
                json!({"data": {"id": VACANCY, "attributes": {"name": "Advisor", "status": "open"}}})
            }
            ("POST", ["vacancies", VACANCY, "applications"]) => {
                let created = self.registered(&body["data"], url);
                return (Some(Lost::Registration), (StatusCode::CREATED, Json(created)).into_response());
            }
            ("GET", ["vacancies", VACANCY, "candidates"]) => {
                let finished = self.applications.iter().filter(|application| application.finished);
                json!({"data": finished.map(|application| json!({"type": "applications", "id": application.id})).collect::<Vec<_>>()})
            }
            ("GET", ["applications", id]) => match self.applications.iter().find(|application| application.id == *id) {
                Some(application) => application.shown(),
                None => return (None, (StatusCode::NOT_FOUND, [("x-correlation-id", "1")]).into_response()),
            },
            ("GET", ["applications", _, "reapply", "status"]) => json!({"data": {"canReapply": false}}),
            ("GET", ["applications", id, "reports", "reports-hub"]) => json!({"data": {"url": format!("{url}/report/{id}")}}),
            _ => return (None, (StatusCode::NOT_FOUND, [("x-correlation-id", "1")]).into_response()),
        };
        (None, Json(answer).into_response())
    }

    /// The same address finds the same application, with a new link.
    fn registered(&mut self, data: &Value, url: &str) -> Value {
        let email = data["relationships"]["candidate"]["data"]["attributes"]["emailAddress"].as_str().expect("an address");
        let known = self.applications.iter().position(|application| application.email == email);
        let at = known.unwrap_or_else(|| {
            let (id, email) = (format!("65aa01f29c3b4d0017{:06x}", self.applications.len() + 1), email.to_owned());
            let (parameters, links) = (data["attributes"].clone(), 0);
            self.applications.push(Application { id, email, parameters, links, started: false, finished: false });
            self.applications.len() - 1
        });
        let application = &mut self.applications[at];
        application.links += 1;
        json!({"data": {"magicLink": format!("{url}/app/landing/{VACANCY}/magic-link/{at}-{}", application.links),
            "applicationId": application.id, "currentStatus": if application.finished { "new" } else { "in-progress" }}})
    }

    pub(super) fn application(&mut self, of: Who) -> Option<&mut Application> {
        self.applications.iter_mut().find(|application| application.email == of.email())
    }
}

impl Application {
    fn shown(&self) -> Value {
        let done = if self.finished { 6 } else { u64::from(self.started) };
        let mut attributes =
            json!({"appliedAt": 1_741_093_920, "status": "in-progress", "progress": {"all": 6, "completed": done}});
        if self.finished {
            attributes["completedAt"] = json!(1_741_097_220);
            attributes["matchingScore"] = json!(78);
            attributes["matchingProfile"] = json!({"label": "Great Fit"});
        }
        json!({"data": {"type": "applications", "id": self.id, "attributes": attributes},
            "included": [{"type": "ats-parameters", "attributes": self.parameters}]})
    }
}
