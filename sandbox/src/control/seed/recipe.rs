//! Recipes: how many jobs, candidates and workflows a tenant is seeded with, and how they are spread.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::control::ControlError;

/// The recipes that come with the sandbox, by name.
const NAMED: [(&str, &str); 3] = [
    ("small", include_str!("../../../fixtures/seeds/small.toml")),
    ("busy_season", include_str!("../../../fixtures/seeds/busy_season.toml")),
    ("million", include_str!("../../../fixtures/seeds/million.toml")),
];
/// Most workflows of a recipe, and most candidates.
const MOST: usize = 1_000_000;
const MOST_JOBS: usize = 100_000;
/// The longest stretch of time that a recipe spreads things over.
const MOST_DAYS: u32 = 3_650;
/// The largest weight, so that sums stay small.
const MOST_WEIGHT: u32 = 1_000_000;

/// What to seed a tenant with. Weights are relative to one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Approved jobs, each with one of the tenant's packages.
    pub jobs: usize,
    /// Candidates.
    pub candidates: usize,
    /// Applications of these candidates to these jobs.
    pub workflows: usize,
    /// Over how many days until now everything is spread.
    pub days: u32,
    /// The share of workflows with a complete assessment, 0 to 1.
    #[serde(default)]
    pub results: f64,
    /// How often each status is: by label, such as `Under Review`, or by id. Without any, all workflows are new.
    #[serde(default)]
    pub statuses: BTreeMap<String, u32>,
    /// How often each kind of name is. Without any, all are English.
    #[serde(default)]
    pub locales: BTreeMap<Locale, u32>,
}

/// A kind of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Plain English names.
    English,
    /// French names.
    French,
    /// German names.
    German,
    /// Brazilian names.
    Portuguese,
    /// Names with diacritics, whatever the language.
    Accented,
    /// Names that are longer than screens like.
    Long,
}

impl Recipe {
    /// The recipe with this name.
    ///
    /// # Errors
    /// When there is none; the message lists those that there are.
    pub fn named(name: &str) -> Result<Self, ControlError> {
        let Some((_, text)) = NAMED.iter().find(|(known, _)| *known == name) else {
            let names = NAMED.map(|(name, _)| name).join(", ");
            return Err(ControlError::BadInput(format!("there is no recipe {name}: choose one of {names}, or send a recipe")));
        };
        Self::from_toml(text)
    }

    /// Reads a recipe as files hold it, and checks it.
    ///
    /// # Errors
    /// When it cannot be read or makes no sense.
    pub fn from_toml(text: &str) -> Result<Self, ControlError> {
        let recipe: Self = toml::from_str(text)
            .map_err(|error| ControlError::BadInput(format!("the recipe cannot be read: {}", error.message())))?;
        recipe.checked()
    }

    /// The recipe, if it can be followed.
    ///
    /// # Errors
    /// When it asks for too much or for what cannot be.
    pub fn checked(self) -> Result<Self, ControlError> {
        match self.wrong() {
            Some(wrong) => Err(ControlError::BadInput(format!("the recipe cannot be followed: {wrong}"))),
            None => Ok(self),
        }
    }

    fn wrong(&self) -> Option<String> {
        let weights = |weights: &mut dyn Iterator<Item = u32>| {
            let weights: Vec<u32> = weights.collect();
            !weights.is_empty()
                && (weights.iter().all(|weight| *weight == 0) || weights.iter().any(|weight| *weight > MOST_WEIGHT))
        };
        if self.jobs > MOST_JOBS || self.candidates > MOST || self.workflows > MOST {
            return Some(format!("at most {MOST_JOBS} jobs, {MOST} candidates and {MOST} workflows can be seeded at once"));
        }
        if self.jobs + self.candidates == 0 {
            return Some("there is nothing in it; give jobs, candidates and workflows".into());
        }
        if self.workflows > self.jobs * self.candidates {
            let most = self.jobs * self.candidates;
            return Some(format!(
                "a candidate applies to a job once, so {} workflows are more than the {most} that can be",
                self.workflows
            ));
        }
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Some(format!("days are 1 to {MOST_DAYS}"));
        }
        if !(0.0..=1.0).contains(&self.results) {
            return Some("results is a share from 0 to 1".into());
        }
        if self.statuses.len() > 1_000 {
            return Some("at most 1000 statuses can be named".into());
        }
        if weights(&mut self.statuses.values().copied()) || weights(&mut self.locales.values().copied()) {
            return Some(format!("weights of statuses and locales are 0 to {MOST_WEIGHT}, and one of them is more than 0"));
        }
        None
    }

    /// How many profiles it makes.
    #[must_use]
    pub fn total(&self) -> usize {
        self.jobs + self.candidates + self.workflows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_that_comes_along_can_be_followed() {
        for (name, _) in NAMED {
            assert!(Recipe::named(name).is_ok(), "{name}");
        }
        assert_eq!(Recipe::named("million").expect("a recipe").workflows, 1_000_000);
    }

    #[test]
    fn nonsense_and_too_much_are_refused_with_a_reason() {
        let check = |change: &str, reason: &str| {
            let text = format!("jobs = 2\ncandidates = 3\nworkflows = 6\ndays = 30\n{change}");
            let error = Recipe::from_toml(&text).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        };
        check("results = 1.5", "share from 0 to 1");
        check("results = nan", "share from 0 to 1");
        check("shoes = 2", "unknown field `shoes`");
        check("[statuses]\nHired = 0", "weights");
        check("[statuses]\nHired = 4000000000", "weights");
        check("[statuses]\nHired = 4000000000\nRejected = 4000000000", "weights");
        check("[statuses]\nHired = 2147483648\nRejected = 2147483648", "weights");
        check("[locales]\nklingon = 1", "klingon");
        for (text, reason) in [
            ("jobs = 2\ncandidates = 3\nworkflows = 7\ndays = 30", "once"),
            ("jobs = 2\ncandidates = 3\nworkflows = 1\ndays = 0", "days"),
            ("jobs = 2\ncandidates = 1000001\nworkflows = 1\ndays = 1", "at most"),
            ("jobs = 0\ncandidates = 0\nworkflows = 0\ndays = 1", "nothing"),
            ("jobs = -1\ncandidates = 0\nworkflows = 0\ndays = 1", "cannot be read"),
        ] {
            let error = Recipe::from_toml(text).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(Recipe::named("huge").expect_err("no such recipe").to_string().contains("busy_season"));
    }
}
