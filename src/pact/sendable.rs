//! Pacts that are to be published: which files there are, and whether each of them is a contract that somebody could break.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::changes;

/// A contract that is to be published.
#[derive(Clone, Debug, PartialEq)]
pub struct Sendable {
    /// Where it was found.
    pub origin: PathBuf,
    /// Whose it is.
    pub consumer: String,
    /// Who is to keep it.
    pub provider: String,
    /// The pact.
    pub content: Value,
    /// The file as it is.
    pub text: Vec<u8>,
}

/// Why nothing is published.
#[derive(Debug, thiserror::Error)]
pub enum NotSendable {
    /// A path cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A folder without pacts.
    #[error("{} has no .json file, so there is nothing to publish: name pacts, or a folder in which they are", .0.display())]
    Empty(PathBuf),
    /// A file of something else. Nothing of it is published, nor of what lies beside it: it may not be the folder that was meant.
    #[error("{} is no pact, as it {what}: name pacts, or a folder in which every .json file is one", path.display())]
    NotAPact {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A pact that anybody keeps.
    #[error("{} has no interactions, so that everybody keeps it: record it anew", .0.display())]
    NoInteractions(PathBuf),
    /// Two interactions that nobody can tell apart.
    #[error("{} has two interactions of one name, {name}: one of them would never be tried; record it anew", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// Description and states.
        name: String,
    },
    /// Two files of one pair.
    #[error("{} and {} are pacts of the same two, so that one would replace the other: name one of them", .0.display(), .1.display())]
    SamePair(PathBuf, PathBuf),
}

/// The pacts below these paths, by their names.
///
/// # Errors
/// When something there is no pact that can be published.
pub fn sendable(paths: &[PathBuf]) -> Result<Vec<Sendable>, NotSendable> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = json_files(path)?;
            if found.is_empty() {
                return Err(NotSendable::Empty(path.clone()));
            }
            files.extend(found);
        } else {
            files.push(path.clone());
        }
    }
    let mut all: Vec<Sendable> = Vec::new();
    for file in files.into_iter().collect::<BTreeSet<_>>() {
        let one = read(&file)?;
        if let Some(other) = all.iter().find(|other| (&other.consumer, &other.provider) == (&one.consumer, &one.provider)) {
            return Err(NotSendable::SamePair(other.origin.clone(), file));
        }
        all.push(one);
    }
    all.sort_by(|one, other| (&one.consumer, &one.provider).cmp(&(&other.consumer, &other.provider)));
    Ok(all)
}

/// Every `.json` file below a folder; links to folders are not followed.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, NotSendable> {
    let unreadable = |source| NotSendable::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            files.extend(json_files(&path)?);
        } else if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
            files.push(path);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Sendable, NotSendable> {
    let bytes = fs::read(path).map_err(|source| NotSendable::Unreadable { path: path.to_owned(), source })?;
    let none = |what| NotSendable::NotAPact { path: path.to_owned(), what };
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let content: Value = serde_json::from_slice(text).map_err(|_| none("is not JSON"))?;
    let name = |who: &str| content[who]["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let consumer = name("consumer").ok_or_else(|| none("names no consumer"))?;
    let provider = name("provider").ok_or_else(|| none("names no provider"))?;
    let interactions = content["interactions"].as_array().ok_or_else(|| none("has no list of interactions"))?;
    if interactions.is_empty() {
        return Err(NotSendable::NoInteractions(path.to_owned()));
    }
    let mut names = BTreeSet::new();
    for interaction in interactions {
        let name = changes::name(interaction);
        if !names
            .insert(json!([interaction["description"], interaction["providerStates"], interaction["providerState"]]).to_string())
        {
            return Err(NotSendable::Twice { path: path.to_owned(), name });
        }
    }
    Ok(Sendable { origin: path.to_owned(), consumer, provider, content, text: bytes })
}
