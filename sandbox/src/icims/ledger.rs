//! Which fields of which profile type are read and written over the API, by whom: the list that iCIMS asks vendors for.
//!
//! It lies beside the state, with a lock of its own, so that reading a profile does not become a change. Kept in
//! memory only; a restart begins anew.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;

use super::schema::ProfileType;

/// How many fields of one customer are counted; there are far fewer.
const FIELD_LIMIT: usize = 2_000;
/// How many users of one field are named.
const USER_LIMIT: usize = 50;

/// How a call uses a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::icims) enum Use {
    /// Its value is in an answer, or would be if there was one.
    Read,
    /// A search filters by it.
    Searched,
    /// Its value is set or removed.
    Written,
}

/// The fields that a call used. A handler attaches it to its answer.
#[derive(Clone, Debug)]
pub(in crate::icims) struct Used {
    pub(in crate::icims) kind: ProfileType,
    pub(in crate::icims) how: Use,
    pub(in crate::icims) fields: Vec<Cow<'static, str>>,
}

/// What is known of the use of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldUse {
    /// The profile type, as in addresses: `people`.
    pub profile: String,
    /// The field; a sub-field of a collection as `assessmentresults.assessmentstatus`.
    pub field: String,
    /// How many answers had it.
    pub read: u64,
    /// How many searches filtered by it.
    pub searched: u64,
    /// How many changes set or removed it.
    pub written: u64,
    /// When it was used last, on the virtual clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last: Option<Timestamp>,
    /// The integration users who used it.
    pub users: BTreeSet<String>,
}

/// By profile type and name.
type Fields = BTreeMap<ProfileType, BTreeMap<String, FieldUse>>;

/// The use of all fields of a customer.
#[derive(Debug, Default)]
pub(in crate::icims) struct Ledger(Mutex<Fields>);

impl Ledger {
    /// Notes what a call used.
    pub(in crate::icims) fn note(&self, user: &str, used: &Used, now: Timestamp) {
        let mut fields = self.0.lock();
        let mut room = FIELD_LIMIT.saturating_sub(fields.values().map(BTreeMap::len).sum());
        let fields = fields.entry(used.kind).or_default();
        for field in &used.fields {
            let field = field.as_ref();
            if !fields.contains_key(field) {
                if room == 0 {
                    continue;
                }
                room -= 1;
                let (profile, field) = (used.kind.plural().to_owned(), field.to_owned());
                fields.insert(field.clone(), FieldUse { profile, field, ..FieldUse::default() });
            }
            let Some(row) = fields.get_mut(field) else { continue };
            match used.how {
                Use::Read => row.read += 1,
                Use::Searched => row.searched += 1,
                Use::Written => row.written += 1,
            }
            row.last = Some(now);
            if row.users.len() < USER_LIMIT && !row.users.contains(user) {
                row.users.insert(user.to_owned());
            }
        }
    }

    /// The use of the fields, by profile type and name.
    pub(in crate::icims) fn all(&self) -> Vec<FieldUse> {
        let fields = self.0.lock();
        fields.values().flat_map(BTreeMap::values).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_counted_and_bounded() {
        let (ledger, full) = (Ledger::default(), Ledger::default());
        let used = |how, field: &str| Used { kind: ProfileType::People, how, fields: vec![field.to_owned().into()] };
        ledger.note("harver", &used(Use::Read, "email"), Timestamp::UNIX_EPOCH);
        ledger.note("other", &used(Use::Written, "email"), Timestamp::UNIX_EPOCH);
        let of = ledger.all();
        assert_eq!((of.len(), of[0].read, of[0].written, of[0].searched, of[0].users.len()), (1, 1, 1, 0, 2));
        for field in 0..FIELD_LIMIT + 5 {
            full.note("harver", &used(Use::Read, &field.to_string()), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(full.all().len(), FIELD_LIMIT);
    }
}
