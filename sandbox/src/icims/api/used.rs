//! Which fields a call used, attached to its answer for the [`ledger`](crate::icims::ledger). Names that no field has are left out.

use std::borrow::Cow;

use axum::response::Response;
use serde_json::Value as Json;

use crate::icims::ledger::{Use, Used};
use crate::icims::schema::ProfileType;
use crate::icims::state::collections::collection_of;

/// How deep groups of a search are looked into; deeper ones are refused by the search itself.
const DEPTH: usize = 20;

/// An answer to a call that used these fields.
pub(super) fn used(mut answer: Response, kind: ProfileType, how: Use, fields: Vec<Cow<'static, str>>) -> Response {
    answer.extensions_mut().insert(Used { kind, how, fields });
    answer
}

/// The fields among these names.
pub(super) fn keys(kind: ProfileType, names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Cow<'static, str>> {
    names.into_iter().filter_map(|name| kind.field(name.as_ref())).map(|field| field.name.into()).collect()
}

/// A collection and its sub-fields among the keys of an entry.
pub(super) fn entry_keys(kind: ProfileType, collection: &str, has: impl Fn(&str) -> bool) -> Vec<Cow<'static, str>> {
    let children = collection_of(kind, collection).map_or(&[][..], |(_, children)| children);
    let known = children.iter().filter(|child| has(child.name));
    let known = known.map(|child| format!("{collection}.{}", child.name));
    std::iter::once(collection.to_owned()).chain(known).map(Cow::Owned).collect()
}

/// The names that a search, which has been understood, filters by.
pub(super) fn filters(json: &Json) -> Vec<Cow<'static, str>> {
    let mut names = Vec::new();
    collect(json, DEPTH, &mut names);
    names.sort();
    names.dedup();
    names.into_iter().map(Cow::Owned).collect()
}

fn collect(group: &Json, depth: usize, names: &mut Vec<String>) {
    let list = |key: &str| group.get(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    names.extend(list("filters").iter().filter_map(|filter| filter.get("name")?.as_str()).map(str::to_owned));
    if depth > 0 {
        list("children").iter().for_each(|child| collect(child, depth - 1, names));
    }
}
