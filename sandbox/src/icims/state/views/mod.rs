//! What screens show, as plain structs with ready texts. Read-only.

mod jobs;
mod people;
mod workflows;

pub use jobs::{ApplicantRow, BinPanel};
pub use people::{PersonOnboarding, PersonWorkflow};
pub use workflows::{EventRow, LogRow, ResultRow, WorkflowView};

use jiff::Timestamp;

use crate::icims::model::Value;

use super::CustomerState;
use super::reader::date_time_text;

impl CustomerState {
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
