//! Pages without a browser: fetched, looked at by element id, forms filled in and submitted. Addresses ids, never layout.

use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// How often a page may send the browser on, as browsers allow some twenty times.
const REDIRECTS: usize = 20;

/// Somebody with a browser that has no scripts, and with cookies of their own.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    client: Client,
    cookies: Arc<Jar>,
}

impl Visitor {
    /// Somebody with an empty cookie jar.
    pub(super) fn new(client: &Client) -> Self {
        Self { client: client.clone(), cookies: Arc::default() }
    }

    /// Opens an address and follows redirects.
    pub(super) async fn open(&self, address: &str) -> Result<Page> {
        let address = Url::parse(address).with_context(|| format!("the address {address}"))?;
        self.go(self.client.get(address.clone()), address).await
    }

    /// Follows a link of a page.
    pub(super) async fn follow(&self, page: &Page, link: &str) -> Result<Page> {
        self.open(&page.link(link)?).await
    }

    /// Submits a form.
    pub(super) async fn submit(&self, form: Form) -> Result<Page> {
        let Form { mut action, posts, given, .. } = form;
        if posts {
            return self.go(self.client.post(action.clone()).form(&given), action).await;
        }
        action.query_pairs_mut().clear().extend_pairs(&given);
        self.go(self.client.get(action.clone()), action).await
    }

    async fn go(&self, mut request: RequestBuilder, mut address: Url) -> Result<Page> {
        for _ in 0..REDIRECTS {
            if let Some(cookies) = self.cookies.cookies(&address) {
                request = request.header(COOKIE, cookies);
            }
            let answer = request.send().await.with_context(|| format!("opening {address}"))?;
            self.cookies.set_cookies(&mut answer.headers().get_all(SET_COOKIE).iter(), &address);
            let next = answer.headers().get(LOCATION).filter(|_| answer.status().is_redirection());
            let Some(next) = next else { return Page::read(answer).await };
            address = address.join(next.to_str().context("where the page sends the browser")?)?;
            request = self.client.get(address.clone());
        }
        bail!("the browser is sent round in circles; at last to {address}")
    }
}

/// A page as it was answered.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) url: Url,
    html: Rc<Html>,
}

impl Page {
    async fn read(answer: Response) -> Result<Self> {
        let (status, url) = (answer.status(), answer.url().clone());
        let text = answer.text().await.with_context(|| format!("reading {url}"))?;
        Ok(Self { status, url, html: Rc::new(Html::parse_document(&text)) })
    }

    /// Fails, with what the page says, unless it was answered as a success.
    pub(super) fn succeeded(self) -> Result<Self> {
        ensure!(self.status.is_success(), "{} answered {}: {}", self.url, self.status, self.words());
        Ok(self)
    }

    /// Whether something matches.
    pub(super) fn has(&self, selector: &str) -> bool {
        self.all(selector, |_| ()).is_ok_and(|found| !found.is_empty())
    }

    /// The text of the first match.
    pub(super) fn text(&self, selector: &str) -> Result<String> {
        let found = self.all(selector, |element| words(&element))?;
        found.into_iter().next().with_context(|| format!("{} shows no {selector}; it says: {}", self.url, self.words()))
    }

    /// The texts of all matches.
    pub(super) fn texts(&self, selector: &str) -> Result<Vec<String>> {
        self.all(selector, |element| words(&element))
    }

    /// The value of an attribute of the first match.
    pub(super) fn attribute(&self, selector: &str, name: &str) -> Result<String> {
        let found = self.all(selector, |element| element.attr(name).map(str::to_owned))?;
        let value = found.into_iter().next().flatten();
        value.with_context(|| format!("{} has no {name} at {selector}; it says: {}", self.url, self.words()))
    }

    /// Where the first matching link leads.
    pub(super) fn link(&self, selector: &str) -> Result<String> {
        let href = self.attribute(selector, "href")?;
        Ok(self.url.join(&href).with_context(|| format!("the link {href}"))?.to_string())
    }

    /// Where the link with exactly these words leads.
    pub(super) fn link_named(&self, text: &str) -> Result<String> {
        let links = self.all("a[href]", |element| (words(&element), element.attr("href").unwrap_or_default().to_owned()))?;
        let named = links.into_iter().find(|(words, _)| words == text);
        let (_, href) = named.with_context(|| format!("{} has no link {text:?}; it says: {}", self.url, self.words()))?;
        Ok(self.url.join(&href)?.to_string())
    }

    /// The texts of the cells of each matching row.
    pub(super) fn rows(&self, selector: &str) -> Result<Vec<Vec<String>>> {
        let cell = select("td")?;
        self.all(selector, |row| row.select(&cell).map(|cell| words(&cell)).collect())
    }

    /// For each matching row, where the first matching link in it leads.
    pub(super) fn links_in(&self, rows: &str, link: &str) -> Result<Vec<Option<String>>> {
        let link = select(link)?;
        let hrefs = self.all(rows, |row| row.select(&link).next().and_then(|found| found.attr("href")).map(str::to_owned))?;
        hrefs.into_iter().map(|href| href.map(|href| Ok(self.url.join(&href)?.to_string())).transpose()).collect()
    }

    /// The form that matches, as it stands.
    pub(super) fn form(&self, selector: &str) -> Result<Form> {
        let form = self.html.select(&select(selector)?).next();
        let form = form.with_context(|| format!("{} has no form {selector}; it says: {}", self.url, self.words()))?;
        Form::of(&form, &self.url)
    }

    /// What it is made of.
    pub(super) fn html(&self) -> &Html {
        &self.html
    }

    /// What the page says, shortened, for messages.
    pub(super) fn words(&self) -> String {
        let all = self.all("main", |main| words(&main)).ok().and_then(|found| found.into_iter().next());
        all.unwrap_or_else(|| words(&self.html.root_element())).chars().take(600).collect()
    }

    fn all<T>(&self, selector: &str, read: impl Fn(ElementRef<'_>) -> T) -> Result<Vec<T>> {
        let selector = select(selector)?;
        Ok(self.html.select(&selector).map(read).collect())
    }
}

/// A form with what has been entered so far.
#[derive(Clone, Debug)]
pub(super) struct Form {
    action: Url,
    posts: bool,
    controls: Vec<Control>,
    given: Vec<(String, String)>,
}

/// A field, a check box, an entry of a drop-down or a button.
#[derive(Clone, Debug)]
struct Control {
    id: String,
    name: String,
    value: String,
    label: String,
}

impl Form {
    fn of(form: &ElementRef<'_>, page: &Url) -> Result<Self> {
        let action = form.attr("action").filter(|action| !action.is_empty());
        let action = action.map_or_else(|| Ok(page.clone()), |action| page.join(action))?;
        let posts = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let mut read = Self { action, posts, controls: Vec::new(), given: Vec::new() };
        for element in form.select(&select("input, textarea, button, option")?) {
            read.add(form, &element)?;
        }
        Ok(read)
    }

    fn add(&mut self, form: &ElementRef<'_>, element: &ElementRef<'_>) -> Result<()> {
        let attribute = |name| element.attr(name).unwrap_or_default().to_owned();
        let (tag, kind) = (element.value().name(), attribute("type"));
        let mut control =
            Control { id: attribute("id"), name: attribute("name"), value: attribute("value"), label: words(element) };
        if tag == "option" {
            let parent = element.ancestors().filter_map(ElementRef::wrap).find(|parent| parent.value().name() == "select");
            control.name = parent.and_then(|parent| parent.attr("name")).unwrap_or_default().to_owned();
        }
        if tag == "textarea" {
            control.value = element.text().collect();
        }
        if tag == "input" && !control.id.is_empty() {
            let label = select(&format!("label[for='{}']", control.id))?;
            control.label = form.select(&label).next().map(|label| words(&label)).unwrap_or_default();
        }
        let given = match (tag, kind.as_str()) {
            ("input", "checkbox" | "radio") => element.attr("checked").is_some(),
            ("input", "submit" | "button") | ("button", _) => false,
            ("option", _) => element.attr("selected").is_some(),
            _ => true,
        };
        if given && !control.name.is_empty() {
            self.given.push((control.name.clone(), control.value.clone()));
        }
        self.controls.push(control);
        Ok(())
    }

    /// Enters a text, or chooses a value of a drop-down or of radio buttons.
    pub(super) fn fill(mut self, name: &str, value: &str) -> Result<Self> {
        ensure!(self.controls.iter().any(|control| control.name == name), "the form at {} has no field {name}", self.action);
        self.given.retain(|(given, _)| given != name);
        self.given.push((name.to_owned(), value.to_owned()));
        Ok(self)
    }

    /// Enters a text into the field with this id.
    pub(super) fn fill_by_id(self, id: &str, value: &str) -> Result<Self> {
        let found = self.controls.iter().find(|control| control.id == id).map(|control| control.name.clone());
        let name = found.with_context(|| format!("the form at {} has no {id}", self.action))?;
        self.fill(&name, value)
    }

    /// Sends it to another place than its own, as a button with an address of its own does.
    pub(super) fn sent_to(mut self, path: &str) -> Result<Self> {
        self.action = self.action.join(path)?;
        Ok(self)
    }

    /// Ticks a check box or presses a button, found by its id.
    pub(super) fn tick(mut self, id: &str) -> Result<Self> {
        let found = self.controls.iter().find(|control| control.id == id);
        let Control { name, value, .. } = found.with_context(|| format!("the form at {} has no {id}", self.action))?;
        if !name.is_empty() {
            let value = if value.is_empty() { "on" } else { value };
            self.given.push((name.clone(), value.to_owned()));
        }
        Ok(self)
    }

    /// Takes every tick from the check boxes of a name.
    pub(super) fn untick(mut self, name: &str) -> Self {
        self.given.retain(|(given, _)| given != name);
        self
    }

    /// Ticks the check box of this name whose label satisfies `wanted`.
    pub(super) fn tick_labelled(mut self, name: &str, wanted: impl Fn(&str) -> bool) -> Result<Self> {
        let found = self.controls.iter().find(|control| control.name == name && wanted(&control.label));
        let offered: Vec<_> = self.controls.iter().filter(|control| control.name == name).map(|control| &control.label).collect();
        let control = found.ok_or_else(|| anyhow!("the form at {} offers no such {name}, but {offered:?}", self.action))?;
        self.given.push((name.to_owned(), control.value.clone()));
        Ok(self)
    }

    /// The value of the entry of a drop-down, by what people read.
    pub(super) fn value_labelled(&self, name: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let found = self.controls.iter().find(|control| control.name == name && wanted(&control.label));
        found.map(|control| control.value.clone()).with_context(|| format!("the form at {} offers no such {name}", self.action))
    }

    /// The distinct names of the fields, in order, without those that are hidden from people.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for control in self.controls.iter().filter(|control| !control.name.is_empty()) {
            if !names.contains(&control.name.as_str()) {
                names.push(&control.name);
            }
        }
        names
    }

    /// The values that a field offers, in order.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        self.controls.iter().filter(|control| control.name == name).map(|control| control.value.as_str()).collect()
    }
}

fn select(selector: &str) -> Result<Selector> {
    Selector::parse(selector).map_err(|error| anyhow!("{selector}: {error}"))
}

/// The text of an element with single spaces.
fn words(element: &ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
