//! What stands between a client and a provider: passes each request on, hands the answer back, and shows both to the recording.

use std::io::Read as _;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, LOCATION, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use flate2::read::GzDecoder;
use parking_lot::Mutex;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::states::{self, Told};
use super::{DESCRIPTION, Exchange, Recording, STATE, STATE_PARAMETERS, State};
use crate::http::{Clients, NoAnswer};
use crate::pact::StateChanger;

/// The most that is read of a request, also after it was unpacked.
const LARGEST: usize = 4 << 20;
/// Headers that concern one connection, or what is passed on in another form.
const NOT_PASSED_ON: [HeaderName; 5] = [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, ACCEPT_ENCODING];

/// Who asks whom, and under which circumstances.
pub struct Proxy {
    /// What calls the provider.
    pub clients: Clients,
    /// Where it listens.
    pub provider: Url,
    /// The client, as it is called.
    pub consumer: String,
    /// The circumstances of whoever names none.
    pub state: Option<State>,
    /// Who brings circumstances about.
    pub changer: Option<StateChanger>,
    /// What is written down.
    pub recording: Arc<Mutex<Recording>>,
    /// Circumstances that were brought about, the last one being that of the next request.
    pub told: Mutex<Vec<Told>>,
}

/// A router that passes everything on to the provider.
pub fn proxy(proxy: Arc<Proxy>) -> Router {
    Router::new().route(states::PATH, post(bring_about)).fallback(pass_on).with_state(proxy)
}

/// `{"state": "…", "params": {…}}`: brings circumstances about, and answers what they tell.
async fn bring_about(Shared(proxy): Shared<Arc<Proxy>>, body: String) -> Response {
    let refused = |why: String| {
        proxy.recording.lock().fail(format!("POST {}: {why}", states::PATH));
        (StatusCode::BAD_REQUEST, format!("pact record: {why}\n")).into_response()
    };
    let Some(changer) = &proxy.changer else {
        return refused(
            "nobody is named who brings states about: start the recording with --control-url or --state-url".to_owned(),
        );
    };
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let params = asked.get("params").map(Value::to_string);
    let state = match asked["state"].as_str().map(|name| State::parse(name, params.as_deref())) {
        Some(Ok(state)) => state,
        Some(Err(why)) => return refused(why),
        None => return refused("send {\"state\": \"its name\", \"params\": {}}".to_owned()),
    };
    match Told::of(changer, &proxy.clients, &proxy.consumer, state).await {
        Ok(told) => {
            let answer = Json(told.values.clone()).into_response();
            proxy.told.lock().push(told);
            answer
        }
        Err(why) => refused(why),
    }
}

impl Proxy {
    /// Says that circumstances are not needed any more; sentences about those that could not be taken back.
    pub async fn clear(&self) -> Vec<String> {
        let all = std::mem::take(&mut *self.told.lock());
        let mut left = Vec::new();
        for told in all {
            if let Some(changer) = &self.changer
                && let Err(why) = told.clear(changer, &self.clients, &self.consumer).await
            {
                left.push(why);
            }
        }
        left
    }
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
    let (state, told) = match told_state(&parts.headers) {
        Ok(Some(state)) => (Some(state), None),
        Ok(None) => match proxy.told.lock().last().cloned() {
            Some(told) => (Some(told.state.clone()), Some(told)),
            None => (proxy.state.clone(), None),
        },
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
        told,
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
