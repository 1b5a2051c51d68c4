//! What waits for the writer, in turns. A large body is written ahead of its row, a piece at a time, and between two pieces others get their
//! turn: how much somebody stores makes nobody else wait longer.

use std::collections::VecDeque;

use rusqlite::Connection;

use super::pieces::{LargeBody, split};
use super::writer::{self, Submission};
use super::{Refusal, Standing};

/// How many waiting submissions one transaction may carry.
const GROUP: usize = 256;

/// See the module. Submissions of one scope are done in their order.
#[derive(Default)]
pub(super) struct Queue {
    /// Can be committed.
    ready: VecDeque<Submission>,
    /// Is being written ahead, of each scope one.
    ahead: VecDeque<Ahead>,
    /// Comes after everything before it and before everything after it, as it is about several scopes.
    barrier: Option<Submission>,
}

/// A submission with large bodies, and what waits for it.
struct Ahead {
    scope: String,
    bodies: VecDeque<LargeBody>,
    submission: Submission,
    followers: Vec<Submission>,
}

impl Queue {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.ahead.is_empty() && self.barrier.is_none()
    }

    /// Whether something more may be put in.
    pub(super) fn has_room(&self) -> bool {
        self.barrier.is_none() && self.ready.len() < GROUP
    }

    /// Puts a submission in its place.
    pub(super) fn take(&mut self, mut submission: Submission) {
        let Some(scope) = submission.settle.scope() else { return self.barrier = Some(submission) };
        if let Some(before) = self.ahead.iter_mut().find(|ahead| ahead.scope == scope) {
            return before.followers.push(submission);
        }
        let scope = scope.to_owned();
        let bodies = split(&mut submission.steps);
        if bodies.is_empty() {
            self.ready.push_back(submission);
        } else {
            self.ahead.push_back(Ahead { scope, bodies, submission, followers: Vec::new() });
        }
    }

    /// Commits what is ready, writes a piece of what is not, and comes to the barrier when nothing is left before it.
    pub(super) fn turn(&mut self, connection: &mut Connection, refusal: &Refusal) {
        if !self.ready.is_empty() {
            writer::write(connection, self.ready.drain(..).collect(), refusal);
        }
        if let Some(ahead) = self.ahead.pop_front() {
            self.go_on(ahead, connection);
        } else if self.ready.is_empty()
            && let Some(submission) = self.barrier.take()
        {
            writer::write(connection, vec![submission], refusal);
        }
    }

    /// Tells everybody that nothing can be stored.
    pub(super) fn refuse(&mut self, why: &str) {
        let ahead = self.ahead.drain(..).flat_map(|ahead| std::iter::once(ahead.submission).chain(ahead.followers));
        for submission in self.ready.drain(..).chain(ahead).chain(self.barrier.take()) {
            submission.settle.settle(Err(why.to_owned()));
        }
    }

    fn go_on(&mut self, mut ahead: Ahead, connection: &mut Connection) {
        let mut failure = None;
        // What will not be written needs no pieces; the commit tells why.
        if ahead.submission.settle.standing() == Standing::Sound
            && let Some(body) = ahead.bodies.front_mut()
        {
            match body.write_piece(connection) {
                Ok(false) => return self.ahead.push_back(ahead),
                Ok(true) => ahead.submission.steps.extend(ahead.bodies.pop_front().map(LargeBody::row)),
                Err(error) => failure = Some(error.to_string()),
            }
            if failure.is_none() && !ahead.bodies.is_empty() {
                return self.ahead.push_back(ahead);
            }
        }
        match failure {
            Some(error) => ahead.submission.settle.settle(Err(error)),
            None => self.ready.push_back(ahead.submission),
        }
        ahead.followers.into_iter().for_each(|follower| self.take(follower));
    }
}

#[cfg(test)]
mod tests;
