//! The states of the integration. It is reached from outside alone: its neighbours do what theirs do when somebody applies or starts.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::lists::IntegrationState as State;
use super::{Opened, basic, failed, icims, platform};
use crate::control::error::ControlError;
use crate::control::opening::NewTenantWish;
use crate::control::tenants::TenantRecord;
use crate::control::world::World;
use crate::engine::faults::Fault;
use crate::harver_platform::model::{ApplicationId, VacancyId};
use crate::icims::model::{JobId, PersonId, WorkflowId};
use crate::icims::state::application::Application;
use crate::icims::state::users::IntegrationUser;
use crate::icims::state::{CustomerState, Refusal};

/// How long is waited, of real time, for the integration to do its part.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the integration is not in a state.
#[derive(Debug, thiserror::Error)]
enum NotThere {
    #[error("there is no integration in this process that could be told of a customer: point --control-url at harver-icims up")]
    NoIntegration,
    #[error("the integration did not hand a link over to the candidate, but said: {0}")]
    NoLink(String),
    #[error("the integration did not take the webhook that the candidate has started, within {} seconds", PATIENCE.as_secs())]
    WebhookNotTaken,
    #[error("the customer went away meanwhile")]
    Gone,
    #[error("the platform has no application for the candidate")]
    NoApplication,
}

/// An integration that has a customer in this state.
pub(super) async fn open(world: &World, state: &State) -> Result<Opened, ControlError> {
    if !world.knows_integration() {
        return Err(failed(state, NotThere::NoIntegration));
    }
    let keys = world.open_customer(NewTenantWish::named("Brightwater Foods")).await?;
    let tenant = world.tenant(&keys.icims.customer_id)?;
    match in_state(world, state, &tenant).await {
        Ok(opened) => Ok(opened),
        Err(error) => {
            world.delete_customer(&keys.icims.customer_id).await?;
            Err(error)
        }
    }
}

async fn in_state(world: &World, state: &State, tenant: &TenantRecord) -> Result<Opened, ControlError> {
    let mut opened = Opened::of(tenant.customer_id);
    let own = &tenant.credentials;
    let (username, password) = match state {
        State::InvitedCandidate | State::StartedCandidate | State::ForeignApplication | State::InvalidWebhookCredentials => {
            (&own.webhook_username, &own.webhook_password)
        }
        _ => (&own.event_username, &own.event_password),
    };
    let is_invalid = matches!(state, State::InvalidEventCredentials | State::InvalidWebhookCredentials);
    opened.tell("basic", basic(username, if is_invalid { "not-the-password" } else { password }));
    opened.tell("customer", tenant.customer_id);
    opened.tell("account", &tenant.account_id);
    opened.tell("icims", &world.near().icims);
    let now = world.clock().now();
    let icims = world.icims_of(&tenant.customer_id.to_string())?;
    let sample = Sample::of(tenant);
    let arranged = icims.write(|icims| arranged(icims, state, &sample, now)).await;
    arranged.map_err(|refusal| failed(state, refusal))?.told_by(&mut opened);
    opened.tell("recruiter", icims.read(CustomerState::recruiter));
    match state {
        State::CredentialsForIcimsRejected => {
            // The integration keeps what it was set up with.
            let user = icims.read(|icims| icims.users().integration.clone());
            let changed = IntegrationUser { password: "changed".into(), client_secret: "changed".into(), ..user };
            world.icims().save_user(tenant.customer_id, changed).await.map_err(|refusal| failed(state, refusal))?;
        }
        State::PlatformOutOfOrder => {
            let fault = json!({"customer": tenant.customer_id.to_string(), "match": {"actor": "harver_platform"},
                "effect": {"kind": "status", "status": 503}});
            world.add_faults(vec![Fault::read(fault).map_err(|error| failed(state, error))?])?;
        }
        State::InvitedCandidate | State::StartedCandidate | State::InvalidWebhookCredentials => {
            let application = invited(world, state, tenant).await?;
            if matches!(state, State::StartedCandidate) {
                started(world, state, tenant, &application).await?;
            }
            opened.tell("application", application);
        }
        State::ForeignApplication => opened.tell("application", stranger(world, state, tenant).await?),
        State::CandidateToAssess | State::CandidateWithoutEmail | State::JobWithoutPackage | State::InvalidEventCredentials => {}
    }
    Ok(opened)
}

/// Who was submitted to which job.
#[derive(Clone, Copy)]
struct Sample {
    person: PersonId,
    job: JobId,
    workflow: WorkflowId,
}

impl Sample {
    /// Those of the tenant's sample world.
    fn of(tenant: &TenantRecord) -> Self {
        let sample = &tenant.sample;
        let (person, job, workflow) = (sample.person_id.parse(), sample.job_id.parse(), sample.workflow_id.parse());
        Self {
            person: person.expect("a sample has a candidate"),
            job: job.expect("a sample has a job"),
            workflow: workflow.expect("a sample has a workflow"),
        }
    }

    fn told_by(&self, opened: &mut Opened) {
        opened.tell("person", self.person);
        opened.tell("job", self.job);
        opened.tell("workflow", self.workflow);
    }
}

/// The sample, or another where the state wants one that is like no sample.
fn arranged(icims: &mut CustomerState, state: &State, sample: &Sample, now: jiff::Timestamp) -> Result<Sample, Refusal> {
    let (person, job) = match state {
        State::CandidateWithoutEmail => (icims::candidate(icims, false, now)?, sample.job),
        State::JobWithoutPackage => (sample.person, icims::job(icims, None, now)?),
        _ => return Ok(*sample),
    };
    let workflow = icims.submit(person, job, icims.recruiter(), now)?;
    Ok(Sample { person, job, workflow })
}

/// A candidate who has applied on the portal, and got the link to the assessment from the integration.
async fn invited(world: &World, state: &State, tenant: &TenantRecord) -> Result<ApplicationId, ControlError> {
    let customer = tenant.customer_id;
    let icims = world.icims_of(&customer.to_string())?;
    let (now, job) = (world.clock().now(), Sample::of(tenant).job);
    let applied = icims
        .write(|icims| {
            let person = icims::candidate(icims, true, now)?;
            let new = Application { person, job, source: "Job Board".into(), source_name: String::new() };
            let workflow = icims.open_portal_application(new, now)?;
            icims.ask_for_assessment(workflow, now)
        })
        .await;
    let event = applied.map_err(|refusal: Refusal| failed(state, refusal))?;
    let outcome = tokio::time::timeout(PATIENCE, world.icims().outcome(customer, event)).await;
    let Ok(Some(outcome)) = outcome else { return Err(failed(state, NotThere::Gone)) };
    if outcome.link().is_none() {
        return Err(failed(state, NotThere::NoLink(outcome.message().to_owned())));
    }
    let account = world.platform().account(&tenant.account_id).ok_or_else(|| failed(state, NotThere::Gone))?;
    let newest = account.read(|account| account.applications().last().map(|application| application.id.clone()));
    newest.ok_or_else(|| failed(state, NotThere::NoApplication))
}

/// The candidate starts, and the integration is told.
async fn started(world: &World, state: &State, tenant: &TenantRecord, application: &ApplicationId) -> Result<(), ControlError> {
    let gone = || failed(state, NotThere::Gone);
    let account = world.platform().account(&tenant.account_id).ok_or_else(gone)?;
    let now = world.clock().now();
    let begun = account.write(|account| account.start(application, BTreeMap::new(), None, now)).await;
    begun.map_err(|refusal| failed(state, refusal))?;
    let customer = world.registry().customer(tenant.customer_id).ok_or_else(gone)?;
    let mut changes = customer.changes();
    let taken = async {
        loop {
            changes.borrow_and_update();
            if world.platform().pending(Some(&tenant.account_id)) == 0 {
                return Ok(());
            }
            tokio::select! {
                // The customer is held, so there is always somebody who tells.
                _ = changes.changed() => {}
                () = customer.gone() => return Err(gone()),
            }
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.map_err(|_| failed(state, NotThere::WebhookNotTaken))?
}

/// Somebody whom the platform knows and the integration does not.
async fn stranger(world: &World, state: &State, tenant: &TenantRecord) -> Result<ApplicationId, ControlError> {
    let account = world.platform().account(&tenant.account_id).ok_or_else(|| failed(state, NotThere::Gone))?;
    let now = world.clock().now();
    let vacancy: VacancyId = tenant.sample.vacancy_id.parse().expect("a sample has a vacancy");
    let email = "ines.okafor@example.org".parse().expect("an address");
    let registered = account.write(|account| platform::register(account, &vacancy, &email, &BTreeMap::new(), now)).await;
    registered.map_err(|refusal| failed(state, refusal))
}
