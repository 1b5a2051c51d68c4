//! Field values by name, laid out for a million records: pairs in the order of their names, names shared by all records.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::values::Value;
use crate::icims::schema::{Field, Kind, ProfileType};

/// Every name that a field of the schema has. Nothing else names a value, so that no input fills the memory with made-up names.
static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    fn names(fields: &'static [Field]) -> Vec<&'static str> {
        let below = |field: &Field| match field.kind {
            Kind::Entries(children) => names(children),
            _ => Vec::new(),
        };
        fields.iter().flat_map(|field| below(field).into_iter().chain([field.name])).collect()
    }
    ProfileType::ALL.into_iter().flat_map(|kind| names(kind.fields())).collect()
});

/// The name of a field. Equal names are one text in memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldName(&'static str);

impl FieldName {
    /// The field of the schema that has this name.
    #[must_use]
    pub fn known(name: &str) -> Option<Self> {
        NAMES.get(name).copied().map(Self)
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// For names that the program itself writes; whatever is read goes through [`FieldName::known`].
impl From<&'static str> for FieldName {
    fn from(name: &'static str) -> Self {
        Self(name)
    }
}

/// Values by field name, in the order of the names. Stored and read as a JSON object.
#[derive(Clone, Default, PartialEq)]
pub struct Fields(Vec<(FieldName, Value)>);

impl Fields {
    /// No values, with room for as many as will come.
    #[must_use]
    pub fn with_room(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|place| &self.0[place].1)
    }

    /// The value of a field, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.place(name).ok().map(|place| &mut self.0[place].1)
    }

    /// Sets the value of a field and returns the one it had.
    pub fn insert(&mut self, name: FieldName, value: Value) -> Option<Value> {
        match self.place(name.0) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                // Records are many and rarely grow: one more place, not twice as many.
                self.0.reserve_exact(1);
                self.0.insert(place, (name, value));
                None
            }
        }
    }

    /// Takes the value of a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|place| self.0.remove(place).1)
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (name.0, value))
    }

    /// Whether no field has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.0.cmp(name))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<FieldName>> Extend<(N, Value)> for Fields {
    fn extend<I: IntoIterator<Item = (N, Value)>>(&mut self, pairs: I) {
        for (name, value) in pairs {
            self.insert(name.into(), value);
        }
    }
}

impl<N: Into<FieldName>> FromIterator<(N, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(pairs: I) -> Self {
        let mut fields = Self::default();
        fields.extend(pairs);
        fields
    }
}

impl IntoIterator for Fields {
    type Item = (FieldName, Value);
    type IntoIter = std::vec::IntoIter<(FieldName, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of field values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some((name, value)) = map.next_entry::<std::borrow::Cow<'de, str>, Value>()? {
                    let known = FieldName::known(&name);
                    fields.insert(known.ok_or_else(|| A::Error::custom(format!("{name:?} is no field")))?, value);
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const NAMED: &[&str] = &["email", "firstname", "folder", "lastname", "source"];

    #[test]
    fn a_name_that_no_field_has_is_refused_and_not_kept() {
        let before = NAMES.len();
        let read = |name: &str| serde_json::from_value::<Fields>(serde_json::json!({ name: {"number": 1} }));
        for made_up in 0..100 {
            let error = read(&format!("shoesize{made_up}")).expect_err("no field");
            assert!(error.to_string().contains("is no field"), "{error}");
        }
        assert_eq!(NAMES.len(), before);
    }

    proptest! {
        #[test]
        fn fields_hold_store_and_read_what_a_map_would(changes in proptest::collection::vec((proptest::sample::select(NAMED), proptest::option::of(0_i64..9)), 0..30)) {
            let (mut fields, mut map) = (Fields::default(), BTreeMap::new());
            for (name, value) in changes {
                match value {
                    Some(number) => prop_assert_eq!(fields.insert(name.into(), Value::Number(number)), map.insert(name, Value::Number(number))),
                    None => prop_assert_eq!(fields.remove(name), map.remove(name)),
                }
            }
            let text = serde_json::to_string(&fields).expect("fields are JSON");
            prop_assert_eq!(&text, &serde_json::to_string(&map).expect("a map is JSON"));
            prop_assert_eq!(serde_json::from_str::<Fields>(&text).expect("it was written so"), fields);
        }
    }
}
