//! Lines that fit a terminal, and the end of a command that somebody stops.

use anyhow::{Context as _, Result};

use crate::cli::stop::asked_to_stop;
use crate::verdict::Verdict;

/// How wide a line is at the most, in characters; a word is never cut.
const WIDTH: usize = 80;

/// A text in lines: the first begins like this, the others are indented as far.
pub(super) fn wrapped(begin: &str, text: &str) -> String {
    let indent = " ".repeat(begin.chars().count());
    let (mut lines, mut line, mut is_empty) = (Vec::new(), begin.to_owned(), true);
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

/// The end of a command, or of the patience of whoever has started it, who is told `interrupted`.
pub(super) async fn unless_stopped(interrupted: &str, command: impl Future<Output = Result<Verdict>>) -> Result<Verdict> {
    tokio::select! {
        // Signals are listened for before anybody is called.
        biased;
        stopped = asked_to_stop() => {
            stopped.context("listening for signals")?;
            eprintln!("{interrupted}");
            Ok(Verdict::Interrupted)
        }
        ended = command => ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_broken_between_words_and_indented() {
        let text = wrapped("  → ", &"word ".repeat(40));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH) && text.lines().count() == 3, "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("    word")), "{text}");
        assert_eq!(wrapped("a: ", ""), "a: ");
    }
}
