//! The simulated iCIMS as the provider of contract ④.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::CustomerState;
use icims_sandbox::icims::state::users::{IntegrationUser, Rights};
use serde_json::json;
use url::Url;

use super::stage::Scene;
use crate::brightwater::{Brightwater, CUSTOMER};
use crate::provider_states::IcimsState as State;

const SEED: u64 = 1;

/// A fresh iCIMS in this state.
pub(crate) async fn scene(state: State, base_url: Url) -> anyhow::Result<Scene> {
    let mut user = IntegrationUser {
        username: "integration".into(),
        password: "icims-password".into(),
        client_id: "icims-client".into(),
        client_secret: "icims-secret".into(),
        ..IntegrationUser::default()
    };
    let customer = match &state {
        State::OAuthClient { client_id, client_secret } => {
            (user.client_id, user.client_secret) = (client_id.clone(), client_secret.clone());
            CUSTOMER
        }
        State::NoOAuthClients => {
            (user.client_id, user.client_secret) = ("somebody-else".into(), "something-else".into());
            CUSTOMER
        }
        State::InvalidCredentials { customer }
        | State::Candidate { customer }
        | State::CandidateWithoutEmail { customer }
        | State::JobWithPackage { customer, .. }
        | State::JobWithoutPackage { customer }
        | State::WorkflowWithoutResults { customer, .. }
        | State::WorkflowWithResult { customer, .. }
        | State::RejectedCandidate { customer }
        | State::NothingFound { customer } => customer,
        State::LimitedUser { customer } => {
            let hidden_fields = ["people.email".to_owned(), "jobs.folder".to_owned()].into();
            user.rights = Arc::new(Rights { hidden_fields, read_only: true, ..Rights::default() });
            customer
        }
    };
    let pair = STANDARD.encode(format!("{}:{}", user.username, user.password));
    let brightwater = Brightwater::open(base_url, customer, user).await;
    let scene = prepared(&brightwater, &state, Scene::of(brightwater.icims.router())).await;
    if matches!(state, State::InvalidCredentials { .. }) {
        return Ok(scene);
    }
    let now = brightwater.now;
    let token = brightwater.change(|state| Ok(state.issue_token("integration", SEED, now))).await.expect("the first token");
    Ok(scene.accepting(format!("Basic {pair}")).accepting(format!("Bearer {token}")))
}

async fn prepared(brightwater: &Brightwater, state: &State, scene: Scene) -> Scene {
    match state {
        State::Candidate { .. } => scene.telling("person", brightwater.candidate(Some("ines.okafor@example.org")).await),
        State::CandidateWithoutEmail { .. } => scene.telling("person", brightwater.candidate(None).await),
        State::JobWithPackage { package, .. } => scene.telling("job", brightwater.job(Some(package)).await),
        State::JobWithoutPackage { .. } => scene.telling("job", brightwater.job(None).await),
        State::WorkflowWithoutResults { package, .. } | State::WorkflowWithResult { package, .. } => {
            let has_result = matches!(state, State::WorkflowWithResult { .. });
            workflow(brightwater, package, has_result, scene).await
        }
        State::RejectedCandidate { .. } => rejected(brightwater, scene).await,
        State::OAuthClient { .. }
        | State::NoOAuthClients
        | State::InvalidCredentials { .. }
        | State::NothingFound { .. }
        | State::LimitedUser { .. } => scene,
    }
}

/// A workflow that a recruiter has ended.
async fn rejected(brightwater: &Brightwater, scene: Scene) -> Scene {
    let job = brightwater.job(None).await;
    let person = brightwater.candidate(Some("ines.okafor@example.org")).await;
    let now = brightwater.now;
    let rejected = |state: &mut CustomerState| {
        let (by, status) = (state.recruiter(), "C40190".parse().expect("a node id"));
        let workflow = state.submit(person, job, by, now)?;
        state.advance(workflow, &status, by, now).map(|_| workflow)
    };
    scene.telling("workflow", brightwater.change(rejected).await).telling("person", person)
}

/// A workflow on a job with this package, with the row that says the candidate was invited.
async fn workflow(brightwater: &Brightwater, package: &str, has_result: bool, scene: Scene) -> Scene {
    let job = brightwater.job(Some(package)).await;
    let person = brightwater.candidate(Some("ines.okafor@example.org")).await;
    let now = brightwater.now;
    let workflow = brightwater.change(|state| state.submit(person, job, state.recruiter(), now)).await;
    let scene = scene.telling("workflow", workflow).telling("person", person);
    if !has_result {
        return scene;
    }
    let row = json!({"assessmentname": {"value": package}, "assessmentstatus": {"id": "D37002019004"},
        "assessmentdate": "2025-03-04 12:00 PM"});
    let row = row.as_object().expect("an object");
    let key = (ProfileType::Workflows, workflow.get());
    let entry = brightwater.change(|state| state.add_entry(key, "assessmentresults", row, now)).await;
    scene.telling("entry", entry)
}
