//! Files on profiles and on entries of collections (icims-api 9.3, 9.4).

use std::borrow::Cow;

use jiff::Timestamp;

use crate::icims::model::{Entry, EntryId, FileBytes, FileId, FileRef, ProfileKey, Record, Value};
use crate::icims::schema::{Field, Kind};

use super::collections::{ENTRY_LIMIT, collection_of, entry_of};
use super::{CustomerState, Refusal};

/// The largest file, in bytes (*assumed*).
pub const FILE_LIMIT: usize = 10 * 1024 * 1024;
/// The longest file name, in characters (*assumed*).
const NAME_LIMIT: usize = 255;

/// Where a file is: in a field of a profile, or in a sub-field of one entry of a collection.
#[derive(Clone, Copy, Debug)]
pub struct FilePlace<'a> {
    /// The profile.
    pub key: ProfileKey,
    /// The field, or the collection.
    pub field: &'a str,
    /// The entry and its sub-field.
    pub child: Option<(EntryId, &'a str)>,
}

/// A file as it is read.
#[derive(Clone, Debug)]
pub struct HeldFile<'a> {
    /// What is known of it.
    pub about: Cow<'a, FileRef>,
    /// Its bytes.
    pub bytes: Cow<'a, [u8]>,
}

/// A file on its way in.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The name as the sender gives it, perhaps with a path.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl CustomerState {
    /// The file at a place.
    ///
    /// # Errors
    /// When the place does not exist, is not one for files, or is empty.
    pub fn file(&self, place: FilePlace<'_>) -> Result<HeldFile<'_>, Refusal> {
        let name = self.file_field(place)?.name;
        let stored = || match self.value_at(place) {
            Some(Value::File(about)) => {
                let bytes = self.files.get(&about.id).map_or(&[][..], |bytes| bytes.0.as_slice());
                Some(HeldFile { about: Cow::Borrowed(about.as_ref()), bytes: Cow::Borrowed(bytes) })
            }
            _ => None,
        };
        self.told_file(place).or_else(stored).ok_or_else(|| Refusal::NoFile(name.into()))
    }

    /// Puts a file at a place, instead of the one that is there.
    ///
    /// # Errors
    /// When the place does not exist or is not one for files, or the file is empty, too large, or too much.
    pub fn put_file(&mut self, place: FilePlace<'_>, file: NewFile, now: Timestamp) -> Result<(), Refusal> {
        let field = self.file_field(place)?;
        self.write_out(place.key)?;
        let replaced = match self.value_at(place) {
            Some(Value::File(old)) => Some((old.id, old.size)),
            _ => None,
        };
        self.check_room(field, &file, replaced.map_or(0, |(_, size)| size))?;
        if let Some((old, _)) = replaced {
            self.drop_file(old);
        }
        let value = Value::File(Box::new(self.store_file(file, now)));
        self.set_value(place, field, Some(value), now);
        Ok(())
    }

    /// Makes a new entry of a collection with one file in it.
    ///
    /// # Errors
    /// When there is no such profile, collection or sub-field, the collection is full, or the file is empty, too large or too much.
    pub fn add_file_entry(
        &mut self,
        key: ProfileKey,
        collection: &str,
        child: &str,
        file: NewFile,
        now: Timestamp,
    ) -> Result<EntryId, Refusal> {
        self.write_out(key)?;
        let record = self.record(key).ok_or(Refusal::NotFound(key.0))?;
        let (parent, children) = collection_of(key.0, collection).ok_or_else(|| Refusal::NotAFile(collection.to_owned()))?;
        let field = file_child(children, child)?;
        let mut entries = record.entries(parent.name).to_vec();
        if entries.len() >= ENTRY_LIMIT {
            return Err(Refusal::Invalid(parent.name.into()));
        }
        self.check_room(field, &file, 0)?;
        let value = Value::File(Box::new(self.store_file(file, now)));
        let counters = self.counters.edit();
        let id = EntryId::new(counters.entry);
        counters.entry += 1;
        entries.push(Entry { entry: Some(id), fields: [(field.name, value)].into_iter().collect() });
        if let Some(mut record) = self.edit_record(key) {
            record.updated = now;
            record.fields.insert(parent.name.into(), Value::Entries(entries));
        }
        Ok(id)
    }

    /// Takes a file away. The résumé of a person stays (icims-api 9.3).
    ///
    /// # Errors
    /// When the place does not exist, is not one for files, is empty, or is the résumé.
    pub fn remove_file(&mut self, place: FilePlace<'_>, now: Timestamp) -> Result<(), Refusal> {
        let field = self.file_field(place)?;
        self.write_out(place.key)?;
        let file = self.file(place)?.about.id;
        if place.child.is_none() && field.name == "resume" {
            return Err(Refusal::FileKept(field.name.into()));
        }
        self.drop_file(file);
        self.set_value(place, field, None, now);
        Ok(())
    }

    /// Drops the bytes of every file that a record refers to, before the record itself goes.
    pub(super) fn drop_files(&mut self, record: &Record) {
        for file in record.fields.iter().flat_map(|(_, value)| files_in(value)) {
            self.drop_file(file);
        }
    }

    pub(super) fn drop_entry_files(&mut self, entry: &Entry) {
        for file in entry.fields.iter().flat_map(|(_, value)| files_in(value)) {
            self.drop_file(file);
        }
    }

    fn drop_file(&mut self, id: FileId) {
        self.files.remove(&id);
    }

    pub(super) fn store_file(&mut self, file: NewFile, now: Timestamp) -> FileRef {
        let counters = self.counters.edit();
        let id = FileId::new(counters.file);
        counters.file += 1;
        let name = plain_name(&file.name);
        let size = file.bytes.len() as u64;
        self.files.put(id, FileBytes(file.bytes));
        FileRef { id, media: media_of(&name).to_owned(), name, size, uploaded: now }
    }

    pub(super) fn check_room(&self, field: &Field, file: &NewFile, freed: u64) -> Result<(), Refusal> {
        let size = file.bytes.len();
        if size == 0 {
            return Err(Refusal::Invalid(field.name.into()));
        }
        if size > FILE_LIMIT {
            return Err(Refusal::FileTooLarge { field: field.name.into(), limit: FILE_LIMIT });
        }
        let limit = self.limits.file_bytes;
        if self.files.lookups().0 - freed + size as u64 > limit {
            return Err(Refusal::NoRoomForFiles { limit });
        }
        Ok(())
    }

    /// The field of a place; profile and entry exist.
    fn file_field(&self, place: FilePlace<'_>) -> Result<&'static Field, Refusal> {
        let kind = place.key.0;
        self.record(place.key).ok_or(Refusal::NotFound(kind))?;
        match place.child {
            None => {
                let field = kind.field(place.field).filter(|field| field.kind == Kind::File);
                field.ok_or_else(|| Refusal::NotAFile(place.field.to_owned()))
            }
            Some((entry, child)) => {
                let (_, children) = collection_of(kind, place.field).ok_or_else(|| Refusal::NotAFile(place.field.to_owned()))?;
                self.entry(place.key, place.field, entry)?;
                file_child(children, child)
            }
        }
    }

    fn value_at(&self, place: FilePlace<'_>) -> Option<&Value> {
        match place.child {
            None => self.record(place.key)?.fields.get(place.field),
            Some((entry, child)) => entry_of(self.record(place.key)?, place.field, entry)?.fields.get(child),
        }
    }

    fn set_value(&mut self, place: FilePlace<'_>, field: &Field, value: Option<Value>, now: Timestamp) {
        let Some(mut record) = self.edit_record(place.key) else { return };
        record.updated = now;
        let fields = match place.child {
            None => &mut record.fields,
            Some((id, _)) => {
                let Some(Value::Entries(entries)) = record.fields.get_mut(place.field) else { return };
                let Some(entry) = entries.iter_mut().find(|entry| entry.entry == Some(id)) else { return };
                &mut entry.fields
            }
        };
        match value {
            Some(value) => fields.insert(field.name.into(), value),
            None => fields.remove(field.name),
        };
    }
}

fn file_child(children: &'static [Field], name: &str) -> Result<&'static Field, Refusal> {
    let child = children.iter().find(|child| child.name == name && child.kind == Kind::File);
    child.ok_or_else(|| Refusal::NotAFile(name.to_owned()))
}

fn files_in(value: &Value) -> Vec<FileId> {
    match value {
        Value::File(file) => vec![file.id],
        Value::Entries(entries) => {
            entries.iter().flat_map(|entry| entry.fields.iter()).flat_map(|(_, value)| files_in(value)).collect()
        }
        _ => Vec::new(),
    }
}

/// The last part of a path, without what cannot stand in a header or a file name.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !letter.is_control() && *letter != '"').take(NAME_LIMIT).collect();
    let plain = plain.trim();
    if plain.is_empty() { "file".into() } else { plain.into() }
}

/// The media type that goes with a name; unsupported formats are plain bytes (icims-api 9.3).
pub(super) fn media_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "rtf" => "application/rtf",
        "txt" => "text/plain",
        "htm" | "html" => "text/html",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::schema::ProfileType;
    use crate::icims::state::fixture::{now, platform};

    fn file(name: &str, size: usize) -> NewFile {
        NewFile { name: name.into(), bytes: vec![b'x'; size] }
    }

    #[test]
    fn replacing_and_removing_files_gives_their_room_back() {
        let mut platform = platform();
        let place = FilePlace { key: (ProfileType::People, platform.ines.get()), field: "field24317", child: None };
        platform.state.put_file(place, file("a.txt", 10), now()).expect("a file");
        platform.state.put_file(place, file("b.txt", 4), now()).expect("another");
        assert_eq!((platform.state.files.lookups().0, platform.state.files.len()), (4, 1));
        platform.state.remove_file(place, now()).expect("a removal");
        assert_eq!((platform.state.files.lookups().0, platform.state.files.len()), (0, 0));
        assert!(matches!(platform.state.file(place), Err(Refusal::NoFile(_))));
    }

    #[test]
    fn files_of_a_removed_entry_and_of_a_deleted_profile_go_with_them() {
        let mut platform = platform();
        let key = (ProfileType::People, platform.ines.get());
        let first = platform.state.add_file_entry(key, "field24316", "field24338", file("a.txt", 10), now()).expect("an entry");
        platform.state.add_file_entry(key, "field24316", "field24338", file("a.txt", 20), now()).expect("an entry");
        platform.state.remove_entry(key, "field24316", first, now()).expect("a removal");
        assert_eq!(platform.state.files.lookups().0, 20);
        platform.state.delete_profile(key, now()).expect("a deletion");
        assert_eq!((platform.state.files.lookups().0, platform.state.files.len()), (0, 0));
    }

    #[test]
    fn one_file_and_all_together_have_their_limits() {
        let mut platform = platform();
        let key = (ProfileType::People, platform.ines.get());
        let resume = FilePlace { key, field: "resume", child: None };
        let refusal = platform.state.put_file(resume, file("cv.pdf", FILE_LIMIT + 1), now()).expect_err("too large");
        assert!(matches!(refusal, Refusal::FileTooLarge { .. }));
        platform.state.limits.file_bytes = 5;
        assert!(matches!(platform.state.put_file(resume, file("cv.pdf", 6), now()), Err(Refusal::NoRoomForFiles { .. })));
        platform.state.put_file(resume, file("cv.pdf", 5), now()).expect("it fits exactly");
        assert!(platform.state.put_file(resume, file("cv.pdf", 5), now()).is_ok(), "the old one makes room");
    }

    #[test]
    fn a_resume_can_be_replaced_and_not_removed() {
        let mut platform = platform();
        let place = FilePlace { key: (ProfileType::People, platform.ines.get()), field: "resume", child: None };
        assert!(matches!(platform.state.remove_file(place, now()), Err(Refusal::NoFile(_))));
        platform.state.put_file(place, file("cv.txt", 1), now()).expect("a file");
        assert!(matches!(platform.state.remove_file(place, now()), Err(Refusal::FileKept(_))));
        assert!(platform.state.file(place).is_ok());
    }

    #[test]
    fn names_lose_their_path_and_tell_the_media_type() {
        let check =
            |given: &str, name: &str, media: &str| assert_eq!((plain_name(given).as_str(), media_of(given)), (name, media));
        check("C:\\Users\\ines\\CV.PDF", "CV.PDF", "application/pdf");
        check("../../etc/passwd", "passwd", "application/octet-stream");
        check("a\r\n\"b\".txt", "ab.txt", "text/plain");
        check("", "file", "application/octet-stream");
    }
}
