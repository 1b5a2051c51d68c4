//! Whom a call belongs to, told before it is handled: for the journal, and for faults that are set for one customer.
//!
//! The free attributes tell it where there are some; otherwise the account, which belongs to a customer (*assumed*: one).

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use serde_json::Value;

use crate::engine::Subject;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::state::AccountState;

/// The largest body that is looked into.
const LOOKED_INTO: usize = 64 * 1024;

/// The customer and the workflow of a request.
pub(super) fn subject(platform: &HarverPlatform, parts: &Parts, body: &[u8]) -> Subject {
    let directory = platform.0.surroundings.journal.directory();
    let mut told = of_query(&parts.uri);
    let body = body.get(..LOOKED_INTO).unwrap_or(body);
    if parts.uri.path() == "/oauth/token" {
        let client = url::form_urlencoded::parse(body).find(|(name, _)| name == "client_id").map(|(_, value)| value.into_owned());
        told.customer = client.and_then(|client| directory.customer_of(&client));
        return told;
    }
    if told.workflow.is_none() {
        let attributes = of_attributes(body);
        told = Subject { customer: attributes.customer.or(told.customer), workflow: attributes.workflow };
    }
    let token = bearer(&parts.headers);
    if let Some(account) = token.and_then(|token| platform.account_of_secret(token)) {
        if told.workflow.is_none() {
            told.workflow = application(&parts.uri).and_then(|id| account.read(|state| workflow_of(state, id)));
        }
        // The account decides: attributes are whatever the caller writes, and a fault of one customer must not touch another.
        told.customer = token.and_then(|token| directory.customer_of(token.get(..24)?)).or(told.customer);
        return told;
    }
    // Whoever is nobody may name a customer, but not make one up: it would take room from real ones.
    if told.customer.as_deref().is_some_and(|customer| !directory.is_customer(customer)) { Subject::default() } else { told }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A search by ATS parameters tells both.
fn of_query(uri: &Uri) -> Subject {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    Subject { customer: value("filter[atsParameters][custom_id_1]"), workflow: value("filter[atsParameters][application_id]") }
}

/// So does a registration.
fn of_attributes(body: &[u8]) -> Subject {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let attributes = json.pointer("/data/attributes").or_else(|| json.pointer("/attributes"));
    let text = |name: &str| attributes?.get(name)?.as_str().map(str::to_owned);
    Subject { customer: text("custom_id_1"), workflow: text("application_id") }
}

/// The application that a path is about.
fn application(uri: &Uri) -> Option<&str> {
    uri.path().strip_prefix("/api/v1.0/applications/")?.split('/').next().filter(|id| !id.is_empty())
}

fn workflow_of(state: &AccountState, application: &str) -> Option<String> {
    let id = application.parse().ok()?;
    state.journey(&id).ok()?.1.ats.get("application_id").cloned()
}
