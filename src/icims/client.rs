//! The iCIMS API as the integration uses it: one method per endpoint. Addresses are built from the customer's configured base
//! only, never from what an event or an answer names.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::about::Calls;
use super::error::{Call, IcimsError, Operation};
use super::package_lists::KnownPlaces;
use super::wire::{
    Folder, JobWire, ListNode, OneOrMany, PersonWire, ProblemsWire, ProfileWire, ReportLink, ResultRow, ResultRowWire, RowStatus,
    SearchWire, StandingWire, WorkflowWire,
};
use crate::clock::Clock;
use crate::domain::{
    Customer, EmailAddress, JobId, PersonId, PersonName, Recommendation, ResultRowId, Score, StatusId, WorkflowId, WorkflowStatus,
};
use crate::http::{self, Answer, Clients};
use crate::meter::Meter;
use crate::neighbour::{self, Called, Kind};
use crate::token_cache::TokenCache;

/// Talks to the iCIMS of any customer; clones share connections and access tokens.
#[derive(Clone)]
pub struct IcimsClient {
    pub(super) http: Clients,
    pub(super) clock: Clock,
    pub(super) tokens: TokenCache<IcimsError>,
    pub(super) places: KnownPlaces,
    pub(super) meter: Meter,
}

/// What iCIMS lets us see of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// First name.
    pub first_name: Option<PersonName>,
    /// Last name.
    pub last_name: Option<PersonName>,
    /// The e-mail address, if mail can be sent to it.
    pub email: Option<EmailAddress>,
    /// There is an e-mail address, but no mail can be sent to it: iCIMS does not validate the field.
    pub email_is_malformed: bool,
}

impl fmt::Debug for PersonRecord {
    /// Says what is there without saying what it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRecord")
            .field("has_first_name", &self.first_name.is_some())
            .field("has_last_name", &self.last_name.is_some())
            .field("has_email", &self.email.is_some())
            .field("email_is_malformed", &self.email_is_malformed)
            .finish_non_exhaustive()
    }
}

/// What iCIMS lets us see of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRecord {
    /// Its title.
    pub title: Option<String>,
    /// The labels in Assessment Type, of all vendors, in the order of iCIMS.
    pub package_labels: Vec<String>,
    /// Where it stands; absent when hidden from the integration user.
    pub folder: Option<Folder>,
}

impl JobRecord {
    /// Whether candidates may still be invited. A delivered folder is open when it is Approved.
    ///
    /// *Assumed*: a folder of the customer's own making is open unless its label says otherwise, and a hidden one is open, because
    /// iCIMS sends events for such jobs.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let Some(folder) = &self.folder else { return true };
        match folder.id.as_deref() {
            Some(id) if id.starts_with('D') => id == Folder::APPROVED,
            _ => {
                let label = folder.label.as_deref().unwrap_or_default().to_lowercase();
                !["closed", "cancel", "filled", "on hold"].iter().any(|word| label.contains(word))
            }
        }
    }
}

/// Where a candidate stands in a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The status; absent when it is unset or hidden from the integration user (icims-api.md 7.3).
    pub status: Option<WorkflowStatus>,
    /// The candidate's present person profile: another one than before when profiles were merged.
    pub person: Option<PersonId>,
}

/// A result row that is already there.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRow {
    /// Its id.
    pub id: ResultRowId,
    /// The label in Assessment Name.
    pub name: Option<String>,
    /// How far it is; absent when it is none of the customer's statuses and none of the delivered ones.
    pub status: Option<RowStatus>,
    /// The score, as iCIMS holds it.
    pub score: Option<Score>,
    /// The verdict.
    pub recommendation: Option<Recommendation>,
}

/// What goes out.
pub(super) struct Outgoing<'a> {
    method: Method,
    /// Below `/customers/{id}`, with a slash in front, or empty.
    path: String,
    query: Option<(&'static str, &'static str)>,
    body: Option<Body<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Row(&'a ResultRowWire<'a>),
    Link(BTreeMap<&'a str, &'a str>),
    Search(SearchWire<'a>),
    Nothing {},
}

impl<'a> Outgoing<'a> {
    pub(super) fn get(path: String, fields: Option<&'static str>) -> Self {
        Self { method: Method::GET, path, query: fields.map(|fields| ("fields", fields)), body: None }
    }

    fn write(method: Method, path: String, body: Body<'a>) -> Self {
        Self { method, path, query: None, body: Some(body) }
    }

    /// A search of what there is now: results of up to fifteen minutes ago are the default (icims-api.md 10.8).
    pub(super) fn search(path: String, search: SearchWire<'a>) -> Self {
        Self { method: Method::POST, path, query: Some(("staleness", "0")), body: Some(Body::Search(search)) }
    }

    /// A change that changes nothing.
    pub(super) fn change_nothing(path: String) -> Self {
        Self { method: Method::PATCH, path, query: None, body: Some(Body::Nothing {}) }
    }
}

impl IcimsClient {
    /// A client over the shared HTTP client; access tokens are renewed on `clock`.
    #[must_use]
    pub fn new(http: Clients, clock: Clock) -> Self {
        Self { http, tokens: TokenCache::new(clock.clone()), clock, places: KnownPlaces::default(), meter: Meter::default() }
    }

    /// The same client, whose calls are measured.
    #[must_use]
    pub fn measured_by(self, meter: Meter) -> Self {
        Self { meter, ..self }
    }

    /// Reads a person: `GET /customers/{customer}/people/{id}`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn person(&self, customer: &Customer, id: PersonId) -> Result<PersonRecord, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::Person(id) };
        let outgoing = Outgoing::get(format!("/people/{id}"), Some("firstname,lastname,email"));
        let person: PersonWire = call.read(&self.exchange(customer, call, &outgoing).await?)?;
        let written = person.email.filter(|email| !email.trim().is_empty());
        let email = written.as_deref().and_then(EmailAddress::parse);
        Ok(PersonRecord {
            first_name: person.firstname.as_deref().and_then(PersonName::parse),
            last_name: person.lastname.as_deref().and_then(PersonName::parse),
            email_is_malformed: written.is_some() && email.is_none(),
            email,
        })
    }

    /// Reads a job: `GET /customers/{customer}/jobs/{id}`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn job(&self, customer: &Customer, id: JobId) -> Result<JobRecord, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::Job(id) };
        let outgoing = Outgoing::get(format!("/jobs/{id}"), Some("jobtitle,assessmenttype,folder"));
        let job: JobWire = call.read(&self.exchange(customer, call, &outgoing).await?)?;
        let labels = job.assessmenttype.map(OneOrMany::into_vec).unwrap_or_default();
        Ok(JobRecord {
            title: job.jobtitle.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty()),
            package_labels: labels.iter().filter_map(ListNode::label).map(str::to_owned).collect(),
            folder: job.folder.as_ref().map(Folder::read),
        })
    }

    /// Reads where a candidate stands: `GET /customers/{customer}/applicantworkflows/{id}?fields=status,associatedprofile`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn standing(&self, customer: &Customer, workflow: WorkflowId) -> Result<Standing, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::Standing(workflow) };
        let outgoing = Outgoing::get(format!("/applicantworkflows/{workflow}"), Some("status,associatedprofile"));
        let found: StandingWire = call.read(&self.exchange(customer, call, &outgoing).await?)?;
        let status = found.status.as_ref().and_then(|node| {
            let label = node.label().unwrap_or_default().to_owned();
            Some(WorkflowStatus { id: StatusId::parse(node.id()?)?, label })
        });
        Ok(Standing { status, person: found.associatedprofile.as_ref().and_then(ProfileWire::person) })
    }

    /// Reads the result rows of a workflow: `GET /customers/{customer}/applicantworkflows/{id}?fields=assessmentresults`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn result_rows(&self, customer: &Customer, workflow: WorkflowId) -> Result<Vec<FoundRow>, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::ResultRows(workflow) };
        let outgoing = Outgoing::get(format!("/applicantworkflows/{workflow}"), Some("assessmentresults"));
        let answer = self.exchange(customer, call, &outgoing).await?;
        let found: WorkflowWire = call.read(&answer)?;
        let rows = found.assessmentresults.unwrap_or_default().into_iter().map(|row| {
            let id =
                ResultRowId::try_from(row.entry).map_err(|_| call.unreadable(&answer, "a result has no usable entry number"))?;
            let name = row.assessmentname.as_ref().and_then(ListNode::label).map(str::to_owned);
            let status = row.assessmentstatus.as_ref().and_then(|node| RowStatus::read(node, &customer.statuses));
            let score = row.assessmentscore.and_then(Score::parse);
            let recommendation = row.assessmentresult.as_deref().and_then(Recommendation::parse);
            Ok(FoundRow { id, name, status, score, recommendation })
        });
        rows.collect()
    }

    /// Adds a result row: `POST /customers/{customer}/applicantworkflows/{id}/fields/assessmentresults`.
    ///
    /// An entry equal to an existing one is not stored twice; iCIMS then names the existing one (icims-api.md 9.1).
    ///
    /// # Errors
    /// See [`IcimsError`]. After everything but a refusal the row may be there all the same: look with [`Self::result_rows`].
    pub async fn add_result_row(
        &self,
        customer: &Customer,
        workflow: WorkflowId,
        row: &ResultRow,
    ) -> Result<ResultRowId, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::AddResultRow(workflow) };
        let body = ResultRowWire::new_line(row, &customer.statuses);
        let path = format!("/applicantworkflows/{workflow}/fields/assessmentresults");
        let answer = self.exchange(customer, call, &Outgoing::write(Method::POST, path, Body::Row(&body))).await?;
        // The body of a 201 is empty; the id is the last part of the address in the header (icims-api.md 13, quirks 3 and 4).
        let row = answer.header("location").and_then(row_in);
        row.ok_or_else(|| call.unreadable(&answer, "its Location header names no result"))
    }

    /// Changes a result row: `PATCH /customers/{customer}/applicantworkflows/{id}/fields/assessmentresults/{row}`. What `row` leaves
    /// open stays as it is.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn update_result_row(
        &self,
        customer: &Customer,
        workflow: WorkflowId,
        id: ResultRowId,
        row: &ResultRow,
    ) -> Result<(), IcimsError> {
        let change = ResultRowWire::change(row, &customer.statuses);
        self.change_row(customer, workflow, id, Body::Row(&change)).await
    }

    /// Adds the link to the report to a result row, by the same request, and changes nothing else of it.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn add_report_link(
        &self,
        customer: &Customer,
        workflow: WorkflowId,
        id: ResultRowId,
        report: &ReportLink,
    ) -> Result<(), IcimsError> {
        let link = BTreeMap::from([(report.field.as_str(), report.url.as_str())]);
        self.change_row(customer, workflow, id, Body::Link(link)).await
    }

    async fn change_row(
        &self,
        customer: &Customer,
        workflow: WorkflowId,
        id: ResultRowId,
        change: Body<'_>,
    ) -> Result<(), IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::UpdateResultRow(workflow, id) };
        let path = format!("/applicantworkflows/{workflow}/fields/assessmentresults/{id}");
        let answer = self.exchange(customer, call, &Outgoing::write(Method::PATCH, path, change)).await?;
        // Any 2xx is success (icims-api.md 3.1), but a page of HTML is not an answer of iCIMS.
        if answer.is_empty() { Ok(()) } else { call.read::<Value>(&answer).map(drop) }
    }

    /// Whether the credentials open this customer: `GET /customers/{customer}`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn check_access(&self, customer: &Customer) -> Result<(), IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::CheckAccess };
        let answer = self.exchange(customer, call, &Outgoing::get(String::new(), None)).await?;
        call.read::<serde_json::Map<String, Value>>(&answer).map(drop)
    }

    /// Sends a request and returns the successful answer. A token that is refused is replaced once: it may have been revoked.
    pub(super) async fn exchange(&self, customer: &Customer, call: Call, outgoing: &Outgoing<'_>) -> Result<Answer, IcimsError> {
        let connection = customer.ats.at(self.clock.now()).ok_or_else(|| call.failed(Kind::NotEntered))?;
        let authorization = self.authorization(customer.id, &connection.authentication).await?;
        let mut answer = self.send(&connection.base_url, call, outgoing, authorization.header()).await?;
        if answer.status == StatusCode::UNAUTHORIZED && self.forget(&authorization) {
            let renewed = self.authorization(customer.id, &connection.authentication).await?;
            answer = self.send(&connection.base_url, call, outgoing, renewed.header()).await?;
        }
        if !answer.status.is_success() {
            return Err(self.refusal(call, &answer));
        }
        let problems: ProblemsWire = answer.json().unwrap_or_default();
        for warning in problems.warnings {
            let warning = http::in_its_words(&warning.message);
            tracing::warn!(customer.id = %customer.id, warning, "iCIMS warned while {call}");
        }
        Ok(answer)
    }

    async fn send(&self, base: &Url, call: Call, outgoing: &Outgoing<'_>, authorization: &str) -> Result<Answer, IcimsError> {
        let url = http::address(base, &format!("/customers/{}{}", call.customer, outgoing.path));
        let mut request = self.http.request(outgoing.method.clone(), url).header("authorization", authorization);
        request = request.header("accept", "application/json");
        if let Some(parameter) = outgoing.query {
            request = request.query(&[parameter]);
        }
        if let Some(body) = &outgoing.body {
            request = request.json(body);
        }
        let answer = neighbour::exchange(&call, (&self.http, &self.meter), request).await?;
        if let Some(left) = Calls::left_by(&answer) {
            self.meter.quota_left(call.customer, Call::NEIGHBOUR, left);
        }
        Ok(answer)
    }
}

/// The row that an address names. The address may lack its scheme (icims-api.md 9.1), so it is taken as text.
fn row_in(location: &str) -> Option<ResultRowId> {
    let (_, row) = location.split(['?', '#']).next()?.rsplit_once("/fields/assessmentresults/")?;
    row.trim_end_matches('/').parse().ok()
}
