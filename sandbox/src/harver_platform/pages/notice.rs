//! Pages that say one thing: links that do not work, and pages that need something else first.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::ui::Page;

/// One message with an optional way on.
#[derive(Template, Debug)]
#[template(path = "harver_platform/notice.html")]
pub(super) struct Notice {
    /// Element id, which tests look for.
    pub(super) id: &'static str,
    /// Language code of the texts.
    pub(super) lang: &'static str,
    /// Heading.
    pub(super) title: String,
    /// What happened and what to do.
    pub(super) paragraphs: Vec<String>,
    /// Element id, label and address of a button.
    pub(super) way_on: Option<(&'static str, String, String)>,
}

impl Notice {
    pub(super) fn english(id: &'static str, title: &str, paragraphs: &[&str]) -> Self {
        let paragraphs = paragraphs.iter().map(|text| (*text).to_owned()).collect();
        Self { id, lang: "en", title: title.into(), paragraphs, way_on: None }
    }
}

/// `GET /`.
pub(super) async fn front() -> Response {
    let paragraphs = [
        "This is the simulated Harver platform. Candidates come here by the personal link in their invitation, readers of a report by its link, recruiters and administrators by signing in.",
        "The public API is under /api/v1.0/; tokens come from POST /oauth/token.",
    ];
    let mut notice = Notice::english("front", "Harver platform", &paragraphs);
    notice.way_on = Some(("to-vacancies", "Vacancies".into(), "/app/vacancies".into()));
    Page::ok(notice).into_response()
}

/// `GET /app/terms`.
pub(super) async fn terms() -> Response {
    let paragraphs = [
        "The assessment measures how well you fit the position. Your answers and your result are shared with the company you apply to.",
        "Your data are kept as long as the application is under way, and removed on request to the company.",
        "This is the sample text of a simulation: nothing you enter leaves this computer.",
    ];
    Page::ok(Notice::english("terms", "Terms and privacy", &paragraphs)).into_response()
}

/// `GET /app/landing/{vacancy}`: the address of a vacancy without a personal link.
pub(super) async fn invitation_needed() -> Response {
    let paragraphs =
        ["You reach this assessment by the personal link in your invitation, or from your application at the company."];
    Page::ok(Notice::english("invitation-needed", "By invitation", &paragraphs)).into_response()
}

/// An address that takes forms and shows nothing, opened from the address bar or by going back.
pub(super) async fn only_for_forms() -> Response {
    let paragraphs =
        ["This address takes a form and has no page of its own. Nothing was changed; open the page with the form again."];
    let mut notice = Notice::english("only-for-forms", "Nothing to show", &paragraphs);
    notice.way_on = Some(("to-start", "To the start page".into(), "/".into()));
    Page(StatusCode::METHOD_NOT_ALLOWED, notice).into_response()
}

/// An address that is no page.
pub(super) async fn not_found() -> Response {
    let paragraphs =
        ["There is nothing at this address. If you came by a link in a mail, make sure that it was copied as a whole."];
    let mut notice = Notice::english("not-found", "Page not found", &paragraphs);
    notice.way_on = Some(("way-back", "To the start".into(), "/".into()));
    Page(StatusCode::NOT_FOUND, notice).into_response()
}

/// A personal link that was never handed out.
pub(super) fn unknown_link() -> Response {
    let paragraphs = [
        "This personal link is not known. Make sure that it was copied as a whole, or open the newest invitation you have received.",
        "If that does not help, ask the recruiter for a new invitation.",
    ];
    Page(StatusCode::NOT_FOUND, Notice::english("unknown-link", "This link does not work", &paragraphs)).into_response()
}

/// A page of the journey without a signed-in browser.
pub(super) fn signed_out() -> Response {
    let paragraphs = ["Open the personal link in your invitation again. Everything you have answered so far is kept."];
    Page(StatusCode::UNAUTHORIZED, Notice::english("signed-out", "You are signed out", &paragraphs)).into_response()
}

/// A report link that was never handed out, or has expired.
pub(super) fn report_gone(expired: bool) -> Response {
    let (status, id, title) = if expired {
        (StatusCode::GONE, "report-expired", "This report link has expired")
    } else {
        (StatusCode::NOT_FOUND, "report-unknown", "This report link does not work")
    };
    let paragraphs = ["Open the report again from the candidate's results in your ATS, which asks for a fresh link."];
    Page(status, Notice::english(id, title, &paragraphs)).into_response()
}

/// The change could not be stored.
pub(super) fn not_stored(reason: &str) -> Response {
    tracing::error!(reason, "A candidate's step could not be stored.");
    let paragraphs = ["What you sent could not be stored. Please go back and send it again in a moment."];
    Page(StatusCode::SERVICE_UNAVAILABLE, Notice::english("not-stored", "Please try again", &paragraphs)).into_response()
}
