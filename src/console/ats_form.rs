//! The form *Edit ATS credentials*: from what was typed to a document of settings.

use jiff::Timestamp;

use super::form::{Fields, moment};
use super::words;
use crate::domain::{AtsAuthentication, Customer};
use crate::settings::{Document, IcimsDocument, Typed};

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

/// What the form shows: everything but the secrets, which are never shown again.
pub(super) struct Draft {
    pub(super) method: Method,
    pub(super) base_url: String,
    pub(super) customer_id: String,
    pub(super) token_url: String,
    pub(super) client_id: String,
    pub(super) username: String,
    /// From when it counts, as the field for a moment writes it; empty: at once.
    pub(super) from: String,
}

impl Draft {
    /// What counts at a moment.
    pub(super) fn of(customer: &Customer, now: Timestamp) -> Self {
        let ats = customer.ats.at(now);
        let (token_url, client_id, username) = match ats.map(|ats| &ats.authentication) {
            Some(AtsAuthentication::OAuth2 { token_url, client_id, .. }) => {
                (token_url.to_string(), client_id.clone(), String::new())
            }
            Some(AtsAuthentication::Basic { username, .. }) => (String::new(), String::new(), username.clone()),
            None => Default::default(),
        };
        Self {
            method: ats.map_or(Method::OAuth2, |ats| (&ats.authentication).into()),
            base_url: ats.map(|ats| words::address(&ats.base_url)).unwrap_or_default(),
            customer_id: customer.id.to_string(),
            token_url,
            client_id,
            username,
            from: String::new(),
        }
    }

    /// What was typed.
    pub(super) fn typed(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Self {
            method: if fields.text("method") == "basic" { Method::Basic } else { Method::OAuth2 },
            base_url: text("base_url"),
            customer_id: text("customer_id"),
            token_url: text("token_url"),
            client_id: text("client_id"),
            username: text("username"),
            from: text("from"),
        }
    }
}

/// What was typed, as settings: those of the chosen method alone.
pub(super) fn document(fields: &Fields) -> Document {
    let text = |name| Some(fields.text(name).to_owned());
    let method = text("method");
    let base_url = text("base_url");
    // What is no moment is refused by the rules, in the words that were typed.
    let from = fields.text("from");
    let from = Some(moment(from).map_or_else(|| from.to_owned(), |moment| moment.to_string()));
    let icims = if method.as_deref() == Some("basic") {
        IcimsDocument {
            username: text("username"),
            password: Some(fields.exact("password").into()),
            method,
            base_url,
            from,
            ..IcimsDocument::default()
        }
    } else {
        IcimsDocument {
            token_url: text("token_url"),
            client_id: text("client_id"),
            client_secret: Some(fields.exact("client_secret").into()),
            method,
            base_url,
            from,
            ..IcimsDocument::default()
        }
    };
    Document { id: text("customer_id").map(Typed::Text), icims: Some(icims), ..Document::default() }
}
