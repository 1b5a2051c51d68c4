//! Files on profiles: what a record knows of them, and their bytes, which are rows of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ids::FileId;

/// What a record holds of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// The row with its bytes.
    pub id: FileId,
    /// Its name without a path, such as `cv.docx`.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// How many bytes it has.
    pub size: u64,
    /// When it was uploaded.
    pub uploaded: Timestamp,
}

/// The bytes of a file. In the stored form they are base64 text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileBytes(pub Vec<u8>);

impl Serialize for FileBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for FileBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}
