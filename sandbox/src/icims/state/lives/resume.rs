//! The résumé: a word processor's document that says what the profile says.

use jiff::civil::Date;

use super::Story;
use super::packed::archive;
use crate::icims::model::{Fields, NodeId, Value};
use crate::icims::state::files::NewFile;

const TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
);
const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    r#"</Relationships>"#,
);

/// A paragraph of the document.
enum Paragraph {
    Heading(String),
    Plain(String),
}

#[cfg(test)]
thread_local! {
    static WRITTEN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many documents this thread has written.
#[cfg(test)]
pub(in crate::icims) fn resumes_written() -> usize {
    WRITTEN.get()
}

/// The résumé as it was uploaded.
pub(super) fn written(story: &Story<'_>) -> NewFile {
    #[cfg(test)]
    WRITTEN.set(WRITTEN.get() + 1);
    let document = document(&paragraphs(story));
    let files = [("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS), ("word/document.xml", &document)];
    let names = [story.record.text("lastname"), story.record.text("firstname"), "Resume.docx"];
    // The header of a download carries ASCII only.
    let name = names.into_iter().filter(|name| name.is_ascii() && !name.is_empty()).collect::<Vec<_>>().join("_");
    NewFile { name, bytes: archive(&files) }
}

fn paragraphs(story: &Story<'_>) -> Vec<Paragraph> {
    let record = story.record;
    let home = super::home::address(story.life);
    let phone = record.entries("phones").first().map_or_else(String::new, |entry| text(&entry.fields, "phonenumber"));
    let street = [text(&home, "addressstreet1"), text(&home, "addressstreet2"), text(&home, "addresscity")];
    let state = short(story, &home, "addressstate");
    let lines = [
        Paragraph::Heading([record.text("firstname"), record.text("lastname")].join(" ")),
        Paragraph::Plain(format!("{}, {state} {}", joined(&street, ", "), text(&home, "addresszip"))),
        Paragraph::Plain(joined(&[record.text("email").to_owned(), phone], " | ")),
        Paragraph::Heading("Work Experience".into()),
    ];
    let posts = story.posts().into_iter().flat_map(|post| {
        let until = post.to.map_or_else(|| "present".to_owned(), month);
        let state = short(story, &post.fields(), "workstate");
        [
            Paragraph::Plain(format!("{}, {}, {}, {state}", post.title, post.employer, post.place.city)),
            Paragraph::Plain(format!("{} - {until}", month(post.from))),
            Paragraph::Plain(post.did.to_owned()),
        ]
    });
    let studies = super::studies::fields(story.life, story.first_day_at_work());
    let label = |field| label(story, &studies, field);
    let year = match studies.get("graduationdate") {
        Some(Value::Date(date)) => date.year().to_string(),
        _ => String::new(),
    };
    let education = [
        Paragraph::Heading("Education".into()),
        Paragraph::Plain(joined(&[label("degree"), label("major")], ", ")),
        Paragraph::Plain(joined(&[label("school"), text(&studies, "educationcity"), year], ", ")),
    ];
    lines.into_iter().chain(posts).chain(education).collect()
}

/// What is not empty, with a separator in between.
fn joined(parts: &[String], separator: &str) -> String {
    parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(separator)
}

fn text(fields: &Fields, field: &str) -> String {
    match fields.get(field) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

fn label(story: &Story<'_>, fields: &Fields, field: &str) -> String {
    node_of(fields, field).map_or_else(String::new, |id| story.state.node_text(id))
}

/// The short form of a state.
fn short(story: &Story<'_>, fields: &Fields, field: &str) -> String {
    let node = node_of(fields, field).and_then(|id| story.state.node(id));
    node.and_then(|node| node.abbrev.clone()).unwrap_or_default()
}

fn node_of<'a>(fields: &'a Fields, field: &str) -> Option<&'a NodeId> {
    match fields.get(field) {
        Some(Value::Node(id)) => Some(id),
        _ => None,
    }
}

/// `March 2024`
fn month(date: Date) -> String {
    date.strftime("%B %Y").to_string()
}

fn document(paragraphs: &[Paragraph]) -> String {
    let mut body = String::new();
    for paragraph in paragraphs {
        let (style, text) = match paragraph {
            Paragraph::Heading(text) => ("<w:rPr><w:b/></w:rPr>", text),
            Paragraph::Plain(text) => ("", text),
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        body += &format!("<w:p><w:r>{style}<w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document \
         xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    )
}
