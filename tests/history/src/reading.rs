//! Reading a history from its lines.

use crate::Entry;

/// Why a text is no history.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is none of a history")]
pub struct Unreadable {
    line: usize,
    #[source]
    source: serde_json::Error,
}

/// The entries of a history, a line each.
///
/// # Errors
/// When a line is none.
pub fn read(text: &str) -> Result<Vec<Entry>, Unreadable> {
    let lines = text.lines().enumerate();
    lines.map(|(at, line)| serde_json::from_str(line).map_err(|source| Unreadable { line: at + 1, source })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Does, Saw};

    #[test]
    fn lines_are_read_as_they_were_written() {
        let entries = [
            Entry::Opens { run: "a run".into(), seed: Some(7), at_once: 8 },
            Entry::Begins { act: 1, who: "iCIMS".into(), does: Does::Event, whom: "a".into() },
            Entry::Ends { act: 1, saw: Saw::Unknown },
            Entry::Closes,
        ];
        let text: String = entries.iter().map(|entry| serde_json::to_string(entry).expect("JSON") + "\n").collect();
        assert_eq!(text.lines().nth(2), Some(r#"{"ends":{"act":1,"saw":"unknown"}}"#));
        assert_eq!(read(&text).expect("a history"), entries);
    }

    #[test]
    fn what_is_no_line_of_a_history_is_told_with_its_number() {
        let told = read("\"closes\"\n{\"ends\":{\"act\":1,\"saw\":\"perhaps\"}}\n").expect_err("no such word").to_string();
        assert_eq!(told, "line 2 is none of a history");
    }
}
