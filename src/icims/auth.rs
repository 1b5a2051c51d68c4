//! How the integration identifies itself to iCIMS (icims-api.md 2.1, 2.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::client::IcimsClient;
use super::error::{Call, IcimsError, Operation};
use crate::domain::{AtsAuthentication, CustomerId};
use crate::http::Answer;
use crate::neighbour::{self, Called, Kind};
use crate::token_cache::{IssuedToken, Token, TokenKey};

/// What a token is asked for; the trailing slash belongs to it (icims-api.md 2.3). *Assumed* to be the same in all regions.
const AUDIENCE: &str = "https://api.icims.com/v1/";

/// The life of a token whose issuer does not say; shorter than the 24 hours that are usual.
const UNSTATED_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The value of one `Authorization` header.
pub(super) struct Authorization {
    header: SecretString,
    /// The token behind it, with the place where it is kept.
    token: Option<(TokenKey, Token)>,
}

impl Authorization {
    pub(super) fn header(&self) -> &str {
        self.header.expose_secret()
    }
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    audience: &'static str,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    expires_in: Option<u32>,
}

#[derive(Deserialize)]
struct TokenRefusal {
    error: Option<String>,
    error_description: Option<String>,
}

impl IcimsClient {
    pub(super) async fn authorization(
        &self,
        customer: CustomerId,
        authentication: &AtsAuthentication,
    ) -> Result<Authorization, IcimsError> {
        match authentication {
            AtsAuthentication::Basic { username, password } => {
                let pair = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
                Ok(Authorization { header: format!("Basic {pair}").into(), token: None })
            }
            AtsAuthentication::OAuth2 { token_url, client_id, client_secret } => {
                let key = TokenKey::new(token_url.clone(), client_id, client_secret);
                let request = TokenRequest {
                    grant_type: "client_credentials",
                    client_id,
                    client_secret: client_secret.expose_secret(),
                    audience: AUDIENCE,
                };
                let call = Call { customer, operation: Operation::Token };
                let fetch = || async {
                    let request = self.http.post(token_url.clone()).header("accept", "application/json").form(&request);
                    self.issued(call, neighbour::exchange(&call, (&self.http, &self.meter), request).await?)
                };
                let token = self.tokens.token(&key, fetch).await?;
                Ok(Authorization { header: format!("Bearer {}", token.bearer()).into(), token: Some((key, token)) })
            }
        }
    }

    /// Forgets the token behind a refused authorization. `false` when there is none, so that trying again is pointless.
    pub(super) fn forget(&self, refused: &Authorization) -> bool {
        let Some((key, token)) = &refused.token else { return false };
        self.tokens.forget(key, token);
        true
    }

    fn issued(&self, call: Call, answer: Answer) -> Result<IssuedToken, IcimsError> {
        match answer.status {
            StatusCode::OK => {
                let token: TokenAnswer = call.read_or(&answer, "there is no access token in it")?;
                let lifetime = token.expires_in.map_or(UNSTATED_LIFE, |seconds| SignedDuration::from_secs(seconds.into()));
                Ok(IssuedToken { bearer: token.access_token, lifetime })
            }
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let refusal: Option<TokenRefusal> = answer.json().ok();
                let reason = refusal.and_then(|refusal| refusal.error_description.or(refusal.error));
                Err(call.failed(Kind::CredentialsRejected { reason: answer.reason(reason.as_deref()) }))
            }
            _ => Err(self.refusal(call, &answer)),
        }
    }
}
