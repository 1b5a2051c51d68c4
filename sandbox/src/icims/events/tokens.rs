//! Access tokens that vendors have given to iCIMS: fetched with client credentials, kept until they expire on the virtual clock.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde_json::Value as Json;
use tokio::sync::OnceCell;
use url::form_urlencoded;

use crate::engine::{Answer, Customer, Delivery, Ticket, read_json};
use crate::icims::Icims;
use crate::icims::state::connection::Connection;

/// Longest token that is taken, in bytes (*assumed*).
const TOKEN_LIMIT: usize = 16 * 1024;

/// The token of a customer's vendor, or the one request for it that all who need one share, and whose failure they share, too.
#[derive(Debug, Default)]
pub(super) struct VendorToken(Mutex<(Asked, Request)>);

/// A request for a token, and what came of it.
type Request = Arc<OnceCell<Result<Held, String>>>;

/// A token, and until when it is good.
#[derive(Clone)]
struct Held {
    token: String,
    until: Timestamp,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("until", &self.until).finish_non_exhaustive()
    }
}

/// With which settings.
#[derive(Clone, Default, PartialEq, Eq)]
struct Asked {
    url: String,
    client: String,
    secret: String,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("url", &self.url).finish_non_exhaustive()
    }
}

impl VendorToken {
    /// What is known, or the request that is under way; a new one when what is known is not good any more.
    fn current(&self, asked: &Asked, is_good: impl FnOnce(&Held) -> bool) -> Request {
        let mut place = self.0.lock();
        let usable = match place.1.get() {
            None => place.0 == *asked,
            Some(Ok(held)) => place.0 == *asked && is_good(held),
            Some(Err(_)) => false,
        };
        if !usable {
            *place = (asked.clone(), Arc::default());
        }
        Arc::clone(&place.1)
    }
}

impl Icims {
    /// A token for a customer's vendor that is not the one that was `refused`; the error says why there is none.
    pub(super) async fn vendor_token(
        &self,
        customer: &Customer,
        settings: &Connection,
        event: &Delivery,
        refused: Option<&str>,
    ) -> Result<String, String> {
        let asked = Asked {
            url: settings.token_url.clone().unwrap_or_default(),
            client: settings.client_id.clone(),
            secret: settings.client_secret.clone(),
        };
        let now = self.clock().now();
        let place = customer.beside::<VendorToken>();
        let good = |held: &Held| now < held.until && Some(held.token.as_str()) != refused;
        let request = place.current(&asked, good);
        let held = request.get_or_init(|| self.fetched(&asked, event, now)).await;
        held.clone().map(|held| held.token)
    }

    async fn fetched(&self, asked: &Asked, event: &Delivery, now: Timestamp) -> Result<Held, String> {
        let failed = |reason: &str| format!("{} gave no access token: {reason}", asked.url);
        let answer = self.0.sender.post(request(asked, event)).await.map_err(|error| failed(&super::chain(&error)))?;
        let (token, lifetime) = granted(&answer).map_err(|reason| failed(&reason))?;
        let until = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        Ok(Held { token, until })
    }
}

/// The credentials go into the form, as towards iCIMS itself (*assumed*; assessment-flow 1 names only address, client id and secret).
fn request(asked: &Asked, event: &Delivery) -> Delivery {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &asked.client)
        .append_pair("client_secret", &asked.secret)
        .finish();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept", "application/json"),
        ("User-Agent", super::USER_AGENT),
        ("Connection", "close"),
    ];
    Delivery {
        url: asked.url.clone(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: form.into_bytes(),
        readable: "(credentials)".into(),
        answer_is_secret: true,
        ticket: Ticket::default(),
        ..event.clone()
    }
}

/// Token and lifetime from the triple that iCIMS documents: `access_token`, `token_type`, `expires_in`.
fn granted(answer: &Answer) -> Result<(String, SignedDuration), String> {
    if answer.status != 200 {
        return Err(format!("the answer is {}", answer.status));
    }
    let body: Json = read_json(answer.body.as_bytes()).map_err(|_| "the answer is not JSON".to_owned())?;
    let token = body.get("access_token").and_then(Json::as_str).unwrap_or_default();
    let fits = !token.is_empty() && token.len() <= TOKEN_LIMIT && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return Err("access_token cannot stand in a header".into());
    }
    if !body.get("token_type").and_then(Json::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err("token_type is not Bearer".into());
    }
    let seconds = body.get("expires_in").and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()));
    let seconds = seconds.filter(|seconds| *seconds > 0).ok_or("expires_in is no number of seconds")?;
    Ok((token.to_owned(), SignedDuration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_documented_triple_is_a_token() {
        let answer = |status, body: Json| Answer { status, location: None, body: body.to_string() };
        let triple = json!({"access_token": "abc", "token_type": "Bearer", "expires_in": 86_400});
        assert_eq!(granted(&answer(200, triple.clone())), Ok(("abc".into(), SignedDuration::from_hours(24))));
        let check = |status, key: &str, value: Json, reason: &str| {
            let mut body = triple.clone();
            body[key] = value;
            assert_eq!(granted(&answer(status, body)), Err(reason.to_owned()));
        };
        check(401, "access_token", json!("abc"), "the answer is 401");
        check(200, "access_token", json!("a\nb"), "access_token cannot stand in a header");
        check(200, "access_token", json!(null), "access_token cannot stand in a header");
        check(200, "token_type", json!("mac"), "token_type is not Bearer");
        check(200, "expires_in", json!(0), "expires_in is no number of seconds");
        check(200, "expires_in", json!(null), "expires_in is no number of seconds");
    }
}
