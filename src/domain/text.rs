//! Text that must fit somewhere: a neighbour's field, a line of the log.

/// The text cut to at most `limit` characters, on a character boundary, with an ellipsis where something was lost.
///
/// iCIMS counts characters: 128 for the result, 192 for the notes (assessment-flow.md 4.4, row 26 of section 10).
#[must_use]
pub fn cut_to(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// An error with its causes, as one line.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// How wide the lines of a command are at the most, in characters.
pub const TERMINAL_WIDTH: usize = 80;

/// A text in lines: the first begins like this, the others like that. A word is never cut.
#[must_use]
pub fn wrapped(first: &str, others: &str, text: &str) -> Vec<String> {
    let (mut lines, mut line, mut is_empty) = (Vec::new(), first.to_owned(), true);
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > TERMINAL_WIDTH {
            lines.push(std::mem::replace(&mut line, others.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cut_text_never_exceeds_the_limit(text in "\\PC{0,300}", limit in 1_usize..200) {
            prop_assert!(cut_to(&text, limit).chars().count() <= limit);
        }

        #[test]
        fn a_text_that_fits_is_left_alone(text in "\\PC{0,100}") {
            prop_assert_eq!(cut_to(&text, 100), text);
        }
    }
}
