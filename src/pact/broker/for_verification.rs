//! The pacts that a provider is to verify, as the broker chooses them.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::client::Broker;
use super::document::Document;
use super::error::BrokerError;
use super::selector::Selector;
use crate::pact::Contract;

/// What a provider wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub provider: String,
    /// Its branch, by which the broker knows what it has kept before.
    pub branch: Option<String>,
    /// Its tags, for the same.
    pub tags: Vec<String>,
    /// Which versions of its consumers.
    pub selectors: Vec<Selector>,
    /// Whether a pact that it never kept may fail without failing the run.
    pub pending: bool,
    /// From when on pacts in work are looked at.
    pub wip_since: Option<jiff::civil::Date>,
}

/// A pact of the broker.
#[derive(Clone, Debug)]
pub struct Received {
    /// The pact, without what the broker has added.
    pub contract: Contract,
    /// The consumer.
    pub consumer: String,
    /// Why it is verified, and whether it is pending, in the broker's words.
    pub notices: Vec<String>,
    /// Where results are posted.
    pub(super) results: Option<Url>,
    /// Where the provider's versions are put on branches, and tagged.
    pub(super) provider: Option<Url>,
    /// The broker's number of each interaction, by description and names of states.
    pub(super) ids: Vec<(String, Vec<String>, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    verification_properties: Properties,
}

#[derive(Default, Deserialize)]
struct Properties {
    #[serde(default)]
    pending: bool,
    #[serde(default)]
    notices: Vec<Notice>,
}

#[derive(Deserialize)]
struct Notice {
    #[serde(default)]
    when: String,
    text: String,
}

impl Wanted {
    fn question(&self) -> Value {
        let mut question = json!({
            "consumerVersionSelectors": self.selectors.iter().map(Selector::json).collect::<Vec<_>>(),
            "includePendingStatus": self.pending,
        });
        if let Some(branch) = &self.branch {
            question["providerVersionBranch"] = branch.clone().into();
        }
        if !self.tags.is_empty() {
            question["providerVersionTags"] = json!(self.tags);
        }
        if let Some(day) = self.wip_since {
            question["includeWipPactsSince"] = day.to_string().into();
        }
        question
    }
}

impl Broker {
    /// Every pact that the broker chooses, whole. There may be none.
    ///
    /// # Errors
    /// When the broker cannot be asked, does not know the provider, or gives something else than a pact.
    pub async fn for_verification(&self, wanted: &Wanted) -> Result<Vec<Received>, BrokerError> {
        let index = self.index().await?;
        let url = index.link("pb:provider-pacts-for-verification", &[("provider", &wanted.provider)])?;
        let found = self.post(url, &wanted.question(), "pacts of this provider").await;
        let found = match found {
            // A broker does not say that it is the name which it does not know.
            Err(BrokerError::NotFound { .. }) => {
                self.knows(&wanted.provider).await?;
                found?
            }
            found => found?,
        };
        let listed = found.json["_embedded"]["pacts"].as_array().cloned();
        let listed = listed.ok_or_else(|| BrokerError::Unreadable {
            at: self.at().to_owned(),
            status: 200,
            wanted: "a list of pacts to verify",
            source: None,
        })?;
        let mut received = Vec::new();
        for one in listed {
            let url = found.own(&one)?;
            let Listed { verification_properties } =
                serde_json::from_value(one).map_err(self.unreadable("a list of pacts to verify"))?;
            let pact = self.get(url.clone(), "a pact that it lists itself").await?;
            received.push(read(pact, &url, verification_properties));
        }
        Ok(received)
    }
}

fn read(pact: Document, url: &Url, properties: Properties) -> Received {
    let link = |name| pact.link(name, &[]).ok();
    let (results, provider) = (link("pb:publish-verification-results"), link("pb:provider"));
    let mut json = pact.json;
    let ids = ids(&json);
    without_additions(&mut json);
    let notices = properties.notices.into_iter().filter(|notice| matches!(&*notice.when, "" | "before_verification"));
    let consumer = json["consumer"]["name"].as_str().unwrap_or_default().to_owned();
    Received {
        contract: Contract { origin: url.to_string(), text: json.to_string(), pending: properties.pending },
        consumer,
        notices: notices.map(|notice| notice.text).collect(),
        results,
        provider,
        ids,
    }
}

fn ids(pact: &Value) -> Vec<(String, Vec<String>, String)> {
    let interactions = pact["interactions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let read = |one: &Value| {
        let id = one["_id"].as_str()?.to_owned();
        let states = one["providerStates"].as_array().map(Vec::as_slice).unwrap_or_default();
        let states = states.iter().filter_map(|state| state["name"].as_str()).chain(one["providerState"].as_str());
        Some((one["description"].as_str()?.to_owned(), states.map(str::to_owned).collect(), id))
    };
    interactions.iter().filter_map(read).collect()
}

/// Takes out what a broker adds to a pact when somebody reads it, so that it is the one that was published.
pub(super) fn without_additions(pact: &mut Value) {
    if let Some(fields) = pact.as_object_mut() {
        fields.retain(|name, _| !["_links", "_embedded", "createdAt"].contains(&name.as_str()));
    }
    let interactions = pact.get_mut("interactions").and_then(Value::as_array_mut);
    interactions.into_iter().flatten().filter_map(Value::as_object_mut).for_each(without_id);
}

fn without_id(interaction: &mut Map<String, Value>) {
    interaction.remove("_id");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_broker_adds_is_no_part_of_the_pact() {
        let published = json!({"consumer": {"name": "a"}, "interactions": [{"description": "x"}], "metadata": {}});
        let mut read = published.clone();
        read["_links"] = json!({});
        read["createdAt"] = "2025".into();
        read["interactions"][0]["_id"] = "abc".into();
        assert_eq!(ids(&read), [("x".to_owned(), Vec::new(), "abc".to_owned())]);
        without_additions(&mut read);
        assert_eq!(read, published);
    }

    #[test]
    fn nothing_is_asked_that_nobody_wants() {
        let wanted = Wanted {
            provider: "icims".into(),
            branch: None,
            tags: vec![],
            selectors: Selector::defaults(),
            pending: false,
            wip_since: None,
        };
        let expected = json!({
            "consumerVersionSelectors": [{"mainBranch": true}, {"deployedOrReleased": true}],
            "includePendingStatus": false,
        });
        assert_eq!(wanted.question(), expected);
    }
}
