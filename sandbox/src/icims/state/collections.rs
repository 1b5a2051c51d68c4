//! Entries of collections one by one: addresses, phones, assessment results and the rest (icims-api 9.1).

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::icims::model::{Entry, EntryId, ProfileKey, Record, Value};
use crate::icims::schema::{Field, Kind, ProfileType};

use super::reader::Reader;
use super::{CustomerState, Refusal};

/// Most entries that one collection of one profile holds (*assumed*).
pub(super) const ENTRY_LIMIT: usize = 1_000;

/// The collection with this name and its sub-fields.
#[must_use]
pub fn collection_of(kind: ProfileType, name: &str) -> Option<(&'static Field, &'static [Field])> {
    let field = kind.field(name)?;
    match field.kind {
        Kind::Entries(children) => Some((field, children)),
        _ => None,
    }
}

/// The entry of a collection with this id.
pub(super) fn entry_of<'a>(record: &'a Record, collection: &str, id: EntryId) -> Option<&'a Entry> {
    record.entries(collection).iter().find(|entry| entry.entry == Some(id))
}

impl CustomerState {
    /// One entry.
    ///
    /// # Errors
    /// When profile, collection or entry do not exist.
    pub fn entry(&self, key: ProfileKey, collection: &str, id: EntryId) -> Result<Cow<'_, Entry>, Refusal> {
        let record = self.told(key, |field| field == collection).ok_or(Refusal::NotFound(key.0))?;
        let found = match &record {
            Cow::Borrowed(record) => entry_of(record, collection, id).map(Cow::Borrowed),
            Cow::Owned(record) => entry_of(record, collection, id).cloned().map(Cow::Owned),
        };
        found.ok_or_else(|| Refusal::EntryNotFound(collection.to_owned()))
    }

    /// Adds an entry. An equal one is not stored twice: the answer is the entry that is there (icims-api 9.1).
    ///
    /// # Errors
    /// When profile or collection do not exist, a value does not fit, or the collection is full.
    pub fn add_entry(
        &mut self,
        key: ProfileKey,
        collection: &str,
        object: &Map<String, Json>,
        now: Timestamp,
    ) -> Result<EntryId, Refusal> {
        let (field, children) = self.open_collection(key, collection)?;
        self.write_out(key)?;
        let mut reader = Reader::new(self);
        let fields = reader.entry_fields(children, object)?;
        let fresh = reader.fresh;
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let known = self.record(key).map_or(&[][..], |record| record.entries(field.name));
        if let Some(same) = known.iter().find(|known| known.fields == fields).and_then(|known| known.entry) {
            return Ok(same);
        }
        if known.len() >= ENTRY_LIMIT {
            return Err(Refusal::Invalid(field.name.into()));
        }
        self.add_fresh(fresh);
        let counters = self.counters.edit();
        let id = EntryId::new(counters.entry);
        counters.entry += 1;
        self.change_entries(key, field.name, now, |entries| entries.push(Entry { entry: Some(id), fields }));
        Ok(id)
    }

    /// Changes the given sub-fields of an entry. If another entry is already what this one would become, nothing changes
    /// (icims-api 9.1).
    ///
    /// # Errors
    /// When profile, collection or entry do not exist, or a value does not fit.
    pub fn edit_entry(
        &mut self,
        key: ProfileKey,
        collection: &str,
        id: EntryId,
        object: &Map<String, Json>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (field, children) = self.open_collection(key, collection)?;
        self.write_out(key)?;
        let mut wanted = self.entry(key, field.name, id)?.into_owned();
        let mut reader = Reader::new(self);
        for (name, value) in reader.entry_fields(children, object)? {
            match value {
                Some(value) => wanted.fields.insert(name.into(), value),
                None => wanted.fields.remove(name),
            };
        }
        let fresh = reader.fresh;
        let known = self.record(key).map_or(&[][..], |record| record.entries(field.name));
        if known.iter().any(|known| known.fields == wanted.fields) {
            return Ok(());
        }
        self.add_fresh(fresh);
        self.change_entries(key, field.name, now, |entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.entry == Some(id)) {
                *entry = wanted;
            }
        });
        Ok(())
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// When profile, collection or entry do not exist.
    pub fn remove_entry(&mut self, key: ProfileKey, collection: &str, id: EntryId, now: Timestamp) -> Result<(), Refusal> {
        let (field, _) = self.open_collection(key, collection)?;
        self.write_out(key)?;
        let removed = self.entry(key, field.name, id)?.into_owned();
        self.drop_entry_files(&removed);
        self.change_entries(key, field.name, now, |entries| entries.retain(|entry| entry.entry != Some(id)));
        Ok(())
    }

    fn open_collection(&self, key: ProfileKey, collection: &str) -> Result<(&'static Field, &'static [Field]), Refusal> {
        self.record(key).ok_or(Refusal::NotFound(key.0))?;
        collection_of(key.0, collection).ok_or_else(|| Refusal::EntryNotFound(collection.to_owned()))
    }

    fn add_fresh(&mut self, fresh: Vec<crate::icims::model::Node>) {
        if !fresh.is_empty() {
            self.counters.edit().node += fresh.len() as u64;
        }
        for node in fresh {
            self.lists.put(node.id.clone(), node);
        }
    }

    fn change_entries(&mut self, key: ProfileKey, name: &'static str, now: Timestamp, change: impl FnOnce(&mut Vec<Entry>)) {
        let Some(mut record) = self.edit_record(key) else { return };
        let mut entries = record.entries(name).to_vec();
        change(&mut entries);
        record.updated = now;
        if entries.is_empty() {
            record.fields.remove(name);
        } else {
            record.fields.insert(name.into(), Value::Entries(entries));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::fixture::{LABEL, Platform, now, platform};

    const RESULTS: &str = "assessmentresults";

    fn key(platform: &Platform) -> ProfileKey {
        (ProfileType::Workflows, platform.workflow.get())
    }

    fn add(platform: &mut Platform, row: &Json) -> Result<EntryId, Refusal> {
        platform.state.add_entry(key(platform), RESULTS, row.as_object().expect("an object"), now())
    }

    #[test]
    fn an_identical_entry_is_a_success_without_a_second_row() {
        let mut platform = platform();
        let row = json!({"assessmentname": {"value": LABEL}, "assessmentstatus": {"id": "D37002019003"}});
        let first = add(&mut platform, &row).expect("a row");
        assert_eq!(add(&mut platform, &row).expect("the same row"), first);
        assert_eq!(platform.state.workflow(platform.workflow).expect("the workflow").results().len(), 1);
    }

    #[test]
    fn a_name_that_is_not_in_the_list_is_refused_in_the_documented_words() {
        let mut platform = platform();
        let refusal =
            add(&mut platform, &json!({"assessmentname": {"value": "Harver Nothing – 0"}})).expect_err("not in the list");
        assert_eq!(refusal.to_string(), "assessmentname: Invalid value.");
        let on_job =
            platform.state.node_labelled(crate::icims::schema::list::ASSESSMENT_TYPE, LABEL).expect("the node").id.clone();
        let refusal = add(&mut platform, &json!({"assessmentname": {"id": on_job}})).expect_err("the node of the other list");
        assert_eq!(refusal.to_string(), "assessmentname: Invalid value.");
    }

    #[test]
    fn result_and_notes_have_their_limits_in_characters() {
        let mut platform = platform();
        let long = |field: &str, length: usize| json!({field: "ä".repeat(length)});
        assert!(add(&mut platform, &long("assessmentresult", 128)).is_ok());
        assert!(add(&mut platform, &long("assessmentnotes", 192)).is_ok());
        assert!(matches!(add(&mut platform, &long("assessmentresult", 129)), Err(Refusal::TooLong { max: 128, .. })));
        assert!(matches!(add(&mut platform, &long("assessmentnotes", 193)), Err(Refusal::TooLong { max: 192, .. })));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_null_removes() {
        let mut platform = platform();
        let id = add(&mut platform, &json!({"assessmentresult": "Great Fit", "assessmentscore": 78})).expect("a row");
        let change = json!({"assessmentscore": 79.5, "assessmentresult": null});
        platform.state.edit_entry(key(&platform), RESULTS, id, change.as_object().expect("an object"), now()).expect("a change");
        let entry = platform.state.entry(key(&platform), RESULTS, id).expect("the row");
        assert_eq!(entry.fields.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["assessmentscore"]);
    }
}
