//! The connections to the two neighbours: addresses, and secrets that are sent nowhere but where they were entered for.

use std::net::IpAddr;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{LONGEST, Rules, line};
use crate::domain::{AccountId, Announced, AtsAuthentication, AtsConnection, Customer, HarverConnection};
use crate::settings::document::{HarverDocument, IcimsDocument, typed};
use crate::settings::problems::Problems;

impl Rules {
    /// Puts another connection in the place of the present one, now or at the announced moment.
    pub(super) fn change_ats(self, typed: &IcimsDocument, customer: &mut Customer, now: Timestamp, problems: &mut Problems) {
        let present = customer.ats.at(now).cloned();
        let connection = self.ats(typed, present.as_ref(), problems);
        let from = match typed.from.as_deref().map(str::trim).filter(|from| !from.is_empty()) {
            None => None,
            Some(from) => match from.parse::<Timestamp>() {
                Ok(from) => Some(from),
                Err(_) => {
                    problems.add("icims.from", "Write the moment like 2026-03-05T14:00:00Z.");
                    return;
                }
            },
        };
        let Some(connection) = connection else { return };
        customer.ats = match from.filter(|from| now < *from) {
            Some(from) => customer.ats.announcing(Announced { connection, from }, now),
            // What is read and sent back changes nothing, and so does not withdraw what is announced.
            None if Some(&connection) == present.as_ref() => return,
            None => connection.into(),
        };
    }

    fn ats(self, typed: &IcimsDocument, present: Option<&AtsConnection>, problems: &mut Problems) -> Option<AtsConnection> {
        let known_base = present.map(|present| present.base_url.as_str());
        let base_url = self.endpoint("icims.base_url", typed.base_url.as_deref().or(known_base), false, problems);
        let method = match typed.method.as_deref() {
            Some(method) => method,
            None if typed.username.is_some() || typed.password.is_some() => "basic",
            None if typed.token_url.is_some() || typed.client_id.is_some() || typed.client_secret.is_some() => "oauth2",
            None => present.map_or("oauth2", |present| match present.authentication {
                AtsAuthentication::Basic { .. } => "basic",
                AtsAuthentication::OAuth2 { .. } => "oauth2",
            }),
        };
        let both = (typed.username.is_some() || typed.password.is_some())
            && (typed.client_id.is_some() || typed.client_secret.is_some() || typed.token_url.is_some());
        if typed.method.is_none() && both {
            let say = "Give either token_url, client_id and client_secret, or username and password.";
            problems.add("icims.method", say);
            return None;
        }
        let authentication = match method {
            "oauth2" => self.oauth2(typed, present, base_url.as_ref(), problems),
            "basic" => basic(typed, present, base_url.as_ref(), problems),
            _ => {
                problems.add("icims.method", "Choose OAuth2 or Basic authentication.");
                None
            }
        };
        Some(AtsConnection { base_url: base_url?, authentication: authentication? })
    }

    fn oauth2(
        self,
        typed: &IcimsDocument,
        present: Option<&AtsConnection>,
        base_url: Option<&Url>,
        problems: &mut Problems,
    ) -> Option<AtsAuthentication> {
        let known = match present {
            Some(AtsConnection {
                base_url: base,
                authentication: AtsAuthentication::OAuth2 { token_url, client_id, client_secret },
            }) => Some((base, token_url, client_id, client_secret)),
            _ => None,
        };
        let known_url = known.map(|(_, token_url, ..)| token_url.as_str());
        let token_url = self.endpoint("icims.token_url", typed.token_url.as_deref().or(known_url), true, problems);
        let known_id = known.map(|(_, _, client_id, _)| client_id.as_str());
        let client_id = line(
            "icims.client_id",
            typed.client_id.as_deref().or(known_id),
            "Enter the client ID that iCIMS gave you.",
            problems,
        );
        let kept = known.map(|(base, token, _, secret)| (secret, base_url == Some(base) && token_url.as_ref() == Some(token)));
        let client_secret = secret("icims.client_secret", typed.client_secret.as_ref(), "client secret", kept, problems);
        Some(AtsAuthentication::OAuth2 { token_url: token_url?, client_id: client_id?, client_secret: client_secret? })
    }

    /// The account on the platform. `None` where the document says nothing, or something wrong.
    pub(super) fn harver(
        self,
        typed: Option<&HarverDocument>,
        present: Option<&HarverConnection>,
        problems: &mut Problems,
    ) -> Option<HarverConnection> {
        let nothing = HarverDocument::default();
        let typed = match (typed, present) {
            (Some(typed), _) => typed,
            (None, Some(_)) => return None,
            (None, None) => &nothing,
        };
        let known_base = present.map(|present| present.base_url.as_str());
        let base_url = self.endpoint("harver.base_url", typed.base_url.as_deref().or(known_base), false, problems);
        let known_account = present.map(|present| present.account.as_str());
        let account = typed.account.as_deref().or(known_account).unwrap_or_default().trim().parse::<AccountId>();
        let account = account.map_err(|error| problems.add("harver.account", format!("{error}."))).ok();
        let known_id = present.map(|present| present.client_id.as_str());
        let client_id = line(
            "harver.client_id",
            typed.client_id.as_deref().or(known_id),
            "Enter the client ID of the Harver account.",
            problems,
        );
        let kept = present.map(|present| (&present.client_secret, base_url.as_ref() == Some(&present.base_url)));
        let client_secret = secret("harver.client_secret", typed.client_secret.as_ref(), "client secret", kept, problems);
        Some(HarverConnection { base_url: base_url?, account: account?, client_id: client_id?, client_secret: client_secret? })
    }

    /// The address of an API.
    fn endpoint(self, setting: &'static str, typed: Option<&str>, with_path: bool, problems: &mut Problems) -> Option<Url> {
        let example = if with_path { "https://login.icims.com/oauth/token" } else { "https://api.icims.com" };
        let typed = line(setting, typed, &format!("Enter the address, such as {example}."), problems)?;
        let Some(url) = Url::parse(&typed).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
            problems.add(setting, format!("Enter a complete address, such as {example}."));
            return None;
        };
        if url.scheme() == "http" && !self.plain_http {
            problems.add(setting, "The address must begin with https://, so that the credentials travel encrypted.");
        } else if !url.username().is_empty() || url.password().is_some() {
            problems.add(setting, "Leave user name and password out of the address.");
        } else if url.query().is_some() || url.fragment().is_some() || (!with_path && url.path() != "/") {
            problems.add(setting, format!("Enter the address alone, such as {example}: nothing follows it."));
        } else if let Some(address) = literal(&url).filter(|address| self.reach.admits(*address).is_err()) {
            problems.add(setting, format!("{address} is no public address, and only such are called from here. Enter the address that your vendor gave you."));
        } else {
            return Some(url);
        }
        None
    }
}

/// The IP address that stands in the place of a name. Where names lead is known when they are called.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn basic(
    typed: &IcimsDocument,
    present: Option<&AtsConnection>,
    base_url: Option<&Url>,
    problems: &mut Problems,
) -> Option<AtsAuthentication> {
    let known = match present {
        Some(AtsConnection { base_url: base, authentication: AtsAuthentication::Basic { username, password } }) => {
            Some((base, username, password))
        }
        _ => None,
    };
    let known_user = known.map(|(_, username, _)| username.as_str());
    let say = "Enter the user name of the integration user in iCIMS.";
    let username = line("icims.username", typed.username.as_deref().or(known_user), say, problems);
    if username.as_ref().is_some_and(|name| name.contains(':')) {
        problems.add("icims.username", "A user name cannot contain a colon with Basic authentication.");
    }
    let kept = known.map(|(base, _, password)| (password, base_url == Some(base)));
    let password = secret("icims.password", typed.password.as_ref(), "password", kept, problems);
    Some(AtsAuthentication::Basic { username: username?, password: password? })
}

/// The secret that was typed, or the present one where it may be kept: it is never sent to an address that it was not entered for.
fn secret(
    setting: &'static str,
    wanted: Option<&SecretString>,
    called: &str,
    kept: Option<(&SecretString, bool)>,
    problems: &mut Problems,
) -> Option<SecretString> {
    match (typed(wanted), kept) {
        (Some(secret), _) if secret.expose_secret().len() > LONGEST => {
            problems.add(setting, format!("The {called} is at most {LONGEST} characters long."));
        }
        (Some(secret), _) => return Some(secret.clone()),
        (None, Some((present, true))) => return Some(present.clone()),
        (None, Some((_, false))) => problems.add(
            setting,
            format!(
                "Enter the {called} again: an address has changed, and the stored {called} is only sent where it was entered for."
            ),
        ),
        (None, None) => problems.add(setting, format!("Enter the {called} that you were given.")),
    }
    None
}
