//! What seeded people have behind them: a home, work history, education, gender and a résumé (icims-api 5.11).
//!
//! There may be a million of them, so a person holds one number, and this is told from it when somebody asks. Before a profile is
//! changed, everything is written out into its values, as somebody would have entered it; from then on it is a profile like any other.
//! Stored numbers are told by the tables and questions here, so those do not change.
//! Read [`home`], [`work`] and [`studies`] for what there is to choose from, [`resume`] for the document.

mod home;
mod packed;
mod resume;
mod studies;
mod work;

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

#[cfg(test)]
pub(in crate::icims) use resume::resumes_written;

use super::delivered::known;
use super::files::{FilePlace, HeldFile, NewFile, media_of};
use super::{CustomerState, Refusal};
use crate::icims::model::{Entry, EntryId, Fields, FileId, FileRef, Life, PersonId, ProfileKey, Record, Value};
use crate::icims::schema::ProfileType;

/// The fields that are told, the résumé aside.
const TOLD: [&str; 4] = ["addresses", "education", "gender", "workexperience"];
/// The field of the résumé.
const RESUME: &str = "resume";
/// Where the ids of told entries begin: they follow from the person's id, far behind those that are handed out one by one.
const FIRST_ENTRY: u64 = 1_000_000_000;
/// How many ids each person has for them.
const ENTRIES_EACH: u64 = 8;

/// A life with the profile that it belongs to.
struct Story<'a> {
    state: &'a CustomerState,
    person: PersonId,
    life: Life,
    record: &'a Record,
}

impl CustomerState {
    /// Gives a person a home, work history, education, gender and a résumé.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn give_life(&mut self, id: PersonId, life: Life) -> Result<(), Refusal> {
        let mut person = self.people.edit(&id).ok_or(Refusal::NotFound(ProfileType::People))?;
        person.life = Some(life);
        Ok(())
    }

    /// The values of any profile; of what is told from a life, those that are `wanted` by field name.
    #[must_use]
    pub fn told(&self, key: ProfileKey, wanted: impl Fn(&str) -> bool) -> Option<Cow<'_, Record>> {
        let record = self.record(key)?;
        let Some(story) = self.story(key).filter(|_| TOLD.into_iter().chain([RESUME]).any(&wanted)) else {
            return Some(Cow::Borrowed(record));
        };
        let mut told = record.clone();
        for name in TOLD.into_iter().filter(|name| wanted(name)) {
            told.fields.insert(name.into(), story.value(name));
        }
        if wanted(RESUME) {
            told.fields.insert(RESUME.into(), Value::File(Box::new(story.held_resume().0)));
        }
        Some(Cow::Owned(told))
    }

    /// The value of a sub-field in the address that is told of a person.
    #[must_use]
    pub(in crate::icims) fn told_home(&self, key: ProfileKey, field: &str) -> Option<Value> {
        home::value(self.story(key)?.life, field)
    }

    /// The file at a place, if it is a résumé that is told.
    pub(super) fn told_file(&self, place: FilePlace<'_>) -> Option<HeldFile<'_>> {
        let story = self.story(place.key).filter(|_| place.field == RESUME && place.child.is_none())?;
        let (about, file) = story.held_resume();
        Some(HeldFile { about: Cow::Owned(about), bytes: Cow::Owned(file.bytes) })
    }

    /// Puts what is told of a person among the values, as it is about to be changed.
    ///
    /// # Errors
    /// When there is no room for the résumé.
    pub(super) fn write_out(&mut self, key: ProfileKey) -> Result<(), Refusal> {
        let Some(story) = self.story(key) else { return Ok(()) };
        let (file, id) = (story.resume(), story.person);
        let Some(mut record) = self.told(key, |field| field != RESUME).map(Cow::into_owned) else { return Ok(()) };
        if let Some(field) = key.0.field(RESUME) {
            self.check_room(field, &file, 0)?;
        }
        let resume = self.store_file(file, record.created);
        record.fields.insert(RESUME.into(), Value::File(Box::new(resume)));
        if let Some(mut person) = self.people.edit(&id) {
            person.record = record;
            person.life = None;
        }
        Ok(())
    }

    fn story(&self, (kind, id): ProfileKey) -> Option<Story<'_>> {
        let person = self.person(PersonId::new(id)).filter(|_| kind == ProfileType::People)?;
        Some(Story { state: self, person: person.id, life: person.life?, record: &person.record })
    }
}

impl Story<'_> {
    fn value(&self, field: &str) -> Value {
        match field {
            "addresses" => self.entries(0, vec![home::address(self.life)]),
            "workexperience" => self.entries(1, self.posts().iter().map(|post| post.fields()).collect()),
            "education" => self.entries(5, vec![studies::fields(self.life, self.first_day_at_work())]),
            _ => Value::Text(studies::gender(self.record.text("firstname")).into()),
        }
    }

    /// Entries of a collection; the ids of a person's collections do not meet.
    fn entries(&self, place: u64, all: Vec<Fields>) -> Value {
        let ids = FIRST_ENTRY + self.person.get() * ENTRIES_EACH + place..;
        Value::Entries(ids.zip(all).map(|(id, fields)| Entry { entry: Some(EntryId::new(id)), fields }).collect())
    }

    /// Newest first, as résumés have it.
    fn posts(&self) -> Vec<work::Post> {
        work::posts(self.life, self.made())
    }

    fn first_day_at_work(&self) -> Date {
        self.posts().last().map_or_else(|| self.made(), |post| post.from)
    }

    /// The day on which the profile was made.
    fn made(&self) -> Date {
        self.record.created.to_zoned(TimeZone::UTC).date()
    }

    fn resume(&self) -> NewFile {
        resume::written(self)
    }

    /// The résumé and what a record holds of it. It is no row: its bytes are written anew for everybody who asks.
    fn held_resume(&self) -> (FileRef, NewFile) {
        let file = self.resume();
        let (name, media, size) = (file.name.clone(), media_of(&file.name).to_owned(), file.bytes.len() as u64);
        (FileRef { id: FileId::new(0), name, media, size, uploaded: self.record.created }, file)
    }
}

/// A node of the lists that every tenant has.
fn node(id: &str) -> Value {
    Value::Node(known(id))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use serde_json::json;

    use super::*;
    use crate::icims::state::fixture::{Platform, now, platform, read};

    /// The platform, where Ines has a life.
    fn lived() -> (Platform, ProfileKey) {
        let mut platform = platform();
        platform.state.give_life(platform.ines, Life::new(NonZeroU32::new(7).expect("not zero"))).expect("she is there");
        let key = (ProfileType::People, platform.ines.get());
        (platform, key)
    }

    fn all(state: &CustomerState, key: ProfileKey) -> Record {
        state.told(key, |_| true).expect("the record").into_owned()
    }

    /// Everything that can be seen of a profile; which row has the bytes of the résumé cannot.
    fn seen(state: &CustomerState, key: ProfileKey) -> (Record, Vec<u8>) {
        let file = state.file(FilePlace { key, field: RESUME, child: None }).expect("a file");
        let bytes = file.bytes.into_owned();
        let mut record = all(state, key);
        if let Some(Value::File(about)) = record.fields.get_mut(RESUME) {
            about.id = FileId::new(0);
        }
        (record, bytes)
    }

    #[test]
    fn a_change_leaves_everything_else_as_it_was_told() {
        let (mut platform, key) = lived();
        let before = seen(&platform.state, key);
        let values = read(&platform.state, ProfileType::People, json!({"middlename": "Ada"}));
        platform.state.edit_person(platform.ines, values, before.0.updated).expect("a change");
        let mut after = seen(&platform.state, key);
        assert_eq!(after.0.fields.remove("middlename"), Some(Value::Text("Ada".into())));
        assert_eq!(after, before);
        assert_eq!(platform.state.person(platform.ines).expect("she is there").life, None);
        platform.state.check_lookups();
    }

    #[test]
    fn entries_that_are_told_can_be_changed_and_taken_away() {
        let (mut platform, key) = lived();
        let posts = all(&platform.state, key).entries("workexperience").to_vec();
        let first = posts[0].entry.expect("an id");
        let change = json!({"workemployer": "Quayside Foods"});
        platform.state.edit_entry(key, "workexperience", first, change.as_object().expect("an object"), now()).expect("a change");
        let home = all(&platform.state, key).entries("addresses")[0].entry.expect("an id");
        platform.state.remove_entry(key, "addresses", home, now()).expect("a removal");
        let after = all(&platform.state, key);
        assert_eq!(after.entries("workexperience").len(), posts.len());
        assert_eq!(after.entries("workexperience")[0].fields.get("workemployer"), Some(&Value::Text("Quayside Foods".into())));
        assert!(after.entries("addresses").is_empty());
    }

    #[test]
    fn a_resume_for_which_there_is_no_room_stops_the_change() {
        let (mut platform, key) = lived();
        platform.state.limits.file_bytes = 10;
        let values = read(&platform.state, ProfileType::People, json!({"middlename": "Ada"}));
        let refusal = platform.state.edit_person(platform.ines, values, now()).expect_err("there is no room");
        assert!(matches!(refusal, Refusal::NoRoomForFiles { limit: 10 }), "{refusal}");
        assert!(platform.state.told(key, |_| true).expect("the record").fields.get(RESUME).is_some());
    }

    /// Stored customers hold the numbers alone: whoever changes what they stand for changes what is stored.
    #[test]
    fn a_number_tells_the_same_life_in_every_version() {
        let (platform, key) = lived();
        let told = serde_json::to_value(all(&platform.state, key)).expect("JSON");
        insta::assert_json_snapshot!(told["fields"]);
    }
}
