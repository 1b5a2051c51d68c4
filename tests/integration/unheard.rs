//! Every webhook of the platform is lost: what that costs, in time of the clock and in calls.

use reqwest::Client;
use serde_json::{Value, json};

use crate::program::{Program, Until, take, until, visitor};

const CANDIDATES: usize = 6;
const COMPLETE: &str = "D37002019001";

struct Company<'a> {
    program: &'a Program,
    client: Client,
}

impl Company<'_> {
    fn control(&self, at: &str) -> String {
        format!("{}/__sandbox/{at}", self.program.text("control", "base_url"))
    }

    fn icims(&self, at: &str) -> String {
        format!("{}/customers/{}/{at}", self.program.text("icims", "base_url"), self.customer())
    }

    fn customer(&self) -> &str {
        self.program.text("icims", "customer_id")
    }

    async fn create(&self, at: &str, profile: &Value) -> u64 {
        let (user, password) = (self.program.text("icims", "username"), self.program.text("icims", "password"));
        let asked = self.client.post(self.icims(at)).basic_auth(user, Some(password)).json(profile);
        let answer = asked.send().await.expect("iCIMS answers");
        let location = answer.headers().get("location").cloned();
        let Some(location) = location else { panic!("{at}: {}", answer.text().await.expect("words")) };
        location.to_str().expect("an address").rsplit('/').next().expect("an id").parse().expect("a number")
    }

    async fn tell(&self, at: &str, what: &Value) {
        let answer = self.client.post(self.control(at)).json(what).send().await.expect("control answers");
        assert!(answer.status().is_success(), "{at}: {}", answer.text().await.expect("words"));
    }

    /// Somebody is submitted and advanced; the address of the workflow.
    async fn invites(&self, number: usize) -> String {
        let email = format!("candidate-{number}@example.org");
        let person = json!({"firstname": format!("Ana{number}"), "lastname": "Unheard", "email": email,
            "folder": {"id": "D32006"}});
        let person = self.create("people", &person).await;
        let job: u64 = self.program.text("sample", "job_id").parse().expect("a number");
        let workflow = json!({"baseprofile": job, "associatedprofile": person, "source": "Recruiter",
            "status": {"id": "C40101"}});
        let workflow = self.icims(&format!("applicantworkflows/{}", self.create("applicantworkflows", &workflow).await));
        let status = json!({"status": {"id": self.program.text("sample", "send_to_harver_status")}});
        let (user, password) = (self.program.text("icims", "username"), self.program.text("icims", "password"));
        let advanced = self.client.patch(&workflow).basic_auth(user, Some(password)).json(&status).send().await;
        assert_eq!(advanced.expect("iCIMS answers").status(), 204);
        workflow
    }

    async fn is_complete(&self, workflow: &str) -> bool {
        let (user, password) = (self.program.text("icims", "username"), self.program.text("icims", "password"));
        let asked = self.client.get(format!("{workflow}?fields=assessmentresults")).basic_auth(user, Some(password));
        let answer: Value = asked.send().await.expect("iCIMS answers").json().await.expect("JSON");
        answer["assessmentresults"]
            .as_array()
            .is_some_and(|rows| rows.iter().any(|row| row["assessmentstatus"]["id"] == COMPLETE))
    }

    /// What the integration has asked the platform for: method and path.
    async fn asked_platform(&self) -> Vec<String> {
        let journal = self.control(&format!("journal?customer={}&limit=1000", self.customer()));
        let answer: Value = self.client.get(journal).send().await.expect("control answers").json().await.expect("JSON");
        let exchanges = answer["exchanges"].as_array().expect("exchanges").iter();
        let asked = exchanges.filter(|exchange| exchange["from"] == "integration" && exchange["to"] == "harver_platform");
        asked
            .map(|exchange| {
                format!("{} {}", exchange["method"].as_str().unwrap_or_default(), exchange["target"].as_str().unwrap_or_default())
            })
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_whose_webhooks_are_all_lost_are_in_icims_after_five_minutes_for_one_more_call() {
    let program = Program::start(["up", "--json", "--port", "0"]);
    let company = Company { program: &program, client: visitor() };
    company.tell("clock", &json!({"frozen": true})).await;
    company.tell("faults", &json!({"name": "lost_webhooks", "customer": company.customer()})).await;
    let mut workflows = Vec::new();
    for number in 0..CANDIDATES {
        workflows.push(company.invites(number).await);
    }
    let mails = until("the invitations", async || match program.mails(&company.client).await {
        mails if mails.len() == CANDIDATES => Ok(mails),
        mails => Err(format!("{} of them", mails.len())),
    })
    .await;
    for mail in &mails {
        take(&visitor(), &program.link(mail), Until::Finished).await;
    }
    for workflow in &workflows {
        assert!(!company.is_complete(workflow).await, "nobody has told of it");
    }
    let before = company.asked_platform().await.len();

    company.tell("clock", &json!({"advance": "5m"})).await;
    for workflow in &workflows {
        until("the result", async || if company.is_complete(workflow).await { Ok(()) } else { Err("none yet".into()) }).await;
    }
    let asked = company.asked_platform().await.split_off(before);
    let lists = asked.iter().filter(|call| call.contains("/candidates?")).count();
    // What a webhook costs as well: a look, the result and the link to its report.
    assert_eq!((lists, asked.len()), (1, 1 + 3 * CANDIDATES), "{asked:#?}");
}
