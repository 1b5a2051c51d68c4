//! Plain text out of documents: txt, html, rtf, docx. Everything else has none (icims-api 9.3; which formats is *assumed*).

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use crate::ui::{Piece, pieces, unescaped};

/// Most bytes that the text of a packed document may unfold to.
const UNPACKED_LIMIT: u64 = 8 * 1024 * 1024;

/// The text of a document, if its format has one and it is not blank.
pub(super) fn text_of(name: &str, bytes: &[u8]) -> Option<String> {
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let text = match extension.as_str() {
        "txt" => utf8(bytes)?,
        "html" | "htm" => without_markup(&utf8(bytes)?, &["p", "br", "div", "li", "tr", "h1", "h2", "h3"]),
        "rtf" => rtf(bytes)?,
        "docx" => without_markup(&utf8(&packed(bytes, "word/document.xml")?)?, &["/w:p", "w:br"]),
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Text, unless it is bytes of another kind under a wrong name.
fn utf8(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    (!bytes.contains(&0)).then(|| String::from_utf8_lossy(bytes).into_owned())
}

/// Text between tags; the `breaks` start a new line.
fn without_markup(source: &str, breaks: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces(source) {
        match piece {
            Piece::Text(written) => text.push_str(&unescaped(written)),
            Piece::Tag(tag) if breaks.iter().any(|name| tag.name().eq_ignore_ascii_case(name)) => text.push('\n'),
            Piece::Tag(_) => {}
        }
    }
    text
}

/// Groups of an RTF document that hold no text.
const SILENT: [&str; 6] = ["fonttbl", "colortbl", "stylesheet", "info", "pict", "generator"];

fn rtf(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"{\\rtf") {
        return None;
    }
    let mut text = String::new();
    // For each open group: whether it is silent.
    let mut groups: Vec<bool> = Vec::new();
    let mut at = 0;
    let mut skip = 0_usize;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        let silent = groups.last().copied().unwrap_or(false);
        match byte {
            b'{' => groups.push(silent),
            b'}' => {
                groups.pop();
            }
            b'\\' => {
                let (word, number, length) = control(&bytes[at..]);
                at += length;
                let letter = match word.as_str() {
                    "par" | "line" | "row" => Some('\n'),
                    "tab" | "cell" => Some('\t'),
                    "\\" | "{" | "}" => word.chars().next(),
                    "~" => Some(' '),
                    "'" => number.and_then(|code| char::from_u32(code.unsigned_abs())),
                    "u" => {
                        skip = 1;
                        number.and_then(|code| {
                            char::from_u32(if code < 0 { (code + 65_536).unsigned_abs() } else { code.unsigned_abs() })
                        })
                    }
                    _ => None,
                };
                if word == "'" && skip > 0 {
                    skip -= 1;
                } else if let Some(letter) = letter.filter(|_| !silent) {
                    text.push(letter);
                }
                if (word == "*" || SILENT.contains(&word.as_str()))
                    && let Some(group) = groups.last_mut()
                {
                    *group = true;
                }
            }
            b'\r' | b'\n' => {}
            _ if skip > 0 => skip -= 1,
            letter if !silent => text.push(char::from(*letter)),
            _ => {}
        }
    }
    Some(text)
}

/// A control word or symbol after its backslash, its number, and how many bytes it took.
fn control(bytes: &[u8]) -> (String, Option<i32>, usize) {
    let Some(first) = bytes.first() else { return (String::new(), None, 0) };
    if *first == b'\'' {
        let digits = bytes.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| i32::from_str_radix(digits, 16).ok());
        return ("'".into(), code, if code.is_some() { 3 } else { 1 });
    }
    if !first.is_ascii_alphabetic() {
        return (char::from(*first).to_string(), None, 1);
    }
    let letters = bytes.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = String::from_utf8_lossy(&bytes[..letters]).into_owned();
    let rest = &bytes[letters..];
    let sign = usize::from(rest.first() == Some(&b'-'));
    let digits = rest[sign..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let number =
        if digits > 0 { std::str::from_utf8(&rest[..sign + digits]).ok().and_then(|text| text.parse().ok()) } else { None };
    let mut length = letters + if digits > 0 { sign + digits } else { 0 };
    length += usize::from(bytes.get(length) == Some(&b' '));
    (word, number, length)
}

/// One file out of a zip archive, found through its central directory.
fn packed(archive: &[u8], wanted: &str) -> Option<Vec<u8>> {
    let end = archive.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
    let files = number(archive, end + 10, 2)?;
    let mut at = number(archive, end + 16, 4)?;
    for _ in 0..files {
        if archive.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let (method, size) = (number(archive, at + 10, 2)?, number(archive, at + 20, 4)?);
        let (name, extra, comment) = (number(archive, at + 28, 2)?, number(archive, at + 30, 2)?, number(archive, at + 32, 2)?);
        let local = number(archive, at + 42, 4)?;
        if archive.get(at + 46..at + 46 + name)? == wanted.as_bytes() {
            let start = local + 30 + number(archive, local + 26, 2)? + number(archive, local + 28, 2)?;
            let body = archive.get(start..start.checked_add(size)?)?;
            return unpacked(body, method);
        }
        at += 46 + name + extra + comment;
    }
    None
}

fn unpacked(body: &[u8], method: usize) -> Option<Vec<u8>> {
    match method {
        0 => Some(body.to_vec()),
        8 => {
            let mut bytes = Vec::new();
            DeflateDecoder::new(body).take(UNPACKED_LIMIT).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        }
        _ => None,
    }
}

/// A little-endian number of `width` bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(width)?)?;
    Some(digits.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    /// A zip archive with one deflated file.
    fn zip(name: &str, content: &[u8]) -> Vec<u8> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).expect("memory takes it");
        let body = packer.finish().expect("a body");
        let size = |value: usize| u32::try_from(value).expect("small").to_le_bytes();
        let short = |value: usize| u16::try_from(value).expect("small").to_le_bytes();
        let mut archive = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
        archive.extend([size(body.len()), size(content.len())].concat());
        archive.extend([short(name.len()), short(0)].concat());
        archive.extend(name.as_bytes());
        archive.extend(&body);
        let directory = archive.len();
        archive.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0");
        archive.extend([size(body.len()), size(content.len())].concat());
        archive.extend([short(name.len()), short(0), short(0), short(0), short(0)].concat());
        archive.extend([size(0), size(0)].concat());
        archive.extend(name.as_bytes());
        let length = archive.len() - directory;
        archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        archive.extend([size(length), size(directory)].concat());
        archive.extend([0, 0]);
        archive
    }

    #[test]
    fn each_format_gives_its_text() {
        let check = |name: &str, bytes: &[u8], text: Option<&str>| assert_eq!(text_of(name, bytes).as_deref(), text, "{name}");
        check("cv.TXT", "\u{feff}Ines Okafor\n".as_bytes(), Some("Ines Okafor"));
        check("cv.txt", b"\0\x01", None);
        check("cv.txt", b"  \n", None);
        check(
            "cv.html",
            b"<style>p{}</style><h1>Ines &amp; Co</h1><p>5 &lt; 6 &#233;<script>let x = '</p>';</script>",
            Some("Ines & Co\n5 < 6 \u{e9}"),
        );
        let rich = br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator X;}\f0 Ines\par Caf\'e9 \u8364? \{5\}}";
        check("cv.rtf", rich, Some("Ines\nCaf\u{e9} \u{20ac} {5}"));
        let body = b"<w:document><w:p><w:r><w:t>Ines</w:t></w:r></w:p><w:p><w:t>Okafor &amp; Co</w:t></w:p></w:document>";
        check("cv.docx", &zip("word/document.xml", body), Some("Ines\nOkafor & Co"));
        check("cv.docx", &zip("word/other.xml", body), None);
        check("cv.png", b"Ines", None);
        check("cv", b"Ines", None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
            rich in "\\{\\\\rtf(\\\\[a-z'*u]{1,4}-?[0-9]{0,8}|[{}<>& ;a]){0,40}",
            at in 0_usize..250, byte in proptest::num::u8::ANY,
        ) {
            let mut broken = zip("word/document.xml", b"<w:p>Ines</w:p>");
            if let Some(place) = broken.get_mut(at) {
                *place = byte;
            }
            for name in ["a.txt", "a.html", "a.rtf", "a.docx"] {
                for bytes in [bytes.as_slice(), rich.as_bytes(), &broken] {
                    let _ = text_of(name, bytes);
                }
            }
        }
    }
}
