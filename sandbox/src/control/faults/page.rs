//! The page of faults: the rules that are set with what they have disturbed, the catalogue to switch on, a form for a rule of one's own.
//!
//! Every form says itself whom it concerns: what was shown before decides nothing.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{CATALOGUE, NamedFault, Wanted, given};
use crate::control::error::ControlError;
use crate::control::pages;
use crate::control::world::World;
use crate::engine::faults::ListedFault;
use crate::ui::{ApiQuery, Page};

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/faults", get(shown))
        .route("/faults/on", post(switch_on))
        .route("/faults/off", post(switch_off))
        .route("/faults/custom", post(add_custom))
}

#[derive(Template)]
#[template(path = "control/faults.html")]
struct FaultsPage {
    customer: String,
    customers: Vec<(String, String)>,
    rules: Vec<Row>,
    catalogue: Vec<(&'static NamedFault, bool)>,
    done: String,
}

/// A rule as a line.
struct Row {
    id: u64,
    name: String,
    customer: String,
    calls: String,
    effect: String,
    often: String,
    hits: u64,
    last: String,
}

impl Row {
    fn of(listed: ListedFault) -> Self {
        let value = serde_json::to_value(&listed).unwrap_or_default();
        let text = |pointer: &str| match value.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let (method, path, from) = (text("/match/method"), text("/match/path"), text("/match/from"));
        let from = if from.is_empty() { String::new() } else { format!(" from {from}") };
        let calls = format!("{}{from} {method} {path}", text("/match/actor"));
        let effect = ["kind", "status", "by", "message"].map(|key| text(&format!("/effect/{key}")));
        let often = match (listed.fault.times, listed.fault.probability) {
            (None, None) => "every call".into(),
            (Some(times), None) => format!("{times} times"),
            (None, Some(share)) => format!("share {share}"),
            (Some(times), Some(share)) => format!("share {share}, {times} times"),
        };
        let words = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            id: listed.id,
            name: listed.fault.name.unwrap_or_else(|| "(custom)".into()),
            customer: listed.fault.customer.unwrap_or_else(|| "all".into()),
            calls: words(&calls),
            effect: words(&effect.join(" ")),
            often,
            hits: listed.hits,
            last: listed.last_hit.map(|at| at.strftime("%m-%d %H:%M:%S").to_string()).unwrap_or_default(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    #[serde(default)]
    customer: String,
    #[serde(default)]
    done: String,
}

async fn shown(State(world): State<World>, ApiQuery(query): ApiQuery<PageQuery>) -> Response {
    let customer = given(Some(&query.customer));
    let rules = match world.faults(customer) {
        Ok(rules) => rules,
        Err(error) => return pages::problem(error),
    };
    let is_on = |named: &NamedFault| {
        rules.iter().any(|rule| rule.fault.name.as_deref() == Some(named.name) && rule.fault.customer.as_deref() == customer)
    };
    let whom = customer.map_or_else(|| "all customers".to_owned(), |customer| format!("customer {customer}"));
    let page = FaultsPage {
        catalogue: CATALOGUE.iter().map(|named| (named, is_on(named))).collect(),
        customers: world.tenants().into_iter().map(|tenant| (tenant.customer_id.to_string(), tenant.name)).collect(),
        customer: customer.unwrap_or_default().to_owned(),
        rules: rules.into_iter().map(Row::of).collect(),
        done: match query.done.as_str() {
            "on" => format!("The rule is set for {whom}."),
            "off" => "It is gone. What it held back is on its way.".into(),
            "none" => format!("There was no such rule for {whom}. Nothing was changed."),
            _ => String::new(),
        },
    };
    Page::ok(page).into_response()
}

#[derive(Debug, Default, Deserialize)]
struct Switch {
    #[serde(default)]
    customer: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    id: String,
}

async fn switch_on(State(world): State<World>, Form(form): Form<Switch>) -> Response {
    back(&form.customer, "on", world.switch_on_fault(&form.name, given(Some(&form.customer))).map(|_| ()))
}

/// One rule by its number, a fault by its name, or all of them.
async fn switch_off(State(world): State<World>, Form(form): Form<Switch>) -> Response {
    let removed = match (given(Some(&form.id)), given(Some(&form.name))) {
        // A rule that is gone already is gone.
        (Some(id), _) => Ok(id.parse().is_ok_and(|id| world.remove_fault(id))),
        (None, name) => world.remove_faults(given(Some(&form.customer)), name).map(|count| count > 0),
    };
    let done = if matches!(removed, Ok(false)) { "none" } else { "off" };
    back(&form.customer, done, removed.map(|_| ()))
}

async fn add_custom(State(world): State<World>, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let customer = form.get("customer").cloned().unwrap_or_default();
    let added = Wanted::read(rule_of(&form)).map_err(ControlError::BadInput).and_then(|wanted| match wanted {
        Wanted::Rule(fault) => world.add_faults(vec![*fault]).map(|_| ()),
        Wanted::Named(super::Named { name, customer }) => world.switch_on_fault(&name, customer.as_deref()).map(|_| ()),
    });
    back(&customer, "on", added)
}

/// A rule as the API takes it, from the fields that are filled in.
fn rule_of(form: &BTreeMap<String, String>) -> Value {
    let field = |name: &str| given(form.get(name).map(String::as_str));
    // What is no number is passed on as text, so that the refusal shows it.
    let number = |text: &str| serde_json::from_str::<Value>(text).ok().filter(Value::is_number).unwrap_or_else(|| text.into());
    let mut matching = Map::new();
    for name in ["actor", "from", "method", "path"] {
        if let Some(text) = field(name) {
            matching.insert(name.into(), text.into());
        }
    }
    let kind = field("kind").unwrap_or_default();
    let mut effect = Map::from_iter([("kind".to_owned(), Value::from(kind))]);
    if kind == "status" {
        effect.insert("status".into(), field("status").map_or(Value::from(500), number));
        if let Some(message) = field("message") {
            effect.insert("message".into(), message.into());
        }
    }
    if let Some(by) = field("by").filter(|_| matches!(kind, "latency" | "delay")) {
        effect.insert("by".into(), by.into());
    }
    let mut rule = json!({ "match": matching, "effect": effect });
    for (name, value) in [("times", field("times").map(number)), ("probability", field("probability").map(number))] {
        if let Some(value) = value {
            rule[name] = value;
        }
    }
    for name in ["name", "customer"] {
        if let Some(text) = field(name) {
            rule[name] = text.into();
        }
    }
    rule
}

/// Back to the page; what a form sends as a customer is only passed on if it is a number.
fn back(customer: &str, done: &str, outcome: Result<(), ControlError>) -> Response {
    let customer = if customer.bytes().all(|byte| byte.is_ascii_digit()) { customer } else { "" };
    match outcome {
        Ok(()) => Redirect::to(&format!("/faults?customer={customer}&done={done}")).into_response(),
        Err(error) => pages::problem(error),
    }
}
