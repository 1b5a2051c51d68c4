//! JSON whose keys are known beforehand, written without copying them.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// An object, by the order of its keys as all objects of the API.
#[derive(Debug, Default)]
pub(super) struct Object<'a>(Vec<(&'static str, Shown<'a>)>);

impl<'a> Object<'a> {
    /// An object without keys, and with room for as many as most have.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(24))
    }

    pub(super) fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_ok()
    }

    pub(super) fn insert(&mut self, key: &'static str, value: Shown<'a>) {
        match self.place(key) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(key, _)| *key)
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(key))
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// A value of an answer. What lies in the state is not copied.
#[derive(Debug)]
pub(super) enum Shown<'a> {
    Text(Cow<'a, str>),
    List(Vec<Shown<'a>>),
    Object(Object<'a>),
    /// A small object whose keys stand in order already.
    Ordered(Vec<(&'static str, Shown<'a>)>),
    /// Whatever else JSON has.
    Other(Json),
}

impl Shown<'_> {
    /// An object of these keys, which stand in order.
    pub(super) fn ordered<const N: usize>(pairs: [(&'static str, Self); N]) -> Self {
        debug_assert!(pairs.is_sorted_by(|(one, _), (other, _)| one < other), "keys stand in order");
        Self::Ordered(pairs.into())
    }
}

impl From<String> for Shown<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a str> for Shown<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Shown<'_> {
    fn from(number: u64) -> Self {
        Self::Other(number.into())
    }
}

impl From<Json> for Shown<'_> {
    fn from(json: Json) -> Self {
        Self::Other(json)
    }
}

impl<'a> FromIterator<Shown<'a>> for Shown<'a> {
    fn from_iter<T: IntoIterator<Item = Shown<'a>>>(items: T) -> Self {
        Self::List(items.into_iter().collect())
    }
}

impl Serialize for Shown<'_> {
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
