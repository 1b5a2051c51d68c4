//! A Harver Admin on the integration's console.

use anyhow::{Result, ensure};
use reqwest::Client;

use super::keys::{IcimsKeys, IntegrationKeys};
use super::page::{Form, Page, Visitor};

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
        Self::sign_in_as(&keys.admin_email, &keys.admin_password, keys, client).await
    }

    /// Signs in as somebody, whatever they may do then.
    pub(super) async fn sign_in_as(email: &str, password: &str, keys: &IntegrationKeys, client: &Client) -> Result<Self> {
        let visitor = Visitor::new(client);
        let page = visitor.open(&keys.console_url).await?.succeeded()?;
        let form = page.form("#sign-in")?.fill("email", email)?.fill("password", password)?;
        let home = visitor.submit(form).await?.succeeded()?;
        ensure!(!home.has("#sign-in"), "{email} cannot sign in: {}", home.words());
        Ok(Self { home: keys.console_url.trim_end_matches('/').to_owned(), visitor })
    }

    /// A section of the console, however it is answered.
    pub(super) async fn look(&self, path: &str) -> Result<Page> {
        self.visitor.open(&format!("{}{path}", self.home)).await
    }

    /// Follows a link of a page.
    pub(super) async fn follow(&self, page: &Page, link: &str) -> Result<Page> {
        self.visitor.follow(page, link).await
    }

    /// Fills a form of a section in and sends it. The page that comes of it.
    pub(super) async fn send(&self, path: &str, form: &str, fill: impl FnOnce(Form) -> Result<Form>) -> Result<Page> {
        let form = self.open(path).await?.form(form)?;
        self.visitor.submit(fill(form)?).await
    }

    /// The same, and it must be saved.
    pub(super) async fn save(&self, path: &str, form: &str, fill: impl FnOnce(Form) -> Result<Form>) -> Result<()> {
        let saved = self.send(path, form, fill).await?.succeeded()?;
        ensure!(saved.has("#saved"), "nothing was saved: {}", saved.words());
        Ok(())
    }

    /// General: presses the toggle. The page that comes of it.
    pub(super) async fn press_toggle(&self) -> Result<Page> {
        self.send("/general", "#toggle-card form", Ok).await
    }

    /// Integration menu: adds the integration with this name. The page that shows the progress.
    pub(super) async fn add_integration(&self, name: &str) -> Result<Page> {
        let menu = self.open("/integration").await?;
        let form = self.follow(&menu, "#add-new-integration").await?.succeeded()?.form("#choose-integration")?;
        let value = form.value_labelled("marketplace", |label| label == name)?;
        self.visitor.submit(form.fill("marketplace", &value)?).await
    }

    /// Dead letters: replays everything that was given up.
    pub(super) async fn replay_all(&self) -> Result<()> {
        let page = self.send("/dead-letters", "#replay-many", Ok).await?.succeeded()?;
        ensure!(page.has("#drained"), "nothing was replayed: {}", page.words());
        Ok(())
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
