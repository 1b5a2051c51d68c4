//! Patterns as people read them, in the manner of Cucumber expressions.

use super::source::Written;

/// A pattern as people read it. What a regular expression takes out of a sentence is called as the function of the step calls it.
pub(super) fn readable(written: &Written) -> String {
    if written.is_regex { of_regex(&written.pattern, &written.parameters) } else { written.pattern.clone() }
}

fn of_regex(regex: &str, parameters: &[String]) -> String {
    let regex = regex.strip_prefix('^').unwrap_or(regex);
    let mut rest = regex.strip_suffix('$').unwrap_or(regex);
    let mut parameters = parameters.iter();
    let mut readable = String::new();
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        let (shown, left) = match letter {
            '\\' => (after.chars().take(1).collect(), after.get(1..).unwrap_or_default()),
            '(' => {
                let (group, left) = group(after);
                let listens = !group.starts_with("?:");
                let inner = group.strip_prefix("?:").unwrap_or(group);
                let name = if listens { parameters.next() } else { None };
                match name {
                    Some(name) if has_signs(inner) => (format!("{{{name}}}"), left),
                    _ => (format!("({inner})"), left.strip_prefix('?').unwrap_or(left)),
                }
            }
            _ if after.starts_with('?') => (format!("({letter})"), &after[1..]),
            _ => (letter.to_string(), after),
        };
        readable.push_str(&shown);
        rest = left;
    }
    readable
}

/// What stands up to the bracket that closes, and what comes after it.
fn group(text: &str) -> (&str, &str) {
    let mut depth = 0;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return (&text[..at], &text[at + 1..]),
            ')' => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

/// Whether more than words to choose from is in it.
fn has_signs(pattern: &str) -> bool {
    pattern.contains(['\\', '.', '*', '+', '[', '('])
}

/// What a readable pattern can look like, with each of the words to choose from.
pub(super) fn variants(pattern: &str) -> Vec<String> {
    let Some((before, (inner, after))) = pattern.split_once('(').map(|(before, rest)| (before, group(rest))) else {
        return vec![pattern.to_owned()];
    };
    let chosen: Vec<&str> = if inner.contains('|') { inner.split('|').collect() } else { vec![inner, ""] };
    let rests = variants(after);
    chosen.iter().flat_map(|word| rests.iter().map(move |rest| format!("{before}{word}{rest}"))).collect()
}

/// A sentence or a pattern without what differs from sentence to sentence: quoted texts, numbers and names in braces.
pub(super) fn blanked(text: &str) -> String {
    let mut blanked = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let close = match letter {
            '"' => Some('"'),
            '{' => Some('}'),
            '\'' if !blanked.ends_with(char::is_alphanumeric) => Some('\''),
            _ => None,
        };
        if let Some(close) = close {
            letters.by_ref().find(|letter| *letter == close);
            blanked.push('_');
        } else if letter.is_ascii_digit() {
            while letters.next_if(char::is_ascii_digit).is_some() {}
            blanked.push('_');
        } else {
            blanked.push(letter);
        }
    }
    blanked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(regex: &str, parameters: &[&str], wanted: &str) {
        let parameters: Vec<String> = parameters.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(of_regex(regex, &parameters), wanted, "{regex}");
    }

    #[test]
    fn a_regular_expression_reads_like_a_sentence() {
        check(r"^(.+) has connected iCIMS$", &["name"], "{name} has connected iCIMS");
        check(r"^(Ana|Bo) is (\w+)$", &["who", "what"], "(Ana|Bo) is {what}");
        check(r"^(\w+(?: and \w+)*) (?:is|are) there\.$", &["who"], "{who} (is|are) there.");
        check(r"^mails? (?:of )?(\d+)$", &["count"], "mail(s) (of ){count}");
        check("no signs", &[], "no signs");
    }

    #[test]
    fn each_of_the_words_to_choose_from_makes_a_sentence() {
        assert_eq!(
            variants("{who} (is|are) there( now)"),
            ["{who} is there now", "{who} is there", "{who} are there now", "{who} are there"]
        );
        assert_eq!(variants("one"), ["one"]);
    }

    #[test]
    fn what_differs_from_sentence_to_sentence_is_blanked() {
        assert_eq!(blanked("Ana gets 12 mails about \"this\" from 'that'"), "Ana gets _ mails about _ from _");
        assert_eq!(blanked("{word} gets {int} mails, Ana's"), "_ gets _ mails, Ana's");
    }
}
