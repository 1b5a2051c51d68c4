//! Signing in and out.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;

use super::admin::known_as;
use super::form::{Asked, Fields, Text};
use super::kept::{self, Kept};
use super::page::{Failure, Page};
use super::password::NOBODYS;
use super::session::{self, SignedForm};
use super::sign_ins::NotYet;
use super::words::Moment;
use super::{Console, HOME};
use crate::store::StoreError;
use crate::store::admins::{self, Admin, Session};
use crate::web::{Caller, hash_of, new_token};

/// Where one signs in.
pub(super) const PATH: &str = "/console/sign-in";

/// How long somebody stays signed in: a working day.
const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(8);

#[derive(Template)]
#[template(path = "console/pages/sign_in.html")]
struct SignInPage {
    /// What was typed before, so that only the password is to be typed again.
    email: String,
    /// Where to go afterwards.
    next: String,
    /// The form that was sent when the session had ended.
    kept: Option<Kept>,
    refusal: Option<String>,
    signed_out: bool,
    support_contact: String,
}

/// What is typed to be let in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    email: Text,
    password: SecretString,
    /// Where to go afterwards.
    next: Text,
}

/// What the page is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Way {
    /// Where to go afterwards.
    next: Text,
    /// Somebody has just signed out.
    signed_out: Text,
}

/// Why somebody was not let in.
enum Refused {
    /// Unknown address or wrong password; which of them is not told.
    WrongPair,
    /// Too many failures.
    TooMany { until: Timestamp },
    /// Too many sign-ins at once.
    Busy,
}

/// The form.
pub(super) async fn form(
    State(console): State<Console>,
    caller: Caller,
    headers: HeaderMap,
    Asked(way): Asked<Way>,
) -> Result<Response, Failure> {
    let next = local(&way.next);
    if session::signed_in(&headers, caller, &console).await?.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let page = SignInPage {
        email: String::new(),
        next: next.to_owned(),
        kept: None,
        refusal: None,
        signed_out: !way.signed_out.is_empty(),
        support_contact: console.support_contact,
    };
    Ok(Page::ok(page).into_response())
}

/// The form, filled in.
pub(super) async fn sign_in(
    State(console): State<Console>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    console.rates.of_stranger(caller.0).map_err(Failure::TooOften)?;
    let form: SignInForm = fields.read()?;
    // The form that came too late is carried as it is: which fields it has is known where it was sent to.
    let kept = Kept::carried(&fields.read()?, &fields);
    let (email, next) = (known_as(&form.email), local(&form.next));
    let admin = match authenticate(&console, &email, caller, form.password).await? {
        Ok(admin) => admin,
        Err(refused) => return Ok(refusal(&console, refused, form.email.to_owned(), next, kept)),
    };
    let (session, cookie) = open_session(&console, admin, &headers).await?;
    let resumed = match kept {
        Some(kept) => kept.resumed(&console, session).await?,
        None => None,
    };
    let answer = resumed.unwrap_or_else(|| Redirect::to(next).into_response());
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

/// The sign-in for somebody whose session had ended when a form was sent. What was typed is carried along; a form without anything is
/// not worth a word.
pub(super) fn with_form(
    console: &Console,
    headers: &HeaderMap,
    action: &Uri,
    form_token: &SecretString,
    fields: &Fields,
) -> Response {
    let Some(kept) = Kept::of(action, form_token, fields) else { return Redirect::to(PATH).into_response() };
    let page = SignInPage {
        email: String::new(),
        next: local(&kept::page_of(headers).unwrap_or_default()).to_owned(),
        kept: Some(kept),
        refusal: None,
        signed_out: false,
        support_contact: console.support_contact.clone(),
    };
    Page(StatusCode::FORBIDDEN, page).into_response()
}

/// Ends the session of whoever asks for it.
pub(super) async fn sign_out(State(console): State<Console>, form: SignedForm) -> Result<Response, Failure> {
    console.store.write(move |tx| admins::close_session(tx, &form.by.token_hash)).await?;
    let gone = [(header::SET_COOKIE, session::no_cookie(&console.public_url))];
    Ok((gone, Redirect::to("/console/sign-in?signed_out=yes")).into_response())
}

/// Where somebody who wants a page signs in first.
pub(super) fn on_the_way_to(page: &Uri) -> String {
    let page = page.path_and_query().map_or(HOME, |page| page.as_str());
    if page == HOME {
        return PATH.to_owned();
    }
    format!("{PATH}?next={}", url::form_urlencoded::byte_serialize(page.as_bytes()).collect::<String>())
}

/// A page of the console, or the first one when something else was named: nobody is sent away to another site after signing in.
fn local(next: &str) -> &str {
    let below = next.strip_prefix(HOME).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if below && plain { next } else { HOME }
}

async fn authenticate(
    console: &Console,
    email: &str,
    Caller(from): Caller,
    password: SecretString,
) -> Result<Result<Admin, Refused>, Failure> {
    let attempt = match console.sign_ins.begin(email, from, console.clock.now()).await {
        Ok(attempt) => attempt,
        Err(NotYet::Locked { until }) => return Ok(Err(Refused::TooMany { until })),
        Err(NotYet::Busy) => return Ok(Err(Refused::Busy)),
        Err(NotYet::Unknown(error)) => return Err(error.into()),
    };
    let wanted = email.to_owned();
    let admin = console.store.read(move |tx| admins::find(tx, &wanted)).await?;
    let hash = admin.as_ref().map_or(NOBODYS, |admin| &admin.password_hash).to_owned();
    let Ok(is_right) = console.sign_ins.check(password, hash).await else {
        return Ok(Err(Refused::Busy));
    };
    Ok(match admin.filter(|_| is_right) {
        Some(admin) => {
            attempt.succeeded().await?;
            Ok(admin)
        }
        None => {
            attempt.failed().await?;
            Err(Refused::WrongPair)
        }
    })
}

/// A new session each time, so that nobody can hand a prepared one to somebody else; the one before it ends.
async fn open_session(console: &Console, admin: Admin, headers: &HeaderMap) -> Result<(Session, HeaderValue), Failure> {
    let (token, now) = (new_token(), console.clock.now());
    let expires_at = now.saturating_add(SESSION_LIFE).unwrap_or(Timestamp::MAX);
    let form_token = session::new_form_token(admin.customer);
    let opened = Session { email: admin.email, customer: admin.customer, role: admin.role, form_token };
    let session = opened.clone();
    let (hash, before) = (hash_of(&token), session::token_in(headers, &console.public_url).map(hash_of));
    console
        .store
        .write(move |tx| -> Result<(), StoreError> {
            if let Some(before) = &before {
                admins::close_session(tx, before)?;
            }
            admins::open_session(tx, &hash, &session, now, expires_at)
        })
        .await?;
    tracing::info!(customer.id = %admin.customer, "Somebody signed in to the console.");
    Ok((opened, session::cookie(&token, &console.public_url)))
}

/// The form again, with what was typed and what it carries along.
fn refusal(console: &Console, refused: Refused, email: String, next: &str, kept: Option<Kept>) -> Response {
    let (status, sentence, wait) = match refused {
        Refused::WrongPair => {
            let sentence = "The e-mail address and the password do not belong together. Check both and try again.".to_owned();
            (StatusCode::FORBIDDEN, sentence, None)
        }
        Refused::TooMany { until } => {
            tracing::warn!("Sign-ins to the console failed too often for one name from one place; it has to wait there.");
            let sentence = format!(
                "Too many sign-ins have failed for this address. The next one is possible at {}.",
                Moment::at_the_latest(until)
            );
            (StatusCode::TOO_MANY_REQUESTS, sentence, Some(until.duration_since(console.clock.now()).as_secs().max(0) + 1))
        }
        Refused::Busy => {
            let sentence = "Too many people are signing in at the moment. Try again in a few seconds.".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, sentence, Some(5))
        }
    };
    let page = SignInPage {
        email,
        next: next.to_owned(),
        kept,
        refusal: Some(sentence),
        signed_out: false,
        support_contact: console.support_contact.clone(),
    };
    let mut response = Page(status, page).into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_console_are_returned_to() {
        for page in ["/console", "/console/orders", "/console/orders?before=7", "/console?x=1"] {
            assert_eq!(local(page), page);
        }
        for elsewhere in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/console",
            "/consoles",
            "/console@evil.example",
            "/console/\\evil",
            "/console/\r\nSet-Cookie: a=b",
            "console",
        ] {
            assert_eq!(local(elsewhere), HOME, "{elsewhere:?}");
        }
    }

    #[test]
    fn the_way_to_a_page_leads_over_the_sign_in() {
        assert_eq!(on_the_way_to(&Uri::from_static("/console")), "/console/sign-in");
        assert_eq!(
            on_the_way_to(&Uri::from_static("/console/orders?before=7")),
            "/console/sign-in?next=%2Fconsole%2Forders%3Fbefore%3D7"
        );
    }
}
