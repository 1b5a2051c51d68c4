//! Which names and client ids belong to which customer's users, over all customers, so that a call finds its customer at once.

use std::sync::Arc;

use imbl::OrdMap;

use super::state::users::IntegrationUser;

/// Whose login a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) customer: u64,
    pub(super) user: Arc<str>,
}

/// The names of all integration users. Each name and each client id belongs to one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Logins {
    by_name: OrdMap<String, Login>,
    by_client: OrdMap<String, Login>,
    enrolled: OrdMap<u64, Vec<Names>>,
}

/// What one user signs in with.
#[derive(Clone, Debug)]
struct Names {
    names: Vec<String>,
    client: String,
}

impl Logins {
    /// The user with this name, for Basic and for signed requests.
    pub(super) fn of_name(&self, name: &str) -> Option<&Login> {
        self.by_name.get(name)
    }

    /// The user with this client id.
    pub(super) fn of_client(&self, client: &str) -> Option<&Login> {
        self.by_client.get(client)
    }

    /// Which of a user's names another customer's user has: `username`, `hmac_user` or `client_id`.
    pub(super) fn taken(&self, customer: u64, user: &IntegrationUser) -> Option<&'static str> {
        let elsewhere = |login: Option<&Login>| login.is_some_and(|login| login.customer != customer);
        if elsewhere(self.of_name(&user.username)) {
            return Some("username");
        }
        if elsewhere(self.of_name(&user.hmac_user)) {
            return Some("hmac_user");
        }
        elsewhere(self.of_client(&user.client_id)).then_some("client_id")
    }

    /// Notes how the users of a customer sign in, and forgets what was noted of that customer before. A name that another customer's
    /// user has stays with that one.
    pub(super) fn enrol<'a>(&mut self, customer: u64, users: impl Iterator<Item = &'a IntegrationUser>) {
        self.forget(customer);
        let mut all = Vec::new();
        for user in users {
            let login = Login { customer, user: user.username.as_str().into() };
            let mut own = Names { names: Vec::new(), client: String::new() };
            for name in [&user.username, &user.hmac_user] {
                if !name.is_empty() && !self.by_name.contains_key(name) {
                    self.by_name.insert(name.clone(), login.clone());
                    own.names.push(name.clone());
                }
            }
            if !user.client_id.is_empty() && !self.by_client.contains_key(&user.client_id) {
                self.by_client.insert(user.client_id.clone(), login);
                own.client.clone_from(&user.client_id);
            }
            all.push(own);
        }
        self.enrolled.insert(customer, all);
    }

    /// Forgets how the users of a customer sign in.
    pub(super) fn forget(&mut self, customer: u64) {
        for Names { names, client } in self.enrolled.remove(&customer).unwrap_or_default() {
            for name in names {
                self.by_name.remove(&name);
            }
            self.by_client.remove(&client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> IntegrationUser {
        IntegrationUser {
            username: name.into(),
            hmac_user: format!("{name}-hmac"),
            client_id: format!("{name}-client"),
            ..IntegrationUser::default()
        }
    }

    #[test]
    fn enrolling_again_forgets_what_was_before() {
        let mut logins = Logins::default();
        logins.enrol(4021, [user("ana"), user("ben")].iter());
        logins.enrol(4021, [user("ana")].iter());
        assert_eq!(logins.of_name("ana-hmac"), Some(&Login { customer: 4021, user: "ana".into() }));
        assert_eq!((logins.of_name("ben"), logins.of_client("ben-client")), (None, None));
    }

    #[test]
    fn a_name_stays_with_the_first_customer_that_has_it() {
        let mut logins = Logins::default();
        logins.enrol(4021, [user("ana")].iter());
        assert_eq!(logins.taken(4022, &user("ana")), Some("username"));
        assert_eq!(logins.taken(4021, &user("ana")), None);
        logins.enrol(4022, [user("ana")].iter());
        assert_eq!(logins.of_client("ana-client").map(|login| login.customer), Some(4021));
        logins.enrol(4022, std::iter::empty());
        assert!(logins.of_name("ana").is_some(), "what 4022 never had is not taken from 4021");
    }
}
