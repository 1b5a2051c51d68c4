//! A contract of one exchange, as version 4 of Pact has it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::example::{self, SECRET, is_secret};
use super::shape::{Shape, fits};
use super::{Exchange, State, header, is_json, media_type};

/// What of a request's headers is part of the contract; the others are the client library's affair, or change each time.
const REQUEST_HEADERS: [&str; 4] = ["accept", "authorization", "content-type", "if-none-match"];

/// The contract of an exchange.
pub(super) fn interaction(exchange: &Exchange) -> Value {
    let states: Vec<Value> = exchange.state.iter().map(state).collect();
    let mut interaction = json!({
        "type": "Synchronous/HTTP",
        "description": description(exchange),
        "pending": false,
        "request": request(exchange),
        "response": response(exchange),
        "transport": "http",
    });
    if !states.is_empty() {
        interaction["providerStates"] = states.into();
    }
    interaction
}

fn state(state: &State) -> Value {
    let mut told = json!({"name": state.name});
    if !state.parameters.is_empty() {
        told["params"] = Value::Object(state.parameters.clone());
    }
    told
}

/// The client's words, or else what it asks for.
fn description(exchange: &Exchange) -> String {
    if let Some(words) = &exchange.description {
        return words.clone();
    }
    let query: Vec<String> = query(exchange).iter().map(|(name, values)| format!("{name}={}", values.join(","))).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let path = exchange.told.as_ref().and_then(|told| told.path(&exchange.path));
    let path =
        path.map_or_else(|| exchange.path.clone(), |(_, how)| how["expression"].as_str().unwrap_or_default().replace('$', ""));
    format!("{} {path}{query}", exchange.method)
}

fn query(exchange: &Exchange) -> BTreeMap<&str, Vec<String>> {
    let mut query: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &exchange.query {
        let known = exchange.told.as_ref().and_then(|told| told.whole(value));
        let value = if is_secret(name) { SECRET.to_owned() } else { known.map_or_else(|| value.clone(), |(example, _)| example) };
        query.entry(name).or_default().push(value);
    }
    query
}

/// How each part of a request that circumstances have told is made anew.
fn generators(exchange: &Exchange) -> Map<String, Value> {
    let Some(told) = &exchange.told else { return Map::new() };
    let mut generators = Map::new();
    if let Some((_, how)) = told.path(&exchange.path) {
        generators.insert("path".to_owned(), how);
    }
    let of = |pairs: Vec<(String, &str)>| {
        let each = pairs.into_iter().filter_map(|(name, value)| Some((name, told.whole(value)?.1)));
        each.collect::<Map<String, Value>>()
    };
    let headers = REQUEST_HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), header(&exchange.headers, name)?)));
    let query = exchange.query.iter().map(|(name, value)| (name.clone(), value.as_str()));
    let fields = json_body(exchange);
    let body = fields.iter().flatten().map(|(path, value)| (path.clone(), value.as_str()));
    for (part, found) in [("header", of(headers.collect())), ("query", of(query.collect())), ("body", of(body.collect()))] {
        if !found.is_empty() {
            generators.insert(part.to_owned(), Value::Object(found));
        }
    }
    generators
}

/// The texts at the top of a JSON document that is sent, by their paths.
fn json_body(exchange: &Exchange) -> Option<Vec<(String, String)>> {
    is_json(&media_type(&exchange.headers)?).then_some(())?;
    let document: Value = serde_json::from_slice(&exchange.body).ok()?;
    let fields = document.as_object()?.iter();
    Some(fields.filter_map(|(key, value)| Some((format!("$.{key}"), value.as_str()?.to_owned()))).collect())
}

fn request(exchange: &Exchange) -> Value {
    let (mut headers, mut rules) = (Map::new(), Map::new());
    for name in REQUEST_HEADERS {
        let Some(value) = header(&exchange.headers, name).filter(|value| *value != "*/*") else { continue };
        let value = if name == "authorization" {
            let (example, pattern) = example::authorization(value);
            rules.insert(name.to_owned(), fits(&pattern));
            example
        } else {
            value.to_owned()
        };
        headers.insert(name.to_owned(), json!([value]));
    }
    let path = exchange.told.as_ref().and_then(|told| told.path(&exchange.path));
    let path = path.map_or_else(|| exchange.path.clone(), |(example, _)| example);
    let mut request = json!({"method": exchange.method, "path": path});
    let generators = generators(exchange);
    if !generators.is_empty() {
        request["generators"] = Value::Object(generators);
    }
    let query = query(exchange);
    if !query.is_empty() {
        request["query"] = json!(query);
    }
    if !headers.is_empty() {
        request["headers"] = Value::Object(headers);
    }
    if !rules.is_empty() {
        request["matchingRules"] = json!({"header": rules});
    }
    if let Some(body) = request_body(exchange) {
        request["body"] = body;
    }
    request
}

/// What is sent, with examples for its secrets. What is neither text nor JSON is left out.
fn request_body(exchange: &Exchange) -> Option<Value> {
    if exchange.body.is_empty() {
        return None;
    }
    let kind = media_type(&exchange.headers).unwrap_or_else(|| "application/octet-stream".to_owned());
    let content = match () {
        () if is_json(&kind) => without_secrets(serde_json::from_slice(&exchange.body).ok()?, None),
        () if kind == "application/x-www-form-urlencoded" => example::form(std::str::from_utf8(&exchange.body).ok()?).into(),
        () if kind.starts_with("text/") => std::str::from_utf8(&exchange.body).ok()?.into(),
        () => return None,
    };
    Some(json!({"content": content, "contentType": kind, "encoded": false}))
}

fn without_secrets(value: Value, name: Option<&str>) -> Value {
    match value {
        Value::String(_) if name.is_some_and(is_secret) => SECRET.into(),
        Value::Array(items) => items.into_iter().map(|item| without_secrets(item, name)).collect(),
        Value::Object(fields) => {
            let each = fields.into_iter().map(|(key, value)| {
                let value = without_secrets(value, Some(&key));
                (key, value)
            });
            Value::Object(each.collect())
        }
        other => other,
    }
}

fn response(exchange: &Exchange) -> Value {
    let mut response = json!({"status": exchange.status});
    let (mut headers, mut header_rules) = (Map::new(), Map::new());
    let kind = media_type(&exchange.answer_headers);
    if let Some(kind) = &kind {
        headers.insert("content-type".to_owned(), json!([kind]));
        header_rules.insert("content-type".to_owned(), fits(&format!("^{}.*$", kind.replace('+', r"\+").replace('.', r"\."))));
    }
    if let Some(location) = header(&exchange.answer_headers, "location") {
        headers.insert("location".to_owned(), json!([example::Kind::of(location).example(location)]));
        header_rules.insert("location".to_owned(), fits("^.+$"));
    }
    let mut rules = Map::new();
    // What is no JSON is told by its kind alone: nobody relies on the words of a page.
    let json = kind
        .as_deref()
        .filter(|kind| is_json(kind))
        .and_then(|kind| Some((kind, serde_json::from_slice::<Value>(&exchange.answer).ok()?)));
    if let Some((kind, document)) = json {
        let Shape { example, rules: body_rules } = Shape::of(&document, exchange.told.as_ref());
        response["body"] = json!({"content": example, "contentType": kind, "encoded": false});
        if !body_rules.is_empty() {
            rules.insert("body".to_owned(), Value::Object(body_rules));
        }
    }
    if !header_rules.is_empty() {
        rules.insert("header".to_owned(), Value::Object(header_rules));
    }
    if !headers.is_empty() {
        response["headers"] = Value::Object(headers);
    }
    if !rules.is_empty() {
        response["matchingRules"] = Value::Object(rules);
    }
    response
}
