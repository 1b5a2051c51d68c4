//! What a path tells before anybody is let in: for the journal, for fault rules, for counting. No right rests on it ([`super::place`]).

use crate::icims::schema::ProfileType;

/// Whom and what a path is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The customer that it names, which need not exist.
    pub(super) customer: Option<u64>,
    /// The profile that it is about.
    pub(super) profile: Option<(ProfileType, u64)>,
}

impl Address {
    /// Reads what follows `/customers`.
    pub(super) fn of(path: &str) -> Self {
        let mut segments = path.split('/').skip(1);
        let Some(customer) = segments.next().and_then(number) else { return Self::default() };
        let kind = segments.next().and_then(ProfileType::of_url);
        let profile = kind.zip(segments.next().and_then(number));
        Self { customer: Some(customer), profile }
    }
}

/// Digits and nothing else; zeros in front change nothing.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
