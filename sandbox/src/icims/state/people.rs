//! Making and changing people, and which role that gives them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::icims::model::{Person, PersonId, Role, Value};
use crate::icims::schema::ProfileType;

use super::changes::Changes;
use super::delivered::{known, node};
use super::{CustomerState, Refusal};

impl CustomerState {
    /// Makes a person from API values. The folder decides the role; without a folder it is a Contact, and reads
    /// the folder of one (*assumed*, icims-api 6).
    ///
    /// # Errors
    /// When a required field is missing, or the e-mail address is somebody else's and the customer's switch forbids that.
    pub fn create_person(&mut self, mut changes: Changes, now: Timestamp) -> Result<PersonId, Refusal> {
        Self::check_required(ProfileType::People, &changes)?;
        self.check_shared_email(None, &changes)?;
        self.check_profile_room(ProfileType::People, 1)?;
        // Customers of an earlier version do not have this node.
        if changes.get("folder").is_none() && self.node(&known(node::PERSON)).is_some() {
            changes.set(ProfileType::People, "folder", Value::Node(known(node::PERSON)));
        }
        let id = self.next_person();
        let roles = self.role_of(&changes).into_iter().collect();
        let record = self.new_record(changes, now);
        self.people.put(id, Person { id, roles, record, life: None });
        Ok(id)
    }

    /// Makes a person on screen: Create, Person, and then Candidate, Employee or Hiring Manager; `None` is the entry Contact,
    /// which gives no role.
    ///
    /// # Errors
    /// When a required field is missing or the e-mail address has accents.
    pub fn create_person_as(&mut self, role: Option<Role>, mut changes: Changes, now: Timestamp) -> Result<PersonId, Refusal> {
        if let Some(Value::Text(email)) = changes.get("email") {
            check_email(email)?;
        }
        if let Some(role) = role.filter(|_| changes.get("folder").is_none()) {
            let folder = match role {
                Role::Candidate => node::CANDIDATE_UNREVIEWED,
                Role::Employee => node::EMPLOYEE,
                Role::HiringManager => node::MANAGER_ACTIVE,
            };
            changes.set(ProfileType::People, "folder", Value::Node(known(folder)));
        }
        let id = self.create_person(changes, now)?;
        if let Some(mut person) = self.people.edit(&id) {
            person.roles.extend(role);
        }
        Ok(id)
    }

    /// Changes a person. A new folder may add a role; none is ever taken away.
    ///
    /// # Errors
    /// When there is no such person, a required field would lose its value, the e-mail address is somebody else's and the
    /// customer's switch forbids that, or there is no room for the résumé that a seed has given the person.
    pub fn edit_person(&mut self, id: PersonId, changes: Changes, now: Timestamp) -> Result<(), Refusal> {
        let key = (ProfileType::People, id.get());
        self.write_out(key)?;
        self.check_amendment(key, &changes)?;
        self.check_shared_email(Some(id), &changes)?;
        let role = self.role_of(&changes);
        self.apply(key, changes, now);
        if let Some(mut person) = self.people.edit(&id) {
            person.roles.extend(role);
        }
        Ok(())
    }

    /// The person with this e-mail address, letter case aside; the oldest when there are several.
    #[must_use]
    pub fn person_by_email(&self, email: &str) -> Option<&Person> {
        let wanted = email.trim();
        let same = self.people.lookups().mails.exactly(&wanted.to_lowercase());
        same.filter_map(|id| self.person(PersonId::new(id))).find(|person| person.email().eq_ignore_ascii_case(wanted))
    }

    /// What a person is, for the profile card: `Candidate`, `Candidate, Employee` or `Contact`.
    #[must_use]
    pub fn kind_of(person: &Person) -> String {
        kind(&person.roles)
    }

    fn next_person(&mut self) -> PersonId {
        let counters = self.counters.edit();
        let id = PersonId::new(counters.person);
        counters.person += 1;
        id
    }

    /// One address, one person, if the customer wants it so (icims-api 5.10).
    fn check_shared_email(&self, own: Option<PersonId>, changes: &Changes) -> Result<(), Refusal> {
        let Some(Value::Text(email)) = changes.get("email").filter(|_| !self.switches().shared_email) else { return Ok(()) };
        let wanted = email.trim();
        let holds = |person: &&Person| Some(person.id) != own && person.email().trim().eq_ignore_ascii_case(wanted);
        let same = self.people.lookups().mails.exactly(&wanted.to_lowercase());
        match same.filter_map(|id| self.person(PersonId::new(id))).find(holds) {
            Some(person) => Err(Refusal::SharedEmail { existing: person.id }),
            None => Ok(()),
        }
    }

    fn role_of(&self, changes: &Changes) -> Option<Role> {
        match changes.get("folder") {
            Some(Value::Node(folder)) => Role::of_folder(&self.node(folder)?.label),
            _ => None,
        }
    }
}

/// Roles in words; nobody without a role is anything but a Contact.
pub(super) fn kind(roles: &BTreeSet<Role>) -> String {
    if roles.is_empty() {
        return "Contact".into();
    }
    roles.iter().map(|role| role.label()).collect::<Vec<_>>().join(", ")
}

/// Screens refuse accented addresses (assessment-flow 7); the API does not look (icims-api 5.7).
fn check_email(email: &str) -> Result<(), Refusal> {
    let plain = email.is_ascii() && !email.contains(char::is_whitespace) && email.len() <= 254;
    let parts = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if plain && parts { Ok(()) } else { Err(Refusal::EmailAddress(email.to_owned())) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::fixture::{now, platform, read};

    #[test]
    fn the_folder_decides_the_role_and_roles_only_add_up() {
        let mut state = platform().state;
        let kind = ProfileType::People;
        let values = read(&state, kind, json!({"firstname": "Ana", "lastname": "Sol", "folder": {"value": "Cand:Unreviewed"}}));
        let id = state.create_person(values, now()).expect("a person");
        let hired = read(&state, kind, json!({"folder": {"id": "D32013"}}));
        state.edit_person(id, hired, now()).expect("a new folder");
        let roles = &state.person(id).expect("the person").roles;
        assert_eq!(*roles, BTreeSet::from([Role::Candidate, Role::Employee]));
    }

    #[test]
    fn someone_made_without_a_folder_is_a_contact_and_no_candidate() {
        let platform = platform();
        assert!(platform.state.person(platform.priya).expect("the person").is_contact());
    }

    #[test]
    fn screens_refuse_addresses_with_accents() {
        for wrong in ["rené@example.org", "rene", "@example.org", "rene@", "a b@example.org", "a@b@c"] {
            assert!(matches!(check_email(wrong), Err(Refusal::EmailAddress(_))), "{wrong}");
        }
        assert!(check_email("rene@example.org").is_ok());
    }
}
