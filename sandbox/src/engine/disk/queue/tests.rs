use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::*;
use crate::engine::disk::{Change, Durability, Settle, Step, file};

type Told = Arc<Mutex<Vec<(&'static str, bool)>>>;

/// Notes in which order submissions are settled.
struct Noted {
    name: &'static str,
    scope: Option<&'static str>,
    told: Told,
}

impl Settle for Noted {
    fn scope(&self) -> Option<&str> {
        self.scope
    }

    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        self.told.lock().push((self.name, outcome.is_ok()));
    }
}

struct Desk {
    queue: Queue,
    connection: Connection,
    told: Told,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        file::create(&path).expect("a file");
        let connection = writer::open(&path).expect("it opens");
        Self { queue: Queue::default(), connection, told: Told::default(), folder }
    }

    fn submit(&mut self, name: &'static str, scope: Option<&'static str>, pieces: usize) {
        let body = vec![b'x'; if pieces == 0 { 1 } else { pieces * 64 * 1024 + 1 }];
        let change = Change { table: "messages", key: name.into(), body: Some(body) };
        let steps = vec![Step::Rows { scope: scope.unwrap_or("several").into(), changes: vec![change] }];
        let settle = Box::new(Noted { name, scope, told: Arc::clone(&self.told) });
        self.queue.take(Submission { steps, settle });
    }

    /// What is settled after how many turns.
    fn turns(&mut self) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        for turn in 1.. {
            if self.queue.is_empty() {
                break;
            }
            self.queue.turn(&mut self.connection, &Refusal::default());
            found.extend(self.told.lock().drain(..).map(|(name, ok)| (turn, if ok { name } else { "refused" })));
        }
        found
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("sandbox.db")
    }

    fn count(&self, table: &str) -> i64 {
        self.connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).expect("a number")
    }

    fn sweep(&mut self) {
        while crate::engine::disk::pieces::sweep(&mut self.connection).expect("it sweeps") {}
    }
}

fn bodies(path: &Path) -> Vec<(String, usize)> {
    file::read(path).expect("the file").into_iter().map(|row| (row.key, row.body.len())).collect()
}

#[test]
fn a_large_body_makes_nobody_else_wait_for_more_than_a_piece() {
    let mut desk = Desk::new();
    desk.submit("large", Some("mail/4021"), 3);
    desk.submit("its follower", Some("mail/4021"), 0);
    desk.submit("small", Some("icims/4022"), 0);
    desk.submit("another large", Some("mail/4023"), 1);
    desk.submit("of several", None, 0);
    assert_eq!(
        desk.turns(),
        [(1, "small"), (5, "another large"), (7, "large"), (7, "its follower"), (7, "of several")],
        "four pieces and two, in turns"
    );
    let size = |pieces: usize| pieces * 64 * 1024 + 1;
    let kept = bodies(&desk.path());
    assert!(kept.contains(&("large".into(), size(3))) && kept.contains(&("another large".into(), size(1))), "{kept:?}");
}

#[test]
fn only_what_counts_waits_for_the_disk() {
    let mut desk = Desk::new();
    let waited =
        |desk: &Desk| desk.connection.pragma_query_value(None, "synchronous", |row| row.get(0)).map(|mode: i64| mode == 2);
    desk.submit("large", Some("mail/4021"), 1);
    desk.queue.turn(&mut desk.connection, &Refusal::default());
    assert_eq!((desk.count("pieces"), waited(&desk)), (1, Ok(false)), "a piece");
    assert_eq!((desk.turns().len(), waited(&desk)), (1, Ok(true)), "the row");
    desk.sweep();
    let reserved = vec![Step::Rows { scope: "icims/4022".into(), changes: Vec::new() }];
    desk.queue.take(Submission { steps: reserved, settle: Box::new(Uncounted) });
    desk.turns();
    assert_eq!(waited(&desk), Ok(false), "rows that do not count yet");
    desk.queue.take(Submission { steps: Vec::new(), settle: Box::new(Uncounted) });
    desk.submit("small", Some("icims/4021"), 0);
    desk.turns();
    assert_eq!(waited(&desk), Ok(true), "a group in which one counts");
}

/// Stores what does not count yet.
struct Uncounted;

impl Settle for Uncounted {
    fn scope(&self) -> Option<&str> {
        Some("icims/4022")
    }

    fn durability(&self) -> Durability {
        Durability::WithTheNext
    }

    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        assert_eq!(outcome, Ok(()));
    }
}

#[test]
fn pieces_that_no_row_refers_to_are_swept_and_others_are_kept() {
    let mut desk = Desk::new();
    desk.submit("large", Some("mail/4021"), 2);
    desk.turns();
    let copy = vec![Step::Copy { from: "mail/4021".into(), to: "snapshot/calm/mail/4021".into() }];
    let told = || Box::new(Noted { name: "told", scope: None, told: Told::default() });
    writer::write(&mut desk.connection, vec![Submission { steps: copy, settle: told() }], &Refusal::default());
    desk.submit("large", Some("mail/4021"), 1);
    desk.turns();
    desk.sweep();
    assert_eq!(desk.count("pieces"), 5, "the copy has the old body, the row the new one");
    let forget = vec![Step::ForgetBelow("snapshot/calm/".into())];
    writer::write(&mut desk.connection, vec![Submission { steps: forget, settle: told() }], &Refusal::default());
    desk.sweep();
    assert_eq!((desk.count("pieces"), desk.count("garbage")), (2, 0));
    assert_eq!(bodies(&desk.path()), [("large".to_owned(), 64 * 1024 + 1)]);
}

#[test]
fn what_was_killed_between_two_pieces_leaves_garbage_and_no_row() {
    let mut desk = Desk::new();
    desk.submit("large", Some("mail/4021"), 3);
    desk.queue.turn(&mut desk.connection, &Refusal::default());
    desk.queue = Queue::default();
    assert_eq!((desk.count("pieces"), bodies(&desk.path())), (1, Vec::new()));
    desk.sweep();
    assert_eq!((desk.count("pieces"), desk.count("garbage")), (0, 0));
}

#[test]
fn a_disk_that_takes_no_pieces_refuses_the_row_and_goes_on_with_the_next() {
    let mut desk = Desk::new();
    desk.connection
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON pieces BEGIN SELECT RAISE(ABORT, 'full'); END")
        .expect("a trigger");
    desk.submit("large", Some("mail/4021"), 1);
    desk.submit("its follower", Some("mail/4021"), 0);
    assert_eq!(desk.turns(), [(1, "refused"), (2, "its follower")]);
}
