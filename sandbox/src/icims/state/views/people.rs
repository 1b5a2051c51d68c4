//! People as lists and profiles show them.

use crate::icims::model::{JobId, Person, PersonId, WorkflowId};

use super::super::CustomerState;
use super::super::people::kind;
use super::moment;

/// A line in a list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// System id.
    pub id: PersonId,
    /// First and last name.
    pub name: String,
    /// E-mail address, empty when there is none.
    pub email: String,
    /// `Candidate`, `Candidate, Employee`, or `Contact`.
    pub kind: String,
    /// Folder label, empty when there is none.
    pub folder: String,
    /// Whether this is a plain Person, who cannot be submitted to a job.
    pub is_contact: bool,
    /// How many recruiting workflows there are.
    pub workflows: usize,
}

/// A person's profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// The card.
    pub row: PersonRow,
    /// First phone number, empty when there is none.
    pub phone: String,
    /// When the profile was made, UTC.
    pub created: String,
    /// The Workflows tab, newest first.
    pub workflows: Vec<PersonWorkflow>,
}

/// A line of the Workflows tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonWorkflow {
    /// The workflow.
    pub workflow: WorkflowId,
    /// The job.
    pub job: JobId,
    /// The job's title.
    pub job_title: String,
    /// `Bin: Status`.
    pub status: String,
}

impl CustomerState {
    /// Everybody, by ascending id.
    #[must_use]
    pub fn people_list(&self) -> Vec<PersonRow> {
        self.people().map(|person| self.person_row(person)).collect()
    }

    /// The candidates, by ascending id. A Contact is not among them.
    #[must_use]
    pub fn candidate_list(&self) -> Vec<PersonRow> {
        self.candidates().map(|person| self.person_row(person)).collect()
    }

    /// The people whose name, e-mail address or id contains a text, for the quick search.
    #[must_use]
    pub fn people_matching(&self, text: &str) -> Vec<PersonRow> {
        let wanted = text.trim().to_lowercase();
        let matches = |person: &&Person| {
            person.name().to_lowercase().contains(&wanted)
                || person.email().to_lowercase().contains(&wanted)
                || person.id.to_string() == wanted
        };
        self.people().filter(matches).map(|person| self.person_row(person)).collect()
    }

    /// A person's profile.
    #[must_use]
    pub fn person_view(&self, id: PersonId) -> Option<PersonView> {
        let person = self.person(id)?;
        let phone = person.record.entries("phones").iter().find_map(|entry| match entry.fields.get("phonenumber") {
            Some(crate::icims::model::Value::Text(number)) => Some(number.clone()),
            _ => None,
        });
        let ids = self.workflows.lookups().of_person(id).into_iter().rev();
        let workflows = ids.filter_map(|id| self.workflow(id)).map(|workflow| PersonWorkflow {
            workflow: workflow.id,
            job: workflow.job,
            job_title: self.job(workflow.job).map(|job| job.title().to_owned()).unwrap_or_default(),
            status: workflow.status().map(|status| self.status_label(status)).unwrap_or_default(),
        });
        Some(PersonView {
            row: self.person_row(person),
            phone: phone.unwrap_or_default(),
            created: moment(person.record.created),
            workflows: workflows.collect(),
        })
    }

    fn person_row(&self, person: &Person) -> PersonRow {
        PersonRow {
            id: person.id,
            name: person.name(),
            email: person.email().to_owned(),
            kind: kind(&person.roles),
            folder: person.record.node("folder").map(|folder| self.node_text(folder)).unwrap_or_default(),
            is_contact: person.is_contact(),
            workflows: self.workflows.lookups().of_person(person.id).len(),
        }
    }
}
