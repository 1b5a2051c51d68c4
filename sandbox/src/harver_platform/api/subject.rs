//! Whom a call belongs to, told before it is handled: for the journal, and for faults that are set for one customer.
//!
//! The account that has signed in tells the customer (*assumed*: one); what a caller writes into its request does not, as faults and the
//! journal of one customer are nobody else's.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use serde_json::Value;

use crate::engine::{Subject, read_json};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::state::{ACCOUNT, API_CLIENT, AccountState};

/// The customer and the workflow of a request. The body is that of a token request, which names its client there.
pub(super) fn subject(platform: &HarverPlatform, parts: &Parts, body: &[u8]) -> Subject {
    if asks_for_a_token(&parts.uri) {
        let owner = client_id(body).and_then(|client| platform.registry().owner(API_CLIENT, &client));
        return Subject { customer: owner.map(|owner| owner.customer.to_string()), workflow: None };
    }
    let workflow = of_query(&parts.uri);
    let Some((token, account)) = bearer(&parts.headers).and_then(|token| Some((token, platform.account_of_secret(token)?)))
    else {
        return Subject { customer: None, workflow };
    };
    let of_application = || application(&parts.uri).and_then(|id| account.read(|state| workflow_of(state, id)));
    let owner = token.get(..24).and_then(|account| platform.registry().owner(ACCOUNT, account));
    let customer = owner.map(|owner| owner.customer.to_string());
    Subject { customer, workflow: workflow.or_else(of_application) }
}

/// Whether the customer is told by the client that the body names.
pub(super) fn asks_for_a_token(uri: &Uri) -> bool {
    uri.path() == "/oauth/token"
}

/// The client that a token request names.
pub(super) fn client_id(body: &[u8]) -> Option<String> {
    url::form_urlencoded::parse(body).find(|(name, _)| name == "client_id").map(|(_, value)| value.into_owned())
}

/// The workflow among the free attributes of a registration.
pub(super) fn named_in(body: &[u8]) -> Option<String> {
    let json: Value = read_json(body).ok()?;
    let attributes = json.pointer("/data/attributes").or_else(|| json.pointer("/attributes"))?;
    attributes.get("application_id")?.as_str().map(str::to_owned)
}

/// The workflow that a search by ATS parameters names.
fn of_query(uri: &Uri) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.find(|(name, _)| name == "filter[atsParameters][application_id]").map(|(_, value)| value.into_owned())
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The application that a path is about.
fn application(uri: &Uri) -> Option<&str> {
    uri.path().strip_prefix("/api/v1.0/applications/")?.split('/').next().filter(|id| !id.is_empty())
}

fn workflow_of(state: &AccountState, application: &str) -> Option<String> {
    let id = application.parse().ok()?;
    state.journey(&id).ok()?.1.ats.get("application_id").cloned()
}
