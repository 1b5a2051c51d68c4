//! Who may use control: programs and pages on this machine, never a page of another site, and whoever is elsewhere with a token.
//!
//! Control shows every credential and changes everything, and on the machine of a tester it asks for no password. Once the sandbox can be
//! reached from elsewhere, so can control, and then it asks for the token that was printed at the start.

use std::fmt;
use std::str::FromStr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use subtle::ConstantTimeEq as _;
use url::Host;

use crate::engine::Peer;
use crate::ui::{ApiProblem, OTHER_SITE, Page, Problem, STYLESHEET_PATH};

/// The name of the cookie that holds the token, without the port.
const COOKIE: &str = "sandbox_token";
/// How long a token may be that is chosen.
const CHOSEN: std::ops::RangeInclusive<usize> = 16..=128;
/// Alive or not is no secret, and whoever only waits for it need not be told one.
const HEALTH: &str = "/__sandbox/health";

/// What whoever is elsewhere has to bring.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlToken(String);

/// A text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 16 to 128 letters, digits, dots, hyphens or underscores, so that it fits into an address")]
pub struct NotAToken;

impl ControlToken {
    /// One that nobody guesses.
    pub(crate) fn drawn() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn is(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl FromStr for ControlToken {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let fits = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        if fits && CHOSEN.contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(NotAToken) }
    }
}

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlToken(…)")
    }
}

/// The token, if there is one, and the cookie that a browser keeps it in.
#[derive(Clone)]
pub(super) struct Guard {
    token: Option<ControlToken>,
    cookie: String,
}

impl Guard {
    /// For control at this address. The cookie carries the port, as browsers keep cookies by host and not by port.
    pub(super) fn new(token: Option<ControlToken>, address: &str) -> Self {
        let port = url::Url::parse(address).ok().and_then(|url| url.port());
        Self { token, cookie: port.map_or_else(|| COOKIE.to_owned(), |port| format!("{COOKIE}_{port}")) }
    }

    /// Whether the request brings the token: as a program does, or a browser that has opened the address with it.
    fn admits(&self, token: &ControlToken, headers: &HeaderMap) -> bool {
        let values = |name| headers.get_all(name).into_iter().filter_map(|value: &HeaderValue| value.to_str().ok());
        let mut bearers = values(header::AUTHORIZATION).filter_map(|value| value.split_once(' '));
        let mut cookies = values(header::COOKIE).flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        bearers.any(|(scheme, presented)| scheme.eq_ignore_ascii_case("bearer") && token.is(presented.trim()))
            || cookies.any(|(name, presented)| name == self.cookie && token.is(presented))
    }

    /// Leaves the token with a browser that has brought it in the address, and takes it out of the address.
    fn kept(&self, token: &ControlToken) -> Response {
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", self.cookie, token.as_str());
        ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
    }
}

/// Lets through whoever is on this machine or brings the token.
pub(super) async fn ask_for_token(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let Some(token) = &guard.token else { return next.run(request).await };
    let (path, reads) = (request.uri().path(), *request.method() == Method::GET);
    let brought = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    if reads && path == "/" && brought.into_iter().any(|(name, value)| name == "token" && token.is(&value)) {
        return guard.kept(token);
    }
    let open = reads && [STYLESHEET_PATH, HEALTH].contains(&path);
    if open || is_here(&request) || guard.admits(token, request.headers()) { next.run(request).await } else { refused(path) }
}

/// Whether whoever asks is on this machine. Somebody on this machine may pass on what others ask, and then says so, or asks for the name
/// that the others use.
fn is_here(request: &Request) -> bool {
    const PASSED_ON: [HeaderName; 2] = [header::FORWARDED, header::VIA];
    let headers = request.headers();
    let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(name))
        || headers.keys().any(|name| name.as_str().starts_with("x-forwarded-") || name == "x-real-ip");
    let near = request.extensions().get::<ConnectInfo<Peer>>().is_some_and(|ConnectInfo(peer)| peer.is_here());
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let by_own_name = asked.is_some_and(|asked| match Host::parse(asked.host()) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Err(_) => false,
    });
    near && by_own_name && !passed_on
}

fn refused(path: &str) -> Response {
    let message = "This is not the machine that the sandbox runs on, so control asks for the token that was printed at the start. A program \
                   sends it as Authorization: Bearer TOKEN; a browser opens the overview as /?token=TOKEN.";
    let scheme = [(header::WWW_AUTHENTICATE, "Bearer realm=\"sandbox control\"")];
    if path.starts_with("/__sandbox") {
        return (scheme, ApiProblem::new(StatusCode::UNAUTHORIZED, "token_needed", message)).into_response();
    }
    let (title, way_back) = ("Not without the token".into(), ("Overview".into(), "/".into()));
    let problem = Problem { product: "sandbox", title, message: message.into(), way_back };
    (scheme, Page(StatusCode::UNAUTHORIZED, problem)).into_response()
}

/// What a program or a page is told that another site has sent.
pub(super) fn other_site() -> Response {
    ApiProblem::new(StatusCode::FORBIDDEN, "other_site", OTHER_SITE).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_into_an_address_and_is_shown_to_nobody() {
        let drawn = ControlToken::drawn();
        assert_eq!(drawn.as_str().parse(), Ok(drawn.clone()), "what is drawn could be chosen");
        assert_ne!(drawn, ControlToken::drawn());
        assert!(!format!("{drawn:?}").contains(drawn.as_str()));
        for wrong in ["", "short", "sixteen letters!", "with a space in it", "a;b=cdefghijklmnop", &"x".repeat(129)] {
            assert_eq!(wrong.parse::<ControlToken>(), Err(NotAToken), "{wrong:?}");
        }
    }

    #[test]
    fn the_token_is_read_from_a_bearer_or_from_the_own_cookie() {
        let token: ControlToken = "harbour.light-2047_xyz".parse().expect("a token");
        let guard = Guard::new(Some(token.clone()), "http://192.168.1.7:9400");
        let admits = |name, value: &str| {
            guard.admits(&token, &HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("text"))]))
        };
        assert!(admits(header::AUTHORIZATION, "Bearer harbour.light-2047_xyz"));
        assert!(admits(header::AUTHORIZATION, "bearer  harbour.light-2047_xyz"));
        assert!(admits(header::COOKIE, "a=b; sandbox_token_9400=harbour.light-2047_xyz"));
        for (name, wrong) in [
            (header::AUTHORIZATION, "Bearer harbour.light-2047_xy"),
            (header::AUTHORIZATION, "Basic harbour.light-2047_xyz"),
            (header::COOKIE, "sandbox_token_9500=harbour.light-2047_xyz"),
            (header::COOKIE, "sandbox_token_9400="),
        ] {
            assert!(!admits(name, wrong), "{wrong}");
        }
    }
}
