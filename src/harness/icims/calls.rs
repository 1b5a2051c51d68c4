//! The calls that a run makes of iCIMS's API: no more than it may, each change announced before it is made, and what was created kept in
//! mind, so that it can be removed or told at the end.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail, ensure};
use parking_lot::Mutex;

/// A record that a run has created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::harness) struct Created {
    /// `people`, `applicantworkflows`, `jobs`.
    pub(in crate::harness) kind: &'static str,
    /// `None` as long as iCIMS has not said whether it is there: it may be, when nobody heard the answer.
    pub(in crate::harness) id: Option<String>,
    /// Who or what it is, for people.
    pub(in crate::harness) called: String,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "{}/{id} ({})", self.kind, self.called),
            None => write!(f, "perhaps one of the {} ({}): its creation was not answered", self.kind, self.called),
        }
    }
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The scenarios.
    Run,
    /// Removing what they have created, for which a call each is kept back.
    TidyUp,
}

/// What a run may do, and what it has done.
#[derive(Debug, Default)]
pub(in crate::harness) struct Calls {
    /// Without it there is no limit, and nobody has to be told of changes: the customer belongs to the run.
    limits: Option<Limits>,
    used: AtomicU32,
    created: Mutex<Vec<Created>>,
}

#[derive(Debug)]
struct Limits {
    calls: u32,
    writes: bool,
}

impl Calls {
    /// Those of somebody's own iCIMS: at most so many, and changes only if they are allowed.
    pub(in crate::harness) fn limited(calls: u32, writes: bool) -> Self {
        Self { limits: Some(Limits { calls, writes }), ..Self::default() }
    }

    /// One more call.
    ///
    /// # Errors
    /// When the budget is used up, but for what removing will take.
    pub(super) fn spend(&self, purpose: Purpose) -> Result<()> {
        let Some(Limits { calls, .. }) = self.limits else { return Ok(()) };
        let kept_back = match purpose {
            Purpose::Run => u32::try_from(self.created.lock().len()).unwrap_or(u32::MAX),
            Purpose::TidyUp => 0,
        };
        let spend = |used: u32| (used.saturating_add(kept_back) < calls).then(|| used + 1);
        if self.used.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_err() {
            bail!(
                "the {calls} calls that the environment allows (icims.calls) are used up, but for those that tidying up takes; this one was \
                 not made"
            );
        }
        Ok(())
    }

    /// Says what a run is going to do, before it does anything.
    ///
    /// # Errors
    /// When nobody can be told.
    pub(in crate::harness) fn introduce(&self, place: &str) -> Result<()> {
        let Some(Limits { calls, writes }) = self.limits else { return Ok(()) };
        let what = if writes {
            "creates people, applications and requisitions there, says so before each, removes them at the end as far as iCIMS lets it, and \
             lists the rest"
        } else {
            "changes nothing there"
        };
        writeln!(io::stderr().lock(), "This run works at {place}. It makes {calls} calls of iCIMS's API at the most, and {what}.")
            .context("announcing a run")
    }

    /// Says what is about to be changed, before it is.
    ///
    /// # Errors
    /// When nothing may be changed, or nobody can be told.
    pub(in crate::harness) fn announce(&self, what: &str) -> Result<()> {
        let Some(Limits { writes, .. }) = self.limits else { return Ok(()) };
        ensure!(writes, "this would change iCIMS ({what}), and the environment does not say `writes = true`");
        writeln!(io::stderr().lock(), "iCIMS: {what}").context("announcing a change")
    }

    /// Whether anything may be changed.
    pub(in crate::harness) fn may_write(&self) -> bool {
        self.limits.as_ref().is_none_or(|limits| limits.writes)
    }

    /// Keeps in mind what is about to be created: from now on it may be there.
    pub(super) fn expect(&self, kind: &'static str, called: &str) {
        self.remember(Created { kind, id: None, called: called.to_owned() });
    }

    /// It is there and has this id; or it was refused, and is not.
    pub(super) fn found(&self, kind: &'static str, called: &str, id: Option<&str>) {
        let mut created = self.created.lock();
        let place = created.iter().rposition(|one| one.kind == kind && one.called == called && one.id.is_none());
        let Some(place) = place else { return };
        match id {
            Some(id) => created[place].id = Some(id.to_owned()),
            None => drop(created.remove(place)),
        }
    }

    /// Keeps in mind what was created in another way than by a call.
    pub(in crate::harness) fn remember(&self, created: Created) {
        self.created.lock().push(created);
    }

    /// Everything that was created, newest first; it is not known any more afterwards.
    pub(in crate::harness) fn take_created(&self) -> Vec<Created> {
        self.created.lock().drain(..).rev().collect()
    }

    /// How many calls were made, and how many might have been.
    pub(in crate::harness) fn used(&self) -> Option<(u32, u32)> {
        Some((self.used.load(Ordering::SeqCst), self.limits.as_ref()?.calls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_budget_is_not_done_and_not_counted() {
        let calls = Calls::limited(2, true);
        assert!(calls.spend(Purpose::Run).is_ok() && calls.spend(Purpose::Run).is_ok());
        for _ in 0..3 {
            let error = calls.spend(Purpose::Run).expect_err("the budget is used up").to_string();
            assert!(error.contains("the 2 calls"), "{error}");
        }
        assert_eq!(calls.used(), Some((2, 2)));
    }

    #[test]
    fn what_removing_takes_is_kept_back() {
        let calls = Calls::limited(3, true);
        assert!(calls.spend(Purpose::Run).is_ok());
        calls.expect("people", "Ana");
        calls.found("people", "Ana", Some("7"));
        assert!(calls.spend(Purpose::Run).is_ok());
        assert!(calls.spend(Purpose::Run).is_err(), "the third is that of removing Ana");
        assert!(calls.spend(Purpose::TidyUp).is_ok() && calls.spend(Purpose::TidyUp).is_err());
    }

    #[test]
    fn what_nobody_has_answered_may_be_there_and_what_was_refused_is_not() {
        let calls = Calls::limited(9, true);
        for called in ["Ana", "Ben", "Cem"] {
            calls.expect("people", called);
        }
        calls.found("people", "Ana", Some("7"));
        calls.found("people", "Ben", None);
        let told: Vec<String> = calls.take_created().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["perhaps one of the people (Cem): its creation was not answered", "people/7 (Ana)"]);
    }

    #[test]
    fn nothing_is_changed_where_that_is_not_allowed() {
        let error = Calls::limited(9, false).announce("creates Ana").expect_err("it is not allowed").to_string();
        assert!(error.contains("creates Ana") && error.contains("writes = true"), "{error}");
        assert!(Calls::default().announce("creates Ana").is_ok());
    }
}
