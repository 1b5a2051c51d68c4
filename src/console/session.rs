//! Who is signed in, told from a cookie; and that a form was filled in on a page of ours, told from its token.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::form::{Fields, NoFields};
use super::page::Failure;
use super::{Console, sign_in};
use crate::domain::CustomerId;
use crate::store::admins::{self, Session};
use crate::web::{Caller, Entrance, hash_of, matches, new_token};

/// What the name of the cookie begins with, see [`name_at`].
const COOKIE: &str = "harver_console";

/// The field that every form of a signed-in page carries.
pub(super) const FORM_TOKEN: &str = "form_token";

/// Somebody who is signed in. Asking for it sends everybody else to the sign-in, which leads back to the page.
pub(super) struct SignedIn {
    pub(super) session: Session,
    pub(super) token_hash: String,
}

/// A form that somebody who is signed in filled in on a page of ours.
pub(super) struct SignedForm<F = NoFields> {
    pub(super) by: SignedIn,
    pub(super) fields: F,
}

/// What the page adds to every form, under [`FORM_TOKEN`].
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Token {
    form_token: SecretString,
}

impl FromRequestParts<Console> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let caller = Caller::of(&parts.extensions);
        match signed_in(&parts.headers, caller, console).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(Redirect::to(&sign_in::on_the_way_to(&parts.uri)).into_response()),
            Err(failure) => Err(failure.into_response()),
        }
    }
}

impl<F: DeserializeOwned> FromRequest<Console> for SignedForm<F> {
    type Rejection = Response;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Response> {
        let (headers, action) = (request.headers().clone(), request.uri().clone());
        let caller = Caller::of(request.extensions());
        let by = signed_in(&headers, caller, console).await.map_err(IntoResponse::into_response)?;
        let fields = Fields::from_request(request, console).await.map_err(IntoResponse::into_response)?;
        let Token { form_token } = fields.read().map_err(IntoResponse::into_response)?;
        let Some(by) = by else { return Err(sign_in::with_form(console, &headers, &action, &form_token, &fields)) };
        if !matches(&form_token, &by.session.form_token.as_str().into()) {
            return Err(Failure::StaleForm.into_response());
        }
        Ok(Self { by, fields: fields.read().map_err(IntoResponse::into_response)? })
    }
}

/// Whoever the request's cookie stands for. Each request is counted here: for the customer, or for the place that a stranger calls from.
///
/// # Errors
/// When the store fails, or there were too many requests.
pub(super) async fn signed_in(headers: &HeaderMap, Caller(from): Caller, console: &Console) -> Result<Option<SignedIn>, Failure> {
    let found = match token_in(headers, &console.public_url) {
        None => None,
        Some(token) => {
            let (token_hash, now) = (hash_of(token), console.clock.now());
            let wanted = token_hash.clone();
            let session = console.store.read(move |tx| admins::session(tx, &wanted, now)).await?;
            session.map(|session| SignedIn { session, token_hash })
        }
    };
    let counted = match &found {
        Some(known) => console.rates.of_customer(Entrance::Console, known.session.customer),
        None => console.rates.of_stranger(from),
    };
    counted.map_err(Failure::TooOften)?;
    Ok(found)
}

/// What each form of a session sends back. It names the customer, so that a form that comes back after the session has ended is given
/// to nobody else's.
pub(super) fn new_form_token(customer: CustomerId) -> String {
    format!("{customer}.{}", new_token())
}

/// The name of the cookie at an integration with this address. It carries the port, as browsers keep cookies by host and not by port:
/// under one name, two integrations on one host would sign each other out.
fn name_at(public_url: &Url) -> String {
    public_url.port().map_or_else(|| COOKIE.to_owned(), |port| format!("{COOKIE}_{port}"))
}

/// The header that gives a browser its session. It ends with the browser, and in any case with the session in the store.
pub(super) fn cookie(token: &str, public_url: &Url) -> HeaderValue {
    let (name, secure) = (name_at(public_url), secure(public_url));
    HeaderValue::try_from(format!("{name}={token}; Path=/console; HttpOnly; SameSite=Lax{secure}"))
        .expect("a token is made of hexadecimal digits")
}

/// The header that takes it away again.
pub(super) fn no_cookie(public_url: &Url) -> HeaderValue {
    let (name, secure) = (name_at(public_url), secure(public_url));
    HeaderValue::try_from(format!("{name}=; Path=/console; HttpOnly; SameSite=Lax; Max-Age=0{secure}")).expect("plain ASCII")
}

/// The attribute that keeps a cookie to TLS, where browsers reach the integration over TLS.
fn secure(public_url: &Url) -> &'static str {
    if public_url.scheme() == "https" { "; Secure" } else { "" }
}

/// The token in the request's cookies.
pub(super) fn token_in<'a>(headers: &'a HeaderMap, public_url: &Url) -> Option<&'a str> {
    let own = name_at(public_url);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let found = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    found.filter(|(name, _)| *name == own).map(|(_, token)| token).find(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("an address")
    }

    fn token(public_url: &str, cookies: &[&'static str]) -> Option<String> {
        let headers = cookies.iter().map(|value| (header::COOKIE, HeaderValue::from_static(value))).collect();
        token_in(&headers, &url(public_url)).map(str::to_owned)
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let plain = "https://harver.example";
        assert_eq!(token(plain, &["a=b; harver_console=42; c"]), Some("42".into()));
        assert_eq!(token(plain, &["a=b", "harver_console=42"]), Some("42".into()));
        assert_eq!(token(plain, &["harver_console=", "harver_consoles=1", "xharver_console=2"]), None);
        assert_eq!(token(plain, &[]), None);
    }

    #[test]
    fn a_cookie_of_another_port_of_the_host_is_somebody_elses() {
        let both = ["harver_console_8702=1; harver_console_9402=2; harver_console=3"];
        assert_eq!(token("http://127.0.0.1:8702", &both), Some("1".into()));
        assert_eq!(token("http://localhost:9402", &both), Some("2".into()));
        assert_eq!(token("http://harver.example:80", &both), Some("3".into()), "the scheme's own port is no port");
        assert_eq!(token("http://127.0.0.1:940", &both), None);
    }

    #[test]
    fn a_cookie_is_kept_from_scripts_other_sites_and_other_paths() {
        let (secure, open) = (url("https://harver.example"), url("http://[::1]:9402"));
        assert_eq!(cookie("42", &secure), "harver_console=42; Path=/console; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(cookie("42", &open), "harver_console_9402=42; Path=/console; HttpOnly; SameSite=Lax");
        assert_eq!(no_cookie(&open), "harver_console_9402=; Path=/console; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
