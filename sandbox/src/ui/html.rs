//! Reading HTML that others wrote.

use crate::engine::Cursor;

/// A piece of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it is written, references not yet replaced.
    Text(&'a str),
    /// A tag.
    Tag(Tag<'a>),
}

/// The inside of a tag, without its angle brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a>(&'a str);

/// The texts and tags of HTML, or of the XML of documents, in order. Comments are neither, nor is what stands in scripts and styles;
/// after a tag that does not end, nothing is left.
pub fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = Cursor::new(html);
    std::iter::from_fn(move || {
        loop {
            let text = rest.until(|c| c == '<');
            if !text.is_empty() {
                return Some(Piece::Text(text));
            }
            rest.character()?;
            if rest.takes("!--") {
                pass_all_before("-->", &mut rest);
                rest.takes("-->");
                continue;
            }
            if !rest.ahead().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
                // The sign for less.
                return Some(Piece::Text("<"));
            }
            let tag = Tag(rest.until(end_of_tag()));
            rest.character()?;
            match tag.name() {
                name if name.eq_ignore_ascii_case("script") => pass_all_before("</script", &mut rest),
                name if name.eq_ignore_ascii_case("style") => pass_all_before("</style", &mut rest),
                _ => {}
            }
            return Some(Piece::Tag(tag));
        }
    })
}

/// A `>` inside quotes does not end a tag.
fn end_of_tag() -> impl FnMut(char) -> bool {
    let mut quote = None;
    move |c| {
        match quote {
            None if c == '>' => return true,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        false
    }
}

fn pass_all_before(end: &str, rest: &mut Cursor<'_>) {
    let first = end.chars().next();
    loop {
        rest.until(|c| Some(c) == first);
        if rest.sees(end) || rest.character().is_none() {
            return;
        }
    }
}

impl<'a> Tag<'a> {
    /// The name as it is written, with the slash of an end tag.
    #[must_use]
    pub fn name(self) -> &'a str {
        let start = usize::from(self.0.starts_with('/'));
        let length = self.0[start..].find(|c: char| c.is_whitespace() || c == '/');
        &self.0[..length.map_or(self.0.len(), |length| start + length)]
    }

    /// The value of an attribute as it is written; of several with this name, of the first.
    #[must_use]
    pub fn attribute(self, wanted: &str) -> Option<&'a str> {
        let mut rest = Cursor::new(self.0);
        rest.until(|c| c.is_whitespace() || c == '/');
        loop {
            rest.until(|c| !c.is_whitespace() && c != '/');
            let name = rest.until(|c| c.is_whitespace() || c == '=');
            if name.is_empty() {
                // An equals sign that belongs to nothing, or the end.
                rest.character()?;
                continue;
            }
            rest.until(|c| !c.is_whitespace());
            if !rest.takes("=") {
                continue;
            }
            rest.until(|c| !c.is_whitespace());
            let quote = rest.ahead().filter(|c| matches!(c, '"' | '\''));
            let value = match quote.and_then(|_| rest.character()) {
                Some(quote) => rest.until(|c| c == quote),
                None => rest.until(char::is_whitespace),
            };
            if quote.is_some() {
                rest.character();
            }
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
        }
    }
}

/// Text with its character references replaced: the few names that programs write, and numbers.
#[must_use]
pub fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = Cursor::new(text);
    loop {
        plain.push_str(rest.until(|c| c == '&'));
        if rest.character().is_none() {
            return plain;
        }
        let name = rest.until(|c| !c.is_ascii_alphanumeric() && c != '#');
        match referred(name).filter(|_| rest.takes(";")) {
            Some(character) => plain.push(character),
            None => {
                plain.push('&');
                plain.push_str(name);
            }
        }
    }
}

/// The character that a reference names, without its `&` and `;`: `amp`, `#233` or `#xE9`.
fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| *letter != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::work::assert_linear;

    fn shown(html: &str) -> Vec<String> {
        let show = |piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Tag(tag) => format!("<{}>", tag.name()),
        };
        pieces(html).map(show).collect()
    }

    #[test]
    fn texts_and_tags_come_in_order() {
        let check = |html: &str, pieces: &[&str]| assert_eq!(shown(html), pieces, "{html}");
        check("<p class='a > b'>Ines<BR/>5 < 6</p>", &["<p>", "Ines", "<BR>", "5 ", "<", " 6", "</p>"]);
        check("a<!-- it's <b> -->b<!DOCTYPE html>", &["a", "b", "<!DOCTYPE>"]);
        check("<Script>if (a < b) '</p>'</SCRIPT>x<style>p{}", &["<Script>", "</SCRIPT>", "x", "<style>"]);
        check("x<a title='never ends>y", &["x"]);
        check("<", &["<"]);
        check("<a/href=x>y</a/><br/>", &["<a>", "y", "</a>", "<br>"]);
    }

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let check = |html: &str, value: Option<&str>| {
            let Some(Piece::Tag(tag)) = pieces(html).next() else { panic!("{html} is no tag") };
            assert_eq!(tag.attribute("href"), value, "{html}");
        };
        check("<a title='b' HREF = \"x y\">", Some("x y"));
        check("<a/href=x>", Some("x"));
        check("<a = =href=x href=y>", Some("x"));
        check("<a hidden href>", None);
        check("<a data-href=x>", None);
    }

    #[test]
    fn references_are_replaced_and_what_is_none_stays() {
        assert_eq!(unescaped("a &amp;&#233;&#xE9;&nbsp;&copy;&&lt;&lt &#0; &;"), "a &éé &copy;&<&lt &#0; &;");
    }

    #[test]
    fn reading_html_takes_as_long_as_it_is() {
        let patterns = ["<a href=x>", "<a '", "<", "<!--", "<script>", "<style>x</style", "a=b "];
        assert_linear(&patterns, |html| {
            for piece in pieces(html).chain(Some(Piece::Tag(Tag(html)))) {
                if let Piece::Tag(tag) = piece {
                    let _ = tag.attribute("src");
                }
            }
        });
        assert_linear(&["&", "&amp", "&&&&;"], |text| drop(unescaped(text)));
    }

    proptest::proptest! {
        #[test]
        fn no_html_makes_the_reader_panic(html in "(<a |</?script|<!--|-->|href|=|&#?x?|[0-9;'\"<>/ \\PC]){0,40}") {
            for piece in pieces(&html) {
                if let Piece::Tag(tag) = piece {
                    let _ = tag.attribute("href");
                }
            }
            let _ = unescaped(&html);
        }
    }
}
