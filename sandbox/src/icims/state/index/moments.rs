//! Ids by a moment. A narrow range is read moment by moment; a wide one span by span, each span in ascending order of ids, so that
//! the first thousand ids of any range are found without looking at the rest.

use std::ops::{Bound, RangeInclusive};

use imbl::OrdSet;
use jiff::Timestamp;

use super::Groups;

/// How long a span is: about nine hours. Half a year has fewer than 500 of them.
const SPAN: i64 = 1 << 15;

/// Ids by second, and by span.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct Moments {
    seconds: OrdSet<(i64, u64)>,
    spans: Groups<i64>,
}

impl Moments {
    pub(super) fn add(&mut self, at: Timestamp, id: u64) {
        self.seconds.insert((at.as_second(), id));
        self.spans.add(at.as_second().div_euclid(SPAN), id);
    }

    pub(super) fn take(&mut self, at: Timestamp, id: u64) {
        self.seconds.remove(&(at.as_second(), id));
        self.spans.take(at.as_second().div_euclid(SPAN), id);
    }

    /// The ids of a range in the order of their moments. Its ends may be a second off: whoever asks has to look again.
    pub(in crate::icims) fn within(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> impl Iterator<Item = u64> {
        let first = from.map_or(Bound::Unbounded, |from| Bound::Included((from.as_second() - 1, 0)));
        let last = to.map_or(Bound::Unbounded, |to| Bound::Included((to.as_second() + 1, u64::MAX)));
        let empty = matches!((from, to), (Some(from), Some(to)) if from > to);
        let rows = (!empty).then(|| self.seconds.range((first, last)));
        rows.into_iter().flatten().map(|(_, id)| *id)
    }

    /// The spans that a range touches and that have ids, with how many.
    pub(in crate::icims) fn spans(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> impl Iterator<Item = (i64, usize)> {
        let first = from.map_or(i64::MIN, |from| (from.as_second() - 1).div_euclid(SPAN));
        let last = to.map_or(i64::MAX, |to| (to.as_second() + 1).div_euclid(SPAN));
        self.spans.keys_from(first).map(|(span, count)| (*span, count)).take_while(move |(span, _)| *span <= last)
    }

    /// The ids of a span within bounds, ascending.
    pub(in crate::icims) fn run(&self, span: i64, ids: RangeInclusive<u64>) -> impl Iterator<Item = u64> {
        self.spans.run(span, ids)
    }
}
