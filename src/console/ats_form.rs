//! The form *Edit ATS credentials*: what is set up, what was typed, and a document of settings of it.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use super::form::{Text, moment};
use super::words;
use crate::domain::{AtsAuthentication, Customer};
use crate::settings::{Document, IcimsDocument, Typed};

/// The name of basic authentication.
const BASIC: &str = "basic";

/// The two authentication methods of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    OAuth2,
    Basic,
}

impl From<&AtsAuthentication> for Method {
    fn from(authentication: &AtsAuthentication) -> Self {
        match authentication {
            AtsAuthentication::OAuth2 { .. } => Self::OAuth2,
            AtsAuthentication::Basic { .. } => Self::Basic,
        }
    }
}

/// The form, as it is sent and as it is shown; what it shows has no secrets, which are never shown again.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AtsForm {
    /// `basic`, or else OAuth2; the rules refuse what is neither.
    method: Text,
    pub(super) base_url: Text,
    pub(super) customer_id: Text,
    pub(super) token_url: Text,
    pub(super) client_id: Text,
    client_secret: SecretString,
    pub(super) username: Text,
    password: SecretString,
    /// From when it counts, as the field for a moment writes it; empty: at once.
    pub(super) from: Text,
}

impl AtsForm {
    /// What counts at a moment.
    pub(super) fn of(customer: &Customer, now: Timestamp) -> Self {
        let ats = customer.ats.at(now);
        let base_url = ats.map(|ats| words::address(&ats.base_url)).unwrap_or_default().into();
        let form = Self { base_url, customer_id: customer.id.to_string().into(), ..Self::default() };
        match ats.map(|ats| &ats.authentication) {
            Some(AtsAuthentication::OAuth2 { token_url, client_id, .. }) => {
                Self { token_url: token_url.to_string().into(), client_id: client_id.clone().into(), ..form }
            }
            Some(AtsAuthentication::Basic { username, .. }) => {
                Self { method: BASIC.to_owned().into(), username: username.clone().into(), ..form }
            }
            None => form,
        }
    }

    /// The method that is chosen; the guide's own as long as there is none.
    pub(super) fn method(&self) -> Method {
        if *self.method == *BASIC { Method::Basic } else { Method::OAuth2 }
    }

    /// What was typed, as settings: those of the chosen method alone.
    pub(super) fn document(&self) -> Document {
        // What is no moment is refused by the rules, in the words that were typed.
        let from = moment(&self.from).map_or_else(|| self.from.to_owned(), |moment| moment.to_string());
        let common = IcimsDocument {
            method: self.method.as_setting(),
            base_url: self.base_url.as_setting(),
            from: Some(from),
            ..IcimsDocument::default()
        };
        let icims = match self.method() {
            Method::Basic => {
                IcimsDocument { username: self.username.as_setting(), password: Some(self.password.clone()), ..common }
            }
            Method::OAuth2 => IcimsDocument {
                token_url: self.token_url.as_setting(),
                client_id: self.client_id.as_setting(),
                client_secret: Some(self.client_secret.clone()),
                ..common
            },
        };
        Document { id: self.customer_id.as_setting().map(Typed::Text), icims: Some(icims), ..Document::default() }
    }
}
