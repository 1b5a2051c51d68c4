//! Asking a broker: one question, one answer, one error that says what to do.

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::access::{Access, Address};
use super::document::Document;
use super::error::BrokerError;
use crate::http::{Answer, Clients, in_its_words};

/// What a broker answers with.
const HAL: &str = "application/hal+json, application/json;q=0.9";

/// A broker that can be asked.
#[derive(Clone, Debug)]
pub struct Broker {
    clients: Clients,
    address: Address,
    access: Access,
}

impl Broker {
    /// The broker at an address, asked by somebody. Whom the address itself names counts where nobody else is.
    #[must_use]
    pub fn new(clients: Clients, address: Address, access: Access) -> Self {
        let access = match access {
            Access::Anonymous => address.access().unwrap_or(Access::Anonymous),
            named => named,
        };
        Self { clients, address, access }
    }

    /// Its address, for people.
    #[must_use]
    pub fn at(&self) -> &str {
        self.address.words()
    }

    /// Its first page, from where its links lead on.
    pub(super) async fn index(&self) -> Result<Document, BrokerError> {
        let document = self.get(self.address.below(""), "a broker's first page").await?;
        if document.has("pb:publish-contracts") || document.has("pb:pacticipants") {
            return Ok(document);
        }
        Err(self.no_broker("its first page has none of a broker's links"))
    }

    /// The address of what lies below its first page and has no link there.
    pub(super) fn below(&self, path: &str) -> Url {
        self.address.below(path)
    }

    /// Reads a document; `what` is what it is, in words.
    pub(super) async fn get(&self, url: Url, what: &str) -> Result<Document, BrokerError> {
        self.ask(Method::GET, url, None, what).await
    }

    /// Reads one that may not be there.
    pub(super) async fn find(&self, url: Url, what: &str) -> Result<Option<Document>, BrokerError> {
        match self.get(url, what).await {
            Err(BrokerError::NotFound { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Sends something to be taken in.
    pub(super) async fn post(&self, url: Url, body: &Value, what: &str) -> Result<Document, BrokerError> {
        self.ask(Method::POST, url, Some(body), what).await
    }

    /// Sees to it that something is there.
    pub(super) async fn put(&self, url: Url, body: &Value, what: &str) -> Result<Document, BrokerError> {
        self.ask(Method::PUT, url, Some(body), what).await
    }

    async fn ask(&self, method: Method, url: Url, body: Option<&Value>, what: &str) -> Result<Document, BrokerError> {
        let mut request = self.access.ask(self.clients.request(method, url)).header(ACCEPT, HAL);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = self.clients.exchange(request).await;
        let answer = answer.map_err(|source| BrokerError::NoAnswer { at: self.at().to_owned(), source })?;
        self.read(&answer, what)
    }

    fn read(&self, answer: &Answer, what: &str) -> Result<Document, BrokerError> {
        let (at, status) = (self.at().to_owned(), answer.status);
        let json = answer.json::<Value>();
        let says = || json.as_ref().ok().map(said).filter(|says| !says.is_empty());
        match status {
            StatusCode::UNAUTHORIZED => return Err(BrokerError::Refused { at, shown: self.access.words() }),
            StatusCode::FORBIDDEN => return Err(BrokerError::Forbidden { at }),
            _ if status.is_server_error() => {
                let says = says().map(|says| format!(": {says}")).unwrap_or_default();
                return Err(BrokerError::OutOfOrder { at, status: status.as_u16(), says });
            }
            _ if status.is_redirection() => {
                let to = answer.header(LOCATION.as_str()).and_then(|to| self.address.url().join(to).ok());
                return Err(match to.filter(|to| to.origin() != self.address.url().origin()) {
                    Some(to) => BrokerError::Elsewhere { at, to: to.origin().ascii_serialization() },
                    None => self.no_broker(&format!("it redirects ({})", status.as_u16())),
                });
            }
            _ => {}
        }
        let is_json = answer.header(CONTENT_TYPE.as_str()).is_some_and(|kind| kind.contains("json"));
        match json {
            _ if !is_json && is_page(answer) => Err(self.no_broker(&format!("it answered {} with a page", status.as_u16()))),
            _ if status == StatusCode::NOT_FOUND => Err(BrokerError::NotFound { at, what: what.to_owned() }),
            Ok(json) if status == StatusCode::CONFLICT => Err(BrokerError::Conflict { says: said(&json) }),
            Ok(json) if status.is_client_error() => Err(BrokerError::Invalid { at, says: said(&json) }),
            Ok(json) if status.is_success() && json.is_object() => Ok(Document::new(self.address.clone(), json)),
            Err(source) => {
                Err(BrokerError::Unreadable { at, status: status.as_u16(), wanted: "a JSON document", source: Some(source) })
            }
            Ok(_) => Err(BrokerError::Unreadable { at, status: status.as_u16(), wanted: "a JSON document", source: None }),
        }
    }

    fn no_broker(&self, what: &str) -> BrokerError {
        BrokerError::NotABroker { at: self.at().to_owned(), what: what.to_owned() }
    }

    /// An answer whose parts are not those of a broker.
    pub(super) fn unreadable(&self, wanted: &'static str) -> impl FnOnce(serde_json::Error) -> BrokerError + use<> {
        let at = self.at().to_owned();
        move |error| BrokerError::Unreadable { at, status: 200, wanted, source: Some(error.into()) }
    }
}

/// Whether a browser would show it.
fn is_page(answer: &Answer) -> bool {
    let text = answer.text();
    answer.header(CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("text/")) || text.trim_start().starts_with('<')
}

/// What a broker says is wrong: `errors` as a list or by field, `error.message`, `notices`, or a problem's `detail`.
fn said(json: &Value) -> String {
    let mut said = Vec::new();
    texts(&json["errors"], &mut said);
    if said.is_empty() {
        let places = [&json["error"]["message"], &json["error"], &json["detail"], &json["title"]];
        places.into_iter().for_each(|place| texts(place, &mut said));
        said.truncate(1);
    }
    in_its_words(&said.join("; "))
}

fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(fields) if fields.contains_key("detail") => texts(&fields["detail"], into),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_broker_says_is_found_in_every_shape() {
        for (body, says) in [
            (json!({"errors": ["Pacticipant a not found", "b"]}), "Pacticipant a not found; b"),
            (json!({"errors": {"contracts": ["no"]}, "notices": [{"text": "x"}]}), "no"),
            (json!({"error": {"message": "gone", "reference": "abc"}}), "gone"),
            (json!({"title": "t", "detail": "d"}), "d"),
            (json!({"errors": [{"detail": "d", "type": "https://x"}]}), "d"),
            (json!({"other": 1}), ""),
        ] {
            assert_eq!(said(&body), says, "{body}");
        }
    }
}
