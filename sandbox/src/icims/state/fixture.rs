//! A small platform for the tests of rules and events.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::icims::model::{JobId, PersonId, Role, WorkflowId};
use crate::icims::schema::ProfileType;

use super::changes::Changes;
use super::users::{IntegrationUser, Users};
use super::{CustomerInfo, CustomerState};

pub(in crate::icims) const LABEL: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";

pub(in crate::icims) struct Platform {
    pub(in crate::icims) state: CustomerState,
    /// Open, with the package.
    pub(in crate::icims) job: JobId,
    /// A candidate with a workflow.
    pub(in crate::icims) ines: PersonId,
    pub(in crate::icims) workflow: WorkflowId,
    /// A plain Person.
    pub(in crate::icims) priya: PersonId,
}

pub(in crate::icims) fn now() -> Timestamp {
    "2031-03-04T14:31:00Z".parse().expect("a moment")
}

pub(in crate::icims) fn platform() -> Platform {
    let info = CustomerInfo::new(4021, "Brightwater Foods".into(), "brightwater".into());
    let users = Users {
        integration: IntegrationUser { username: "harver".into(), ..IntegrationUser::default() },
        recruiter: ("Tomas".into(), "Lindqvist".into()),
    };
    let mut state = CustomerState::new(info, users, now());
    let package = state.load_package(LABEL).expect("a label");
    let job =
        read(&state, ProfileType::Jobs, json!({"jobtitle": "Call Centre Advisor", "assessmenttype": [{"id": package.on_job}]}));
    let job = state.create_job(job, now()).expect("a job");
    let ines =
        read(&state, ProfileType::People, json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"}));
    let ines = state.create_person_as(Some(Role::Candidate), ines, now()).expect("a candidate");
    let workflow = state.submit(ines, job, state.recruiter(), now()).expect("a workflow");
    let priya = read(&state, ProfileType::People, json!({"firstname": "Priya", "lastname": "Castellanos"}));
    let priya = state.create_person(priya, now()).expect("a person");
    Platform { state, job, ines, workflow, priya }
}

pub(in crate::icims) fn read(state: &CustomerState, kind: ProfileType, json: Json) -> Changes {
    state.read_screen(kind, json.as_object().expect("an object")).expect("valid values")
}
