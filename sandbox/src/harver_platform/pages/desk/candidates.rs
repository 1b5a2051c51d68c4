//! The candidates of a vacancy, the latest first.

use askama::Template;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};

use super::vacancy::Head;
use super::visitor::{Desk, Refused};
use crate::harver_platform::model::{Application, ApplicationId, ApplicationStatus, Candidate, Vacancy, VacancyId};
use crate::harver_platform::pages::report::{Label, label};
use crate::ui::{Given, Page};

/// How many candidates the tab shows.
const SHOWN: usize = 100;

/// The tab.
#[derive(Template, Debug)]
#[template(path = "harver_platform/vacancy_candidates.html")]
struct CandidatesTab {
    head: Head,
    q: String,
    rows: Vec<Row>,
    count: usize,
    is_empty: bool,
    /// Whether there are more, and nobody looks for somebody.
    is_cut: bool,
}

/// One candidate.
#[derive(Debug)]
struct Row {
    id: ApplicationId,
    name: String,
    email: String,
    status: &'static str,
    progress: String,
    score: String,
    label: Option<Label>,
}

/// `GET /app/vacancies/{vacancy}/candidates?q=…`
pub(super) async fn show(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let (id, asked) = (desk.id::<VacancyId>("vacancy")?, Given::parse(uri.query().unwrap_or_default().as_bytes()));
    let q = asked.text("q").to_owned();
    let page = desk.account.read(|state| {
        let vacancy = state.vacancy(&id)?;
        let mut found: Vec<&Application> = state.applications().filter(|application| application.vacancy == id).collect();
        found.sort_by_key(|application| std::cmp::Reverse(application.created_at));
        let count = found.len();
        let wanted = q.to_lowercase();
        let people =
            found.into_iter().filter_map(|application| Some((application, state.candidate(&application.candidate).ok()?)));
        let is_found = |(_, candidate): &(_, &Candidate)| {
            candidate.name.full().to_lowercase().contains(&wanted) || candidate.email.as_str().contains(&wanted)
        };
        let rows = people.filter(is_found).take(SHOWN);
        let rows = rows.map(|(application, candidate)| row(vacancy, application, candidate)).collect();
        let (is_empty, is_cut) = (count == 0, count > SHOWN && q.is_empty());
        Ok::<_, Refused>(CandidatesTab { head: Head::of(&desk, vacancy, "/candidates"), q, rows, count, is_empty, is_cut })
    });
    Ok(Page::ok(page?).into_response())
}

fn row(vacancy: &Vacancy, application: &Application, candidate: &Candidate) -> Row {
    let result = application.result.as_ref();
    Row {
        id: application.id.clone(),
        name: candidate.name.full(),
        email: candidate.email.to_string(),
        status: in_words(application.status),
        progress: format!("{} of {}", application.answers.len(), vacancy.settings.modules.len()),
        score: result.map(|result| result.rounded().to_string()).unwrap_or_default(),
        label: result.and_then(|result| label(&vacancy.settings.profile.brackets, result.bracket.as_ref())),
    }
}

/// A status as screens call it (`harver-platform.md` 3).
pub(super) fn in_words(status: ApplicationStatus) -> &'static str {
    match status {
        ApplicationStatus::InProgress => "In progress",
        ApplicationStatus::New => "New",
        ApplicationStatus::Shortlisted => "Shortlisted",
        ApplicationStatus::TalentPool => "Talent Pool",
        ApplicationStatus::Invited => "Invited",
        ApplicationStatus::Rejected => "Rejected",
        ApplicationStatus::Hired => "Hired",
        ApplicationStatus::Contract => "Contract",
    }
}
