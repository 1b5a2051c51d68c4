//! The mail as a page. The text decides what stands on it: paragraphs between blank lines, list items after a dash, and the line that
//! is nothing but the link as a button, which the line above it names.

use askama::Template;
use url::Url;

use super::wording::words;
use crate::domain::Language;

#[derive(Template)]
#[template(path = "invitation/invitation.html")]
struct Page<'a> {
    language: &'static str,
    subject: &'a str,
    blocks: Vec<Block<'a>>,
    link: &'a str,
    /// Before the bare address at the end, where a button hides it.
    fallback: Option<&'static str>,
}

/// What stands between two blank lines.
struct Block<'a> {
    /// Said above a list, in bold.
    heading: Option<&'a str>,
    lines: Vec<Vec<Segment<'a>>>,
    items: Vec<Vec<Segment<'a>>>,
    /// What the button says.
    button: Option<&'a str>,
}

/// A piece of a line.
enum Segment<'a> {
    Text(&'a str),
    /// The personal link.
    Link(&'a str),
    /// An address to write to.
    Mail(&'a str),
}

pub(super) fn render(
    subject: &str,
    text: &str,
    link: &Url,
    write_to: Option<&str>,
    language: Language,
) -> Result<String, askama::Error> {
    let words = words(language);
    let blocks: Vec<_> = text
        .split("\n\n")
        .filter(|block| !block.trim().is_empty())
        .map(|block| Block::read(block, link.as_str(), write_to, words.start))
        .collect();
    let has_button = blocks.iter().any(|block| block.button.is_some());
    let fallback = has_button.then_some(words.fallback);
    Page { language: language.tag(), subject, blocks, link: link.as_str(), fallback }.render()
}

impl<'a> Block<'a> {
    fn read(text: &'a str, link: &'a str, write_to: Option<&'a str>, start: &'a str) -> Self {
        let mut block = Self { heading: None, lines: Vec::new(), items: Vec::new(), button: None };
        let mut said: Vec<&str> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if line == link {
                let label = said.pop().map(|line| line.trim_end_matches([':', ' ', '\u{a0}', '\u{202f}']));
                block.button = Some(label.filter(|label| !label.is_empty()).unwrap_or(start));
            } else if let Some(item) = line.strip_prefix("- ") {
                if block.items.is_empty() && said.len() == 1 {
                    block.heading = said.pop();
                }
                block.items.push(segments(item, link, write_to));
            } else {
                said.push(line);
            }
        }
        block.lines = said.into_iter().map(|line| segments(line, link, write_to)).collect();
        block
    }
}

fn segments<'a>(line: &'a str, link: &'a str, write_to: Option<&'a str>) -> Vec<Segment<'a>> {
    let mut found = Vec::new();
    for (number, piece) in line.split(link).enumerate() {
        if number > 0 {
            found.push(Segment::Link(link));
        }
        let address = write_to.filter(|address| piece.contains(address));
        match address.and_then(|address| piece.split_once(address).map(|(before, after)| (before, address, after))) {
            Some((before, address, after)) => {
                found.extend([Segment::Text(before), Segment::Mail(address), Segment::Text(after)]);
            }
            None => found.push(Segment::Text(piece)),
        }
    }
    found
}
