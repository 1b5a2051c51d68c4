//! How the integration reaches the customer's iCIMS: now, and from an announced moment on.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The connection that counts, and the one that takes its place at a moment which both sides were told of. Which of the two counts is
/// only told for a moment, so that nobody can read one whose time is over.
#[derive(Clone, Debug, Default)]
pub struct AtsConnections {
    /// `None` until one was entered.
    first: Option<AtsConnection>,
    next: Option<Announced>,
}

/// A connection that counts from a moment on.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The connection.
    pub connection: AtsConnection,
    /// From when it counts.
    pub from: Timestamp,
}

impl From<AtsConnection> for AtsConnections {
    fn from(connection: AtsConnection) -> Self {
        Self { first: Some(connection), next: None }
    }
}

impl AtsConnections {
    /// Both as they were recorded.
    #[must_use]
    pub fn recorded(first: Option<AtsConnection>, next: Option<Announced>) -> Self {
        Self { first, next }
    }

    /// Both, to be recorded.
    #[must_use]
    pub fn to_record(&self) -> (Option<&AtsConnection>, Option<&Announced>) {
        (self.first.as_ref(), self.next.as_ref())
    }

    /// The one that counts at a moment; `None` where none was entered for it.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Option<&AtsConnection> {
        let next = self.next.as_ref().filter(|next| next.from <= now).map(|next| &next.connection);
        next.or(self.first.as_ref())
    }

    /// The one whose moment is still to come.
    #[must_use]
    pub fn announced(&self, now: Timestamp) -> Option<&Announced> {
        self.next.as_ref().filter(|next| now < next.from)
    }

    /// What counts now goes on until the moment; then this one takes its place.
    #[must_use]
    pub fn announcing(&self, next: Announced, now: Timestamp) -> Self {
        Self { first: self.at(now).cloned(), next: Some(next) }
    }

    /// What counts now goes on for good.
    #[must_use]
    pub fn without_announcement(&self, now: Timestamp) -> Self {
        Self { first: self.at(now).cloned(), next: None }
    }

    /// Whichever may count at some moment.
    pub fn all(&self) -> impl Iterator<Item = &AtsConnection> {
        self.first.iter().chain(self.next.iter().map(|next| &next.connection))
    }

    /// Whichever may count at some moment, to be changed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut AtsConnection> {
        self.first.iter_mut().chain(self.next.iter_mut().map(|next| &mut next.connection))
    }
}

/// How the integration reaches the customer's iCIMS.
#[derive(Clone, Debug, PartialEq)]
pub struct AtsConnection {
    /// The API's address without a path, such as `https://api.icims.com`. Credentials are sent nowhere else.
    pub base_url: Url,
    /// How it identifies itself.
    pub authentication: AtsAuthentication,
}

/// The two methods that iCIMS supports; exactly one is configured, so that a switch forgets the other's secret (G12).
#[derive(Clone, Debug)]
pub enum AtsAuthentication {
    /// OAuth2 client credentials: Harver's default (G11).
    OAuth2 {
        /// The authorization server's token endpoint.
        token_url: Url,
        /// Client ID.
        client_id: String,
        /// Client Secret.
        client_secret: SecretString,
    },
    /// Basic authentication (G12).
    Basic {
        /// Username of the integration user.
        username: String,
        /// Its password.
        password: SecretString,
    },
}

impl PartialEq for AtsAuthentication {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::OAuth2 { token_url, client_id, client_secret },
                Self::OAuth2 { token_url: other_url, client_id: other_id, client_secret: other_secret },
            ) => {
                let same_secret = client_secret.expose_secret() == other_secret.expose_secret();
                token_url == other_url && client_id == other_id && same_secret
            }
            (Self::Basic { username, password }, Self::Basic { username: other_name, password: other_password }) => {
                username == other_name && password.expose_secret() == other_password.expose_secret()
            }
            _ => false,
        }
    }
}

impl AtsAuthentication {
    /// The name that the Harver Admin sees.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::OAuth2 { .. } => "OAuth2",
            Self::Basic { .. } => "Basic authentication",
        }
    }
}
