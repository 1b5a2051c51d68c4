//! What screens show, as plain structs with ready texts. Read-only.

mod jobs;
mod people;
mod workflows;

pub use jobs::{ApplicantRow, BinPanel, JobRow, JobView};
pub use people::{PersonRow, PersonView, PersonWorkflow};
pub use workflows::{EventRow, LogRow, ResultRow, StatusBin, StatusChoice, WorkflowView};

use jiff::Timestamp;

use crate::icims::model::{Record, Value};
use crate::icims::schema::ProfileType;

use super::CustomerState;
use super::reader::date_time_text;

/// A field as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldText {
    /// Integration field name; also the name of the form input.
    pub name: &'static str,
    /// What this customer calls it.
    pub label: String,
    /// The value as a reader sees it; empty when there is none.
    pub text: String,
    /// The value as a form sends it back: node ids and system ids instead of labels; several are separated by a space.
    pub raw: String,
}

impl CustomerState {
    /// One field of a profile, for a card or a form. `None` when there is no such field.
    #[must_use]
    pub fn field_text(&self, kind: ProfileType, record: &Record, name: &str) -> Option<FieldText> {
        let field = kind.field(name)?;
        let value = record.fields.get(field.name);
        let text = value.map(|value| self.value_text(kind, field.name, value)).unwrap_or_default();
        let raw = value.map(raw_text).unwrap_or_default();
        Some(FieldText { name: field.name, label: self.field_label(kind, field.name)?, text, raw })
    }

    /// A value in words.
    fn value_text(&self, kind: ProfileType, name: &str, value: &Value) -> String {
        use crate::icims::schema::Kind;
        match value {
            Value::Node(id) => self.node_text(id),
            Value::Nodes(ids) => ids.iter().map(|id| self.node_text(id)).collect::<Vec<_>>().join(", "),
            Value::Profile(id) => match kind.field(name).map(|field| field.kind) {
                Some(Kind::Profile(target)) => self.profile_name((target, *id)).unwrap_or_default(),
                _ => id.to_string(),
            },
            Value::Location { company, entry } => self.location_text(*company, *entry),
            Value::Money(money) => {
                format!("{} {} {}", money.amount, money.currency, money.timeframe.as_deref().unwrap_or_default())
                    .trim_end()
                    .to_owned()
            }
            Value::Entries(entries) => format!("{}", entries.len()),
            other => raw_text(other),
        }
    }

    /// The text of a location: company, street, double space, city, state, zip, country, and a space at the end (icims-api 5.12).
    #[must_use]
    pub fn location_text(&self, company: crate::icims::model::CompanyId, entry: crate::icims::model::EntryId) -> String {
        let Some(company) = self.company(company) else { return String::new() };
        let name = company.record.text("name");
        let Some(address) = company.record.entries("addresses").iter().find(|address| address.entry == Some(entry)) else {
            return name.to_owned();
        };
        let part = |field: &str| match address.fields.get(field) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Node(id)) => self.node_text(id),
            _ => String::new(),
        };
        let (street, city, state) = (part("addressstreet1"), part("addresscity"), part("addressstate"));
        let (zip, country) = (part("addresszip"), part("addresscountry"));
        format!("{name} - {street}  {city}, {state} {zip} {country} ")
    }
}

/// A value as a form sends it.
fn raw_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(at) => date_time_text(*at),
        Value::Flag(flag) => if *flag { "Yes" } else { "No" }.into(),
        Value::Node(id) => id.to_string(),
        Value::Nodes(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Value::Profile(id) => id.to_string(),
        Value::Location { entry, .. } => entry.to_string(),
        Value::Money(money) => money.amount.to_string(),
        Value::File(file) => file.name.clone(),
        Value::Entries(_) => String::new(),
    }
}

/// A moment as screens show it.
fn moment(at: Timestamp) -> String {
    date_time_text(at)
}
