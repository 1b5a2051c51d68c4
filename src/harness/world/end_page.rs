//! Where candidates go after the assessment.

use anyhow::{Result, ensure};

use super::World;
use crate::harness::desk::Desk;
use crate::harness::portal;

impl World {
    /// On Harver's End Page, the address that iCIMS gave for applicants to return to: its career portal.
    pub(in crate::harness) async fn return_to_the_portal(&self, vacancy: &str) -> Result<()> {
        let company = self.company()?;
        let desk = Desk::sign_in(company.keys()?, self.client()?).await?;
        desk.set_return_url(vacancy, company.portal()?).await
    }

    pub(in crate::harness) async fn goes_back_to_the_portal(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let page = portal::go_back(&person.visitor, person.page()?).await?;
        let portal = self.company_of(person).portal()?;
        ensure!(page.url.as_str() == portal && page.has("#job-search"), "{first} is taken to {}: {}", page.url, page.words());
        Ok(())
    }

    pub(in crate::harness) fn stays_on_the_end_page(&self, first: &str) -> Result<()> {
        let page = self.person(first)?.page()?;
        ensure!(page.has("#close-window") && !page.has("#return-link"), "{first} reads: {}", page.words());
        Ok(())
    }
}
