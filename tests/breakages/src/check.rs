//! What is wrong with the declared breakages, as far as it shows without compiling.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::breakage::{self, Breakage};
use crate::number::{self, Number};
use crate::source::Source;

/// What may be broken: code and the templates that it fills, but not what tests it. The harness is code where it is what is promised.
fn is_code(file: &str, number: Number) -> bool {
    let places = ["src/", "listener/src/", "sandbox/src/", "sandbox/templates/"];
    let tests = file.contains("tests") || (file.starts_with("src/harness") && !matches!(number, Number::Promise(_)));
    places.iter().any(|place| file.starts_with(place)) && !tests
}

/// What is wrong, one sentence each.
///
/// # Errors
/// When a file cannot be read.
pub fn problems(root: &Path) -> Result<Vec<String>> {
    let (source, listed) = (Source::read(root)?, number::listed(root)?);
    let mut found = Vec::new();
    for breakage in breakage::read(root)? {
        let text = fs::read_to_string(root.join(&breakage.edit.file)).with_context(|| breakage.edit.file.clone());
        let of_this =
            text.map_or_else(|error| vec![format!("{error:#}")], |text| problems_of(&breakage, &text, &source, &listed));
        found.extend(of_this.into_iter().map(|problem| format!("{}: {problem}", breakage::file_of(breakage.number))));
    }
    Ok(found)
}

/// What is wrong with one, given the text of the file that it edits.
#[must_use]
pub fn problems_of(breakage: &Breakage, text: &str, source: &Source, listed: &BTreeSet<Number>) -> Vec<String> {
    let (number, edit) = (breakage.number, &breakage.edit);
    let mut found = Vec::new();
    if !listed.contains(&number) {
        found.push(format!("no list has {number}"));
    }
    if !is_code(&edit.file, number) {
        found.push(format!("{} is no code that can be broken", edit.file));
    }
    if edit.old == edit.new {
        found.push("it changes nothing".to_owned());
    }
    found.extend(edit.applied(text).err().map(|error| error.to_string()));
    for name in &edit.red {
        match source.named(name).as_slice() {
            [_] => {}
            [] => found.push(format!("no test is called {name}")),
            [first, second, ..] => found.push(format!("{name} is a test of {} and of {}", first.file, second.file)),
        }
    }
    found.extend(
        edit.scenario.iter().filter(|tag| source.tagged(tag).is_empty()).map(|tag| format!("no scenario has the tag {tag:?}")),
    );
    if edit.red.is_empty() && edit.scenario.is_none() {
        found.push("it names nothing that goes red".to_owned());
    }
    found.extend(unproved(breakage));
    found
}

/// What goes red has to carry the number, so that it is known by it.
fn unproved(breakage: &Breakage) -> Option<String> {
    let (number, edit) = (breakage.number, &breakage.edit);
    let tag = edit.scenario.as_deref().and_then(|tag| tag.strip_prefix('@'));
    let is_tagged = tag.and_then(|tag| tag.parse().ok()) == Some(number);
    let is_named = edit.red.iter().any(|name| number::in_name(name).contains(&number));
    match number {
        Number::Guide(_) if !is_tagged => Some(format!("a promise of the guide is kept by scenarios: scenario = \"@{number}\"")),
        Number::Row(_) | Number::Uat(_) if !is_tagged && !is_named => Some(format!("nothing of what goes red carries {number}")),
        _ => None,
    }
}
