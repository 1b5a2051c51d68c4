//! Who may sign in: the recruiter on screen, the integration user over the API.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::icims::model::{Fields, Person, PersonId, Record, Role, Value};

use super::delivered::{known, node};
use super::{CustomerState, Refusal};

/// The person that the integration user's login belongs to (*assumed*: in iCIMS every login belongs to a person).
pub const INTEGRATION_PERSON: PersonId = PersonId::new(1187);
/// The recruiter who uses the screens.
pub const RECRUITER: PersonId = PersonId::new(1188);

/// A login of the Integration User group (icims-api 2).
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct IntegrationUser {
    /// User name for Basic.
    pub username: String,
    /// Password for Basic.
    pub password: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
    /// User name for signed requests.
    pub hmac_user: String,
    /// Key for signed requests.
    pub hmac_key: String,
    /// Fields this user may not see or write, as `people.email` or `jobs.assessmenttype` (icims-api 5.3).
    pub hidden_fields: BTreeSet<String>,
}

impl std::fmt::Debug for IntegrationUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntegrationUser").field("username", &self.username).finish_non_exhaustive()
    }
}

/// The logins of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Users {
    /// Over the API.
    pub integration: IntegrationUser,
    /// First and last name of the recruiter on screen.
    pub recruiter: (String, String),
}

impl CustomerState {
    /// The logins.
    #[must_use]
    pub fn users(&self) -> &Users {
        self.users.get()
    }

    /// The person who works on the recruiter screens; `userId` of status change events.
    #[must_use]
    pub fn recruiter(&self) -> PersonId {
        RECRUITER
    }

    /// Hides a field from the integration user, or shows it again.
    ///
    /// # Errors
    /// When there is no such field; names read `people.email`.
    pub fn hide_field(&mut self, name: &str, hidden: bool) -> Result<(), Refusal> {
        let known = name.split_once('.').and_then(|(kind, field)| {
            let kind = crate::icims::schema::ProfileType::of_url(kind)?;
            kind.field(field)
        });
        if known.is_none() {
            return Err(Refusal::Invalid(name.to_owned()));
        }
        let hidden_fields = &mut self.users.edit().integration.hidden_fields;
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
        self.people.put(id, Person { id, roles, record: Record { fields, ..Record::new(now) } });
    }
}
