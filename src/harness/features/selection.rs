//! Which scenarios are wanted, and wishes that no scenario can fulfil.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use cucumber::codegen::Regex;
use cucumber::gherkin::Feature;
use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::tag::Ext as _;

use super::{Scene, retain, scenes};

/// Changes of one letter that make a misspelt tag of a real one, at the most.
const SLIPS: usize = 2;

/// Which scenarios are wanted. An absent criterion matches everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// What the tags have to fulfil.
    pub tags: Option<TagOperation>,
    /// What the name has to match.
    pub name: Option<Regex>,
    /// Parts of names: one of them has to be in the name.
    pub words: Vec<String>,
}

impl Selection {
    fn admits(&self, scene: Scene<'_>) -> bool {
        let name = &scene.scenario.name;
        self.tags.as_ref().is_none_or(|wanted| wanted.eval(&scene.tags()))
            && self.name.as_ref().is_none_or(|wanted| wanted.is_match(name))
            && (self.words.is_empty() || self.words.iter().any(|word| name.contains(word)))
    }

    /// Whether no criterion leaves anything out.
    pub(in crate::harness) fn is_everything(&self) -> bool {
        self.tags.is_none() && self.name.is_none() && self.words.is_empty()
    }

    /// Takes everything else out of the features.
    pub(in crate::harness) fn keep(&self, features: &mut Vec<Feature>) {
        retain(features, |scene| self.admits(scene));
    }

    /// Whether each tag and each word is to be found at all.
    ///
    /// # Errors
    /// For the first that no scenario has, with the tag that was probably meant.
    pub(in crate::harness) fn ensure_sense(&self, features: &[Feature]) -> Result<()> {
        let known: BTreeSet<String> = scenes(features).flat_map(|scene| scene.tags()).collect();
        let mut named = Vec::new();
        self.tags.iter().for_each(|wanted| collect(wanted, false, &mut named));
        for (tag, is_negated) in named.iter().filter(|(tag, _)| !known.contains(tag)) {
            match nearest(tag, &known) {
                Some(meant) => bail!("no scenario has the tag @{tag}; did you mean @{meant}?"),
                // What nobody has is left out of anything at no harm.
                None if *is_negated => {}
                None => bail!("no scenario has the tag @{tag}; --list shows those that there are"),
            }
        }
        let missing = self.words.iter().find(|word| !scenes(features).any(|scene| scene.scenario.name.contains(*word)));
        match missing {
            Some(word) => bail!("no scenario has {word:?} in its name; --list shows those that there are"),
            None => Ok(()),
        }
    }
}

/// The tags of an expression, and whether each is negated.
fn collect(wanted: &TagOperation, is_negated: bool, into: &mut Vec<(String, bool)>) {
    match wanted {
        TagOperation::And(one, other) | TagOperation::Or(one, other) => {
            collect(one, is_negated, into);
            collect(other, is_negated, into);
        }
        TagOperation::Not(one) => collect(one, !is_negated, into),
        TagOperation::Tag(tag) => into.push((tag.clone(), is_negated)),
    }
}

fn nearest<'a>(tag: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    // Two numbers are not a slip of each other: G41 is not meant to be G40.
    let words = |tag: &str| tag.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    let far = |known: &String| strsim::damerau_levenshtein(&known.to_lowercase(), &tag.to_lowercase());
    let alike = known.iter().filter(|known| words(known) != words(tag) || known.eq_ignore_ascii_case(tag));
    alike.filter(|known| far(known) <= SLIPS.min(tag.chars().count() / 2)).min_by_key(|known| far(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::features::read_one;

    #[test]
    fn what_no_scenario_has_is_told_with_what_was_meant() {
        let features = read_one("@validation\nFeature: One\n  @G40\n  Scenario: Ana waits\n    Then y\n").features;
        let check = |tags: &str, words: &[&str], wanted: Option<&str>| {
            let tags = (!tags.is_empty()).then(|| tags.parse().expect("an expression"));
            let selection = Selection { tags, name: None, words: words.iter().map(|word| (*word).to_owned()).collect() };
            let told = selection.ensure_sense(&features).err().map(|error| error.to_string());
            match wanted {
                Some(wanted) => {
                    assert!(told.as_ref().is_some_and(|told| told.contains(wanted)), "{tags:?}: {told:?}", tags = selection.tags);
                }
                None => assert_eq!(told, None),
            }
        };
        check("@validation and not @G40", &["waits"], None);
        check("@valdation", &[], Some("no scenario has the tag @valdation; did you mean @validation?"));
        check("@G40 and not @valdiation", &[], Some("did you mean @validation?"));
        check("@g40", &[], Some("did you mean @G40?"));
        check("@G41", &[], Some("no scenario has the tag @G41; --list"));
        check("not @slow", &[], None);
        check("", &["waits", "walks"], Some("\"walks\" in its name"));
    }
}
