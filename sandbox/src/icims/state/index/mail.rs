//! People by e-mail address, also by the end of one: `=` means "contains" (icims-api 10.3), and whoever searches by e-mail sends
//! a whole address.
//!
//! Addresses are kept as domain, a zero byte, and the local part backwards. Those that contain `ines@brightwater.example` are then
//! neighbours: same domain, and a local part that ends with `ines`.

use std::sync::Arc;

use imbl::OrdSet;

/// How many different domains that begin with the wanted one are looked at; more are not worth it.
const DOMAIN_LIMIT: usize = 64;
/// Between domain and local part; sorts before every other character.
const BETWEEN: char = '\0';

/// Ids by e-mail address in lower case. Texts are shared, as neighbours are copied with each change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct Mails {
    addresses: OrdSet<(Arc<str>, u64)>,
    /// Texts with several `@`, which can contain an address in other places.
    odd: OrdSet<u64>,
}

impl Mails {
    pub(super) fn add(&mut self, email: &str, id: u64) {
        self.addresses.insert((key(email).into(), id));
        if is_odd(email) {
            self.odd.insert(id);
        }
    }

    pub(super) fn take(&mut self, email: &str, id: u64) {
        self.addresses.remove(&(key(email).into(), id));
        self.odd.remove(&id);
    }

    /// The ids with exactly this address, ascending.
    pub(in crate::icims) fn exactly<'a>(&'a self, email: &str) -> impl Iterator<Item = u64> + use<'a> {
        let wanted: Arc<str> = key(email).into();
        self.addresses.range((wanted.clone(), 0)..=(wanted, u64::MAX)).map(|(_, id)| *id)
    }

    /// The ids whose address may contain a whole address, ascending, at most `limit` of them; `None` when the text is no whole address, or
    /// when there are more: then everybody has to be looked at.
    pub(in crate::icims) fn containing(&self, part: &str, limit: usize) -> Option<Vec<u64>> {
        let (local, domain) = part.split_once('@').filter(|(_, domain)| !domain.is_empty() && !is_odd(part))?;
        if part.contains(BETWEEN) || self.odd.len() > limit {
            return None;
        }
        let mut found: Vec<u64> = self.odd.iter().copied().collect();
        let backwards: String = local.chars().rev().collect();
        let mut domains = 0;
        let mut from: Arc<str> = domain.into();
        while let Some((next, _)) = self.addresses.range((from.clone(), 0)..).next().filter(|(next, _)| next.starts_with(domain))
        {
            domains += 1;
            if domains > DOMAIN_LIMIT {
                return None;
            }
            let own = next.split(BETWEEN).next().unwrap_or_default();
            let wanted = format!("{own}{BETWEEN}{backwards}");
            let ending = self.addresses.range((wanted.as_str().into(), 0)..);
            let matching = ending.take_while(|(known, _)| known.starts_with(&wanted)).map(|(_, id)| *id);
            found.extend(matching.take(limit + 1));
            if found.len() > limit {
                return None;
            }
            // The first text after every address of this domain.
            from = format!("{own}\u{1}").into();
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

fn is_odd(email: &str) -> bool {
    email.matches('@').count() > 1 || email.contains(BETWEEN)
}

fn key(email: &str) -> String {
    // What has no domain must not be taken for what has an empty one.
    let Some((local, domain)) = email.rsplit_once('@') else { return format!("{BETWEEN}{BETWEEN}{email}") };
    domain.chars().chain([BETWEEN]).chain(local.chars().rev()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_address_is_found_within_longer_ones() {
        let mut mails = Mails::default();
        let known = ["ines@x.org", "agnines@x.org", "ines@x.org.uk", "ines@y.org", "inesa@x.org", "a@ines@x.org", "ines"];
        for (id, email) in (1..).zip(known) {
            mails.add(email, id);
        }
        assert_eq!(mails.containing("ines@x.org", 10).expect("few enough"), [1, 2, 3, 6]);
        assert_eq!(mails.exactly("ines").collect::<Vec<_>>(), [7]);
        assert_eq!(mails.containing("ines", 10), None, "not a whole address");
        assert_eq!(mails.containing("ines@x.org", 3), None, "too many");
    }

    proptest! {
        #[test]
        fn nobody_is_overlooked(known in proptest::collection::vec("[ab@.]{0,6}", 0..20), part in "[ab.]{0,3}@[ab.]{0,3}") {
            let mut mails = Mails::default();
            for (id, email) in (0..).zip(&known) {
                mails.add(email, id);
            }
            let with = |test: &dyn Fn(&str) -> bool| (0..).zip(&known).filter(|(_, email)| test(email)).map(|(id, _)| id).collect::<Vec<u64>>();
            if let Some(found) = mails.containing(&part, 100) {
                for id in with(&|email| email.contains(&part)) {
                    prop_assert!(found.contains(&id), "{} in {:?}", part, known[usize::try_from(id).expect("small")]);
                }
            }
            for email in &known {
                let found: Vec<u64> = mails.exactly(email).collect();
                prop_assert_eq!(found, with(&|other| other == email));
            }
        }
    }
}
