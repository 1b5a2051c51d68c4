//! The customers' recruiters and applicants, and what their iCIMS and their account show of them.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::program::{Program, visitor};

/// A customer with its keys, as a ready line has them.
pub(crate) struct Tenant {
    pub(crate) keys: Value,
    control: String,
    client: Client,
}

/// Whom the recruiter advances.
#[derive(Clone, Debug)]
pub(crate) struct Applicant {
    pub(crate) email: String,
    pub(crate) workflow: String,
}

impl Tenant {
    pub(crate) async fn open(sandbox: &Program) -> Self {
        let (control, client) = (sandbox.text("control", "base_url").to_owned(), visitor());
        let made = client.post(format!("{control}/__sandbox/customers")).json(&json!({})).send().await.expect("control answers");
        Self { keys: made.json().await.expect("JSON"), control, client }
    }

    pub(crate) fn text(&self, part: &str, key: &str) -> &str {
        self.keys[part][key].as_str().unwrap_or_else(|| panic!("no {part}.{key}"))
    }

    /// Somebody who has applied for the sample's job.
    pub(crate) async fn applicant(&self, number: usize) -> Applicant {
        let sample =
            self.icims(Method::GET, &format!("/people/{}?fields=folder", self.text("sample", "person_id")), None).await.1;
        let email = format!("applicant-{number}@customer-{}.example", self.text("icims", "customer_id"));
        let person = json!({"firstname": "Ines", "lastname": "Okafor", "email": email, "folder": {"id": sample["folder"]["id"]}});
        let person = self.created("/people", &person).await;
        let workflow = json!({"baseprofile": self.text("sample", "job_id"), "associatedprofile": person});
        Applicant { email, workflow: self.created("/applicantworkflows", &workflow).await }
    }

    /// Send to Harver.
    pub(crate) async fn advance(&self, applicant: &Applicant) {
        let change = json!({"status": {"id": self.text("sample", "send_to_harver_status")}});
        self.icims(Method::PATCH, &format!("/applicantworkflows/{}", applicant.workflow), Some(&change)).await;
    }

    /// The rows that the Screen tab shows.
    pub(crate) async fn rows(&self, applicant: &Applicant) -> Vec<Value> {
        let path = format!("/applicantworkflows/{}?fields=assessmentresults", applicant.workflow);
        self.icims(Method::GET, &path, None).await.1["assessmentresults"].as_array().cloned().unwrap_or_default()
    }

    /// Whether the recruiters see that somebody is at it.
    pub(crate) async fn is_in_progress(&self, applicant: &Applicant) -> bool {
        self.rows(applicant).await.iter().any(|row| row["assessmentstatus"]["id"] == "D37002019003")
    }

    /// Whether the recruiters see a result.
    pub(crate) async fn has_result(&self, applicant: &Applicant) -> Result<(), String> {
        let rows = self.rows(applicant).await;
        let is_complete = rows.iter().any(|row| row["assessmentstatus"]["id"] == "D37002019001");
        if is_complete { Ok(()) } else { Err(format!("{applicant:?}: {rows:?}")) }
    }

    /// The next exchanges after this one that the journal has of the customer.
    pub(crate) async fn exchanges(&self, after: u64) -> Vec<Value> {
        let customer = self.text("icims", "customer_id");
        let url = format!("{}/__sandbox/journal?customer={customer}&after={after}", self.control);
        let listed: Value = self.client.get(&url).send().await.expect("control answers").json().await.expect("JSON");
        listed["exchanges"].as_array().expect("exchanges").clone()
    }

    /// What iCIMS has told the service of somebody, with the answers, oldest first.
    pub(crate) async fn events(&self, applicant: &Applicant) -> Vec<Value> {
        let (mut events, mut after) = (Vec::new(), 0);
        loop {
            let exchanges = self.exchanges(after).await;
            let Some(last) = exchanges.iter().filter_map(|exchange| exchange["id"].as_u64()).max() else { return events };
            after = last;
            let is_event = |exchange: &Value| {
                let told = exchange["to"] == "integration" && exchange["workflow"] == applicant.workflow.as_str();
                told && exchange["request_body"].as_str().is_some_and(|body| body.contains("\"systemId\""))
            };
            events.extend(exchanges.into_iter().filter(is_event));
        }
    }

    /// Has iCIMS or the platform send once more what an exchange has told.
    pub(crate) async fn send_again(&self, exchange: &Value) {
        let again = self.client.post(format!("{}/__sandbox/journal/{}/replay", self.control, exchange["id"])).send().await;
        assert!(again.as_ref().is_ok_and(|answer| answer.status().is_success()), "{again:?}");
    }

    /// The addresses of those who have an application on the platform, once for each.
    pub(crate) async fn applications(&self) -> Vec<String> {
        let base = self.text("platform", "base_url");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.text("platform", "client_id")),
            ("client_secret", self.text("platform", "client_secret")),
        ];
        let answer = self.client.post(format!("{base}/oauth/token")).form(&form).send().await.expect("the platform answers");
        let token: Value = answer.json().await.expect("JSON");
        let url = format!("{base}/api/v1.0/vacancies/{}/candidates", self.text("sample", "vacancy_id"));
        let request = self.client.get(url).bearer_auth(token["accessToken"].as_str().expect("a token"));
        let listed: Value = request.send().await.expect("the platform answers").json().await.expect("JSON");
        let candidates = listed["data"].as_array().expect("a list").iter();
        candidates.map(|candidate| candidate["attributes"]["email"].as_str().expect("an address").to_owned()).collect()
    }

    async fn created(&self, path: &str, what: &Value) -> String {
        let (location, _) = self.icims(Method::POST, path, Some(what)).await;
        location.rsplit('/').next().expect("an id").to_owned()
    }

    /// Calls the customer's iCIMS; the address of what was made, and the answer.
    async fn icims(&self, method: Method, path: &str, body: Option<&Value>) -> (String, Value) {
        let url = format!("{}/customers/{}{path}", self.text("icims", "base_url"), self.text("icims", "customer_id"));
        let request =
            self.client.request(method, url).basic_auth(self.text("icims", "username"), Some(self.text("icims", "password")));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.expect("iCIMS answers");
        assert!(answer.status().is_success(), "{path}: {answer:?}");
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        (location, answer.json().await.unwrap_or_default())
    }
}
