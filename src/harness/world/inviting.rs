//! Advancing candidates, what the Summary says, and the mail that they receive.

use anyhow::{Context, Result, bail, ensure};

use super::World;
use super::companies::Company;
use super::people::Person;
use crate::harness::control::Exchange;
use crate::harness::mail::Mail;

impl World {
    /// Tomas ticks candidates of one job on the tab People and advances them at once.
    pub(in crate::harness) async fn advance(&mut self, names: &[String], status: &str) -> Result<()> {
        let people = names.iter().map(|name| self.person(name)).collect::<Result<Vec<_>>>()?;
        let first = people.first().context("nobody is ticked")?;
        let (company, title) = (self.company_of(first), first.job()?);
        let said = company.advance((&company.job(title).await?, company.title(title)), &people, status).await?;
        for (name, line) in names.iter().zip(said) {
            self.person_mut(name)?.summary = line;
        }
        Ok(())
    }

    /// As [`advance`](Self::advance), where the scenario depends on its success.
    pub(in crate::harness) async fn have_advanced(&mut self, names: &[String], status: &str) -> Result<()> {
        self.advance(names, status).await?;
        for name in names {
            match &self.person(name)?.summary {
                Some(line) => ensure!(line.was_taken(), "{name} was not invited: {line:?}"),
                // Where nobody sees the Summary, iCIMS says at least that it has moved the candidate.
                None => self.is_in_status(name, status).await?,
            }
        }
        Ok(())
    }

    /// As [`advance`](Self::advance), where the scenario depends on its failure.
    pub(in crate::harness) async fn have_advanced_in_vain(&mut self, names: &[String], status: &str) -> Result<()> {
        self.advance(names, status).await?;
        for name in names {
            let line = self.person(name)?.summary.as_ref().context("a Summary line")?;
            ensure!(matches!(line.outcome.as_str(), "refused" | "failed"), "{name} was not refused: {line:?}");
        }
        Ok(())
    }

    pub(in crate::harness) fn summary_says(&self, first: &str, words: &str) -> Result<()> {
        let line = self.person(first)?.summary.as_ref().with_context(|| format!("{first} was not advanced"))?;
        ensure!(line.was_taken() && line.message == words, "the Summary says of {first}: {line:?}");
        Ok(())
    }

    /// The Summary tells the cause, and names the support contact.
    pub(in crate::harness) fn summary_tells(&self, first: &str, cause: &str) -> Result<()> {
        let line = self.person(first)?.summary.as_ref().with_context(|| format!("{first} was not advanced"))?;
        ensure!(line.outcome == "refused", "the Summary says of {first}: {line:?}");
        ensure!(line.message.contains(cause), "{:?} does not say {cause:?}", line.message);
        line.names_support()
    }

    /// The Summary, looked at again once everything has settled, says no longer that something was sent, and why nothing was.
    pub(in crate::harness) async fn summary_takes_it_back(&self, first: &str, why: &str) -> Result<()> {
        self.settle().await?;
        let person = self.person(first)?;
        let before = person.summary.as_ref().with_context(|| format!("{first} was not advanced"))?;
        let line = self.company_of(person).recruiter()?.summary_again(before, person.workflow()?).await?;
        ensure!(line.outcome == "incomplete" && line.message.contains(why), "the Summary says of {first}: {line:?}");
        ensure!(!line.message.contains("is sent"), "the Summary says of {first}: {line:?}");
        line.names_support()
    }

    /// Harver was asked to register everybody once, and besides that once about the vacancy.
    pub(in crate::harness) async fn harver_was_asked_sparingly(&self) -> Result<()> {
        self.settle().await?;
        let exchanges = self.control()?.exchanges(self.company()?.id()).await?;
        let asked: Vec<_> = exchanges.iter().filter(|one| one.from == "integration" && one.to == "harver_platform").collect();
        let registrations = asked.iter().filter(|one| one.is_registration()).count();
        let vacancies = asked.iter().filter(|one| one.method == "GET" && one.target.contains("/vacancies/")).count();
        ensure!(registrations == self.people.len(), "Harver was asked for {registrations} applications");
        ensure!(vacancies == 1, "Harver was asked {vacancies} times about the vacancy");
        Ok(())
    }

    /// One mail was handed over and taken in, also after everything has settled.
    pub(in crate::harness) async fn receives_one_mail(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        self.invitation(person).await?;
        self.come_to_rest().await?;
        if self.company_of(person).tenant().is_some() {
            let mails = self.mail_of(person).await?;
            ensure!(mails.len() == 1, "{first} has {} mails: {:?}", mails.len(), subjects(&mails));
            return self.link_in(person, &mails[0]).map(|_| ());
        }
        let taken_in = self.mail_handed_over(self.company_of(person)).await?.into_iter().filter(Exchange::succeeded);
        let times = taken_in.filter(|mail| mail.target == person.email).count();
        ensure!(times == 1, "mail was handed over to {first} {times} times");
        Ok(())
    }

    /// One mail was sent, to this person, and none to anybody else.
    pub(in crate::harness) async fn only_one_mail_was_sent(&self, first: &str) -> Result<()> {
        self.receives_one_mail(first).await?;
        let all = self.all_mail().await?;
        ensure!(all.len() == 1, "mail was handed over to {all:?}");
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
        if self.company()?.tenant().is_none() {
            let mails = self.all_mail().await?;
            ensure!(mails.len() == all, "mail for {all} people was handed over to {mails:?}");
        }
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
        ensure!(text.contains(&format!("Dear {first},")), "the mail does not address {first}: {text}");
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
        self.submitted_candidate("Testa", job).await?;
        self.have_advanced(&["Testa".to_owned()], "Send to Harver").await?;
        match vacancy {
            Some(vacancy) => self.is_invited_to("Testa", vacancy).await,
            None => self.receives_one_mail("Testa").await,
        }
    }

    /// No mail was handed over for anybody of this scenario, whatever the address, taken in or not.
    pub(in crate::harness) async fn no_mail_was_sent(&self) -> Result<()> {
        self.come_to_rest().await?;
        let all = self.all_mail().await?;
        ensure!(all.is_empty(), "mail was handed over to {all:?}");
        for company in &self.companies {
            let kept = self.control()?.mail(company.id(), None).await?;
            ensure!(kept.is_empty(), "the mailbox of {} holds {:?}", company.name, subjects(&kept));
        }
        Ok(())
    }

    /// No mail was sent, nobody at all was registered with Harver, and the platform has no application of this person.
    pub(in crate::harness) async fn harver_has_not_heard_of(&self, first: &str) -> Result<()> {
        self.no_mail_was_sent().await?;
        for company in &self.companies {
            let exchanges = self.control()?.exchanges(company.id()).await?;
            let asked = exchanges.iter().find(|one| one.is_registration() && !one.was_refused());
            ensure!(asked.is_none(), "Harver was asked for an application: {asked:?}");
        }
        let person = self.person(first)?;
        ensure!(!person.workflows.is_empty(), "{first} is not submitted to any job");
        for (_, workflow) in &person.workflows {
            let known = self.company_of(person).harver()?.applications(workflow).await?;
            ensure!(known == 0, "the platform has an application of {first}");
        }
        Ok(())
    }

    /// Harver was asked for an application of this person once, and said that it is there. That there is only one says less, as the
    /// platform gives the same one to whoever asks again.
    pub(in crate::harness) async fn was_registered_once(&self, first: &str) -> Result<()> {
        self.come_to_rest().await?;
        let person = self.person(first)?;
        let exchanges = self.control()?.exchanges(self.company_of(person).id()).await?;
        let asked: Vec<_> = exchanges.iter().filter(|one| one.is_registration()).collect();
        let [asked] = asked.as_slice() else { bail!("Harver was asked for {} applications", asked.len()) };
        ensure!(asked.succeeded(), "Harver did not register {first}: {asked:?}");
        ensure!(asked.request_body.contains(&person.email), "Harver was asked for somebody else: {asked:?}");
        Ok(())
    }

    pub(in crate::harness) async fn harver_has_one_application(&self, first: &str) -> Result<()> {
        self.settle().await?;
        let person = self.person(first)?;
        let count = self.company_of(person).harver()?.applications(person.workflow()?).await?;
        ensure!(count == 1, "the platform has {count} applications of {first}");
        Ok(())
    }

    /// To whom mail was handed over, for all companies of this scenario, taken in or not.
    async fn all_mail(&self) -> Result<Vec<String>> {
        let mut all = Vec::new();
        for company in &self.companies {
            all.extend(self.mail_handed_over(company).await?.into_iter().map(|mail| mail.target));
        }
        Ok(all)
    }

    /// The mail that was handed over for a company, oldest first, as often as it was.
    async fn mail_handed_over(&self, company: &Company) -> Result<Vec<Exchange>> {
        let exchanges = self.control()?.exchanges(company.id()).await?;
        Ok(exchanges.into_iter().filter(Exchange::is_mail).collect())
    }

    /// Waits for the invitation of a person.
    pub(super) async fn invitation(&self, person: &Person) -> Result<Mail> {
        let company = self.company_of(person);
        let what = format!("{} has received an invitation", person.first);
        self.wait_until(company, &what, async || {
            Ok(self.mail_of(person).await?.into_iter().next().ok_or_else(|| "there is no mail".to_owned()))
        })
        .await
    }

    /// The link to the platform in a mail.
    pub(super) fn link_in(&self, person: &Person, mail: &Mail) -> Result<String> {
        let company = self.company_of(person);
        let link = mail.links.iter().find(|link| company.leads_to_assessment(link));
        link.cloned().with_context(|| format!("mail {} has no link to the assessment, but {:?}", mail.id, mail.links))
    }
}

fn subjects(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}
