//! Whose account a call uses, by what it presents: one half of who calls. Nothing is proved; `guard` does that.

use axum::http::request::Parts;

use super::subject::{asks_for_a_token, bearer, client_id};
use crate::engine::Account;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::state::{ACCOUNT, API_CLIENT};

/// The account of a request. The clients of a customer's account are its integration's; old tokens name their account, too.
pub(super) fn account(platform: &HarverPlatform, parts: &Parts, body: &[u8]) -> Account {
    let owner = if asks_for_a_token(&parts.uri) {
        client_id(body).and_then(|client| platform.registry().owner(API_CLIENT, &client))
    } else {
        bearer(&parts.headers).and_then(|token| platform.registry().owner(ACCOUNT, token.get(..24)?))
    };
    owner.map_or(Account::Unknown, |owner| Account::Integration(owner.customer))
}
