//! What the platform sends: reading a webhook into the domain (harver-platform.md 9.4).
//!
//! No retry policy and no signature is published: webhooks come at least once, in any order, or never. What one says is a hint to
//! look at the application, not a fact.

use serde_json::Value;

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
}

/// What is announced. The application tells whether it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackKind {
    /// The candidate has registered and begun.
    Started,
    /// The candidate has finished.
    Completed,
    /// Something else; its name, cut to a length that is fit for a log line.
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
    })
}

/// Completion has one name in the API's specification and another in the knowledge base. *Assumed*: the second, which speaks of
/// any change, announces completion when it comes with the status that follows it, or with none. Every other status is set by people too,
/// whatever the candidate has done.
fn kind(event: &str, status: Option<&str>) -> CallbackKind {
    match event.to_ascii_lowercase().as_str() {
        "applicationstarted" => CallbackKind::Started,
        "candidatestatusnew" => CallbackKind::Completed,
        "processstatushaschanged" if matches!(status, None | Some("new")) => CallbackKind::Completed,
        _ => CallbackKind::Other(cut_to(event, 80)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const STARTED: &str = include_str!("../../fixtures/harver_platform/webhook_started.json");
    const COMPLETED: &str = include_str!("../../fixtures/harver_platform/webhook_completed.json");

    fn sample(text: &str) -> Value {
        serde_json::from_str(text).expect("a sample")
    }

    fn parse(body: &Value) -> Result<CallbackEvent, UnreadableCallback> {
        parse_callback(body.to_string().as_bytes())
    }

    #[test]
    fn a_start_and_a_finish_are_told_apart() {
        let started = parse(&sample(STARTED)).expect("a webhook");
        assert_eq!(started.kind, CallbackKind::Started);
        assert_eq!(started.account.as_str(), "64b1f0c2a9d3e7004a5b6c70");
        assert_eq!(started.application.as_str(), "65aa01f29c3b4d00178e92fa");
        assert_eq!(parse(&sample(COMPLETED)).expect("a webhook").kind, CallbackKind::Completed);
    }

    #[test]
    fn a_finish_is_known_under_both_names() {
        let kind = |event: &str, status: Value| {
            let mut body = sample(COMPLETED);
            body["event"] = json!(event);
            body["data"]["attributes"] = status;
            parse(&body).expect("a webhook").kind
        };
        assert_eq!(kind("ProcessStatusHasChanged", json!({"status": "new"})), CallbackKind::Completed);
        assert_eq!(kind("processstatushaschanged", Value::Null), CallbackKind::Completed);
        for status in ["in-progress", "rejected", "contract"] {
            let told = kind("ProcessStatusHasChanged", json!({"status": status}));
            assert_eq!(told, CallbackKind::Other("ProcessStatusHasChanged".into()), "{status}");
        }
        assert_eq!(kind("PersonalInfoWasCreated", Value::Null), CallbackKind::Other("PersonalInfoWasCreated".into()));
    }

    #[test]
    fn the_account_may_stand_inside_the_data() {
        let mut body = sample(COMPLETED);
        let relationships = body["relationships"].take();
        body["data"]["relationships"] = relationships;
        assert_eq!(parse(&body).expect("a webhook").account.as_str(), "64b1f0c2a9d3e7004a5b6c70");
    }

    #[test]
    fn what_is_missing_is_named() {
        for (pointer, name) in
            [("/event", "event"), ("/data/id", "data.id"), ("/relationships/account/data/id", "relationships.account.data.id")]
        {
            for wrong in [Value::Null, json!(7), json!(" "), json!([])] {
                let mut body = sample(COMPLETED);
                *body.pointer_mut(pointer).expect("a place") = wrong;
                assert_eq!(parse(&body), Err(UnreadableCallback::Missing(name)), "{body}");
            }
        }
        for body in ["", "[]", "null", "{\"event\":"] {
            assert!(matches!(parse_callback(body.as_bytes()), Err(UnreadableCallback::NotJson(_))), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_callback(&body);
        }

        #[test]
        fn no_value_in_any_place_panics(
            pointer in prop::sample::select(&["/event", "/data", "/data/id", "/data/attributes", "/relationships", "/triggeredAt"]),
            text in "\\PC{0,30}",
            number in any::<f64>(),
        ) {
            for value in [json!(text), json!(number), json!([number]), json!({"data": text})] {
                let mut body = sample(COMPLETED);
                *body.pointer_mut(pointer).expect("a place") = value;
                let _ = parse(&body);
            }
        }
    }
}
