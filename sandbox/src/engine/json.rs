//! JSON as others send it.

use serde::de::DeserializeOwned;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads JSON. A byte order mark in front of it, which some clients write, is no part of it: a reader may ignore it (RFC 8259, 8.1).
///
/// # Errors
/// When the rest is not JSON, or not of this form.
pub fn read_json<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn one_mark_in_front_is_passed_over_and_no_other() {
        let read = |text: &str| read_json::<Value>(text.as_bytes()).ok();
        assert_eq!(read("\u{feff} [\"\u{feff}\"]"), Some(json!(["\u{feff}"])));
        assert_eq!(read("[1]"), Some(json!([1])));
        for wrong in ["\u{feff}", "\u{feff}\u{feff}[1]", " \u{feff}[1]", "[1]\u{feff}"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
