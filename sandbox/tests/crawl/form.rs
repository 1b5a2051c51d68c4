//! A form as a browser sees it: where its buttons send what.

use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A form of a page.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The page that it is on.
    pub(crate) page: Url,
    /// Its id, or its address without numbers and names.
    pub(crate) key: String,
    /// What it sends whichever button is pressed: fields as they are, every check box ticked, of every list the first entry.
    pub(crate) fields: Vec<(String, String)>,
    /// Its buttons in the order of the page. Enter in a field presses the first.
    pub(crate) buttons: Vec<Button>,
}

/// A button that sends a form.
#[derive(Clone, Debug)]
pub(crate) struct Button {
    pub(crate) words: String,
    pub(crate) posts: bool,
    pub(crate) target: Url,
    given: Option<(String, String)>,
}

impl Form {
    /// What pressing a button sends.
    pub(crate) fn sent_by(&self, button: &Button) -> Vec<(String, String)> {
        self.fields.iter().cloned().chain(button.given.clone()).collect()
    }
}

/// The forms of a page, without those that only close a dialog.
pub(crate) fn forms(page: &Url, html: &str) -> Vec<Form> {
    let (document, form) = (Html::parse_document(html), selector("form"));
    let forms = document.select(&form);
    forms.filter(|form| form.attr("method") != Some("dialog")).map(|form| read(page, &document, form)).collect()
}

fn read(page: &Url, document: &Html, form: ElementRef<'_>) -> Form {
    let id = form.attr("id").unwrap_or_default();
    let outside = |element: &ElementRef<'_>| !id.is_empty() && element.attr("form") == Some(id);
    let inside =
        |element: &ElementRef<'_>| element.attr("form").is_none() && element.ancestors().any(|node| node.id() == form.id());
    let all = selector("button, input, select, textarea");
    let own: Vec<_> = document.select(&all).filter(|element| inside(element) || outside(element)).collect();
    let buttons = own.iter().filter(|element| is_button(element)).map(|button| pressed(page, form, *button)).collect();
    let fields = own.iter().filter(|element| !is_button(element)).filter_map(field).collect();
    let key = if id.is_empty() { masked(form.attr("action").unwrap_or_default()) } else { id.to_owned() };
    Form { page: page.clone(), key, fields, buttons }
}

fn is_button(element: &ElementRef<'_>) -> bool {
    let kind = element.attr("type").unwrap_or_default();
    match element.value().name() {
        "button" => !matches!(kind, "button" | "reset"),
        "input" => matches!(kind, "submit" | "image"),
        _ => false,
    }
}

fn pressed(page: &Url, form: ElementRef<'_>, button: ElementRef<'_>) -> Button {
    let of = |own: &str, common: &str| button.attr(own).or_else(|| form.attr(common)).unwrap_or_default().to_owned();
    let action = of("formaction", "action");
    let target = if action.is_empty() { page.clone() } else { page.join(&action).expect("an address") };
    Button {
        words: button.text().collect::<String>().trim().to_owned(),
        posts: of("formmethod", "method").eq_ignore_ascii_case("post"),
        target,
        given: button.attr("name").map(|name| (name.to_owned(), button.attr("value").unwrap_or_default().to_owned())),
    }
}

fn field(element: &ElementRef<'_>) -> Option<(String, String)> {
    let name = element.attr("name")?.to_owned();
    let value = match element.value().name() {
        "textarea" => element.text().collect(),
        "select" => {
            let options: Vec<_> = element.select(&selector("option")).collect();
            let chosen = options.iter().find(|option| option.attr("selected").is_some()).or_else(|| options.first())?;
            chosen.attr("value").unwrap_or_default().to_owned()
        }
        _ => element.attr("value").unwrap_or_default().to_owned(),
    };
    (element.attr("type") != Some("file")).then_some((name, value))
}

/// An address with a sign in the place of what templates fill in: parts with an expression, or with a digit as all ids have.
pub(crate) fn masked(address: &str) -> String {
    let is_filled_in = |part: &str| part.contains("{{") || part.contains(|letter: char| letter.is_ascii_digit());
    let parts = address.split('/').map(|part| if is_filled_in(part) { "#" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

pub(crate) fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("tests write selectors well")
}
