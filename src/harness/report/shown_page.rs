//! The HTML of a page that somebody had open when a scenario failed, without what lets somebody in: of its attributes only names, types
//! and addresses are kept, of what was typed or hidden in it nothing.

use scraper::{ElementRef, Html};

use super::mask;

/// Elements that show nothing by themselves.
const INVISIBLE: [&str; 7] = ["script", "style", "template", "noscript", "link", "meta", "svg"];
/// Elements without an end.
const VOID: [&str; 4] = ["input", "br", "img", "hr"];
/// How much of a page is kept.
const LIMIT: usize = 60_000;

/// What is shown of a page.
pub(super) fn shown(html: &Html) -> String {
    let mut out = String::new();
    write(&mut out, html.root_element(), 0);
    mask::cut(&out, LIMIT)
}

fn write(out: &mut String, element: ElementRef<'_>, depth: usize) {
    let name = element.value().name();
    if INVISIBLE.contains(&name) {
        return;
    }
    let attributes = element.value().attrs().filter_map(|(name, value)| match name {
        "id" | "class" | "name" | "type" | "for" | "role" | "lang" => Some((name, mask::words(value))),
        "href" | "action" | "src" => Some((name, mask::address(value))),
        "disabled" | "checked" | "selected" | "hidden" | "aria-current" | "aria-invalid" | "aria-checked" => {
            Some((name, value.to_owned()))
        }
        _ => None,
    });
    let mut attributes: Vec<String> = attributes.map(|(name, value)| format!(" {name}=\"{}\"", escape(&value))).collect();
    attributes.sort();
    line(out, depth, &format!("<{name}{}>", attributes.concat()));
    for child in element.children() {
        if let Some(child) = ElementRef::wrap(child) {
            write(out, child, depth + 1);
        } else if let Some(text) = child.value().as_text() {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !text.is_empty() {
                line(out, depth + 1, &escape(&mask::words(&text)));
            }
        }
    }
    if !VOID.contains(&name) {
        line(out, depth, &format!("</{name}>"));
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str(&" ".repeat(depth));
    out.push_str(text);
    out.push('\n');
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
