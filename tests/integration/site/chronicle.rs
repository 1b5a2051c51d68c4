//! The history of a site: what its neighbours have recorded, written down as it is read, and counted at the end.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use history::{Does, History, Mail, Row, Saw, Stage};
use serde_json::Value;

use super::applicants::{Applicant, Tenant};
use super::{Site, mails};
use crate::program::{Until, take, visitor};

/// What is known of a site, and how far it has been read.
pub(crate) struct Chronicle<'s> {
    site: &'s Site,
    history: History,
    /// Up to which exchange the journal of each tenant was read.
    read: Vec<u64>,
    /// How many mails were written down.
    delivered: Cell<usize>,
    /// Applicants by their address.
    whom: BTreeMap<String, String>,
    sent_again: usize,
    /// What the service was told last, and what came of it.
    told: VecDeque<String>,
}

/// How much of that is shown when something is waited for in vain.
const SHOWN: usize = 6;

impl<'s> Chronicle<'s> {
    /// Opens the history of a run. So many steps of the service may be cut off by one crash.
    pub(crate) fn open(site: &'s Site, run: &str, seed: Option<u64>, at_once: usize) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{run}.jsonl"));
        let history = History::open(&path, run, seed, at_once);
        Self {
            site,
            history,
            read: vec![0; site.tenants.len()],
            delivered: Cell::new(0),
            whom: BTreeMap::new(),
            sent_again: 0,
            told: VecDeque::new(),
        }
    }

    /// Somebody who will be told of.
    pub(crate) fn knows(&mut self, tenant: &Tenant, applicant: &Applicant) {
        self.whom.insert(applicant.email.clone(), format!("{}/{}", tenant.text("icims", "customer_id"), applicant.workflow));
    }

    /// A process of the service has died. What it had mailed stands before that.
    pub(crate) async fn crashes(&self, who: &str) {
        self.site.office.until_the_dead_are_heard().await;
        self.write_down_mails();
        self.history.crashes(who);
    }

    /// A recruiter advances somebody.
    pub(crate) async fn advance(&self, tenant: &Tenant, applicant: &Applicant) {
        let act = self.history.begins("the recruiter", Does::Advance, &self.whom(&applicant.email));
        tenant.advance(applicant).await;
        self.history.ends(act, Saw::Taken);
    }

    /// A candidate begins the assessment.
    pub(crate) async fn start(&self, email: &str, link: &str) {
        let act = self.history.begins("the candidate", Does::Start, &self.whom(email));
        take(&visitor(), link, Until::Begun).await;
        self.history.ends(act, Saw::Taken);
    }

    /// A candidate takes the whole assessment, or the rest of it.
    pub(crate) async fn finish(&self, email: &str, link: &str) {
        let act = self.history.begins("the candidate", Does::Finish, &self.whom(email));
        take(&visitor(), link, Until::Finished).await;
        self.history.ends(act, Saw::Taken);
    }

    /// Reads on: writes down what the neighbours have recorded since, and has sent again what was sent in vain, as by the recruiter and by
    /// Harver's staff. Says how many that were.
    pub(crate) async fn read_on(&mut self) -> usize {
        let in_vain = self.read().await;
        for (tenant, exchange) in &in_vain {
            self.site.tenants[*tenant].send_again(exchange).await;
        }
        self.sent_again += in_vain.len();
        in_vain.len()
    }

    /// Writes down what the neighbours have recorded since. What was sent in vain, and by whose tenant.
    async fn read(&mut self) -> Vec<(usize, Value)> {
        let mut in_vain = Vec::new();
        for (at, tenant) in self.site.tenants.iter().enumerate() {
            let exchanges = tenant.exchanges(self.read[at]).await;
            for exchange in exchanges {
                self.read[at] = self.read[at].max(exchange["id"].as_u64().expect("a number"));
                self.write_down(&exchange);
                if is_in_vain(&exchange) {
                    in_vain.push((at, exchange));
                }
            }
        }
        self.write_down_mails();
        in_vain
    }

    fn write_down_mails(&self) {
        let mails = mails(&self.site.office);
        for mail in &mails[self.delivered.get()..] {
            let kind = if mail.identity.contains(".reminder-") { Mail::Reminder } else { Mail::Invitation };
            self.history.delivered(&self.whom(&mail.to), &mail.identity, kind);
        }
        self.delivered.set(mails.len());
    }

    /// What the service was told last.
    pub(crate) fn told_last(&self) -> String {
        self.told.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    fn write_down(&mut self, exchange: &Value) {
        if exchange["to"] == "integration" {
            let outcome = &exchange["outcome"];
            let came = outcome["status"].as_u64().map_or_else(|| outcome["reason"].to_string(), |status| status.to_string());
            self.told.push_back(format!("{} by {} at {}: {came}", exchange["id"], exchange["from"], exchange["at"]));
            if self.told.len() > SHOWN {
                self.told.pop_front();
            }
        }
        let body: Value = serde_json::from_str(exchange["request_body"].as_str().unwrap_or_default()).unwrap_or_default();
        let status = exchange["outcome"]["status"].as_u64();
        if let (Some("integration"), Some(workflow)) = (exchange["to"].as_str(), body["systemId"].as_str()) {
            let whom = format!("{}/{workflow}", exchange["customer"].as_str().expect("a customer"));
            let act = self.history.begins("iCIMS", Does::Event, &whom);
            let is_there = || exchange["outcome"]["body"].as_str().is_some_and(|body| body.contains("candidate already has"));
            self.history.ends(
                act,
                match status {
                    None => Saw::Unknown,
                    Some(200..400) => Saw::Taken,
                    Some(_) if is_there() => Saw::Already,
                    Some(_) => Saw::Refused,
                },
            );
        }
        let target = exchange["target"].as_str().unwrap_or_default();
        let row = target.split_once("/applicantworkflows/").and_then(|(_, rest)| rest.split_once("/fields/assessmentresults"));
        if let (Some((workflow, _)), Some(200..300)) = (row, status)
            && let Some(stage) = stage(&body)
        {
            self.history.written(&format!("{}/{workflow}", exchange["customer"].as_str().expect("a customer")), stage);
        }
    }

    /// Counts what the neighbours have of everybody, and holds it against what was wanted. Says how often something was sent again and how
    /// many mails came once more.
    pub(crate) async fn close(mut self, applicants: &[(usize, Applicant)]) -> (usize, usize) {
        loop {
            let read = self.read.clone();
            self.read().await;
            if self.read == read {
                break;
            }
        }
        for (number, tenant) in self.site.tenants.iter().enumerate() {
            let mut applications: BTreeMap<String, usize> = BTreeMap::new();
            for email in tenant.applications().await {
                *applications.entry(email).or_default() += 1;
            }
            for (_, applicant) in applicants.iter().filter(|(tenant, _)| *tenant == number) {
                let rows = tenant.rows(applicant).await;
                let rows = rows.iter().map(|row| Row {
                    stage: stage(row).unwrap_or_else(|| panic!("no stage: {row}")),
                    has_result: row["assessmentresult"] == "Great Fit",
                });
                let count = applications.remove(&applicant.email).unwrap_or_default();
                self.history.counted(&self.whom(&applicant.email), count, rows.collect());
            }
            // Whoever nobody has told of.
            applications.iter().for_each(|(email, count)| self.history.counted(email, *count, Vec::new()));
        }
        self.history.close();
        let mails = mails(&self.site.office);
        let messages: BTreeSet<&String> = mails.iter().map(|mail| &mail.identity).collect();
        (self.sent_again, mails.len() - messages.len())
    }

    fn whom(&self, email: &str) -> String {
        self.whom.get(email).cloned().unwrap_or_else(|| email.to_owned())
    }
}

/// Whether iCIMS or the platform has told something that nobody has answered, or that could not be recorded.
fn is_in_vain(exchange: &Value) -> bool {
    let outcome = &exchange["outcome"];
    let is_unavailable = outcome["status"].as_u64() == Some(503);
    exchange["to"] == "integration" && (outcome["kind"] == "failed" || is_unavailable)
}

/// How far a line of iCIMS says that somebody is, if it says so.
fn stage(row: &Value) -> Option<Stage> {
    Some(match row["assessmentstatus"]["id"].as_str()? {
        "D37002019001" => Stage::Complete,
        "D37002019002" => Stage::Incomplete,
        "D37002019003" => Stage::InProgress,
        "D37002019004" => Stage::Sent,
        other => panic!("{other} is no status of a line"),
    })
}
