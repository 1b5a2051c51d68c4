//! What runs in an environment, by what was recorded with the broker.

use serde::Deserialize;
use serde_json::Value;

use super::applications::near_name;
use super::client::Broker;
use super::document::Document;
use super::error::BrokerError;

/// A version that is deployed, or released and supported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Running {
    /// The application.
    pub name: String,
    /// Its version.
    pub version: String,
}

#[derive(Deserialize)]
struct Recorded {
    #[serde(rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Deserialize)]
struct Embedded {
    pacticipant: Named,
    version: Numbered,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Numbered {
    number: String,
}

/// Where lists of versions are, and the key under which they stand there.
const LISTS: [(&str, &str); 2] = [
    ("pb:currently-deployed-deployed-versions", "deployedVersions"),
    ("pb:currently-supported-released-versions", "releasedVersions"),
];

impl Broker {
    /// Everything that runs in an environment.
    ///
    /// # Errors
    /// When there is no such environment, or the broker cannot be asked.
    pub async fn running(&self, environment: &str) -> Result<Vec<Running>, BrokerError> {
        let found = self.environment(environment).await?;
        let mut running = Vec::new();
        for (link, key) in LISTS {
            if !found.has(link) {
                continue;
            }
            let list = self.get(found.link(link, &[])?, "what runs in the environment").await?;
            let each = list.json["_embedded"][key].as_array().cloned().unwrap_or_default();
            for one in each {
                let Recorded { embedded: Embedded { pacticipant, version } } =
                    serde_json::from_value(one).map_err(self.unreadable("versions that run in an environment"))?;
                running.push(Running { name: pacticipant.name, version: version.number });
            }
        }
        running.sort();
        running.dedup();
        Ok(running)
    }

    async fn environment(&self, name: &str) -> Result<Document, BrokerError> {
        let index = self.index().await?;
        let list = self.get(index.link("pb:environments", &[])?, "its list of environments").await?;
        let all = list.json["_embedded"]["environments"].as_array().map(Vec::as_slice).unwrap_or_default();
        match all.iter().find(|one| one["name"] == *name) {
            Some(one) => self.get(list.own(one)?, "the environment").await,
            None => {
                let names: Vec<&str> = all.iter().filter_map(|one: &Value| one["name"].as_str()).collect();
                let what = format!("the environment {name}{}", near_name(name, &names));
                Err(BrokerError::NotFound { at: self.at().to_owned(), what })
            }
        }
    }
}
