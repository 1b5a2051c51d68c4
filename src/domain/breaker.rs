//! The circuit breaker of one customer's neighbour. After failures in a row it is left alone for a while, and when it refuses whatever is
//! asked for the customer, it is parked until somebody has acted; either way one step tries it now and then.

use jiff::{SignedDuration, Timestamp};

use super::job::JobKind;
use super::neighbour::Neighbour;

/// After how many failures in a row a neighbour is left alone.
const FAILURES: u32 = 3;
/// For how long.
const OPEN_FOR: SignedDuration = SignedDuration::from_secs(30);
/// How long a neighbour that refuses is not asked again, after the first refusal, the second and so on, in minutes. Whoever asks too often
/// with a wrong password locks the user out.
const PARKED_FOR: [i64; 5] = [1, 2, 4, 8, 15];

/// What is known of a neighbour of which something is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// It is called as usual, though the last calls have failed.
    Closed {
        /// How many in a row.
        failures: u32,
    },
    /// It is left alone.
    Open {
        /// How many calls in a row have failed.
        failures: u32,
        /// The moment from which one step may try.
        until: Timestamp,
    },
    /// It refuses whatever is asked for the customer, and somebody has to act.
    Parked(Parked),
}

/// A neighbour that refuses whatever is asked for the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// When it began to.
    pub since: Timestamp,
    /// The moment from which one step may try.
    pub until: Timestamp,
    /// How often it was tried.
    pub refusals: u32,
    /// What happened and what to do, for an operator.
    pub reason: String,
}

/// A neighbour that is left alone, and so holds up whatever would call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold<'b> {
    /// Who.
    pub neighbour: Neighbour,
    /// What is known of it.
    pub breaker: &'b Breaker,
    /// The moment from which one step may try.
    pub until: Timestamp,
}

/// What a step has found out about a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A call got through, if only to be refused for this order.
    GotThrough,
    /// A step is done that may have called it.
    ProbablyGotThrough,
    /// It was away, slow or confused.
    Failed,
    /// It has named the moment before which it wants no calls.
    ToldToWait(Timestamp),
    /// It refuses whatever is asked for the customer, for this reason.
    Refused(String),
}

impl Breaker {
    /// How many of a share of `share` steps may call the neighbour now.
    #[must_use]
    pub fn allows(&self, share: usize, now: Timestamp) -> usize {
        match self.open_until() {
            None => share,
            Some(moment) if now < moment => 0,
            Some(_) => 1,
        }
    }

    /// When a step may try again, of a neighbour that is left alone.
    #[must_use]
    pub fn open_until(&self) -> Option<Timestamp> {
        match self {
            Self::Closed { .. } => None,
            Self::Open { until, .. } | Self::Parked(Parked { until, .. }) => Some(*until),
        }
    }

    /// Who holds a step of this kind up, and the longest of all who do: it does not begin before whomever it may call can be called.
    #[must_use]
    pub fn holding<'b>(kind: JobKind, known: impl Fn(Neighbour) -> Option<&'b Self>, now: Timestamp) -> Option<Hold<'b>> {
        let left_alone = kind.neighbours().filter_map(|neighbour| {
            let breaker = known(neighbour)?;
            let until = breaker.open_until().filter(|until| now < *until)?;
            Some(Hold { neighbour, breaker, until })
        });
        left_alone.max_by_key(|hold| hold.until)
    }

    /// Lets a step try now.
    pub fn try_at(&mut self, now: Timestamp) {
        match self {
            Self::Closed { .. } => {}
            Self::Open { until, .. } | Self::Parked(Parked { until, .. }) => *until = now.min(*until),
        }
    }

    /// What is known after some news; `None` when there is nothing to be said any more.
    #[must_use]
    pub fn after(known: Option<Self>, news: News, now: Timestamp) -> Option<Self> {
        let later = |wait| now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        Some(match (known, news) {
            (_, News::GotThrough) | (None, News::ProbablyGotThrough) => return None,
            // One that was let through to try probably has called it.
            (Some(Self::Closed { failures }), News::ProbablyGotThrough) => Self::Closed { failures },
            (Some(_), News::ProbablyGotThrough) => return None,
            (None, News::Failed) => Self::Closed { failures: 1 },
            (Some(Self::Closed { failures }), News::Failed) if failures + 1 < FAILURES => Self::Closed { failures: failures + 1 },
            (Some(Self::Closed { failures }), News::Failed) => Self::Open { failures: failures + 1, until: later(OPEN_FOR) },
            (Some(Self::Open { failures, until }), News::Failed) => {
                Self::Open { failures: failures.saturating_add(1), until: until.max(later(OPEN_FOR)) }
            }
            (Some(Self::Parked(parked)), News::Failed) => {
                Self::Parked(Parked { until: parked.until.max(later(OPEN_FOR)), ..parked })
            }
            // What was said of a later moment holds.
            (None, News::ToldToWait(until)) => Self::Open { failures: 0, until },
            (Some(Self::Closed { failures }), News::ToldToWait(until)) => Self::Open { failures, until },
            (Some(Self::Open { failures, until: known }), News::ToldToWait(until)) => {
                Self::Open { failures, until: known.max(until) }
            }
            (Some(Self::Parked(parked)), News::ToldToWait(until)) => {
                Self::Parked(Parked { until: parked.until.max(until), ..parked })
            }
            // It had been asked before the first refusal came.
            (Some(Self::Parked(parked)), News::Refused(_)) if now < parked.until => Self::Parked(parked),
            (Some(Self::Parked(parked)), News::Refused(reason)) => {
                let until = later(parked_for(parked.refusals));
                Self::Parked(Parked { until, refusals: parked.refusals.saturating_add(1), reason, ..parked })
            }
            (None | Some(Self::Closed { .. } | Self::Open { .. }), News::Refused(reason)) => {
                Self::Parked(Parked { since: now, until: later(parked_for(0)), refusals: 1, reason })
            }
        })
    }
}

/// How long a neighbour is not asked that has refused so often before.
fn parked_for(refusals: u32) -> SignedDuration {
    let at = usize::try_from(refusals).unwrap_or(usize::MAX).min(PARKED_FOR.len() - 1);
    SignedDuration::from_mins(PARKED_FOR[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: usize = 4;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    /// What is known after all this news, each with its second.
    fn after(news: impl IntoIterator<Item = (i64, News)>) -> Option<Breaker> {
        news.into_iter().fold(None, |known, (second, news)| Breaker::after(known, news, at(second)))
    }

    /// How many steps may begin in these seconds.
    fn allowed(known: Option<&Breaker>, seconds: [i64; 2]) -> [usize; 2] {
        seconds.map(|second| known.map_or(SHARE, |breaker| breaker.allows(SHARE, at(second))))
    }

    fn failures(seconds: impl IntoIterator<Item = i64>) -> impl Iterator<Item = (i64, News)> {
        seconds.into_iter().map(|second| (second, News::Failed))
    }

    fn refused() -> News {
        News::Refused("the password is wrong".into())
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_one_step_tries_after_a_while() {
        assert_eq!(allowed(after(failures([0, 1])).as_ref(), [1, 2]), [SHARE, SHARE]);
        assert_eq!(allowed(after(failures([0, 1, 2])).as_ref(), [31, 32]), [0, 1]);
        assert_eq!(allowed(after(failures([0, 1, 2, 40])).as_ref(), [69, 70]), [0, 1], "the one that tried has failed");
        assert_eq!(after(failures([0, 1, 2]).chain([(33, News::ProbablyGotThrough)])), None);
    }

    #[test]
    fn a_call_that_gets_through_in_between_starts_the_count_anew() {
        let news = failures([0, 1]).chain([(2, News::GotThrough)]).chain(failures([3, 4]));
        assert_eq!(allowed(after(news).as_ref(), [4, 5]), [SHARE, SHARE]);
        let news = failures([0, 1]).chain([(2, News::ProbablyGotThrough)]).chain(failures([3]));
        assert_eq!(allowed(after(news).as_ref(), [4, 33]), [0, 1], "one that may not have called says nothing");
    }

    #[test]
    fn a_named_moment_is_waited_for_and_a_shorter_one_takes_nothing_off() {
        let told = after([(0, News::ToldToWait(at(100))), (0, News::ToldToWait(at(50)))]);
        assert_eq!(allowed(told.as_ref(), [99, 100]), [0, 1]);
    }

    #[test]
    fn whoever_refuses_is_asked_less_and_less_often_but_never_less_than_every_quarter_of_an_hour() {
        let (mut known, mut now, mut waits) = (None, at(0), Vec::new());
        for _ in 0..7 {
            known = Breaker::after(known, refused(), now);
            let until = known.as_ref().and_then(Breaker::open_until).expect("it is parked");
            waits.push(until.duration_since(now).as_mins());
            now = until;
        }
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
        assert!(matches!(known, Some(Breaker::Parked(Parked { since, refusals: 7, .. })) if since == at(0)));
    }

    #[test]
    fn those_who_had_asked_before_the_first_refusal_came_make_it_no_longer() {
        assert_eq!(allowed(after([(0, refused()), (1, refused()), (2, refused())]).as_ref(), [59, 60]), [0, 1]);
    }

    #[test]
    fn a_neighbour_stays_parked_until_a_call_gets_through() {
        let parked = |news| matches!(after([(0, refused()), (60, news)]), Some(Breaker::Parked(_)));
        assert!(parked(News::Failed) && parked(News::ToldToWait(at(100))) && parked(refused()));
        assert_eq!(after([(0, refused()), (60, News::GotThrough)]), None);
    }

    #[test]
    fn somebody_who_has_acted_may_have_it_tried_at_once() {
        let mut breaker = after([(0, refused())]).expect("it is parked");
        breaker.try_at(at(5));
        assert_eq!(allowed(Some(&breaker), [4, 5]), [0, 1]);
        breaker.try_at(at(9));
        assert_eq!(breaker.open_until(), Some(at(5)), "and not later than before");
    }
}
