//! Telling a broker what came of a verification.

use serde_json::{Value, json};
use url::Url;

use super::client::Broker;
use super::error::BrokerError;
use super::for_verification::Received;

/// The version of the provider that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderVersion {
    /// Its number, best the commit.
    pub number: String,
    /// The branch that it is on.
    pub branch: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Where it was tried.
    pub build_url: Option<Url>,
}

/// What came of one interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its description.
    pub description: String,
    /// The names of its states.
    pub states: Vec<String>,
    /// In what it was not kept, a sentence each. Kept where there is none.
    pub problems: Vec<String>,
}

impl Broker {
    /// Posts what came of all interactions of a pact. Whoever has left some out must not come here.
    ///
    /// # Errors
    /// When the broker does not take it, or the pact has no address for it.
    pub async fn tell(&self, pact: &Received, provider: &ProviderVersion, tried: &[Tried]) -> Result<(), BrokerError> {
        let missing = |link: &str| BrokerError::NoLink { at: self.at().to_owned(), link: link.to_owned() };
        let results = pact.results.clone().ok_or_else(|| missing("pb:publish-verification-results"))?;
        if provider.branch.is_some() || !provider.tags.is_empty() {
            let application = pact.provider.clone().ok_or_else(|| missing("pb:provider"))?;
            let application = self.get(application, "the provider").await?;
            let version = provider.number.as_str();
            if let Some(branch) = &provider.branch {
                let url = application.link("pb:branch-version", &[("branch", branch), ("version", version)])?;
                self.put(url, &json!({}), "the provider's branch").await?;
            }
            for tag in &provider.tags {
                let url = application.link("pb:version-tag", &[("tag", tag), ("version", version)])?;
                self.put(url, &json!({}), "the provider's tag").await?;
            }
        }
        self.post(results, &body(pact, provider, tried), "where results are posted").await?;
        Ok(())
    }
}

fn body(pact: &Received, provider: &ProviderVersion, tried: &[Tried]) -> Value {
    let success = !tried.is_empty() && tried.iter().all(|one| one.problems.is_empty());
    let results = tried.iter().map(|one| {
        let mut known =
            pact.ids.iter().filter(|(description, states, _)| *description == one.description && *states == one.states);
        let mut result = json!({"interactionDescription": one.description, "success": one.problems.is_empty()});
        // Of two that have the same names nobody knows which is meant.
        if let (Some((.., id)), None) = (known.next(), known.next()) {
            result["interactionId"] = id.clone().into();
        }
        if !one.problems.is_empty() {
            result["mismatches"] = one.problems.iter().map(|problem| json!({"description": problem})).collect();
        }
        result
    });
    let mut body = json!({
        "success": success,
        "providerApplicationVersion": provider.number,
        "testResults": results.collect::<Vec<_>>(),
        "verifiedBy": {"implementation": "harver-icims", "version": env!("CARGO_PKG_VERSION")},
    });
    if let Some(url) = &provider.build_url {
        body["buildUrl"] = url.as_str().into();
    }
    body
}
