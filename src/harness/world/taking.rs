//! Candidates on the assessment's pages.

use anyhow::{Context, Result, ensure};

use super::World;
use crate::harness::assessment::{self, Place};
use crate::harness::fit::Fit;

impl World {
    /// Opens the link in the invitation.
    pub(in crate::harness) async fn open_mail_link(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let mail = self.invitation(person).await?;
        let page = person.visitor.open(&self.link_in(person, &mail)?).await?.succeeded()?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    /// Accepts the terms on the landing page.
    pub(in crate::harness) async fn begin(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let page = assessment::begin(&person.visitor, person.page()?).await?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    /// Answers the next parts, as many as that, and begins before if that has not been done.
    pub(in crate::harness) async fn answer_parts(&mut self, first: &str, count: usize) -> Result<()> {
        if assessment::place(self.person(first)?.page()?)? == Place::Landing {
            self.begin(first).await?;
        }
        for _ in 0..count {
            let person = self.person(first)?;
            let page = assessment::answer(&person.visitor, person.page()?, Fit::Good).await?;
            self.person_mut(first)?.page = Some(page);
        }
        Ok(())
    }

    /// Goes on from where the candidate is to the end.
    pub(in crate::harness) async fn finish(&mut self, first: &str, fit: Fit) -> Result<()> {
        let person = self.person(first)?;
        let page = person.page()?.clone();
        let page = assessment::finish(&person.visitor, page, fit).await?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    /// From the mail to the end, by a program or by somebody who is asked.
    pub(in crate::harness) async fn take_assessment(&mut self, first: &str, fit: Fit) -> Result<()> {
        let person = self.person(first)?;
        if let Some(tenant) = self.company_of(person).tenant().filter(|tenant| !tenant.simulated) {
            let colleague = tenant.person.as_ref().context("nobody is there to take the assessment")?;
            let link = self.link_in(person, &self.invitation(person).await?)?;
            let name = person.full_name();
            let asked =
                format!("Take the assessment of {name} up to its end, as a {fit}: {link} Press Enter when it is finished.");
            return colleague.ask(&asked).await.map(|_| ());
        }
        self.open_mail_link(first).await?;
        self.finish(first, fit).await
    }

    /// The same, and what comes of it has reached iCIMS.
    pub(in crate::harness) async fn have_taken_assessment(&mut self, first: &str, fit: Fit) -> Result<()> {
        self.take_assessment(first, fit).await?;
        self.one_result(first, "Complete").await
    }

    /// From advancing to the end.
    pub(in crate::harness) async fn advance_and_take(&mut self, names: &[String], fit: Fit) -> Result<()> {
        self.have_advanced(names, "Send to Harver").await?;
        // The newest mail is the one to follow.
        self.settle().await?;
        for name in names {
            self.take_assessment(name, fit).await?;
        }
        Ok(())
    }

    pub(in crate::harness) fn is_welcomed_by_name(&self, first: &str) -> Result<()> {
        let page = self.person(first)?.page()?;
        ensure!(assessment::place(page)? == Place::Landing, "this is not the landing page: {}", page.words());
        let greeting = page.text(".hero-who")?;
        ensure!(greeting.contains(first), "the page greets {greeting:?}");
        Ok(())
    }

    /// The candidate sees the part at this place, from 1, and the parts before count as done.
    pub(in crate::harness) fn goes_on_with_part(&self, first: &str, place: usize) -> Result<()> {
        let page = self.person(first)?.page()?;
        let at = assessment::place(page)?;
        ensure!(matches!(at, Place::Part(_)), "{first} is at {at:?}");
        let done: usize = page.attribute("#progress", "data-completed")?.parse().context("a number of parts")?;
        ensure!(done + 1 == place, "{first} has done {done} parts");
        Ok(())
    }

    pub(in crate::harness) fn has_finished_before(&self, first: &str) -> Result<()> {
        let at = assessment::place(self.person(first)?.page()?)?;
        ensure!(at == Place::AlreadyCompleted, "{first} is at {at:?}");
        Ok(())
    }
}
