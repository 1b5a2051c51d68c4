//! Whom a call belongs to, told before it is handled: for the journal, and for faults that are set for one customer.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use url::form_urlencoded;

use crate::engine::{Subject, read_json};
use crate::icims::Icims;
use crate::icims::latest::LatestEvents;
use crate::icims::schema::ProfileType;
use crate::icims::state::CLIENT;

use super::PREFIX;
use super::address::Address;
use super::extract::is_json;

/// The customer and the workflow of a request. A person or a job belongs to the workflow whose latest event named it (*assumed*). A call
/// for a customer that does not exist belongs to nobody: made-up numbers would take room from real customers.
pub(super) fn subject(icims: &Icims, parts: &Parts, body: &[u8]) -> Subject {
    if asks_for_a_token(&parts.uri) {
        let owner = client_id(&parts.headers, body).and_then(|client| icims.registry().owner(CLIENT, &client));
        return Subject { customer: owner.map(|owner| owner.customer.to_string()), workflow: None };
    }
    of_path(icims, &parts.uri).unwrap_or_default()
}

/// Whether the customer is told by the client that the body names.
pub(super) fn asks_for_a_token(uri: &Uri) -> bool {
    uri.path() == "/oauth/token"
}

fn of_path(icims: &Icims, uri: &Uri) -> Option<Subject> {
    let address = uri.path().strip_prefix(PREFIX).map(Address::of)?;
    let customer = icims.registry().customer(address.customer?)?;
    let workflow = match address.profile {
        Some((ProfileType::Workflows, id)) => Some(id.to_string()),
        Some(key @ (ProfileType::People | ProfileType::Jobs, _)) => {
            customer.beside::<LatestEvents>().workflow_of(key).map(|workflow| workflow.to_string())
        }
        Some((ProfileType::Companies | ProfileType::Onboarding, _)) | None => None,
    };
    Some(Subject { customer: Some(customer.id().to_string()), workflow })
}

/// The client that a token request names, read as the endpoint reads it.
pub(super) fn client_id(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if is_json(headers) {
        let json: serde_json::Value = read_json(body).ok()?;
        return json.get("client_id")?.as_str().map(str::to_owned);
    }
    form_urlencoded::parse(body).find(|(name, _)| name == "client_id").map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use jiff::Timestamp;

    use super::*;
    use crate::engine::{Clock, Disk, Journal, Kept, Registry, Surroundings};
    use crate::icims::NewCustomer;
    use crate::icims::model::WorkflowId;
    use crate::icims::state::users::IntegrationUser;

    #[test]
    fn customer_and_workflow_are_told_where_they_can_be() {
        let state = NewCustomer {
            id: 4021,
            name: "Brightwater".into(),
            slug: "brightwater".into(),
            user: IntegrationUser { username: "harver".into(), client_id: "icims-4021-abc".into(), ..IntegrationUser::default() },
            recruiter: ("Tomas".into(), "Lindqvist".into()),
        }
        .state(Timestamp::UNIX_EPOCH);
        let registry = Registry::begun(Disk::memory(), [Kept::new(4021).with(state)]);
        let base_url = "http://icims.test".parse().expect("an address");
        let icims = Icims::new(Surroundings { base_url, clock: Clock::new(), journal: Journal::new(), registry, seed: 1 });
        let named = [(ProfileType::People, 30_517), (ProfileType::Jobs, 2_210)];
        icims.beside::<LatestEvents>(4021).note(WorkflowId::new(88_431), named);
        let check = |path: &str, body: &str, customer: Option<&str>, workflow: Option<&str>| {
            let kind = if body.starts_with('{') { "Application/json" } else { "application/x-www-form-urlencoded" };
            let (parts, ()) = Request::get(path).header("content-type", kind).body(()).expect("a request").into_parts();
            let told = subject(&icims, &parts, body.as_bytes());
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
