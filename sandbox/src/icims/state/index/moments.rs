//! Ids by a moment. A narrow range is read moment by moment; a wide one span by span, each span in ascending order of ids, so that
//! the first thousand ids of any range are found without looking at the rest. Spans are long in the middle of a range and short at its
//! ends, where some of their ids lie outside.

use std::ops::{Bound, RangeInclusive};

use imbl::OrdSet;
use jiff::Timestamp;

use super::Groups;

/// How long a long span is, in seconds: about nine hours. Half a year has fewer than 500 of them.
const LONG: i64 = 1 << 15;
/// How long a short span is, in seconds: about seventeen minutes.
const SHORT: i64 = 1 << 10;

/// A stretch of time, counted from 1970 in its own length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::icims) enum Span {
    Long(i64),
    Short(i64),
}

/// Ids by second, and by span.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct Moments {
    seconds: OrdSet<(i64, u64)>,
    spans: Groups<Span>,
}

impl Moments {
    pub(super) fn add(&mut self, at: Timestamp, id: u64) {
        let second = at.as_second();
        self.seconds.insert((second, id));
        self.spans.add(Span::Long(second.div_euclid(LONG)), id);
        self.spans.add(Span::Short(second.div_euclid(SHORT)), id);
    }

    pub(super) fn take(&mut self, at: Timestamp, id: u64) {
        let second = at.as_second();
        self.seconds.remove(&(second, id));
        self.spans.take(Span::Long(second.div_euclid(LONG)), id);
        self.spans.take(Span::Short(second.div_euclid(SHORT)), id);
    }

    /// The ids of a range in the order of their moments. Its ends may be a second off: whoever asks has to look again.
    pub(in crate::icims) fn within(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> impl Iterator<Item = u64> {
        let first = from.map_or(Bound::Unbounded, |from| Bound::Included((from.as_second() - 1, 0)));
        let last = to.map_or(Bound::Unbounded, |to| Bound::Included((to.as_second() + 1, u64::MAX)));
        let empty = matches!((from, to), (Some(from), Some(to)) if from > to);
        let rows = (!empty).then(|| self.seconds.range((first, last)));
        rows.into_iter().flatten().map(|(_, id)| *id)
    }

    /// The spans that cover a range and that have ids, with how many.
    pub(in crate::icims) fn spans(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> impl Iterator<Item = (Span, usize)> {
        let first = from.map(|from| from.as_second() - 1);
        let last = to.map(|to| to.as_second() + 1);
        let (begin, end) = (first.map(|first| first.div_euclid(LONG)), last.map(|last| last.div_euclid(LONG)));
        let inner = begin.map_or(i64::MIN, |begin| begin + 1)..=end.map_or(i64::MAX, |end| end - 1);
        // Within the long span in which the range begins, or ends; only one of them if that is the same.
        let head = first.zip(begin).map(|(first, begin)| (first, last.unwrap_or(i64::MAX).min((begin + 1) * LONG - 1)));
        let tail = last.zip(end).filter(|(_, end)| begin != Some(*end)).map(|(last, end)| (end * LONG, last));
        let short = [head, tail]
            .into_iter()
            .flatten()
            .map(|(first, last)| (Span::Short(first.div_euclid(SHORT)), Span::Short(last.div_euclid(SHORT))));
        let long = (Span::Long(*inner.start()), Span::Long(*inner.end()));
        std::iter::once(long).chain(short).flat_map(|(first, last)| self.between(first, last))
    }

    fn between(&self, first: Span, last: Span) -> impl Iterator<Item = (Span, usize)> {
        self.spans.keys_from(first).map(|(span, count)| (*span, count)).take_while(move |(span, _)| *span <= last)
    }

    /// The ids of a span within bounds, ascending.
    pub(in crate::icims) fn run(&self, span: Span, ids: RangeInclusive<u64>) -> impl Iterator<Item = u64> {
        self.spans.run(span, ids)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    proptest! {
        #[test]
        fn spans_cover_a_range_with_hardly_more_than_it_holds(
            seconds in proptest::collection::vec(-200_000_i64..200_000, 0..200),
            from in proptest::option::of(-200_000_i64..200_000),
            to in proptest::option::of(-200_000_i64..200_000),
        ) {
            prop_assume!(from.is_none_or(|from| to.is_none_or(|to| from <= to)));
            let mut moments = Moments::default();
            for (id, second) in (0..).zip(&seconds) {
                moments.add(at(*second), id);
            }
            let spans: Vec<(Span, usize)> = moments.spans(from.map(at), to.map(at)).collect();
            let mut covered: Vec<u64> = spans.iter().flat_map(|(span, _)| moments.run(*span, 0..=u64::MAX)).collect();
            prop_assert_eq!(spans.iter().map(|(_, count)| count).sum::<usize>(), covered.len());
            covered.sort_unstable();
            prop_assert!(covered.windows(2).all(|pair| pair[0] < pair[1]), "some id is covered twice");
            for (id, second) in (0..).zip(&seconds) {
                let (early, late) = (from.map_or(0, |from| from - second), to.map_or(0, |to| second - to));
                let found = covered.binary_search(&id).is_ok();
                prop_assert!(found || early > 0 || late > 0, "{second} lies within and is not covered");
                prop_assert!(!found || early.max(late) <= SHORT + 1, "{second} lies far outside and is covered");
            }
            for (id, second) in (0..).zip(&seconds) {
                moments.take(at(*second), id);
            }
            prop_assert_eq!(moments, Moments::default());
        }
    }
}
