//! An OpenAPI document under construction: what the annotations of the handlers say, plus what all operations share.

use axum::http::StatusCode;
use serde_json::{Map, Value as Json, json};
use utoipa::openapi::OpenApi;

/// The methods that a path item may hold.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A document under construction.
#[derive(Clone, Debug)]
pub struct Document(Map<String, Json>);

/// One operation of a document.
#[derive(Debug)]
pub struct Operation<'a> {
    /// The path with its variables in braces.
    pub path: &'a str,
    /// The method, in lower case.
    pub method: &'a str,
    /// The operation object.
    pub object: &'a mut Map<String, Json>,
}

impl Document {
    /// What the annotations of a router say, under a title.
    #[must_use]
    pub fn new(described: &OpenApi, title: &str, description: &str) -> Self {
        let mut document = match serde_json::to_value(described) {
            Ok(Json::Object(document)) => document,
            _ => Map::new(),
        };
        let info = json!({
            "title": title, "description": description, "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        });
        document.insert("info".into(), info);
        Self(document)
    }

    /// A document that is complete, to look through its operations.
    #[must_use]
    pub fn finished(document: Json) -> Self {
        match document {
            Json::Object(document) => Self(document),
            _ => Self(Map::new()),
        }
    }

    /// Adds a reusable part: `schemas`, `responses`, `headers`, `parameters` or `securitySchemes`.
    pub fn component(&mut self, section: &str, name: &str, part: Json) {
        let components = self.0.entry("components").or_insert_with(|| json!({}));
        if let Some(components) = components.as_object_mut() {
            let section = components.entry(section).or_insert_with(|| json!({}));
            if let Some(section) = section.as_object_mut() {
                section.insert(name.to_owned(), part);
            }
        }
    }

    /// Says what the tags are about, in the order in which pages show them.
    pub fn tags(&mut self, tags: &[(&str, &str)]) {
        let tags: Vec<Json> = tags.iter().map(|(name, about)| json!({"name": name, "description": about})).collect();
        self.0.insert("tags".into(), tags.into());
    }

    /// Declares the variables of all paths. Each name means the same everywhere in an API, so it is described once.
    pub fn path_parameters(&mut self, known: &[(&str, Json, &str)]) {
        self.for_each(|operation| {
            for (name, schema, about) in known {
                if operation.path.contains(&format!("{{{name}}}")) && !operation.has_parameter(name) {
                    let declared = json!({"name": name, "in": "path", "required": true, "schema": schema, "description": about});
                    operation.list("parameters").push(declared);
                }
            }
        });
    }

    /// Changes every operation.
    pub fn for_each(&mut self, mut change: impl FnMut(&mut Operation<'_>)) {
        let paths = self.0.get_mut("paths").and_then(Json::as_object_mut);
        for (path, item) in paths.into_iter().flatten() {
            let methods = item.as_object_mut().into_iter().flatten();
            for (method, object) in methods.filter(|(method, _)| METHODS.contains(&method.as_str())) {
                if let Some(object) = object.as_object_mut() {
                    change(&mut Operation { path, method, object });
                }
            }
        }
    }

    /// The document. Answers without a description get the name of their status, because the format wants one.
    #[must_use]
    pub fn finish(mut self) -> Json {
        self.for_each(|operation| {
            for (status, response) in operation.responses() {
                let described = response.get("description").and_then(Json::as_str).is_some_and(|text| !text.is_empty());
                if let Some(response) = response.as_object_mut().filter(|response| !described && !response.contains_key("$ref")) {
                    let reason = status.parse().ok().and_then(|code: StatusCode| code.canonical_reason());
                    response.insert("description".into(), reason.unwrap_or("Answer").into());
                }
            }
        });
        Json::Object(self.0)
    }
}

impl Operation<'_> {
    /// Whether a parameter of this name is declared.
    #[must_use]
    pub fn has_parameter(&self, name: &str) -> bool {
        let declared = self.object.get("parameters").and_then(Json::as_array);
        declared.is_some_and(|declared| declared.iter().any(|parameter| parameter["name"] == name))
    }

    /// Whether a body can be sent.
    #[must_use]
    pub fn takes_a_body(&self) -> bool {
        self.object.contains_key("requestBody")
    }

    /// Says what a status means, unless the handler has said it itself. `component` is the name of a reusable response.
    pub fn answers(&mut self, status: u16, component: &str) {
        let responses = self.object.entry("responses").or_insert_with(|| json!({}));
        if let Some(responses) = responses.as_object_mut() {
            let response = || json!({"$ref": format!("#/components/responses/{component}")});
            responses.entry(status.to_string()).or_insert_with(response);
        }
    }

    /// The answers that are not references.
    pub fn responses(&mut self) -> impl Iterator<Item = (&String, &mut Json)> {
        let responses = self.object.get_mut("responses").and_then(Json::as_object_mut);
        responses.into_iter().flatten().filter(|(_, response)| response.get("$ref").is_none())
    }

    /// Adds a header to the answers that are not references. `component` is the name of a reusable header.
    pub fn sends_header(&mut self, name: &str, component: &str, when: impl Fn(u16) -> bool) {
        for (status, response) in self.responses() {
            if status.parse().is_ok_and(&when) {
                response["headers"][name] = json!({"$ref": format!("#/components/headers/{component}")});
            }
        }
    }

    /// A list of the operation, made if need be.
    pub fn list(&mut self, name: &str) -> &mut Vec<Json> {
        let list = self.object.entry(name).or_insert_with(|| json!([]));
        if !list.is_array() {
            *list = json!([]);
        }
        list.as_array_mut().expect("it was made an array in the line above")
    }
}
