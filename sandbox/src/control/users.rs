//! `GET` and `POST /__sandbox/customers/{id}/users`, `PATCH` and `DELETE …/users/{name}`: the integration users of a customer.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::customer_settings::refused;
use super::error::ControlError;
use super::world::World;
use crate::engine::Chance;
use crate::icims::state::users::{IntegrationUser, Rights};

/// What is accepted, for whoever sent something else.
const ADVICE: &str = "names are unique among all customers, of at most 200 characters, without spaces, colons and commas; hidden_fields \
    holds names such as people.email, hidden_types people, jobs, companies, applicantworkflows or \
    onboardworkflows; a customer has at most 100 users";

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change, remove))
}

/// An integration user with everything it needs to sign in.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownUser {
    /// User name for Basic, and for signed requests.
    pub username: String,
    /// Password for Basic.
    pub password: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
    /// Another user name for signed requests; empty when there is none.
    pub hmac_user: String,
    /// Key for signed requests.
    pub hmac_key: String,
    /// Whether this is the customer's main user, which cannot be removed.
    pub main: bool,
    /// Whether the user may use the API at all.
    pub web_services: bool,
    /// Fields that the user may neither see nor write, such as `people.email`.
    pub hidden_fields: BTreeSet<String>,
    /// Profile types that the user may not use, such as `companies`.
    pub hidden_types: BTreeSet<String>,
    /// Whether the user may only read.
    pub read_only: bool,
}

impl std::fmt::Debug for ShownUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShownUser").field("username", &self.username).finish_non_exhaustive()
    }
}

impl ShownUser {
    fn of(user: &IntegrationUser, main: &str) -> Self {
        Self {
            main: user.username == main,
            username: user.username.clone(),
            password: user.password.clone(),
            client_id: user.client_id.clone(),
            client_secret: user.client_secret.clone(),
            hmac_user: user.hmac_user.clone(),
            hmac_key: user.hmac_key.clone(),
            web_services: !user.barred,
            hidden_fields: user.rights.hidden_fields.clone(),
            hidden_types: user.rights.hidden_types.clone(),
            read_only: user.rights.read_only,
        }
    }
}

/// What a user shall be like; what is left out is drawn for a new user and stays for another one.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UserWish {
    /// User name for Basic, and for signed requests. It cannot be changed later.
    pub username: Option<String>,
    /// Password for Basic.
    pub password: Option<String>,
    /// Client id for OAuth 2.0.
    pub client_id: Option<String>,
    /// Client secret for OAuth 2.0; a new one ends every token.
    pub client_secret: Option<String>,
    /// Another user name for signed requests.
    pub hmac_user: Option<String>,
    /// Key for signed requests.
    pub hmac_key: Option<String>,
    /// Whether the user may use the API at all.
    pub web_services: Option<bool>,
    /// Fields that the user may neither see nor write, such as `people.email`.
    pub hidden_fields: Option<BTreeSet<String>>,
    /// Profile types that the user may not use, such as `companies`.
    pub hidden_types: Option<BTreeSet<String>>,
    /// Whether the user may only read.
    pub read_only: Option<bool>,
}

impl std::fmt::Debug for UserWish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserWish").field("username", &self.username).finish_non_exhaustive()
    }
}

impl UserWish {
    fn fulfilled(self, user: IntegrationUser) -> IntegrationUser {
        let rights = Arc::unwrap_or_clone(user.rights);
        IntegrationUser {
            password: self.password.unwrap_or(user.password),
            client_id: self.client_id.unwrap_or(user.client_id),
            client_secret: self.client_secret.unwrap_or(user.client_secret),
            hmac_user: self.hmac_user.unwrap_or(user.hmac_user),
            hmac_key: self.hmac_key.unwrap_or(user.hmac_key),
            barred: self.web_services.map_or(user.barred, |may| !may),
            rights: Arc::new(Rights {
                hidden_fields: self.hidden_fields.unwrap_or(rights.hidden_fields),
                hidden_types: self.hidden_types.unwrap_or(rights.hidden_types),
                read_only: self.read_only.unwrap_or(rights.read_only),
            }),
            username: user.username,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct ShownUsers {
    /// The main user first, then the others by name.
    users: Vec<ShownUser>,
}

/// Lists the integration users of a customer, with their credentials.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/users", operation_id = "listUsers", tag = "customers",
    responses((status = 200, body = ShownUsers)),
)]
async fn list(State(world): State<World>, Path(id): Path<String>) -> Result<Json<ShownUsers>, ControlError> {
    world.users(&id).map(|users| Json(ShownUsers { users }))
}

/// Adds an integration user; credentials that are left out are drawn.
#[utoipa::path(
    post, path = "/__sandbox/customers/{id}/users", operation_id = "addUser", tag = "customers",
    request_body = UserWish, responses((status = 200, body = ShownUser)),
)]
async fn add(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiBody(wish): ApiBody<UserWish>,
) -> Result<Json<ShownUser>, ControlError> {
    in_full(async move { world.add_user(&id, wish).await }).await.map(Json)
}

/// Changes credentials or rights of an integration user and leaves the rest as it is.
#[utoipa::path(
    patch, path = "/__sandbox/customers/{id}/users/{name}", operation_id = "changeUser", tag = "customers",
    request_body = UserWish, responses((status = 200, body = ShownUser)),
)]
async fn change(
    State(world): State<World>,
    Path((id, name)): Path<(String, String)>,
    ApiBody(wish): ApiBody<UserWish>,
) -> Result<Json<ShownUser>, ControlError> {
    in_full(async move { world.change_user(&id, &name, wish).await }).await.map(Json)
}

/// Removes an integration user and ends its tokens. The main user stays.
#[utoipa::path(
    delete, path = "/__sandbox/customers/{id}/users/{name}", operation_id = "removeUser", tag = "customers",
    responses((status = 204)),
)]
async fn remove(State(world): State<World>, Path((id, name)): Path<(String, String)>) -> Result<StatusCode, ControlError> {
    in_full(async move { world.remove_user(&id, &name).await }).await.map(|()| StatusCode::NO_CONTENT)
}

impl World {
    /// The integration users of a customer: the main one, then the others by name.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn users(&self, customer: &str) -> Result<Vec<ShownUser>, ControlError> {
        Ok(self.icims_of(customer)?.read(|state| {
            let main = &state.users().integration.username;
            state.integration_users().map(|user| ShownUser::of(user, main)).collect()
        }))
    }

    /// Adds an integration user to a customer. The same seed, customer and name always draw the same credentials.
    ///
    /// # Errors
    /// When there is no such customer, there is a user of this name, the wish cannot be fulfilled, or it could not be stored.
    pub async fn add_user(&self, customer: &str, wish: UserWish) -> Result<ShownUser, ControlError> {
        let tenant = self.icims_of(customer)?;
        let (id, name) = tenant.read(|state| {
            let free = || (1..).map(|number| format!("integration-{}-{number}", state.info().id));
            let drawn = || free().find(|name| state.integration_user(name).is_none()).unwrap_or_default();
            let name = wish.username.clone().unwrap_or_else(drawn);
            let taken = state.integration_user(&name).is_some();
            (state.info().id, (!taken).then_some(name.clone()).ok_or(name))
        });
        let name = name.map_err(|name| {
            ControlError::BadInput(format!(
                "customer {id} has a user {name} already: PATCH /__sandbox/customers/{id}/users/{name}"
            ))
        })?;
        if is_reserved(&name, id) || wish.hmac_user.as_deref().is_some_and(|name| is_reserved(name, id)) {
            return Err(ControlError::BadInput(format!(
                "names that begin with harver-api- or harver-hmac- and another customer's number are kept for that customer: choose another name than {name}"
            )));
        }
        let user = wish.fulfilled(drawn(self.seed(), id, &name));
        self.keep_user(id, user).await
    }

    /// Changes an integration user of a customer.
    ///
    /// # Errors
    /// When there is no such customer or user, the wish cannot be fulfilled, or it could not be stored.
    pub async fn change_user(&self, customer: &str, name: &str, wish: UserWish) -> Result<ShownUser, ControlError> {
        let tenant = self.icims_of(customer)?;
        let found = tenant.read(|state| state.integration_user(name).cloned().map(|user| (state.info().id, user)));
        let (id, user) = found.ok_or_else(|| unknown_user(customer, name))?;
        if wish.username.as_deref().is_some_and(|wanted| wanted != name) {
            return Err(ControlError::BadInput("a user keeps its name: POST a new user, then DELETE this one".into()));
        }
        self.keep_user(id, wish.fulfilled(user)).await
    }

    /// Removes an integration user of a customer.
    ///
    /// # Errors
    /// When there is no such customer or user, it is the main one, or the change could not be stored.
    pub async fn remove_user(&self, customer: &str, name: &str) -> Result<(), ControlError> {
        let tenant = self.icims_of(customer)?;
        let (id, is_main) = tenant.read(|state| (state.info().id, state.users().integration.username == name));
        if is_main {
            let message = format!("{name} is the main user and stays: PATCH it with {{\"web_services\":false}} to lock it out");
            return Err(ControlError::BadInput(message));
        }
        let removed = self.icims().remove_user(id, name).await.map_err(|refusal| refused(refusal, ADVICE))?;
        if removed { Ok(()) } else { Err(unknown_user(customer, name)) }
    }

    async fn keep_user(&self, customer: u64, user: IntegrationUser) -> Result<ShownUser, ControlError> {
        let main = self.icims_of(&customer.to_string())?.read(|state| state.users().integration.username.clone());
        let shown = ShownUser::of(&user, &main);
        self.icims().save_user(customer, user).await.map_err(|refusal| refused(refusal, ADVICE))?;
        Ok(shown)
    }
}

fn unknown_user(customer: &str, name: &str) -> ControlError {
    ControlError::UnknownUser { customer: customer.to_owned(), name: name.to_owned() }
}

/// Whether a name is the one with which another customer will be opened.
fn is_reserved(name: &str, customer: u64) -> bool {
    let rest = ["harver-api-", "harver-hmac-"].iter().find_map(|begin| name.strip_prefix(begin));
    let number: Option<String> = rest.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
    number.is_some_and(|number| !number.is_empty() && number != customer.to_string())
}

/// A user with credentials of its own, which are drawn from the seed, the customer and the name.
pub(super) fn drawn(seed: u64, customer: u64, username: &str) -> IntegrationUser {
    let mut chance = Chance::new(seed, &format!("customer {customer} user {username}"));
    IntegrationUser {
        username: username.to_owned(),
        password: chance.token(20),
        client_id: format!("icims-{customer}-{}", chance.hex(12)),
        client_secret: chance.token(32),
        hmac_key: chance.hex(64),
        ..IntegrationUser::default()
    }
}

/// The second user that every sample customer has: it sees neither whose application it is nor a candidate's address (icims-api 15).
pub(super) fn limited(seed: u64, customer: u64, main: &str) -> IntegrationUser {
    let hidden_fields = ["applicantworkflows.associatedprofile".to_owned(), "people.email".to_owned()].into();
    let rights = Arc::new(Rights { hidden_fields, ..Rights::default() });
    IntegrationUser { rights, ..drawn(seed, customer, &format!("{main}_limited")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_customers_to_come_are_kept_free() {
        for (name, reserved) in [
            ("harver-api-4022", true),
            ("harver-hmac-4022", true),
            ("harver-api-4021_limited", false),
            ("harver-api-x", false),
            ("anybody", false),
        ] {
            assert_eq!(is_reserved(name, 4021), reserved, "{name}");
        }
    }
}
