//! Names at the beginning and in the middle of a sentence.

/// Words at the beginning of a sentence.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        // iCIMS is written like this also at the beginning of a sentence.
        Some('i') if words.starts_with("iCIMS") => words.to_owned(),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Words in the middle of one.
pub(super) fn lower(words: &str) -> String {
    match words.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => words.to_owned(),
    }
}
