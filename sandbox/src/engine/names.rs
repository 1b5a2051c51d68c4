//! Who has which name, over all customers, so that a call finds its customer at once.

use std::sync::Arc;

use imbl::OrdMap;

use super::persist::Name;

/// Whose a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The customer.
    pub customer: u64,
    /// What of the customer has it, such as a user; empty for the customer itself.
    pub whose: Arc<str>,
}

/// The names of all customers. Each name of a kind belongs to one of them. A clone shares everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    owners: OrdMap<&'static str, OrdMap<Arc<str>, Owner>>,
    noted: OrdMap<u64, Arc<[Name]>>,
}

impl Names {
    pub(super) fn owner(&self, kind: &str, name: &str) -> Option<&Owner> {
        self.owners.get(kind)?.get(name)
    }

    /// Notes the names of a customer, and forgets what was noted of it before. A name that another customer has stays with that one.
    pub(super) fn note(&mut self, customer: u64, names: &[Name]) {
        self.forget(customer);
        let mut noted = Vec::with_capacity(names.len());
        for name in names {
            let owners = self.owners.entry(name.kind).or_default();
            if !name.name.is_empty() && !owners.contains_key(&name.name) {
                owners.insert(Arc::clone(&name.name), Owner { customer, whose: Arc::clone(&name.whose) });
                noted.push(name.clone());
            }
        }
        self.noted.insert(customer, noted.into());
    }

    /// Forgets the names of a customer.
    pub(super) fn forget(&mut self, customer: u64) {
        for name in self.noted.remove(&customer).iter().flat_map(|names| names.iter()) {
            if let Some(owners) = self.owners.get_mut(name.kind) {
                owners.remove(&name.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(name: &str, whose: &str) -> Name {
        Name { kind: "login", name: name.into(), whose: whose.into() }
    }

    fn whose(names: &Names, name: &str) -> Option<(u64, String)> {
        names.owner("login", name).map(|owner| (owner.customer, owner.whose.to_string()))
    }

    #[test]
    fn noting_again_forgets_what_was_before() {
        let mut names = Names::default();
        names.note(4021, &[login("ana", "ana"), login("ana-hmac", "ana"), login("ben", "ben"), login("", "ben")]);
        names.note(4021, &[login("ana-hmac", "ana")]);
        assert_eq!(whose(&names, "ana-hmac"), Some((4021, "ana".into())));
        assert_eq!((whose(&names, "ana"), whose(&names, "ben"), whose(&names, "")), (None, None, None));
        assert_eq!(names.owner("client", "ana-hmac"), None);
    }

    #[test]
    fn a_name_stays_with_the_first_customer_that_has_it() {
        let mut names = Names::default();
        names.note(4021, &[login("ana", "ana")]);
        names.note(4022, &[login("ana", "another")]);
        assert_eq!(whose(&names, "ana"), Some((4021, "ana".into())));
        names.forget(4022);
        assert!(whose(&names, "ana").is_some(), "what 4022 never had is not taken from 4021");
        names.forget(4021);
        assert_eq!(whose(&names, "ana"), None);
    }
}
