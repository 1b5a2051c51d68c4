//! People and jobs as a test makes them: what matters to the test is said, the rest is filled in.

use serde_json::{Map, Value, json};

use super::customer::Customer;
use crate::icims::model::{JobId, PersonId, Role};
use crate::icims::schema::ProfileType;

/// A person who is about to be made.
#[derive(Debug)]
#[must_use = "the person is made by create"]
pub struct NewPerson<'a> {
    customer: &'a Customer,
    role: Option<Role>,
    values: Map<String, Value>,
}

impl<'a> NewPerson<'a> {
    pub(super) fn new(customer: &'a Customer) -> Self {
        let values = Map::from_iter([("firstname".to_owned(), json!("Ines")), ("lastname".to_owned(), json!("Okafor"))]);
        Self { customer, role: Some(Role::Candidate), values }
    }

    /// First and last name; Ines Okafor unless told otherwise.
    pub fn name(self, first: &str, last: &str) -> Self {
        self.field("firstname", json!(first)).field("lastname", json!(last))
    }

    /// The e-mail address; none unless told.
    pub fn email(self, email: &str) -> Self {
        self.field("email", json!(email))
    }

    /// Makes a plain Person (a Contact), the mistake that the guide warns of, instead of a Candidate.
    pub fn contact(self) -> Self {
        Self { role: None, ..self }
    }

    /// Any field, as the REST API takes it.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Makes the person.
    ///
    /// # Panics
    /// When iCIMS refuses a value; the message names the field.
    pub async fn create(self) -> PersonId {
        let now = self.customer.world().clock().now();
        let made = self.customer.write(|state| {
            let changes = state.read_screen(ProfileType::People, &self.values)?;
            state.create_person_as(self.role, changes, now)
        });
        self.customer.done("making a person", made.await)
    }
}

/// A job that is about to be made.
#[derive(Debug)]
#[must_use = "the job is made by create"]
pub struct NewJob<'a> {
    customer: &'a Customer,
    packages: Vec<String>,
    values: Map<String, Value>,
}

impl<'a> NewJob<'a> {
    pub(super) fn new(customer: &'a Customer, title: &str) -> Self {
        Self { customer, packages: Vec::new(), values: Map::from_iter([("jobtitle".to_owned(), json!(title))]) }
    }

    /// An assessment package by its label; it is loaded into both lists if the customer does not have it yet.
    pub fn package(mut self, label: &str) -> Self {
        self.packages.push(label.to_owned());
        self
    }

    /// Any field, as the REST API takes it.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Makes the job. The recruiter is the one of the screens unless a field says otherwise.
    ///
    /// # Panics
    /// When iCIMS refuses a value; the message names the field.
    pub async fn create(self) -> JobId {
        let now = self.customer.world().clock().now();
        let Self { customer, packages, mut values } = self;
        let mut nodes = Vec::new();
        for label in packages {
            let loaded = customer.write(|state| state.load_package(&label)).await;
            nodes.push(json!({"id": customer.done(&format!("loading package {label:?}"), loaded).on_job}));
        }
        if !nodes.is_empty() {
            values.insert("assessmenttype".to_owned(), Value::Array(nodes));
        }
        let made = customer.write(|state| {
            values.entry("recruiter").or_insert_with(|| json!(state.recruiter()));
            let changes = state.read_screen(ProfileType::Jobs, &values)?;
            state.create_job(changes, now)
        });
        customer.done("making a job", made.await)
    }
}
