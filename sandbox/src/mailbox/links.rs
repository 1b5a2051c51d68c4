//! The web links of a message, as a person would find them by reading it.

use crate::ui::html_character;

/// The links of the text, then those of the HTML, each once.
pub(super) fn found_in(text: Option<&str>, html: Option<&str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let from_text = text.map(in_text).unwrap_or_default();
    let from_html = html.map(in_html).unwrap_or_default();
    for link in from_text.into_iter().chain(from_html) {
        if seen.insert(link.clone()) {
            found.push(link);
        }
    }
    found
}

/// Every `http` or `https` address in running text, without the punctuation that closes its sentence.
fn in_text(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let tail = &rest[start..];
        let end = tail.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(tail.len());
        let link = without_closing_punctuation(&tail[..end]);
        if link.len() > "https://".len() {
            links.push(link.to_owned());
        }
        rest = &tail[end..];
    }
    links
}

/// Every `href` of a tag that holds a web address. Images and style are no links to a reader.
fn in_html(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let Some(end) = end_of_tag(tag) else { break };
        let link = attribute(&tag[..end], "href").map(|value| unescaped(value.trim()));
        links.extend(link.filter(|link| next_address(link) == Some(0)));
        rest = &tag[end..];
    }
    links
}

fn next_address(text: &str) -> Option<usize> {
    let found =
        |scheme: &str| text.as_bytes().windows(scheme.len()).position(|window| window.eq_ignore_ascii_case(scheme.as_bytes()));
    [found("http://"), found("https://")].into_iter().flatten().min()
}

/// Takes off trailing punctuation, and a closing bracket only if it was opened before the address.
fn without_closing_punctuation(mut link: &str) -> &str {
    loop {
        let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
        let unopened = |open, close| shorter.ends_with(close) && shorter.matches(close).count() > shorter.matches(open).count();
        let trimmed =
            if unopened('(', ')') || unopened('[', ']') || unopened('{', '}') { &shorter[..shorter.len() - 1] } else { shorter };
        if trimmed.len() == link.len() {
            return link;
        }
        link = trimmed;
    }
}

/// Where the tag ends; a `>` inside quotes does not end it.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.char_indices().find_map(|(at, c)| match (quote, c) {
        (None, '>') => Some(at),
        (None, '"' | '\'') => {
            quote = Some(c);
            None
        }
        (Some(open), c) if c == open => {
            quote = None;
            None
        }
        _ => None,
    })
}

fn attribute<'a>(tag: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = tag.trim_start_matches(|c: char| !c.is_whitespace() && c != '/');
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        // A stray equals sign would otherwise be a name of no length, and the loop would stand still.
        let (name, after) = rest.split_at(name_end.max(rest.chars().next().map_or(1, char::len_utf8)));
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            rest = after;
            continue;
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// Replaces the character references that occur in addresses.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        let reference = &rest[start + 1..];
        let named = reference.split_once(';').and_then(|(name, after)| Some((html_character(name)?, after)));
        match named {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = reference;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_punctuation_of_the_sentence_is_no_part_of_the_link() {
        let text =
            "See http://a.example/x. Or (https://b.example/y?z=1), or <HTTP://c.example/(w)>; not ftp://d.example or http://";
        assert_eq!(in_text(text), ["http://a.example/x", "https://b.example/y?z=1", "HTTP://c.example/(w)"]);
    }

    #[test]
    fn links_of_html_come_from_hrefs_and_are_unescaped() {
        let html = "<A title='a > b' HREF=\"http://a.example/?x=1&amp;y=2\">A</A> <a href=http://b.example/>B</a>\
                    <a href='mailto:help@a.example'>M</a> <img src=\"http://c.example/p.png\"> <a href='http://d.example/&#x2f;&#47;&copy;'>D</a>";
        assert_eq!(in_html(html), ["http://a.example/?x=1&y=2", "http://b.example/", "http://d.example///&copy;"]);
    }

    #[test]
    fn each_link_is_listed_once_in_order_of_appearance() {
        let links = found_in(Some("http://b.example http://a.example http://b.example"), Some("<a href=http://c.example>"));
        assert_eq!(links, ["http://b.example", "http://a.example", "http://c.example"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(<a |href|=|http://|['\"<>&;#x/. \\PC]){0,40}") {
            found_in(Some(&text), Some(&text));
        }
    }
}
