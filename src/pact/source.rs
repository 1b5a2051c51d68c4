//! Where pacts come from. Whoever gets them elsewhere than from files adds a way to make [`Contract`]s.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::near;

/// Where pacts come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Files, and folders in which every `.json` file is a pact.
    Files(Vec<PathBuf>),
    /// Pacts that somebody else has fetched, for one provider.
    Fetched(Vec<Contract>),
}

/// A pact and what is known of it besides its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Where it was found, as people are told: a path or an address.
    pub origin: String,
    /// The JSON.
    pub text: String,
    /// Whether its provider is known not to keep it yet: only a broker may say so. Nothing that fails then fails the run.
    pub pending: bool,
}

/// The pacts of one provider, and what lay beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In the order in which they are verified.
    pub contracts: Vec<Contract>,
    /// Pacts of other providers in folders, each with the provider's name.
    pub left_out: Vec<(String, String)>,
}

/// Why there is nothing to verify, or not what was meant.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// A path cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is no JSON.
    #[error("{origin} is not JSON ({reason}): name pacts, or folders in which every .json file is one")]
    NotJson {
        /// The file.
        origin: String,
        /// Where it stops being JSON.
        reason: String,
    },
    /// A file is JSON of something else.
    #[error("{origin} is not a pact, as it has no {missing}: name pacts, or folders in which every .json file is one")]
    NotAPact {
        /// The file.
        origin: String,
        /// What every pact has.
        missing: &'static str,
    },
    /// A folder has no pacts.
    #[error("{} has no .json file, so there is nothing to verify", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A file that was named is a pact of another provider.
    #[error("{origin} is a pact of {provider:?}, not of {wanted:?}: name {wanted:?}'s pacts, or say --provider {provider}")]
    OtherProvider {
        /// The file.
        origin: String,
        /// Whose it is.
        provider: String,
        /// Whose was wanted.
        wanted: String,
    },
    /// A folder has pacts of others only.
    #[error("{} has no pact of {wanted:?}, only of {}{}", path.display(), listed(others), near::question(near))]
    NoneOfProvider {
        /// The folder.
        path: PathBuf,
        /// Whose were wanted.
        wanted: String,
        /// Whose there are.
        others: BTreeSet<String>,
        /// The name that may have been meant.
        near: Option<String>,
    },
    /// Nobody has fetched anything.
    #[error("there is no pact of {wanted:?}, so there is nothing to verify")]
    Nothing {
        /// Whose were wanted.
        wanted: String,
    },
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

impl Source {
    /// The pacts of this provider.
    ///
    /// # Errors
    /// When something that was named is not what it should be. What a folder has for other providers is left out, and named.
    pub fn find(&self, provider: &str) -> Result<Found, NotFound> {
        let mut found = Found::default();
        match self {
            Self::Fetched(contracts) if contracts.is_empty() => return Err(NotFound::Nothing { wanted: provider.to_owned() }),
            Self::Fetched(contracts) => {
                for contract in contracts {
                    found.take(contract.clone(), provider)?;
                }
            }
            Self::Files(paths) => {
                for path in paths {
                    if path.is_dir() { found.look_into(path, provider)? } else { found.take(read(path)?, provider)? }
                }
            }
        }
        Ok(found)
    }
}

impl Found {
    /// A pact that was named.
    fn take(&mut self, contract: Contract, wanted: &str) -> Result<(), NotFound> {
        let provider = provider_of(&contract)?;
        if provider != wanted {
            return Err(NotFound::OtherProvider { origin: contract.origin, provider, wanted: wanted.to_owned() });
        }
        self.add(contract);
        Ok(())
    }

    fn look_into(&mut self, folder: &Path, wanted: &str) -> Result<(), NotFound> {
        let files = json_files(folder, &mut BTreeSet::new())?;
        if files.is_empty() {
            return Err(NotFound::EmptyFolder { path: folder.to_owned() });
        }
        let (mut others, mut any) = (BTreeSet::new(), false);
        for file in files {
            let contract = read(&file)?;
            let provider = provider_of(&contract)?;
            if provider == wanted {
                any = true;
                self.add(contract);
            } else {
                others.insert(provider.clone());
                self.left_out.push((contract.origin, provider));
            }
        }
        if any {
            return Ok(());
        }
        let near = near::nearest(wanted, others.iter().map(String::as_str)).map(str::to_owned);
        Err(NotFound::NoneOfProvider { path: folder.to_owned(), wanted: wanted.to_owned(), others, near })
    }

    /// A file that is named twice is one.
    fn add(&mut self, contract: Contract) {
        if !self.contracts.iter().any(|known| known.origin == contract.origin) {
            self.contracts.push(contract);
        }
    }
}

/// Every `.json` file below a folder, in the order of their paths, also where links lead; a folder that a link leads back to is `seen`.
fn json_files(folder: &Path, seen: &mut BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, NotFound> {
    let unreadable = |source| NotFound::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    if !seen.insert(folder.canonicalize().map_err(unreadable)?) {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            files.extend(json_files(&path, seen)?);
        } else if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Contract, NotFound> {
    let text = fs::read_to_string(path).map_err(|source| NotFound::Unreadable { path: path.to_owned(), source })?;
    Ok(Contract { origin: path.display().to_string(), text, pending: false })
}

/// Whose answers a pact is about.
fn provider_of(contract: &Contract) -> Result<String, NotFound> {
    let origin = || contract.origin.clone();
    let pact: Value = serde_json::from_str(contract.text.trim_start_matches('\u{feff}'))
        .map_err(|error| NotFound::NotJson { origin: origin(), reason: error.to_string() })?;
    for (place, missing) in [("/consumer/name", "consumer"), ("/interactions", "interactions")] {
        if pact.pointer(place).is_none() {
            return Err(NotFound::NotAPact { origin: origin(), missing });
        }
    }
    let name = pact.pointer("/provider/name").and_then(Value::as_str);
    name.map(str::to_owned).ok_or_else(|| NotFound::NotAPact { origin: origin(), missing: "provider" })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const OURS: &str = r#"{"consumer": {"name": "shop"}, "provider": {"name": "icims"}, "interactions": []}"#;
    const OTHERS: &str = r#"{"consumer": {"name": "shop"}, "provider": {"name": "harver-platform"}, "interactions": []}"#;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().expect("a folder");
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        }
        folder
    }

    fn find(folder: &TempDir, paths: &[&str], provider: &str) -> Result<Found, String> {
        let paths = paths.iter().map(|path| folder.path().join(path)).collect();
        let at = format!("{}/", folder.path().display());
        Source::Files(paths).find(provider).map_err(|error| error.to_string().replace(&at, ""))
    }

    #[test]
    fn a_folder_is_looked_through_to_its_bottom_and_says_what_is_others() {
        let folder = folder(&[("pacts/b/shop-icims.json", OURS), ("pacts/a.json", OTHERS), ("pacts/README.md", "words")]);
        let found = find(&folder, &["pacts", "pacts/b/shop-icims.json"], "icims").expect("a pact");
        assert_eq!(found.contracts.len(), 1, "{found:?}");
        assert!(found.contracts[0].origin.ends_with("pacts/b/shop-icims.json"));
        assert_eq!(found.left_out.len(), 1);
        assert_eq!(found.left_out[0].1, "harver-platform");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_lead_nobody_round_in_a_circle() {
        use std::os::unix::fs::symlink;

        let folder = folder(&[("elsewhere/ours.json", OURS), ("pacts/others.json", OTHERS)]);
        let at = |name: &str| folder.path().join(name);
        symlink(at("elsewhere"), at("pacts/linked")).expect("a link");
        symlink(at("pacts"), at("pacts/round")).expect("a link");
        let found = find(&folder, &["pacts"], "icims").expect("a pact");
        assert_eq!((found.contracts.len(), found.left_out.len()), (1, 1), "{found:?}");
        symlink(at("gone.json"), at("pacts/broken.json")).expect("a link");
        let error = find(&folder, &["pacts"], "icims").expect_err("nothing is there");
        assert!(error.contains("broken.json cannot be read"), "{error}");
    }

    #[test]
    fn what_is_no_pact_of_the_provider_is_named() {
        let all = folder(&[
            ("empty/README.md", "words"),
            ("mixed/ours.json", OURS),
            ("mixed/package.json", r#"{"name": "shop"}"#),
            ("broken/ours.json", OURS),
            ("broken/b.json", "{"),
            ("others/a.json", OTHERS),
        ]);
        for (path, provider, said) in [
            ("nowhere", "icims", "nowhere cannot be read"),
            ("empty", "icims", "has no .json file, so there is nothing to verify"),
            ("mixed", "icims", "mixed/package.json is not a pact, as it has no consumer: "),
            ("broken", "icims", "broken/b.json is not JSON (EOF while parsing an object at line 1 column 1): "),
            ("others", "icims", "others has no pact of \"icims\", only of \"harver-platform\""),
            ("others", "harver-platfrom", "only of \"harver-platform\": did you mean \"harver-platform\"?"),
            ("others/a.json", "icims", "others/a.json is a pact of \"harver-platform\", not of \"icims\": "),
        ] {
            let error = find(&all, &[path], provider).expect_err(path);
            assert!(error.contains(said), "{path}: {error}");
        }
    }

    #[test]
    fn what_was_fetched_is_looked_at_as_well() {
        assert!(Source::Fetched(Vec::new()).find("icims").is_err());
        let fetched = Contract { origin: "http://broker/1".into(), text: OURS.into(), pending: true };
        assert_eq!(Source::Fetched(vec![fetched.clone()]).find("icims").expect("a pact").contracts, [fetched]);
    }
}
