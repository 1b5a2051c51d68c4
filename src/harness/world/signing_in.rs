//! Who signs in to whom: requests of strangers to the integration, and the integration's own requests to iCIMS.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::try_join_all;
use serde_json::Value;

use super::World;
use crate::harness::console::HarverAdmin;
use crate::harness::control::Exchange;
use crate::harness::page::Form;

/// With what a request is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::harness) enum Credentials {
    /// None at all.
    None,
    /// The right user name, another password.
    WrongPassword,
    /// Another user name, the right password.
    WrongUser,
    /// Those of another company.
    Of(String),
}

impl World {
    /// The same for a candidate of a company that is named.
    pub(in crate::harness) async fn ask_harver_to_assess_one_of(
        &mut self,
        (first, company): (&str, &str),
        credentials: &Credentials,
    ) -> Result<()> {
        let theirs = &self.company_of(self.person(first)?).name;
        ensure!(theirs == company, "{first} is a candidate of {theirs}");
        self.ask_harver_to_assess(first, credentials).await
    }

    /// Somebody who has seen a request of iCIMS sends one like it for a candidate who is new to Harver.
    pub(in crate::harness) async fn ask_harver_to_assess(&mut self, first: &str, credentials: &Credentials) -> Result<()> {
        let keys = self.company_of(self.person(first)?).keys()?.integration.clone();
        let (user, password) = match credentials {
            Credentials::None => (None, String::new()),
            Credentials::WrongPassword => (Some(keys.username.clone()), "guessed".to_owned()),
            Credentials::WrongUser => (Some("guessed".to_owned()), keys.password.clone()),
            Credentials::Of(company) => {
                let other = &self.company_named(company)?.keys()?.integration;
                (Some(other.username.clone()), other.password.clone())
            }
        };
        let body = self.unheard_request(first).await?;
        let request = self.client()?.post(&keys.start_url).json(&body);
        let request = match user {
            Some(user) => request.basic_auth(user, Some(password)),
            None => request,
        };
        self.answered = Some(request.send().await.context("no answer")?.status().as_u16());
        Ok(())
    }

    pub(in crate::harness) fn was_turned_away_as_unauthenticated(&self) -> Result<()> {
        ensure!(self.answered == Some(401), "the answer was {:?}", self.answered);
        Ok(())
    }

    pub(in crate::harness) fn was_turned_away(&self) -> Result<()> {
        ensure!(self.answered.is_some_and(|status| (400..500).contains(&status)), "the answer was {:?}", self.answered);
        Ok(())
    }

    /// iCIMS sends what it has sent for a candidate once more, several times at the same moment. Harver understands each of them: what it
    /// turned away could have no second effect.
    pub(in crate::harness) async fn deliver_again(&self, first: &str, times: usize) -> Result<()> {
        let company = self.company_of(self.person(first)?);
        let keys = &company.keys()?.integration;
        let sent = self.request_for(first).await?;
        let client = self.client()?;
        let deliveries = (0..times).map(|_| {
            let request = client.post(&keys.start_url).basic_auth(&keys.username, Some(&keys.password));
            request.header("content-type", "application/json").body(sent.request_body.clone()).send()
        });
        for answer in try_join_all(deliveries).await.context("delivering again")? {
            let status = answer.status();
            let said = answer.text().await.context("what is said of a repeated request")?;
            ensure!(status.is_success() || said.contains("already"), "a repeated request was answered {status}: {said}");
        }
        Ok(())
    }

    /// The integration is set to OAuth2, as it is by default.
    pub(in crate::harness) async fn signs_in_by_oauth2(&self) -> Result<()> {
        let method = self.admin().await?.method().await?;
        ensure!(method == "OAuth2", "the method is {method}");
        Ok(())
    }

    pub(in crate::harness) async fn switch_to_basic(&self) -> Result<()> {
        self.settle().await?;
        self.admin().await?.switch_to_basic(&self.company()?.keys()?.icims).await
    }

    /// Without a newly typed secret there is no way back to OAuth2.
    pub(in crate::harness) async fn oauth2_secret_is_forgotten(&self) -> Result<()> {
        let admin = self.admin().await?;
        let page = admin.try_oauth2_without_secret(&self.company()?.keys()?.icims).await?;
        ensure!(page.has("#client-secret-error"), "the console took it without a secret: {}", page.words());
        let method = admin.method().await?;
        ensure!(method == "Basic authentication", "the method is {method}");
        Ok(())
    }

    /// How many tokens the integration has fetched from iCIMS for this company.
    pub(in crate::harness) async fn tokens_fetched(&self) -> Result<usize> {
        self.settle().await?;
        let all = self.control()?.exchanges(self.company()?.id()).await?;
        Ok(all.iter().filter(|one| one.to == "icims" && one.target.starts_with("/oauth/token")).count())
    }

    /// Whatever was written about results to iCIMS was written with Basic authentication.
    pub(in crate::harness) async fn wrote_with_basic(&self) -> Result<()> {
        self.settle().await?;
        let all = self.control()?.exchanges(self.company()?.id()).await?;
        // Testers only read results; whoever writes them is the integration.
        let mut writes =
            all.iter().filter(|one| one.method != "GET" && one.target.contains("/fields/assessmentresults")).peekable();
        ensure!(writes.peek().is_some(), "nothing was written to the section Assessments");
        for write in writes {
            let header = write.request_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            let (_, scheme) = header.context("it was written without authentication")?;
            ensure!(scheme.starts_with("Basic"), "it was written with {scheme}");
        }
        Ok(())
    }

    /// The order of a person says in the console what its invitation waits for.
    pub(in crate::harness) async fn invitation_waits(&self, first: &str) -> Result<()> {
        self.settle().await?;
        let (admin, workflow) = (self.admin().await?, self.person(first)?.workflow()?);
        let waiting = admin.look(&format!("/orders?waits=yes&q={workflow}")).await?.succeeded()?;
        let order = admin.follow(&waiting, "#orders tbody a").await?.succeeded()?;
        let notice = order.text(".notice.waits")?;
        let told = notice.starts_with("The invitation waits.") && notice.contains("Tried once, next at ");
        ensure!(told, "the console says: {notice}");
        ensure!(
            admin.look("").await?.succeeded()?.has("#waiting #waiting-orders"),
            "the overview does not say that anything waits"
        );
        Ok(())
    }

    /// Somebody who only reads finds why the event of a person was refused.
    pub(in crate::harness) async fn refusal_is_found(&self, first: &str, why: &str) -> Result<()> {
        let keys = &self.company()?.keys()?.integration;
        let recruiter = HarverAdmin::sign_in_as(&keys.recruiter_email, &keys.recruiter_password, keys, self.client()?).await?;
        let overview = recruiter.look("").await?.succeeded()?;
        let all = recruiter.follow(&overview, "#refused-link").await?.succeeded()?;
        let workflow = self.person(first)?.workflow()?;
        let lines = all.texts("#refused tbody tr")?;
        let line = lines.iter().find(|line| line.contains(&format!("workflow {workflow}")));
        let line = line.with_context(|| format!("{first} is not among {lines:?}"))?;
        ensure!(line.contains(why), "the console says: {line}");
        Ok(())
    }

    pub(super) async fn admin(&self) -> Result<HarverAdmin> {
        HarverAdmin::sign_in(&self.company()?.keys()?.integration, self.client()?).await
    }

    /// What iCIMS has sent for a candidate last.
    async fn request_for(&self, first: &str) -> Result<Exchange> {
        let person = self.person(first)?;
        let workflow = person.workflow()?;
        let all = self.control()?.exchanges(self.company_of(person).id()).await?;
        let sent = all.into_iter().rev().find(|one| {
            (one.from.as_str(), one.to.as_str(), one.workflow.as_deref()) == ("icims", "integration", Some(workflow))
        });
        sent.with_context(|| format!("iCIMS has sent nothing for {first}"))
    }

    /// What iCIMS would send for a candidate: it is sent with a password that Harver refuses, so that it is written but not heard.
    async fn unheard_request(&self, first: &str) -> Result<Value> {
        let company = self.company_of(self.person(first)?);
        let password = company.keys()?.integration.password.clone();
        company.recruiter()?.set_events(|form: Form| form.fill("password", "not-the-password")).await?;
        let workflow = self.person(first)?.workflow()?.to_owned();
        let job = company.job(self.person(first)?.job()?).await?;
        company.recruiter()?.advance(&job, &[workflow], "Send to Harver").await?;
        company.recruiter()?.set_events(|form: Form| form.fill("password", &password)).await?;
        let sent = self.request_for(first).await?;
        let masked = sent
            .request_headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value.contains(&STANDARD.encode(&password)));
        ensure!(!masked, "the journal shows a password");
        serde_json::from_str(&sent.request_body).context("the request of iCIMS")
    }
}
