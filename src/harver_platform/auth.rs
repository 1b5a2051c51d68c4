//! How the integration identifies itself to the platform (harver-platform.md 9, Token).

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::client::HarverClient;
use super::error::{Call, HarverError, Operation};
use crate::domain::HarverConnection;
use crate::http::{Answer, address};
use crate::neighbour::{self, Called};
use crate::token_cache::{IssuedToken, Token, TokenKey};

/// The documented life of a token, for an answer that does not say.
const USUAL_LIFE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
}

/// Not the names of RFC 6749.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenAnswer {
    access_token: SecretString,
    access_token_expires_at: Option<String>,
}

/// A token in use and the place where it is kept.
pub(super) struct Authorization {
    key: TokenKey,
    token: Token,
}

impl Authorization {
    pub(super) fn bearer(&self) -> &str {
        self.token.bearer()
    }
}

impl HarverClient {
    pub(super) async fn authorization(&self, connection: &HarverConnection) -> Result<Authorization, HarverError> {
        // At the root of the host, unlike everything else.
        let token_url = address(&connection.base_url, "/oauth/token");
        let key = TokenKey::new(token_url.clone(), &connection.client_id, &connection.client_secret);
        let request = TokenRequest {
            grant_type: "client_credentials",
            client_id: &connection.client_id,
            client_secret: connection.client_secret.expose_secret(),
        };
        let fetch = || async {
            let call = Call { account: connection.account.clone(), operation: Operation::Token };
            let request = self.http.post(token_url).header("accept", "application/json").form(&request);
            self.issued(&call, &neighbour::exchange(&call, (&self.http, &self.meter), request).await?)
        };
        let token = self.tokens.token(&key, fetch).await?;
        Ok(Authorization { key, token })
    }

    pub(super) fn forget(&self, refused: &Authorization) {
        self.tokens.forget(&refused.key, &refused.token);
    }

    fn issued(&self, call: &Call, answer: &Answer) -> Result<IssuedToken, HarverError> {
        if answer.status != StatusCode::OK {
            return Err(self.refusal(call, answer));
        }
        let token: TokenAnswer = call.read_or(answer, "there is no access token in it")?;
        let end = token.access_token_expires_at.and_then(|end| end.parse::<Timestamp>().ok());
        let lifetime = end.map_or(USUAL_LIFE, |end| end.duration_since(self.clock.now()));
        Ok(IssuedToken { bearer: token.access_token, lifetime })
    }
}
