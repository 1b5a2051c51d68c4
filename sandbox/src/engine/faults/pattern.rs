//! Which paths a fault rule is about: a plain beginning, or a pattern with `*` and `**`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest pattern, in bytes.
const LONGEST: usize = 500;

/// A path, a beginning of paths, or a pattern.
///
/// Without an asterisk it admits the path itself and everything below it. With asterisks it admits whole paths: `*` stands for any
/// text within one segment, `**` as a segment of its own for any number of segments, none included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern(String);

impl PathPattern {
    /// Whether a path, without its query, is one of those.
    #[must_use]
    pub fn admits(&self, path: &str) -> bool {
        if !self.0.contains('*') {
            let rest = path.strip_prefix(self.0.as_str());
            return rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.0.ends_with('/'));
        }
        let wanted: Vec<&str> = self.0.split('/').collect();
        // Which segments of the pattern may come next. Walking a set of places instead of trying one after the other keeps the work
        // within segments times segments, whatever the pattern.
        let mut places = vec![false; wanted.len() + 1];
        places[0] = true;
        skip_any(&wanted, &mut places);
        for segment in path.split('/') {
            let mut next = vec![false; wanted.len() + 1];
            for (at, pattern) in wanted.iter().enumerate().filter(|(at, _)| places[*at]) {
                if *pattern == "**" {
                    next[at] = true;
                } else if within(pattern, segment) {
                    next[at + 1] = true;
                }
            }
            skip_any(&wanted, &mut next);
            places = next;
        }
        places[wanted.len()]
    }
}

/// `**` may stand for nothing.
fn skip_any(wanted: &[&str], places: &mut [bool]) {
    for (at, pattern) in wanted.iter().enumerate() {
        if places[at] && *pattern == "**" {
            places[at + 1] = true;
        }
    }
}

/// Whether `pattern`, where `*` stands for any text, is the whole of `text`.
fn within(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let (between, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inside = text.strip_prefix(first).and_then(|text| text.strip_suffix(last));
    inside.is_some_and(|mut rest| {
        // Where a piece comes first, it leaves most to the others: no need to come back.
        between.split('*').all(|piece| rest.split_once(piece).map(|(_, after)| rest = after).is_some())
    })
}

impl FromStr for PathPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(format!(
                "a path has 1 to {LONGEST} characters on one line, such as /customers/4021/people or /customers/*/people/**"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PathPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PathPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_paths_admit_what_is_below_them_and_patterns_admit_whole_paths() {
        let check = |pattern: &str, path: &str, expected: bool| {
            let pattern: PathPattern = pattern.parse().expect("a pattern");
            assert_eq!(pattern.admits(path), expected, "{pattern} and {path}");
        };
        check("/customers/4021/people", "/customers/4021/people", true);
        check("/customers/4021/people", "/customers/4021/people/7", true);
        check("/customers/402", "/customers/4021/people", false);
        check("/customers/", "/customers/4021/people", true);
        check("/customers/*/people/**", "/customers/4021/people/7/fields/email", true);
        check("/customers/*/people/**", "/customers/4021/people", true);
        check("/customers/*/people/*", "/customers/4021/people/7/fields", false);
        check("/customers/*/people", "/customers/4021/jobs", false);
        check("**/callbacks/harver", "/prod/orchestrator/v1/callbacks/harver", true);
        check("**", "/anything/at/all", true);
        check("/**/fields/*score*", "/customers/1/people/2/fields/assessmentscores", true);
        check("*@brightwater.example", "ines@brightwater.example", true);
        check("*@brightwater.example", "ines@harbour.example", false);
    }

    #[test]
    fn patterns_are_bounded() {
        assert!("".parse::<PathPattern>().is_err());
        assert!("/".repeat(LONGEST + 1).parse::<PathPattern>().is_err());
        assert!("/a\nb".parse::<PathPattern>().is_err());
    }

    /// Every way to stand for a text, tried one after the other.
    fn tried(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|at| tried(rest, &text[at..])),
            Some((byte, rest)) => text.split_first().is_some_and(|(first, text)| first == byte && tried(rest, text)),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_is_matched_as_if_everything_were_tried(pattern in "[ab*]{0,7}", text in "[ab]{0,9}") {
            prop_assert_eq!(within(&pattern, &text), tried(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn every_path_admits_itself_and_two_asterisks_admit_everything(path in "/[a-z0-9/]{0,40}", other in "\\PC{0,60}") {
            prop_assert!(path.parse::<PathPattern>().expect("a pattern").admits(&path));
            let everything = "**".parse::<PathPattern>().expect("a pattern");
            prop_assert!(everything.admits(&other));
        }

        #[test]
        fn no_pattern_and_no_path_makes_the_matching_panic(pattern in "[a*/]{1,40}|\\PC{1,40}", path in "[a/]{0,60}|\\PC{0,60}") {
            if let Ok(pattern) = pattern.parse::<PathPattern>() {
                let _ = pattern.admits(&path);
            }
        }

        #[test]
        fn an_asterisk_is_a_text_of_one_segment(before in "[a-z]{0,5}", text in "[a-z]{0,9}", after in "[a-z]{0,5}") {
            let pattern: PathPattern = format!("/x/{before}*{after}/y").parse().expect("a pattern");
            let (path, longer) = (format!("/x/{before}{text}{after}/y"), format!("/x/{before}/{after}/y"));
            prop_assert!(pattern.admits(&path) && !pattern.admits(&longer));
        }
    }
}
