//! The web links of a message, as a person would find them by reading it.

use std::collections::HashSet;

use crate::engine::{Cursor, work};
use crate::ui::{Piece, pieces, unescaped};

/// How a web address begins.
const SCHEMES: [&str; 2] = ["http://", "https://"];

/// How many links of a message are listed.
const LISTED: usize = 1_000;

/// The links of the text, then those of the HTML, each once, as far as they are listed.
pub(super) fn found_in(text: Option<&str>, html: Option<&str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = text.into_iter().flat_map(in_text).map(str::to_owned).chain(html.into_iter().flat_map(in_html));
    all.filter(|link| seen.insert(link.clone())).take(LISTED).collect()
}

/// Every `http` or `https` address in running text, without the punctuation that closes its sentence.
fn in_text(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Cursor::new(text);
    std::iter::from_fn(move || {
        loop {
            rest.until(|c| c.eq_ignore_ascii_case(&'h'));
            if !SCHEMES.iter().any(|scheme| rest.sees(scheme)) {
                rest.character()?;
                continue;
            }
            let link = rest.until(|c| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
            let link = without_closing_punctuation(link);
            if link.len() > "https://".len() {
                return Some(link);
            }
        }
    })
}

/// Every `href` of a tag that holds a web address. Images and style are no links to a reader.
fn in_html(html: &str) -> impl Iterator<Item = String> {
    let hrefs = pieces(html).filter_map(|piece| match piece {
        Piece::Tag(tag) => tag.attribute("href"),
        Piece::Text(_) => None,
    });
    let links = hrefs.map(|value| unescaped(value.trim()));
    links.filter(|link| SCHEMES.iter().any(|scheme| Cursor::new(link).sees(scheme)))
}

/// Takes off trailing punctuation, and a closing bracket only if it was opened before the address.
fn without_closing_punctuation(link: &str) -> &str {
    let bracket = |c: char| "()[]{}".find(c);
    // Of each kind of bracket, how many more close than open.
    let mut unopened = [0_isize; 3];
    for place in link.chars().filter_map(bracket) {
        unopened[place / 2] += if place % 2 == 0 { -1 } else { 1 };
    }
    let last = link.char_indices().rev().inspect(|_| work::done(1)).find(|(_, c)| match (c, bracket(*c)) {
        ('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*', _) => false,
        (_, Some(place)) if place % 2 == 1 && unopened[place / 2] > 0 => {
            unopened[place / 2] -= 1;
            false
        }
        _ => true,
    });
    last.map_or("", |(at, c)| &link[..at + c.len_utf8()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, links: &[&str]) {
        assert_eq!(in_text(text).collect::<Vec<_>>(), links, "{text}");
    }

    #[test]
    fn the_punctuation_of_the_sentence_is_no_part_of_the_link() {
        let text =
            "See http://a.example/x. Or (https://b.example/y?z=1), or <HTTP://c.example/(w)>; not ftp://d.example or http://";
        check(text, &["http://a.example/x", "https://b.example/y?z=1", "HTTP://c.example/(w)"]);
    }

    #[test]
    fn a_bracket_is_part_of_the_link_that_opens_it() {
        check("http://a.example/(b))). [http://a.example/{b}[c]].", &["http://a.example/(b)", "http://a.example/{b}[c]"]);
        check("(http://a.example/b)c) http://a.example/(b", &["http://a.example/b)c", "http://a.example/(b"]);
    }

    #[test]
    fn links_of_html_come_from_hrefs_and_are_unescaped() {
        let html = "<A title='a > b' HREF=\"http://a.example/?x=1&amp;y=2\">A</A> <a href=http://b.example/>B</a>\
                    <a href='mailto:help@a.example'>M</a> <img src=\"http://c.example/p.png\"> <a href='http://d.example/&#x2f;&#47;&copy;'>D</a>";
        assert_eq!(
            in_html(html).collect::<Vec<_>>(),
            ["http://a.example/?x=1&y=2", "http://b.example/", "http://d.example///&copy;"]
        );
    }

    #[test]
    fn each_link_is_listed_once_in_order_of_appearance() {
        let links = found_in(Some("http://b.example http://a.example http://b.example"), Some("<a href=http://c.example>"));
        assert_eq!(links, ["http://b.example", "http://a.example", "http://c.example"]);
    }

    #[test]
    fn looking_for_links_takes_as_long_as_the_message_is() {
        work::assert_linear(&["http://a.b ", ")", "(].", "h"], |text| {
            found_in(Some(&format!("http://{text}")), None);
        });
        work::assert_linear(&["<a href=http://a.b>", "<a href='http://&&"], |html| {
            found_in(None, Some(html));
        });
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(<a |href|=|http://|['\"<>&;#x/. \\PC]){0,40}") {
            found_in(Some(&text), Some(&text));
        }
    }
}
