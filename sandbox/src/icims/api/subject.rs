//! Whom a call belongs to, told before it is handled: for the journal, and for faults that are set for one customer.

use axum::http::Uri;
use axum::http::request::Parts;
use url::form_urlencoded;

use crate::engine::{Directory, Subject};
use crate::icims::schema::ProfileType;

use super::PREFIX;
use super::address::Address;

/// The customer and the workflow of a request. A person or a job belongs to the workflow whose latest event named it (*assumed*). A call
/// for a customer that does not exist belongs to nobody: made-up numbers would take room from real customers.
pub(super) fn subject(directory: &Directory, parts: &Parts, body: &[u8], exists: impl Fn(&str) -> bool) -> Subject {
    if asks_for_a_token(&parts.uri) {
        let customer = client_id(body).and_then(|client| directory.customer_of(&client));
        return Subject { customer, workflow: None };
    }
    let told = of_path(directory, &parts.uri);
    if told.customer.as_deref().is_some_and(exists) { told } else { Subject::default() }
}

/// Whether the customer is told by the client that the body names.
pub(super) fn asks_for_a_token(uri: &Uri) -> bool {
    uri.path() == "/oauth/token"
}

fn of_path(directory: &Directory, uri: &Uri) -> Subject {
    let address = uri.path().strip_prefix(PREFIX).map(Address::of).unwrap_or_default();
    let Some(customer) = address.customer.map(|customer| customer.to_string()) else { return Subject::default() };
    let workflow = match address.profile {
        Some((ProfileType::Workflows, id)) => Some(id.to_string()),
        Some((kind @ (ProfileType::People | ProfileType::Jobs), id)) => {
            directory.workflow_of(&customer, &format!("{}/{id}", kind.plural()))
        }
        Some((ProfileType::Companies, _)) | None => None,
    };
    Subject { customer: Some(customer), workflow }
}

/// The client that a token request names, as a form or as JSON.
fn client_id(body: &[u8]) -> Option<String> {
    if body.first() == Some(&b'{') {
        let json: serde_json::Value = serde_json::from_slice(body).ok()?;
        return json.get("client_id")?.as_str().map(str::to_owned);
    }
    form_urlencoded::parse(body).find(|(name, _)| name == "client_id").map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn customer_and_workflow_are_told_where_they_can_be() {
        let directory = Directory::default();
        directory.note("icims-4021-abc", "4021");
        directory.event("4021", "88431", &["people/30517".into()]);
        let check = |path: &str, body: &str, customer: Option<&str>, workflow: Option<&str>| {
            let (parts, ()) = Request::get(path).body(()).expect("a request").into_parts();
            let told = subject(&directory, &parts, body.as_bytes(), |customer| customer == "4021");
            assert_eq!((told.customer.as_deref(), told.workflow.as_deref()), (customer, workflow), "{path} {body}");
        };
        check("/customers/4021/applicantworkflows/7/fields/status", "", Some("4021"), Some("7"));
        check("/customers/4021/applicantworkflows/person/3/job/5", "", Some("4021"), None);
        check("/customers/4021/people/30517?fields=email", "", Some("4021"), Some("88431"));
        check("/customers/4021/people/30518", "", Some("4021"), None);
        check("/customers/x/people/30518", "", None, None);
        check("/customers/4022/applicantworkflows/7", "", None, None);
        check("/oauth/token", "grant_type=client_credentials&client_id=icims-4021-abc", Some("4021"), None);
        check("/oauth/token", r#"{"client_id": "icims-4021-abc"}"#, Some("4021"), None);
        check("/oauth/token", "{", None, None);
    }
}
