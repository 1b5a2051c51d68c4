//! The platform's public API as the integration uses it: one method per endpoint.

use std::fmt;

use reqwest::{Method, StatusCode};
use serde::Serialize;
use url::Url;

use super::error::{Call, HarverError, Operation};
use super::vacancies::KnownVacancies;
use super::wire::{
    ApplicationWire, AtsParameters, CreatedWire, Enveloped, NewApplicationData, NewApplicationWire, NewCandidate,
    NewCandidateAttributes, NewCandidateData, NewRelationships, Progress, ReapplyWire, VacancyStatus, VacancyWire, completed,
    included_text,
};
use crate::clock::Clock;
use crate::domain::{
    ApplicationId, Assessment, Candidate, CustomerId, EmailAddress, HarverConnection, JobId, PersonId, VacancyId, WorkflowId,
};
use crate::http::{Answer, Clients, address};
use crate::meter::Meter;
use crate::neighbour::{self, Called, Kind};
use crate::token_cache::TokenCache;

/// The longest value of an attribute of a new application (harver-platform.md 9.2).
const ATTRIBUTE_LIMIT: usize = 512;
/// The status of an application that is registered or started, and not finished (harver-platform.md 3).
const IN_PROGRESS: &str = "in-progress";

/// Talks to the platform for any account; clones share connections, access tokens and what is remembered of vacancies.
#[derive(Clone)]
pub struct HarverClient {
    pub(super) http: Clients,
    pub(super) clock: Clock,
    pub(super) tokens: TokenCache<HarverError>,
    pub(super) vacancies: KnownVacancies,
    pub(super) meter: Meter,
}

/// Who is to be assessed, and where the candidate comes from.
#[derive(Clone, Copy, Debug)]
pub struct NewApplication<'a> {
    /// The candidate; the e-mail address is the identity on the platform.
    pub candidate: &'a Candidate,
    /// The iCIMS customer.
    pub customer: CustomerId,
    /// The workflow in iCIMS.
    pub workflow: WorkflowId,
    /// The person in iCIMS.
    pub person: PersonId,
    /// The job in iCIMS.
    pub job: JobId,
    /// Where the candidate goes on afterwards. Left out when it exceeds the 512 characters that the platform holds; the candidate
    /// then ends on the End Page (*assumed*: better than no assessment).
    pub return_url: Option<&'a Url>,
}

/// An application that exists now, whether it was made just now or before.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedApplication {
    /// Its id; the same e-mail address in the same vacancy gives the same id again.
    pub id: ApplicationId,
    /// The candidate's personal link; new on every call.
    pub link: Url,
    /// Whether the candidate is registered or under way, and has not finished.
    pub is_in_progress: bool,
}

impl fmt::Debug for CreatedApplication {
    /// Without the link, which lets anybody in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedApplication")
            .field("id", &self.id)
            .field("is_in_progress", &self.is_in_progress)
            .finish_non_exhaustive()
    }
}

/// What the platform knows of an application.
#[derive(Clone, PartialEq)]
pub struct ApplicationRecord {
    /// Its id.
    pub id: ApplicationId,
    /// What came of it; `None` while the candidate is still at it. No status says so: a knock-out question rejects on completion.
    pub completed: Option<Assessment>,
    /// How far the candidate is.
    pub progress: Progress,
    /// The candidate's e-mail address.
    pub email: Option<EmailAddress>,
    /// The iCIMS customer that was given when it was created, or asked for again.
    pub customer: Option<CustomerId>,
    /// The iCIMS workflow that was given then.
    pub workflow: Option<WorkflowId>,
    /// The person in iCIMS that was given then.
    pub person: Option<PersonId>,
}

impl fmt::Debug for ApplicationRecord {
    /// Without the address of the candidate and without the result.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplicationRecord")
            .field("id", &self.id)
            .field("is_completed", &self.completed.is_some())
            .finish_non_exhaustive()
    }
}

/// A vacancy that takes candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenVacancy {
    /// Its id.
    pub id: VacancyId,
    /// The name that recruiters know it by; its id when it has none.
    pub name: String,
}

impl HarverClient {
    /// A client over the shared HTTP client; access tokens are renewed on `clock`.
    #[must_use]
    pub fn new(http: Clients, clock: Clock) -> Self {
        Self {
            http,
            tokens: TokenCache::new(clock.clone()),
            vacancies: KnownVacancies::default(),
            clock,
            meter: Meter::default(),
        }
    }

    /// The same client, whose calls are measured.
    #[must_use]
    pub fn measured_by(self, meter: Meter) -> Self {
        Self { meter, ..self }
    }

    /// Creates the candidate's application in a vacancy, or finds the one that is there, with a new link either way:
    /// `POST /api/v1.0/vacancies/{id}/applications`. Asking twice is harmless.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn create_application(
        &self,
        connection: &HarverConnection,
        vacancy: &VacancyId,
        new: &NewApplication<'_>,
    ) -> Result<CreatedApplication, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::CreateApplication(vacancy.clone()) };
        let path = format!("/vacancies/{vacancy}/applications");
        let answer = self.exchange(connection, &call, Method::POST, &path, &[], Some(&new.on_the_wire())).await;
        if let Err(HarverError { kind: Kind::NotFound | Kind::Refused { .. }, .. }) = &answer {
            self.vacancies.forget(connection, vacancy);
        }
        let answer = answer?;
        let created = call.read::<Enveloped<CreatedWire>>(&answer)?.data;
        if !matches!(created.magic_link.scheme(), "http" | "https") {
            return Err(call.unreadable(&answer, "the magic link is no web address"));
        }
        Ok(CreatedApplication {
            id: created.application_id.parse().map_err(|_| call.unreadable(&answer, "the application id is not one"))?,
            link: created.magic_link,
            is_in_progress: created.current_status.is_some_and(|status| status.trim().eq_ignore_ascii_case(IN_PROGRESS)),
        })
    }

    /// Reads an application with its result: `GET /api/v1.0/applications/{id}?include=matching-indicators,ats`.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn application(&self, connection: &HarverConnection, id: &ApplicationId) -> Result<ApplicationRecord, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::Application(id.clone()) };
        let query = [("include", "matching-indicators,ats")];
        let answer = self.get(connection, &call, &format!("/applications/{id}"), &query).await?;
        let application: ApplicationWire = call.read(&answer)?;
        let attributes = &application.data.attributes;
        if application.data.id.parse().ok().as_ref() != Some(id) {
            return Err(call.unreadable(&answer, "it is about another application"));
        }
        let completed = completed(attributes, &application.included)
            .map_err(|()| call.unreadable(&answer, "the completion time cannot be read"))?;
        let candidate = &application.data.relationships["candidate"]["data"];
        let email = candidate["attributes"]["email"].as_str().or_else(|| candidate["email"].as_str());
        let parameter = |key| included_text(&application.included, "ats-parameters", key);
        Ok(ApplicationRecord {
            id: id.clone(),
            completed,
            progress: Progress::read(&attributes.progress),
            email: email.and_then(EmailAddress::parse),
            customer: parameter("custom_id_1").and_then(|id| id.parse().ok()),
            workflow: parameter("application_id").and_then(|id| id.parse().ok()),
            person: parameter("candidate_id").and_then(|id| id.parse().ok()),
        })
    }

    /// Asks whether whoever has finished an application may take the assessment again: `GET /api/v1.0/applications/{id}/reapply/status`
    /// (harver-platform.md 5). If so, creating an application makes a new one.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn can_reapply(&self, connection: &HarverConnection, id: &ApplicationId) -> Result<bool, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::ReapplyStatus(id.clone()) };
        let answer = self.get(connection, &call, &format!("/applications/{id}/reapply/status"), &[]).await?;
        Ok(call.read::<Enveloped<ReapplyWire>>(&answer)?.data.can_reapply)
    }

    /// Reads the status of a vacancy, where the answer says it: `GET /api/v1.0/vacancies/{id}`.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn vacancy_status(
        &self,
        connection: &HarverConnection,
        id: &VacancyId,
    ) -> Result<Option<VacancyStatus>, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::Vacancy(id.clone()) };
        let answer = self.get(connection, &call, &format!("/vacancies/{id}"), &[]).await?;
        let vacancy = call.read::<Enveloped<VacancyWire>>(&answer)?.data;
        if vacancy.id.as_deref().is_some_and(|found| found.parse().ok().as_ref() != Some(id)) {
            return Err(call.unreadable(&answer, "it is about another vacancy"));
        }
        Ok(vacancy.attributes.status.as_deref().map(VacancyStatus::read))
    }

    /// Lists the vacancies of the account that take candidates: `GET /api/v1.0/accounts/{account}/vacancies`, which has no pages.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn open_vacancies(&self, connection: &HarverConnection) -> Result<Vec<OpenVacancy>, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::OpenVacancies };
        let query = [("filter[status]", "open"), ("filter[skip_aggregation]", "true")];
        let answer = self.get(connection, &call, &format!("/accounts/{}/vacancies", connection.account), &query).await?;
        let vacancies = call.read::<Enveloped<Vec<VacancyWire>>>(&answer)?.data;
        Ok(vacancies.into_iter().filter_map(VacancyWire::if_open).collect())
    }

    pub(super) async fn get(
        &self,
        connection: &HarverConnection,
        call: &Call,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer, HarverError> {
        self.exchange(connection, call, Method::GET, path, query, None::<&()>).await
    }

    /// Sends a request and returns the successful answer. A token that is refused is replaced once: it may have been revoked.
    async fn exchange<B: Serialize + ?Sized>(
        &self,
        connection: &HarverConnection,
        call: &Call,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&B>,
    ) -> Result<Answer, HarverError> {
        let send = async |bearer: &str| {
            let url = address(&connection.base_url, &format!("/api/v1.0{path}"));
            let mut request = self.http.request(method.clone(), url).bearer_auth(bearer).header("accept", "application/json");
            if !query.is_empty() {
                request = request.query(query);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            neighbour::exchange(call, (&self.http, &self.meter), request).await
        };
        let authorization = self.authorization(connection).await?;
        let mut answer = send(authorization.bearer()).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            self.forget(&authorization);
            answer = send(self.authorization(connection).await?.bearer()).await?;
        }
        if answer.status.is_success() { Ok(answer) } else { Err(self.refusal(call, &answer)) }
    }
}

impl NewApplication<'_> {
    fn on_the_wire(&self) -> NewApplicationWire<'_> {
        let return_url = self.return_url.map(Url::as_str).filter(|url| url.chars().count() <= ATTRIBUTE_LIMIT);
        let attributes = AtsParameters {
            candidate_id: self.person.to_string(),
            application_id: self.workflow.to_string(),
            vacancy_id: self.job.to_string(),
            custom_id_1: self.customer.to_string(),
            source: "icims",
            return_url,
        };
        let candidate = NewCandidateAttributes {
            email_address: self.candidate.email.as_str(),
            first_name: self.candidate.first_name.as_str(),
            last_name: self.candidate.last_name.as_str(),
        };
        let candidate = NewCandidate { data: NewCandidateData { kind: "candidates", attributes: candidate } };
        let data = NewApplicationData { kind: "applications", attributes, relationships: NewRelationships { candidate } };
        NewApplicationWire { data }
    }
}
