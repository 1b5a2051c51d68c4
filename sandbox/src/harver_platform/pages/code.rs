//! A magic link that has expired, and the confirmation code that opens the same door (`harver-platform.md` 4).

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::wording::Wording;
use super::{landing, notice, session};
use crate::engine::Tenant;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{Application, AuthenticationStrategy, Vacancy, VacancyId};
use crate::harver_platform::state::{AccountState, CodeProblem, Refusal};
use crate::ui::Page;

/// What the path of a link names.
type LinkPath = Result<Path<(String, String)>, PathRejection>;

/// A link that was good once, with what can be done about it.
#[derive(Template, Debug)]
#[template(path = "harver_platform/expired.html")]
struct Expired {
    wording: &'static Wording,
    paragraphs: Vec<String>,
    /// Where a code is asked for; empty if there are none.
    code_address: String,
    way_back: Option<String>,
}

/// Where the code is typed.
#[derive(Template, Debug)]
#[template(path = "harver_platform/code.html")]
struct CodePage {
    wording: &'static Wording,
    address: String,
    email: String,
    error: String,
    refusal: String,
}

/// The page of a link that has expired.
pub(super) fn expired_link(vacancy: &Vacancy, application: &Application, token: &str, hours: u32) -> Response {
    let wording = Wording::of(application.language);
    let mut paragraphs = vec![wording.expired(hours), wording.expired_advice.to_owned()];
    let has_codes = vacancy.settings.authentication != AuthenticationStrategy::AtsOnly;
    if has_codes {
        paragraphs.push(wording.code_offer.to_owned());
    }
    let code_address = if has_codes { address(&vacancy.id, token) } else { String::new() };
    let way_back = application.way_back(vacancy).map(String::from);
    Page(StatusCode::GONE, Expired { wording, paragraphs, code_address, way_back }).into_response()
}

/// `GET /app/landing/{vacancy}/magic-link/{token}/code`.
pub(super) async fn show(State(platform): State<HarverPlatform>, path: LinkPath) -> Response {
    let Some(link) = Link::of(&platform, path) else { return notice::unknown_link() };
    link.page(StatusCode::OK, None)
}

/// `POST /app/landing/{vacancy}/magic-link/{token}/code`: sends a code to the candidate.
pub(super) async fn send(State(platform): State<HarverPlatform>, path: LinkPath) -> Response {
    let Some(link) = Link::of(&platform, path) else { return notice::unknown_link() };
    let now = platform.now();
    let asked = link.account.write(|state| Ok::<_, Refusal>(state.ask_for_code(&link.vacancy, &link.token, now))).await;
    match asked {
        Ok(Ok(())) => Redirect::to(&address(&link.vacancy, &link.token)).into_response(),
        Ok(Err(problem @ CodeProblem::TooMany { .. })) => link.page(StatusCode::TOO_MANY_REQUESTS, Some(problem)),
        Ok(Err(_)) => notice::unknown_link(),
        Err(refusal) => notice::not_stored(&refusal.to_string()),
    }
}

/// `POST /app/landing/{vacancy}/magic-link/{token}/code/confirm`: signs the browser in by the code.
pub(super) async fn confirm(State(platform): State<HarverPlatform>, path: LinkPath, body: Bytes) -> Response {
    let Some(link) = Link::of(&platform, path) else { return notice::unknown_link() };
    let form = session::form(&body);
    // People copy codes with the spaces around and within them.
    let digits: String = form.get("code").map(String::as_str).unwrap_or_default().split_whitespace().collect();
    let now = platform.now();
    match link.account.write(|state| state.redeem_code(&link.vacancy, &link.token, &digits, now)).await {
        Ok(Ok(signed_in)) => landing::enter(&platform, &link.account, &signed_in),
        Ok(Err(CodeProblem::UnknownLink)) => notice::unknown_link(),
        Ok(Err(problem)) => link.page(StatusCode::UNPROCESSABLE_ENTITY, Some(problem)),
        Err(refusal) => notice::not_stored(&refusal.to_string()),
    }
}

/// A link that was handed out, whether or not it still works.
struct Link {
    account: Arc<Tenant<AccountState>>,
    vacancy: VacancyId,
    token: String,
}

impl Link {
    fn of(platform: &HarverPlatform, path: LinkPath) -> Option<Self> {
        let Path((vacancy, token)) = path.ok()?;
        let (vacancy, account) = (vacancy.parse::<VacancyId>().ok()?, platform.account_of_secret(&token)?);
        account.read(|state| {
            let id = state.whose_link(&vacancy, &token)?;
            let (found, _) = state.journey(&id).ok()?;
            (found.settings.authentication != AuthenticationStrategy::AtsOnly).then_some(())
        })?;
        Some(Self { account, vacancy, token })
    }

    fn page(&self, status: StatusCode, problem: Option<CodeProblem>) -> Response {
        let shown = self.account.read(|state| {
            let id = state.whose_link(&self.vacancy, &self.token)?;
            let (_, application) = state.journey(&id).ok()?;
            let candidate = state.candidate(&application.candidate).ok()?;
            Some((Wording::of(application.language), candidate.email.masked()))
        });
        let Some((wording, email)) = shown else { return notice::unknown_link() };
        let told = problem.map(|problem| wording.code_problem(problem)).unwrap_or_default();
        let is_sending = matches!(problem, Some(CodeProblem::TooMany { .. }));
        let (error, refusal) = if is_sending { (String::new(), told) } else { (told, String::new()) };
        let page = CodePage { wording, address: address(&self.vacancy, &self.token), email, error, refusal };
        Page(status, page).into_response()
    }
}

fn address(vacancy: &VacancyId, token: &str) -> String {
    format!("/app/landing/{vacancy}/magic-link/{token}/code")
}
