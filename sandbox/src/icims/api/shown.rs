//! JSON whose keys are known beforehand, written without copying them.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// An object, by the order of its keys as all objects of the API.
pub(super) type Object = BTreeMap<&'static str, Shown>;

/// A value of an answer.
#[derive(Debug)]
pub(super) enum Shown {
    Text(String),
    List(Vec<Shown>),
    Object(Object),
    /// A small object whose keys stand in order already.
    Ordered(Vec<(&'static str, Shown)>),
    /// Whatever else JSON has.
    Other(Json),
}

impl Shown {
    /// An object of these keys, which stand in order.
    pub(super) fn ordered<const N: usize>(pairs: [(&'static str, Self); N]) -> Self {
        debug_assert!(pairs.is_sorted_by(|(one, _), (other, _)| one < other), "keys stand in order");
        Self::Ordered(pairs.into())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Shown {
    fn from(number: u64) -> Self {
        Self::Other(number.into())
    }
}

impl From<Json> for Shown {
    fn from(json: Json) -> Self {
        Self::Other(json)
    }
}

impl FromIterator<Shown> for Shown {
    fn from_iter<T: IntoIterator<Item = Shown>>(items: T) -> Self {
        Self::List(items.into_iter().collect())
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
            Self::Ordered(pairs) => serializer.collect_map(pairs.iter().map(|(key, value)| (key, value))),
            Self::Other(json) => json.serialize(serializer),
        }
    }
}
