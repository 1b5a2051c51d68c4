//! The lists that tests answer to, and the numbers that tests carry in their names and scenarios in their tags.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, Result, ensure};

/// A number of one of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// A promise of the guide: `G07`.
    Guide(u16),
    /// A case of assessment-flow 10: `row-12`.
    Row(u16),
    /// A scenario of assessment-flow 11: `UAT-05`.
    Uat(u16),
    /// A promise of `CONTRIBUTING.md`: `promise-03`.
    Promise(u16),
    /// A row of the threat model: `T04`.
    Threat(u16),
}

type Make = fn(u16) -> Number;

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guide(number) => write!(f, "G{number:02}"),
            Self::Row(number) => write!(f, "row-{number:02}"),
            Self::Uat(number) => write!(f, "UAT-{number:02}"),
            Self::Promise(number) => write!(f, "promise-{number:02}"),
            Self::Threat(number) => write!(f, "T{number:02}"),
        }
    }
}

impl FromStr for Number {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let kinds: [(&str, Make); 5] =
            [("G", Self::Guide), ("row-", Self::Row), ("UAT-", Self::Uat), ("promise-", Self::Promise), ("T", Self::Threat)];
        let found = kinds.iter().find_map(|(start, make)| Some(make(text.strip_prefix(start)?.parse().ok()?)));
        found.with_context(|| format!("{text:?} is no number such as G07, row-12, UAT-05, promise-03 or T04"))
    }
}

/// The numbers of all lists.
///
/// # Errors
/// When a page cannot be read or has no list any more.
pub fn listed(root: &Path) -> Result<BTreeSet<Number>> {
    let flow = read(root, "sandbox/evidence/assessment-flow.md")?;
    let guide = read(root, "sandbox/evidence/guide-requirements.md")?;
    let contributing = read(root, "CONTRIBUTING.md")?;
    let threats = read(root, "docs/threat-model.md")?;
    let mut all = BTreeSet::new();
    for (page, section, first, make) in [
        (&guide, "", "| G", Number::Guide as Make),
        (&flow, "## 10.", "| ", Number::Row),
        (&flow, "## 11.", "| UAT-", Number::Uat),
        (&contributing, "## Promises", "", Number::Promise),
        (&threats, "## Threats and measures", "| T", Number::Threat),
    ] {
        let numbers: Vec<u16> = below(page, section).filter_map(|line| leading(line.strip_prefix(first)?)).collect();
        ensure!(!numbers.is_empty(), "no line of the section {section:?} begins with {first:?} and a number");
        ensure!(numbers.iter().copied().eq(1..=numbers.len() as u16), "{section:?} is not numbered from 1 on: {numbers:?}");
        all.extend(numbers.into_iter().map(make));
    }
    Ok(all)
}

fn read(root: &Path, page: &str) -> Result<String> {
    fs::read_to_string(root.join(page)).with_context(|| page.to_owned())
}

/// The lines below a heading, up to the next of its level.
fn below<'a>(page: &'a str, heading: &'a str) -> impl Iterator<Item = &'a str> {
    let from = page.lines().skip_while(move |line| !line.starts_with(heading));
    from.enumerate()
        .take_while(move |(at, line)| heading.is_empty() || *at == 0 || !line.starts_with("## "))
        .map(|(_, line)| line)
}

/// The number that a line begins with, where its cell or its mark ends behind it.
fn leading(text: &str) -> Option<u16> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, rest) = text.split_at(digits);
    if rest.starts_with(" |") || rest.starts_with(". ") { number.parse().ok() } else { None }
}

/// The numbers that the name of a test carries: `row_5_…`, `rows_3_and_4_…`, `rows_5_to_7_…`, `uat_20_…`.
#[must_use]
pub fn in_name(name: &str) -> BTreeSet<Number> {
    let mut words = name.split('_').peekable();
    let mut found = BTreeSet::new();
    while let Some(word) = words.next() {
        let make = match word {
            "row" | "rows" => Number::Row,
            "uat" | "uats" => Number::Uat,
            _ => continue,
        };
        let mut last: Option<u16> = None;
        let mut range = false;
        while let Some(word) = words.next_if(|word| ["and", "to"].contains(word) || word.parse::<u16>().is_ok()) {
            match word.parse() {
                Ok(number) => {
                    let first = last.filter(|_| range).unwrap_or(number);
                    found.extend((first..=number).map(make));
                    last = Some(number);
                    range = false;
                }
                Err(_) => range = word == "to",
            }
        }
    }
    found
}

/// The numbers among the tags of a scenario. Other tags say other things.
///
/// # Errors
/// When a tag begins as a number does and is none.
pub fn in_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Result<BTreeSet<Number>> {
    let numbered = |tag: &&str| {
        let digits = tag.strip_prefix('G').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        digits || tag.starts_with("row-") || tag.starts_with("UAT-")
    };
    tags.into_iter().filter(numbered).map(str::parse).collect()
}
