//! The words of the simulated iCIMS: ids, values and records. No rules, no HTTP, no clock.
//!
//! A record holds the values of one profile by integration field name; which names and types exist is told by
//! [`schema`](super::schema). Read [`state`](super::state) next for what may happen to records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::schema::ProfileType;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct NotAnId;

macro_rules! numeric_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number itself.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(NotAnId);
                }
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

numeric_id! {
    /// System id of a person.
    PersonId;
    /// System id of a job.
    JobId;
    /// System id of a company (a location, for jobs).
    CompanyId;
    /// System id of a recruiting workflow.
    WorkflowId;
    /// Id of one entry of a collection, unique in the tenant.
    EntryId;
    /// Position of an outgoing event in the tenant.
    EventId;
}

/// Id of a list node: one letter and digits (icims-api 5.8). `D` is delivered by iCIMS, `C` is made in the tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeId(String);

impl NodeId {
    /// The id as text, such as `D10100`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id without its letter, as events carry it (icims-api 5.8).
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.0[1..]
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for NodeId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let bytes = text.as_bytes();
        let valid = (2..=24).contains(&bytes.len()) && bytes[0].is_ascii_uppercase() && bytes[1..].iter().all(u8::is_ascii_digit);
        if valid { Ok(Self(text.into())) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for NodeId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<NodeId> for String {
    fn from(id: NodeId) -> Self {
        id.0
    }
}

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
    /// Amount of money, with a time frame for salaries.
    Money {
        /// The amount.
        amount: serde_json::Number,
        /// ISO 4217 code.
        currency: String,
        /// `Hourly`, `Daily`, `Weekly`, `Monthly` or `Yearly`.
        timeframe: Option<String>,
    },
    /// The entries of a collection, in the order they were added.
    Entries(Vec<Entry>),
}

/// One entry of a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Assigned by the server; `None` only in a change that has not been applied.
    pub entry: Option<EntryId>,
    /// Values by sub-field name.
    pub fields: BTreeMap<String, Value>,
}

/// The values of one profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Values by integration field name. A field without a value is not a key.
    pub fields: BTreeMap<String, Value>,
    /// When the profile was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

impl Record {
    /// An empty record made now.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { fields: BTreeMap::new(), created: now, updated: now }
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

/// What a human is to the recruiters; roles add up and are never taken away (icims-api 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Can be submitted to jobs.
    Candidate,
    /// Works here.
    Employee,
    /// Hires here.
    HiringManager,
}

impl Role {
    /// The role that a folder label carries as its prefix: `Cand:`, `Emp:` or `HM:` (icims-api 6).
    #[must_use]
    pub fn of_folder(label: &str) -> Option<Self> {
        match label.split_once(':')?.0 {
            "Cand" => Some(Self::Candidate),
            "Emp" => Some(Self::Employee),
            "HM" => Some(Self::HiringManager),
            _ => None,
        }
    }

    /// The role as recruiters call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Candidate => "Candidate",
            Self::Employee => "Employee",
            Self::HiringManager => "Hiring Manager",
        }
    }
}

/// A human: candidate, employee, hiring manager, or a contact when there is no role at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// System id.
    pub id: PersonId,
    /// Roles; empty means Contact, the plain Person.
    pub roles: BTreeSet<Role>,
    /// Field values.
    pub record: Record,
}

impl Person {
    /// First and last name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.record.text("firstname"), self.record.text("lastname")).trim().to_owned()
    }

    /// The e-mail address, empty when there is none.
    #[must_use]
    pub fn email(&self) -> &str {
        self.record.text("email")
    }

    /// Whether this is a plain Person, who cannot be submitted to a job on screen.
    #[must_use]
    pub fn is_contact(&self) -> bool {
        self.roles.is_empty()
    }
}

/// A requisition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// System id.
    pub id: JobId,
    /// Field values.
    pub record: Record,
}

impl Job {
    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.record.text("jobtitle")
    }

    /// The number that people see, `year-number` (icims-api 5.12).
    #[must_use]
    pub fn display_id(&self) -> String {
        let year = self.record.created.to_zoned(jiff::tz::TimeZone::UTC).year();
        format!("{year}-{}", self.id)
    }

    /// The chosen packages: nodes of the Assessment Type list.
    #[must_use]
    pub fn assessment_types(&self) -> &[NodeId] {
        self.record.nodes("assessmenttype")
    }
}

/// A company; for jobs, the place where they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Company {
    /// System id.
    pub id: CompanyId,
    /// Field values.
    pub record: Record,
}

/// Who changed a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// The new status.
    pub status: NodeId,
    /// When.
    pub at: Timestamp,
    /// By whom; a candidate on the portal counts as author of the own application.
    pub by: PersonId,
}

/// Where an application stands on the career portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStep {
    /// The last step shows the link to the vendor.
    Assessment,
    /// The candidate followed the link and has not come back.
    LeftForVendor,
    /// Nothing is left to do: the application is submitted.
    Complete,
}

/// A recruiting workflow: one person's application to one job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// System id.
    pub id: WorkflowId,
    /// The associated profile.
    pub person: PersonId,
    /// The base profile.
    pub job: JobId,
    /// Field values, also status and assessment results.
    pub record: Record,
    /// Status history, oldest first; at most the 100 newest (icims-api 7.6).
    pub log: Vec<StatusChange>,
    /// The application on the portal, if it was made there.
    pub application: Option<ApplicationStep>,
    /// Events this workflow has caused, oldest first.
    pub events: Vec<EventId>,
}

impl Workflow {
    /// The current status. Absent only while an administrator has removed it.
    #[must_use]
    pub fn status(&self) -> Option<&NodeId> {
        self.record.node("status")
    }

    /// The result rows.
    #[must_use]
    pub fn results(&self) -> &[Entry] {
        self.record.entries("assessmentresults")
    }
}

/// One item of a list editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// The list it belongs to; a key of [`schema::LISTS`](super::schema::LISTS).
    pub list: String,
    /// What people see.
    pub label: String,
    /// The node above it: the bin of a status, the country of a state.
    pub parent: Option<NodeId>,
    /// Short form, for countries and states.
    pub abbrev: Option<String>,
    /// Hidden nodes cannot be chosen by label.
    pub hidden: bool,
}

/// Any profile, by type and number.
pub type ProfileKey = (ProfileType, u64);
