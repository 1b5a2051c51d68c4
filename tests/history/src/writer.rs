//! Writing a history while a run goes on.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Does, Entry, Mail, Row, Saw, Stage, wrong_with};

/// The most that is printed when a run fails; the whole is in the file.
const SHOWN: usize = 400;

/// A history that is being written, line by line into a file, by as many clients as there are. When it is dropped by a test that fails, it
/// prints seed, place and its last lines.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    seed: Option<u64>,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    file: File,
    entries: Vec<Entry>,
    acts: u64,
}

/// Something that was begun.
#[derive(Debug)]
#[must_use = "what was begun ends, or nobody knows"]
pub struct Act(u64);

impl History {
    /// Opens a history of what is played, in a file that is made anew. `at_once` is how many steps one crash may cut off.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[must_use]
    pub fn open(path: &Path, run: &str, seed: Option<u64>, at_once: usize) -> Self {
        let file = File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let kept = Kept { file, entries: Vec::new(), acts: 0 };
        let history = Self { path: path.to_owned(), seed, kept: Mutex::new(kept) };
        history.kept().add(Entry::Opens { run: run.to_owned(), seed, at_once });
        history
    }

    /// Somebody begins something with an applicant.
    pub fn begins(&self, who: &str, does: Does, whom: &str) -> Act {
        let mut kept = self.kept();
        kept.acts += 1;
        let act = kept.acts;
        kept.add(Entry::Begins { act, who: who.to_owned(), does, whom: whom.to_owned() });
        Act(act)
    }

    /// What came of it for whoever did it. Without this it is unknown.
    pub fn ends(&self, act: Act, saw: Saw) {
        self.kept().add(Entry::Ends { act: act.0, saw });
    }

    /// A process of the program has died. Said before another one takes its work up.
    pub fn crashes(&self, who: &str) {
        self.kept().add(Entry::Crashes { who: who.to_owned() });
    }

    /// The mail server has a mail.
    pub fn delivered(&self, whom: &str, message: &str, mail: Mail) {
        self.kept().add(Entry::Delivered { whom: whom.to_owned(), message: message.to_owned(), mail });
    }

    /// iCIMS has taken a line.
    pub fn written(&self, whom: &str, stage: Stage) {
        self.kept().add(Entry::Written { whom: whom.to_owned(), stage });
    }

    /// What the neighbours have of an applicant at the end.
    pub fn counted(&self, whom: &str, applications: usize, rows: Vec<Row>) {
        self.kept().add(Entry::Counted { whom: whom.to_owned(), applications, rows });
    }

    /// Everything was counted. Panics with what is wrong, if anything is.
    ///
    /// # Panics
    /// When the history breaks a promise.
    pub fn close(&self) {
        self.kept().add(Entry::Closes);
        let wrong = wrong_with(&self.entries());
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }

    /// What was written until now.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.kept().entries.clone()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, entry: Entry) {
        writeln!(self.file, "{}", line(&entry)).expect("the file of the history takes another line");
        self.entries.push(entry);
    }
}

impl Drop for History {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let entries = self.entries();
        let seed = self.seed.map(|seed| format!(" of seed {seed}")).unwrap_or_default();
        let last: Vec<String> = entries.iter().skip(entries.len().saturating_sub(SHOWN)).map(line).collect();
        eprintln!("the history{seed}, the whole of which is in {}:\n{}", self.path.display(), last.join("\n"));
    }
}

fn line(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("words and numbers are JSON")
}
