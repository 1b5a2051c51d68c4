//! What a provider may be asked to be in before an interaction: closed lists, one for each provider.
//!
//! The names are the contract's own words, so consumers write them from here and providers read them here; a name or parameter
//! that is not listed fails the verification.

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One list of states.
pub(crate) trait ProviderState: Serialize + DeserializeOwned + Clone + Send + Sync + std::fmt::Debug + 'static {
    /// The name and the parameters under which a pact knows this state.
    fn on_paper(&self) -> (String, Value) {
        let written = serde_json::to_value(self).expect("a state is plain data");
        let name = written["name"].as_str().expect("states are tagged with their name").to_owned();
        (name, written.get("params").cloned().unwrap_or_else(|| json!({})))
    }

    /// Reads a state from a pact.
    fn read(name: &str, params: Map<String, Value>) -> anyhow::Result<Self> {
        let mut written = json!({"name": name});
        if !params.is_empty() {
            written["params"] = params.into();
        }
        serde_json::from_value(written).with_context(|| format!("the provider does not know the state {name:?}"))
    }
}

/// States of the Harver platform, for contract ②.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "name", content = "params", deny_unknown_fields)]
pub(crate) enum PlatformState {
    #[serde(rename = "an API client")]
    ApiClient { client_id: String, client_secret: String },
    #[serde(rename = "no API clients")]
    NoApiClients,
    #[serde(rename = "an access token that is not valid")]
    InvalidToken,
    #[serde(rename = "an open vacancy")]
    OpenVacancy { account: String, vacancy: String },
    #[serde(rename = "a closed vacancy")]
    ClosedVacancy { vacancy: String },
    #[serde(rename = "no vacancies")]
    NoVacancies,
    #[serde(rename = "a candidate who was registered before")]
    RegisteredBefore { vacancy: String, email: String },
    /// Tells `application`.
    #[serde(rename = "an assessment in progress")]
    AssessmentInProgress { vacancy: String, email: String, customer: String, workflow: String, person: String },
    /// Tells `application`.
    #[serde(rename = "a completed assessment")]
    AssessmentCompleted { vacancy: String, email: String, customer: String, workflow: String, person: String },
    /// Tells `application`.
    #[serde(rename = "a completed assessment that may be taken again")]
    AssessmentToRepeat { vacancy: String, email: String },
    #[serde(rename = "no applications")]
    NoApplications,
}

/// States of the integration, for contracts ① and ③.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "name", content = "params", deny_unknown_fields)]
pub(crate) enum IntegrationState {
    /// Tells `icims`, the address of the customer's iCIMS; so do the other states of contract ①.
    #[serde(rename = "a candidate who can be assessed")]
    CandidateToAssess { customer: String, person: String, job: String },
    #[serde(rename = "a candidate without an e-mail address")]
    CandidateWithoutEmail { customer: String, person: String, job: String },
    #[serde(rename = "a job without a package")]
    JobWithoutPackage { customer: String, person: String, job: String },
    #[serde(rename = "an iCIMS that the integration may not enter")]
    CredentialsForIcimsRejected { customer: String },
    #[serde(rename = "a Harver platform that is out of order")]
    PlatformOutOfOrder { customer: String, person: String, job: String },
    #[serde(rename = "event credentials that are not valid")]
    InvalidEventCredentials { customer: String },
    #[serde(rename = "an invited candidate")]
    InvitedCandidate { account: String, application: String },
    #[serde(rename = "a candidate who has started")]
    StartedCandidate { account: String, application: String },
    #[serde(rename = "an application that was not ordered here")]
    ForeignApplication { account: String },
    #[serde(rename = "webhook credentials that are not valid")]
    InvalidWebhookCredentials { account: String },
}

/// States of iCIMS, for contract ④. Each tells the ids of the sample it has: `person`, `job`, `workflow`, `entry`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "name", content = "params", deny_unknown_fields)]
pub(crate) enum IcimsState {
    #[serde(rename = "an OAuth client")]
    OAuthClient { client_id: String, client_secret: String },
    #[serde(rename = "no OAuth clients")]
    NoOAuthClients,
    #[serde(rename = "credentials that are not valid")]
    InvalidCredentials { customer: String },
    #[serde(rename = "a candidate")]
    Candidate { customer: String },
    #[serde(rename = "a candidate without an e-mail address")]
    CandidateWithoutEmail { customer: String },
    #[serde(rename = "a job with a package")]
    JobWithPackage { customer: String, package: String },
    #[serde(rename = "a job without a package")]
    JobWithoutPackage { customer: String },
    #[serde(rename = "a workflow without results")]
    WorkflowWithoutResults { customer: String, package: String },
    #[serde(rename = "a workflow with a result")]
    WorkflowWithResult { customer: String, package: String },
    #[serde(rename = "a candidate who was rejected")]
    RejectedCandidate { customer: String },
    #[serde(rename = "none of the profiles that are asked for")]
    NothingFound { customer: String },
    #[serde(rename = "an integration user who may not see e-mail addresses, nor write")]
    LimitedUser { customer: String },
}

impl ProviderState for PlatformState {}
impl ProviderState for IntegrationState {}
impl ProviderState for IcimsState {}

#[test]
fn a_state_reads_back_from_its_name_and_parameters() {
    for state in [IcimsState::NoOAuthClients, IcimsState::Candidate { customer: "4021".into() }] {
        let (name, params) = state.on_paper();
        let read = IcimsState::read(&name, params.as_object().expect("an object").clone()).expect("its own name");
        assert_eq!(format!("{read:?}"), format!("{state:?}"));
    }
}

#[test]
fn a_state_that_is_not_listed_is_refused() {
    let error = IcimsState::read("a candidate who juggles", Map::new()).expect_err("nobody listed it");
    assert!(error.to_string().contains("a candidate who juggles"), "{error:#}");
    let params = json!({"customer": "4021", "mood": "good"}).as_object().expect("an object").clone();
    IcimsState::read("a candidate", params).expect_err("nobody listed the parameter");
    IcimsState::read("a candidate", Map::new()).expect_err("the customer is missing");
}
