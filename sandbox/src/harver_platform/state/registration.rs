//! Applications: making them, finding them, and what other systems may change about them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

use super::{AccountState, Refusal};
use crate::harver_platform::model::{
    Application, ApplicationId, ApplicationStatus, AtsParameters, Candidate, CandidateName, Email, Language, MagicLink, MailKind,
    PhoneNumber, Reapply, Vacancy, VacancyId, VacancyStatus,
};

/// How many magic links of one application are remembered; older ones stop working.
const LINKS_KEPT: usize = 10;
/// How many ATS parameters an application may have (`harver-platform.md` 9.1 and 9.2).
const ATS_PARAMETERS: usize = 20;

/// Somebody to be registered, already read and checked.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Identity.
    pub email: Email,
    /// Names.
    pub name: CandidateName,
    /// For text messages.
    pub phone: Option<PhoneNumber>,
    /// The language to address the candidate in; the vacancy's first without it.
    pub language: Option<Language>,
    /// Links to other systems.
    pub ats: AtsParameters,
}

/// What came of a registration.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The application, new or found again.
    pub application: ApplicationId,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// The token of a fresh magic link.
    pub link: String,
}

impl AccountState {
    /// Registers a candidate in a vacancy, or finds the existing application and renews its magic link.
    ///
    /// The same mail address is the same person (`harver-platform.md` 9.2). Earlier links keep working until they expire, and ATS
    /// parameters given again replace those of the same name (both *assumed*). Somebody who has finished gets a new application
    /// when the vacancy's reapply setting allows it, else the finished one.
    ///
    /// # Errors
    /// When there is no such vacancy, it is not open, the application would have more than 20 ATS parameters, or the account
    /// has as many applications as it may have.
    pub fn register(&mut self, vacancy: &VacancyId, new: Registration, now: Timestamp) -> Result<Registered, Refusal> {
        let found = self.vacancy(vacancy)?;
        if found.status != VacancyStatus::Open {
            let detail = format!("vacancy {vacancy} is {}: open it, or use another one", found.status);
            return Err(Refusal::against("Vacancy is not open", detail));
        }
        let existing =
            self.current_application(vacancy, &new.email).filter(|application| !may_start_again(found, application, now));
        let ats = merged(existing.map(|application| &application.ats), &new.ats)?;
        let id = match existing.map(|application| application.id.clone()) {
            Some(id) => {
                if let Some(application) = self.applications.edit(&id) {
                    application.ats = ats;
                }
                id
            }
            None if self.applications.len() >= self.limits.applications => return Err(self.full()),
            None => {
                let id = self.add_application(vacancy, new, now);
                self.line_up_reminders(&id, &MailKind::REMINDERS, now);
                id
            }
        };
        let token = self.secret("magic-link");
        let link = self.renew_link(&id, token, now);
        let status = self.application(&id)?.status;
        Ok(Registered { application: id, status, link })
    }

    /// The latest application of a person in a vacancy.
    fn current_application(&self, vacancy: &VacancyId, email: &Email) -> Option<&Application> {
        let candidate = self.candidate_by_email(email)?;
        candidate.applications.iter().rev().filter_map(|id| self.applications.get(id)).find(|found| &found.vacancy == vacancy)
    }

    /// Whether somebody could start again in the vacancy of this application.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn can_reapply(&self, id: &ApplicationId, now: Timestamp) -> Result<bool, Refusal> {
        let application = self.application(id)?;
        Ok(may_start_again(self.vacancy(&application.vacancy)?, application, now))
    }

    /// Sets the status of an application, as a recruiter does.
    ///
    /// # Errors
    /// When there is no such application, or the status is one that only the system sets.
    pub fn set_application_status(
        &mut self,
        id: &ApplicationId,
        status: ApplicationStatus,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.application(id)?;
        if !status.is_set_by_people() {
            let detail = format!(
                "{status} follows from what the candidate does: set shortlisted, talent-pool, invited, rejected, hired or contract"
            );
            return Err(Refusal::against("Status cannot be set", detail));
        }
        if let Some(application) = self.applications.edit(id).filter(|application| application.status != status) {
            application.status = status;
            application.status_updated_at = now;
        }
        Ok(())
    }

    /// Adds ATS parameters to an application, or replaces those of the same name.
    ///
    /// # Errors
    /// When there is no such application, or it would have more than 20.
    pub fn set_ats_parameters(&mut self, id: &ApplicationId, new: &AtsParameters) -> Result<(), Refusal> {
        let ats = merged(Some(&self.application(id)?.ats), new)?;
        if let Some(application) = self.applications.edit(id) {
            application.ats = ats;
        }
        Ok(())
    }

    fn full(&self) -> Refusal {
        let limit = self.limits.applications;
        let detail =
            format!("this account has {limit} applications, which is all the sandbox keeps: reset it, or open a fresh customer");
        Refusal::against("Too many applications", detail)
    }

    /// Whether everything is within its limits, for a state that has not been made by rules: one that was exported somewhere.
    ///
    /// # Errors
    /// When there are too many applications.
    pub(crate) fn check_limits(&self) -> Result<(), Refusal> {
        if self.applications.len() > self.limits.applications { Err(self.full()) } else { Ok(()) }
    }

    fn add_application(&mut self, vacancy: &VacancyId, new: Registration, now: Timestamp) -> ApplicationId {
        let id = ApplicationId::drawn(&mut self.chance("application"));
        let candidate = self.candidate_id(&new.email);
        let default = self.vacancies.get(vacancy).and_then(|found| found.settings.languages.first().copied());
        let application = Application {
            id: id.clone(),
            vacancy: vacancy.clone(),
            candidate: candidate.clone(),
            status: ApplicationStatus::InProgress,
            status_updated_at: now,
            created_at: now,
            started_at: None,
            completed_at: None,
            language: new.language.or(default).unwrap_or(self.profile.get().language),
            ats: new.ats,
            consents: BTreeMap::new(),
            answers: BTreeMap::new(),
            result: None,
            links: Vec::new(),
            sessions: Vec::new(),
            mailed: Vec::new(),
            code: None,
            codes_asked: Vec::new(),
        };
        self.applications.put(id.clone(), application);
        if let Some(known) = self.candidates.edit(&candidate) {
            known.applications.push(id.clone());
            (known.name, known.phone) = (new.name, new.phone.or(known.phone.take()));
        } else {
            let row = Candidate {
                id: candidate.clone(),
                email: new.email,
                name: new.name,
                phone: new.phone,
                applications: vec![id.clone()],
            };
            self.candidates.put(candidate, row);
        }
        id
    }

    /// Lets this token sign the candidate in; the oldest of many links stops doing so.
    pub(super) fn renew_link(&mut self, id: &ApplicationId, token: String, now: Timestamp) -> String {
        let life = SignedDuration::from_hours(self.profile.get().magic_link_hours.into());
        let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        self.links.put(token.clone(), MagicLink { application: id.clone(), expires_at });
        let forgotten = self.applications.edit(id).and_then(|application| {
            application.links.push(token.clone());
            (application.links.len() > LINKS_KEPT).then(|| application.links.remove(0))
        });
        if let Some(forgotten) = forgotten {
            self.links.remove(&forgotten);
        }
        token
    }
}

fn merged(existing: Option<&AtsParameters>, new: &AtsParameters) -> Result<AtsParameters, Refusal> {
    let mut ats = existing.cloned().unwrap_or_default();
    ats.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
    if ats.len() > ATS_PARAMETERS {
        return Err(Refusal::against("Too many attributes", format!("an application takes at most {ATS_PARAMETERS} attributes")));
    }
    Ok(ats)
}

fn may_start_again(vacancy: &Vacancy, application: &Application, now: Timestamp) -> bool {
    let Some(completed) = application.completed_at else { return false };
    let after =
        |span: jiff::Span| completed.to_zoned(TimeZone::UTC).checked_add(span).is_ok_and(|moment| moment.timestamp() <= now);
    match vacancy.settings.reapply {
        Reapply::Off => false,
        Reapply::Immediately => true,
        Reapply::AfterWeeks(weeks) => after(i64::from(weeks).weeks()),
        Reapply::AfterMonths(months) => after(i64::from(months).months()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::state::samples::{moment, registration, with_vacancy};

    #[test]
    fn the_same_address_finds_the_same_application_with_a_fresh_link() {
        let (mut state, vacancy) = with_vacancy();
        let first = state.register(&vacancy, registration("ines.okafor@example.org"), moment()).expect("open");
        let second = state.register(&vacancy, registration("INES.OKAFOR@example.org"), moment()).expect("open");
        assert_eq!(first.application, second.application);
        assert_ne!(first.link, second.link);
        assert_eq!(state.applications().count(), 1);
    }

    #[test]
    fn only_an_open_vacancy_takes_candidates() {
        let (mut state, vacancy) = with_vacancy();
        state.set_vacancy_status(&vacancy, VacancyStatus::Closed).expect("from open");
        let refusal = state.register(&vacancy, registration("ines@example.org"), moment()).expect_err("closed");
        assert!(refusal.to_string().contains("closed"), "{refusal}");
    }

    #[test]
    fn whoever_has_finished_starts_again_only_when_the_vacancy_allows_it() {
        let weeks = |count: i64| moment() + SignedDuration::from_hours(24 * 7 * count);
        for (reapply, now, again) in [
            (Reapply::Off, weeks(100), false),
            (Reapply::Immediately, moment(), true),
            (Reapply::AfterWeeks(2), weeks(1), false),
            (Reapply::AfterWeeks(2), weeks(2), true),
            (Reapply::AfterMonths(1), weeks(4), false),
            (Reapply::AfterMonths(1), weeks(5), true),
        ] {
            let (mut state, vacancy) = with_vacancy();
            let first = state.register(&vacancy, registration("ines@example.org"), moment()).expect("open");
            state.vacancies.edit(&vacancy).expect("there").settings.reapply = reapply;
            state.applications.edit(&first.application).expect("there").completed_at = Some(moment());
            assert_eq!(state.can_reapply(&first.application, now).expect("there"), again, "{reapply:?}");
            let second = state.register(&vacancy, registration("ines@example.org"), now).expect("open");
            assert_eq!(first.application != second.application, again, "{reapply:?}");
        }
    }

    #[test]
    fn old_links_are_forgotten_in_the_end() {
        let (mut state, vacancy) = with_vacancy();
        for _ in 0..LINKS_KEPT + 3 {
            state.register(&vacancy, registration("ines@example.org"), moment()).expect("open");
        }
        assert_eq!(state.links.len(), LINKS_KEPT);
    }

    #[test]
    fn attributes_given_again_are_replaced_and_never_more_than_twenty() {
        let (mut state, vacancy) = with_vacancy();
        let id = state.register(&vacancy, registration("ines@example.org"), moment()).expect("open").application;
        let replaced = [("application_id".to_owned(), "88432".to_owned())].into();
        state.set_ats_parameters(&id, &replaced).expect("within the limit");
        assert_eq!(state.application(&id).expect("there").ats["application_id"], "88432");
        let many: AtsParameters = (0..19).map(|at| (format!("k{at}"), "v".to_owned())).collect();
        state.set_ats_parameters(&id, &many).expect_err("21 in all");
        assert_eq!(state.application(&id).expect("there").ats.len(), 2);
    }
}
