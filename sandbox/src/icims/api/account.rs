//! Whose account a call uses, by what it presents: one half of who calls. Nothing is proved; `auth` does that.

use axum::http::header;
use axum::http::request::Parts;

use super::auth::basic_names;
use super::subject::{asks_for_a_token, client_id};
use crate::engine::{Account, Owner};
use crate::icims::Icims;
use crate::icims::signing::{Claim, SCHEME};
use crate::icims::state::{CLIENT, CustomerState, LOGIN};

/// The account of a request. A customer's main user is the one that was issued to the integration, whichever way it signs in; further
/// users are somebody else's.
pub(super) fn account(icims: &Icims, parts: &Parts, body: &[u8]) -> Account {
    let owner = if asks_for_a_token(&parts.uri) {
        client_id(&parts.headers, body).and_then(|client| icims.registry().owner(CLIENT, &client))
    } else {
        presented(icims, parts)
    };
    let Some(Owner { customer, whose }) = owner else { return Account::Unknown };
    let tenant = icims.registry().customer(customer).and_then(|customer| customer.tenant::<CustomerState>());
    let is_main = tenant.is_some_and(|tenant| tenant.read(|state| state.users().integration.username == *whose));
    if is_main { Account::Integration(customer) } else { Account::Another }
}

/// The user whom the head of a request names.
fn presented(icims: &Icims, parts: &Parts) -> Option<Owner> {
    let given = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = given.trim().split_once(' ')?;
    let login = |name: &str| icims.registry().owner(LOGIN, name);
    if scheme.eq_ignore_ascii_case("basic") {
        return basic_names(rest.trim()).find_map(|name| login(&name));
    }
    if scheme.eq_ignore_ascii_case(SCHEME) {
        return Claim::read(rest).and_then(|claim| login(claim.user));
    }
    let token = rest.trim();
    let customer = token.split_once('.').and_then(|(id, _)| id.parse::<u64>().ok())?;
    let tenant = icims.registry().customer(customer)?.tenant::<CustomerState>()?;
    let whose = tenant.read(|state| state.token_user(token, icims.clock().now()).map(Into::into))?;
    Some(Owner { customer, whose })
}
