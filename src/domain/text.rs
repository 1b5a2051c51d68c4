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
