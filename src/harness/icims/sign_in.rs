//! How a tester signs in to iCIMS's API: Basic authentication, or a token that is fetched once and renewed when iCIMS refuses it.

use std::fmt;

use anyhow::{Context, Result};
use reqwest::{Client, RequestBuilder};
use tokio::sync::Mutex;
use url::Url;

use crate::harness::http;

/// How one signs in.
pub(in crate::harness) enum SignIn {
    /// User name and password with every request.
    Basic { username: String, password: String },
    /// OAuth 2.0 with client credentials.
    Token(Token),
}

/// Client credentials, and the token that they were exchanged for.
pub(in crate::harness) struct Token {
    url: Url,
    client_id: String,
    client_secret: String,
    audience: String,
    held: Mutex<Option<String>>,
}

impl Token {
    pub(in crate::harness) fn of(url: Url, client_id: String, client_secret: String, audience: String) -> Self {
        Self { url, client_id, client_secret, audience, held: Mutex::default() }
    }
}

impl fmt::Debug for SignIn {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Token(_) => "Token",
        })
    }
}

impl SignIn {
    /// The request, signed.
    pub(super) async fn sign(&self, client: &Client, request: RequestBuilder) -> Result<RequestBuilder> {
        match self {
            Self::Basic { username, password } => Ok(request.basic_auth(username, Some(password))),
            Self::Token(token) => {
                let mut held = token.held.lock().await;
                let current = match &*held {
                    Some(current) => current.clone(),
                    None => held.insert(token.fetch(client).await.context("signing in to iCIMS")?).clone(),
                };
                Ok(request.bearer_auth(current))
            }
        }
    }

    /// Forgets what iCIMS did not accept. Whether it pays to sign in once more.
    pub(super) async fn renew(&self) -> bool {
        match self {
            Self::Basic { .. } => false,
            Self::Token(token) => token.held.lock().await.take().is_some(),
        }
    }

    /// What must not be shown.
    pub(in crate::harness) fn secret(&self) -> &str {
        match self {
            Self::Basic { password, .. } => password,
            Self::Token(token) => &token.client_secret,
        }
    }
}

impl Token {
    async fn fetch(&self, client: &Client) -> Result<String> {
        let (id, secret) = (self.client_id.as_str(), self.client_secret.as_str());
        let form =
            [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("audience", &self.audience)];
        let answer = http::json(client.post(self.url.clone()).form(&form)).await?;
        answer["access_token"].as_str().map(str::to_owned).context("the answer has no access_token")
    }
}
