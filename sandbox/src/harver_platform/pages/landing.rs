//! The way in: the magic link, and the landing page with its consent boxes.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::code;
use super::notice;
use super::session::{self, SignedOut, Visitor};
use super::wording::Wording;
use crate::engine::Tenant;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{ApplicationId, Language, VacancyId};
use crate::harver_platform::state::{AccountState, LinkProblem, Refusal, SignIn, Step, step};
use crate::ui::Page;

/// Title, description, language and consents.
#[derive(Template, Debug)]
#[template(path = "harver_platform/landing.html")]
struct Landing {
    wording: &'static Wording,
    account: String,
    first_name: String,
    title: String,
    description: String,
    location: String,
    parts: Vec<String>,
    languages: Vec<(Language, bool)>,
    language: Language,
    contact: bool,
    terms_missing: bool,
}

/// `GET /app/landing/{vacancy}/magic-link/{token}`: signs the browser in and goes on to the step the candidate is at.
pub(super) async fn follow_link(
    State(platform): State<HarverPlatform>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let Ok(Path((vacancy, token))) = path else { return notice::unknown_link() };
    let (Ok(vacancy), Some(account)) = (vacancy.parse::<VacancyId>(), platform.account_of_secret(&token)) else {
        return notice::unknown_link();
    };
    let now = platform.now();
    match account.write(|state| state.sign_in(&vacancy, &token, now)).await {
        Ok(signed_in) => enter(&platform, &account, &signed_in),
        Err(LinkProblem::Expired { application }) => account.read(|state| match state.journey(&application) {
            Ok((vacancy, application)) => code::expired_link(vacancy, application, &token, state.profile().magic_link_hours),
            Err(_) => notice::unknown_link(),
        }),
        Err(LinkProblem::Unknown) => notice::unknown_link(),
        Err(LinkProblem::Disk(error)) => notice::not_stored(&error.to_string()),
    }
}

/// Leaves the cookie of a browser that has just been signed in, and goes on to the step the candidate is at.
pub(super) fn enter(platform: &HarverPlatform, account: &Tenant<AccountState>, signed_in: &SignIn) -> Response {
    let cookie = session::cookie(&platform.0.surroundings, &signed_in.application, &signed_in.session);
    let address = account.read(|state| way_in(state, &signed_in.application));
    ([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response()
}

/// Whoever comes back after finishing is told so; everybody else goes on where they were.
fn way_in(state: &AccountState, application: &ApplicationId) -> String {
    let finished = state.journey(application).is_ok_and(|(vacancy, application)| step(vacancy, application) == Step::End);
    format!("/app/journey/{application}{}", if finished { "/completed" } else { "" })
}

/// `GET /app/journey/{application}/landing?lang=nl-NL`.
pub(super) async fn show(visitor: Visitor, query: Result<Query<BTreeMap<String, String>>, QueryRejection>) -> Response {
    let language = query.ok().and_then(|query| query.get("lang")?.parse().ok());
    page(&visitor, language, false, StatusCode::OK).into_response()
}

/// `POST /app/journey/{application}/landing`: accepts the terms and starts.
pub(super) async fn start(visitor: Visitor, body: Bytes) -> Response {
    let form = session::form(&body);
    let language = form.get("language").and_then(|code| code.parse().ok());
    let ticked = |name: &str| form.get(name).is_some_and(|value| value == "yes");
    if !ticked("terms") {
        return page(&visitor, language, ticked("contact"), StatusCode::UNPROCESSABLE_ENTITY).into_response();
    }
    let consents = ["terms", "contact"].map(|name| (name.to_owned(), ticked(name))).into();
    let started = visitor.account.write(|state| state.start(&visitor.application, consents, language, visitor.now)).await;
    match started {
        Ok(()) => visitor.go_on(),
        Err(Refusal::Disk(error)) => notice::not_stored(&error.to_string()),
        Err(_) => SignedOut.into_response(),
    }
}

fn page(visitor: &Visitor, language: Option<Language>, contact: bool, status: StatusCode) -> Result<Response, SignedOut> {
    if visitor.look(|_, vacancy, application| step(vacancy, application) != Step::Landing)? {
        return Ok(visitor.go_on());
    }
    let landing = visitor.look(|state, vacancy, application| {
        let settings = &vacancy.settings;
        let language = language.filter(|language| settings.languages.contains(language)).unwrap_or(application.language);
        let candidate = state.candidate(&application.candidate);
        Landing {
            wording: Wording::of(language),
            account: state.profile().name.clone(),
            first_name: candidate.map(|candidate| candidate.name.first.clone()).unwrap_or_default(),
            title: settings.public_title.clone(),
            description: settings.description.clone(),
            location: settings.location.clone(),
            parts: settings.modules.iter().map(|module| module.title.clone()).collect(),
            languages: settings.languages.iter().map(|offered| (*offered, *offered == language)).collect(),
            language,
            contact,
            terms_missing: status != StatusCode::OK,
        }
    })?;
    Ok(Page(status, landing).into_response())
}
