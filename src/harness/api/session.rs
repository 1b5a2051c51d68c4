//! What is said before and with a request: who asks, variables, what is asked and how. The request is sent by the first look at its answer.

use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use reqwest::Client;
use reqwest::cookie::CookieStore as _;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};

use super::draft::{Draft, Request, address, header};
use super::exchange::Exchange;
use super::json_path::{Path, text};
use super::table::Rows;
use super::verb::Verb;
use super::{Api, JSON};
use crate::harness::report::{Known, is_secret};

/// What a form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";
/// The names under which token endpoints hand a token out: Harver's, and that of OAuth2.
const TOKEN: [&str; 2] = ["accessToken", "access_token"];

impl Api {
    /// Nobody in particular asks from now on.
    pub(in crate::harness) fn be_anonymous(&mut self) {
        self.authorization = None;
        self.cookies = Default::default();
    }

    /// A user name and a password go with every request from now on.
    pub(in crate::harness) fn use_basic_auth(&mut self, credentials: &Rows) -> Result<()> {
        let credentials = credentials.filled(&self.variables)?;
        let of = |wanted: &str| {
            let found = credentials.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
            found.with_context(|| format!("the credentials have no {wanted}"))
        };
        let (username, password) = (of("username")?, of("password")?);
        ensure!(credentials.len() == 2, "basic authentication takes a username and a password, and nothing else");
        let client = self.client()?;
        // The client knows how the two are written into a header.
        let header = client.get("http://localhost").basic_auth(username, Some(password)).build()?;
        let value = header.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let value = value.context("the header of basic authentication")?;
        self.variables.hide(password);
        self.authorize(value);
        Ok(())
    }

    /// Asks a token endpoint; the token goes with every request from now on.
    ///
    /// # Errors
    /// When it hands none out.
    pub(in crate::harness) async fn obtain_token(&mut self, from: &str, credentials: &Rows) -> Result<()> {
        let credentials = credentials.filled(&self.variables)?;
        let hidden = credentials.iter().filter(|(name, _)| is_secret(name));
        hidden.for_each(|(_, value)| self.variables.hide(value));
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&credentials);
        let request = Request {
            method: reqwest::Method::POST,
            written: from.to_owned(),
            address: address(from, &self.variables)?,
            headers: [(CONTENT_TYPE, header(FORM)?)].into_iter().collect(),
            body: Some(form.finish()),
        };
        let exchange = self.send(request).await?;
        ensure!(exchange.status.is_success(), "no token was obtained: {}", exchange.told(&self.known()));
        let body = exchange.json()?;
        let token = TOKEN.iter().find_map(|name| body.get(name)?.as_str());
        let token =
            token.with_context(|| format!("{} without a token: it has neither {}", exchange.line(), TOKEN.join(" nor ")))?;
        self.variables.hide(token);
        self.authorize(format!("Bearer {token}"));
        Ok(())
    }

    fn authorize(&mut self, value: String) {
        self.variables.hide(&value);
        self.authorization = Some(value);
    }

    pub(in crate::harness) fn set_variables(&mut self, rows: &Rows) -> Result<()> {
        for (name, value) in rows.filled(&self.variables)? {
            self.variables.set(&name, value);
        }
        Ok(())
    }

    pub(in crate::harness) fn set_default_content_type(&mut self, content_type: &str) {
        self.content_type = Some(content_type.to_owned());
    }

    /// Begins a request.
    ///
    /// # Errors
    /// When the one before was never sent.
    pub(in crate::harness) fn begin(&mut self, verb: Verb, address: &str) -> Result<()> {
        self.nothing_is_left_unsent()?;
        self.draft = Some(Draft::new(verb, address));
        Ok(())
    }

    pub(in crate::harness) fn add_query(&mut self, rows: Rows) -> Result<()> {
        self.draft_mut()?.query.extend(rows);
        Ok(())
    }

    pub(in crate::harness) fn add_headers(&mut self, rows: Rows) -> Result<()> {
        self.draft_mut()?.headers.extend(rows);
        Ok(())
    }

    pub(in crate::harness) fn add_cookies(&mut self, rows: Rows) -> Result<()> {
        self.draft_mut()?.cookies.extend(rows);
        Ok(())
    }

    /// Takes the text below a sentence as the body.
    pub(in crate::harness) fn add_body(&mut self, body: Option<&str>) -> Result<()> {
        let body = body.context("this sentence wants a text between two lines of \"\"\" below it")?;
        self.draft_mut()?.body = Some(body.trim().to_owned());
        Ok(())
    }

    pub(in crate::harness) fn add_body_from(&mut self, file: &str) -> Result<()> {
        let body = self.file(file)?;
        self.draft_mut()?.body = Some(body.trim_end().to_owned());
        Ok(())
    }

    /// Takes the example that the OpenAPI document has for this request.
    pub(in crate::harness) fn add_example_body(&mut self) -> Result<()> {
        let draft = self.draft.as_ref().context(NOTHING_BEGUN)?;
        let address = draft.address(&self.variables)?;
        let base_of = |name: &str| self.base_of(name);
        let example = self.settings.documents.operation(&draft.method(), &address, base_of)?.example()?;
        self.draft_mut()?.body = Some(example.to_string());
        Ok(())
    }

    /// Sets a variable to a value of an earlier answer.
    pub(in crate::harness) fn set_placeholder(&mut self, name: &str, path: &str, verb: &Verb, address: &str) -> Result<()> {
        let path = Path::parse(&self.variables.fill(path)?)?;
        let exchange = self.last(verb, address)?;
        let value = path
            .one(&exchange.json()?)
            .map(text)
            .map_err(|error| self.without_secrets(&error))
            .with_context(|| exchange.line())?;
        self.variables.set(name, value);
        Ok(())
    }

    /// The last exchange with this method and address, as it was written or as it was sent.
    fn last(&self, verb: &Verb, written: &str) -> Result<&Exchange> {
        let plain = |written: &str| written.split('?').next().unwrap_or_default().to_owned();
        let sent = address(written, &self.variables).ok();
        if let Some(draft) = self.draft.as_ref().filter(|draft| draft.method() == verb.method()) {
            let same = draft
                .address(&self.variables)
                .is_ok_and(|url| sent.as_ref().is_some_and(|sent| plain(url.as_str()) == plain(sent.as_str())));
            ensure!(
                !same,
                "'{verb}' to '{written}' is not sent yet: it is by the first look at its answer, which has to stand before this"
            );
        }
        let of_verb = || self.exchanges.iter().rev().filter(|exchange| exchange.request.method == verb.method());
        // As it stands there, query and all, before any with another query.
        let whole = of_verb().find(|exchange| {
            exchange.request.written == written || sent.as_ref().is_some_and(|sent| *sent == exchange.request.address)
        });
        let found = whole.or_else(|| {
            of_verb().find(|exchange| {
                let address = plain(exchange.request.address.as_str());
                plain(&exchange.request.written) == plain(written)
                    || sent.as_ref().is_some_and(|sent| plain(sent.as_str()) == address)
            })
        });
        found.with_context(|| {
            let before: Vec<_> = self
                .exchanges
                .iter()
                .map(|exchange| format!("{} '{}'", exchange.request.method, exchange.request.written))
                .collect();
            let before = if before.is_empty() { "nothing was".to_owned() } else { format!("these were: {}", before.join(", ")) };
            format!("no '{verb}' to '{written}' was sent in this scenario; {before}")
        })
    }

    fn draft_mut(&mut self) -> Result<&mut Draft> {
        self.draft.as_mut().context(NOTHING_BEGUN)
    }

    pub(super) fn ready(&self, draft: &Draft) -> Result<Request> {
        let content_type = self.content_type.as_deref().map_or_else(|| Ok(JSON.to_owned()), |text| self.variables.fill(text))?;
        let mut request = draft.ready(&self.variables, &content_type)?;
        if let Some(authorization) = &self.authorization
            && !request.headers.contains_key(AUTHORIZATION)
        {
            request.headers.insert(AUTHORIZATION, header(authorization)?);
        }
        if let Some(cookies) = self.cookies.cookies(&request.address) {
            request.headers.append(COOKIE, cookies);
        }
        Ok(request)
    }

    /// Sends a request once, and follows no redirect.
    ///
    /// # Errors
    /// When nobody answers.
    pub(super) async fn send(&self, request: Request) -> Result<Exchange> {
        let mut asked = self.client()?.request(request.method.clone(), request.address.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            asked = asked.body(body.clone());
        }
        let since = Instant::now();
        let nobody = || format!("{} got no answer", request.told(&self.known()).lines().next().unwrap_or_default());
        let answer = asked.send().await.map_err(reqwest::Error::without_url).with_context(nobody)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(reqwest::Error::without_url).with_context(nobody)?;
        let took = since.elapsed();
        self.cookies.set_cookies(&mut headers.get_all(SET_COOKIE).iter(), &request.address);
        Ok(Exchange { request, status, headers, body: String::from_utf8_lossy(&body).into_owned(), took })
    }

    /// An error that may hold what was asked or answered.
    pub(super) fn without_secrets(&self, error: &Error) -> Error {
        let mut told = format!("{error:#}");
        self.known().take_out(&mut told);
        anyhow!(told)
    }

    pub(super) fn known(&self) -> Known {
        Known::of(self.secrets())
    }

    /// Where the API with this name is, as far as the scenario knows.
    pub(super) fn base_of(&self, name: &str) -> Option<String> {
        self.variables.get(&format!("{name}.base_url")).map(str::to_owned)
    }

    pub(super) fn latency_buffer(&self) -> Duration {
        self.settings.latency_buffer
    }

    fn client(&self) -> Result<&Client> {
        let Some(client) = &self.client else { bail!("requests belong to a scenario that is run") };
        Ok(client)
    }
}

/// Said where a request is changed that has not been begun, or has been sent.
const NOTHING_BEGUN: &str = "there is no request to add this to: begin one, such as: When GET 'http://…'";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::api::Settings;

    fn api() -> Api {
        let client = crate::harness::http::client().expect("a client");
        Api::new(client, Settings { base_url: Some("http://127.0.0.1:9/v1/".to_owned()), ..Settings::default() }, None)
    }

    #[test]
    fn a_relative_address_is_resolved_against_the_base() {
        let mut api = api();
        let at = |api: &Api, written: &str| address(written, &api.variables).map(String::from);
        assert_eq!(at(&api, "/people/7").expect("an address"), "http://127.0.0.1:9/v1/people/7");
        assert_eq!(at(&api, "http://other/x").expect("an address"), "http://other/x");
        api.variables.set("base", "icims".to_owned());
        for (written, says) in
            [("/people", "'icims/people' is no address: the variable base"), ("localhost:1/x", "it has to begin with http")]
        {
            let error = format!("{:#}", at(&api, written).expect_err("no address"));
            assert!(error.contains(says), "{written}: {error}");
        }
        let error = address("/x", &Default::default()).expect_err("no base").to_string();
        assert!(error.contains("is relative, and there is no base"), "{error}");
    }

    #[test]
    fn a_request_that_nobody_looks_at_is_noticed() {
        let mut api = api();
        let get = || "GET".parse::<Verb>().expect("a method");
        api.begin(get(), "/a").expect("begun");
        assert!(api.nothing_is_left_unsent().is_err());
        let error = api.begin(get(), "/b").expect_err("the first").to_string();
        assert!(error.contains("the request GET '/a' was never sent"), "{error}");
    }

    #[test]
    fn variables_are_filled_in_when_a_request_is_sent() {
        let mut api = api();
        api.begin("POST".parse().expect("a method"), "/people/{id}").expect("begun");
        api.add_body(Some("\n{\"id\": {id}}\n")).expect("a body");
        let draft = api.draft.clone().expect("a request");
        assert!(api.ready(&draft).is_err());
        api.variables.set("id", "7".to_owned());
        let ready = api.ready(&draft).expect("a request");
        assert_eq!((ready.address.path(), ready.body.as_deref()), ("/v1/people/7", Some("{\"id\": 7}")));
        assert_eq!(ready.headers.get(CONTENT_TYPE).expect("a type"), "application/json");
    }
}
