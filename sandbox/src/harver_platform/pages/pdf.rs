//! Reports as documents: PDF 1.4 with lines of text on A4 pages, in a font that every reader has.
//!
//! That font knows the letters of Western Europe; others are shown as question marks, as nothing can be embedded that is not there.

/// The page's width and height in points.
const PAGE: (u32, u32) = (595, 842);
/// The margin around the text, in points.
const MARGIN: u32 = 56;
/// How many characters of the plain size fit into a line.
const COLUMNS: usize = 88;

/// One paragraph.
#[derive(Clone, Debug)]
pub(super) struct Line {
    text: String,
    size: u32,
    is_bold: bool,
}

impl Line {
    /// What the document is.
    pub(super) fn title(text: String) -> Self {
        Self { text, size: 18, is_bold: true }
    }

    /// What follows.
    pub(super) fn heading(text: String) -> Self {
        Self { text, size: 13, is_bold: true }
    }

    /// What is said.
    pub(super) fn plain(text: String) -> Self {
        Self { text, size: 11, is_bold: false }
    }
}

/// The bytes of a document with these paragraphs.
pub(super) fn document(lines: &[Line]) -> Vec<u8> {
    let pages = pages(lines);
    // Objects 1 to 4 are the catalogue, the list of pages and two fonts; then each page and what is on it.
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let font =
        |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>").into_bytes();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()).into_bytes(),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    for (at, content) in pages.into_iter().enumerate() {
        let (width, height) = PAGE;
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {} 0 R >>",
            6 + 2 * at
        );
        objects.push(page.into_bytes());
        let mut stream = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
        stream.extend(content);
        stream.extend(b"\nendstream");
        objects.push(stream);
    }
    written(&objects)
}

/// Header, objects, where each of them begins, and where that table begins.
fn written(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend(format!("{} 0 obj\n", at + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(table.bytes());
    bytes.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes());
    bytes
}

/// What is drawn on each page; there is always one.
fn pages(lines: &[Line]) -> Vec<Vec<u8>> {
    let top = PAGE.1 - MARGIN;
    let (mut pages, mut below) = (vec![Vec::new()], top);
    for line in lines {
        let columns = COLUMNS * 11 / line.size as usize;
        let gap = if line.is_bold { line.size } else { 3 };
        for (at, text) in wrapped(&line.text, columns).into_iter().enumerate() {
            let step = line.size * 5 / 4 + if at == 0 { gap } else { 0 };
            if below < MARGIN + step {
                pages.push(Vec::new());
                below = top;
            }
            below -= step;
            let font = if line.is_bold { "F2" } else { "F1" };
            let page = pages.last_mut().expect("there is always one");
            page.extend(format!("BT /{font} {} Tf {MARGIN} {below} Td (", line.size).bytes());
            page.extend(escaped(&text));
            page.extend(b") Tj ET\n");
        }
    }
    pages
}

/// A paragraph in lines of at most so many characters, broken at spaces where there are any.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(columns) {
            let line = lines.last_mut().expect("there is always one");
            if line.is_empty() {
                line.extend(piece);
            } else if line.chars().count() + 1 + piece.len() <= columns {
                line.push(' ');
                line.extend(piece);
            } else {
                lines.push(piece.iter().collect());
            }
        }
    }
    lines
}

/// Text in the font's own encoding, with what would end it escaped.
fn escaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let byte = match letter {
            ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
            '€' => 0x80,
            '…' => 0x85,
            'Š' => 0x8a,
            'Œ' => 0x8c,
            'Ž' => 0x8e,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '•' => 0x95,
            '–' => 0x96,
            '—' => 0x97,
            'š' => 0x9a,
            'œ' => 0x9c,
            'ž' => 0x9e,
            'Ÿ' => 0x9f,
            _ => b'?',
        };
        if matches!(byte, b'(' | b')' | b'\\') {
            bytes.push(b'\\');
        }
        bytes.push(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }

    #[test]
    fn the_table_at_the_end_says_where_every_object_begins() {
        let lines: Vec<Line> = (0..120).map(|at| Line::plain(format!("Line {at} (with brackets)"))).collect();
        let document = document(&lines);
        let shown = text(&document);
        assert!(shown.starts_with("%PDF-1.4") && shown.ends_with("%%EOF\n"));
        assert!(shown.contains("/Count 3"), "a hundred and twenty lines need three pages");
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let start = number(shown.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).expect("there"));
        // Offsets count bytes, of which the header has some that are no ASCII.
        let table = text(&document[start..]);
        let entries: Vec<&str> = table.lines().skip(3).take_while(|line| line.ends_with("n ")).collect();
        assert_eq!(entries.len(), 4 + 2 * 3);
        for (at, entry) in entries.iter().enumerate() {
            assert!(document[number(&entry[..10])..].starts_with(format!("{} 0 obj", at + 1).as_bytes()), "{entry}");
        }
    }

    #[test]
    fn letters_of_western_europe_are_kept_and_others_are_marked() {
        assert_eq!(escaped("Zoë – 5 € (a\\b)"), b"Zo\xeb \x96 5 \x80 \\(a\\\\b\\)");
        assert_eq!(escaped("日本"), b"??");
    }

    #[test]
    fn long_words_are_broken_and_short_ones_share_a_line() {
        assert_eq!(wrapped("ab cd efghij", 5), ["ab cd", "efghi", "j"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
