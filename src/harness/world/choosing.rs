//! Packages that are chosen in Harver, and the invitations and results that come of them.

use anyhow::{Context, Result, ensure};

use super::World;
use crate::harness::assessment;
use crate::harness::fit::Fit;
use crate::harness::page::{Form, Page};

impl World {
    pub(in crate::harness) async fn have_switched_multi_phase(&self, on: bool) -> Result<()> {
        let switch = |form: Form| if on { form.tick("multi-phase") } else { Ok(form.untick("multi_phase")) };
        self.admin().await?.save("/ats-to-harver", "#ats-to-harver", switch).await
    }

    /// The Summary shows the button, and says that nothing was sent.
    pub(in crate::harness) fn summary_asks_for_packages(&self, first: &str) -> Result<()> {
        let line = self.person(first)?.summary.as_ref().with_context(|| format!("{first} was not advanced"))?;
        ensure!(line.outcome == "link" && line.link.is_some(), "the Summary says of {first}: {line:?}");
        Ok(())
    }

    /// Opens Confirm or Modify Package as the Summary offers it.
    pub(in crate::harness) async fn look_at_packages(&self, first: &str) -> Result<Page> {
        self.open_packages(first).await?.succeeded()
    }

    async fn open_packages(&self, first: &str) -> Result<Page> {
        let person = self.person(first)?;
        let link = person.summary.as_ref().and_then(|line| line.link.clone());
        let link = link.with_context(|| format!("the Summary offers no packages for {first}: {:?}", person.summary))?;
        self.company_of(person).recruiter()?.visit(&link).await
    }

    pub(in crate::harness) async fn choose_packages(&self, first: &str, vacancies: &[String]) -> Result<()> {
        let person = self.person(first)?;
        let page = self.look_at_packages(first).await?;
        ensure!(page.text("#candidate")? == person.full_name(), "the page is about {}", page.text("#candidate")?);
        let mut form = page.form("#selection")?.untick("package");
        for vacancy in vacancies {
            form = form.tick_labelled("package", |label| label.starts_with(&format!("{vacancy} Harver {vacancy} – ")))?;
        }
        let sent = self.company_of(person).recruiter()?.send(form).await?.succeeded()?;
        ensure!(sent.has("#sent"), "the choice was not taken: {}", sent.words());
        Ok(())
    }

    pub(in crate::harness) async fn cancel_choice(&self, first: &str) -> Result<()> {
        let form = self.look_at_packages(first).await?.form("#selection")?.tick("cancel")?;
        let page = self.company_of(self.person(first)?).recruiter()?.send(form).await?;
        ensure!(page.text("#notice h1")? == "Nothing was sent", "the page says: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn choice_is_over(&self, first: &str) -> Result<()> {
        let page = self.open_packages(first).await?;
        ensure!(page.text("#notice h1")? == "The time to choose is over", "the page says: {}", page.words());
        Ok(())
    }

    /// What was completed before stands among the results and cannot be chosen; the other package can.
    pub(in crate::harness) async fn packages_show(
        &self,
        first: &str,
        completed: &str,
        result: &str,
        offered: &str,
    ) -> Result<()> {
        let page = self.look_at_packages(first).await?;
        let results = page.text("#results")?;
        ensure!([completed, "Complete", result].iter().all(|part| results.contains(part)), "the results are {results:?}");
        let offers = page.texts("label:has(input:not([disabled])) > span:first-of-type")?;
        ensure!(offers.iter().any(|package| package == offered), "{offered} cannot be chosen, but {offers:?}");
        ensure!(!offers.iter().any(|package| package == completed), "{completed} can be chosen once more");
        Ok(())
    }

    /// One mail for each package and none else, also after everything has settled.
    pub(in crate::harness) async fn is_invited_to_exactly(&self, first: &str, vacancies: &[String]) -> Result<()> {
        let person = self.person(first)?;
        let what = format!("{first} has a mail for each of {vacancies:?}");
        self.wait_until(self.company_of(person), &what, async || {
            let mails = self.mail_of(person).await?.len();
            Ok(if mails >= vacancies.len() { Ok(()) } else { Err(format!("there are {mails}")) })
        })
        .await?;
        self.settle().await?;
        let mut invited = Vec::new();
        for page in self.invitations(first).await? {
            invited.push(page.text("#vacancy-title")?);
        }
        let mut wanted = vacancies.to_vec();
        invited.sort();
        wanted.sort();
        ensure!(invited == wanted, "{first} is invited to {invited:?}");
        Ok(())
    }

    /// The pages that the mails of a person lead to.
    async fn invitations(&self, first: &str) -> Result<Vec<Page>> {
        let person = self.person(first)?;
        let mut pages = Vec::new();
        for mail in self.mail_of(person).await? {
            pages.push(person.visitor.open(&self.link_in(person, &mail)?).await?.succeeded()?);
        }
        Ok(pages)
    }

    pub(in crate::harness) async fn take_assessment_of(&mut self, first: &str, vacancy: &str, fit: Fit) -> Result<()> {
        let person = self.person(first)?;
        let what = format!("{first} is invited to {vacancy}");
        let page = self
            .wait_until(self.company_of(person), &what, async || {
                let pages = self.invitations(first).await?;
                let found = pages.into_iter().find(|page| page.text("#vacancy-title").is_ok_and(|title| title == vacancy));
                Ok(found.ok_or_else(|| "no mail leads there".to_owned()))
            })
            .await?;
        assessment::finish(&person.visitor, page, fit).await.map(|_| ())
    }

    /// These lines and no others stand in the section Assessments: package, status, result.
    pub(in crate::harness) async fn results_are(&self, first: &str, wanted: &[[String; 3]]) -> Result<()> {
        let person = self.person(first)?;
        let (company, workflow) = (self.company_of(person), person.workflow()?);
        let mut expected = Vec::new();
        for [vacancy, status, result] in wanted {
            expected.push([company.package_of(vacancy).await?, status.clone(), result.clone()]);
        }
        expected.sort();
        let look = async || -> Result<Vec<[String; 3]>> {
            let lines = company.assessments(workflow).await?;
            let mut shown: Vec<_> = lines.into_iter().map(|line| [line.name, line.status, line.result]).collect();
            shown.sort();
            Ok(shown)
        };
        let what = format!("iCIMS shows the results of {first}");
        self.wait_until(company, &what, async || {
            let shown = look().await?;
            Ok(if shown == expected { Ok(()) } else { Err(format!("{shown:?}")) })
        })
        .await?;
        self.settle().await?;
        let shown = look().await?;
        ensure!(shown == expected, "it did not stay so: {shown:?}");
        Ok(())
    }
}
