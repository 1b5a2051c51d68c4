//! Commands of WebDriver and of chromedriver that fantoccini has no words for.

use fantoccini::elements::ElementRef;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Method;
use serde_json::json;
use url::{ParseError, Url};

/// What an element is to somebody who does not see it (WebDriver: *Get Computed Role*).
#[derive(Debug)]
pub(super) struct ComputedRole(pub(super) ElementRef);

/// What an element is called (WebDriver: *Get Computed Label*).
#[derive(Debug)]
pub(super) struct ComputedLabel(pub(super) ElementRef);

/// A picture of the page that is small enough to be put into a report.
#[derive(Debug)]
pub(super) struct SmallPicture;

/// Forgets all cookies, also those of pages that are not shown.
#[derive(Debug)]
pub(super) struct ForgetCookies;

impl WebDriverCompatibleCommand for ComputedRole {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(base, session, &format!("element/{}/computedrole", self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::GET, None)
    }
}

impl WebDriverCompatibleCommand for ComputedLabel {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(base, session, &format!("element/{}/computedlabel", self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::GET, None)
    }
}

impl WebDriverCompatibleCommand for ForgetCookies {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(base, session, "goog/cdp/execute")
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"cmd": "Network.clearBrowserCookies", "params": {}}).to_string()))
    }
}

impl WebDriverCompatibleCommand for SmallPicture {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(base, session, "goog/cdp/execute")
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let how = json!({"cmd": "Page.captureScreenshot", "params": {"format": "webp", "quality": 40}});
        (Method::POST, Some(how.to_string()))
    }
}

fn of_session(base: &Url, session: Option<&str>, command: &str) -> Result<Url, ParseError> {
    base.join(&format!("session/{}/{command}", session.unwrap_or_default()))
}
