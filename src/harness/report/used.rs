//! Which fields of iCIMS were read and written, and which calls were made: what iCIMS asks vendors for, taken from what happened.

use std::collections::BTreeMap;

use super::exchange::{self, Exchange};

/// A field of a type of profile, and how it was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldUse {
    pub(super) profile_type: String,
    pub(super) field: String,
    pub(super) read: usize,
    pub(super) written: usize,
}

/// A call of an API, and how often it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallUse {
    pub(super) from: String,
    pub(super) to: String,
    /// `GET /customers/{id}/people/{id}`.
    pub(super) call: String,
    pub(super) times: usize,
}

impl CallUse {
    /// Who made it, as readers call it.
    pub(super) fn sender(&self) -> &str {
        exchange::actor(&self.from)
    }

    /// Who answered it.
    pub(super) fn receiver(&self) -> &str {
        exchange::actor(&self.to)
    }
}

/// The fields, by profile type and name.
pub(super) fn fields<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Vec<FieldUse> {
    let mut uses: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for exchange in exchanges {
        let Some(profile_type) = exchange.profile_type() else { continue };
        for field in &exchange.reads {
            uses.entry((profile_type, field)).or_default().0 += 1;
        }
        for field in &exchange.writes {
            uses.entry((profile_type, field)).or_default().1 += 1;
        }
    }
    let uses = uses.into_iter().map(|((profile_type, field), (read, written))| FieldUse {
        profile_type: profile_type.to_owned(),
        field: field.to_owned(),
        read,
        written,
    });
    uses.collect()
}

/// The calls, by who made them.
pub(super) fn calls<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Vec<CallUse> {
    let mut uses: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    for exchange in exchanges {
        *uses.entry((&exchange.from, &exchange.to, exchange.call())).or_default() += 1;
    }
    let uses = uses.into_iter().map(|((from, to, call), times)| CallUse { from: from.into(), to: to.into(), call, times });
    uses.collect()
}
