//! Filters on custom fields (icims-api 5.9, 10.4): `person.customfield3101.text` for a field, `person.collectionfield3131text` (no dot)
//! for a sub-field of a collection. The numbers are not those of `field24301`; those that no field here has match nothing. Amounts, decimals and checkboxes have no filter type.

use crate::icims::model::{Record, Value};
use crate::icims::schema::{Field, Kind, ProfileType};

use super::names::{Compared, What};

/// A custom field and how it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Custom {
    /// The collection, if the field is a sub-field.
    within: Option<&'static str>,
    field: &'static str,
    pub(super) compared: Compared,
}

impl Custom {
    /// The field whose being hidden hides the filter.
    pub(super) fn owner(self) -> &'static str {
        self.within.unwrap_or(self.field)
    }

    /// Every value of a profile that the filter looks at: one at most, or one of each entry.
    pub(super) fn values(self, record: &Record) -> Vec<&Value> {
        match self.within {
            None => record.fields.get(self.field).into_iter().collect(),
            Some(collection) => record.entries(collection).iter().filter_map(|entry| entry.fields.get(self.field)).collect(),
        }
    }
}

/// What a filter name without its type looks at, if it is one of a custom field.
pub(super) fn target(of: ProfileType, name: &str) -> Option<What> {
    if let Some(rest) = name.strip_prefix("customfield") {
        let (number, kind) = rest.split_once('.')?;
        let Some(field) = of.fields().iter().find(|field| has(field, number)) else {
            return elsewhere(of.fields().iter(), number, kind);
        };
        return compared(field, kind).map(|compared| What::Custom(Custom { within: None, field: field.name, compared }));
    }
    let rest = name.strip_prefix("collectionfield")?;
    let (number, kind) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    let children = of.fields().iter().filter_map(|field| match field.kind {
        Kind::Entries(children) => Some((field, children)),
        _ => None,
    });
    let all = children.flat_map(|(parent, children)| children.iter().map(move |child| (parent, child)));
    let Some((parent, child)) = all.clone().find(|(_, child)| has(child, number)) else {
        return elsewhere(all.map(|(_, child)| child), number, kind);
    };
    compared(child, kind).map(|compared| What::Custom(Custom { within: Some(parent.name), field: child.name, compared }))
}

fn has(field: &Field, number: &str) -> bool {
    is_number(number) && field.search.is_some_and(|own| number.parse() == Ok(own))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// The filter of a number that no field of this tenant has, as a client of another tenant asks for (*assumed*: it matches nothing). The
/// numbers of profiles are no filters at all, so that whoever takes them for such is told.
fn elsewhere<'a>(mut fields: impl Iterator<Item = &'a Field>, number: &str, kind: &str) -> Option<What> {
    if !is_number(number) || fields.any(|field| field.name.strip_prefix("field") == Some(number)) {
        return None;
    }
    let compared = match kind {
        "text" => Compared::Text,
        "number" | "person" | "job" => Compared::Number,
        "date" => Compared::DateOnly,
        "listnode" => Compared::Nodes,
        _ => return None,
    };
    Some(What::Absent(compared, None))
}

fn compared(field: &Field, kind: &str) -> Option<Compared> {
    match (kind, field.kind) {
        ("text", Kind::Text | Kind::LongText | Kind::RichText | Kind::Choice(_)) => Some(Compared::Text),
        ("number", Kind::Number) | ("person", Kind::Profile(ProfileType::People)) | ("job", Kind::Profile(ProfileType::Jobs)) => {
            Some(Compared::Number)
        }
        ("date", Kind::Date) => Some(Compared::DateOnly),
        ("date", Kind::DateTime) => Some(Compared::DateTime),
        ("listnode", Kind::Node(_) | Kind::Nodes(_)) => Some(Compared::Nodes),
        _ => None,
    }
}
