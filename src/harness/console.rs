//! A Harver Admin on the integration's console.

use anyhow::{Result, ensure};
use reqwest::Client;

use super::keys::{IcimsKeys, IntegrationKeys};
use super::page::{Page, Visitor};

/// Where the credentials with which the integration signs in to iCIMS are shown.
const CREDENTIALS: &str = "/credentials/harver-to-ats";

/// A Harver Admin who has signed in.
pub(super) struct HarverAdmin {
    home: String,
    visitor: Visitor,
}

impl HarverAdmin {
    /// Signs in with the tenant's own administrator.
    pub(super) async fn sign_in(keys: &IntegrationKeys, client: &Client) -> Result<Self> {
        let visitor = Visitor::new(client);
        let page = visitor.open(&keys.console_url).await?.succeeded()?;
        let form = page.form("#sign-in")?.fill("email", &keys.admin_email)?.fill("password", &keys.admin_password)?;
        let home = visitor.submit(form).await?.succeeded()?;
        ensure!(!home.has("#sign-in"), "the Harver Admin cannot sign in: {}", home.words());
        Ok(Self { home: keys.console_url.trim_end_matches('/').to_owned(), visitor })
    }

    /// The authentication method in use.
    pub(super) async fn method(&self) -> Result<String> {
        self.open(CREDENTIALS).await?.text("#authentication-method")
    }

    /// Credentials > Harver to ATS > Edit ATS credentials: switches to Basic authentication.
    pub(super) async fn switch_to_basic(&self, icims: &IcimsKeys) -> Result<()> {
        let form = self.open(&format!("{CREDENTIALS}/edit")).await?.form("#ats-credentials")?;
        let form = form.fill("method", "basic")?.fill("username", &icims.username)?.fill("password", &icims.password)?;
        let saved = self.visitor.submit(form).await?.succeeded()?;
        ensure!(saved.has("#saved"), "the credentials were not saved: {}", saved.words());
        Ok(())
    }

    /// Tries to switch to OAuth2 with everything but the secret. The page that comes of it.
    pub(super) async fn try_oauth2_without_secret(&self, icims: &IcimsKeys) -> Result<Page> {
        let form = self.open(&format!("{CREDENTIALS}/edit")).await?.form("#ats-credentials")?;
        let form = form.fill("method", "oauth2")?.fill("client_id", &icims.client_id)?.fill("token_url", &icims.token_url)?;
        self.visitor.submit(form).await
    }

    async fn open(&self, path: &str) -> Result<Page> {
        self.visitor.open(&format!("{}{path}", self.home)).await?.succeeded()
    }
}
