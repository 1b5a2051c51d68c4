//! The points by name, and the one at which this process dies.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Answer, Commit, Effect};
use crate::domain::{JobKind, Neighbour};

/// The calls that are made, under the names by which they are measured. Whoever makes one that is missing here dies of it, so that none is
/// forgotten.
const CALLS: [(Neighbour, &[&str]); 3] = [
    (
        Neighbour::Icims,
        &[
            "token",
            "person",
            "job",
            "standing",
            "result_rows",
            "add_result_row",
            "update_result_row",
            "check_access",
            "jobs",
            "people",
            "custom_lists",
            "list_nodes",
            "fields",
            "try_to_write",
        ],
    ),
    (
        Neighbour::Harver,
        &["token", "create_application", "application", "reapply_status", "report", "vacancy", "open_vacancies", "finished"],
    ),
    (Neighbour::Mail, &["begin_mail", "finish_mail"]),
];

/// On which side of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It has not happened yet.
    Before,
    /// It has happened, and nothing else.
    After,
}

/// A place at which a process can die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashPoint {
    /// On which side.
    pub side: Side,
    /// Of what.
    pub effect: Effect,
}

impl Effect {
    fn all() -> impl Iterator<Item = Self> {
        let calls = CALLS.into_iter().flat_map(|(neighbour, calls)| calls.iter().map(move |call| Self::Call(neighbour, call)));
        let steps = JobKind::ALL.into_iter().flat_map(|kind| [Commit::Leased(kind), Commit::Settled(kind)]);
        let others = [
            Commit::ChoiceOpened,
            Commit::OrderReceived,
            Commit::OrderChanged,
            Commit::WebhookHeard,
            Commit::MailNoted,
            Commit::MailTurnedDown,
            Commit::EventRefused,
            Commit::Work,
        ];
        let answers = [Answer::Event, Answer::Webhook, Answer::Selection];
        calls.chain(steps.chain(others).map(Self::Commit)).chain(answers.map(Self::Answer))
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(neighbour, call) => write!(f, "{}.{call}", neighbour.name()),
            Self::Commit(Commit::Leased(kind)) => write!(f, "commit.leased.{}", kind.name()),
            Self::Commit(Commit::Settled(kind)) => write!(f, "commit.settled.{}", kind.name()),
            Self::Commit(Commit::ChoiceOpened) => f.write_str("commit.choice_opened"),
            Self::Commit(Commit::OrderReceived) => f.write_str("commit.order_received"),
            Self::Commit(Commit::OrderChanged) => f.write_str("commit.order_changed"),
            Self::Commit(Commit::WebhookHeard) => f.write_str("commit.webhook_heard"),
            Self::Commit(Commit::MailNoted) => f.write_str("commit.mail_noted"),
            Self::Commit(Commit::MailTurnedDown) => f.write_str("commit.mail_turned_down"),
            Self::Commit(Commit::EventRefused) => f.write_str("commit.event_refused"),
            Self::Commit(Commit::Work) => f.write_str("commit.work"),
            Self::Answer(Answer::Event) => f.write_str("answer.event"),
            Self::Answer(Answer::Webhook) => f.write_str("answer.webhook"),
            Self::Answer(Answer::Selection) => f.write_str("answer.selection"),
        }
    }
}

impl CrashPoint {
    /// Every point that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Effect::all().flat_map(|effect| [Side::Before, Side::After].map(|side| Self { side, effect }))
    }
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Before => "before",
            Side::After => "after",
        };
        write!(f, "{side}.{}", self.effect)
    }
}

/// A point, and how often it is passed before this process dies there: `before.mail.finish_mail`, or `before.mail.finish_mail:2` for the
/// second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuse {
    point: CrashPoint,
    time: u32,
}

/// That a name is that of no point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no crash point {0:?}. These are there: {all}", all = CrashPoint::all().map(|point| point.to_string()).collect::<Vec<_>>().join(", "))]
pub struct NoSuchPoint(String);

impl FromStr for Fuse {
    type Err = NoSuchPoint;

    fn from_str(text: &str) -> Result<Self, NoSuchPoint> {
        let (name, time) = text.split_once(':').unwrap_or((text, "1"));
        let point = CrashPoint::all().find(|point| point.to_string() == name);
        let time = time.parse().ok().filter(|time| *time > 0);
        point.zip(time).map(|(point, time)| Self { point, time }).ok_or_else(|| NoSuchPoint(text.to_owned()))
    }
}

/// Where this process dies, once it is known.
static FUSE: OnceLock<Fuse> = OnceLock::new();
/// How often it was there.
static PASSED: AtomicU32 = AtomicU32::new(0);

/// From now on this process dies there. The first one counts.
pub(crate) fn arm(fuse: Fuse) {
    FUSE.get_or_init(|| fuse);
}

pub(crate) fn before(effect: Effect) {
    reach(CrashPoint { side: Side::Before, effect });
}

pub(crate) fn after(effect: Effect) {
    reach(CrashPoint { side: Side::After, effect });
}

fn reach(point: CrashPoint) {
    if !is_listed(point.effect) {
        eprintln!("{point} is missing in the list of crash points");
        std::process::abort();
    }
    if FUSE.get().is_some_and(|fuse| fuse.point == point && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == fuse.time) {
        // No destructor runs, nothing is flushed: the nearest that a process comes to being killed from outside.
        std::process::abort();
    }
}

fn is_listed(effect: Effect) -> bool {
    let Effect::Call(neighbour, call) = effect else { return true };
    CALLS.iter().any(|(of, calls)| *of == neighbour && calls.contains(&call))
}

/// What a transaction publishes, or a group of them that one commit carries.
#[derive(Debug)]
pub(crate) struct Commits(RefCell<Vec<Commit>>);

impl Commits {
    /// Nothing yet.
    pub(crate) fn none() -> Self {
        Self(RefCell::default())
    }

    /// Says what a transaction publishes, unless it was said already.
    pub(crate) fn lead(&self, commit: Commit) {
        let mut published = self.0.borrow_mut();
        if published.is_empty() {
            published.push(commit);
        }
    }

    /// Adds another transaction of the group.
    pub(crate) fn join(&self, other: &Self) {
        self.0.borrow_mut().extend(other.0.take());
    }

    /// The commit is about to be made.
    pub(crate) fn before(&self) {
        self.0.borrow().iter().for_each(|commit| before(Effect::Commit(*commit)));
    }

    /// It was made.
    pub(crate) fn after(&self) {
        self.0.borrow().iter().for_each(|commit| after(Effect::Commit(*commit)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_armed_by_its_name_and_by_the_time() {
        for point in CrashPoint::all() {
            assert_eq!(point.to_string().parse(), Ok(Fuse { point, time: 1 }));
            assert_eq!(format!("{point}:3").parse(), Ok(Fuse { point, time: 3 }));
        }
    }

    #[test]
    fn what_names_no_point_is_told_which_there_are() {
        for wrong in
            ["", "before", "before.mail.finish", "before.mail.finish_mail:0", "before.mail.finish_mail:x", "mail.finish_mail"]
        {
            let told = wrong.parse::<Fuse>().expect_err("no point").to_string();
            assert!(told.contains(&format!("{wrong:?}")) && told.contains("after.commit.settled.send_invitation"), "{told}");
        }
    }

    #[test]
    fn no_two_points_have_one_name() {
        let names: std::collections::BTreeSet<String> = CrashPoint::all().map(|point| point.to_string()).collect();
        assert_eq!(names.len(), CrashPoint::all().count());
    }
}
