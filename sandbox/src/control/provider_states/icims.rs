//! The states of iCIMS, by the rules that API and screens go by.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::lists::IcimsState as State;
use super::{Opened, basic, failed};
use crate::control::error::ControlError;
use crate::control::world::World;
use crate::icims::model::{JobId, PersonId, Role, WorkflowId};
use crate::icims::schema::ProfileType;
use crate::icims::state::changes::Changes;
use crate::icims::state::users::Rights;
use crate::icims::state::{CustomerState, Refusal};

/// An approved job is open to candidates.
const APPROVED: &str = "D31001";
/// The status of somebody who was not selected.
const NOT_SELECTED: &str = "C40190";
/// What a result says when the candidate has been invited.
const SENT: &str = "D37002019004";

/// A customer in this state.
pub(super) async fn open(world: &World, state: &State) -> Result<Opened, ControlError> {
    let mut bare = world.bare().await?;
    let (customer, now) = (bare.customer(), world.clock().now());
    let mut opened = Opened::of(customer);
    let own = bare.credentials().clone();
    if matches!(state, State::LimitedUser) {
        let hidden_fields = ["people.email".to_owned(), "jobs.folder".to_owned()].into();
        bare.limit(Rights { hidden_fields, read_only: true, ..Rights::default() });
    }
    let seed = world.seed();
    let (mut icims, account) = bare.states(now);
    arrange(&mut icims, state, now, &mut opened).map_err(|refusal| failed(state, refusal))?;
    opened.tell("customer", customer);
    if matches!(state, State::InvalidCredentials) {
        opened.tell("basic", basic(&own.icims_username, "not-the-password"));
        opened.tell("bearer", format!("Bearer {customer}.not-a-token"));
    } else {
        let token = icims.issue_token(&own.icims_username, seed, now).unwrap_or_default();
        opened.tell("basic", basic(&own.icims_username, &own.icims_password));
        opened.tell("bearer", format!("Bearer {token}"));
    }
    let (client_id, client_secret) = match state {
        State::NoOAuthClients => ("nobody".to_owned(), "nothing".to_owned()),
        _ => (own.icims_client_id, own.icims_client_secret),
    };
    opened.tell("client_id", client_id);
    opened.tell("client_secret", client_secret);
    world.admit_bare(&bare, icims, account).await?;
    Ok(opened)
}

fn arrange(icims: &mut CustomerState, state: &State, now: Timestamp, opened: &mut Opened) -> Result<(), Refusal> {
    match state {
        State::Candidate => opened.tell("person", candidate(icims, true, now)?),
        State::CandidateWithoutEmail => opened.tell("person", candidate(icims, false, now)?),
        State::JobWithPackage { package } => opened.tell("job", job(icims, Some(package), now)?),
        State::JobWithoutPackage => opened.tell("job", job(icims, None, now)?),
        State::WorkflowWithoutResults { package } => drop(workflow(icims, Some(package), now, opened)?),
        State::WorkflowWithResult { package } => {
            let workflow = workflow(icims, Some(package), now, opened)?;
            let row = json!({"assessmentname": {"value": package}, "assessmentstatus": {"id": SENT},
                "assessmentdate": "2025-03-04 12:00 PM"});
            let key = (ProfileType::Workflows, workflow.get());
            opened.tell("entry", icims.add_entry(key, "assessmentresults", object(&row), now)?);
        }
        State::RejectedCandidate => {
            let (workflow, by) = (workflow(icims, None, now, opened)?, icims.recruiter());
            icims.advance(workflow, &NOT_SELECTED.parse().expect("a status"), by, now)?;
        }
        State::OAuthClient | State::NoOAuthClients | State::InvalidCredentials | State::NothingFound | State::LimitedUser => {}
    }
    Ok(())
}

/// A candidate, with or without an e-mail address.
pub(super) fn candidate(icims: &mut CustomerState, has_email: bool, now: Timestamp) -> Result<PersonId, Refusal> {
    let email = has_email.then_some("ines.okafor@example.org");
    let values = json!({"firstname": "Ines", "lastname": "Okafor", "email": email});
    let changes = read(icims, ProfileType::People, &values)?;
    icims.create_person_as(Some(Role::Candidate), changes, now)
}

/// An approved job with this package, which is in both lists, or with none.
pub(super) fn job(icims: &mut CustomerState, package: Option<&str>, now: Timestamp) -> Result<JobId, Refusal> {
    let mut values = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": APPROVED}});
    if let Some(label) = package {
        values["assessmenttype"] = json!([{"id": icims.load_package(label)?.on_job}]);
    }
    let changes = read(icims, ProfileType::Jobs, &values)?;
    icims.create_job(changes, now)
}

fn workflow(
    icims: &mut CustomerState,
    package: Option<&str>,
    now: Timestamp,
    opened: &mut Opened,
) -> Result<WorkflowId, Refusal> {
    let (job, person, by) = (job(icims, package, now)?, candidate(icims, true, now)?, icims.recruiter());
    let workflow = icims.submit(person, job, by, now)?;
    opened.tell("workflow", workflow);
    opened.tell("person", person);
    Ok(workflow)
}

fn read(icims: &CustomerState, kind: ProfileType, values: &Value) -> Result<Changes, Refusal> {
    icims.read_screen(kind, object(values))
}

fn object(value: &Value) -> &serde_json::Map<String, Value> {
    value.as_object().expect("an object")
}
