//! What a person or a job is given as on a form: read, checked, and shown again with messages at the fields.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::form::{Choice, Field, Given};
use super::read;
use crate::icims::model::{Job, NodeId, Person, PersonId, Value};
use crate::icims::schema::{ProfileType, list};
use crate::icims::state::{CustomerState, Refusal};

/// The longest name or title that a form takes, in characters (*assumed*).
const NAME_LIMIT: usize = 200;
/// Phone type Mobile (*assumed* number beside the documented Pager, icims-api 5.8).
const MOBILE: &str = "D83004";
/// The folder of open jobs (documented, assessment-flow 4.2).
const APPROVED: &str = "D31001";
/// The longest e-mail address that mail systems carry (RFC 5321).
const EMAIL_LIMIT: usize = 254;

/// What is wrong with an e-mail address, as a message for its field.
///
/// iCIMS refuses accented characters in addresses (assessment-flow 7, help article); the rest is what a mailbox needs.
pub(super) fn email_error(email: &str) -> Option<String> {
    if email.is_empty() {
        return Some("Enter an e-mail address.".into());
    }
    if !email.is_ascii() {
        return Some("E-mail addresses with accented or other special letters are not accepted. Use plain letters only.".into());
    }
    let visible = email.bytes().all(|byte| byte.is_ascii_graphic());
    let shaped = email.split_once('@').is_some_and(|(local, domain)| {
        let words = domain.split('.').count() > 1 && domain.split('.').all(|word| !word.is_empty());
        !local.is_empty() && words && !domain.contains('@')
    });
    let fine = visible && shaped && email.len() <= EMAIL_LIMIT && !email.contains([',', ';', '<', '>', '"']);
    (!fine).then(|| "This is not an e-mail address. Write it like name@example.org.".into())
}

fn name_error(name: &str, what: &str) -> Option<String> {
    if name.is_empty() {
        return Some(format!("Enter the {what}."));
    }
    (name.chars().count() > NAME_LIMIT).then(|| format!("The {what} may have at most {NAME_LIMIT} characters."))
}

/// A person as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct PersonDraft {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) phone: String,
    errors: BTreeMap<&'static str, String>,
}

impl PersonDraft {
    pub(super) fn given(form: &Given) -> Self {
        let text = |name| form.text(name).to_owned();
        Self {
            first_name: text("firstname"),
            last_name: text("lastname"),
            email: text("email"),
            phone: text("phone"),
            errors: BTreeMap::new(),
        }
    }

    /// Nobody yet, with this address.
    pub(super) fn for_address(email: String) -> Self {
        Self { email, ..Self::default() }
    }

    pub(super) fn of(person: &Person) -> Self {
        let phone = person.record.entries("phones").first().and_then(|entry| match entry.fields.get("phonenumber")? {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        });
        Self {
            first_name: person.record.text("firstname").to_owned(),
            last_name: person.record.text("lastname").to_owned(),
            email: person.email().to_owned(),
            phone: phone.unwrap_or_default(),
            errors: BTreeMap::new(),
        }
    }

    /// Checks what a recruiter types. The address may be left out (*assumed*: people met at an event are entered without one).
    pub(super) fn check_for_recruiter(&mut self) {
        self.check_names();
        if let Some(error) = email_error(&self.email).filter(|_| !self.email.is_empty()) {
            self.errors.insert("email", error);
        }
    }

    /// Checks what a candidate types; the address has been checked by the step before.
    pub(super) fn check_for_portal(&mut self) {
        self.check_names();
    }

    fn check_names(&mut self) {
        let first = name_error(&self.first_name, "first name").map(|error| ("firstname", error));
        let last = name_error(&self.last_name, "last name").map(|error| ("lastname", error));
        let digits = self.phone.chars().all(|c| c.is_ascii_digit() || " +-()./x".contains(c));
        let phone = (!digits || self.phone.len() > 40)
            .then(|| ("phone", "Write the number with digits, spaces and + - ( ) only, like +31 6 5550 0142.".into()));
        self.errors.extend(first.into_iter().chain(last).chain(phone));
    }

    /// Puts a refusal of the platform's own rules at its field, or returns it when it is about no field of the form.
    pub(super) fn blame(&mut self, refusal: &Refusal) -> String {
        let field = match refusal {
            Refusal::EmailAddress(_) => "email",
            Refusal::Required(field) | Refusal::Invalid(field) | Refusal::TooLong { field, .. } => match field.as_str() {
                "firstname" => "firstname",
                "lastname" => "lastname",
                "email" => "email",
                _ => return refusal.to_string(),
            },
            other => return other.to_string(),
        };
        self.errors.insert(field, refusal.to_string());
        String::new()
    }

    /// The values as the platform reads them; the phone updates the person's first one.
    pub(super) fn values(&self, person: Option<&Person>) -> Map<String, Json> {
        let email = if self.email.is_empty() { Json::Null } else { json!(self.email) };
        let mut values = Map::from_iter([
            ("firstname".to_owned(), json!(self.first_name)),
            ("lastname".to_owned(), json!(self.last_name)),
            ("email".to_owned(), email),
        ]);
        if !self.phone.is_empty() {
            let first = person.and_then(|person| person.record.entries("phones").first()).and_then(|entry| entry.entry);
            let phone = match first {
                Some(entry) => json!([{ "entry": entry, "phonenumber": self.phone }]),
                None => json!([{ "phonetype": { "id": MOBILE }, "phonenumber": self.phone, "primary": true }]),
            };
            values.insert("phones".into(), phone);
        }
        values
    }

    /// Brings a person up to date.
    pub(super) fn save(&self, state: &mut CustomerState, id: PersonId, now: Timestamp) -> Result<(), Refusal> {
        let person = state.person(id).ok_or(Refusal::NotFound(ProfileType::People))?;
        let first_phone = person.record.entries("phones").first().and_then(|entry| entry.entry);
        let changes = state.read_screen(ProfileType::People, &self.values(Some(person)))?;
        state.edit_person(id, changes, now)?;
        match first_phone.filter(|_| self.phone.is_empty()) {
            Some(entry) => state.remove_entry((ProfileType::People, id.get()), "phones", entry, now),
            None => Ok(()),
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        !self.errors.is_empty()
    }

    pub(super) fn recruiter_fields(&self, state: &CustomerState) -> Vec<Field> {
        let mut fields = self.portal_fields(state);
        let email = self.field(state, "email", "email", &self.email, "off");
        fields.insert(2, email.hint("Needed to invite the candidate to an assessment. Accented letters are not accepted."));
        fields
    }

    pub(super) fn portal_fields(&self, state: &CustomerState) -> Vec<Field> {
        let phone = Field::new("tel", "phone", "Phone").autocomplete("tel").value(&self.phone).error(self.error("phone"));
        vec![
            self.field(state, "text", "firstname", &self.first_name, "given-name").required(),
            self.field(state, "text", "lastname", &self.last_name, "family-name").required(),
            phone,
        ]
    }

    fn field(
        &self,
        state: &CustomerState,
        kind: &'static str,
        name: &'static str,
        value: &str,
        autocomplete: &'static str,
    ) -> Field {
        let label = read::label(state, ProfileType::People, name);
        Field::new(kind, name, label).autocomplete(autocomplete).value(value).error(self.error(name))
    }

    fn error(&self, field: &str) -> String {
        self.errors.get(field).cloned().unwrap_or_default()
    }
}

/// A job as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct JobDraft {
    pub(super) title: String,
    pub(super) folder: String,
    pub(super) overview: String,
    pub(super) packages: Vec<String>,
    /// The folder and the packages that the job has, which stay whether or not their lists still offer them.
    kept: BTreeSet<NodeId>,
    title_error: String,
    folder_error: String,
    packages_error: String,
}

impl JobDraft {
    /// What was typed for a job that is there, or for a new one.
    pub(super) fn given(form: &Given, job: Option<&Job>) -> Self {
        Self {
            kept: job.map(kept).unwrap_or_default(),
            title: form.text("jobtitle").to_owned(),
            folder: form.text("folder").to_owned(),
            overview: form.text("overview").to_owned(),
            packages: form.all("assessmenttype").map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    pub(super) fn of(job: &Job) -> Self {
        Self {
            title: job.title().to_owned(),
            folder: job.record.node("folder").map_or_else(String::new, ToString::to_string),
            overview: job.record.text("overview").to_owned(),
            packages: job.assessment_types().iter().map(ToString::to_string).collect(),
            kept: kept(job),
            ..Self::default()
        }
    }

    /// A new job: open, so that it can be used at once.
    pub(super) fn blank() -> Self {
        Self { folder: APPROVED.into(), ..Self::default() }
    }

    /// The values as the platform reads them. No package chosen removes the ones there were.
    pub(super) fn values(&self) -> Map<String, Json> {
        let node = |id: &String| json!({ "id": id });
        Map::from_iter([
            ("jobtitle".to_owned(), json!(self.title)),
            ("folder".to_owned(), node(&self.folder)),
            ("overview".to_owned(), json!(self.overview)),
            ("assessmenttype".to_owned(), self.packages.iter().map(node).collect()),
        ])
    }

    /// Checks what was typed; the chosen nodes must be in the lists as they are now, or the job's own.
    pub(super) fn check(&mut self, state: &CustomerState) {
        self.title_error = name_error(&self.title, "job title").unwrap_or_default();
        let can_be = |list, id: &str| state.offered(list, |id| self.kept.contains(id)).any(|node| node.id.as_str() == id);
        let (folder, packages) =
            (can_be(list::JOB_FOLDERS, &self.folder), self.packages.iter().all(|id| can_be(list::ASSESSMENT_TYPE, id)));
        if !folder {
            self.folder_error = "Choose a folder from the list.".into();
        }
        if !packages {
            self.packages_error = "A chosen package is no longer in the list. Choose again.".into();
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        !(self.title_error.is_empty() && self.folder_error.is_empty() && self.packages_error.is_empty())
    }

    pub(super) fn fields(&self, state: &CustomerState) -> Vec<Field> {
        let label = |name| read::label(state, ProfileType::Jobs, name);
        vec![
            Field::new("text", "jobtitle", label("jobtitle")).required().value(&self.title).error(&self.title_error),
            Field::new("long", "overview", label("overview")).value(&self.overview),
        ]
    }

    pub(super) fn choices(&self, state: &CustomerState) -> Vec<Choice> {
        let options = read::choosable(state, list::JOB_FOLDERS, &self.kept, |id| id == self.folder);
        let label = read::label(state, ProfileType::Jobs, "folder");
        vec![Choice {
            name: "folder",
            label,
            hint: "Approved jobs are open: candidates can be submitted and can apply.",
            error: self.folder_error.clone(),
            options,
        }]
    }

    pub(super) fn package_list(&self, state: &CustomerState) -> Choice {
        let packages: BTreeSet<&str> = self.packages.iter().map(String::as_str).collect();
        let options = read::choosable(state, list::ASSESSMENT_TYPE, &self.kept, |id| packages.contains(id));
        let label = read::label(state, ProfileType::Jobs, "assessmenttype");
        Choice { name: "assessmenttype", label, hint: "", error: self.packages_error.clone(), options }
    }
}

/// The nodes that a job has in the lists of its form.
fn kept(job: &Job) -> BTreeSet<NodeId> {
    job.record.node("folder").into_iter().chain(job.assessment_types()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(email: &str, accepted: bool) {
        assert_eq!(email_error(email).is_none(), accepted, "{email}");
    }

    #[test]
    fn an_address_is_plain_and_has_a_mailbox_and_a_domain() {
        check("ines.okafor@example.org", true);
        check("o'brien+test@mail.example.co.uk", true);
        check("", false);
        check("inés@example.org", false);
        check("ines", false);
        check("ines@example", false);
        check("ines@@example.org", false);
        check("ines @example.org", false);
        check("ines@example..org", false);
        check("Ines <ines@example.org>", false);
        check(&format!("{}@example.org", "a".repeat(250)), false);
    }
}
