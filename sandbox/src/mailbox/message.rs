//! What a reader wants of a message: who, what about, the words, the links.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use mail_parser::{Address, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::links;
use super::mime::{Field, Parts, understood};
use crate::engine::aside;

/// The header by which an integration names the iCIMS customer a message belongs to.
const CUSTOMER_HEADER: &str = "X-Icims-Customer";
/// The largest message that is read where it came in, in bytes; it takes less than a millisecond.
const AT_ONCE: usize = 64 * 1024;

/// Who a message was handed over for, as said in the SMTP session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The return path; empty for a notification that must not be answered.
    pub from: String,
    /// The recipients, as bare addresses.
    pub to: Vec<String>,
}

/// A message as pages and API show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Ascending number, from 1.
    pub id: u64,
    /// When it was accepted, on the virtual clock.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// The iCIMS customer that the sender named; absent if it named none.
    pub customer: Option<String>,
    /// The `From` header, as `Name <address>` or the bare address; the return path if there is no such header.
    pub from: String,
    /// The recipients of the SMTP session, as bare addresses.
    pub to: Vec<String>,
    /// The subject, decoded; empty if there is none.
    pub subject: String,
    /// The plain text, decoded; absent if the message has none.
    pub text: Option<String>,
    /// The HTML, decoded; absent if the message has none.
    pub html: Option<String>,
    /// The web addresses that a person can click, of the text, then of the HTML, each once, in order of appearance.
    pub links: Vec<String>,
    /// The `Message-ID`, without angle brackets.
    pub message_id: Option<String>,
    /// The first message that one of the recipients got with this `Message-ID` and other content; absent if there is none. A mail server that
    /// suppresses duplicates would have dropped this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_of: Option<u64>,
}

impl Message {
    pub(super) fn new(id: u64, received_at: Timestamp, return_path: &str, to: Vec<String>, read: Reading) -> Self {
        let Reading { customer, from, subject, text, html, links, message_id, headers: _, fingerprint: _ } = read;
        let from = from.unwrap_or_else(|| return_path.to_owned());
        Self { id, received_at, customer, from, to, subject, text, html, links, message_id, repeat_of: None }
    }

    /// When it was accepted, as a person reads it, in UTC.
    #[must_use]
    pub fn moment(&self) -> String {
        self.received_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
    }
}

/// What was read from the bytes of a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) customer: Option<String>,
    pub(super) from: Option<String>,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) links: Vec<String>,
    pub(super) message_id: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    /// What the message says in all its parts, whatever its date, boundaries and encodings, which change when a sender tries again.
    pub(super) fingerprint: u64,
}

/// Reads a message and gives it back with what was read, a large one beside the threads that serve. Whatever cannot be read is left
/// out; no bytes are refused, as the sender has to be told 250 or nothing.
pub(super) async fn read(raw: Vec<u8>) -> (Reading, Vec<u8>) {
    if raw.len() <= AT_ONCE {
        return (reading(&raw), raw);
    }
    aside("mailbox", move || (reading(&raw), raw)).await
}

/// What can be read from a message's bytes.
pub(super) fn reading(raw: &[u8]) -> Reading {
    let Parts { fields, text, html, others } = Parts::of(raw);
    if fields.iter().all(|(name, _)| name.is_empty()) {
        let text = Some(String::from_utf8_lossy(raw).into_owned());
        return Reading { text, ..Reading::default() }.with_fingerprint(others);
    }
    let named = understood(&fields, &["From", "Subject", "Message-ID", CUSTOMER_HEADER], |header| {
        let customer = header.header(CUSTOMER_HEADER).and_then(HeaderValue::as_text).map(str::trim);
        Some(Reading {
            customer: customer.filter(|it| !it.is_empty()).map(Into::into),
            from: header.from().and_then(sender),
            subject: header.subject().unwrap_or_default().to_owned(),
            message_id: header.message_id().map(str::to_owned),
            ..Reading::default()
        })
    });
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
    let headers = fields.iter().filter(|(name, _)| !name.is_empty()).map(|(name, value)| (shown(name), shown(value))).collect();
    Reading { links: links::found_in(text.as_deref(), html.as_deref()), text, html, headers, ..named.unwrap_or_default() }
        .with_fingerprint(others)
}

impl Reading {
    /// Adds what is read to the fingerprint of the parts that are not.
    fn with_fingerprint(mut self, mut others: DefaultHasher) -> Self {
        (&self.from, &self.subject, &self.text, &self.html).hash(&mut others);
        self.fingerprint = others.finish();
        self
    }
}

/// The header fields of a message in order, unfolded and decoded as far as the library can, for people to read.
pub(super) fn headers(raw: &[u8]) -> Vec<(String, String)> {
    let lines = raw.split_inclusive(|byte| *byte == b'\n');
    let length = lines.take_while(|line| !line.trim_ascii().is_empty()).map(<[u8]>::len).sum();
    let fields = Parts::of(&raw[..length]).fields;
    let shown = |(name, value): &Field<'_>| {
        let plain = understood(&[(b"Subject", value)], &["Subject"], |header| header.subject().map(str::to_owned));
        let as_is = || String::from_utf8_lossy(value.trim_ascii()).into_owned();
        (String::from_utf8_lossy(name).into_owned(), plain.unwrap_or_else(as_is))
    };
    fields.iter().filter(|(name, _)| !name.is_empty()).map(shown).collect()
}

fn sender(from: &Address<'_>) -> Option<String> {
    let first = from.first()?;
    match (first.name(), first.address()) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (None, Some(address)) => Some(address.to_owned()),
        (name, None) => name.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::*;
    use crate::engine::work;

    const CHARSETS: [&str; 8] = ["gb2312", "gbk", "gb18030", "big5", "shift_jis", "iso-2022-jp", "euc-jp", "euc-kr"];

    #[test]
    fn quoted_printable_text_is_decoded_before_links_are_looked_for() {
        let read = reading(
            b"From: =?utf-8?q?Brightwater_Foods_=E2=80=93_Talent?= <talent@brightwater.example>\r\nSubject: =?utf-8?b?SGFsbG8gSW7DqXM=?=\r\n\
              Message-ID: <order-1.round-1@integration.example>\r\nX-Icims-Customer: 4021\r\n\
              Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
              In=C3=A9s, start here: http://127.0.0.1:8703/m/abcdefghij=\r\nklmnop?lang=3Den. Good luck!\r\n",
        );
        assert_eq!(read.from.as_deref(), Some("Brightwater Foods – Talent <talent@brightwater.example>"));
        assert_eq!(read.subject, "Hallo Inés");
        assert_eq!(read.customer.as_deref(), Some("4021"));
        assert_eq!(read.message_id.as_deref(), Some("order-1.round-1@integration.example"));
        assert_eq!(
            read.text.as_deref(),
            Some("Inés, start here: http://127.0.0.1:8703/m/abcdefghijklmnop?lang=en. Good luck!\r\n")
        );
        assert_eq!(read.links, ["http://127.0.0.1:8703/m/abcdefghijklmnop?lang=en"]);
        assert_eq!(read.html, None);
    }

    /// A subject and a body in this charset, whose text has these bytes in base64; the body once encoded and once as it is.
    fn check_charset(charset: &str, base64: &str, text: &str) {
        let bytes = BASE64_STANDARD.decode(base64).expect("base64");
        for (encoding, body) in [("base64", base64.as_bytes()), ("8bit", &bytes)] {
            let header = format!(
                "Subject: =?{charset}?B?{base64}?=\r\nContent-Type: text/plain; charset=\"{charset}\"\r\n\
                 Content-Transfer-Encoding: {encoding}\r\n\r\n"
            );
            let read = reading(&[header.as_bytes(), body].concat());
            assert_eq!((read.subject.as_str(), read.text.as_deref()), (text, Some(text)), "{charset} {encoding}");
        }
    }

    #[test]
    fn the_charsets_of_east_asia_are_decoded_in_subjects_and_bodies() {
        check_charset("GB2312", "w+bK1NH7x+s=", "面试邀请");
        check_charset("gbk", "nHnUh+acvdM=", "測試鏈接");
        check_charset("GB18030", "lTSyNdKwzazRpw==", "𠮷野同学");
        check_charset("big5", "tPrF58HcvdA=", "測驗邀請");
        check_charset("Shift_JIS", "k0uQq4yfjbiCzIKyiMST4A==", "適性検査のご案内");
        check_charset("ISO-2022-JP", "GyRCQSo5TSROJDQwRkZiGyhC", "選考のご案内");
        check_charset("EUC-JP", "pcaluaXIvPW4oQ==", "テスト受検");
        check_charset("euc-kr", "wPu8urDLu+cgvsizuw==", "적성검사 안내");
        check_charset("ks_c_5601-1987", "jGO55rCix88gtNQ=", "똠방각하 님");
    }

    #[test]
    fn links_stand_between_the_letters_of_east_asia() {
        // 请点击 (please click), the address, 。 (a full stop), in quoted-printable GBK.
        let read = reading(
            b"Content-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
              =C7=EB=B5=E3=BB=F7 https://harver.example/m/7?lang=3Dzh =A1=A3",
        );
        assert_eq!(read.text.as_deref(), Some("请点击 https://harver.example/m/7?lang=zh 。"));
        assert_eq!(read.links, ["https://harver.example/m/7?lang=zh"]);
    }

    #[test]
    fn whatever_the_charset_reading_takes_as_long_as_the_message_is() {
        for charset in ["gb18030", "iso-2022-jp"] {
            let header = format!("Content-Type: text/plain; charset={charset}\r\n\r\n");
            work::assert_linear(&["\u{7bc4}", "~", "\u{1b}$B", "\u{1b}", "a"], |body| {
                reading(format!("{header}{body}").as_bytes());
            });
            let word = format!(" =?{charset}?b?w+bK1A==?=\r\n");
            work::assert_linear(&[&word], |words| drop(reading(format!("Subject: a\r\n{words}\r\n").as_bytes())));
        }
    }

    #[test]
    fn both_halves_of_an_alternative_are_read_also_from_base64() {
        let read = reading(
            b"From: talent@brightwater.example\r\nSubject: Your assessment\r\nMIME-Version: 1.0\r\n\
              Content-Type: multipart/alternative; boundary=half\r\n\r\n\
              --half\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
              T3BlbiBodHRwOi8vaGFydmVyLmV4YW1wbGUvbS9vbmU=\r\n\
              --half\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
              PGEgaHJlZj0iaHR0cDovL2hhcnZlci5leGFtcGxlL20vb25lIj5TdGFydDwvYT48YSBocmVmPSJodHRwOi8vaGFydmVyLmV4YW1wbGUvaGVscD9hPTEmYW1wO2I9MiI+SGVscDwvYT4=\r\n\
              --half--\r\n",
        );
        assert_eq!(read.text.as_deref(), Some("Open http://harver.example/m/one"));
        assert!(read.html.is_some_and(|html| html.starts_with("<a href=")));
        assert_eq!(read.links, ["http://harver.example/m/one", "http://harver.example/help?a=1&b=2"]);
    }

    /// Whether two messages of these parts say the same; each has a date and a boundary of its own.
    fn says_the_same(one: &str, other: &str) -> bool {
        let of = |content: &str, date: &str, boundary: &str| {
            let header = format!("Date: {date}\r\nMessage-ID: <x@y>\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n");
            reading((header + &content.replace("BOUNDARY", boundary)).as_bytes()).fingerprint
        };
        of(one, "Tue, 04 Mar 2025 12:00:00 +0000", "a7f3") == of(other, "Wed, 05 Mar 2025 09:30:00 +0000", "90c1")
    }

    #[test]
    fn the_fingerprint_is_of_what_a_message_says_and_not_of_how_it_came() {
        let said = "From: A <a@b.example>\r\nSubject: Hello\r\n\r\n--BOUNDARY\r\nContent-Type: text/plain\r\n\r\nOne\r\n--BOUNDARY\r\n\
            Content-Type: text/html\r\n\r\n<p>One\r\n--BOUNDARY\r\nContent-Type: image/png\r\n\r\niVBORw==\r\n--BOUNDARY\r\n\
            Content-Type: text/plain\r\n\r\nfoot\r\n--BOUNDARY--\r\n";
        assert!(says_the_same(said, said));
        let encoded = said.replace("Hello", "=?utf-8?q?Hello?=").replacen(
            "text/plain\r\n\r\nOne",
            "text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nT25l",
            1,
        );
        assert!(says_the_same(said, &encoded));
        for (was, is) in [
            ("A <a", "B <a"),
            ("Hello", "Hallo"),
            ("\r\nOne", "\r\nTwo"),
            ("<p>One", "<p>Two"),
            ("iVBO", "iVBP"),
            ("foot", "feet"),
            ("png", "gif"),
        ] {
            assert!(!says_the_same(said, &said.replace(was, is)), "{was} and {is}");
        }
    }

    #[test]
    fn headers_are_shown_in_order_unfolded_and_decoded() {
        let raw = b"Received: from a\r\n\tby b\r\nSubject: =?iso-2022-jp?b?GyRCQSo5TSROJDQwRkZiGyhC?=\r\nX-Empty:\r\nReceived: from c\r\n\r\nTo: body\r\n";
        let shown = headers(raw);
        let shown: Vec<_> = shown.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [
            ("Received", "from a by b"),
            ("Subject", "\u{9078}\u{8003}\u{306e}\u{3054}\u{6848}\u{5185}"),
            ("X-Empty", ""),
            ("Received", "from c"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(headers(b"\r\nSubject: body"), []);
    }

    #[test]
    fn bytes_that_are_no_message_are_read_without_complaint() {
        let unlucky = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n--x";
        let unfinished = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n";
        for raw in [&b""[..], b"\0\xff\r\n", b"Subject", unfinished, unlucky] {
            let read = reading(raw);
            assert_eq!(read.customer, None);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_of_any_charset_make_the_reader_panic(
            charset in proptest::sample::select(&CHARSETS[..]),
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40),
        ) {
            let encoded = BASE64_STANDARD.encode(&bytes);
            let header = format!("Subject: =?{charset}?b?{encoded}?=\r\nContent-Type: text/html; charset={charset}\r\n\r\n");
            reading(&[header.as_bytes(), &bytes].concat());
        }
    }
}
