//! A set of field values on its way into a profile: read and checked as a whole, then applied as a whole.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::icims::model::{Entry, EntryId, Node, ProfileKey, Record, Value};
use crate::icims::schema::{Field, Kind, ProfileType, list};

use super::collections::ENTRY_LIMIT;
use super::reader::Reader;
use super::users::Rights;
use super::{CustomerState, Refusal};

/// Something about a request that is not worth refusing it; code 4 of the API (icims-api 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The field as the caller wrote it.
    pub field: String,
    /// What is wrong with it.
    pub message: &'static str,
}

impl Warning {
    /// The warning for a field name that no field of the type has.
    #[must_use]
    pub fn unknown_field(name: &str) -> Self {
        let message =
            if name.chars().any(char::is_uppercase) { "Field name must be all lowercase." } else { "Field does not exist." };
        Self { field: name.to_owned(), message }
    }
}

/// Values by field; `None` removes the value.
type Values = BTreeMap<&'static str, Option<Value>>;

/// What is to become of a profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub(super) values: Values,
    pub(super) fresh: Vec<Node>,
    /// What the caller should know although the change is accepted.
    pub warnings: Vec<Warning>,
}

impl Changes {
    /// The new value of a field; `None` when the field is not touched or loses its value.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.values.get(field)?.as_ref()
    }

    /// Sets a value that the program itself knows to fit.
    pub(super) fn set(&mut self, kind: ProfileType, field: &str, value: Value) {
        let field = kind.field(field).expect("the program sets fields of the schema");
        self.values.insert(field.name, Some(value));
    }

    /// The field loses its value.
    pub(super) fn clears(&self, field: &str) -> bool {
        matches!(self.values.get(field), Some(None))
    }
}

impl CustomerState {
    /// Reads a profile object of the API. Unknown and read-only fields, and those hidden from the caller, are left out with a warning.
    ///
    /// # Errors
    /// When a value does not fit its field.
    pub fn read_changes(&self, kind: ProfileType, object: &Map<String, Json>, rights: &Rights) -> Result<Changes, Refusal> {
        self.read_as(kind, object, Reader::new(self), |field| !rights.hides(kind, field))
    }

    /// Reads a profile object that a screen, a seed or a test has put together, which may write what integration users may not.
    ///
    /// # Errors
    /// When a value does not fit its field.
    pub fn read_screen(&self, kind: ProfileType, object: &Map<String, Json>) -> Result<Changes, Refusal> {
        self.read_as(kind, object, Reader::new(self), |_| true)
    }

    /// Reads what a screen sends that shows a profile to be changed: what the profile has can be sent back, also where a list offers it
    /// no more.
    ///
    /// # Errors
    /// When a value does not fit its field.
    pub fn read_form(&self, key: ProfileKey, object: &Map<String, Json>) -> Result<Changes, Refusal> {
        self.read_as(key.0, object, Reader::keeping(self, self.record(key)), |_| true)
    }

    fn read_as(
        &self,
        kind: ProfileType,
        object: &Map<String, Json>,
        mut reader: Reader<'_>,
        may_write: impl Fn(&str) -> bool,
    ) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        for (name, json) in object {
            match kind.field(name) {
                None => changes.warnings.push(Warning::unknown_field(name)),
                Some(Field { kind: Kind::System | Kind::File, .. }) => {
                    changes.warnings.push(Warning { field: name.clone(), message: "Field is read only." });
                }
                Some(field) if !may_write(field.name) => {
                    changes.warnings.push(Warning { field: name.clone(), message: "Field is not accessible." });
                }
                Some(field) => {
                    let value = reader.value(field, json)?;
                    changes.values.insert(field.name, value);
                }
            }
        }
        changes.fresh = reader.fresh;
        Ok(changes)
    }

    /// Checks what must hold when a profile is made: required fields have a value.
    pub(super) fn check_required(kind: ProfileType, changes: &Changes) -> Result<(), Refusal> {
        match kind.fields().iter().find(|field| field.required && changes.get(field.name).is_none()) {
            Some(field) => Err(Refusal::Required(field.name.into())),
            None => Ok(()),
        }
    }

    /// Checks what must hold when a profile is changed: required fields keep a value, named entries exist.
    pub(super) fn check_amendment(&self, key: ProfileKey, changes: &Changes) -> Result<(), Refusal> {
        let record = self.record(key).ok_or(Refusal::NotFound(key.0))?;
        if let Some(field) = key.0.fields().iter().find(|field| field.required && changes.clears(field.name)) {
            return Err(Refusal::Required(field.name.into()));
        }
        for (name, value) in &changes.values {
            let Some(Value::Entries(entries)) = value else { continue };
            let known = record.entries(name);
            let missing = |entry: &Entry| entry.entry.is_some() && !known.iter().any(|known| known.entry == entry.entry);
            if entries.iter().any(missing) {
                return Err(Refusal::EntryNotFound((*name).into()));
            }
            if known.len() + entries.len() > ENTRY_LIMIT {
                return Err(Refusal::Invalid((*name).into()));
            }
        }
        Ok(())
    }

    /// Applies checked changes to a profile that exists.
    pub(super) fn apply(&mut self, key: ProfileKey, changes: Changes, now: Timestamp) {
        let (mut values, mut next_entry) = (self.take_in(changes), self.counters.get().entry);
        self.keep_listed_source(self.record(key), &mut values);
        let Some(mut record) = self.edit_record(key) else { return };
        record.updated = now;
        merge(&mut record, values, &mut next_entry);
        drop(record);
        self.number_entries_from(next_entry);
    }

    /// The record of a new profile with checked values.
    pub(super) fn new_record(&mut self, changes: Changes, now: Timestamp) -> Record {
        let (mut values, mut next_entry) = (self.take_in(changes), self.counters.get().entry);
        self.keep_listed_source(None, &mut values);
        let mut record = Record::new(now);
        merge(&mut record, values, &mut next_entry);
        self.number_entries_from(next_entry);
        record
    }

    /// Takes in what the changes add to lists; the values are left.
    fn take_in(&mut self, changes: Changes) -> Values {
        if !changes.fresh.is_empty() {
            self.counters.edit().node += changes.fresh.len() as u64;
        }
        for node in changes.fresh {
            self.lists.put(node.id.clone(), node);
        }
        changes.values
    }

    /// `sourcename` is stored only beside a `source` that is an option of the list (icims-api 7.2, 12).
    fn keep_listed_source(&self, before: Option<&Record>, values: &mut Values) {
        if !values.contains_key("source") && !values.contains_key("sourcename") {
            return;
        }
        let source = match values.get("source") {
            Some(Some(Value::Text(source))) => source,
            Some(_) => "",
            None => before.map_or("", |record| record.text("source")),
        };
        if self.node_labelled(list::SOURCES, source).is_none() {
            values.insert("sourcename", None);
        }
    }

    fn number_entries_from(&mut self, next: u64) {
        if next != self.counters.get().entry {
            self.counters.edit().entry = next;
        }
    }
}

fn merge(record: &mut Record, values: Values, next_entry: &mut u64) {
    for (name, value) in values {
        match value {
            None => {
                record.fields.remove(name);
            }
            Some(Value::Entries(incoming)) => merge_entries(record, name, incoming, next_entry),
            Some(value) => {
                record.fields.insert(name.into(), value);
            }
        }
    }
}

/// Entries with an id are updated, others are appended unless an equal one is there; entries not mentioned stay (icims-api 8.5).
fn merge_entries(record: &mut Record, name: &'static str, incoming: Vec<Entry>, next_entry: &mut u64) {
    let mut entries = record.entries(name).to_vec();
    for item in incoming {
        let known = entries.iter().position(|known| item.entry.is_some() && known.entry == item.entry);
        match known {
            Some(position) => entries[position].fields.extend(item.fields),
            None if entries.iter().any(|known| known.fields == item.fields) => {}
            None => {
                entries.push(Entry { entry: Some(EntryId::new(*next_entry)), fields: item.fields });
                *next_entry += 1;
            }
        }
    }
    if entries.is_empty() {
        record.fields.remove(name);
    } else {
        record.fields.insert(name.into(), Value::Entries(entries));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::fixture::{now, platform, read};

    #[test]
    fn source_specifics_are_kept_only_beside_a_listed_source() {
        let mut platform = platform();
        let mut edit = |values: serde_json::Value| {
            let changes = read(&platform.state, ProfileType::Workflows, values);
            platform.state.edit_workflow(platform.workflow, changes, platform.ines, now()).expect("values");
            platform.state.workflow(platform.workflow).expect("the workflow").record.text("sourcename").to_owned()
        };
        assert_eq!(edit(json!({"source": null, "sourcename": "Walk-in"})), "", "there is no source");
        assert_eq!(edit(json!({"source": "Carrier pigeon", "sourcename": "Walk-in"})), "");
        assert_eq!(edit(json!({"sourcename": "Walk-in"})), "", "the stored source is none");
        assert_eq!(edit(json!({"source": "Job Board", "sourcename": "Walk-in"})), "Walk-in");
        assert_eq!(edit(json!({"sourcename": "Fair"})), "Fair");
        assert_eq!(edit(json!({"source": "Smoke signals"})), "", "it was the other source's");
        let values = json!({"firstname": "Ana", "lastname": "Sol", "source": "Smoke signals", "sourcename": "Hill"});
        let person = platform.state.create_person(read(&platform.state, ProfileType::People, values), now()).expect("a person");
        assert_eq!(platform.state.person(person).expect("the person").record.text("sourcename"), "");
    }

    #[test]
    fn an_unknown_school_is_added_to_its_list_and_another_label_is_not() {
        let mut platform = platform();
        let key = (ProfileType::People, platform.ines.get());
        let values = json!({"education": [{"school": {"value": "Quayside College"}, "degree": {"value": "Diploma"}}]});
        let values = read(&platform.state, ProfileType::People, values);
        platform.state.edit_person(platform.ines, values, now()).expect("values");
        assert!(platform.state.node_labelled(crate::icims::schema::list::SCHOOL, "Quayside College").is_some());
        assert_eq!(platform.state.record(key).expect("the record").entries("education").len(), 1);
        let folder = json!({"folder": {"value": "Cand:Imaginary"}});
        let refusal = platform.state.read_screen(ProfileType::People, folder.as_object().expect("an object"));
        assert_eq!(refusal.expect_err("not in the list").to_string(), "folder: Invalid value.");
    }

    #[test]
    fn a_new_label_that_is_written_twice_is_added_once() {
        let platform = platform();
        let school = |label: &str| json!({"school": {"value": label}});
        let values = json!({"education": [school("Quayside"), school("Harbour"), school(" Quayside")]});
        let changes = read(&platform.state, ProfileType::People, values);
        let labels: Vec<&str> = changes.fresh.iter().map(|node| node.label.as_str()).collect();
        assert_eq!(labels, ["Quayside", "Harbour"]);
        assert_ne!(changes.fresh[0].id, changes.fresh[1].id);
    }

    #[test]
    fn unknown_names_are_passed_over_with_a_warning() {
        let platform = platform();
        let object = json!({"StartDate": "2031-01-01", "shoesize": 41, "jobid": "x"});
        let changes = platform.state.read_screen(ProfileType::Jobs, object.as_object().expect("an object")).expect("no refusal");
        let messages: Vec<&str> = changes.warnings.iter().map(|warning| warning.message).collect();
        assert_eq!(messages, ["Field name must be all lowercase.", "Field is read only.", "Field does not exist."]);
        assert!(changes.values.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_json_makes_the_reader_panic(name in proptest::sample::select(ProfileType::People.fields()), text in "\\PC{0,30}", number in proptest::num::f64::ANY) {
            let platform = platform();
            let name = name.name;
            let shapes = [json!(text), json!(number), json!([text]), json!([{"id": text}]), json!({"id": text, "value": number}),
                json!({"amount": number, "currency": text}), json!([{"entry": number, "phonenumber": text}]), json!({"abbrev": text})];
            for shape in shapes {
                let object = json!({name: shape});
                if let Ok(changes) = platform.state.read_screen(ProfileType::People, object.as_object().expect("an object")) {
                    let mut state = crate::icims::state::fixture::platform().state;
                    let _ = state.edit_person(platform.ines, changes, now());
                }
            }
        }
    }
}
