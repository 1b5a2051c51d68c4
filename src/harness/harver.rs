//! The platform's API in the hands of a tester: what does Harver know of somebody?

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::{Value, json};

use super::http;
use super::keys::PlatformKeys;

/// A tester with the tenant's own client credentials.
#[derive(Clone)]
pub(super) struct HarverApi {
    keys: PlatformKeys,
    client: Client,
}

impl HarverApi {
    pub(super) fn new(keys: PlatformKeys, client: Client) -> Self {
        Self { keys, client }
    }

    /// How many applications there are for an iCIMS workflow.
    pub(super) async fn applications(&self, workflow: &str) -> Result<usize> {
        let query = [("accountId", self.keys.account_id.as_str()), ("filter[atsParameters][application_id]", workflow)];
        self.count("/api/v1.0/applications", &query).await
    }

    /// Closes every open vacancy of the account.
    pub(super) async fn close_all_vacancies(&self) -> Result<()> {
        let token = self.token().await.context("signing in to the platform's API")?;
        let at = |path: &str| format!("{}/api/v1.0/{path}", self.keys.base_url);
        let list = self.client.get(at(&format!("accounts/{}/vacancies", self.keys.account_id))).bearer_auth(&token);
        let answer = http::json(list.query(&[("filter[status]", "open")])).await.context("listing the vacancies")?;
        let change = json!({"attributes": {"status": "closed"}});
        for vacancy in answer["data"].as_array().context("a list of vacancies")? {
            let id = vacancy["id"].as_str().context("a vacancy has an id")?;
            let closed = self.client.patch(at(&format!("vacancies/{id}"))).bearer_auth(&token).json(&change).send().await;
            let status = closed.context("asking the platform")?.status();
            ensure!(status.is_success(), "the platform answered {status} when vacancy {id} was to be closed");
        }
        Ok(())
    }

    async fn count(&self, path: &str, query: &[(&str, &str)]) -> Result<usize> {
        let token = self.token().await.context("signing in to the platform's API")?;
        let request = self.client.get(format!("{}{path}", self.keys.base_url)).query(query).bearer_auth(token);
        let answer = http::json(request).await.context("asking the platform")?;
        answer["data"].as_array().map(Vec::len).with_context(|| format!("a list was expected: {answer}"))
    }

    async fn token(&self) -> Result<String> {
        let credentials = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.keys.client_id),
            ("client_secret", &self.keys.client_secret),
        ];
        let request = self.client.post(format!("{}/oauth/token", self.keys.base_url)).form(&credentials);
        let answer = http::json(request).await?;
        answer["accessToken"].as_str().map(str::to_owned).with_context(|| format!("a token was expected: {}", kind(&answer)))
    }
}

/// What an answer is made of, without the secrets in it.
fn kind(answer: &Value) -> String {
    answer.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>().join(", ")).unwrap_or_default()
}
