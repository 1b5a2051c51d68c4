//! Matchers that say what a value must be like, beside those of the pact library.

use std::collections::HashMap;

use pact_consumer::patterns::build_regex;
use pact_consumer::prelude::{JsonPattern, Pattern, StringPattern, Term};
use pact_models::matchingrules::{MatchingRule, MatchingRuleCategory, RuleLogic};
use pact_models::path_exp::DocPath;
use serde_json::Value;

/// A value with a rule of its own.
#[derive(Debug)]
struct Ruled {
    example: Value,
    rule: MatchingRule,
}

impl Pattern for Ruled {
    type Matches = Value;

    fn to_example(&self) -> Value {
        self.example.clone()
    }

    fn to_example_bytes(&self) -> Vec<u8> {
        self.example.to_string().into_bytes()
    }

    fn extract_matching_rules(&self, path: DocPath, rules: &mut MatchingRuleCategory) {
        rules.add_rule(path, self.rule.clone(), RuleLogic::And);
    }
}

fn ruled(example: impl Into<Value>, rule: MatchingRule) -> JsonPattern {
    JsonPattern::pattern(Ruled { example: example.into(), rule })
}

/// Any text.
pub(crate) fn text(example: &str) -> JsonPattern {
    ruled(example, MatchingRule::Type)
}

/// Any text that is not empty.
pub(crate) fn some_text(example: &str) -> JsonPattern {
    ruled(example, MatchingRule::NotEmpty)
}

/// A whole number.
pub(crate) fn integer(example: i64) -> JsonPattern {
    ruled(example, MatchingRule::Integer)
}

/// A number, whole or not.
pub(crate) fn number(example: f64) -> JsonPattern {
    ruled(example, MatchingRule::Number)
}

/// A text of this form, from its first letter to its last: the library matches the whole text, whatever anchors there are.
pub(crate) fn form(regex: &str, example: &str) -> JsonPattern {
    ruled(example, MatchingRule::Regex(regex.into()))
}

/// A moment, written like `yyyy-MM-dd hh:mm a`.
pub(crate) fn moment(format: &str, example: &str) -> JsonPattern {
    ruled(example, MatchingRule::Timestamp(format.into()))
}

/// 24 hexadecimal digits, the platform's ids.
pub(crate) fn hex_id(example: &str) -> JsonPattern {
    form("^[0-9a-f]{24}$", example)
}

/// An id of iCIMS as its events write it: digits in a text.
pub(crate) fn digits(example: &str) -> JsonPattern {
    form("^[1-9][0-9]*$", example)
}

/// A web address.
pub(crate) fn web_address(example: &str) -> JsonPattern {
    form(r"^https?://\S+$", example)
}

/// An array that holds an item like each of these, in any order, beside whatever else it holds.
pub(crate) fn holds(items: Vec<JsonPattern>) -> JsonPattern {
    JsonPattern::pattern(Holds(items))
}

/// A header or a path of this form.
pub(crate) fn header(regex: &str, example: &str) -> StringPattern {
    Term::new(build_regex(regex), example).into()
}

#[derive(Debug)]
struct Holds(Vec<JsonPattern>);

impl Pattern for Holds {
    type Matches = Value;

    fn to_example(&self) -> Value {
        self.0.iter().map(Pattern::to_example).collect()
    }

    fn to_example_bytes(&self) -> Vec<u8> {
        self.to_example().to_string().into_bytes()
    }

    fn extract_matching_rules(&self, path: DocPath, rules: &mut MatchingRuleCategory) {
        let variants = self.0.iter().enumerate().map(|(position, item)| {
            let mut of_item = MatchingRuleCategory::empty("body");
            item.extract_matching_rules(DocPath::root(), &mut of_item);
            (position, of_item, HashMap::new())
        });
        rules.add_rule(path, MatchingRule::ArrayContains(variants.collect()), RuleLogic::And);
    }
}
