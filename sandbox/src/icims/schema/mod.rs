//! Which fields each profile type has: name, label, kind, limits, and whether a plain read shows it.
//!
//! Names and types are documented (icims-api 5.5, 5.11 to 5.13, 7, 8.1); labels are *assumed* where the documents print none. A
//! field that is added here can at once be written, read, listed by `fields` and shown on screens.

mod custom;
mod fidelity;
mod fields;
mod lists;

pub(super) use fidelity::rows as fidelity_rows;
pub use lists::{EMPTY_LISTS, LISTS, List, list, list_of};

use fields::{COMPANY, JOB, ONBOARDING, PERSON, WORKFLOW};

/// The profile types that are simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProfileType {
    /// `people`
    People,
    /// `jobs`
    Jobs,
    /// `companies`
    Companies,
    /// `applicantworkflows`
    Workflows,
    /// `onboardworkflows`, which are read and changed only.
    Onboarding,
}

impl ProfileType {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::People, Self::Jobs, Self::Companies, Self::Workflows, Self::Onboarding];

    /// The type with this plural name in URLs.
    #[must_use]
    pub fn of_url(plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.plural() == plural)
    }

    /// The type with this singular name in placeholders such as `{{person.email}}` (icims-api 12.4).
    #[must_use]
    pub fn of_placeholder(singular: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.singular() == singular || kind.plural() == singular)
    }

    /// The name in URLs.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Jobs => "jobs",
            Self::Companies => "companies",
            Self::Workflows => "applicantworkflows",
            Self::Onboarding => "onboardworkflows",
        }
    }

    /// The prefix of search filters.
    #[must_use]
    pub fn singular(self) -> &'static str {
        match self {
            Self::People => "person",
            Self::Jobs => "job",
            Self::Companies => "company",
            Self::Workflows => "applicantworkflow",
            Self::Onboarding => "onboardworkflow",
        }
    }

    /// The name at the start of error messages (icims-api 3.4).
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "Person",
            Self::Jobs => "Job",
            Self::Companies => "Company",
            Self::Workflows => "Applicant Workflow",
            Self::Onboarding => "Onboard Workflow",
        }
    }

    /// The fields of this type.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::People => PERSON,
            Self::Jobs => JOB,
            Self::Companies => COMPANY,
            Self::Workflows => WORKFLOW,
            Self::Onboarding => ONBOARDING,
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

/// What a field holds, and so its shape in JSON (icims-api 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// String; also URL and e-mail, neither of which is validated.
    Text,
    /// String that may contain line breaks.
    LongText,
    /// String that may contain HTML markup.
    RichText,
    /// String: what the profile is called.
    Title,
    /// One of these labels, as a plain string: drop-down, radio buttons, yes or no.
    Choice(&'static [&'static str]),
    /// String that is also accepted as a number, such as an external id.
    Key,
    /// JSON integer.
    Number,
    /// JSON number.
    Decimal,
    /// `yyyy-mm-dd`.
    Date,
    /// `yyyy-mm-dd hh:mm AM`, UTC.
    DateTime,
    /// Boolean.
    Flag,
    /// One node of this list.
    Node(&'static str),
    /// Several nodes of this list.
    Nodes(&'static str),
    /// Reference to a profile.
    Profile(ProfileType),
    /// Reference to one address of a company.
    Location,
    /// Amount and currency.
    Money,
    /// Amount, currency and time frame.
    Salary,
    /// A file, written through its own endpoint (icims-api 9.3).
    File,
    /// A collection with these sub-fields.
    Entries(&'static [Field]),
    /// Kept by iCIMS itself and read-only: system id, display id, dates, status history.
    System,
}

/// One field of a profile type, or one sub-field of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Integration field name, lower case.
    pub name: &'static str,
    /// What screens and messages call it unless the customer has renamed it.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a read without `fields` shows it (icims-api 5.5).
    pub shown: bool,
    /// Whether a profile cannot be made without it (*assumed* set, icims-api 5.10).
    pub required: bool,
    /// Longest text, in characters.
    pub max: usize,
    /// The other number of a custom field, which search filters use (icims-api 5.9).
    pub search: Option<u32>,
}

/// Longest text where the documents name no limit (*assumed*).
const TEXT_LIMIT: usize = 4000;
/// Longest text of fields for long and rich text (*assumed*).
const LONG_LIMIT: usize = 64_000;

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    let max = if matches!(kind, Kind::LongText | Kind::RichText) { LONG_LIMIT } else { TEXT_LIMIT };
    Field { name, label, kind, shown: false, required: false, max, search: None }
}

impl Field {
    const fn shown(mut self) -> Self {
        self.shown = true;
        self
    }
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    const fn max(mut self, characters: usize) -> Self {
        self.max = characters;
        self
    }
    const fn numbered(mut self, search: u32) -> Self {
        self.search = Some(search);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_lower_case_and_occur_once() {
        for kind in ProfileType::ALL {
            for (position, field) in kind.fields().iter().enumerate() {
                assert_eq!(field.name, field.name.to_lowercase());
                assert!(kind.fields()[position + 1..].iter().all(|other| other.name != field.name), "{} twice", field.name);
            }
        }
    }

    #[test]
    fn every_list_that_a_field_refers_to_exists() {
        fn check(fields: &[Field]) {
            for field in fields {
                match field.kind {
                    Kind::Node(key) | Kind::Nodes(key) => assert!(list_of(key).is_some(), "{key}"),
                    Kind::Entries(children) => check(children),
                    _ => {}
                }
            }
        }
        ProfileType::ALL.into_iter().for_each(|kind| check(kind.fields()));
    }
}
