//! Mailpit's API, version 1: `GET /api/v1/search` and `GET /api/v1/message/{ID}`.

use anyhow::{Context, Result};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use url::Url;

use super::{Mail, links};
use crate::harness::http;

/// More mail than one candidate gets.
const MANY: &str = "50";

/// A Mailpit.
#[derive(Clone)]
pub(in crate::harness) struct Mailpit {
    base: Url,
    sign_in: Option<(String, String)>,
    client: Client,
}

#[derive(Deserialize)]
struct Found {
    messages: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    from: Option<Address>,
    #[serde(default)]
    to: Vec<Address>,
    subject: String,
    text: String,
    #[serde(rename = "HTML", default)]
    html: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Address {
    #[serde(default)]
    name: String,
    address: String,
}

impl Mailpit {
    pub(in crate::harness) fn new(base: Url, sign_in: Option<(String, String)>, client: Client) -> Self {
        Self { base, sign_in, client }
    }

    pub(super) async fn mail(&self, to: &str) -> Result<Vec<Mail>> {
        let request = self.get("search").query(&[("query", format!("to:\"{to}\"").as_str()), ("limit", MANY)]);
        let found: Found = serde_json::from_value(http::json(request).await?).context("what Mailpit has found")?;
        let mut mails = Vec::new();
        for (place, Summary { id }) in found.messages.into_iter().enumerate() {
            let read = http::json(self.get(&format!("message/{id}"))).await?;
            let message: Message = serde_json::from_value(read).context("a message of Mailpit")?;
            mails.push(message.told(place as u64 + 1));
        }
        // It searches for a part of an address, too.
        mails.retain(|mail| mail.to.iter().any(|address| address.eq_ignore_ascii_case(to)));
        Ok(mails)
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.sign_in.as_ref().map(|(_, password)| password.as_str())
    }

    fn get(&self, path: &str) -> RequestBuilder {
        let request = self.client.get(format!("{}/api/v1/{path}", self.base.as_str().trim_end_matches('/')));
        match &self.sign_in {
            Some((username, password)) => request.basic_auth(username, Some(password)),
            None => request,
        }
    }
}

impl Message {
    fn told(self, id: u64) -> Mail {
        let Self { from, to, subject, text, html } = self;
        let from = from.map(|Address { name, address }| if name.is_empty() { address } else { format!("{name} <{address}>") });
        let mut found = links::of(&text);
        found.extend(links::of(&html.replace("&amp;", "&")));
        let to = to.into_iter().map(|to| to.address).collect();
        Mail { id, from: from.unwrap_or_default(), to, subject, text: Some(text), links: found }
    }
}
