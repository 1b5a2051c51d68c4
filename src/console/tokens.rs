//! The tokens with which programs use the API of the settings in an admin's name.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use serde::Deserialize;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::{Asked, Text, Ticked};
use super::page::{Failure, Page, Section, Shell};
use super::words::Moment;
use crate::store::Tx;
use crate::store::tokens::{self, ApiToken};
use crate::web::{hash_of, new_token};

const PATH: &str = "/console/tokens";
/// How long a token may open, in days.
const LIVES: [u16; 3] = [30, 90, 365];
/// The longest name, in characters.
const NAME_LIMIT: usize = 100;

#[derive(Template)]
#[template(path = "console/pages/tokens.html")]
struct Tokens {
    shell: Shell,
    tokens: Vec<Line>,
    /// A token that was just made. It is shown here and nowhere else.
    made: Option<String>,
    revoked: bool,
    /// What is wrong with the name that was typed.
    name_problem: Option<&'static str>,
}

/// One token that still opens.
struct Line {
    /// By which it is taken back.
    hash: String,
    name: String,
    created: Moment,
    expires: Moment,
}

impl From<ApiToken> for Line {
    fn from(token: ApiToken) -> Self {
        Self { hash: token.token_hash, name: token.name, created: token.created_at.into(), expires: token.expires_at.into() }
    }
}

/// A token that is to be made.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewToken {
    name: Text,
    /// One of [`LIVES`].
    days: Text,
}

/// A token that is to be taken back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Revocation {
    /// Its hash.
    token: Text,
}

/// What the page is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// A token was taken back just now.
    revoked: Ticked,
}

/// The tokens of whoever is signed in.
pub(super) async fn list(State(console): State<Console>, who: Configures, Asked(done): Asked<Done>) -> Result<Response, Failure> {
    let revoked = done.revoked.0;
    Ok(Page::ok(Tokens { revoked, ..load(&console, who).await? }).into_response())
}

/// Makes a token with the rights of whoever asks for it, and shows it once.
pub(super) async fn create(State(console): State<Console>, form: ConfiguresForm<NewToken>) -> Result<Response, Failure> {
    let name = form.fields.name.to_owned();
    if name.is_empty() || name.chars().count() > NAME_LIMIT || name.contains(char::is_control) {
        let name_problem = Some("Say in at most 100 characters which program it is for.");
        let page = Tokens { name_problem, ..load(&console, form.by).await? };
        return Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let days = LIVES.into_iter().find(|days| days.to_string() == *form.fields.days).unwrap_or(LIVES[1]);
    let (token, now) = (new_token(), console.clock.now());
    let expires_at = now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(jiff::Timestamp::MAX);
    let email = form.by.session.email.clone();
    let kept = ApiToken { token_hash: hash_of(&token), email, name, created_at: now, expires_at };
    console.store.write(move |tx| tokens::keep(tx, &kept)).await?;
    tracing::info!(customer.id = %form.by.session.customer, "A token of the API was made in the console.");
    Ok(Page::ok(Tokens { made: Some(token), ..load(&console, form.by).await? }).into_response())
}

/// Takes a token back.
pub(super) async fn revoke(State(console): State<Console>, form: ConfiguresForm<Revocation>) -> Result<Redirect, Failure> {
    let (email, hash) = (form.by.session.email, form.fields.token.to_owned());
    let revoked = console.store.write(move |tx| tokens::revoke(tx, &email, &hash)).await?;
    if revoked { Ok(Redirect::to(&format!("{PATH}?revoked=yes"))) } else { Err(Failure::NotFound) }
}

async fn load(console: &Console, who: Configures) -> Result<Tokens, Failure> {
    let (support, now) = (console.support_contact.clone(), console.clock.now());
    let look = move |tx: &Tx<'_>| {
        let (_, shell) = Shell::load(tx, &who.session, Section::Tokens, support)?;
        let tokens = tokens::of(tx, &who.session.email, now)?.into_iter().map(Line::from).collect();
        Ok::<_, Failure>(Tokens { shell, tokens, made: None, revoked: false, name_problem: None })
    };
    console.store.read(look).await
}
