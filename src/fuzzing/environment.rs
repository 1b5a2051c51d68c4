//! The file of an environment, which somebody writes, exports from Postman, or has from `up --json`.

use crate::env_file::{Shape, Written, filled_in, harmless};

/// The file of an environment: what was read is the same when it is written and read again, and no message quotes what was written.
///
/// # Panics
/// When that is not so.
pub fn environment_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Written::parse(text) {
        Ok(written) => {
            let again = toml::to_string(&written.settings).expect("what was read can be written");
            let read = Written::parse(&again).expect("what was written can be read");
            if written.shape == Shape::Toml {
                assert_eq!(read.settings, written.settings);
            }
            for value in written.settings.values().filter_map(|value| value.as_str()) {
                check_filling(value);
            }
        }
        Err(error) => {
            let said = format!("{error:#}");
            assert!(said.len() <= 600 + text.len().min(600), "a message is short: {said}");
            assert!(!harmless(&said).contains("invalid type: string \""), "a message quotes no value: {said}");
        }
    }
}

fn check_filling(text: &str) {
    let filled = filled_in(text, &|name| (name != "UNSET").then(|| format!("<{}>", name.len())));
    if !text.contains("${") {
        assert!(filled.map_or(text.contains('\n'), |filled| filled == text), "without variables nothing changes");
    } else if let Ok(filled) = filled {
        assert!(!filled.contains('\n'));
    }
}
