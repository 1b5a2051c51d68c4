//! Credentials that somebody else presents to us, and their rotation.

use jiff::Timestamp;
use secrecy::SecretString;

/// A user name and a password that somebody else must present to us.
#[derive(Clone, Debug)]
pub struct InboundCredentials {
    /// The user name; unique among all customers, because it tells who is calling.
    pub username: String,
    /// The password. Kept readable, because the Harver Admin copies it to the other side.
    pub password: SecretString,
    /// The password before the last rotation, as long as it is let in beside the new one.
    pub former: Option<Former>,
}

/// A password that was replaced, and still opens until the announced moment.
#[derive(Clone, Debug)]
pub struct Former {
    /// The password.
    pub password: SecretString,
    /// From when it is refused.
    pub until: Timestamp,
}

impl InboundCredentials {
    /// Credentials that were never rotated.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self { username: username.into(), password: password.into(), former: None }
    }

    /// The passwords that open at a moment: the present one, and the former one until its end (promise G13).
    pub fn passwords_at(&self, now: Timestamp) -> impl Iterator<Item = &SecretString> {
        let former = self.former.as_ref().filter(|former| now < former.until);
        std::iter::once(&self.password).chain(former.map(|former| &former.password))
    }

    /// The same user with a new password. The present one is let in until `until`; one that was replaced before ends now, so that
    /// never more than two are valid.
    #[must_use]
    pub fn rotated(&self, password: SecretString, until: Timestamp) -> Self {
        let former = Former { password: self.password.clone(), until };
        Self { username: self.username.clone(), password, former: Some(former) }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn valid(credentials: &InboundCredentials, second: i64) -> Vec<&str> {
        credentials.passwords_at(at(second)).map(ExposeSecret::expose_secret).collect()
    }

    #[test]
    fn old_and_new_open_side_by_side_until_the_announced_moment() {
        let rotated = InboundCredentials::new("icims", "old").rotated("new".into(), at(100));
        assert_eq!(rotated.username, "icims");
        assert_eq!(valid(&rotated, 99), ["new", "old"]);
        assert_eq!(valid(&rotated, 100), ["new"]);
    }

    #[test]
    fn a_second_rotation_ends_the_first_password_at_once() {
        let twice = InboundCredentials::new("icims", "first").rotated("second".into(), at(100)).rotated("third".into(), at(50));
        assert_eq!(valid(&twice, 10), ["third", "second"]);
        assert_eq!(valid(&twice, 50), ["third"]);
    }
}
