//! The form *Edit ATS credentials*: from what was typed to a connection that can be tried.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;

use super::form::Fields;
use super::words;
use crate::domain::{AtsAuthentication, AtsConnection, Customer, CustomerId};

/// What is typed here is never longer than this; a key pasted by mistake is.
const LONGEST: usize = 512;

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
}

impl Draft {
    /// What is set up now.
    pub(super) fn of(customer: &Customer) -> Self {
        let (token_url, client_id, username) = match &customer.ats.authentication {
            AtsAuthentication::OAuth2 { token_url, client_id, .. } => (token_url.to_string(), client_id.clone(), String::new()),
            AtsAuthentication::Basic { username, .. } => (String::new(), String::new(), username.clone()),
        };
        Self {
            method: (&customer.ats.authentication).into(),
            base_url: words::address(&customer.ats.base_url),
            customer_id: customer.id.to_string(),
            token_url,
            client_id,
            username,
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
        }
    }
}

/// What is wrong, by field, in words that say what to type.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Problems(BTreeMap<&'static str, String>);

impl Problems {
    /// The message at a field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.entry(field).or_insert_with(|| message.into());
    }
}

/// Reads the form.
///
/// A secret may be left empty when method and addresses stay as they are: the present one is kept. It is never sent to an address
/// that it was not entered for. Plain `http` is taken only where the integration itself is reached by it, on a test installation.
///
/// # Errors
/// The problems, each at its field.
pub(super) fn connection(fields: &Fields, customer: &Customer, plain_http: bool) -> Result<AtsConnection, Problems> {
    let mut problems = Problems::default();
    check_customer_id(fields.text("customer_id"), customer.id, &mut problems);
    let base_url = address(fields, "base_url", plain_http, false, &mut problems);
    let authentication = match fields.text("method") {
        "oauth2" => oauth2(fields, customer, base_url.as_ref(), plain_http, &mut problems),
        "basic" => basic(fields, customer, base_url.as_ref(), &mut problems),
        _ => {
            problems.add("method", "Choose OAuth2 or Basic authentication.");
            None
        }
    };
    match (base_url, authentication) {
        (Some(base_url), Some(authentication)) if problems.0.is_empty() => Ok(AtsConnection { base_url, authentication }),
        _ => Err(problems),
    }
}

fn oauth2(
    fields: &Fields,
    customer: &Customer,
    base_url: Option<&Url>,
    plain_http: bool,
    problems: &mut Problems,
) -> Option<AtsAuthentication> {
    let token_url = address(fields, "token_url", plain_http, true, problems);
    let client_id = required(fields, "client_id", "Enter the client ID that iCIMS gave you.", problems);
    let kept = match &customer.ats.authentication {
        AtsAuthentication::OAuth2 { token_url: present, client_secret, .. } => {
            let same = base_url == Some(&customer.ats.base_url) && token_url.as_ref() == Some(present);
            Some((client_secret, same))
        }
        AtsAuthentication::Basic { .. } => None,
    };
    let client_secret = secret(fields, "client_secret", "client secret", kept, problems);
    Some(AtsAuthentication::OAuth2 { token_url: token_url?, client_id: client_id?, client_secret: client_secret? })
}

fn basic(fields: &Fields, customer: &Customer, base_url: Option<&Url>, problems: &mut Problems) -> Option<AtsAuthentication> {
    let username = required(fields, "username", "Enter the user name of the integration user in iCIMS.", problems);
    if username.as_ref().is_some_and(|name| name.contains(':')) {
        problems.add("username", "A user name cannot contain a colon with Basic authentication.");
    }
    let kept = match &customer.ats.authentication {
        AtsAuthentication::Basic { password, .. } => Some((password, base_url == Some(&customer.ats.base_url))),
        AtsAuthentication::OAuth2 { .. } => None,
    };
    let password = secret(fields, "password", "password", kept, problems);
    Some(AtsAuthentication::Basic { username: username?, password: password? })
}

/// Numeric, and this customer's: the guide asks for it so that a mix-up shows at once (promise G02).
fn check_customer_id(typed: &str, customer: CustomerId, problems: &mut Problems) {
    match typed.parse::<CustomerId>() {
        Ok(id) if id == customer => {}
        Ok(_) => {
            problems.add(
                "customer_id",
                format!("This console belongs to customer {customer}. Enter {customer}, or sign in for the other customer."),
            );
        }
        Err(_) if typed.is_empty() => problems.add("customer_id", "Enter the customer ID that iCIMS gave you: a number."),
        Err(_) => {
            problems.add("customer_id", "The customer ID is numeric: digits only, such as 4021. It is not the company's name.");
        }
    }
}

fn address(fields: &Fields, field: &'static str, plain_http: bool, with_path: bool, problems: &mut Problems) -> Option<Url> {
    let example = if with_path { "https://login.icims.com/oauth/token" } else { "https://api.icims.com" };
    let typed = required(fields, field, &format!("Enter the address, such as {example}."), problems)?;
    let Some(url) = Url::parse(&typed).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        problems.add(field, format!("Enter a complete address, such as {example}."));
        return None;
    };
    if url.scheme() == "http" && !plain_http {
        problems.add(field, "The address must begin with https://, so that the credentials travel encrypted.");
    } else if !url.username().is_empty() || url.password().is_some() {
        problems.add(field, "Leave user name and password out of the address.");
    } else if url.query().is_some() || url.fragment().is_some() || (!with_path && url.path() != "/") {
        problems.add(field, format!("Enter the address alone, such as {example}: nothing follows it."));
    } else {
        return Some(url);
    }
    None
}

fn required(fields: &Fields, field: &'static str, message: &str, problems: &mut Problems) -> Option<String> {
    let typed = fields.text(field);
    if typed.is_empty() {
        problems.add(field, message);
        return None;
    }
    if typed.len() > LONGEST || typed.contains(char::is_control) {
        problems.add(field, format!("This is longer than {LONGEST} characters, or holds characters that cannot be typed."));
        return None;
    }
    Some(typed.to_owned())
}

/// The secret that was typed, or the present one where it may be kept.
fn secret(
    fields: &Fields,
    field: &'static str,
    called: &str,
    kept: Option<(&SecretString, bool)>,
    problems: &mut Problems,
) -> Option<SecretString> {
    match (fields.exact(field), kept) {
        ("", Some((present, true))) => return Some(present.clone()),
        ("", Some((_, false))) => problems.add(
            field,
            format!(
                "Enter the {called} again: an address has changed, and the stored {called} is only sent where it was entered for."
            ),
        ),
        ("", None) => problems.add(field, format!("Enter the {called} that iCIMS gave you.")),
        (typed, _) if typed.len() > LONGEST => problems.add(field, format!("The {called} is at most {LONGEST} characters long.")),
        (typed, _) => return Some(typed.into()),
    }
    None
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::domain::{HarverConnection, InboundCredentials, InvitationSettings, Pattern};

    const OAUTH2: [(&str, &str); 6] = [
        ("method", "oauth2"),
        ("customer_id", " 4021 "),
        ("base_url", "https://api.icims.com"),
        ("token_url", "https://login.icims.com/oauth/token"),
        ("client_id", "brightwater-harver"),
        ("client_secret", "new secret "),
    ];
    const BASIC: [(&str, &str); 5] = [
        ("method", "basic"),
        ("customer_id", "4021"),
        ("base_url", "https://api.icims.com"),
        ("username", "harverapi"),
        ("password", "pass:word"),
    ];

    fn customer() -> Customer {
        let credentials = |username: &str| InboundCredentials { username: username.into(), password: "inbound".into() };
        Customer {
            id: "4021".parse().expect("a number"),
            name: "Brightwater Foods".into(),
            enabled: true,
            patterns: vec![Pattern::AdHoc],
            trigger_statuses: Vec::new(),
            events: credentials("events"),
            webhooks: credentials("webhooks"),
            ats: AtsConnection {
                base_url: "https://api.icims.com".parse().expect("a URL"),
                authentication: AtsAuthentication::OAuth2 {
                    token_url: "https://login.icims.com/oauth/token".parse().expect("a URL"),
                    client_id: "brightwater-harver".into(),
                    client_secret: "old secret".into(),
                },
            },
            harver: HarverConnection {
                base_url: "https://api.harver.com".parse().expect("a URL"),
                account: "64b1f0c2a9d3e7004a5b6c70".parse().expect("24 digits"),
                client_id: "brightwater".into(),
                client_secret: "platform".into(),
            },
            reports_progress: true,
            invitation: InvitationSettings { sender_name: "Brightwater".into(), support_email: "jobs@example.org".into() },
        }
    }

    fn read(fields: &[(&str, &str)], change: (&str, &str)) -> Result<AtsConnection, Problems> {
        let changed: Vec<_> =
            fields.iter().map(|(name, text)| (*name, if *name == change.0 { change.1 } else { *text })).collect();
        connection(&changed.as_slice().into(), &customer(), false)
    }

    fn refused_at(fields: &[(&str, &str)], change: (&str, &str), field: &str) {
        let problems = read(fields, change).expect_err("a problem");
        assert!(problems.at(field).is_some(), "{change:?}: {problems:?}");
        assert_eq!(problems.0.len(), 1, "{change:?}: {problems:?}");
    }

    fn secret_of(connection: &AtsConnection) -> &str {
        match &connection.authentication {
            AtsAuthentication::OAuth2 { client_secret: secret, .. } | AtsAuthentication::Basic { password: secret, .. } => {
                secret.expose_secret()
            }
        }
    }

    #[test]
    fn both_methods_are_read() {
        let oauth2 = read(&OAUTH2, ("", "")).expect("a connection");
        assert_eq!((oauth2.authentication.label(), secret_of(&oauth2)), ("OAuth2", "new secret "));
        let basic = read(&BASIC, ("", "")).expect("a connection");
        assert_eq!((basic.authentication.label(), secret_of(&basic)), ("Basic authentication", "pass:word"));
    }

    #[test]
    fn the_customer_id_is_numeric_and_this_customers() {
        for wrong in ["", "brightwater", "4 021", "4022", "-4021", "04021"] {
            refused_at(&BASIC, ("customer_id", wrong), "customer_id");
        }
        let problems = read(&BASIC, ("customer_id", "brightwater")).expect_err("a problem");
        assert!(problems.at("customer_id").is_some_and(|message| message.contains("numeric")));
    }

    #[test]
    fn an_address_is_complete_encrypted_and_alone() {
        for wrong in [
            "",
            "api.icims.com",
            "ftp://api.icims.com",
            "http://api.icims.com",
            "https://api.icims.com/customers/4021",
            "https://user:pw@api.icims.com",
            "https://api.icims.com?x=1",
            "https://",
        ] {
            refused_at(&BASIC, ("base_url", wrong), "base_url");
        }
        let fields: Vec<_> = BASIC.iter().map(|(name, text)| (*name, text.replace("https:", "http:"))).collect();
        let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert!(connection(&fields.as_slice().into(), &customer(), true).is_ok(), "a test installation may use plain http");
    }

    #[test]
    fn what_is_missing_is_named_at_its_field() {
        for field in ["username", "password"] {
            refused_at(&BASIC, (field, ""), field);
        }
        for field in ["client_id", "token_url"] {
            let problems = read(&OAUTH2, (field, "")).expect_err("a problem");
            assert!(problems.at(field).is_some(), "{field}");
        }
        refused_at(&BASIC, ("username", "har:ver"), "username");
        refused_at(&BASIC, ("method", "hmac"), "method");
        refused_at(&BASIC, ("password", &"x".repeat(513)), "password");
    }

    #[test]
    fn an_empty_secret_keeps_the_present_one_where_it_was_entered_for() {
        let kept = read(&OAUTH2, ("client_secret", "")).expect("a connection");
        assert_eq!(secret_of(&kept), "old secret");
        for field in ["base_url", "token_url"] {
            let mut fields = OAUTH2;
            fields[5].1 = "";
            refused_at(&fields, (field, "https://elsewhere.example"), "client_secret");
        }
    }
}
