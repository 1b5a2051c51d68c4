//! Candidates in a real browser, page by page, with a picture of each.

use anyhow::{Context, Result, bail, ensure};

use super::World;
use crate::harness::browser::Browser;
use crate::harness::fit::Fit;

/// More pages than any candidate meets.
const MANY: usize = 60;
/// What a page of the platform has that is on no other.
const PLATFORM_PAGES: &str = "#landing, #module-form, #end-page, #already-completed";

impl World {
    /// From the mail, as the mailbox shows it, to the end page.
    pub(in crate::harness) async fn walk_from_the_mail(&mut self, first: &str) -> Result<()> {
        self.open_browser().await?;
        let mail = self.invitation(self.person(first)?).await?;
        let (link, page) = (self.link_in(self.person(first)?, &mail)?, self.mailbox_page(mail.id)?);
        let browser = self.browser()?;
        browser.open(&page).await?;
        self.meet(first, "mail", "#subject").await?;
        self.browser()?.click(&format!("#links a[href='{link}']")).await?;
        self.walk_through_assessment(first, true).await
    }

    /// From the position on the career portal to the thanks at its end.
    pub(in crate::harness) async fn walk_from_the_portal(&mut self, first: &str, job: &str) -> Result<()> {
        self.open_browser().await?;
        let person = self.newcomer(first)?;
        let (surname, email) = (person.last.clone(), person.email.clone());
        self.people.push(person);
        let portal = self.company()?.portal()?.to_owned();

        let browser = self.browser()?;
        browser.open(&portal).await?;
        browser.click_link(job).await?;
        self.meet(first, "position", "#apply").await?;
        self.browser()?.click("#apply").await?;

        self.meet(first, "e-mail", "input#email").await?;
        self.browser()?.write("#email", &email).await?;
        self.browser()?.click("#next").await?;

        self.meet(first, "profile", "#firstname").await?;
        self.browser()?.write("#firstname", first).await?;
        self.browser()?.write("#lastname", &surname).await?;
        self.browser()?.click("#next").await?;

        self.meet(first, "questions", "#source").await?;
        self.browser()?.choose("#source", 1).await?;
        self.browser()?.click("#next").await?;

        self.meet(first, "assessment step", "#start-assessment").await?;
        self.browser()?.click("#start-assessment").await?;
        self.walk_through_assessment(first, false).await?;

        self.browser()?.click("#return-link").await?;
        self.meet(first, "thanks", "#thanks").await?;
        self.note_application(first, job).await
    }

    /// Submit to Job as the guide describes it: double-click the job, see it in the Selected area, Submit.
    pub(in crate::harness) async fn submit_by_double_click(&mut self, first: &str, job: &str) -> Result<()> {
        self.open_browser().await?;
        let person = self.person(first)?;
        let company = self.company_of(person);
        let id = company.job(job).await?;
        let page = format!("{}/people/{}", company.recruiter_url()?, person.id);

        let browser = self.browser()?;
        browser.open(&page).await?;
        browser.click("#submit-to-job").await?;
        browser.double_click(&format!("#job-{id}")).await?;
        browser.see(&format!("#selected-{id}")).await?;
        browser.photograph("selected").await?;
        browser.click("#submit").await?;
        browser.see("#recruit").await?;
        browser.photograph("submitted").await?;
        self.note_application(first, job).await
    }

    pub(in crate::harness) fn has_met(&self, first: &str, wanted: &[String]) -> Result<()> {
        let met = &self.person(first)?.met;
        ensure!(met == wanted, "{first} has met {met:?}");
        Ok(())
    }

    /// From the landing page to the end page; looks into the terms if asked to.
    async fn walk_through_assessment(&mut self, first: &str, reads_terms: bool) -> Result<()> {
        self.meet(first, "landing page", "#landing").await?;
        if reads_terms {
            let browser = self.browser()?;
            browser.click("#landing-form a[target='_blank']").await?;
            browser.look_into_new_window("#terms", "terms").await?;
            self.met(first, "terms")?;
            self.meet(first, "landing page", "#landing").await?;
        }
        self.browser()?.click("#accept-terms").await?;
        self.browser()?.click("#start").await?;
        for _ in 0..MANY {
            self.browser()?.see(PLATFORM_PAGES).await?;
            if self.browser()?.has("#end-page").await? {
                return self.meet(first, "end page", "#end-page").await;
            }
            let part = self.browser()?.attributes("#module-form", "data-module").await?;
            let part = part.into_iter().next().context("a part of the assessment")?;
            self.meet(first, &part, "#module-form").await?;
            answer(self.browser()?, &part).await?;
            self.browser()?.click("#next").await?;
            let next = format!("#module-form:not([data-module='{part}']), #end-page, #form-errors");
            self.browser()?.see(&next).await?;
            ensure!(!self.browser()?.has("#form-errors").await?, "the answers of {part} were not accepted");
        }
        bail!("the assessment has no end")
    }

    /// Waits for a page, keeps a picture and notes that it was met.
    async fn meet(&mut self, first: &str, name: &str, selector: &str) -> Result<()> {
        let browser = self.browser()?;
        browser.see(selector).await?;
        browser.photograph(name).await?;
        self.met(first, name)
    }

    fn met(&mut self, first: &str, name: &str) -> Result<()> {
        self.person_mut(first)?.met.push(name.to_owned());
        Ok(())
    }
}

/// Answers every question of a part as well as can be.
async fn answer(browser: &Browser, part: &str) -> Result<()> {
    for question in browser.attributes("#module-form fieldset[id]", "id").await? {
        let values = browser.attributes(&format!("#{question} input[type='radio']"), "value").await?;
        let offered: Vec<&str> = values.iter().map(String::as_str).collect();
        let is_scale = offered.iter().all(|value| value.parse::<u8>().is_ok());
        let value = if is_scale { Fit::Great.point() } else { Fit::Great.choice(part, &offered) };
        browser.click(&format!("#{question}-{value}")).await?;
    }
    for field in browser.attributes("#module-form input[type='text']", "id").await? {
        let text = browser.text(&format!("#{field}-text")).await?;
        browser.write(&format!("#{field}"), &text).await?;
    }
    Ok(())
}
