//! The iCIMS API in the hands of a tester: sets records up as Given, does what a recruiter would where there are no screens, and reads
//! results as evidence.

mod calls;
mod names;
mod results;
mod sign_in;

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use reqwest::header::LOCATION;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use calls::Purpose;
pub(super) use calls::{Calls, Created};
pub(super) use names::Names;
use names::{CANDIDATES, CLOSED, OPEN, SUBMITTED};
pub(super) use results::{ResultLine, label};
pub(super) use sign_in::{SignIn, Token};

use super::http;
use super::keys::IcimsKeys;

/// A tester with an integration user of the customer's.
#[derive(Clone, Debug)]
pub(super) struct IcimsApi {
    /// Ends in the customer's id.
    base: String,
    client: Client,
    access: Arc<Access>,
}

/// What came of removing a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// It is not there any more.
    Gone,
    /// It is there, and closed: what iCIMS lets nobody delete.
    Closed,
    /// iCIMS lets nobody delete such a record by its API.
    Refused,
    /// Nobody knows whether it is there.
    Unknown,
}

/// Who calls, and what may be done.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) sign_in: SignIn,
    pub(super) names: Names,
    pub(super) calls: Calls,
}

impl IcimsApi {
    /// With the user of a customer that the sandbox has opened for the scenario, which may do everything.
    pub(super) fn new(keys: &IcimsKeys, client: Client) -> Self {
        let sign_in = SignIn::Basic { username: keys.username.clone(), password: keys.password.clone() };
        let access = Access { sign_in, names: Names::of_the_sandbox(), calls: Calls::default() };
        Self::at(&keys.base_url, &keys.customer_id, Arc::new(access), client)
    }

    /// With a user of whomever.
    pub(super) fn at(base_url: &str, customer: &str, access: Arc<Access>, client: Client) -> Self {
        Self { base: format!("{}/customers/{customer}", base_url.trim_end_matches('/')), client, access }
    }

    /// Whether iCIMS lets the user in.
    pub(super) async fn greet(&self) -> Result<()> {
        self.read("", &[]).await.map(|_| ())
    }

    /// Creates a Candidate and returns the person's id.
    pub(super) async fn create_candidate(&self, first: &str, last: &str, email: Option<&str>) -> Result<String> {
        self.create_person(CANDIDATES, first, last, email).await
    }

    /// Creates a person in the folder with this label and returns the id.
    pub(super) async fn create_person(&self, folder: &str, first: &str, last: &str, email: Option<&str>) -> Result<String> {
        let mut person = json!({"firstname": first, "lastname": last, "folder": {"id": self.access.names.folder(folder)?}});
        if let Some(email) = email {
            person["email"] = json!(email);
        }
        self.create("people", &person, &format!("{first} {last}")).await
    }

    /// Makes a plain Person a Candidate.
    pub(super) async fn make_candidate(&self, person: &str) -> Result<()> {
        self.change(&format!("people/{person}"), &json!({"folder": {"id": self.access.names.folder(CANDIDATES)?}})).await
    }

    /// Submits a person to a job and returns the workflow's id.
    pub(super) async fn submit(&self, person: &str, job: &str) -> Result<String> {
        let number = |id: &str| id.parse::<u64>().with_context(|| format!("the id {id}"));
        let workflow = json!({
            "baseprofile": number(job)?, "associatedprofile": number(person)?,
            "status": {"id": self.access.names.status(SUBMITTED)?}, "source": "Recruiter",
        });
        self.create("applicantworkflows", &workflow, &format!("person {person}, job {job}")).await
    }

    /// Creates an open requisition with a package or none and returns its id.
    pub(super) async fn create_job(&self, title: &str, package: Option<&str>) -> Result<String> {
        let mut job = json!({"jobtitle": title, "folder": {"id": self.access.names.folder(OPEN)?}});
        if let Some(package) = package {
            job["assessmenttype"] = json!([{ "value": package }]);
        }
        self.create("jobs", &job, title).await
    }

    /// Selects one package on a job instead of those there were.
    pub(super) async fn select_package(&self, job: &str, package: &str) -> Result<()> {
        self.change(&format!("jobs/{job}"), &json!({"assessmenttype": [{ "value": package }]})).await
    }

    /// Closes a job.
    pub(super) async fn close_job(&self, job: &str) -> Result<()> {
        self.change(&format!("jobs/{job}"), &json!({"folder": {"id": self.access.names.folder(CLOSED)?}})).await
    }

    /// Changes a person's e-mail address.
    pub(super) async fn change_email(&self, person: &str, email: &str) -> Result<()> {
        self.change(&format!("people/{person}"), &json!({ "email": email })).await
    }

    /// Moves an application to the status with this label.
    pub(super) async fn advance(&self, workflow: &str, status: &str) -> Result<()> {
        let node = json!({"status": {"id": self.access.names.status(status)?}});
        self.change(&format!("applicantworkflows/{workflow}"), &node).await
    }

    /// Whether an application is in the status with this label; its id and label, if it is not.
    pub(super) async fn is_in_status(&self, workflow: &str, status: &str) -> Result<Result<(), String>> {
        let wanted = self.access.names.status(status)?;
        let answer = self.read(&format!("applicantworkflows/{workflow}"), &[("fields", "status")]).await?;
        let is = &answer["status"];
        Ok(if is["id"] == wanted { Ok(()) } else { Err(format!("{} ({})", label(is), label(&is["id"]))) })
    }

    /// The folder of a job, and its packages.
    pub(super) async fn job(&self, job: &str) -> Result<(String, Vec<String>)> {
        let answer = self.read(&format!("jobs/{job}"), &[("fields", "folder,assessmenttype")]).await?;
        let packages = match &answer["assessmenttype"] {
            Value::Array(all) => all.iter().map(label).collect(),
            Value::Null => Vec::new(),
            one => vec![label(one)],
        };
        Ok((label(&answer["folder"]), packages))
    }

    /// The lines of the section Assessments of a workflow.
    pub(super) async fn results(&self, workflow: &str) -> Result<Vec<ResultLine>> {
        let path = format!("applicantworkflows/{workflow}");
        let answer = self.read(&path, &[("fields", "assessmentresults")]).await?;
        Ok(answer["assessmentresults"].as_array().into_iter().flatten().map(ResultLine::read).collect())
    }

    /// Removes what a run has created.
    pub(super) async fn remove(&self, created: &Created) -> Result<Removal> {
        let Some(id) = &created.id else { return Ok(Removal::Unknown) };
        if created.kind == "jobs" {
            let folder = json!({"folder": {"id": self.access.names.folder(CLOSED)?}});
            self.change_for(Purpose::TidyUp, &format!("jobs/{id}"), &folder).await?;
            return Ok(Removal::Closed);
        }
        self.access.calls.announce(&format!("deletes {created}"))?;
        let path = format!("{}/{id}", created.kind);
        match self.send(Purpose::TidyUp, Method::DELETE, &path, |request| request).await?.status() {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(Removal::Gone),
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN | StatusCode::NOT_IMPLEMENTED => Ok(Removal::Refused),
            status => bail!("iCIMS answered {status} when {created} was to be deleted"),
        }
    }

    /// The person of an application.
    pub(super) async fn person_of(&self, workflow: &str) -> Result<String> {
        let answer = self.read(&format!("applicantworkflows/{workflow}"), &[("fields", "associatedprofile")]).await?;
        let id = label(&answer["associatedprofile"]["id"]);
        ensure!(!id.is_empty(), "the application {workflow} tells no person: {answer}");
        Ok(id)
    }

    /// What may be done, and was.
    pub(super) fn calls(&self) -> &Calls {
        &self.access.calls
    }

    /// What must not be shown.
    pub(super) fn secret(&self) -> &str {
        self.access.sign_in.secret()
    }

    async fn create(&self, kind: &'static str, record: &Value, called: &str) -> Result<String> {
        self.access.calls.announce(&format!("creates one of its {kind}: {called}"))?;
        self.access.calls.expect(kind, called);
        let answer = self.send(Purpose::Run, Method::POST, kind, |request| request.json(record)).await?;
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, body) = (answer.status(), answer.text().await.unwrap_or_default());
        if status.is_client_error() {
            self.access.calls.found(kind, called, None);
        }
        ensure!(status.is_success(), "iCIMS answered {status} to a new {kind}: {body}");
        let id = location.as_deref().and_then(|location| location.rsplit('/').next());
        let id = id.map(str::to_owned).with_context(|| format!("the address of the new {kind}"))?;
        self.access.calls.found(kind, called, Some(&id));
        Ok(id)
    }

    async fn change(&self, path: &str, change: &Value) -> Result<()> {
        self.change_for(Purpose::Run, path, change).await
    }

    async fn change_for(&self, purpose: Purpose, path: &str, change: &Value) -> Result<()> {
        self.access.calls.announce(&format!("changes {path}: {change}"))?;
        let answer = self.send(purpose, Method::PATCH, path, |request| request.json(change)).await?;
        let (status, body) = (answer.status(), answer.text().await.unwrap_or_default());
        ensure!(status.is_success(), "iCIMS answered {status} to the change of {path}: {body}");
        Ok(())
    }

    async fn read(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        http::read_json(self.send(Purpose::Run, Method::GET, path, |request| request.query(query)).await?).await
    }

    /// Sends a request; once more, and no more than that, where the token was not good any longer.
    async fn send(
        &self,
        purpose: Purpose,
        method: Method,
        path: &str,
        fill: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response> {
        let address = if path.is_empty() { self.base.clone() } else { format!("{}/{path}", self.base) };
        let once = async || {
            self.access.calls.spend(purpose)?;
            let request = fill(self.client.request(method.clone(), &address));
            self.access.sign_in.sign(&self.client, request).await?.send().await.context("asking iCIMS")
        };
        let answer = once().await?;
        if answer.status() == StatusCode::UNAUTHORIZED && self.access.sign_in.renew().await {
            return once().await;
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
