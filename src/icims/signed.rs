//! Signed requests of iCIMS, `x-icims-v1-hmac-sha256` (icims-api.md 2.4): what is signed, and how it is checked.
//!
//! What the documents leave open is *assumed*: the query is signed as it is sent, values are trimmed, clocks may differ by [`SKEW`], and a
//! packed body may be hashed as it was before or after it was packed.

use std::fmt::Write as _;

use axum::http::{HeaderMap, Method, Uri, header};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The name of the scheme, as it stands in `Authorization` and in the challenge.
pub const SIGNED: &str = "x-icims-v1-hmac-sha256";
/// The header with the moment of signing.
const DATE: &str = "x-icims-date";
/// The header with the hash of the body.
const CONTENT: &str = "x-icims-content-sha256";
/// How far a date may be from the present: what is sent again later is refused. Within this time the same event is the same order.
const SKEW: SignedDuration = SignedDuration::from_mins(15);
/// Most headers that a signature may cover.
const MOST_HEADERS: usize = 32;

/// A request as far as it can be signed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a Method,
    /// The address as it was sent.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What iCIMS calls us, in case a proxy has put another host into its place: `host` or `host:port`.
    pub known_as: &'a str,
}

/// What the signature of a request claims. It is not proved before [`Signature::is_made_with`], and the body is not before
/// [`Signature::covers`].
#[derive(Clone, Debug)]
pub struct Signature {
    /// Who says to have signed it.
    pub user: String,
    digits: String,
    /// The text under the signature, for each host that may have been meant.
    texts: Vec<String>,
    content: String,
}

impl Signature {
    /// Reads the signature of a request. `None` when it has none, or one that cannot hold: a part is missing or unclear, host, date or
    /// body are not signed, or the date is not the present.
    #[must_use]
    pub fn of(request: &Request<'_>, now: Timestamp) -> Option<Self> {
        let authorization = one(request.headers, header::AUTHORIZATION.as_str())?;
        let (scheme, claim) = authorization.split_once(' ')?;
        let claim = Claim::read(claim).filter(|_| scheme.eq_ignore_ascii_case(SIGNED))?;
        let date = one(request.headers, DATE)?;
        if moment(date)?.duration_since(now).abs() > SKEW {
            return None;
        }
        let content = one(request.headers, CONTENT)?;
        let host = one(request.headers, "host")?;
        let hosts = if host == request.known_as { vec![host] } else { vec![host, request.known_as] };
        let texts = hosts.into_iter().map(|host| text(request, &claim.headers, host, date)).collect::<Option<_>>()?;
        Some(Self { user: claim.user.to_owned(), digits: claim.signature.to_owned(), texts, content: content.to_owned() })
    }

    /// Whether it was made with this key.
    #[must_use]
    pub fn is_made_with(&self, key: &SecretString) -> bool {
        let key = key.expose_secret().as_bytes();
        let fits = |text: &String| bool::from(signature(key, text).as_bytes().ct_eq(self.digits.as_bytes()));
        // An empty key would let anybody sign.
        self.texts.iter().fold(false, |made, text| fits(text) | made) && !key.is_empty()
    }

    /// Whether this body was signed.
    #[must_use]
    pub fn covers(&self, body: &[u8]) -> bool {
        hex(&Sha256::digest(body)).as_bytes().ct_eq(self.content.as_bytes()).into()
    }
}

/// What stands after the name of the scheme.
struct Claim<'a> {
    user: &'a str,
    /// In ascending order, each once.
    headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    /// With or without spaces after the commas: iCIMS writes none, clients do.
    fn read(text: &'a str) -> Option<Self> {
        let (mut user, mut headers, mut signature) = (None, None, None);
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            let place = match name {
                "user" => &mut user,
                "signedheaders" => &mut headers,
                "signature" => &mut signature,
                _ => return None,
            };
            if value.is_empty() || place.replace(value).is_some() {
                return None;
            }
        }
        let mut headers: Vec<&str> = headers?.split(';').collect();
        headers.sort_unstable();
        headers.dedup();
        let complete = ["host", DATE, CONTENT].iter().all(|needed| headers.contains(needed)) && headers.len() <= MOST_HEADERS;
        complete.then_some(Self { user: user?, headers, signature: signature? })
    }
}

/// The text under a signature: scheme, date, and the hash of method, path, query, signed headers and their names.
fn text(request: &Request<'_>, signed: &[&str], host: &str, date: &str) -> Option<String> {
    let Request { method, uri, headers, .. } = request;
    let mut canonical = format!("{method}\n{}\n{}\n", uri.path(), uri.query().unwrap_or_default());
    for name in signed {
        let value = if *name == "host" { host } else { one(headers, name)? };
        // Writing to a text cannot fail.
        let _ = writeln!(canonical, "{name}:{value}");
    }
    canonical.push('\n');
    canonical.push_str(&signed.join(";"));
    Some(format!("{SIGNED}\n{date}\n{}", hex(&Sha256::digest(canonical))))
}

fn signature(key: &[u8], text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    hex(&mac.chain_update(text).finalize().into_bytes())
}

/// The one value of a header; of two nobody knows which was signed.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?.trim();
    all.next().is_none().then_some(value)
}

/// `2031-03-04T14:31:00+0000` of iCIMS itself, or `2024-05-06T07:08:09Z` of clients.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sandbox-demo-key";
    const BODY: &str = r#"{"assessmentscore":87.5}"#;
    const NAMES: &str = "content-type;host;x-icims-content-sha256;x-icims-date";

    /// The second vector of icims-api.md 2.4, with this in the place of that.
    fn read(changes: &[(&'static str, &str)], uri: &str, known_as: &str) -> Option<Signature> {
        let authorization = format!(
            "{SIGNED} user=hf_integration,signedheaders={NAMES},signature=76316313e47c22ee45e778a4126d155bcc35b8850c5a19e9c1a567defb93774f"
        );
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("host", "api.icims.com"),
            (DATE, "2024-05-06T07:08:09Z"),
            (CONTENT, "154d2a45ce345acb19697a5d36735be62006e726ff3f72db25cc0f803563187b"),
        ]
        .into_iter()
        .chain(changes.iter().copied())
        {
            headers.insert(name, value.parse().expect("a header"));
            if value.is_empty() {
                headers.remove(name);
            }
        }
        let request = Request { method: &Method::POST, uri: &uri.parse().expect("an address"), headers: &headers, known_as };
        Signature::of(&request, "2024-05-06T07:20:00Z".parse().expect("a moment"))
    }

    const PATH: &str = "/customers/4821/applicantworkflows/88120/fields/assessmentresults";

    #[test]
    fn the_vector_of_the_document_holds_for_its_key_and_its_body() {
        let signature = read(&[], PATH, "").expect("a signature");
        assert_eq!(signature.user, "hf_integration");
        assert!(signature.is_made_with(&KEY.into()) && signature.covers(BODY.as_bytes()));
        assert!(!signature.is_made_with(&"another key".into()) && !signature.is_made_with(&"".into()));
        assert!(!signature.covers(b"{}"));
    }

    #[test]
    fn behind_a_proxy_the_host_that_icims_knows_counts() {
        let inside = [("host", "10.0.0.7:8702")];
        assert!(read(&inside, PATH, "api.icims.com").expect("a signature").is_made_with(&KEY.into()));
        assert!(!read(&inside, PATH, "elsewhere.example").expect("a signature").is_made_with(&KEY.into()));
    }

    #[test]
    fn another_request_has_another_signature() {
        for uri in ["/", "/customers/4821/applicantworkflows/88120/fields/assessmentresults?x=1", "/%63ustomers/4821/"] {
            assert!(!read(&[], uri, "").expect("a signature").is_made_with(&KEY.into()), "{uri}");
        }
        assert!(!read(&[("content-type", "text/plain")], PATH, "").expect("a signature").is_made_with(&KEY.into()));
    }

    #[test]
    fn what_is_old_or_of_the_future_is_not_read() {
        for (date, is_read) in [
            ("2024-05-06T07:05:00Z", true),
            ("2024-05-06T07:35:00+0000", true),
            ("2024-05-06T07:04:59Z", false),
            ("2024-05-06T07:35:01+0000", false),
            ("2023-05-06T07:20:00Z", false),
            ("yesterday", false),
        ] {
            assert_eq!(read(&[(DATE, date)], PATH, "").is_some(), is_read, "{date}");
        }
    }

    #[test]
    fn what_is_unclear_or_leaves_something_unsigned_is_not_read() {
        let claim = |names: &str| format!("{SIGNED} user=hf, signedheaders={names}, signature=ab");
        assert!(read(&[("authorization", &claim(NAMES))], PATH, "").is_some(), "spaces after the commas");
        for wrong in [
            "Basic dXNlcjpwdw==".to_owned(),
            SIGNED.to_owned(),
            format!("{SIGNED} user=hf"),
            claim("host;x-icims-date"),
            claim("x-icims-content-sha256;x-icims-date"),
            claim("host;x-icims-content-sha256"),
            claim(&format!("{NAMES};x-missing")),
            format!("{}, scope=all", claim(NAMES)),
            format!("{}, user=other", claim(NAMES)),
        ] {
            assert!(read(&[("authorization", &wrong)], PATH, "").is_none(), "{wrong}");
        }
        for missing in ["host", DATE, CONTENT] {
            assert!(read(&[(missing, "")], PATH, "").is_none(), "{missing}");
        }
    }
}
