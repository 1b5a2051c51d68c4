//! Which name may have been meant.

/// How much alike two names must be, from 0 to 1.
const ALIKE: f64 = 0.75;

/// The name that is most like this one, if one is.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let alike =
        |other: &str| strsim::jaro_winkler(&plain(name), &plain(other)).max(f64::from(u8::from(plain(name) == plain(other))));
    let all = known.into_iter().filter(|other| *other != name).map(|other| (alike(other), other));
    all.filter(|(alike, _)| *alike >= ALIKE).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, other)| other)
}

/// Whether it was meant, to be put at the end of a sentence.
pub(super) fn question(near: &Option<String>) -> String {
    near.as_ref().map(|name| format!(": did you mean {name:?}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_key_is_recognised_and_another_word_is_not() {
        for (name, known, near) in [
            ("magicLink", ["magicUrl", "status"], Some("magicUrl")),
            ("access_token", ["accessToken", "expires"], Some("accessToken")),
            ("email", ["emailAddress", "id"], Some("emailAddress")),
            ("email", ["status", "title"], None),
        ] {
            assert_eq!(nearest(name, known), near, "{name}");
        }
    }
}
