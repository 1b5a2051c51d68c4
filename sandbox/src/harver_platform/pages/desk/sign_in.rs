//! Signing in and out. An account has the Harver Admin of the sandbox as its user.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::visitor::{Desk, cookie_name};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::pages::notice;
use crate::harver_platform::state::Refusal;
use crate::ui::{Field, Given, Page};

/// Where signing in leads when nothing else was asked for.
pub(super) const FIRST: &str = "/app/vacancies";

/// The form.
#[derive(Template, Debug)]
#[template(path = "harver_platform/sign_in.html")]
struct SignInPage {
    id: &'static str,
    next: String,
    refusal: &'static str,
    fields: [Field; 2],
}

fn page(status: StatusCode, id: &'static str, next: &str, email: &str, refusal: &'static str) -> Response {
    let fields = [
        Field::new("email", "email", "E-mail").required().autocomplete("username").value(email),
        Field::new("password", "password", "Password").required().autocomplete("current-password"),
    ];
    Page(status, SignInPage { id, next: next.to_owned(), refusal, fields }).into_response()
}

/// The form in the place of a page that only those see who are signed in.
pub(super) fn needed(next: &str) -> Response {
    page(StatusCode::UNAUTHORIZED, "account-needed", own(next), "", "")
}

/// `GET /app/sign-in`
pub(super) async fn show(uri: Uri) -> Response {
    let asked = Given::parse(uri.query().unwrap_or_default().as_bytes());
    page(StatusCode::OK, "sign-in", own(asked.text("next")), "", "")
}

/// `POST /app/sign-in`
pub(super) async fn sign_in(State(platform): State<HarverPlatform>, body: Bytes) -> Response {
    let form = Given::parse(&body);
    let (email, next, now) = (form.text("email").to_owned(), own(form.text("next")).to_owned(), platform.now());
    // A password may begin or end with a space.
    let password = url::form_urlencoded::parse(&body).find(|(name, _)| name == "password").map(|(_, value)| value.into_owned());
    let password = password.unwrap_or_default();
    let account = platform.tenants().into_iter().find(|account| account.read(|state| state.knows_user(&email, &password)));
    let Some(account) = account else {
        let refusal = "This e-mail and this password do not belong together. The sandbox's overview shows both.";
        return page(StatusCode::UNPROCESSABLE_ENTITY, "sign-in", &next, &email, refusal);
    };
    match account.write(|state| Ok::<_, Refusal>(state.sign_user_in(&email, now))).await {
        Ok(session) => ([(header::SET_COOKIE, cookie(&platform, &session, ""))], Redirect::to(&next)).into_response(),
        Err(refusal) => notice::not_stored(&refusal.to_string()),
    }
}

/// `POST /app/sign-out`
pub(super) async fn sign_out(State(platform): State<HarverPlatform>, desk: Desk) -> Response {
    let forgotten = desk.account.write(|state| {
        state.sign_user_out(&desk.session);
        Ok::<(), Refusal>(())
    });
    match forgotten.await {
        Ok(()) => ([(header::SET_COOKIE, cookie(&platform, "", "; Max-Age=0"))], Redirect::to("/app/sign-in")).into_response(),
        Err(refusal) => notice::not_stored(&refusal.to_string()),
    }
}

fn cookie(platform: &HarverPlatform, session: &str, ends: &str) -> String {
    let surroundings = &platform.0.surroundings;
    let secure = if surroundings.base_url.scheme() == "https" { "; Secure" } else { "" };
    format!("{}={session}; Path=/app; HttpOnly; SameSite=Lax{secure}{ends}", cookie_name(surroundings))
}

/// Where to go after signing in: only to screens of this site, whatever a link to the form says.
fn own(next: &str) -> &str {
    let is_own = next.starts_with("/app/") && !next.contains(['\\', '\n', '\r']) && !next.starts_with("/app/sign-");
    if is_own { next } else { FIRST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_screens_of_this_site_alone() {
        assert_eq!(own("/app/vacancies?status=open"), "/app/vacancies?status=open");
        for elsewhere in ["", "//evil.example", "https://evil.example", "/", "/app/sign-out", "/app/\\evil", "/app/\r\nx: y"] {
            assert_eq!(own(elsewhere), FIRST, "{elsewhere}");
        }
    }
}
