//! Publishing contracts, and seeing what of them is new.

use serde_json::{Value, json};
use url::Url;

use super::client::Broker;
use super::error::BrokerError;
use super::for_verification::without_additions;
use crate::pact::changes::Changes;
use crate::pact::sendable::Sendable;

/// The version of the consumer.
#[derive(Clone, Debug)]
pub struct ConsumerVersion {
    /// Its number, best the commit.
    pub number: String,
    /// The branch that it is on.
    pub branch: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Where it was built.
    pub build_url: Option<Url>,
}

/// How a contract stands to what the broker has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There was none between the two.
    First,
    /// This version has published the very same.
    Known,
    /// This version has published another one, which must not change any more.
    Conflict(Changes),
    /// Beside the last one of another version.
    After {
        /// That version.
        version: String,
        /// What differs; maybe nothing.
        changes: Changes,
    },
}

/// What the broker says of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `success`, `debug`, `prompt`, `warning`, `error`, `danger`.
    pub kind: String,
    /// In its words.
    pub text: String,
}

impl Notice {
    /// Whether something is not as it should be.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        matches!(&*self.kind, "warning" | "error" | "danger")
    }
}

impl Broker {
    /// How a contract stands to what is there. Nothing is changed.
    ///
    /// # Errors
    /// When the broker cannot be asked.
    pub async fn standing(&self, contract: &Sendable, version: &str) -> Result<Standing, BrokerError> {
        let (consumer, provider) = (contract.consumer.as_str(), contract.provider.as_str());
        let index = self.index().await?;
        let places = [("consumer", consumer), ("provider", provider), ("consumerApplicationVersion", version)];
        let own = self.find(index.link("pb:publish-pact", &places)?, "the pact of this version").await?;
        if let Some(own) = own {
            let changes = Changes::between(&published(own.json), &contract.content);
            return Ok(if changes.is_nothing() { Standing::Known } else { Standing::Conflict(changes) });
        }
        let last = index.link("pb:latest-provider-pacts", &[("provider", provider)])?;
        let Some(last) = self.find(last, "the last pacts of the provider").await? else { return Ok(Standing::First) };
        let Some(last) = last.links("pb:pacts")?.into_iter().find(|link| link.name == consumer) else {
            return Ok(Standing::First);
        };
        let last = self.get(last.to, "the last pact between the two").await?;
        let version = last.json["_links"]["pb:consumer-version"]["name"].as_str().unwrap_or("an earlier version").to_owned();
        Ok(Standing::After { version, changes: Changes::between(&published(last.json), &contract.content) })
    }

    /// Publishes all contracts of one consumer at once: all are taken or none.
    ///
    /// # Errors
    /// When the broker refuses, above all because the version has published something else before.
    pub async fn publish(&self, version: &ConsumerVersion, contracts: &[&Sendable]) -> Result<Vec<Notice>, BrokerError> {
        let Some(first) = contracts.first() else { return Ok(Vec::new()) };
        let index = self.index().await?;
        let each = contracts.iter().map(|contract| {
            json!({
                "consumerName": contract.consumer,
                "providerName": contract.provider,
                "specification": "pact",
                "contentType": "application/json",
                "content": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, contract.content.to_string()),
                "onConflict": "overwrite",
            })
        });
        let mut body = json!({
            "pacticipantName": first.consumer,
            "pacticipantVersionNumber": version.number,
            "contracts": each.collect::<Vec<_>>(),
        });
        if let Some(branch) = &version.branch {
            body["branch"] = branch.clone().into();
        }
        if !version.tags.is_empty() {
            body["tags"] = json!(version.tags);
        }
        if let Some(url) = &version.build_url {
            body["buildUrl"] = url.as_str().into();
        }
        let answer = self.post(index.link("pb:publish-contracts", &[])?, &body, "where contracts are published").await?;
        let notices = answer.json["notices"].as_array().map(Vec::as_slice).unwrap_or_default();
        let read = |one: &Value| Some(Notice { kind: one["type"].as_str()?.to_owned(), text: one["text"].as_str()?.to_owned() });
        // Whoever has taken the contracts says where they are now.
        let taken = answer.links("pb:contracts")?.len();
        if taken < contracts.len() {
            let (at, wanted) = (self.at().to_owned(), "links to all contracts that were published");
            return Err(BrokerError::Unreadable { at, status: 200, wanted, source: None });
        }
        Ok(notices.iter().filter_map(read).collect())
    }
}

/// A pact as it was published.
fn published(mut json: Value) -> Value {
    without_additions(&mut json);
    json
}
