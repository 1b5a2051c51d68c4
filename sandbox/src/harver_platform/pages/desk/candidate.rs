//! The Candidate Detail Page: one application with its results and its reports. Its address does not expire; it asks for an account
//! (`harver-platform.md` 10).

use askama::Template;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;

use super::candidates::in_words;
use super::visitor::{Desk, Refused, Shell};
use crate::harver_platform::model::{ApplicationId, EXTENDED_GUIDE_LIFE, HUB_LIFE, LONGEST_HUB_LIFE, ReportKind, VacancyId};
use crate::harver_platform::pages::report::{Label, Line, indicators, label, modules, moment};
use crate::harver_platform::state::Refusal;
use crate::ui::Given;
use crate::ui::Page;

/// The page.
#[derive(Template, Debug)]
#[template(path = "harver_platform/candidate.html")]
struct CandidatePage {
    shell: Shell,
    id: ApplicationId,
    vacancy: VacancyId,
    vacancy_title: String,
    name: String,
    facts: Vec<(&'static str, &'static str, String)>,
    result: Option<ResultShown>,
    ats: Vec<(String, String)>,
    mails: Vec<(String, &'static str)>,
    refusal: &'static str,
}

/// What came out.
#[derive(Debug)]
struct ResultShown {
    score: u32,
    label: Option<Label>,
    indicators: Vec<Line>,
    modules: Vec<Line>,
    reports: Vec<Offer>,
}

/// A report that can be opened, and for how long its link works: value and words of each choice.
#[derive(Debug)]
struct Offer {
    word: &'static str,
    title: &'static str,
    lives: &'static [(&'static str, &'static str)],
}

/// `GET /app/candidates/{application}`
pub(super) async fn show(desk: Desk) -> Result<Response, Refused> {
    let id: ApplicationId = desk.id("application")?;
    Ok(Page::ok(page(&desk, &id, "")?).into_response())
}

/// `POST /app/candidates/{application}/reports`: makes a link and follows it.
pub(super) async fn open_report(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (id, form) = (desk.id::<ApplicationId>("application")?, Given::parse(&body));
    let kind = ReportKind::ALL.into_iter().find(|kind| kind.word() == form.text("report"));
    let life = kind.and_then(|kind| life(kind, form.text("life")));
    let (Some(kind), Some(life)) = (kind, life) else {
        let page = page(&desk, &id, "Choose a report, and how long its link works, from the list.")?;
        return Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    match desk.account.write(|state| state.link_report(&id, kind, life, true, desk.now)).await {
        Ok((token, _)) => Ok(Redirect::to(&kind.address(&token)).into_response()),
        Err(Refusal::Unknown("report")) => {
            let page =
                page(&desk, &id, "There is no such report: the assessment is not finished, or the vacancy does not have it.")?;
            Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The choices for each kind, by their value in the form.
fn lives(kind: ReportKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        ReportKind::ReportsHub => &[("shortest", "2 weeks"), ("longest", "1 year")],
        ReportKind::InterviewGuide => &[("shortest", "15 minutes"), ("longest", "2 months")],
        ReportKind::CandidateReport | ReportKind::FactSheet | ReportKind::DevelopmentReport => &[("shortest", "15 minutes")],
    }
}

fn life(kind: ReportKind, chosen: &str) -> Option<SignedDuration> {
    match (kind, chosen) {
        (ReportKind::ReportsHub, "longest") => Some(LONGEST_HUB_LIFE),
        (ReportKind::ReportsHub, "shortest") => Some(HUB_LIFE),
        (ReportKind::InterviewGuide, "longest") => Some(EXTENDED_GUIDE_LIFE),
        (kind, "shortest") => Some(kind.life()),
        _ => None,
    }
}

fn page(desk: &Desk, id: &ApplicationId, refusal: &'static str) -> Result<CandidatePage, Refused> {
    desk.account.read(|state| {
        let (vacancy, application) = state.journey(id)?;
        let candidate = state.candidate(&application.candidate)?;
        let settings = &vacancy.settings;
        let on = |at: Option<_>| at.map_or_else(|| "–".to_owned(), moment);
        let facts = vec![
            ("candidate-email", "Mail address", candidate.email.to_string()),
            ("candidate-status", "Status", in_words(application.status).to_owned()),
            ("candidate-progress", "Progress", format!("{} of {}", application.answers.len(), settings.modules.len())),
            ("registered-on", "Registered", moment(application.created_at)),
            ("started-on", "Started", on(application.started_at)),
            ("completed-on", "Completed", on(application.completed_at)),
            ("candidate-language", "Language", application.language.own_name().to_owned()),
        ];
        let offer = |kind: ReportKind| Offer { word: kind.word(), title: kind.title(), lives: lives(kind) };
        let result = application.result.as_ref().map(|result| ResultShown {
            score: result.rounded(),
            label: label(&settings.profile.brackets, result.bracket.as_ref()),
            indicators: indicators(vacancy, result),
            modules: modules(vacancy, application, result),
            reports: ReportKind::ALL.into_iter().filter(|kind| settings.has_report(*kind)).map(offer).collect(),
        });
        Ok(CandidatePage {
            shell: desk.shell.clone(),
            id: id.clone(),
            vacancy: vacancy.id.clone(),
            vacancy_title: settings.internal_title.clone(),
            name: candidate.name.full(),
            facts,
            result,
            ats: application.ats.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
            mails: application.mailed.iter().map(|mail| (moment(mail.at), mail.kind.title())).collect(),
            refusal,
        })
    })
}
