//! Who may sign in: the recruiter on screen, integration users over the API.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::icims::model::{Fields, Person, PersonId, Record, Role, Value};
use crate::icims::schema::ProfileType;

use super::delivered::{known, node};
use super::{CustomerState, Refusal};

/// The person that every integration user's login belongs to (*assumed*: in iCIMS every login belongs to a person of its own).
pub const INTEGRATION_PERSON: PersonId = PersonId::new(1187);
/// The recruiter who uses the screens.
pub const RECRUITER: PersonId = PersonId::new(1188);
/// How many integration users a customer may have (*assumed*).
pub const USER_LIMIT: usize = 100;
/// The longest user name, client id, password or key, in characters (*assumed*).
const TEXT_LIMIT: usize = 200;

/// A login of the Integration User group (icims-api 2).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationUser {
    /// User name for Basic.
    pub username: String,
    /// Password for Basic.
    pub password: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
    /// User name for signed requests, where it differs from the one for Basic; the latter is understood, too.
    pub hmac_user: String,
    /// Key for signed requests.
    pub hmac_key: String,
    /// Whether the login is not authorized to access web services (icims-api 2.1).
    #[serde(default)]
    pub barred: bool,
    /// What it may see and do. Shared with the calls under way.
    #[serde(default, flatten)]
    pub rights: Arc<Rights>,
}

impl std::fmt::Debug for IntegrationUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntegrationUser").field("username", &self.username).finish_non_exhaustive()
    }
}

/// What an integration user may not see or do (icims-api 2.5, 5.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rights {
    /// Fields, as `people.email` or `jobs.assessmenttype`: absent from reads, ignored in writes, unknown as filters.
    pub hidden_fields: BTreeSet<String>,
    /// Profile types by their names in URLs, such as `companies`: every profile is refused with code 3.
    pub hidden_types: BTreeSet<String>,
    /// Whether every write is refused with code 3 (*assumed* form).
    pub read_only: bool,
}

impl Rights {
    /// Whether this field must not be seen or written.
    #[must_use]
    pub fn hides(&self, kind: ProfileType, field: &str) -> bool {
        !self.hidden_fields.is_empty() && self.hidden_fields.contains(&format!("{}.{field}", kind.plural()))
    }

    /// Whether profiles of this type are out of reach.
    #[must_use]
    pub fn hides_type(&self, kind: ProfileType) -> bool {
        self.hidden_types.contains(kind.plural())
    }

    /// Checks that everything hidden exists.
    fn check(&self) -> Result<(), Refusal> {
        if let Some(name) = self.hidden_fields.iter().find(|name| !is_field(name)) {
            return Err(Refusal::Invalid(name.clone()));
        }
        let unknown = self.hidden_types.iter().find(|name| ProfileType::of_url(name).is_none());
        unknown.map_or(Ok(()), |name| Err(Refusal::Invalid(name.clone())))
    }
}

/// The logins that every tenant has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Users {
    /// Over the API: the tenant's main integration user, which is never removed.
    pub integration: IntegrationUser,
    /// First and last name of the recruiter on screen.
    pub recruiter: (String, String),
}

impl CustomerState {
    /// The logins that every tenant has.
    #[must_use]
    pub fn users(&self) -> &Users {
        self.users.get()
    }

    /// All integration users: the main one, then the others by name.
    pub fn integration_users(&self) -> impl Iterator<Item = &IntegrationUser> {
        std::iter::once(&self.users.get().integration).chain(self.further_users.values())
    }

    /// The integration user with this name.
    #[must_use]
    pub fn integration_user(&self, username: &str) -> Option<&IntegrationUser> {
        let main = &self.users.get().integration;
        if main.username == username { Some(main) } else { self.further_users.get(&username.to_owned()) }
    }

    /// Adds an integration user, or replaces the one with the same name. That no other customer uses the names is for the caller to
    /// see to ([`Icims::save_user`](crate::icims::Icims::save_user)).
    ///
    /// # Errors
    /// When a name is missing, too long or used by another user, when something hidden does not exist, or when there are too many.
    pub fn put_user(&mut self, user: IntegrationUser) -> Result<(), Refusal> {
        user.rights.check()?;
        check_texts(&user)?;
        let others = self.integration_users().filter(|other| other.username != user.username);
        for other in others {
            if shared(&[&other.username, &other.hmac_user], &[&user.username, &user.hmac_user]) {
                return Err(Refusal::Invalid("username".into()));
            }
            if shared(&[&other.client_id], &[&user.client_id]) {
                return Err(Refusal::Invalid("client_id".into()));
            }
        }
        if self.integration_user(&user.username).is_none() && self.further_users.len() + 1 >= USER_LIMIT {
            return Err(Refusal::Invalid("users".into()));
        }
        let old = self.integration_user(&user.username);
        if old.is_some_and(|old| (&old.client_id, &old.client_secret) != (&user.client_id, &user.client_secret)) {
            self.revoke_tokens(&user.username);
        }
        if self.users.get().integration.username == user.username {
            self.users.edit().integration = user;
        } else {
            self.further_users.put(user.username.clone(), user);
        }
        Ok(())
    }

    /// Removes an integration user; `false` when there is none of this name, or it is the main one.
    pub fn remove_user(&mut self, username: &str) -> bool {
        let removed = self.further_users.remove(&username.to_owned()).is_some();
        if removed {
            self.revoke_tokens(username);
        }
        removed
    }

    /// The person who works on the recruiter screens; `userId` of status change events.
    #[must_use]
    pub fn recruiter(&self) -> PersonId {
        RECRUITER
    }

    /// Hides a field from the main integration user, or shows it again.
    ///
    /// # Errors
    /// When there is no such field; names read `people.email`.
    pub fn hide_field(&mut self, name: &str, hidden: bool) -> Result<(), Refusal> {
        if !is_field(name) {
            return Err(Refusal::Invalid(name.to_owned()));
        }
        let hidden_fields = &mut Arc::make_mut(&mut self.users.edit().integration.rights).hidden_fields;
        if hidden {
            hidden_fields.insert(name.to_owned());
        } else {
            hidden_fields.remove(name);
        }
        Ok(())
    }

    /// Makes the people behind the logins.
    pub(super) fn enrol_users(&mut self, now: Timestamp) {
        let (first, last) = self.users.get().recruiter.clone();
        let mail = format!("{}.{}@{}.example", first.to_lowercase(), last.to_lowercase(), self.info.get().slug);
        self.enrol(RECRUITER, (&first, &last), &mail, (node::MANAGER_ACTIVE, [Role::HiringManager, Role::Employee].into()), now);
        let mail = format!("integration@{}.example", self.info.get().slug);
        self.enrol(INTEGRATION_PERSON, ("Harver", "Integration"), &mail, (node::EMPLOYEE, [Role::Employee].into()), now);
        if let Some(mut person) = self.people.edit(&INTEGRATION_PERSON) {
            person.record.fields.insert("logingroup".into(), Value::Text("Integration User".into()));
        }
    }

    fn enrol(
        &mut self,
        id: PersonId,
        (first, last): (&str, &str),
        mail: &str,
        (folder, roles): (&str, BTreeSet<Role>),
        now: Timestamp,
    ) {
        let fields = Fields::from_iter([
            ("firstname", Value::Text(first.into())),
            ("lastname", Value::Text(last.into())),
            ("email", Value::Text(mail.into())),
            ("folder", Value::Node(known(folder))),
        ]);
        self.people.put(id, Person { id, roles, record: Record { fields, ..Record::new(now) }, life: None });
    }
}

/// Whether a name such as `people.email` is a field.
fn is_field(name: &str) -> bool {
    name.split_once('.').and_then(|(kind, field)| ProfileType::of_url(kind)?.field(field)).is_some()
}

/// Names go through headers and secrets through forms: neither may hold control characters, and Basic parts a name at its colon.
fn check_texts(user: &IntegrationUser) -> Result<(), Refusal> {
    let texts = [
        ("username", &user.username, true),
        ("password", &user.password, false),
        ("client_id", &user.client_id, true),
        ("client_secret", &user.client_secret, false),
        ("hmac_user", &user.hmac_user, true),
        ("hmac_key", &user.hmac_key, false),
    ];
    for (name, text, is_name) in texts {
        if text.chars().count() > TEXT_LIMIT {
            return Err(Refusal::TooLong { field: name.into(), max: TEXT_LIMIT });
        }
        let unfit = |letter: char| letter.is_control() || is_name && (":,;/\"".contains(letter) || letter.is_whitespace());
        if text.chars().any(unfit) {
            return Err(Refusal::Invalid(name.into()));
        }
    }
    if user.username.is_empty() { Err(Refusal::Required("username".into())) } else { Ok(()) }
}

fn shared(one: &[&String], other: &[&String]) -> bool {
    one.iter().any(|name| !name.is_empty() && other.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::state::fixture::platform;

    fn user(name: &str) -> IntegrationUser {
        IntegrationUser { username: name.into(), client_id: format!("{name}-client"), ..IntegrationUser::default() }
    }

    #[test]
    fn the_main_user_stays_first_and_cannot_be_removed() {
        let mut state = platform().state;
        let main = state.users().integration.username.clone();
        state.put_user(user("a-limited")).expect("a user");
        let names: Vec<&str> = state.integration_users().map(|user| user.username.as_str()).collect();
        assert_eq!(names, [main.as_str(), "a-limited"]);
        assert!(!state.remove_user(&main) && state.remove_user("a-limited") && !state.remove_user("a-limited"));
    }

    #[test]
    fn names_and_clients_are_used_once() {
        let mut state = platform().state;
        state.put_user(user("limited")).expect("a user");
        let signs_as_it = IntegrationUser { hmac_user: "limited".into(), ..user("other") };
        assert_eq!(state.put_user(signs_as_it).expect_err("taken").to_string(), "username: Invalid value.");
        let same_client = IntegrationUser { client_id: "limited-client".into(), ..user("other") };
        assert_eq!(state.put_user(same_client).expect_err("taken").to_string(), "client_id: Invalid value.");
        state.put_user(user("limited")).expect("itself again");
    }

    #[test]
    fn only_what_exists_can_be_hidden() {
        let mut state = platform().state;
        let hiding = |rights| IntegrationUser { rights: Arc::new(rights), ..user("limited") };
        let shoes = Rights { hidden_fields: ["people.shoesize".into()].into(), ..Rights::default() };
        assert_eq!(state.put_user(hiding(shoes)).expect_err("no field").to_string(), "people.shoesize: Invalid value.");
        let shoes = Rights { hidden_types: ["shoes".into()].into(), ..Rights::default() };
        assert_eq!(state.put_user(hiding(shoes)).expect_err("no type").to_string(), "shoes: Invalid value.");
        let rights =
            Rights { hidden_fields: ["people.email".into()].into(), hidden_types: ["companies".into()].into(), read_only: true };
        state.put_user(hiding(rights)).expect("a user");
        let rights = &state.integration_user("limited").expect("the user").rights;
        assert!(rights.hides(ProfileType::People, "email") && !rights.hides(ProfileType::People, "phones"));
        assert!(rights.hides_type(ProfileType::Companies) && !rights.hides_type(ProfileType::People));
    }

    #[test]
    fn names_that_no_header_can_carry_are_refused() {
        let mut state = platform().state;
        for wrong in ["", "a:b", "a b", "a,b", "a\n", &"x".repeat(201)] {
            assert!(state.put_user(user(wrong)).is_err(), "{wrong:?}");
        }
    }
}
