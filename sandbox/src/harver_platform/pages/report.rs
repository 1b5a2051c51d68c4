//! Reports of a finished application, opened by a link that needs no account (`harver-platform.md` 10).

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::wording::Wording;
use super::{notice, pdf};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{Application, Bracket, Candidate, Language, ReportKind, ReportLink, Vacancy};
use crate::harver_platform::scoring::Outcome;
use crate::harver_platform::state::AccountState;
use crate::ui::Page;

type Parameters = Query<BTreeMap<String, String>>;

/// The languages a report can be read in.
const LANGUAGES: [Language; 2] = [Language::EN_US, Language::NL_NL];

/// A report; what it shows depends on its kind.
#[derive(Template, Debug)]
#[template(path = "harver_platform/report.html")]
struct Report {
    wording: &'static Wording,
    kind: ReportKind,
    account: String,
    heading: &'static str,
    /// What is said beside each score of an indicator.
    advice: Option<Advice>,
    /// Further reports on the same page: what they say of each indicator.
    further: Vec<Advice>,
    has_modules: bool,
    is_masked: bool,
    token: String,
    languages: Vec<(Language, bool)>,
    name: String,
    email: String,
    vacancy: String,
    completed_on: String,
    valid_until: String,
    score: u32,
    label: Option<Label>,
    indicators: Vec<Line>,
    modules: Vec<Line>,
}

impl Report {
    /// What the document says, line by line.
    fn lines(&self) -> Vec<pdf::Line> {
        let wording = self.wording;
        let mut lines = vec![
            pdf::Line::title(format!("{} – {}", self.heading, self.name)),
            pdf::Line::plain(format!("{} · {}: {}", self.account, wording.vacancy, self.vacancy)),
            pdf::Line::plain(format!("{}: {}", wording.email, self.email)),
            pdf::Line::plain(format!("{}: {}", wording.completed_on, self.completed_on)),
        ];
        let overall = self.label.as_ref().map_or_else(String::new, |label| format!(", {}", label.name));
        lines.push(pdf::Line::heading(format!("{}: {} {}{overall}", wording.overall, self.score, wording.out_of)));
        let mut section = |heading: &str, scores: &[Line]| {
            lines.push(pdf::Line::heading(heading.to_owned()));
            for score in scores {
                let label = score.label.as_ref().map_or_else(String::new, |label| format!(", {}", label.name));
                lines.push(pdf::Line::plain(format!("{}: {}{label}", score.name, score.score)));
                if let Some(advice) = self.advice.filter(|_| heading == wording.indicators) {
                    lines.push(pdf::Line::plain(advice.on(score).to_owned()));
                }
            }
        };
        section(wording.indicators, &self.indicators);
        if self.has_modules {
            section(wording.modules, &self.modules);
        }
        for further in &self.further {
            lines.push(pdf::Line::heading(further.heading.to_owned()));
            let said = |score: &Line| pdf::Line::plain(format!("{}: {}", score.name, further.on(score)));
            lines.extend(self.indicators.iter().map(said));
        }
        lines
    }
}

/// What a report says of an indicator that is low, and of one that is not.
#[derive(Clone, Copy, Debug)]
struct Advice {
    kind: ReportKind,
    heading: &'static str,
    low: &'static str,
    high: &'static str,
}

impl Advice {
    fn of(kind: ReportKind, wording: &Wording) -> Option<Self> {
        let (heading, low, high) = match kind {
            ReportKind::InterviewGuide => (wording.guide, wording.ask_low, wording.ask_high),
            ReportKind::DevelopmentReport => (wording.development, wording.grow_low, wording.grow_high),
            ReportKind::ReportsHub | ReportKind::CandidateReport | ReportKind::FactSheet => return None,
        };
        Some(Self { kind, heading, low, high })
    }

    fn on(&self, score: &Line) -> &'static str {
        if score.is_low { self.low } else { self.high }
    }
}

/// The name of a bracket and how good it is.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) name: String,
    pub(super) tone: &'static str,
}

/// One score.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) score: u32,
    pub(super) label: Option<Label>,
    pub(super) is_cut_off: bool,
    pub(super) is_low: bool,
}

/// `GET /reports-hub?token=…&lang=en-US`.
pub(super) async fn reports_hub(State(platform): State<HarverPlatform>, query: Result<Parameters, QueryRejection>) -> Response {
    open(&platform, query, ReportKind::ReportsHub)
}

/// `GET /reports/candidate-report?token=…`. A page instead of a PDF (*assumed* to carry the same).
pub(super) async fn candidate_report(
    State(platform): State<HarverPlatform>,
    query: Result<Parameters, QueryRejection>,
) -> Response {
    open(&platform, query, ReportKind::CandidateReport)
}

/// `GET /reports/fact-sheet?token=…`.
pub(super) async fn fact_sheet(State(platform): State<HarverPlatform>, query: Result<Parameters, QueryRejection>) -> Response {
    open(&platform, query, ReportKind::FactSheet)
}

/// `GET /reports/interview-guide?token=…`.
pub(super) async fn interview_guide(
    State(platform): State<HarverPlatform>,
    query: Result<Parameters, QueryRejection>,
) -> Response {
    open(&platform, query, ReportKind::InterviewGuide)
}

/// `GET /reports/development-report?token=…`.
pub(super) async fn development_report(
    State(platform): State<HarverPlatform>,
    query: Result<Parameters, QueryRejection>,
) -> Response {
    open(&platform, query, ReportKind::DevelopmentReport)
}

/// `GET /reports/download?token=…&lang=en-US`: the same report as a document, for as long as its link works.
pub(super) async fn download(State(platform): State<HarverPlatform>, query: Result<Parameters, QueryRejection>) -> Response {
    look(&platform, query, None, |report| {
        let name = format!("attachment; filename=\"{}.pdf\"", report.kind.word());
        let headers = [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (headers, pdf::document(&report.lines())).into_response()
    })
}

fn open(platform: &HarverPlatform, query: Result<Parameters, QueryRejection>, kind: ReportKind) -> Response {
    look(platform, query, Some(kind), |report| Page::ok(report).into_response())
}

/// Shows a report by its link, of this kind if one is named.
fn look(
    platform: &HarverPlatform,
    query: Result<Parameters, QueryRejection>,
    kind: Option<ReportKind>,
    show: impl FnOnce(Report) -> Response,
) -> Response {
    let Ok(Query(query)) = query else { return notice::report_gone(false) };
    let token = query.get("token").map(String::as_str).unwrap_or_default();
    let Some(account) = platform.account_of_secret(token) else { return notice::report_gone(false) };
    let now = platform.now();
    account.read(|state| {
        let link = state.report_link(token).filter(|link| kind.is_none_or(|kind| link.kind == kind));
        let Some(link) = link else { return notice::report_gone(false) };
        if link.expires_at <= now {
            return notice::report_gone(true);
        }
        let language = query.get("lang").and_then(|code| code.parse::<Language>().ok());
        report(state, token, link, language).map_or_else(|| notice::report_gone(false), show)
    })
}

fn report(state: &AccountState, token: &str, link: &ReportLink, language: Option<Language>) -> Option<Report> {
    let (vacancy, application) = state.journey(&link.application).ok()?;
    let candidate = state.candidate(&application.candidate).ok()?;
    let outcome = application.result.as_ref()?;
    let wording = Wording::of(language.unwrap_or(application.language));
    let shown = LANGUAGES.into_iter().find(|offered| Wording::of(*offered).lang == wording.lang);
    let (name, email) = identity(candidate, link.allowed_pii);
    let advice = Advice::of(link.kind, wording);
    let (heading, has_modules) = match link.kind {
        ReportKind::ReportsHub | ReportKind::CandidateReport => (wording.report, true),
        ReportKind::FactSheet => (wording.fact_sheet, false),
        ReportKind::InterviewGuide | ReportKind::DevelopmentReport => (advice?.heading, false),
    };
    // All reports of the vacancy are on the hub's one page; what the others say is there already.
    let on_the_page = if link.kind == ReportKind::ReportsHub { &ReportKind::ALL[..] } else { &[] };
    let configured = on_the_page.iter().filter(|kind| vacancy.settings.has_report(**kind));
    let further = configured.filter_map(|kind| Advice::of(*kind, wording)).collect();
    Some(Report {
        wording,
        account: state.profile().name.clone(),
        kind: link.kind,
        heading,
        advice,
        further,
        has_modules,
        is_masked: !link.allowed_pii,
        token: token.to_owned(),
        languages: LANGUAGES.map(|offered| (offered, Some(offered) == shown)).into(),
        name,
        email,
        vacancy: vacancy.settings.public_title.clone(),
        completed_on: application.completed_at.map(moment).unwrap_or_default(),
        valid_until: moment(link.expires_at),
        score: outcome.rounded(),
        label: label(&vacancy.settings.profile.brackets, outcome.bracket.as_ref()),
        indicators: indicators(vacancy, outcome),
        modules: modules(vacancy, application, outcome),
    })
}

fn identity(candidate: &Candidate, allowed_pii: bool) -> (String, String) {
    if allowed_pii {
        (candidate.name.full(), candidate.email.to_string())
    } else {
        (candidate.name.masked(), candidate.email.masked())
    }
}

pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The highest label is good, the lowest is bad, those between are fair.
pub(super) fn label(brackets: &[Bracket], id: Option<&String>) -> Option<Label> {
    let position = brackets.iter().position(|bracket| Some(&bracket.id) == id)?;
    let tone = match position {
        0 => "good",
        last if last + 1 == brackets.len() => "bad",
        _ => "fair",
    };
    Some(Label { name: brackets[position].name.clone(), tone })
}

pub(super) fn indicators(vacancy: &Vacancy, outcome: &Outcome) -> Vec<Line> {
    let line = |score: &crate::harver_platform::scoring::IndicatorScore| {
        let indicator = vacancy.settings.profile.indicators.iter().find(|indicator| indicator.id == score.indicator)?;
        let label = label(&indicator.brackets, score.bracket.as_ref());
        let is_low = label.as_ref().is_some_and(|label| label.tone != "good");
        Some(Line {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            score: score.score,
            label,
            is_cut_off: score.fail,
            is_low,
        })
    };
    outcome.indicators.iter().filter_map(line).collect()
}

pub(super) fn modules(vacancy: &Vacancy, application: &Application, outcome: &Outcome) -> Vec<Line> {
    let answered = outcome.modules.iter().filter(|score| application.answers.contains_key(&score.module));
    let line = |score: &crate::harver_platform::scoring::ModuleScore| {
        let module = vacancy.module(&score.module)?;
        Some(Line {
            id: module.key.clone(),
            name: module.type_name().to_owned(),
            score: score.score,
            label: None,
            is_cut_off: false,
            is_low: false,
        })
    };
    answered.filter_map(line).collect()
}
