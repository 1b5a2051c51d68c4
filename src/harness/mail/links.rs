//! The web addresses in a mail's text.

/// Each address once, in order. Brackets and the full stop of a sentence around one are none of it.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '\'')) {
        let Some(start) = ["https://", "http://"].into_iter().filter_map(|scheme| word.find(scheme)).min() else { continue };
        let link = word[start..].trim_end_matches(['.', ',', ';', ')', ']']).to_owned();
        if !found.contains(&link) {
            found.push(link);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_is_around_an_address_is_none_of_it() {
        let text = "Dear Ana,\n\nstart here (https://harver.test/t/1?a=b). Or here:\n<http://other.test/>\nhttps://harver.test/t/1?a=b\n";
        assert_eq!(of(text), ["https://harver.test/t/1?a=b", "http://other.test/"]);
        assert!(of("no address, httpsomething, www.harver.test").is_empty());
    }
}
