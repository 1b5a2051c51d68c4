//! A message taken apart (RFC 5322, RFC 2046): header fields, and where the bodies are that a person reads.
//!
//! Line by line, each line once. The mail library, which takes apart whole messages, looks for each boundary to the end of the
//! message, and adds the pieces of a parameter to one another one by one: a message can be made that takes it hours. So it is only
//! given what has no such parts: the fields of one header, and one body.

use std::hash::{DefaultHasher, Hash as _};

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use crate::engine::work;

/// How many fields of a header are read.
const FIELDS: usize = 1_000;
/// How deep parts may lie within parts; deeper ones are not looked into.
const DEPTH: usize = 32;
/// The longest header field whose parameters are read, in bytes.
const FIELD_LIMIT: usize = 8 * 1024;

/// One header field: its name, and its value as it came.
pub(super) type Field<'a> = (&'a [u8], &'a [u8]);

/// A message taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    /// The fields of the message's own header, in order.
    pub(super) fields: Vec<Field<'a>>,
    /// The first plain text that is no attachment, decoded.
    pub(super) text: Option<String>,
    /// The first HTML that is no attachment, decoded.
    pub(super) html: Option<String>,
    /// All other parts as they came, without the boundaries between them.
    pub(super) others: DefaultHasher,
}

impl<'a> Parts<'a> {
    /// Takes a message apart. What cannot be understood is left out.
    pub(super) fn of(raw: &'a [u8]) -> Self {
        let mut reader = Reader { raw, parts: Self::default(), place: Place::Header(Vec::new()), open: Vec::new(), own: true };
        let mut at = 0;
        for line in raw.split_inclusive(|byte| *byte == b'\n') {
            work::done(line.len());
            reader.line(at, line);
            at += line.len();
        }
        reader.end_part(raw.len());
        reader.parts
    }
}

/// What the lines that come belong to.
enum Place<'a> {
    /// A header; the fields so far.
    Header(Vec<Field<'a>>),
    /// The body of a part that is text, or that is not looked into.
    Body { fields: Vec<Field<'a>>, start: usize },
    /// What stands before the first part and after the last one.
    Between,
}

struct Reader<'a> {
    raw: &'a [u8],
    parts: Parts<'a>,
    place: Place<'a>,
    /// The boundaries of the parts that are open, the innermost last.
    open: Vec<String>,
    /// Whether the header is the message's own.
    own: bool,
}

impl<'a> Reader<'a> {
    fn line(&mut self, at: usize, line: &'a [u8]) {
        if let Some((depth, closes)) = self.boundary(line) {
            self.end_part(at);
            self.open.truncate(if closes { depth } else { depth + 1 });
            self.place = if closes { Place::Between } else { Place::Header(Vec::new()) };
            return;
        }
        let Place::Header(fields) = &mut self.place else { return };
        if line.trim_ascii().is_empty() {
            let fields = std::mem::take(fields);
            self.end_header(fields, at + line.len());
        } else if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            // Where a field goes on, its value grows by the line, which lies behind it.
            if let Some((_, value)) = fields.last_mut().filter(|(_, value)| value.as_ptr_range().end == line.as_ptr()) {
                *value = &self.raw[at - value.len()..at + line.len()];
            }
        } else if fields.len() < FIELDS {
            // A line without a colon is a field of no name, so that what goes on after it is not taken for more of the one before.
            let colon = line.iter().position(|byte| *byte == b':');
            let (name, value) = line.split_at(colon.map_or(0, |colon| colon + 1));
            fields.push((name.strip_suffix(b":").unwrap_or_default().trim_ascii_end(), value));
        }
    }

    /// Which open part a line ends, and whether it closes it.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        self.open.iter().enumerate().rev().find_map(|(depth, boundary)| {
            work::done(1);
            let rest = text.strip_prefix(boundary.as_bytes())?;
            matches!(rest, b"" | b"--").then_some((depth, rest == b"--"))
        })
    }

    fn end_header(&mut self, fields: Vec<Field<'a>>, start: usize) {
        if std::mem::take(&mut self.own) {
            self.parts.fields.clone_from(&fields);
        }
        let boundary = understood(&fields, &["content-type"], |header| {
            let kind = header.content_type().filter(|kind| kind.ctype().eq_ignore_ascii_case("multipart"))?;
            kind.attribute("boundary").map(str::to_owned)
        });
        self.place = match boundary.filter(|boundary| !boundary.is_empty() && self.open.len() < DEPTH) {
            Some(boundary) => {
                self.open.push(boundary);
                Place::Between
            }
            None => Place::Body { fields, start },
        };
    }

    fn end_part(&mut self, end: usize) {
        match std::mem::replace(&mut self.place, Place::Between) {
            Place::Body { fields, start } => {
                let body = &self.raw[start..end.max(start)];
                // The line end before a boundary is a part of it.
                let body = if self.open.is_empty() { body } else { without_line_end(body) };
                self.read(&fields, body);
            }
            Place::Header(fields) if self.own => self.parts.fields = fields,
            Place::Header(_) | Place::Between => {}
        }
    }

    /// Keeps a body if it is the first of its kind, and only its fingerprint otherwise.
    fn read(&mut self, fields: &[Field<'_>], body: &[u8]) {
        let kind = understood(fields, &["content-type", "content-disposition"], |header| {
            let attached = header.content_disposition().is_some_and(|disposition| disposition.is_attachment());
            let kind = header.content_type().map_or(("text", "plain"), |kind| (kind.ctype(), kind.subtype().unwrap_or("plain")));
            (!attached && kind.0.eq_ignore_ascii_case("text")).then(|| kind.1.to_ascii_lowercase())
        });
        let place = match kind.as_deref() {
            Some("html") if self.parts.html.is_none() => &mut self.parts.html,
            Some("plain") if self.parts.text.is_none() => &mut self.parts.text,
            _ => {
                work::done(body.len());
                (header_of(fields, &["content-type", "content-disposition"]), body).hash(&mut self.parts.others);
                return;
            }
        };
        let mut alone = header_of(fields, &["content-type", "content-transfer-encoding"]);
        alone.extend_from_slice(body);
        work::done(alone.len());
        let parsed = MessageParser::default().parse(&alone);
        *place = parsed.and_then(|parsed| match parsed.parts.into_iter().next()?.body {
            PartType::Text(text) | PartType::Html(text) => Some(text.into_owned()),
            _ => None,
        });
    }
}

fn without_line_end(body: &[u8]) -> &[u8] {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    body.strip_suffix(b"\r").unwrap_or(body)
}

/// What the library makes of the fields of these names.
pub(super) fn understood<T>(fields: &[Field<'_>], names: &[&str], read: impl FnOnce(&Message<'_>) -> Option<T>) -> Option<T> {
    let header = header_of(fields, names);
    work::done(header.len());
    MessageParser::default().parse_headers(&header).and_then(|header| read(&header))
}

/// A header of the fields of these names, with the empty line at its end. The library says nothing of a header without fields, so it has one.
fn header_of(fields: &[Field<'_>], names: &[&str]) -> Vec<u8> {
    let mut header = b"MIME-Version: 1.0\r\n".to_vec();
    for (name, value) in fields.iter().filter(|(_, value)| value.len() <= FIELD_LIMIT) {
        if names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes())) {
            header.extend_from_slice(name);
            header.push(b':');
            header.extend_from_slice(value.trim_ascii_end());
            header.extend_from_slice(b"\r\n");
        }
    }
    header.extend_from_slice(b"\r\n");
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(message: &str) -> (Option<String>, Option<String>) {
        let parts = Parts::of(message.as_bytes());
        (parts.text, parts.html)
    }

    #[test]
    fn fields_are_read_with_the_lines_they_go_on_in() {
        let parts = Parts::of(b"From me Mon\r\nSubject: a\r\n b\r\nodd\r\n c\r\nX : y\r\n\r\nA: body\r\n");
        let named =
            |(name, value): &Field<'_>| (String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(value).into_owned());
        let fields: Vec<_> = parts.fields.iter().map(named).filter(|(name, _)| !name.is_empty()).collect();
        assert_eq!(fields, [("Subject".to_owned(), " a\r\n b\r\n".to_owned()), ("X".to_owned(), " y\r\n".to_owned())]);
        assert_eq!(parts.text.as_deref(), Some("A: body\r\n"));
    }

    #[test]
    fn bodies_are_found_within_parts_of_parts_and_attachments_are_not_taken_for_them() {
        let message = "Content-Type: multipart/mixed; boundary=\"out\"\r\n\r\nnothing\r\n--out\r\n\
            Content-Disposition: attachment; filename=a.txt\r\n\r\nattached\r\n--out\r\n\
            Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\nplain\r\n--in  \r\n\
            Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>caf=E9\r\n--in--\r\n\
            --out\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: text/plain\r\n\r\nforwarded\r\n--out--\r\nnothing\r\n";
        assert_eq!(bodies(message), (Some("plain".into()), Some("<p>caf\u{e9}".into())));
        let (text, html) = bodies(&message.replace("\r\n", "\n"));
        assert_eq!((text.as_deref(), html.as_deref()), (Some("plain"), Some("<p>caf\u{e9}")));
    }

    #[test]
    fn fields_and_parts_within_parts_are_read_up_to_a_limit() {
        assert_eq!(Parts::of("A: b\n".repeat(FIELDS + 5).as_bytes()).fields.len(), FIELDS);
        let nested = |depth: usize| {
            let part = |depth| format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
            bodies(&((0..depth).map(part).collect::<String>() + "\nplain")).0
        };
        assert_eq!(nested(DEPTH).as_deref(), Some("plain"));
        assert_eq!(nested(DEPTH + 1), None);
        let kind = |length: usize| bodies(&format!("Content-Type: text/html;\n a={}\n\nx", "b\n ".repeat(length / 3))).1;
        assert!(kind(FIELD_LIMIT - 100).is_some() && kind(FIELD_LIMIT).is_none());
    }

    #[test]
    fn a_message_that_is_cut_short_is_read_as_far_as_it_goes() {
        assert_eq!(bodies("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nplain").0.as_deref(), Some("plain"));
        assert_eq!(bodies("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html"), (None, None));
        assert_eq!(Parts::of(b"Subject: a").fields, [(&b"Subject"[..], &b" a"[..])]);
    }

    #[test]
    fn taking_a_message_apart_takes_as_long_as_it_is() {
        let mixed = "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
        let inside = [
            "--x\r\n",
            "--x\r\nContent-Type: multipart/mixed; boundary=never\r\n\r\n",
            "--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n",
            "--x\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n",
            "--x\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n",
            "a\r\n",
            "--",
        ];
        work::assert_linear(&inside, |body| drop(Parts::of(format!("{mixed}{body}").as_bytes())));
        let header = ["A: b\r\n", " a0*0=b; a0*1=c;\r\n", "Content-Type: text/plain\r\n", " =?utf-8?q?a?=\r\n", ":\n", "\n"];
        work::assert_linear(&header, |fields| drop(Parts::of(format!("Content-Type: text/plain;\r\n{fields}").as_bytes())));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(message in "((Content-Type|Content-Transfer-Encoding|Subject|From):|multipart/mixed; boundary=[xy]|text/html|\
            message/rfc822|base64|quoted-printable|charset=utf-[78]|=|--[xy](--)?|\r?\n|\r\n\r\n|[ a<>\"(,;*0=?\\PC]){0,60}") {
            Parts::of(message.as_bytes());
        }
    }
}
