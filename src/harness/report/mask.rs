//! What may be shown of what went over the wire. Nothing is kept because nobody thought of it: headers never are, of an address only the
//! path and harmless parameters, of a body only what has names, and values only where neither name nor look is that of a secret.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

/// What stands where something was taken out.
pub(in crate::harness) const TAKEN_OUT: &str = "•••";

/// Parameters of an address whose values are shown, because they choose what is read and let nobody in.
const HARMLESS: [&str; 13] = [
    "fields",
    "expand",
    "limit",
    "offset",
    "page",
    "size",
    "sort",
    "status",
    "state",
    "jobId",
    "customerId",
    "searchJson",
    "lang",
];
/// Parts of the names of fields whose values are secrets.
const SECRET_NAMES: [&str; 12] = [
    "password",
    "passwort",
    "secret",
    "token",
    "authorization",
    "credential",
    "cookie",
    "apikey",
    "api_key",
    "hmac",
    "signature",
    "client_id",
];
/// Names of fields whose values are secrets, where a part of a name would be too much.
const SECRET_WORDS: [&str; 5] = ["key", "code", "pin", "otp", "clientid"];
/// From this length on, letters mixed with digits look like something that lets somebody in.
const TOKEN_LENGTH: usize = 20;

/// Secrets that a scenario was given. Wherever one of them stands, it is taken out.
#[derive(Clone, Debug, Default)]
pub(in crate::harness) struct Known(BTreeSet<String>);

impl Known {
    /// These secrets, as they are and as they stand in addresses. What is too short to be told from an ordinary word is left out.
    pub(in crate::harness) fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = BTreeSet::new();
        for secret in secrets.into_iter().filter(|secret| secret.len() >= 6) {
            known.insert(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
            known.insert(secret.to_owned());
        }
        Self(known)
    }

    /// Takes them out of a text.
    pub(in crate::harness) fn take_out(&self, text: &mut String) {
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), TAKEN_OUT);
            }
        }
    }
}

/// An address, or a path with its query.
pub(in crate::harness) fn address(address: &str) -> String {
    let parsed = Url::parse(address).ok();
    let host = parsed.as_ref().and_then(|url| Some(format!("{}://{}", url.scheme(), url.host_str()?)));
    let (host, rest) = match (&host, &parsed) {
        (Some(host), Some(url)) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            (format!("{host}{port}"), Cow::Owned(format!("{}{query}", url.path())))
        }
        _ => (String::new(), Cow::Borrowed(address.split('#').next().unwrap_or_default())),
    };
    let (path, query) = rest.split_once('?').map_or((rest.as_ref(), None), |(path, query)| (path, Some(query)));
    let path = path.split('/').map(without_token).collect::<Vec<_>>().join("/");
    let query = query.map(|query| {
        let shown = url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| match () {
            () if HARMLESS.contains(&name.as_ref()) && !is_secret(&name) => format!("{name}={}", words(&value)),
            () => format!("{}={TAKEN_OUT}", words(&name)),
        });
        format!("?{}", shown.collect::<Vec<_>>().join("&"))
    });
    format!("{host}{path}{}", query.unwrap_or_default())
}

/// A text that people wrote or read: addresses as [`address`] shows them, one-time codes and what looks like a token taken out.
pub(in crate::harness) fn words(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(|letter: char| letter.is_whitespace() || "\"'<>()[]{},;".contains(letter)) {
        let end = piece.trim_end_matches(|letter: char| letter.is_whitespace() || "\"'<>()[]{},;.!?:".contains(letter)).len();
        let (word, rest) = piece.split_at(end);
        if word.contains("://") {
            shown.push_str(&address(word));
        } else if is_one_time_code(word) {
            shown.push_str(TAKEN_OUT);
        } else {
            let parts = word.split_inclusive(['=', '/', ':', '&']);
            for part in parts {
                let end = part.trim_end_matches(['=', '/', ':', '&']).len();
                shown.push_str(&without_token(&part[..end]));
                shown.push_str(&part[end..]);
            }
        }
        shown.push_str(rest);
    }
    shown
}

/// What is shown of a body, at most `limit` characters of it: JSON and forms with their secrets taken out. Nothing of anything else.
pub(in crate::harness) fn body(text: &str, limit: usize) -> Option<String> {
    let text = text.trim();
    let shown = if let Ok(mut value) = serde_json::from_str::<Value>(text)
        && (value.is_object() || value.is_array())
    {
        take_out(&mut value);
        serde_json::to_string_pretty(&value).ok()?
    } else if is_form(text) {
        let fields = url::form_urlencoded::parse(text.as_bytes()).map(|(name, value)| match () {
            () if is_secret(&name) => format!("{name}={TAKEN_OUT}"),
            () => format!("{name}={}", words(&value)),
        });
        fields.collect::<Vec<_>>().join("\n")
    } else {
        return None;
    };
    Some(cut(&shown, limit))
}

/// The beginning of a text.
pub(in crate::harness) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

fn take_out(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(_) | Value::Number(_) if is_secret(name) => *value = TAKEN_OUT.into(),
                    _ => take_out(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(take_out),
        Value::String(text) => *text = words(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the value of a field with this name is a secret.
pub(in crate::harness) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET_WORDS.contains(&name.as_str()) || SECRET_NAMES.iter().any(|part| name.contains(part))
}

fn is_form(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(char::is_whitespace)
        && text.split('&').all(|field| field.contains('='))
        && !text.contains('<')
}

fn is_one_time_code(word: &str) -> bool {
    word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word, or what stands in its place: of the number of a record the beginning, by which readers tell records apart and which lets nobody in; nothing of
/// what else looks like a token.
fn without_token(word: &str) -> Cow<'_, str> {
    match () {
        () if is_record(word) => Cow::Owned(format!("{}…", &word[..8])),
        () if looks_like_a_token(word) => Cow::Borrowed(TAKEN_OUT),
        () => Cow::Borrowed(word),
    }
}

/// Whether it is a number of a record, as both vendors have them: a UUID, or 24 hexadecimal digits.
fn is_record(word: &str) -> bool {
    if word.len() == 24 {
        return word.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let groups: Vec<&str> = word.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether it is long, without words, and mixed from letters and digits.
fn looks_like_a_token(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%+=".contains(&byte);
    word.len() >= TOKEN_LENGTH
        && word.bytes().all(plain)
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}
