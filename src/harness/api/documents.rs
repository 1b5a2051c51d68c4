//! OpenAPI documents: which of them describes a request, what it says of the answer, and its example of a body.

use std::fmt;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

/// The name of an API, and what makes its document.
pub type NamedDocument = (&'static str, fn() -> Value);

/// OpenAPI 3.1 documents by the names under which customers know the addresses of the APIs, such as `icims` for `{icims.base_url}`.
/// Each is made when it is asked for first.
#[derive(Clone, Debug, Default)]
pub struct Documents(Arc<[Document]>);

#[derive(Debug)]
struct Document {
    name: &'static str,
    make: fn() -> Value,
    made: OnceLock<Value>,
}

impl Documents {
    /// These documents.
    #[must_use]
    pub fn of(documents: &[NamedDocument]) -> Self {
        Self(documents.iter().map(|(name, make)| Document { name, make: *make, made: OnceLock::new() }).collect())
    }

    /// What is said of a request. Where the address of an API is known, only its own document is asked.
    ///
    /// # Errors
    /// When no document, or more than one, has the method at the address.
    pub(super) fn operation<'a>(
        &'a self,
        method: &Method,
        address: &Url,
        base_of: impl Fn(&str) -> Option<String>,
    ) -> Result<Operation<'a>> {
        let mut found = Vec::new();
        for document in self.0.iter() {
            let path = match base_of(document.name) {
                None => address.path(),
                Some(base) => match below(address, &base) {
                    Some(path) => path,
                    None => continue,
                },
            };
            let whole = document.made.get_or_init(document.make);
            found.extend(best(whole, method, path).map(|(template, said)| Operation {
                told: format!("{method} {template} of the OpenAPI document {}", document.name),
                document: whole,
                said,
            }));
        }
        let names: Vec<&str> = self.0.iter().map(|document| document.name).collect();
        let asked = format!("{method} {}", address.path());
        match found.len() {
            1 => found.pop().context("the one that was found"),
            0 => bail!("no OpenAPI document describes {asked}; there are those of: {}", names.join(", ")),
            _ => {
                let told: Vec<&str> = found.iter().map(|operation| operation.told.as_str()).collect();
                bail!("{asked} may be any of: {}; begin with a company, whose addresses tell them apart", told.join(", "))
            }
        }
    }
}

/// What a document says of one request.
pub(super) struct Operation<'a> {
    told: String,
    document: &'a Value,
    said: &'a Value,
}

impl Operation<'_> {
    /// The schema of a body, with everything that it refers to.
    ///
    /// # Errors
    /// When the document has none for this status and media type.
    pub(super) fn schema(&self, status: StatusCode, media_type: &str) -> Result<Value> {
        let code = status.as_str();
        let answers = self.said.get("responses").and_then(Value::as_object).context("the document describes no answers")?;
        let class = format!("{}XX", &code[..1]);
        let answer = [code, class.as_str(), "default"].iter().find_map(|code| answers.get(*code));
        let Some(answer) = answer else {
            let known: Vec<&str> = answers.keys().map(String::as_str).collect();
            bail!("{self} describes no answer with the status {code}, but {}", known.join(", "));
        };
        let content = self.resolved(answer)?.get("content").and_then(Value::as_object);
        let Some(content) = content.filter(|content| !content.is_empty()) else {
            bail!("{self} describes no body for the status {code}, so that it has no schema");
        };
        let Some(described) = content.get(media_type) else {
            let known: Vec<&str> = content.keys().map(String::as_str).collect();
            bail!("{self} describes no body of type {media_type:?} for the status {code}, but {}", known.join(", "));
        };
        let schema = described.get("schema").with_context(|| format!("{self} has no schema for the status {code}"))?;
        Ok(json!({"allOf": [schema], "components": self.document.get("components")}))
    }

    /// The example of the body of a request.
    ///
    /// # Errors
    /// When the document has none.
    pub(super) fn example(&self) -> Result<Value> {
        let none = || format!("{self} has no example of a body: write one below 'send:'");
        let content = self.said.get("requestBody").map(|body| self.resolved(body)).transpose()?;
        let content = content.and_then(|body| body.get("content")?.as_object()).with_context(none)?;
        let described = content.get(super::JSON).or_else(|| content.values().next()).with_context(none)?;
        let schema = described.get("schema").map(|schema| self.resolved(schema)).transpose()?;
        let of = |value: &Value| value.get("example").cloned();
        let named = || described.get("examples")?.as_object()?.values().next()?.get("value").cloned();
        let listed = || schema?.get("examples")?.as_array()?.first().cloned();
        of(described).or_else(named).or_else(|| of(schema?)).or_else(listed).with_context(none)
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> Result<&'a Value> {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Ok(value) };
        let pointer = reference.strip_prefix('#').with_context(|| format!("{reference} leads out of the document"))?;
        self.document.pointer(pointer).with_context(|| format!("{reference} leads nowhere in the document"))
    }
}

impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

/// The path below a base, `/people` of `http://icims/people` and `http://icims`.
fn below<'a>(address: &'a Url, base: &str) -> Option<&'a str> {
    let base = Url::parse(base).ok()?;
    if address.origin() != base.origin() {
        return None;
    }
    address.path().strip_prefix(base.path().trim_end_matches('/')).filter(|rest| rest.starts_with('/'))
}

/// The template that says most of a path, with what stands there for the method.
fn best<'a>(document: &'a Value, method: &Method, path: &str) -> Option<(&'a str, &'a Value)> {
    let method = method.as_str().to_ascii_lowercase();
    let paths = document.get("paths")?.as_object()?.iter();
    let fitting = paths.filter(|(template, _)| fits(template, path));
    let said = fitting.filter_map(|(template, item)| Some((template.as_str(), item.get(&method)?)));
    said.min_by_key(|(template, _)| template.matches('{').count())
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(template, part)| template == part || template.starts_with('{') && !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::api::schema;

    fn people() -> Value {
        json!({
            "paths": {
                "/people": {"post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}},
                    "responses": {"201": {"description": "made"}, "4XX": {"$ref": "#/components/responses/Refused"}},
                }},
                "/people/{id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}}}}},
                "/people/me": {"get": {"responses": {"default": {"content": {"text/plain": {"schema": {}}}}}}},
            },
            "components": {
                "responses": {"Refused": {"content": {"application/json": {"schema": {"type": "object"}}}}},
                "schemas": {"Person": {"type": "object", "required": ["name"], "examples": [{"name": "Ana"}]}},
            },
        })
    }

    fn documents() -> Documents {
        let other = || json!({"paths": {"/people": {"post": {}}}});
        Documents::of(&[("icims", people), ("platform", other)])
    }

    fn base_of(name: &str) -> Option<String> {
        (name != "control").then(|| format!("http://{name}/v1/"))
    }

    fn schema_of(method: &Method, address: &str, status: u16, media_type: &str) -> Result<Value> {
        let documents = documents();
        let operation = documents.operation(method, &Url::parse(address).expect("an address"), base_of)?;
        operation.schema(StatusCode::from_u16(status).expect("a status"), media_type)
    }

    #[test]
    fn an_answer_is_found_by_address_method_status_and_type() {
        let person = schema_of(&Method::GET, "http://icims/v1/people/7?x=1", 200, "application/json").expect("a schema");
        assert_eq!(person["allOf"][0]["$ref"], "#/components/schemas/Person");
        assert!(schema::check(&person, &json!({"name": "Ana"})).is_ok());
        assert!(schema::check(&person, &json!({})).is_err());
        let refused = schema_of(&Method::POST, "http://icims/v1/people", 422, "application/json").expect("a schema");
        assert_eq!(refused["allOf"][0]["type"], "object");
        assert!(schema_of(&Method::GET, "http://icims/v1/people/me", 200, "text/plain").is_ok());
    }

    #[test]
    fn what_no_document_has_is_told() {
        for (method, address, status, media_type, says) in [
            (
                Method::GET,
                "http://icims/v1/jobs/7",
                200,
                "application/json",
                "no OpenAPI document describes GET /v1/jobs/7; there are those of: icims, platform",
            ),
            (Method::DELETE, "http://icims/v1/people/7", 200, "application/json", "no OpenAPI document describes DELETE"),
            (Method::GET, "http://icims/v2/people/7", 200, "application/json", "no OpenAPI document describes"),
            (Method::GET, "http://elsewhere/v1/people/7", 200, "application/json", "no OpenAPI document describes"),
            (
                Method::GET,
                "http://icims/v1/people/7",
                404,
                "application/json",
                "GET /people/{id} of the OpenAPI document icims describes no answer with the status 404, but 200",
            ),
            (
                Method::GET,
                "http://icims/v1/people/7",
                200,
                "text/html",
                "describes no body of type \"text/html\" for the status 200, but application/json",
            ),
            (Method::POST, "http://icims/v1/people", 201, "", "describes no body for the status 201"),
        ] {
            let error = schema_of(&method, address, status, media_type).expect_err("no schema").to_string();
            assert!(error.contains(says), "{method} {address} {status}: {error}");
        }
    }

    #[test]
    fn without_addresses_the_path_decides_unless_several_have_it() {
        let documents = documents();
        let at = |method: Method, path: &str| {
            let address = Url::parse(&format!("http://somewhere{path}")).expect("an address");
            documents.operation(&method, &address, |_| None).map(|operation| operation.to_string())
        };
        assert_eq!(at(Method::GET, "/people/7").expect("an operation"), "GET /people/{id} of the OpenAPI document icims");
        let error = at(Method::POST, "/people").expect_err("two").to_string();
        assert!(error.contains("may be any of: POST /people of the OpenAPI document icims, POST /people of"), "{error}");
    }

    #[test]
    fn an_example_is_taken_from_the_document_or_missed() {
        let documents = documents();
        let at = |host: &str| {
            let address = Url::parse(&format!("http://{host}/v1/people")).expect("an address");
            documents.operation(&Method::POST, &address, base_of).expect("an operation").example()
        };
        assert_eq!(at("icims").expect("an example"), json!({"name": "Ana"}));
        let error = at("platform").expect_err("no example").to_string();
        assert!(error.contains("POST /people of the OpenAPI document platform has no example of a body"), "{error}");
    }
}
