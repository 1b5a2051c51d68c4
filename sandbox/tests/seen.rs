//! A page of the platform as a browser without scripts sees it.

use reqwest::{Response, StatusCode};
use scraper::{Html, Selector};

/// A page as it was answered.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) path: String,
    pub(crate) html: Html,
}

impl Seen {
    pub(crate) async fn new(response: Response) -> Self {
        let (status, path) = (response.status(), response.url().path().to_owned());
        Self { status, path, html: Html::parse_document(&response.text().await.expect("text")) }
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.html.select(&Selector::parse(selector).expect("a selector")).next().is_some()
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        let found = self.html.select(&Selector::parse(selector).expect("a selector")).next();
        let found = found.unwrap_or_else(|| panic!("{selector} is not on {}: {}", self.path, self.html.html()));
        found.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn attribute(&self, selector: &str, name: &str) -> String {
        let found = self.html.select(&Selector::parse(selector).expect("a selector")).next();
        found.and_then(|found| found.attr(name)).unwrap_or_else(|| panic!("{selector} has no {name}")).to_owned()
    }
}
