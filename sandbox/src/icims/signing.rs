//! Signed requests, `x-icims-v1-hmac-sha256` (icims-api 2.4): what is signed, and how. Used in both directions.
//!
//! No HTTP types and no clock: whoever receives or sends a request says what is in it. What the documents leave open is *assumed* as
//! there: the query is signed as it is sent, values are trimmed, and [`SKEW`] is how far clocks may differ.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The name of the scheme.
pub(super) const SCHEME: &str = "x-icims-v1-hmac-sha256";
/// The header with the moment of signing.
pub(super) const DATE: &str = "x-icims-date";
/// The header with the hash of the uncompressed body.
pub(super) const CONTENT: &str = "x-icims-content-sha256";
/// How far a date may be from the present (*assumed*).
const SKEW: SignedDuration = SignedDuration::from_mins(15);
/// Most headers that one signature may cover (*assumed*).
const HEADER_LIMIT: usize = 64;

/// A request as far as it is signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// As sent, without the question mark; empty when there is none.
    pub(super) query: &'a str,
    /// Lower-case names in ascending order with their values.
    pub(super) headers: &'a [(&'a str, &'a str)],
    /// The value of `x-icims-date`.
    pub(super) date: &'a str,
}

impl Signed<'_> {
    /// The six parts, one under the other.
    fn canonical(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.method, self.path, self.query);
        for (name, value) in self.headers {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}:{}", value.trim());
        }
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        text.push('\n');
        text.push_str(&names.join(";"));
        text
    }

    /// The signature in lower-case hexadecimal digits.
    pub(super) fn signature(&self, key: &str) -> String {
        let text = format!("{SCHEME}\n{}\n{}", self.date, hash(self.canonical().as_bytes()));
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length will do");
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// The value of `Authorization` as iCIMS itself writes it: no space after the commas.
    pub(super) fn authorization(&self, user: &str, key: &str) -> String {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        format!("{SCHEME} user={user},signedheaders={},signature={}", names.join(";"), self.signature(key))
    }
}

/// What the `Authorization` header of a signed request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim<'a> {
    pub(super) user: &'a str,
    /// In ascending order, each once.
    pub(super) headers: Vec<&'a str>,
    pub(super) signature: &'a str,
}

impl<'a> Claim<'a> {
    /// Reads what comes after the scheme, with or without spaces after the commas. `None` when a part is missing, written twice or
    /// unknown, when names are not in lower case, or when host and date are not among them.
    pub(super) fn read(text: &'a str) -> Option<Self> {
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
        let plain = |name: &&str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        let complete =
            headers.len() <= HEADER_LIMIT && headers.iter().all(plain) && headers.contains(&"host") && headers.contains(&DATE);
        complete.then_some(Self { user: user?, headers, signature: signature? })
    }

    /// Whether the signature is the one that this key gives.
    pub(super) fn fits(&self, request: &Signed<'_>, key: &str) -> bool {
        // An empty key would let anybody sign.
        !key.is_empty() && request.signature(key).as_bytes().ct_eq(self.signature.as_bytes()).into()
    }
}

/// Whether a date, in either way of writing it, is close enough to the present.
pub(super) fn is_current(date: &str, now: Timestamp) -> bool {
    moment(date.trim()).is_some_and(|date| date.duration_since(now).abs() <= SKEW)
}

/// `2024-05-06T07:08:09Z` of clients, or `2031-03-04T14:31:00+0000` of iCIMS itself.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok())
}

/// A moment as iCIMS writes it in requests of its own.
pub(super) fn date(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sandbox-demo-key";
    const WHEN: &str = "2024-05-06T07:08:09Z";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// One of the two test vectors of icims-api 2.4.
    fn check(method: &str, path: &str, query: &str, body: &str, canonical: &str, signature: &str) {
        let content = hash(body.as_bytes());
        let headers =
            [("content-type", "application/json"), ("host", "api.icims.com"), (CONTENT, content.as_str()), (DATE, WHEN)];
        let request = Signed { method, path, query, headers: &headers, date: WHEN };
        assert_eq!(hash(request.canonical().as_bytes()), canonical);
        assert_eq!(request.signature(KEY), signature);
        let written = request.authorization("hf_integration", KEY);
        let claim = Claim::read(written.strip_prefix(SCHEME).expect("the scheme")).expect("a claim");
        assert!(claim.fits(&request, KEY));
        assert!(!claim.fits(&request, "another key") && !claim.fits(&Signed { path: "/", ..request }, KEY));
    }

    #[test]
    fn the_two_vectors_of_the_document_are_reproduced() {
        assert_eq!(hash(b""), EMPTY);
        check(
            "GET",
            "/customers/4821/people/30417",
            "fields=firstname,lastname,email",
            "",
            "f25c72a420f3df9ebe025dc0e20cc7811ca66319a71cbc58746cb082a44d5329",
            "1c5956ad8282e2e379977c7a88fcd03ae0636756069d178a7b2e9e02eec15899",
        );
        check(
            "POST",
            "/customers/4821/applicantworkflows/88120/fields/assessmentresults",
            "",
            r#"{"assessmentscore":87.5}"#,
            "3347d64272228ed3460e410e89da663d6e3f4f2d8cf1d0d3c620da12306d8575",
            "76316313e47c22ee45e778a4126d155bcc35b8850c5a19e9c1a567defb93774f",
        );
    }

    #[test]
    fn both_ways_of_writing_the_header_are_read() {
        let expected = Some(Claim { user: "hf", headers: vec!["host", "x-icims-date"], signature: "ab" });
        assert_eq!(Claim::read(" user=hf,signedheaders=host;x-icims-date,signature=ab"), expected);
        assert_eq!(Claim::read("user=hf, signedheaders=x-icims-date;host, signature=ab"), expected);
    }

    #[test]
    fn an_incomplete_header_is_none() {
        for wrong in [
            "",
            "user=hf",
            "user=hf,signedheaders=host,signature=ab",
            "user=hf,signedheaders=x-icims-date,signature=ab",
            "user=hf,signedheaders=Host;x-icims-date,signature=ab",
            "user=,signedheaders=host;x-icims-date,signature=ab",
            "user=hf,user=hf,signedheaders=host;x-icims-date,signature=ab",
            "user=hf,signedheaders=host;x-icims-date,signature=ab,scope=all",
        ] {
            assert_eq!(Claim::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_may_be_a_quarter_of_an_hour_off() {
        let now: Timestamp = "2031-03-04T14:31:00Z".parse().expect("a moment");
        for (date, current) in [
            ("2031-03-04T14:31:00Z", true),
            ("2031-03-04T14:46:00+0000", true),
            ("2031-03-04T14:16:00Z", true),
            ("2031-03-04T14:46:01Z", false),
            ("2031-03-04T14:15:59+0000", false),
            ("yesterday", false),
            ("", false),
        ] {
            assert_eq!(is_current(date, now), current, "{date}");
        }
        assert_eq!(date(now), "2031-03-04T14:31:00+0000");
    }

    #[test]
    fn nobody_signs_with_a_key_that_is_not_there() {
        let headers = [("host", "api.icims.com"), (DATE, WHEN)];
        let request = Signed { method: "GET", path: "/", query: "", headers: &headers, date: WHEN };
        let signature = request.signature("");
        assert!(!Claim { user: "hf", headers: vec![], signature: &signature }.fits(&request, ""));
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(text in "(user=|signedheaders=|signature=|host|;|,|x-icims-date|\\PC){0,20}", date in "[0-9TZ:+-]{0,30}") {
            if let Some(claim) = Claim::read(&text) {
                proptest::prop_assert!(claim.headers.contains(&"host") && claim.headers.contains(&DATE));
            }
            let _ = is_current(&date, Timestamp::UNIX_EPOCH);
        }
    }
}
