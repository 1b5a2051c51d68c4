//! How orders end: reminders, rejection, time that goes by, what a Harver Admin does.

use anyhow::{Context, Result, ensure};

use super::World;
use crate::harness::console::HarverAdmin;
use crate::harness::desk::Desk;

impl World {
    /// The clock is moved in these steps, and what is due after each is done before the next.
    pub(in crate::harness) async fn work_goes_on_for(&self, steps: &[&str]) -> Result<()> {
        for step in steps {
            self.advance_clock(step).await?;
        }
        self.settle().await
    }

    /// Opens the link in the newest mail, which is a reminder.
    pub(in crate::harness) async fn open_reminder_link(&mut self, first: &str) -> Result<()> {
        let mail = self.mail_of(self.person(first)?).await?.into_iter().next().context("there is no mail")?;
        ensure!(mail.subject.starts_with("Reminder: "), "the newest mail is {:?}", mail.subject);
        self.open_mail_link(first).await
    }

    /// Opens a link that has run out, asks for a code, and types it.
    pub(in crate::harness) async fn enter_by_code(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let link = self.link_in(person, &self.invitation(person).await?)?;
        let expired = person.visitor.open(&link).await?;
        ensure!(expired.has("#expired-link"), "the link has not run out: {}", expired.words());
        let asked = person.visitor.submit(expired.form("#send-code-form")?).await?.succeeded()?;
        self.settle().await?;
        let mail = self.mail_of(person).await?.into_iter().next().context("there is no mail")?;
        let text = mail.text.unwrap_or_default();
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = text.split(|letter: char| !letter.is_ascii_digit()).find(is_code);
        let code = code.with_context(|| format!("the mail has no code: {text}"))?;
        let page = person.visitor.submit(asked.form("#code-form")?.fill("code", code)?).await?.succeeded()?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    pub(in crate::harness) async fn reject(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let company = self.company_of(person);
        company.reject(&company.job(person.job()?).await?, person.workflow()?).await
    }

    /// The profile has another address from now on, and mail is looked for there.
    pub(in crate::harness) async fn correct_email(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let corrected = match self.company_of(person).tenant() {
            None => format!("right.{}", person.email),
            // Only such addresses are read there.
            Some(tenant) => tenant.address(&format!("{first}.right.{}", tenant.tag()).to_lowercase()),
        };
        self.company_of(person).fill_in_email(&person.id, &corrected).await?;
        self.person_mut(first)?.email = corrected;
        Ok(())
    }

    pub(in crate::harness) async fn candidates_may_reapply(&self, vacancy: &str) -> Result<()> {
        Desk::sign_in(self.company()?.keys()?, self.client()?).await?.let_reapply(vacancy).await
    }

    pub(in crate::harness) async fn report_invitations(&self) -> Result<()> {
        let admin = self.admin().await?;
        admin.save("/ats-to-harver", "#ats-to-harver", |form| form.tick("assessment-sent")).await
    }

    pub(in crate::harness) async fn cancel_order(&self, first: &str, reason: &str) -> Result<()> {
        self.receives_one_mail(first).await?;
        let admin = self.admin().await?;
        let order = self.newest_order(&admin, first).await?;
        let page =
            admin.send(&format!("{order}/cancel"), "#cancel-order", |form| form.fill("reason", reason)).await?.succeeded()?;
        ensure!(page.has("#order-done"), "it was not cancelled: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn invite_again(&self, first: &str) -> Result<()> {
        self.receives_one_mail(first).await?;
        let admin = self.admin().await?;
        let order = self.newest_order(&admin, first).await?;
        let page = admin.send(&order, "form[action$='/invite-again']", Ok).await?.succeeded()?;
        ensure!(page.has("#order-done"), "it was not sent again: {}", page.words());
        Ok(())
    }

    /// The console shows the order in this state, with a reason that says so.
    pub(in crate::harness) async fn order_is(&self, first: &str, state: &str, reason: &str) -> Result<()> {
        self.settle().await?;
        let admin = self.admin().await?;
        let page = admin.look(&self.newest_order(&admin, first).await?).await?.succeeded()?;
        let shown = page.attribute("#order-state", "data-state")?;
        ensure!(shown == state, "the order is {shown}");
        let why = page.text("#order-failure")?;
        ensure!(why.contains(reason), "the order says {why}");
        Ok(())
    }

    pub(in crate::harness) async fn receives_two_mails(&self, first: &str) -> Result<()> {
        self.settle().await?;
        let person = self.person(first)?;
        let mails = self.mail_of(person).await?;
        let links = mails.iter().map(|mail| self.link_in(person, mail)).collect::<Result<Vec<_>>>()?;
        let [second, first] = links.as_slice() else { anyhow::bail!("{} mails were received", links.len()) };
        ensure!(first != second, "both have the same link");
        Ok(())
    }

    pub(in crate::harness) async fn two_complete_results(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let (company, workflow) = (self.company_of(person), person.workflow()?);
        let both = async || {
            let lines = company.assessments(workflow).await?;
            let complete = lines.iter().filter(|line| line.status == "Complete").count();
            Ok(if complete == 2 && lines.len() == 2 { Ok(()) } else { Err(format!("{lines:?}")) })
        };
        self.wait_until(company, "iCIMS shows two complete results", both).await?;
        let applications = company.harver()?.applications(workflow).await?;
        ensure!(applications == 2, "Harver has {applications} applications of {first}");
        Ok(())
    }

    pub(in crate::harness) async fn screen_tells_of_the_invitation(&self, first: &str) -> Result<()> {
        self.settle().await?;
        let person = self.person(first)?;
        let told = self.company_of(person).recruiter()?.no_assessments(person.workflow()?).await?;
        ensure!(
            told.starts_with("Harver accepted the candidate on ") && told.contains("no result yet"),
            "the Screen tab says {told}"
        );
        Ok(())
    }

    /// Where the console shows the newest order of a person.
    async fn newest_order(&self, admin: &HarverAdmin, first: &str) -> Result<String> {
        let list = admin.look(&format!("/orders?q={}", self.person(first)?.workflow()?)).await?.succeeded()?;
        let link = list.link("#orders tbody a")?;
        let number = link.rsplit('/').next().context("the link to an order ends with its number")?;
        Ok(format!("/orders/{number}"))
    }
}
