//! One customer as a test uses it: its keys, its recruiter's moves, what a client reads, its mail.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::journal::JournalView;
use super::making::{NewJob, NewPerson};
use super::told;
use crate::control::World;
use crate::control::ready::{SampleKeys, TenantKeys};
use crate::engine::faults::Fault;
use crate::engine::{TESTER_AGENT, Tenant};
use crate::icims::model::{JobId, NodeId, PersonId, WorkflowId};
use crate::icims::state::advance::Advanced;
use crate::icims::state::{CustomerState, Refusal};
use crate::mailbox::{MailFilter, Message};

/// How long to wait for what should come, in real time, unless a test says otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// An isolated customer: its own credentials, data, Harver account, mail and faults. Clones are the same customer.
#[derive(Clone, Debug)]
pub struct Customer {
    world: World,
    keys: Arc<TenantKeys>,
    client: reqwest::Client,
}

impl Customer {
    pub(super) fn new(world: &World, keys: TenantKeys) -> Self {
        let built = crate::engine::direct().user_agent(TESTER_AGENT).timeout(PATIENCE).build();
        let client = built.expect("a client without certificates of its own always builds");
        Self { world: world.clone(), keys: Arc::new(keys), client }
    }

    /// The iCIMS customer id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.keys.icims.customer_id
    }

    /// Addresses and credentials of everything: what an integration is configured with.
    #[must_use]
    pub fn keys(&self) -> &TenantKeys {
        &self.keys
    }

    /// The address of this customer's REST API, such as `http://127.0.0.1:8701/customers/4021`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/customers/{}", self.keys.icims.base_url, self.id())
    }

    /// What there is to begin with: a candidate submitted to an approved job that has a package.
    #[must_use]
    pub fn sample(&self) -> &SampleKeys {
        &self.keys.sample
    }

    /// The workflow of the sample.
    ///
    /// # Panics
    /// Never: the ready line holds the numbers of profiles.
    #[must_use]
    pub fn sample_workflow(&self) -> WorkflowId {
        self.keys.sample.workflow_id.parse().expect("the ready line holds a workflow id")
    }

    /// Says where this customer's events go, and how iCIMS signs in there (Basic).
    ///
    /// # Panics
    /// When `url` is not an http address.
    pub async fn connect_vendor(&self, url: &str, user: &str, password: &str) {
        let connected = self.world.icims().connect_vendor(self.number(), url.to_owned(), user.to_owned(), password.to_owned());
        if let Err(refusal) = connected.await {
            panic!("events of customer {} cannot go to {url:?}: {}", self.id(), told(&refusal));
        }
    }

    /// Says where the webhooks of this customer's Harver account go, and how the platform signs in there (Basic).
    ///
    /// # Panics
    /// When `url` is not an http address.
    pub async fn connect_webhook(&self, url: &str, user: &str, password: &str) {
        let account = &self.keys.platform.account_id;
        let platform = self.world.platform();
        let connected = platform.connect_webhook(account, url.to_owned(), user.to_owned(), password.to_owned());
        if let Err(refusal) = connected.await {
            panic!("webhooks of customer {} cannot go to {url:?}: {}", self.id(), told(&refusal));
        }
    }

    /// A new person, a Candidate unless told otherwise.
    pub fn person(&self) -> NewPerson<'_> {
        NewPerson::new(self)
    }

    /// A new approved job.
    pub fn job(&self, title: &str) -> NewJob<'_> {
        NewJob::new(self, title)
    }

    /// Submits a candidate to a job, as a recruiter does.
    ///
    /// # Panics
    /// When they are joined already, or the person is a Contact.
    pub async fn submit(&self, person: PersonId, job: JobId) -> WorkflowId {
        let now = self.world.clock().now();
        let submitted = self.write(|state| state.submit(person, job, state.recruiter(), now)).await;
        self.done(&format!("submitting person {person} to job {job}"), submitted)
    }

    /// Moves a workflow to a status, as a recruiter does, and waits for what the vendor answers if an event comes of it. The status
    /// is named by its label, such as `Send to Harver`, or by its id, such as `C40177`.
    ///
    /// # Panics
    /// When iCIMS refuses; [`Customer::try_advance`] returns the refusal.
    pub async fn advance(&self, workflow: WorkflowId, status: &str) -> Advanced {
        let advanced = self.try_advance(workflow, status).await;
        self.done(&format!("moving workflow {workflow} to {status:?}"), advanced)
    }

    /// The same, for tests about what iCIMS refuses.
    ///
    /// # Errors
    /// When there is no such workflow or status, or the entrance criteria are not met.
    pub async fn try_advance(&self, workflow: WorkflowId, status: &str) -> Result<Advanced, Refusal> {
        let now = self.world.clock().now();
        let advanced = self.write(|state| {
            let status = named(state, status)?;
            state.advance(workflow, &status, state.recruiter(), now)
        });
        let advanced = advanced.await?;
        if let Some(event) = advanced.event {
            self.world.icims().outcome(self.number(), event).await;
        }
        Ok(advanced)
    }

    /// Disturbs this customer, and no other, by a fault of the catalogue, such as `slow_icims` or `expired_token`
    /// (`GET /__sandbox/faults/catalogue` lists them with what happens in real life).
    ///
    /// # Panics
    /// When there is no such fault; the message names those there are.
    pub fn fault(&self, name: &str) {
        if let Err(error) = self.world.switch_on_fault(name, Some(self.id())) {
            panic!("customer {} cannot be disturbed by {name:?}: {}", self.id(), told(&error));
        }
    }

    /// Disturbs this customer by a rule of the test's own; the customer of the rule need not be said.
    ///
    /// # Panics
    /// When the rule makes no sense, or there are too many.
    pub fn fault_rule(&self, rule: Fault) {
        let rule = Fault { customer: Some(self.id().to_owned()), ..rule };
        if let Err(error) = self.world.add_faults(vec![rule]) {
            panic!("customer {} cannot be disturbed so: {}", self.id(), told(&error));
        }
    }

    /// Ends every fault of this customer.
    ///
    /// # Panics
    /// When the sandbox has been reset since the customer was opened.
    pub fn no_more_faults(&self) {
        if let Err(error) = self.world.remove_faults(Some(self.id()), None) {
            panic!("the faults of customer {} cannot be ended: {}", self.id(), told(&error));
        }
    }

    /// `GET` below the customer with Basic authentication, as the integration does it. Shows up in the journal.
    ///
    /// # Panics
    /// When the answer is no success or no JSON; the message shows it.
    pub async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.api_url());
        let keys = &self.keys.icims;
        let sent = self.client.get(&url).basic_auth(&keys.username, Some(&keys.password)).send().await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => panic!("GET {url} was not answered: {}", told(&error)),
        };
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(json) if status.is_success() => json,
            _ => panic!("GET {url} was answered {status}: {text}"),
        }
    }

    /// The result rows that the vendor has written to a workflow, oldest first.
    ///
    /// # Panics
    /// When there is no such workflow.
    pub async fn results(&self, workflow: WorkflowId) -> Vec<Value> {
        match self.get(&format!("/applicantworkflows/{workflow}/fields/assessmentresults")).await {
            Value::Array(rows) => rows,
            other => panic!("the result rows of workflow {workflow} are no list: {other}"),
        }
    }

    /// Waits for a mail to an address and returns it.
    ///
    /// # Panics
    /// When none comes within ten seconds; the message says to whom there was mail instead.
    pub async fn mail_to(&self, address: &str) -> Message {
        let filter = MailFilter { to: Some(address.to_owned()), ..MailFilter::default() };
        if let Some(message) = self.world.mailbox().wait(&filter, PATIENCE).await {
            return message;
        }
        let others: Vec<String> =
            self.world.mailbox().newest(&MailFilter::default(), 10).into_iter().flat_map(|it| it.to).collect();
        let seen = if others.is_empty() {
            "there is no mail at all".to_owned()
        } else {
            format!("there is mail to {}", others.join(", "))
        };
        panic!("no mail to {address} within {} s; {seen}", PATIENCE.as_secs())
    }

    /// Everything that has crossed the wire for this customer so far, to be asserted upon.
    #[must_use]
    pub fn journal(&self) -> JournalView {
        JournalView::new(self.world.clone(), self.id().to_owned())
    }

    /// Waits until no event and no webhook of this customer is waiting to be delivered, and the integration, if one runs in this
    /// process, has nothing to do: from then on, nothing happens by itself.
    ///
    /// # Panics
    /// When that does not come to pass within half a minute; the message says what is waiting.
    pub async fn settle(&self) {
        super::journal::settle(&self.world, self.id()).await;
    }

    fn number(&self) -> u64 {
        self.id().parse().expect("customer ids are numbers")
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    pub(super) async fn write<T>(&self, rule: impl FnOnce(&mut CustomerState) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.tenant().write(rule).await
    }

    fn tenant(&self) -> Arc<Tenant<CustomerState>> {
        let found = self.world.icims().customer(self.number());
        found.unwrap_or_else(|| panic!("customer {} is gone: the sandbox has been reset since it was opened", self.id()))
    }

    /// The outcome of setting a scene.
    pub(super) fn done<T>(&self, what: &str, outcome: Result<T, Refusal>) -> T {
        match outcome {
            Ok(done) => done,
            Err(refusal @ Refusal::EntranceCriteria { .. }) => {
                let Refusal::EntranceCriteria { unmet } = &refusal else { unreachable!("matched above") };
                panic!("{what} in customer {} was refused: {} {}", self.id(), refusal, unmet.join(" "))
            }
            Err(refusal) => panic!("{what} in customer {} was refused: {}", self.id(), told(&refusal)),
        }
    }
}

/// A status by its id, or by its label alone.
fn named(state: &CustomerState, status: &str) -> Result<NodeId, Refusal> {
    if let Ok(id) = status.parse::<NodeId>()
        && state.is_status(&id)
    {
        return Ok(id);
    }
    let wanted = status.trim();
    let mut statuses = state.bins().into_iter().flat_map(|bin| bin.statuses);
    statuses.find(|node| node.label == wanted).map(|node| node.id).ok_or_else(|| Refusal::Invalid(format!("status {status}")))
}
