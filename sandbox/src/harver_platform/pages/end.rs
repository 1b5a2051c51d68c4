//! The End Page: thanks, and the way back to the ATS.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::session::{SignedOut, Visitor};
use super::wording::Wording;
use crate::harver_platform::state::{Step, step};
use crate::ui::Page;

/// Thanks, right after finishing or when coming back later.
#[derive(Template, Debug)]
#[template(path = "harver_platform/end.html")]
struct End {
    wording: &'static Wording,
    account: String,
    vacancy: String,
    first_name: String,
    return_url: Option<String>,
    button: String,
    came_back: bool,
}

/// `GET /app/journey/{application}/end`.
pub(super) async fn show(visitor: Visitor) -> Response {
    page(&visitor, false).into_response()
}

/// `GET /app/journey/{application}/completed`: for whoever follows the link again.
pub(super) async fn show_completed(visitor: Visitor) -> Response {
    page(&visitor, true).into_response()
}

fn page(visitor: &Visitor, came_back: bool) -> Result<Response, SignedOut> {
    if visitor.look(|_, vacancy, application| step(vacancy, application) != Step::End)? {
        return Ok(visitor.go_on());
    }
    let end = visitor.look(|state, vacancy, application| End {
        button: vacancy.settings.end_page.button.clone(),
        wording: Wording::of(application.language),
        account: state.profile().name.clone(),
        vacancy: vacancy.settings.public_title.clone(),
        first_name: state.candidate(&application.candidate).map(|candidate| candidate.name.first.clone()).unwrap_or_default(),
        return_url: application.way_back(vacancy).map(String::from),
        came_back,
    })?;
    Ok(Page::ok(end).into_response())
}
