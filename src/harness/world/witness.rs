//! What is to be seen of a scenario at its end: the journal and the mail of its customers, pictures, pages. Nothing here fails: what
//! cannot be looked at is told, as it would hide why the scenario failed.

use anyhow::Result;

use super::World;
use super::companies::Company;
use crate::harness::report::{Exchange, Known, Mail, Seen, ShownPage};

/// How many exchanges and mails of one customer are told. More than this is no scenario that people read.
const TOLD: usize = 300;

impl World {
    /// What is to be seen now, and the secrets that must not be.
    pub(in crate::harness) async fn witness(&mut self, passed: bool) -> (Seen, Known) {
        let mut seen = Seen::default();
        self.look_at_browser(passed, &mut seen).await;
        if !passed {
            seen.pages.extend(self.people.iter().filter_map(|person| {
                let page = person.page.as_ref()?;
                Some(ShownPage::of(&person.first, page.url.as_str(), Some(page.status.as_u16()), page.html()))
            }));
            let screen = self
                .screen
                .iter()
                .map(|page| ShownPage::of("whoever looked last", page.url.as_str(), Some(page.status.as_u16()), page.html()));
            seen.pages.extend(screen);
        }
        for company in &self.companies {
            if company.tenant().is_some() {
                seen.missing.push(format!("{} is no customer of a sandbox, so that nobody keeps a journal.", company.name));
                continue;
            }
            note(&mut seen, &format!("the journal of {}", company.name), self.journal_of(company.id()).await, |seen| {
                &mut seen.exchanges
            });
            note(&mut seen, &format!("the mail of {}", company.name), self.mail_of_all(company.id()).await, |seen| {
                &mut seen.mails
            });
        }
        (seen, self.secrets())
    }

    async fn look_at_browser(&mut self, passed: bool, seen: &mut Seen) {
        let Some(browser) = &mut self.browser else { return };
        if !passed {
            match browser.page().await {
                Ok(page) => seen.pages.push(page),
                Err(error) => seen.missing.push(format!("The page in the browser could not be read: {error:#}")),
            }
        }
        seen.pictures = browser.take_pictures();
    }

    async fn journal_of(&self, customer: &str) -> Result<Vec<Exchange>> {
        let entries = self.control()?.journal(customer).await?;
        Ok(entries.iter().filter_map(Exchange::told).collect())
    }

    async fn mail_of_all(&self, customer: &str) -> Result<Vec<Mail>> {
        let mails = self.control()?.mail(customer, None).await?;
        let told = mails
            .iter()
            .rev()
            .map(|mail| Mail::of(&mail.from, &mail.to, &mail.subject, mail.text.as_deref().unwrap_or_default()));
        Ok(told.collect())
    }

    fn secrets(&self) -> Known {
        let opened = self.companies.iter().filter_map(|company| company.keys().ok());
        let of_opened = opened.flat_map(|keys| {
            let (icims, integration, platform) = (&keys.icims, &keys.integration, &keys.platform);
            [
                icims.password.as_str(),
                &icims.client_secret,
                &integration.password,
                &integration.admin_password,
                &integration.recruiter_password,
                &platform.client_secret,
            ]
        });
        let there = self.companies.iter().filter_map(Company::tenant);
        let of_there = there.flat_map(|tenant| {
            let mailbox = tenant.mail.as_ref().and_then(|(_, inbox)| inbox.secret());
            [Some(tenant.icims.secret()), mailbox].into_iter().flatten()
        });
        Known::of(of_opened.chain(of_there).chain(self.api.secrets()))
    }
}

/// Adds what was looked at, or why it could not be.
fn note<T>(seen: &mut Seen, what: &str, looked: Result<Vec<T>>, list: impl Fn(&mut Seen) -> &mut Vec<T>) {
    match looked {
        Ok(mut found) => {
            if found.len() > TOLD {
                seen.missing.push(format!("Of {what}, the first {TOLD} of {} are here.", found.len()));
                found.truncate(TOLD);
            }
            list(seen).extend(found);
        }
        Err(error) => seen.missing.push(format!("Nothing is known of {what}: {error:#}")),
    }
}
