//! In which order scenarios are run, and which share of them.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use anyhow::{Context as _, Result, ensure};
use cucumber::gherkin::{Feature, Scenario};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

use super::{retain, scenes};

/// The tag of scenarios that wait in real time for a slow neighbour, because that is what they try.
const SLOW: &str = "slow";

/// In which order scenarios are started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they stand in their files, by the files' paths.
    #[default]
    Defined,
    /// By chance: features, rules and scenarios, each within what is around it. The same number gives the same order.
    Random(u64),
}

impl Order {
    /// What a random order was drawn from.
    pub(in crate::harness) const fn seed(self) -> Option<u64> {
        match self {
            Self::Defined => None,
            Self::Random(seed) => Some(seed),
        }
    }

    /// Puts the features into this order.
    pub(in crate::harness) fn arrange(self, features: &mut [Feature]) {
        let Self::Random(seed) = self else { return };
        let mut chance = StdRng::seed_from_u64(seed);
        features.shuffle(&mut chance);
        for feature in features {
            feature.scenarios.shuffle(&mut chance);
            feature.rules.shuffle(&mut chance);
            feature.rules.iter_mut().for_each(|rule| rule.scenarios.shuffle(&mut chance));
        }
    }
}

/// Brings the slow scenarios to the front, so that a run is over no later than they are: the others go on beside them.
pub(in crate::harness) fn begin_with_slow(features: &mut [Feature]) {
    let is_other = |scenario: &Scenario| !scenario.tags.iter().any(|tag| tag == SLOW);
    for feature in &mut *features {
        feature.scenarios.sort_by_key(is_other);
        feature.rules.iter_mut().for_each(|rule| rule.scenarios.sort_by_key(is_other));
        feature.rules.sort_by_key(|rule| rule.scenarios.iter().all(is_other));
    }
    features.sort_by_key(|feature| scenes(std::slice::from_ref(feature)).all(|scene| is_other(scene.scenario)));
}

/// One of several shares of the scenarios that are wanted, `1/4`. The shares have no scenario in common and leave none out,
/// wherever and in whichever order they are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: NonZeroUsize,
    of: NonZeroUsize,
}

impl FromStr for Shard {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let (number, of): (NonZeroUsize, NonZeroUsize) = parts.context("write it as 1/4, the first of four shares")?;
        ensure!(number <= of, "there is no share {number} of {of}: they are 1/{of} to {of}/{of}");
        Ok(Self { number, of })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Takes the other shares out. Scenarios are dealt one by one, so that neighbours, which take about as long, are spread.
    ///
    /// # Errors
    /// When nothing is left, because there are fewer scenarios than shares.
    pub(in crate::harness) fn keep(self, features: &mut Vec<Feature>) -> Result<()> {
        let total = scenes(features).count();
        let mut dealt = 0;
        retain(features, |_| {
            dealt += 1;
            (dealt - 1) % self.of == self.number.get() - 1
        });
        ensure!(
            !features.is_empty(),
            "the share {self} is empty: {total} of all scenarios are wanted, so make no more than {total} shares"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::harness::features::{Read, Source};

    fn places(features: &[Feature]) -> Vec<String> {
        scenes(features).map(|scene| scene.place()).collect()
    }

    fn all() -> Vec<Feature> {
        Source::Embedded.read().expect("features").features
    }

    #[test]
    fn shares_have_nothing_in_common_and_leave_nothing_out() {
        let all = all();
        let total = places(&all).len();
        for of in [1, 2, 3, 7, total] {
            let mut seen = BTreeSet::new();
            for number in 1..=of {
                let mut share = all.clone();
                let shard: Shard = format!("{number}/{of}").parse().expect("a share");
                shard.keep(&mut share).expect("scenarios");
                assert!(places(&share).into_iter().all(|place| seen.insert(place)), "{shard} has what another has");
                assert!(scenes(&share).count().abs_diff(total / of) <= 1, "{shard}");
            }
            assert_eq!(seen.len(), total, "{of} shares");
        }
        let shard: Shard = format!("{0}/{0}", total + 1).parse().expect("a share");
        let told = shard.keep(&mut all.clone()).expect_err("nothing is left").to_string();
        assert!(told.contains("is empty: "), "{told}");
    }

    #[test]
    fn slow_scenarios_are_started_first_and_the_others_stay_in_order() {
        let mut read = Read::default();
        let text = |names: [&str; 3]| {
            let [one, two, three] = names;
            format!(
                "Feature: F\n  Scenario: {one}\n    When x\n  Rule: R\n    Scenario: {two}\n      When x\n  Rule: S\n    Scenario: a\n      \
                 When x\n    @slow\n    Scenario: {three}\n      When x\n"
            )
        };
        read.add(&text(["b", "c", "d"]).replace("@slow", "@quick"), Path::new("1.feature")).expect("Gherkin");
        read.add(&text(["e", "f", "waits"]), Path::new("2.feature")).expect("Gherkin");
        begin_with_slow(&mut read.features);
        let names: String = scenes(&read.features).map(|scene| format!("{} ", scene.scenario.name)).collect();
        assert_eq!(names, "e waits a f b c a d ");
        let is_slow =
            |feature: &Feature| scenes(std::slice::from_ref(feature)).any(|scene| scene.tags().iter().any(|tag| tag == SLOW));
        assert!(all().iter().any(is_slow), "the tag is used");
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for wrong in ["", "1", "0/4", "5/4", "1/0", "a/b", "1/4/4"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_gives_one_order_of_the_same_scenarios() {
        let arranged = |order: Order| {
            let mut features = all();
            order.arrange(&mut features);
            places(&features)
        };
        assert_eq!(arranged(Order::Random(7)), arranged(Order::Random(7)));
        assert_ne!(arranged(Order::Random(7)), arranged(Order::Random(8)));
        assert_ne!(arranged(Order::Random(7)), arranged(Order::Defined));
        let sorted = |places: Vec<String>| places.into_iter().collect::<BTreeSet<_>>();
        assert_eq!(sorted(arranged(Order::Random(7))), sorted(arranged(Order::Defined)));
    }
}
