//! Advancing candidates, what the Summary says, and the mail that they receive.

use anyhow::{Context, Result, ensure};

use super::World;
use super::people::Person;
use crate::harness::control::Mail;

impl World {
    /// Tomas ticks candidates of one job on the tab People and advances them at once.
    pub(in crate::harness) async fn advance(&mut self, names: &[String], status: &str) -> Result<()> {
        let people = names.iter().map(|name| self.person(name)).collect::<Result<Vec<_>>>()?;
        let first = people.first().context("nobody is ticked")?;
        let company = self.company_of(first);
        let workflows = people.iter().map(|person| person.workflow().map(str::to_owned)).collect::<Result<Vec<_>>>()?;
        let said = company.recruiter.advance(&company.job(first.job()?).await?, &workflows, status).await?;
        for (name, line) in names.iter().zip(said) {
            self.person_mut(name)?.summary = Some(line);
        }
        Ok(())
    }

    /// As [`advance`](Self::advance), where the scenario depends on its success.
    pub(in crate::harness) async fn have_advanced(&mut self, names: &[String], status: &str) -> Result<()> {
        self.advance(names, status).await?;
        for name in names {
            let line = self.person(name)?.summary.as_ref().context("a Summary line")?;
            ensure!(line.outcome == "accepted", "{name} was not invited: {line:?}");
        }
        Ok(())
    }

    /// As [`advance`](Self::advance), where the scenario depends on its failure.
    pub(in crate::harness) async fn have_advanced_in_vain(&mut self, names: &[String], status: &str) -> Result<()> {
        self.advance(names, status).await?;
        for name in names {
            let line = self.person(name)?.summary.as_ref().context("a Summary line")?;
            ensure!(line.outcome != "accepted", "{name} was invited: {line:?}");
        }
        Ok(())
    }

    pub(in crate::harness) fn summary_says(&self, first: &str, words: &str) -> Result<()> {
        let line = self.person(first)?.summary.as_ref().with_context(|| format!("{first} was not advanced"))?;
        ensure!(line.outcome == "accepted" && line.message == words, "the Summary says of {first}: {line:?}");
        Ok(())
    }

    /// The Summary tells the cause, and names the support contact.
    pub(in crate::harness) fn summary_tells(&self, first: &str, cause: &str) -> Result<()> {
        let line = self.person(first)?.summary.as_ref().with_context(|| format!("{first} was not advanced"))?;
        ensure!(line.outcome == "refused", "the Summary says of {first}: {line:?}");
        ensure!(line.message.contains(cause), "{:?} does not say {cause:?}", line.message);
        line.names_support()
    }

    /// One mail, also after everything has settled, and its link is the person's own.
    pub(in crate::harness) async fn receives_one_mail(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        self.invitation(person).await?;
        self.settle().await?;
        let mails = self.mail_of(person).await?;
        ensure!(mails.len() == 1, "{first} has received {} mails: {:?}", mails.len(), subjects(&mails));
        Ok(())
    }

    /// One mail each, and no two links are the same.
    pub(in crate::harness) async fn each_receives_a_mail_of_their_own(&self) -> Result<()> {
        let mut links = Vec::new();
        for person in &self.people {
            self.receives_one_mail(&person.first).await?;
            let mail = self.invitation(person).await?;
            links.push(self.link_in(person, &mail)?);
        }
        let all = links.len();
        links.sort();
        links.dedup();
        ensure!(links.len() == all, "{} people share {} links", all, links.len());
        Ok(())
    }

    /// The mail has the person's name and the job in it, and comes from the company.
    pub(in crate::harness) async fn mail_is_personal(&self, first: &str, job: &str) -> Result<()> {
        let person = self.person(first)?;
        let mail = self.invitation(person).await?;
        let text = mail.text.clone().unwrap_or_default();
        ensure!(text.contains(first), "the mail does not address {first}: {text}");
        ensure!(text.contains(job) || mail.subject.contains(job), "the mail does not mention {job}: {text}");
        let company = &self.company_of(person).name;
        ensure!(mail.from.contains(company), "the mail is from {}, not from {company}", mail.from);
        ensure!(mail.to == [person.email.clone()], "the mail is to {:?}", mail.to);
        Ok(())
    }

    /// The mail's link opens the assessment of this vacancy.
    pub(in crate::harness) async fn is_invited_to(&mut self, first: &str, vacancy: &str) -> Result<()> {
        self.receives_one_mail(first).await?;
        self.open_mail_link(first).await?;
        let page = self.person(first)?.page()?;
        let title = page.text("#vacancy-title")?;
        ensure!(title == vacancy, "{first} is invited to {title}");
        Ok(())
    }

    /// A candidate is made, submitted and advanced, to see whether that works for this job.
    pub(in crate::harness) async fn a_candidate_is_invited(&mut self, job: &str, vacancy: Option<&str>) -> Result<()> {
        self.submitted_candidate("Testa", job, true).await?;
        self.have_advanced(&["Testa".to_owned()], "Send to Harver").await?;
        match vacancy {
            Some(vacancy) => self.is_invited_to("Testa", vacancy).await,
            None => self.receives_one_mail("Testa").await,
        }
    }

    pub(in crate::harness) async fn received_no_mail(&self, first: &str) -> Result<()> {
        self.settle().await?;
        let mails = self.mail_of(self.person(first)?).await?;
        ensure!(mails.is_empty(), "{first} has received {:?}", subjects(&mails));
        Ok(())
    }

    /// Neither the platform nor the mailbox has anything of this person.
    pub(in crate::harness) async fn harver_has_not_heard_of(&self, first: &str) -> Result<()> {
        self.received_no_mail(first).await?;
        let person = self.person(first)?;
        let company = self.company_of(person);
        let known = company.harver.candidates(&person.email).await?;
        ensure!(known == 0, "the platform knows {first}");
        for (_, workflow) in &person.workflows {
            ensure!(company.harver.applications(workflow).await? == 0, "the platform has an application of {first}");
        }
        Ok(())
    }

    pub(in crate::harness) async fn harver_has_one_application(&self, first: &str) -> Result<()> {
        self.settle().await?;
        let person = self.person(first)?;
        let count = self.company_of(person).harver.applications(person.workflow()?).await?;
        ensure!(count == 1, "the platform has {count} applications of {first}");
        Ok(())
    }

    /// Waits for the invitation of a person.
    pub(super) async fn invitation(&self, person: &Person) -> Result<Mail> {
        let company = self.company_of(person);
        let what = format!("{} has received an invitation", person.first);
        self.control()?
            .wait_until(company.id(), &what, async || {
                Ok(self.mail_of(person).await?.into_iter().next().ok_or_else(|| "there is no mail".to_owned()))
            })
            .await
    }

    /// The link to the platform in a mail.
    pub(super) fn link_in(&self, person: &Person, mail: &Mail) -> Result<String> {
        let platform = &self.company_of(person).keys.platform.base_url;
        let link = mail.links.iter().find(|link| link.starts_with(platform.as_str()));
        link.cloned().with_context(|| format!("mail {} has no link to the assessment, but {:?}", mail.id, mail.links))
    }
}

fn subjects(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}
