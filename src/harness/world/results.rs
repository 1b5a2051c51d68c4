//! What iCIMS shows of assessments: Screen tab, dashboard, tab People.

use anyhow::{Context, Result, bail, ensure};

use super::World;
use crate::harness::page::Visitor;
use crate::harness::recruiter::AssessmentLine;

impl World {
    /// One line in the section Assessments, in this status, also after everything has settled; screen and API agree.
    pub(in crate::harness) async fn one_result(&self, first: &str, status: &str) -> Result<()> {
        let person = self.person(first)?;
        let (company, workflow) = (self.company_of(person), person.workflow()?);
        let what = format!("iCIMS shows the assessment of {first} as {status}");
        self.wait_until(company, &what, async || {
            let lines = company.assessments(workflow).await?;
            let there = lines.iter().any(|line| line.status == status);
            Ok(if there { Ok(()) } else { Err(format!("{lines:?}")) })
        })
        .await?;
        self.settle().await?;
        let line = self.only_line(first).await?;
        ensure!(line.status == status, "it did not stay so: {line:?}");
        if company.screens().is_none() {
            return Ok(());
        }
        let told = company.icims.results(workflow).await?;
        let [told] = told.as_slice() else { bail!("the API tells {told:?}") };
        ensure!(
            (told.status.as_str(), told.recommendation.as_str()) == (line.status.as_str(), line.result.as_str()),
            "the API tells {told:?}, the screen shows {line:?}"
        );
        Ok(())
    }

    /// The same, and the remark beside it holds these words; or there is none.
    pub(in crate::harness) async fn one_result_with_remark(&self, first: &str, status: &str, words: Option<&str>) -> Result<()> {
        self.one_result(first, status).await?;
        let line = self.only_line(first).await?;
        let right = words.map_or(line.notes.is_empty(), |words| line.notes.contains(words));
        ensure!(right, "the section Assessments shows {line:?}");
        Ok(())
    }

    pub(in crate::harness) async fn remark_is_gone(&self, first: &str, words: &str) -> Result<()> {
        let line = self.only_line(first).await?;
        ensure!(!line.notes.contains(words), "the section Assessments shows {line:?}");
        Ok(())
    }

    pub(in crate::harness) async fn no_complete_result(&self, first: &str) -> Result<()> {
        self.come_to_rest().await?;
        let person = self.person(first)?;
        let lines = self.company_of(person).assessments(person.workflow()?).await?;
        ensure!(
            lines.iter().all(|line| line.status != "Complete" && line.score.is_empty()),
            "the section Assessments shows {lines:?}"
        );
        Ok(())
    }

    pub(in crate::harness) async fn nothing_in_progress(&self, first: &str) -> Result<()> {
        self.come_to_rest().await?;
        let person = self.person(first)?;
        let lines = self.company_of(person).assessments(person.workflow()?).await?;
        ensure!(lines.iter().all(|line| line.status != "In-Progress"), "the section Assessments shows {lines:?}");
        Ok(())
    }

    pub(in crate::harness) async fn screen_recommends(&self, first: &str, recommendation: &str) -> Result<()> {
        self.one_result(first, "Complete").await?;
        let line = self.only_line(first).await?;
        ensure!(line.result == recommendation, "the Screen tab shows {line:?}");
        Ok(())
    }

    pub(in crate::harness) async fn screen_shows_score(&self, first: &str, score: &str) -> Result<()> {
        self.one_result(first, "Complete").await?;
        let line = self.only_line(first).await?;
        ensure!(line.score == score, "the Screen tab shows {line:?}");
        Ok(())
    }

    /// The line is named by the package as it stands in the list.
    pub(in crate::harness) async fn screen_names_package(&self, first: &str, vacancy: &str) -> Result<()> {
        self.one_result(first, "Complete").await?;
        let (line, package) = (self.only_line(first).await?, self.company()?.package_of(vacancy).await?);
        ensure!(line.name == package && package.contains(" – "), "the Screen tab shows {line:?}");
        Ok(())
    }

    /// The report opens for the recruiter without another sign-in, and is about this person.
    pub(in crate::harness) async fn report_opens(&self, first: &str, verdict: &str) -> Result<()> {
        self.one_result(first, "Complete").await?;
        let person = self.person(first)?;
        let link = self.only_line(first).await?.report.context("the Screen tab has no link to the report")?;
        // A browser that has never been there: nobody signs in again.
        let page = Visitor::new(self.client()?).open(&link).await?.succeeded()?;
        let (name, label) = (page.text("#candidate-name")?, page.text("#overall-label")?);
        ensure!(name == person.full_name(), "the report is about {name}");
        ensure!(label == verdict, "the report says {label}");
        Ok(())
    }

    pub(in crate::harness) async fn dashboard_opens_the_same_report(&self) -> Result<()> {
        let company = self.company()?;
        let shown = company.recruiter()?.dashboard().await?;
        let [line] = shown.as_slice() else { bail!("the dashboard shows {shown:?}") };
        let link = line.report.clone().context("the dashboard has no link to the report")?;
        let person = self.people.iter().find(|person| person.full_name() == line.candidate).context("whose report this is")?;
        ensure!(Some(&link) == self.only_line(&person.first).await?.report.as_ref(), "{link} is another report");
        company.recruiter()?.open_report(&link).await.map(|_| ())
    }

    /// The dashboard shows these lines: name, status, score, recommendation.
    pub(in crate::harness) async fn dashboard_shows(&self, wanted: &[Vec<String>]) -> Result<()> {
        for row in wanted {
            let [first, status, ..] = row.as_slice() else { bail!("a row has name, status, score, recommendation") };
            self.one_result(first, status).await?;
        }
        let shown = self.company()?.recruiter()?.dashboard().await?;
        ensure!(shown.len() == wanted.len(), "the dashboard shows {shown:?}");
        for row in wanted {
            let [first, rest @ ..] = row.as_slice() else { bail!("a row begins with a name") };
            let name = self.person(first)?.full_name();
            let line = shown.iter().find(|line| line.candidate == name).with_context(|| format!("{first} is not there"))?;
            ensure!(line.shown.as_slice() == rest, "the dashboard shows {line:?}");
        }
        Ok(())
    }

    pub(in crate::harness) async fn people_tab_shows(&self, first: &str, status: &str) -> Result<()> {
        self.one_result(first, status).await?;
        let person = self.person(first)?;
        let company = self.company_of(person);
        let page = company.recruiter()?.people(&company.job(person.job()?).await?).await?;
        let shown = page.text(&format!("#assessment-{}", person.workflow()?))?;
        ensure!(shown == status, "the tab People shows {shown:?}");
        Ok(())
    }

    pub(in crate::harness) async fn application_shows_no_result(&self, first: &str, job: &str) -> Result<()> {
        self.come_to_rest().await?;
        let person = self.person(first)?;
        let found = person.workflows.iter().find(|(title, _)| title == job);
        let (_, workflow) = found.with_context(|| format!("{first} is not submitted to {job}"))?;
        let lines = self.company_of(person).assessments(workflow).await?;
        ensure!(lines.is_empty(), "the application to {job} shows {lines:?}");
        Ok(())
    }

    /// Somebody of one company has the same record numbers as somebody of another, and no result.
    pub(in crate::harness) async fn namesake_has_no_result(&self, company: &str, first: &str) -> Result<()> {
        let person = self.person(first)?;
        ensure!(self.company_of(person).name == company, "{first} is not at {company}");
        let same = self.people.iter().filter(|other| other.workflow().ok() == person.workflow().ok());
        ensure!(same.count() == 2, "nobody else has the same numbers, so the scenario shows nothing");
        self.application_shows_no_result(first, person.job()?).await
    }

    async fn only_line(&self, first: &str) -> Result<AssessmentLine> {
        let person = self.person(first)?;
        let lines = self.company_of(person).assessments(person.workflow()?).await?;
        match <[AssessmentLine; 1]>::try_from(lines) {
            Ok([line]) => Ok(line),
            Err(lines) => bail!("the section Assessments of {first} has {} lines: {lines:?}", lines.len()),
        }
    }
}
