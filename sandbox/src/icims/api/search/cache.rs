//! Results that may be up to 15 minutes old (icims-api 10.8), for customers whose switch `search_cache` is on.
//!
//! Kept by customer, searched type and normalised filters, and shared between users, as the documents say. Times are those of the
//! virtual clock. Nothing is stored: a restart begins without results.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use sha2::{Digest, Sha256};

use crate::icims::schema::ProfileType;

use super::query::Group;

/// How old results may be unless `staleness` says otherwise (icims-api 10.8).
pub(super) const STALENESS: SignedDuration = SignedDuration::from_mins(15);
/// How many results are kept for one customer; the oldest make room.
const KEPT: usize = 256;
/// How many ids all kept results of one customer have together, by the same rule; the newest result always stays.
const IDS_KEPT: usize = 4_000_000;

type Query = (ProfileType, [u8; 32]);

#[derive(Debug)]
struct Kept {
    at: Timestamp,
    ids: Arc<[u64]>,
}

/// The kept results of a customer.
#[derive(Debug, Default)]
pub(in crate::icims) struct Searches(Mutex<BTreeMap<Query, Kept>>);

impl Searches {
    /// The results of a query, unless there are none or they are older than that. Results of the future, which a clock that was set
    /// back leaves behind, do not count.
    pub(super) fn fresh(&self, query: &Query, now: Timestamp, staleness: SignedDuration) -> Option<Arc<[u64]>> {
        let own = self.lock();
        let kept = own.get(query)?;
        let age = now.duration_since(kept.at);
        (!age.is_negative() && age < staleness).then(|| Arc::clone(&kept.ids))
    }

    pub(super) fn keep(&self, query: Query, at: Timestamp, ids: Arc<[u64]>) {
        let mut own = self.lock();
        own.remove(&query);
        while own.len() >= KEPT || own.values().map(|kept| kept.ids.len()).sum::<usize>() + ids.len() > IDS_KEPT {
            let Some(oldest) = own.iter().min_by_key(|(_, kept)| kept.at).map(|(query, _)| *query) else { break };
            own.remove(&oldest);
        }
        own.insert(query, Kept { at, ids });
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Query, Kept>> {
        self.0.lock()
    }
}

/// What makes two queries the same: the order of filters and groups does not matter.
pub(super) fn normalised(kind: ProfileType, group: &Group) -> Query {
    (kind, Sha256::digest(text(group)).into())
}

fn text(group: &Group) -> String {
    let filters = group.filters.iter().map(|filter| format!("{filter:?}"));
    let mut parts: Vec<String> = filters.chain(group.children.iter().map(text)).collect();
    parts.sort_unstable();
    format!("{}({})", if group.any { '|' } else { '&' }, parts.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::users::Rights;

    fn query(place: usize) -> Query {
        (ProfileType::Jobs, Sha256::digest(place.to_string()).into())
    }

    #[test]
    fn the_order_of_filters_does_not_make_another_query() {
        let read = |first: &str, second: &str| {
            let filter = |name: &str| json!({"name": format!("person.{name}"), "value": ["a"]});
            let json = json!({"filters": [filter(first), filter(second)]});
            normalised(ProfileType::People, &Group::read(ProfileType::People, &json, &Rights::default()).expect("a query"))
        };
        assert_eq!(read("firstname", "lastname"), read("lastname", "firstname"));
        assert_ne!(read("firstname", "lastname"), read("firstname", "email"));
    }

    #[test]
    fn no_more_than_the_newest_results_are_kept() {
        let searches = Searches::default();
        let at = |place: usize| Timestamp::from_second(i64::try_from(place).expect("small")).expect("a moment");
        for place in 0..KEPT + 10 {
            searches.keep(query(place), at(place), Arc::from([]));
        }
        assert_eq!(searches.lock().len(), KEPT);
        let now = at(KEPT + 10);
        assert!(searches.fresh(&query(9), now, STALENESS).is_none());
        assert!(searches.fresh(&query(10), now, STALENESS).is_some());
        assert!(searches.fresh(&query(KEPT), at(0), STALENESS).is_none(), "the clock was set back");
    }

    #[test]
    fn large_results_push_out_older_ones() {
        let searches = Searches::default();
        let now = Timestamp::UNIX_EPOCH;
        let large: Arc<[u64]> = vec![1; IDS_KEPT / 2].into();
        for place in 0..3 {
            let later = now + SignedDuration::from_secs(i64::try_from(place).expect("small"));
            searches.keep(query(place), later, Arc::clone(&large));
        }
        let is_kept = |place| searches.fresh(&query(place), now + SignedDuration::from_secs(9), STALENESS).is_some();
        assert_eq!([0, 1, 2].map(is_kept), [false, true, true]);
    }
}
