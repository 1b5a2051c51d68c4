//! What a tester sends: moves of the clock, rules of disturbances, recipes.

use jiff::Timestamp;
use serde_json::Value;

use super::duration;
use super::seed::Recipe;
use crate::engine::faults::Fault;

/// A body: a rule or a recipe as JSON, a recipe as TOML, or how far the clock is to go.
///
/// # Panics
/// When what is taken is out of bounds, or is another thing when it is written and read again.
pub fn control_body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let now: Timestamp = "2031-03-04T14:31:00Z".parse().expect("a moment");
    match duration::parse(text, now) {
        Ok(by) => assert!(by.is_positive() && now.checked_add(by).is_ok(), "{by} can be gone"),
        Err(problem) => assert!(problem.len() <= 200 + 8 * text.len(), "{problem}"),
    }
    if let Ok(recipe) = Recipe::from_toml(text) {
        check_recipe(&recipe);
    }
    let Ok(json) = serde_json::from_str::<Value>(text) else { return };
    if let Ok(recipe) =
        serde_json::from_value::<Recipe>(json.clone()).map_err(drop).and_then(|recipe| recipe.checked().map_err(drop))
    {
        check_recipe(&recipe);
    }
    if let Ok(fault) = Fault::read(json)
        && fault.check().is_ok()
    {
        let written = serde_json::to_value(&fault).expect("a rule can be written");
        let again = Fault::read(written.clone()).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(again, fault, "{written}");
        assert_eq!(again.check(), Ok(()));
    }
}

fn check_recipe(recipe: &Recipe) {
    assert!(recipe.total() > 0 && recipe.workflows <= recipe.jobs * recipe.candidates);
    let written = serde_json::to_value(recipe).expect("a recipe can be written");
    let again: Recipe = serde_json::from_value(written).expect("a recipe that was written can be read");
    assert_eq!(&again.checked().expect("it can be followed"), recipe);
}
