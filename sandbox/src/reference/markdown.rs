//! Markdown as HTML, for pages of our own documents. HTML within it is shown as text, and only web addresses become links.

use std::fmt::Write as _;

use askama::filters::{Escaper as _, Html};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

/// A document that was written as HTML.
#[derive(Debug)]
pub(super) struct Written {
    /// The HTML, without a shell.
    pub(super) html: String,
    /// Every heading, in order.
    pub(super) headings: Vec<Heading>,
}

/// A heading of a document.
#[derive(Debug)]
pub(super) struct Heading {
    /// Its text.
    pub(super) title: String,
    /// Its id in the HTML.
    pub(super) anchor: String,
}

/// Writes Markdown as HTML.
pub(super) fn written(text: &str) -> Written {
    let events: Vec<Event<'_>> = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
    let mut written = Written { html: String::with_capacity(text.len() * 2), headings: Vec::new() };
    let mut in_head = false;
    for (place, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let title = title_of(&events[place..]);
                let anchor = anchor(&title);
                put(&mut written.html, format_args!("<{level} id=\"{anchor}\">"));
                written.headings.push(Heading { title, anchor });
            }
            Event::Start(Tag::TableHead) => {
                in_head = true;
                written.html.push_str("<thead><tr>");
            }
            Event::End(TagEnd::TableHead) => {
                in_head = false;
                written.html.push_str("</tr></thead><tbody>");
            }
            Event::Start(Tag::TableCell) => written.html.push_str(if in_head { "<th scope=\"col\">" } else { "<td>" }),
            Event::End(TagEnd::TableCell) => written.html.push_str(if in_head { "</th>" } else { "</td>" }),
            Event::Start(tag) => start(&mut written.html, tag),
            Event::End(tag) => end(&mut written.html, *tag),
            other => inside(&mut written.html, other),
        }
    }
    written
}

fn start(html: &mut String, tag: &Tag<'_>) {
    match tag {
        Tag::Paragraph => html.push_str("<p>"),
        Tag::BlockQuote(_) => html.push_str("<blockquote>"),
        Tag::CodeBlock(_) => html.push_str("<pre tabindex=\"0\">"),
        Tag::List(None) => html.push_str("<ul>"),
        Tag::List(Some(first)) => put(html, format_args!("<ol start=\"{first}\">")),
        Tag::Item => html.push_str("<li>"),
        Tag::Table(_) => html.push_str("<div class=\"scroll\" tabindex=\"0\"><table>"),
        Tag::TableRow => html.push_str("<tr>"),
        Tag::Emphasis => html.push_str("<em>"),
        Tag::Strong => html.push_str("<strong>"),
        Tag::Link { dest_url, .. } => {
            // Anything else could run a script, or lead to a file that is not served.
            let safe = ["https://", "http://", "#"].iter().any(|begin| dest_url.starts_with(begin));
            html.push_str("<a");
            if safe {
                html.push_str(" href=\"");
                escaped(html, dest_url);
                html.push('"');
            }
            html.push('>');
        }
        _ => {}
    }
}

fn end(html: &mut String, tag: TagEnd) {
    match tag {
        TagEnd::Heading(level) => put(html, format_args!("</{level}>\n")),
        TagEnd::Paragraph => html.push_str("</p>\n"),
        TagEnd::BlockQuote(_) => html.push_str("</blockquote>\n"),
        TagEnd::CodeBlock => html.push_str("</pre>\n"),
        TagEnd::List(false) => html.push_str("</ul>\n"),
        TagEnd::List(true) => html.push_str("</ol>\n"),
        TagEnd::Item => html.push_str("</li>\n"),
        TagEnd::Table => html.push_str("</tbody></table></div>\n"),
        TagEnd::TableRow => html.push_str("</tr>\n"),
        TagEnd::Emphasis => html.push_str("</em>"),
        TagEnd::Strong => html.push_str("</strong>"),
        TagEnd::Link => html.push_str("</a>"),
        _ => {}
    }
}

fn inside(html: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => escaped(html, text),
        Event::Code(text) => {
            html.push_str("<code>");
            escaped(html, text);
            html.push_str("</code>");
        }
        Event::SoftBreak => html.push('\n'),
        Event::HardBreak => html.push_str("<br>"),
        Event::Rule => html.push_str("<hr>\n"),
        _ => {}
    }
}

/// The text of the heading that begins here.
fn title_of(events: &[Event<'_>]) -> String {
    let within = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let texts = within.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => Some(text),
        _ => None,
    });
    texts.map(CowStr::as_ref).collect()
}

/// What the address of a heading ends in, as GitHub makes it: also links from elsewhere end in that.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn escaped(html: &mut String, text: &str) {
    Html.write_escaped_str(html, text).expect("writing to a string cannot fail");
}

fn put(html: &mut String, text: std::fmt::Arguments<'_>) {
    html.write_fmt(text).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_documents_use_becomes_html() {
        let check = |text: &str, html: &str| assert_eq!(written(text).html.replace('\n', ""), html, "{text}");
        check("## 7.4 The `id` <b>", "<h2 id=\"74-the-id-b\">7.4 The <code>id</code> &#60;b&#62;</h2>");
        check("a **b** *c*", "<p>a <strong>b</strong> <em>c</em></p>");
        check("- a\n- b", "<ul><li>a</li><li>b</li></ul>");
        check("3. a", "<ol start=\"3\"><li>a</li></ol>");
        check("```json\n{\"a\": \"<b>\"}\n```", "<pre tabindex=\"0\">{&#34;a&#34;: &#34;&#60;b&#62;&#34;}</pre>");
        let table = "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table></div>";
        check("| a |\n|---|\n| b |", table);
    }

    #[test]
    fn markup_is_shown_and_does_nothing() {
        let check = |text: &str| {
            let html = written(text).html;
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("javascript:"), "{html}");
        };
        check("<script>alert(1)</script>");
        check("a <img src=x onerror=alert(1)> b");
        check("[a](javascript:alert(1))");
        check("![a](https://example.org/a.png)");
        check("## <script>");
        check("```\n<script>\n```");
        check("`<script>`");
        assert!(written("[a](https://example.org/?a=%22\")").html.contains("href=\"https://example.org/?a=%22&#34;\""));
    }
}
