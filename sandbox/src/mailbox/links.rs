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
            let link = without_closing_punctuation(rest.until(ends_address));
            if link.len() > "https://".len() {
                return Some(link);
            }
        }
    })
}

/// What a person can click in HTML, in order: the `href` of an `a` or `area`, and addresses in the text around them, which mail programs make
/// links of. Images, stylesheets, icons, `base` and comments are no links to a reader, nor is an address that is the text of a link.
fn in_html(html: &str) -> impl Iterator<Item = String> {
    let mut unread = false;
    pieces(html).flat_map(move |piece| match piece {
        Piece::Tag(tag) => {
            let name = tag.name();
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
            let href = tag.attribute("href").filter(|_| is("a") || is("area"));
            if is("a") || is("title") {
                unread = is("title") || href.is_some();
            } else if is("/a") || is("/title") {
                unread = false;
            }
            href.and_then(address_of).into_iter().collect::<Vec<_>>()
        }
        Piece::Text(_) if unread => Vec::new(),
        Piece::Text(text) => in_text(&unescaped(text)).map(str::to_owned).collect(),
    })
}

/// The web address that an `href` leads to, as a browser reads it: spaces around it and line ends within are not a part of it.
fn address_of(href: &str) -> Option<String> {
    let address = unescaped(href).replace(['\t', '\r', '\n'], "");
    let address = address.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    SCHEMES.iter().any(|scheme| Cursor::new(address).sees(scheme)).then(|| address.to_owned())
}

/// Whether a character stands behind an address and never within one: spaces, angle brackets, quotation marks but the apostrophe, ellipses,
/// the punctuation of East Asia, whose sentences know no spaces, and what cannot be seen.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_invisible(c)
        || matches!(c, '<' | '>' | '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '…' | '⋯')
        || matches!(c, '。' | '、' | '，' | '；' | '：' | '！' | '？' | '．' | '｡' | '､' | '＂' | '＜' | '＞')
        || matches!(
            c,
            '「' | '」'
                | '『'
                | '』'
                | '【'
                | '】'
                | '《'
                | '》'
                | '〈'
                | '〉'
                | '〔'
                | '〕'
                | '（'
                | '）'
                | '［'
                | '］'
                | '｢'
                | '｣'
        )
}

/// Whether a character takes no room: joiners and spaces of no width, soft hyphens, byte order marks, and marks of the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fffc}')
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
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
        ('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '`' | '’' | '‘' | '‚' | '–' | '—', _) => false,
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
    fn quotes_ellipses_and_what_cannot_be_seen_do_not_stick_to_a_link() {
        for behind in
            ["’", "’.", "”", "»", "›,", "“", "…", "...", "—", "。", "、谢谢", "」です", "』", "）", "】", "！", "`", "'"]
        {
            check(&format!("‘“«‹「(http://a.example/x?y=1{behind} z"), &["http://a.example/x?y=1"]);
        }
        for unseen in ('\u{200b}'..='\u{200f}')
            .chain('\u{202a}'..='\u{202e}')
            .chain(['\u{ad}', '\u{2060}', '\u{2066}', '\u{feff}', '\u{7}'])
        {
            check(&format!("{unseen}https://a.example/x{unseen}y"), &["https://a.example/x"]);
        }
        check("http://a.example/O’Brien–Müller/面试?q=…", &["http://a.example/O’Brien–Müller/面试?q="]);
    }

    fn check_html(html: &str, links: &[&str]) {
        assert_eq!(in_html(html).collect::<Vec<_>>(), links, "{html}");
    }

    #[test]
    fn links_of_html_come_from_hrefs_and_are_unescaped() {
        check_html(
            "<A title='a > b' HREF=\"http://a.example/?x=1&amp;y=2\">A</A> <a href=http://b.example/>B</a>\
             <a href='mailto:help@a.example'>M</a> <img src=\"http://c.example/p.png\"> <a href='http://d.example/&#x2f;&#47;&copy;'>D</a>",
            &["http://a.example/?x=1&y=2", "http://b.example/", "http://d.example///&copy;"],
        );
        check_html("<a href='\n http://a.example/x\n/y&#8203;&#160;'>A</a>", &["http://a.example/x/y"]);
    }

    #[test]
    fn what_nobody_can_click_is_no_link() {
        check_html(
            "<head><base href='http://base.example/'><link rel=stylesheet href='http://style.example/a.css'>\
             <LINK rel=icon href='http://icon.example/i.png'><title>http://title.example</title><style>@import 'http://import.example'</style></head>\
             <!-- <a href='http://comment.example'> http://comment.example --><!--[if mso]><a href='http://outlook.example'>x</a><![endif]-->\
             <svg><use href='http://use.example/#x'></svg><abbr href='http://abbr.example'>x</abbr><p cite='http://cite.example'>x</p>",
            &[],
        );
    }

    #[test]
    fn links_and_addresses_in_the_text_of_html_come_in_order() {
        check_html(
            "Read http://first.example/?a=1&amp;b=2, then <map><AREA href=http://second.example></map><p>«https://third.example/x»</p>\
             <a href='http://fourth.example'>http://its.text.example</a> http://fifth.example/x<br>y <a name=here>http://sixth.example</a>",
            &[
                "http://first.example/?a=1&b=2",
                "http://second.example",
                "https://third.example/x",
                "http://fourth.example",
                "http://fifth.example/x",
                "http://sixth.example",
            ],
        );
    }

    #[test]
    fn each_link_is_listed_once_in_order_of_appearance() {
        let links = found_in(Some("http://b.example http://a.example http://b.example"), Some("<a href=http://c.example>"));
        assert_eq!(links, ["http://b.example", "http://a.example", "http://c.example"]);
    }

    #[test]
    fn looking_for_links_takes_as_long_as_the_message_is() {
        work::assert_linear(&["http://a.b ", ")", "(].", "h", "’", "\u{200b}", "。", "http://。"], |text| {
            found_in(Some(&format!("http://{text}")), None);
        });
        work::assert_linear(
            &["<a href=http://a.b>", "<a href='http://&&", "http://a.b<br>", "<area>http://&amp;", "<title>"],
            |html| {
                found_in(None, Some(html));
            },
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(<a |</a>|<area |href|=|http://|\u{200b}|’|['\"<>&;#x/. \\PC]){0,40}") {
            found_in(Some(&text), Some(&text));
        }
    }
}
