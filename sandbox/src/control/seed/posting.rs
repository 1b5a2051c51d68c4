//! What a job offers: category, department, level, hire type and how many positions (icims-api 5.12).

use rand::RngExt;
use serde_json::{Map, Value, json};

use crate::engine::Chance;

/// Nodes of the delivered lists.
mod node {
    pub(super) const CUSTOMER_SERVICE: &str = "D36001";
    pub(super) const LOGISTICS: &str = "D36002";
    pub(super) const OPERATIONS: &str = "C33031";
    pub(super) const CUSTOMER_CARE: &str = "C33032";
    pub(super) const ENTRY: &str = "D38001";
    pub(super) const EXPERIENCED: &str = "D38002";
    pub(super) const FULL_TIME: &str = "D35001";
    pub(super) const PART_TIME: &str = "D35002";
    pub(super) const REGULAR: &str = "D39001";
    pub(super) const TEMPORARY: &str = "D39002";
}

/// The titles of recipes. Seeds draw from them by place, so that their order is part of what a seed gives.
const TITLES: [&str; 8] = [
    "Call Centre Advisor",
    "Warehouse Shift Lead",
    "Store Associate",
    "Order Picker",
    "Delivery Driver",
    "Support Agent",
    "Team Lead",
    "Barista",
];

/// A job to be made.
pub(super) struct Posting<'a> {
    title: &'a str,
    positions: u32,
}

impl<'a> Posting<'a> {
    /// The job with this title; how many positions it has is drawn.
    pub(super) fn of(title: &'a str, lives: &mut Chance) -> Self {
        Self { title, positions: lives.rng().random_range(1..=8) }
    }

    /// A job of a recipe.
    pub(super) fn drawn(chance: &mut Chance, lives: &mut Chance) -> Self {
        Self::of(TITLES[chance.rng().random_range(0..TITLES.len())], lives)
    }

    /// The job as the API takes it, at a company of this name; without place, people and packages.
    pub(super) fn values(&self, company: &str) -> Map<String, Value> {
        let has = |words: &[&str]| words.iter().any(|word| self.title.contains(word));
        let logistics = has(&["Warehouse", "Picker", "Driver"]);
        let care = has(&["Call Centre", "Support"]);
        let or = |is: bool, one: &'static str, other: &'static str| json!({"id": if is { one } else { other }});
        let overview = format!("{company} is looking for a {} who likes people and keeps calm when it gets busy.", self.title);
        Map::from_iter([
            ("jobtitle".to_owned(), json!(self.title)),
            ("folder".to_owned(), json!({"id": "D31001"})),
            ("jobtype".to_owned(), json!({"id": "D34001"})),
            ("priority".to_owned(), json!({"id": "D40001"})),
            ("positioncategory".to_owned(), or(logistics, node::LOGISTICS, node::CUSTOMER_SERVICE)),
            ("department".to_owned(), or(care, node::CUSTOMER_CARE, node::OPERATIONS)),
            ("positionlevel".to_owned(), or(has(&["Lead"]), node::EXPERIENCED, node::ENTRY)),
            ("positiontype".to_owned(), or(has(&["Barista", "Associate"]), node::PART_TIME, node::FULL_TIME)),
            ("hiretype".to_owned(), or(has(&["Seasonal"]), node::TEMPORARY, node::REGULAR)),
            ("numberofpositions".to_owned(), json!(self.positions)),
            ("numberofpositionsremaining".to_owned(), json!(self.positions)),
            ("overview".to_owned(), json!(overview)),
            (
                "responsibilities".to_owned(),
                json!("You listen, decide and follow up, and you leave things better than you found them."),
            ),
            ("qualifications".to_owned(), json!("You write and speak clearly. Everything else can be learned here.")),
        ])
    }
}
