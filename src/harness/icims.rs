//! The iCIMS API in the hands of a tester: sets records up as Given, and reads results as evidence beside the screens.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::http;
use super::keys::IcimsKeys;

/// Where a candidate is who was submitted by a recruiter.
const SUBMITTED: &str = "C40101";
/// The folder that makes a person a Candidate.
const CANDIDATE_FOLDER: &str = "D32006";

/// The folder of jobs that are filled.
const CLOSED_FOLDER: &str = "D31004";

/// A tester with the tenant's own integration user.
#[derive(Clone)]
pub(super) struct IcimsApi {
    keys: IcimsKeys,
    client: Client,
}

/// One line of the section Assessments, as the API tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResultLine {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) score: String,
    pub(super) recommendation: String,
    pub(super) report: String,
}

impl IcimsApi {
    pub(super) fn new(keys: IcimsKeys, client: Client) -> Self {
        Self { keys, client }
    }

    /// Creates a Candidate and returns the person's id.
    pub(super) async fn create_candidate(&self, first: &str, last: &str, email: Option<&str>) -> Result<String> {
        let mut person = json!({"firstname": first, "lastname": last, "folder": {"id": CANDIDATE_FOLDER}});
        if let Some(email) = email {
            person["email"] = json!(email);
        }
        self.create("people", &person).await
    }

    /// Submits a person to a job and returns the workflow's id.
    pub(super) async fn submit(&self, person: &str, job: &str) -> Result<String> {
        let number = |id: &str| id.parse::<u64>().with_context(|| format!("the id {id}"));
        let workflow = json!({
            "baseprofile": number(job)?, "associatedprofile": number(person)?,
            "status": {"id": SUBMITTED}, "source": "Recruiter",
        });
        self.create("applicantworkflows", &workflow).await
    }

    /// Closes a job.
    pub(super) async fn close_job(&self, job: &str) -> Result<()> {
        let change = json!({"folder": {"id": CLOSED_FOLDER}});
        let answer = self.request(Method::PATCH, &format!("jobs/{job}")).json(&change).send().await.context("asking iCIMS")?;
        ensure!(answer.status().is_success(), "iCIMS answered {} to the change of job {job}", answer.status());
        Ok(())
    }

    /// The lines of the section Assessments of a workflow.
    pub(super) async fn results(&self, workflow: &str) -> Result<Vec<ResultLine>> {
        let path = format!("applicantworkflows/{workflow}");
        let answer = http::json(self.request(Method::GET, &path).query(&[("fields", "assessmentresults")])).await?;
        let lines = answer["assessmentresults"].as_array().cloned().unwrap_or_default();
        Ok(lines.iter().map(ResultLine::read).collect())
    }

    async fn create(&self, kind: &str, record: &Value) -> Result<String> {
        let answer = self.request(Method::POST, kind).json(record).send().await.context("asking iCIMS")?;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, body) = (answer.status(), answer.text().await.unwrap_or_default());
        ensure!(status.is_success(), "iCIMS answered {status} to a new {kind}: {body}");
        let id = location.as_deref().and_then(|location| location.rsplit('/').next());
        id.map(str::to_owned).with_context(|| format!("the address of the new {kind}"))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}/customers/{}/{path}", self.keys.base_url, self.keys.customer_id);
        self.client.request(method, address).basic_auth(&self.keys.username, Some(&self.keys.password))
    }
}

impl ResultLine {
    fn read(line: &Value) -> Self {
        Self {
            name: label(&line["assessmentname"]),
            status: label(&line["assessmentstatus"]),
            score: label(&line["assessmentscore"]),
            recommendation: label(&line["assessmentresult"]),
            report: label(&line["assessmenturl"]),
        }
    }
}

/// What people read of a value: a list entry's label, a text, a number.
fn label(value: &Value) -> String {
    match value {
        Value::Object(node) => node.get("value").or_else(|| node.get("formattedvalue")).map(label).unwrap_or_default(),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
