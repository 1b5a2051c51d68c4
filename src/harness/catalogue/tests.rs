//! The catalogue says of every step what it has to say, and the page in `docs/` is the one that it makes.

use std::path::Path;

use super::markdown::COMMAND;
use super::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn step(text: &str) -> Step {
    let read = features::read_one(&format!("Feature: One\n  Scenario: One\n    {text}\n"));
    read.features[0].scenarios[0].steps[0].clone()
}

#[test]
fn every_step_has_a_title_a_pattern_and_an_example() {
    let catalogue = Catalogue::of(&Source::Embedded).expect("a catalogue");
    let entries = catalogue.groups.iter().flat_map(|group| group.entries.iter().map(move |entry| (group, entry)));
    let bare = entries.filter(|(group, entry)| group.title.is_empty() || entry.pattern.is_empty() || entry.example.is_none());
    let bare: Vec<_> = bare.map(|(group, entry)| format!("{}: {:?} {}", group.title, entry.keyword, entry.pattern)).collect();
    assert!(bare.is_empty(), "{bare:#?}");
    assert!(catalogue.groups.len() > 10);
    let signs = ["\\w", "\\d", "(?", ".+", "(.*)"];
    let unread = catalogue.groups.iter().flat_map(|group| &group.entries).map(|entry| &entry.pattern);
    let unread: Vec<_> = unread.filter(|pattern| signs.iter().any(|sign| pattern.contains(sign))).collect();
    assert!(unread.is_empty(), "patterns that nobody can read: {unread:#?}");
}

#[test]
fn the_page_is_the_one_that_the_steps_make() {
    let page = std::fs::read_to_string(root().join("docs/steps.md")).expect("docs/steps.md");
    let made = Catalogue::of(&Source::Embedded).expect("a catalogue").markdown();
    let renew = COMMAND.replacen("harver-icims", "cargo run --", 1);
    assert!(page.trim_end() == made.trim_end(), "docs/steps.md is not what the steps make; renew it: {renew} > docs/steps.md");
}

#[test]
fn own_features_are_told_which_steps_they_use() {
    let own = Source::Folder(root().join("examples/features"));
    let told = Catalogue::of(&own).expect("a catalogue").with_words(&["BASIC auth using".to_owned()]).expect("steps").to_string();
    assert!(told.contains("used at ") && told.contains("journey.feature:"), "{told}");
    assert!(told.contains("Given basic auth using:") && told.contains("| username | {icims.username} |"), "{told}");
    assert!(told.contains("steps: 1, of which your features use 1"), "{told}");
    let none = Catalogue::of(&Source::Embedded).expect("a catalogue").with_words(&["xyzzy".to_owned()]);
    assert!(none.expect_err("no step").to_string().contains("no step has xyzzy in it"));
}

#[test]
fn a_sentence_without_a_step_is_told_what_is_like_it() {
    let meant = |text: &str| nearest(&step(text)).into_iter().next();
    for (text, wanted) in [
        ("When Tomas advance Ana to Send to Harver", "When Tomas advances {who} to (Send to Harver|Phone Screen)"),
        ("When the fault \"slow_icims\"", "Given the fault {string}"),
        ("Then recieve status 200", "Then receive status {int}"),
        ("Then Brightwater Foods has connected iCIMS to Harver", "Given {name} has connected iCIMS to Harver"),
        ("Then the moon is made of cheese", ""),
    ] {
        assert_eq!(meant(text).unwrap_or_default(), wanted, "{text}");
    }
}
