//! The bodies of the API that are more than an object.

pub use super::files::fuzzing::uploaded_file;
pub use super::search::fuzzing::icims_search;
