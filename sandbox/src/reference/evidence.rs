//! The evidence that marks rest on: the pages of `sandbox/evidence`, within the program, and the sections in them that a mark names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::markdown::{self, Written};

/// The pages that marks may rest on, by the name that a mark gives.
static PAGES: LazyLock<BTreeMap<&'static str, Evidence>> = LazyLock::new(|| {
    [
        ("icims-api", include_str!("../../evidence/icims-api.md")),
        ("assessment-flow", include_str!("../../evidence/assessment-flow.md")),
        ("harver-platform", include_str!("../../evidence/harver-platform.md")),
    ]
    .into_iter()
    .map(|(name, text)| (name, Evidence::new(text)))
    .collect()
});

/// A page of the evidence.
#[derive(Debug)]
pub struct Evidence {
    written: Written,
    /// What the address of each section ends in, by its number.
    anchors: BTreeMap<String, String>,
}

impl Evidence {
    /// The page of this name, such as `icims-api`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PAGES.get(name)
    }

    fn new(text: &str) -> Self {
        let written = markdown::written(text);
        let number = |title: &str| title.split(' ').next().unwrap_or_default().trim_end_matches('.').to_owned();
        let anchors = written.headings.iter().map(|heading| (number(&heading.title), heading.anchor.clone())).collect();
        Self { written, anchors }
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &str {
        self.written.headings.first().map_or("Evidence", |heading| &heading.title)
    }

    /// The page as HTML without a shell; each heading has its anchor as id.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.written.html
    }
}

/// A piece of a source: words, or the number of a section of the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited<'a> {
    /// How it reads.
    pub text: &'a str,
    /// Page and anchor of the section; absent for words, and for a section that is not there.
    pub section: Option<(&'a str, &'static str)>,
}

/// The pieces of a source such as `icims-api 10.1 to 10.3, 11.2`, in order; together they are the source.
#[must_use]
pub fn cited(source: &str) -> Vec<Cited<'_>> {
    let (page, evidence) = match source.split_once(' ') {
        Some((page, _)) => (page, Evidence::named(page)),
        None => (source, None),
    };
    let piece = |text| {
        let anchor = evidence.and_then(|evidence| evidence.anchors.get(text));
        Cited { text, section: anchor.map(|anchor| (page, anchor.as_str())) }
    };
    source.split_inclusive(' ').flat_map(|word| apart(word).into_iter().filter(|text| !text.is_empty()).map(piece)).collect()
}

/// A word without what ends it, and that.
fn apart(word: &str) -> [&str; 2] {
    let (text, end) = word.split_at(word.trim_end_matches([' ', ',']).len());
    [text, end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_cut_at_its_sections_and_nothing_is_lost() {
        let check = |source: &str, linked: &[(&str, &str)]| {
            let pieces = cited(source);
            assert_eq!(pieces.iter().map(|piece| piece.text).collect::<String>(), source);
            let found: Vec<_> = pieces.iter().filter_map(|piece| Some((piece.text, piece.section?.1))).collect();
            assert_eq!(found, linked, "{source}");
        };
        check("icims-api 7.4", &[("7.4", "74-change-status")]);
        check(
            "icims-api 7.4, 10.3 to 10.5",
            &[("7.4", "74-change-status"), ("10.3", "103-operators-doc"), ("10.5", "105-dates-in-search-doc")],
        );
        check("icims-api none, 7.4", &[("7.4", "74-change-status")]);
        check("somewhere 7.4", &[]);
        check("icims-api", &[]);
    }
}
