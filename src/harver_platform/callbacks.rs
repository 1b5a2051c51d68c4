//! What the platform sends: reading a webhook into the domain (harver-platform.md 9.4).
//!
//! No retry policy and no signature is published: webhooks come at least once, in any order, or never. What one says is a hint to
//! look at the application, not a fact.

use jiff::Timestamp;
use serde_json::Value;

use super::wire::moment;
use crate::domain::{AccountId, ApplicationId, cut_to};
use crate::http::NotTheExpectedJson;

/// Something happened to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackEvent {
    /// Whose application.
    pub account: AccountId,
    /// Which application.
    pub application: ApplicationId,
    /// What happened.
    pub kind: CallbackKind,
    /// When, where it says so.
    pub triggered_at: Option<Timestamp>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackKind {
    /// The candidate has registered and begun.
    Started,
    /// The candidate has finished.
    Completed,
    /// Something that the integration does not act on; its name, cut to a length that is fit for a log line.
    Other(String),
}

/// Why a body is not a webhook of the platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableCallback {
    /// It is not a JSON object.
    #[error("the body is not a JSON object")]
    NotJson(#[source] Option<NotTheExpectedJson>),
    /// A mandatory value is absent or cannot be one.
    #[error("{0} is missing or not valid")]
    Missing(&'static str),
}

/// Reads a webhook.
///
/// # Errors
/// When the account, the application or the event's name is not there.
pub fn parse_callback(body: &[u8]) -> Result<CallbackEvent, UnreadableCallback> {
    let body: Value = serde_json::from_slice(body).map_err(|error| UnreadableCallback::NotJson(Some(error.into())))?;
    if !body.is_object() {
        return Err(UnreadableCallback::NotJson(None));
    }
    // The published sample has the relationships beside the data; JSON:API would have them inside.
    let account = [&body["relationships"], &body["data"]["relationships"]]
        .iter()
        .find_map(|relationships| relationships["account"]["data"]["id"].as_str()?.trim().parse().ok());
    let application = body["data"]["id"].as_str().and_then(|id| id.trim().parse().ok());
    let event = body["event"].as_str().map(str::trim).filter(|event| !event.is_empty());
    Ok(CallbackEvent {
        account: account.ok_or(UnreadableCallback::Missing("relationships.account.data.id"))?,
        application: application.ok_or(UnreadableCallback::Missing("data.id"))?,
        kind: kind(event.ok_or(UnreadableCallback::Missing("event"))?, body["data"]["attributes"]["status"].as_str()),
        triggered_at: moment(&body["triggeredAt"]),
    })
}

/// Completion has one name in the API's specification and another in the knowledge base. *Assumed*: the second, which speaks of
/// any change, means completion unless it comes with the status of somebody who is still at it.
fn kind(event: &str, status: Option<&str>) -> CallbackKind {
    match event.to_ascii_lowercase().as_str() {
        "applicationstarted" => CallbackKind::Started,
        "candidatestatusnew" => CallbackKind::Completed,
        "processstatushaschanged" if status != Some("in-progress") => CallbackKind::Completed,
        _ => CallbackKind::Other(cut_to(event, 80)),
    }
}
