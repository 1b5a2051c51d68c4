//! Tomas, a recruiter, on the iCIMS screens; and his colleague who administers iCIMS.

use anyhow::{Context, Result, bail, ensure};
use reqwest::Client;

use super::page::{Form, Page, Visitor};

/// The support contact, in small letters.
const SUPPORT: &str = "support@harver.com";

/// The recruiter screens of one customer.
#[derive(Clone, Debug)]
pub(super) struct Recruiter {
    home: String,
    visitor: Visitor,
}

/// What the Summary says of one candidate after advancing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SummaryLine {
    /// `accepted`, `reported`, `incomplete`, `link`, `refused`, `failed`, `waiting` or `moved`.
    pub(super) outcome: String,
    pub(super) message: String,
    pub(super) advice: String,
    /// The vendor's page that it offers to open.
    pub(super) link: Option<String>,
    /// Where the Summary is.
    pub(super) page: String,
}

impl SummaryLine {
    /// Whether the vendor took the order, and has not said since that nothing came of it.
    pub(super) fn was_taken(&self) -> bool {
        matches!(self.outcome.as_str(), "accepted" | "reported")
    }
}

/// A line of the section Assessments, as the Screen tab shows it.
#[derive(Clone, Debug)]
pub(super) struct AssessmentLine {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) score: String,
    pub(super) result: String,
    pub(super) notes: String,
    pub(super) report: Option<String>,
}

/// A line of the dashboard: candidate, status, score, recommendation; and where the report link leads.
#[derive(Clone, Debug)]
pub(super) struct DashboardLine {
    pub(super) candidate: String,
    pub(super) shown: [String; 3],
    pub(super) report: Option<String>,
}

impl SummaryLine {
    /// Whether the reader learns whom to ask (set-up guide, Additional Questions/Support).
    pub(super) fn names_support(&self) -> Result<()> {
        let all = format!("{} {}", self.message, self.advice).to_lowercase();
        ensure!(all.contains(SUPPORT), "{all:?} does not name the support contact");
        Ok(())
    }
}

impl Recruiter {
    /// The recruiter whose screens begin at `home`.
    pub(super) fn new(home: &str, client: &Client) -> Self {
        Self { home: home.trim_end_matches('/').to_owned(), visitor: Visitor::new(client) }
    }

    /// Create > Person. `entry` is `candidate` or `contact`. Returns the person's id.
    pub(super) async fn create_person(&self, entry: &str, first: &str, last: &str, email: &str) -> Result<String> {
        let form = self.open(&format!("/create/{entry}")).await?.form("#profile-form")?;
        let form = form.fill("firstname", first)?.fill("lastname", last)?.fill("email", email)?;
        self.visitor.submit(form).await?.succeeded()?.text("#person-id")
    }

    /// Fills in the e-mail address of a person.
    pub(super) async fn fill_in_email(&self, person: &str, email: &str) -> Result<()> {
        let form = self.open(&format!("/people/{person}/edit")).await?.form("#profile-form")?.fill("email", email)?;
        self.visitor.submit(form).await?.succeeded().map(|_| ())
    }

    /// Why a person cannot be submitted to jobs, if the page says so.
    pub(super) async fn why_not_submitted(&self, person: &str) -> Result<Option<String>> {
        let page = self.open(&format!("/people/{person}")).await?;
        Ok(if page.has("#submit-to-job") { None } else { Some(page.text("#cannot-submit")?) })
    }

    /// Adds the Candidate role from the person's page.
    pub(super) async fn add_candidate_role(&self, person: &str) -> Result<()> {
        let form = self.open(&format!("/people/{person}")).await?.form("#cannot-submit form")?;
        self.visitor.submit(form).await?.succeeded().map(|_| ())
    }

    /// Opens Submit to Job on the person's page.
    pub(super) async fn submit_dialog(&self, person: &str) -> Result<Page> {
        let page = self.open(&format!("/people/{person}")).await?;
        self.visitor.follow(&page, "#submit-to-job").await?.succeeded()
    }

    /// Submit to Job > Submit to a Workflow: adds the job to Selected and submits. Returns the workflow's id.
    pub(super) async fn submit(&self, person: &str, job: &str) -> Result<String> {
        let dialog = self.submit_dialog(person).await?;
        let chosen = self.visitor.submit(dialog.form("#choose")?.tick(&format!("add-{job}"))?).await?.succeeded()?;
        ensure!(chosen.has(&format!("#selected-{job}")), "the job is not in the Selected area: {}", chosen.words());
        let done = self.visitor.submit(chosen.form("#submit-form")?).await?.succeeded()?;
        let row = format!("#recruit tr:has(a[href$='/jobs/{job}']) a[id^='open-workflow-']");
        let link = done.link(&row)?;
        link.rsplit('/').next().map(str::to_owned).context("the link to a workflow ends with its id")
    }

    /// Create > Job, open, with the package whose label satisfies `wanted`. Returns the job's id.
    pub(super) async fn create_job(&self, title: &str, wanted: Option<&str>) -> Result<String> {
        let form = self.open("/create/job").await?.form("#profile-form")?.fill("jobtitle", title)?;
        let page = self.visitor.submit(with_package(form, wanted)?).await?.succeeded()?;
        page.text("#job-id")
    }

    /// Selects a package on a job instead of those there were.
    pub(super) async fn select_package(&self, job: &str, wanted: &str) -> Result<()> {
        let form = self.open(&format!("/jobs/{job}/edit")).await?.form("#profile-form")?;
        self.visitor.submit(with_package(form, Some(wanted))?).await?.succeeded().map(|_| ())
    }

    /// Selects a package on a job beside those there are.
    pub(super) async fn add_package(&self, job: &str, wanted: &str) -> Result<()> {
        let form = self.open(&format!("/jobs/{job}/edit")).await?.form("#profile-form")?;
        let form = form.tick_labelled("assessmenttype", |label| label == wanted)?;
        self.visitor.submit(form).await?.succeeded().map(|_| ())
    }

    /// The id of the job with this title.
    pub(super) async fn find_job(&self, title: &str) -> Result<String> {
        let form = self.open("/jobs").await?.form("#job-search")?.fill("q", title)?;
        let link = self.visitor.submit(form).await?.succeeded()?.link_named(title)?;
        link.rsplit('/').next().map(str::to_owned).context("the link to a job ends with its id")
    }

    /// The page of a job.
    pub(super) async fn job(&self, job: &str) -> Result<Page> {
        self.open(&format!("/jobs/{job}")).await
    }

    /// The tab People of a job.
    pub(super) async fn people(&self, job: &str) -> Result<Page> {
        self.open(&format!("/jobs/{job}/people")).await
    }

    /// People tab: ticks candidates and advances them to the status with this label. What the Summary says, in the given order.
    pub(super) async fn advance(&self, job: &str, workflows: &[String], status: &str) -> Result<Vec<SummaryLine>> {
        let page = self.people(job).await?;
        let mut form = page.form("#people-form")?;
        for workflow in workflows {
            form = form.tick(&format!("select-{workflow}"))?;
        }
        let value = form.value_labelled("status", |label| label == status)?;
        let summary = self.visitor.submit(form.fill("status", &value)?).await?.succeeded()?;
        ensure!(summary.has("#summary"), "no Summary after advancing: {}", summary.words());
        workflows.iter().map(|workflow| summary_line(&summary, workflow)).collect()
    }

    /// The same with one candidate, to the status with this id.
    pub(super) async fn advance_to(&self, job: &str, workflow: &str, status: &str) -> Result<SummaryLine> {
        let form = self.people(job).await?.form("#people-form")?.tick(&format!("select-{workflow}"))?;
        let summary = self.visitor.submit(form.fill("status", status)?).await?.succeeded()?;
        ensure!(summary.has("#summary"), "no Summary after advancing: {}", summary.words());
        summary_line(&summary, workflow)
    }

    /// What the Summary says of a candidate when it is looked at again.
    pub(super) async fn summary_again(&self, before: &SummaryLine, workflow: &str) -> Result<SummaryLine> {
        summary_line(&self.visitor.open(&before.page).await?.succeeded()?, workflow)
    }

    /// People tab: ticks a candidate, presses Reject and confirms.
    pub(super) async fn reject(&self, job: &str, workflow: &str) -> Result<()> {
        let form = self.people(job).await?.form("#people-form")?.tick(&format!("select-{workflow}"))?;
        let question = self.visitor.submit(form.untick("status").tick("reject")?).await?.succeeded()?;
        let summary = self.visitor.submit(question.form("#confirm-form")?.tick("confirm")?).await?.succeeded()?;
        ensure!(summary.has("#summary"), "no Summary after rejecting: {}", summary.words());
        Ok(())
    }

    /// The status label of a workflow, as its profile shows it.
    pub(super) async fn status(&self, workflow: &str) -> Result<String> {
        self.open(&format!("/workflows/{workflow}")).await?.text("#workflow-status")
    }

    /// How the portal application of a workflow stands, in the words of its profile.
    pub(super) async fn portal_application(&self, workflow: &str) -> Result<String> {
        self.open(&format!("/workflows/{workflow}")).await?.text("#application")
    }

    /// The section Assessments of the Screen tab.
    pub(super) async fn assessments(&self, workflow: &str) -> Result<Vec<AssessmentLine>> {
        let page = self.open(&format!("/workflows/{workflow}/screen")).await?;
        let rows = page.rows("tr.assessment")?;
        let links = page.links_in("tr.assessment", "a[id^='report-']")?;
        let lines = rows.into_iter().zip(links).map(|(cells, report)| match <[String; 7]>::try_from(cells) {
            Ok([name, _, status, score, result, notes, _]) => Ok(AssessmentLine { name, status, score, result, notes, report }),
            Err(cells) => bail!("a line of the section Assessments has seven cells: {cells:?}"),
        });
        lines.collect()
    }

    /// What the Screen tab says in the place of assessments.
    pub(super) async fn no_assessments(&self, workflow: &str) -> Result<String> {
        self.open(&format!("/workflows/{workflow}/screen")).await?.text("#no-assessments")
    }

    /// The hiring dashboard's table of assessments.
    pub(super) async fn dashboard(&self) -> Result<Vec<DashboardLine>> {
        let page = self.open("").await?;
        let rows = page.rows("#dashboard-assessments tbody tr")?;
        let links = page.links_in("#dashboard-assessments tbody tr", "a[id^='dashboard-report-']")?;
        let lines = rows.into_iter().zip(links).map(|(cells, report)| match <[String; 6]>::try_from(cells) {
            Ok([candidate, _, status, score, recommendation, _]) => {
                Ok(DashboardLine { candidate, shown: [status, score, recommendation], report })
            }
            Err(cells) => bail!("a line of the dashboard has six cells: {cells:?}"),
        });
        lines.collect()
    }

    /// Opens a report as the recruiter would, in the same browser.
    pub(super) async fn open_report(&self, link: &str) -> Result<Page> {
        self.visitor.open(link).await?.succeeded()
    }

    /// Opens a page that iCIMS leads to, in the same browser, however it is answered.
    pub(super) async fn visit(&self, link: &str) -> Result<Page> {
        self.visitor.open(link).await
    }

    /// Sends a form of such a page.
    pub(super) async fn send(&self, form: Form) -> Result<Page> {
        self.visitor.submit(form).await
    }

    /// Admin > Event Notifications: changes the settings and saves.
    pub(super) async fn set_events(&self, change: impl FnOnce(Form) -> Result<Form>) -> Result<()> {
        let form = self.open("/admin/event-notifications").await?.form("#event-form")?;
        let saved = self.visitor.submit(change(form)?).await?.succeeded()?;
        ensure!(saved.has("#notice"), "the settings were not saved: {}", saved.words());
        Ok(())
    }

    /// Admin > IP Address Restrictions: lets Harver's addresses in, and by that nobody else.
    pub(super) async fn allow_harver(&self) -> Result<()> {
        let form = self.open("/admin/ip-restrictions").await?.form("#harver-form")?;
        let page = self.visitor.submit(form).await?.succeeded()?;
        ensure!(page.has("#harver-addresses li[data-allowed=true]"), "Harver was not let in: {}", page.words());
        Ok(())
    }

    /// Admin > List Editor: loads a package into both lists.
    pub(super) async fn load_package(&self, label: &str) -> Result<()> {
        let form = self.open("/admin/lists").await?.form("#package-form")?.fill("label", label)?;
        self.visitor.submit(form).await?.succeeded().map(|_| ())
    }

    /// Admin > Fields: what the customer calls the e-mail field of people.
    pub(super) async fn call_email(&self, label: &str) -> Result<()> {
        self.call_field("person-email", label).await
    }

    /// The same of any field that is listed there, such as `job-assessmenttype`.
    pub(super) async fn call_field(&self, field: &str, label: &str) -> Result<()> {
        let form = self.open("/admin/fields").await?.form("#label-form")?;
        let form = form.fill_by_id(&format!("label-{field}"), label)?;
        self.visitor.submit(form).await?.succeeded().map(|_| ())
    }

    /// What the customer calls it now.
    pub(super) async fn field_label(&self, field: &str) -> Result<String> {
        self.open("/admin/fields").await?.attribute(&format!("#label-{field}"), "value")
    }

    /// The labels of the packages that are selected on a job.
    pub(super) async fn packages_of(&self, job: &str) -> Result<Vec<String>> {
        self.job(job).await?.texts(".package")
    }

    /// The labels in the list Assessment Type.
    pub(super) async fn packages(&self) -> Result<Vec<String>> {
        self.open("/admin/lists").await?.texts("#list-assessmenttype li > span")
    }

    async fn open(&self, path: &str) -> Result<Page> {
        self.visitor.open(&format!("{}{path}", self.home)).await?.succeeded()
    }
}

fn with_package(form: Form, wanted: Option<&str>) -> Result<Form> {
    let form = form.untick("assessmenttype");
    match wanted {
        Some(wanted) => form.tick_labelled("assessmenttype", |label| label == wanted),
        None => Ok(form),
    }
}

fn summary_line(summary: &Page, workflow: &str) -> Result<SummaryLine> {
    let advice = summary.texts(&format!("#advice-{workflow}"))?.into_iter().next().unwrap_or_default();
    Ok(SummaryLine {
        page: summary.url.to_string(),
        outcome: summary.attribute(&format!("#summary-{workflow}"), "data-outcome")?,
        message: summary.text(&format!("#message-{workflow}"))?,
        advice,
        link: summary.link(&format!("#confirm-package-line-{workflow}")).ok(),
    })
}
