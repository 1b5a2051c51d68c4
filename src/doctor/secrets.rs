//! What is shown to nobody. Nothing that is printed or bundled leaves without having gone through here.

use std::collections::BTreeSet;

/// What stands where a secret was.
pub(super) const TAKEN_OUT: &str = "•••";

/// The last parts of the names of settings that are secrets.
const SECRET: [&str; 9] = [
    "password",
    "client_secret",
    "token",
    "hmac_key",
    "admin_password",
    "recruiter_password",
    "sealing_passphrase",
    "former_sealing_passphrase",
    "next_sealing_passphrase",
];

/// Whether a setting is a secret.
pub(super) fn is_secret(setting: &str) -> bool {
    SECRET.contains(&setting.rsplit('.').next().unwrap_or_default())
}

/// Secrets that the doctor was told.
#[derive(Clone, Default)]
pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    pub(super) fn of(secrets: impl IntoIterator<Item = String>) -> Self {
        // What is shorter could be any word.
        Self(secrets.into_iter().filter(|secret| secret.len() >= 4).collect())
    }

    /// The text without them.
    #[must_use]
    pub(crate) fn out_of(&self, text: &str) -> String {
        // The longest first, so that none is left in part because another one is its beginning.
        let mut secrets: Vec<&String> = self.0.iter().collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), TAKEN_OUT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_the_end_of_their_name_and_taken_out_as_a_whole() {
        assert!(["icims.password", "control.token", "platform.client_secret"].iter().all(|setting| is_secret(setting)));
        assert!(["icims.token_url", "icims.username", "icims.client_id"].iter().all(|setting| !is_secret(setting)));
        let secrets = Secrets::of(["hunter2".to_owned(), "hunter2-and-more".to_owned(), "a".to_owned()]);
        assert_eq!(secrets.out_of("a hunter2-and-more, hunter2"), "a •••, •••");
    }
}
