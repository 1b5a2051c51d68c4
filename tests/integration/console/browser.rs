//! A browser without a screen.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use harver_icims::web::Peer;
use scraper::{Html, Selector};
use tower::ServiceExt;

/// A browser: keeps cookies, fills in forms, follows nothing.
pub(super) struct Browser {
    pub(super) router: Router,
    pub(super) cookies: BTreeMap<String, String>,
    /// Where it is, if anybody wants to know.
    pub(super) address: Option<IpAddr>,
}

pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Browser {
    pub(super) async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Posts with the token that stands on a page.
    pub(super) async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(page).await.value("input[name=form_token]");
        let fields: Vec<_> = [("form_token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post(path, &fields).await
    }

    pub(super) async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.post("/console/sign-in", &[("email", email), ("password", password)]).await
    }

    pub(super) async fn send(&mut self, mut request: Request<Body>) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().expect("a header"));
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(Peer(address)));
        }
        let response = self.router.clone().oneshot(request).await.expect("the router is infallible");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().expect("text").split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body");
        Page { status: parts.status, headers: parts.headers, body: String::from_utf8(body.into()).expect("text") }
    }
}

impl Page {
    pub(super) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header("location")
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.body).select(&Selector::parse(selector).expect("a selector")).next().is_some()
    }

    pub(super) fn texts(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).expect("a selector");
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        page.select(&selector).map(|element| words(element.text().collect())).collect()
    }

    /// The text of the one element that the selector finds.
    pub(super) fn text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        assert_eq!(texts.len(), 1, "{selector} on {}", self.body);
        texts.concat()
    }

    pub(super) fn value(&self, selector: &str) -> String {
        self.value_of(selector, "value")
    }

    /// An attribute of the first element that the selector finds.
    pub(super) fn value_of(&self, selector: &str, attribute: &str) -> String {
        let page = Html::parse_document(&self.body);
        let wanted = Selector::parse(selector).expect("a selector");
        let element = page.select(&wanted).next().unwrap_or_else(|| panic!("{selector} on {}", self.body));
        element.attr(attribute).unwrap_or_default().to_owned()
    }

    /// The hidden fields of a form.
    pub(super) fn hidden(&self, form: &str) -> Vec<(String, String)> {
        let page = Html::parse_document(&self.body);
        let wanted = Selector::parse(&format!("{form} input[type=hidden]")).expect("a selector");
        let fields = page.select(&wanted).map(|field| (field.attr("name"), field.attr("value")));
        fields.map(|(name, value)| (name.unwrap_or_default().to_owned(), value.unwrap_or_default().to_owned())).collect()
    }
}
