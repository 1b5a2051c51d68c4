//! What a profile's fields hold.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fields::Fields;
use super::file::FileRef;
use super::ids::{CompanyId, EntryId, NodeId};

/// One stored value. Which variant a field holds follows from its kind in the schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text of any kind.
    Text(String),
    /// Whole number.
    Number(i64),
    /// Decimal number, kept as it was sent so that `78` is read back as `78`.
    Decimal(serde_json::Number),
    /// Day without time.
    Date(Date),
    /// Moment; emitted in UTC, to the minute.
    DateTime(Timestamp),
    /// Checkbox.
    Flag(bool),
    /// One list node.
    Node(NodeId),
    /// Several list nodes in the order they were chosen.
    Nodes(Vec<NodeId>),
    /// Reference to another profile by system id; the kind of the field tells which type.
    Profile(u64),
    /// One address of a company.
    Location {
        /// The company.
        company: CompanyId,
        /// The entry in its addresses.
        entry: EntryId,
    },
    /// Amount of money. It is rare and large, so it is kept apart.
    Money(Box<Money>),
    /// A file. It is rare and large, too.
    File(Box<FileRef>),
    /// The entries of a collection, in the order they were added.
    Entries(Vec<Entry>),
}

/// Amount of money, with a time frame for salaries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// The amount.
    pub amount: serde_json::Number,
    /// ISO 4217 code.
    pub currency: String,
    /// `Hourly`, `Daily`, `Weekly`, `Monthly` or `Yearly`.
    pub timeframe: Option<String>,
}

/// One entry of a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Assigned by the server; `None` only in a change that has not been applied.
    pub entry: Option<EntryId>,
    /// Values by sub-field name.
    pub fields: Fields,
}

/// The values of one profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Values by integration field name. A field without a value is not a key.
    pub fields: Fields,
    /// When the profile was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

impl Record {
    /// An empty record made now.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { fields: Fields::default(), created: now, updated: now }
    }

    /// The text of a field, empty when there is none.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        match self.fields.get(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The node of a single-choice field.
    #[must_use]
    pub fn node(&self, field: &str) -> Option<&NodeId> {
        match self.fields.get(field) {
            Some(Value::Node(id)) => Some(id),
            _ => None,
        }
    }

    /// The nodes of a multiple-choice field, in order.
    #[must_use]
    pub fn nodes(&self, field: &str) -> &[NodeId] {
        match self.fields.get(field) {
            Some(Value::Nodes(ids)) => ids,
            _ => &[],
        }
    }

    /// The system id of a referenced profile.
    #[must_use]
    pub fn profile(&self, field: &str) -> Option<u64> {
        match self.fields.get(field) {
            Some(Value::Profile(id)) => Some(*id),
            _ => None,
        }
    }

    /// The entries of a collection.
    #[must_use]
    pub fn entries(&self, field: &str) -> &[Entry] {
        match self.fields.get(field) {
            Some(Value::Entries(entries)) => entries,
            _ => &[],
        }
    }
}
