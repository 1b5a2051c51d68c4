//! What is written of a run: JUnit XML for those who show tests, JSON for programs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::verification::{Outcome, Seen, Verification, Verified};
use crate::junit::{Case, Document, Fault, Part, Suite};

/// A folder for the report of a run, which can be written to.
#[derive(Clone, Debug)]
pub struct Report {
    folder: PathBuf,
}

impl Report {
    /// Makes the folder, so that nobody hears only after the run that it cannot be written. What an earlier run has left there goes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        for name in [JUNIT, RESULTS] {
            fs::write(folder.join(name), "")?;
            fs::remove_file(folder.join(name))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes the report.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, verification: &Verification) -> io::Result<()> {
        fs::write(self.folder.join(JUNIT), junit(verification))?;
        fs::write(self.folder.join(RESULTS), format!("{:#}\n", results(verification)))
    }

    /// The files, for people.
    #[must_use]
    pub fn files(&self) -> [PathBuf; 2] {
        [self.folder.join(JUNIT), self.folder.join(RESULTS)]
    }
}

const JUNIT: &str = "junit.xml";
const RESULTS: &str = "results.json";

/// The results as JSON: the verdict, and everything that is known.
#[must_use]
pub fn results(verification: &Verification) -> Value {
    let verdict = verification.verdict();
    let mut results = serde_json::to_value(verification).unwrap_or_default();
    results["verdict"] = verdict.to_string().into();
    results["exit_code"] = verdict.code().into();
    results["left_out"] =
        verification.left_out.iter().map(|(origin, provider)| json!({"origin": origin, "provider": provider})).collect();
    results
}

/// A suite for each pact, a case for each interaction.
fn junit(verification: &Verification) -> String {
    let mut suites: Vec<Suite> = verification.pacts.iter().map(|pact| suite(verification, pact)).collect();
    if !verification.problems.is_empty() {
        let fault = Fault { message: verification.problems.join(" "), kind: "the run".into(), trace: String::new() };
        let case = Case {
            name: "Nothing lets the pacts be doubted".into(),
            class: "The run itself".into(),
            took: SignedDuration::ZERO,
            parts: vec![Part::Error(fault)],
            output: None,
        };
        suites.push(Suite { name: "The run itself".into(), took: SignedDuration::ZERO, began: None, cases: vec![case] });
    }
    Document { name: "harver-icims pact verify".into(), took: milliseconds(verification.took_ms), suites }.xml()
}

fn suite(verification: &Verification, pact: &Verified) -> Suite {
    let name = format!("{} asks {}", pact.consumer, verification.provider);
    let took = pact.interactions.iter().map(|seen| seen.took_ms).sum();
    let cases = pact.interactions.iter().map(|seen| case(pact, seen, &name)).collect();
    Suite { name, took: milliseconds(took), began: None, cases }
}

fn case(pact: &Verified, seen: &Seen, class: &str) -> Case {
    let fault = || Fault { message: seen.reason(), kind: "the provider".into(), trace: seen.story(pact) };
    let parts = match &seen.outcome {
        Outcome::Kept => vec![],
        Outcome::Broken(_) => vec![Part::Failure(fault())],
        Outcome::Pending(_) => vec![Part::Skipped(format!("pending, as the broker says: {}", seen.reason()))],
        Outcome::NotWanted => vec![Part::Skipped("left out by the filter".into())],
        Outcome::NotReached => {
            let fault = Fault { message: "the run ended before".into(), kind: "the run".into(), trace: String::new() };
            vec![Part::Error(fault)]
        }
    };
    let given = if seen.states.is_empty() { String::new() } else { format!(", given {}", seen.states.join(" and ")) };
    let name = format!("{}{given}", seen.description);
    Case { name, class: class.to_owned(), took: milliseconds(seen.took_ms), parts, output: None }
}

fn milliseconds(count: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(count).unwrap_or(i64::MAX))
}
