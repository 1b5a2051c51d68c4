//! What stands between a client and a provider: passes each request on, hands the answer back, and shows both to the recording.

use std::io::Read as _;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, LOCATION, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use parking_lot::Mutex;
use url::{Url, form_urlencoded};

use super::{DESCRIPTION, Exchange, Recording, STATE, STATE_PARAMETERS, State};
use crate::http::{Clients, NoAnswer};

/// The most that is read of a request, also after it was unpacked.
const LARGEST: usize = 4 << 20;
/// Headers that concern one connection, or what is passed on in another form.
const NOT_PASSED_ON: [HeaderName; 5] = [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, ACCEPT_ENCODING];

struct Proxy {
    clients: Clients,
    provider: Url,
    /// The circumstances of whoever names none.
    state: Option<State>,
    recording: Arc<Mutex<Recording>>,
}

/// A router that passes everything on to the provider.
#[must_use]
pub fn proxy(clients: Clients, provider: Url, state: Option<State>, recording: Arc<Mutex<Recording>>) -> Router {
    Router::new().fallback(pass_on).with_state(Arc::new(Proxy { clients, provider, state, recording }))
}

async fn pass_on(Shared(proxy): Shared<Arc<Proxy>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = format!("{} {}", parts.method, parts.uri.path());
    let refused = |status: StatusCode, why: String| {
        proxy.recording.lock().fail(format!("{asked}: {why}"));
        (status, format!("pact record: {asked}: {why}\n")).into_response()
    };
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, format!("the request exceeds {LARGEST} bytes"));
    };
    let state = match told_state(&parts.headers) {
        Ok(state) => state.or_else(|| proxy.state.clone()),
        Err(why) => return refused(StatusCode::BAD_REQUEST, why),
    };
    let Some(unpacked) = unpacked(&parts.headers, &body) else {
        return refused(StatusCode::BAD_REQUEST, "the body cannot be unpacked".to_owned());
    };
    let mut url = proxy.provider.clone();
    url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), parts.uri.path()));
    url.set_query(parts.uri.query());
    let passed: HeaderMap =
        parts.headers.iter().filter(|(name, _)| is_passed_on(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let request = proxy.clients.request(parts.method.clone(), url).headers(passed.clone()).body(body.to_vec());
    let answer = match proxy.clients.exchange(request).await {
        Ok(answer) => answer,
        Err(error) => return refused(StatusCode::BAD_GATEWAY, not_passed_on(&proxy.provider, &error)),
    };
    proxy.recording.lock().take(&Exchange {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        headers: plain(&passed),
        body: unpacked,
        state,
        description: text(&parts.headers, DESCRIPTION),
        status: answer.status.as_u16(),
        answer_headers: plain(&answer.headers),
        answer: answer.bytes().to_vec(),
    });
    let mut response = Response::new(Body::from(answer.bytes().to_vec()));
    *response.status_mut() = answer.status;
    let own = text(&parts.headers, HOST.as_str());
    for (name, value) in answer.headers.iter().filter(|(name, _)| is_passed_on(name)) {
        let value = if name == LOCATION { by_us(value, &proxy.provider, own.as_deref()) } else { value.clone() };
        response.headers_mut().append(name.clone(), value);
    }
    response
}

fn not_passed_on(provider: &Url, error: &NoAnswer) -> String {
    let why = match error {
        NoAnswer::TimedOut { .. } => "does not answer in time".to_owned(),
        NoAnswer::Unreachable { .. } => "cannot be reached".to_owned(),
        other => format!("gave no answer that could be passed on: {other}"),
    };
    let address = provider.as_str().trim_end_matches('/');
    format!("the provider at {address} {why}")
}

fn is_passed_on(name: &HeaderName) -> bool {
    !NOT_PASSED_ON.contains(name) && ![STATE, STATE_PARAMETERS, DESCRIPTION].contains(&name.as_str())
}

fn told_state(headers: &HeaderMap) -> Result<Option<State>, String> {
    let parameters = text(headers, STATE_PARAMETERS);
    match text(headers, STATE) {
        Some(name) => State::parse(&name, parameters.as_deref()).map(Some),
        None if parameters.is_some() => Err(format!("{STATE_PARAMETERS} stands without {STATE}")),
        None => Ok(None),
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}

/// A body as whoever sent it wrote it. Nothing where it cannot be told.
fn unpacked(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    if headers.get(CONTENT_ENCODING).is_none_or(|coding| coding != "gzip") {
        return Some(body.to_vec());
    }
    let mut whole = Vec::new();
    let read = GzDecoder::new(body).take(LARGEST as u64 + 1).read_to_end(&mut whole).ok()?;
    (read <= LARGEST).then_some(whole)
}

/// A redirect to the provider leads back here, so that what follows is recorded, too.
fn by_us(location: &HeaderValue, provider: &Url, own: Option<&str>) -> HeaderValue {
    let rewritten = || {
        let (to, own) = (location.to_str().ok()?, own?);
        let rest = to.strip_prefix(provider.as_str().trim_end_matches('/'))?;
        format!("http://{own}{rest}").parse().ok()
    };
    rewritten().unwrap_or_else(|| location.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_to_the_provider_leads_back() {
        let provider: Url = "http://icims.test:8701/".parse().expect("an address");
        for (to, leads) in [
            ("http://icims.test:8701/x?y=1", "http://127.0.0.1:9/x?y=1"),
            ("https://elsewhere.test/x", "https://elsewhere.test/x"),
            ("/x", "/x"),
        ] {
            let to = HeaderValue::from_static(to);
            assert_eq!(by_us(&to, &provider, Some("127.0.0.1:9")), leads);
        }
    }
}
