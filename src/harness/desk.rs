//! A Harver Admin on the platform's own screens, without a browser.

use anyhow::{Result, ensure};
use reqwest::Client;

use super::keys::TenantKeys;
use super::page::Visitor;

/// Somebody who has signed in to the platform.
pub(super) struct Desk {
    vacancies: String,
    visitor: Visitor,
}

impl Desk {
    /// Signs in with the tenant's own administrator.
    pub(super) async fn sign_in(keys: &TenantKeys, client: &Client) -> Result<Self> {
        let (visitor, vacancies) = (Visitor::new(client), format!("{}/app/vacancies", keys.platform.base_url));
        let form = visitor.open(&vacancies).await?.form("#sign-in-form")?;
        let form = form.fill("email", &keys.integration.admin_email)?.fill("password", &keys.integration.admin_password)?;
        let home = visitor.submit(form).await?.succeeded()?;
        ensure!(home.has("#vacancies"), "the Harver Admin cannot sign in to the platform: {}", home.words());
        Ok(Self { vacancies, visitor })
    }

    /// Vacancy > End Page: enters the address to which candidates go back.
    pub(super) async fn set_return_url(&self, vacancy: &str, address: &str) -> Result<()> {
        self.fill_in(vacancy, "End Page", "#vacancy-form", "return_url", address).await
    }

    /// Vacancy > Reapply: candidates may take the assessment again at once.
    pub(super) async fn let_reapply(&self, vacancy: &str) -> Result<()> {
        self.fill_in(vacancy, "Reapply", "form:has(#reapply)", "reapply", "immediately").await
    }

    /// Fills in one field on a tab of a vacancy, and saves.
    async fn fill_in(&self, vacancy: &str, tab: &str, form: &str, field: &str, value: &str) -> Result<()> {
        let list = self.visitor.open(&self.vacancies).await?.succeeded()?;
        let page = self.visitor.open(&list.link_named(vacancy)?).await?.succeeded()?;
        let opened = self.visitor.open(&page.link_named(tab)?).await?.succeeded()?;
        let saved = self.visitor.submit(opened.form(form)?.fill(field, value)?).await?.succeeded()?;
        ensure!(saved.has("#notice"), "the tab {tab} was not saved: {}", saved.words());
        Ok(())
    }
}
