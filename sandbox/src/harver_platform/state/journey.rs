//! What the candidate does: follow the link, accept the terms, answer module after module, finish.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::{AccountState, Refusal};
use crate::engine::DiskError;
use crate::harver_platform::model::{
    AnswerFault, Answers, Application, ApplicationId, ApplicationStatus, Event, Language, Session, Vacancy, VacancyId,
};
use crate::harver_platform::scoring;

/// How long a browser stays signed in after the latest answer. *Assumed*: no figure is published.
const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How many browsers may be signed in to one application at a time.
const SESSIONS_KEPT: usize = 10;

/// A magic link that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LinkProblem {
    /// Never handed out, forgotten, or of another vacancy.
    #[error("this link is not known")]
    Unknown,
    /// It was good once.
    #[error("this link has expired")]
    Expired {
        /// Whose it was.
        application: ApplicationId,
    },
    /// The change could not be stored.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// A candidate who came by a magic link.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Whose link it was.
    pub application: ApplicationId,
    /// The secret for the browser's cookie.
    pub session: String,
}

/// Where a candidate is in the journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Before the terms are accepted.
    Landing,
    /// At the module with this key.
    Module(&'a str),
    /// All done.
    End,
}

/// Answers that were not taken. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum AnswerRefusal {
    /// What is wrong, by question name.
    #[error("some answers are missing or not among those offered")]
    Fields(BTreeMap<String, AnswerFault>),
    /// The application is gone.
    #[error(transparent)]
    Gone(#[from] Refusal),
}

impl From<DiskError> for AnswerRefusal {
    fn from(error: DiskError) -> Self {
        Self::Gone(error.into())
    }
}

/// Where the candidate is: the landing page, the first module without answers, or the end.
#[must_use]
pub fn step<'a>(vacancy: &'a Vacancy, application: &Application) -> Step<'a> {
    if application.started_at.is_none() {
        return Step::Landing;
    }
    let open = vacancy.settings.modules.iter().find(|module| !application.answers.contains_key(&module.key));
    open.map_or(Step::End, |module| Step::Module(&module.key))
}

impl AccountState {
    /// Signs a browser in by a magic link, as often as the link is followed before it expires.
    ///
    /// # Errors
    /// When the link is unknown or has expired.
    pub fn sign_in(&mut self, vacancy: &VacancyId, token: &str, now: Timestamp) -> Result<SignIn, LinkProblem> {
        let link = self.links.get(&token.to_owned()).ok_or(LinkProblem::Unknown)?;
        let (id, expires_at) = (link.application.clone(), link.expires_at);
        if self.application(&id).map_or(true, |application| &application.vacancy != vacancy) {
            return Err(LinkProblem::Unknown);
        }
        if expires_at <= now {
            return Err(LinkProblem::Expired { application: id });
        }
        Ok(self.open_session(id, now))
    }

    /// Signs a browser in to an application.
    pub(super) fn open_session(&mut self, id: ApplicationId, now: Timestamp) -> SignIn {
        let session = self.secret("session");
        if let Some(application) = self.applications.edit(&id) {
            application.sessions.retain(|session| session.expires_at > now);
            application.sessions.push(Session { token: session.clone(), expires_at: later(now) });
            let surplus = application.sessions.len().saturating_sub(SESSIONS_KEPT);
            application.sessions.drain(..surplus);
        }
        SignIn { application: id, session }
    }

    /// Whether this cookie belongs to a browser that is signed in to the application.
    #[must_use]
    pub fn is_signed_in(&self, id: &ApplicationId, session: &str, now: Timestamp) -> bool {
        self.application(id).is_ok_and(|application| {
            let mut live = application.sessions.iter().filter(|known| known.expires_at > now);
            live.any(|known| known.token.as_bytes().ct_eq(session.as_bytes()).into())
        })
    }

    /// Where a candidate is, with what the page needs to know.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn journey(&self, id: &ApplicationId) -> Result<(&Vacancy, &Application), Refusal> {
        let application = self.application(id)?;
        Ok((self.vacancy(&application.vacancy)?, application))
    }

    /// The candidate accepts the terms and starts. Doing so again changes nothing.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn start(
        &mut self,
        id: &ApplicationId,
        consents: BTreeMap<String, bool>,
        language: Option<Language>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (vacancy, application) = self.journey(id)?;
        if application.started_at.is_some() {
            return Ok(());
        }
        let language = language.filter(|language| vacancy.settings.languages.contains(language)).unwrap_or(application.language);
        if let Some(application) = self.applications.edit(id) {
            application.started_at = Some(now);
            application.consents = consents;
            application.language = language;
        }
        self.tell(id, Event::ApplicationStarted, now);
        Ok(())
    }

    /// Takes the answers to the module the candidate is at; after the last one the application is complete.
    ///
    /// Answers to a module that is already answered, or not reached yet, are passed over: they come from the browser's back
    /// button or a form sent twice, and what was stored first counts (*assumed*).
    ///
    /// # Errors
    /// When an answer is missing or not among those offered.
    pub fn answer(&mut self, id: &ApplicationId, key: &str, answers: &Answers, now: Timestamp) -> Result<(), AnswerRefusal> {
        let (vacancy, application) = self.journey(id)?;
        let Some(module) = vacancy.module(key).filter(|_| step(vacancy, application) == Step::Module(key)) else {
            return Ok(());
        };
        let questions = module.questions();
        let faults: BTreeMap<String, AnswerFault> = questions
            .iter()
            .filter_map(|(name, question)| Some((name.clone(), question.check(answers.get(name).map(String::as_str)).err()?)))
            .collect();
        if !faults.is_empty() {
            return Err(AnswerRefusal::Fields(faults));
        }
        let taken =
            questions.into_iter().filter_map(|(name, _)| Some((name.clone(), answers.get(&name)?.trim().to_owned()))).collect();
        let mut changed = application.clone();
        changed.answers.insert(key.to_owned(), taken);
        for session in changed.sessions.iter_mut().filter(|session| session.expires_at > now) {
            session.expires_at = later(now);
        }
        let finished = step(vacancy, &changed) == Step::End;
        if finished {
            changed.result = Some(scoring::outcome(vacancy, &changed));
            changed.completed_at = Some(now);
            // Somebody whom a recruiter has rejected or moved on meanwhile keeps that status (assumed).
            if changed.status == ApplicationStatus::InProgress {
                changed.status = ApplicationStatus::New;
                changed.status_updated_at = now;
            }
        }
        self.applications.put(id.clone(), changed);
        if finished {
            self.tell(id, Event::CandidateStatusNew, now);
            self.line_up_completion(id, now);
        }
        Ok(())
    }
}

fn later(now: Timestamp) -> Timestamp {
    now.saturating_add(SESSION_LIFE).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::model::WebhookSubscription;
    use crate::harver_platform::state::samples::{moment, registration, with_vacancy};

    const MODULES: [&str; 5] = ["welcome", "sjt", "cognitive", "personality", "typing"];

    fn begun() -> (AccountState, VacancyId, ApplicationId, String) {
        let (mut state, vacancy) = with_vacancy();
        let webhook = |name: &str| WebhookSubscription {
            name: name.into(),
            url: "http://x".into(),
            username: "u".into(),
            password: "p".into(),
        };
        state.subscribe(webhook("orchestrator"));
        let registered = state.register(&vacancy, registration("ines@example.org"), moment()).expect("open");
        (state, vacancy, registered.application, registered.link)
    }

    fn answers(key: &str) -> Answers {
        let value = if key == "personality" { "9" } else { "a" };
        (1..=6).map(|at| (format!("q{at}"), value.to_owned())).collect()
    }

    #[test]
    fn a_link_signs_in_until_it_expires_and_only_in_its_own_vacancy() {
        let (mut state, vacancy, id, link) = begun();
        let signed_in = state.sign_in(&vacancy, &link, moment()).expect("fresh");
        assert_eq!(signed_in.application, id);
        assert!(state.is_signed_in(&id, &signed_in.session, moment()));
        assert!(!state.is_signed_in(&id, &signed_in.session, moment() + SESSION_LIFE));
        let other = "000000000000000000000000".parse().expect("an id");
        assert!(matches!(state.sign_in(&other, &link, moment()), Err(LinkProblem::Unknown)));
        let later = moment() + SignedDuration::from_hours(24);
        assert!(matches!(state.sign_in(&vacancy, &link, later), Err(LinkProblem::Expired { .. })));
    }

    #[test]
    fn starting_twice_tells_once() {
        let (mut state, _, id, _) = begun();
        for _ in 0..2 {
            state.start(&id, BTreeMap::new(), None, moment()).expect("there");
        }
        let events: Vec<Event> = state.callbacks().map(|(_, callback)| callback.event).collect();
        assert_eq!(events, [Event::ApplicationStarted]);
    }

    #[test]
    fn the_last_module_completes_the_application_and_tells_once() {
        let (mut state, _, id, _) = begun();
        state.start(&id, BTreeMap::new(), None, moment()).expect("there");
        for key in MODULES.iter().chain(&MODULES) {
            state.answer(&id, key, &answers(key), moment()).expect("valid");
        }
        let application = state.application(&id).expect("there");
        assert_eq!((application.status, application.completed_at), (ApplicationStatus::New, Some(moment())));
        assert!(application.result.is_some());
        let told: Vec<(Event, ApplicationStatus)> =
            state.callbacks().map(|(_, callback)| (callback.event, callback.status)).collect();
        assert_eq!(
            told,
            [(Event::ApplicationStarted, ApplicationStatus::InProgress), (Event::CandidateStatusNew, ApplicationStatus::New)]
        );
    }

    #[test]
    fn answers_before_their_turn_or_a_second_time_are_passed_over() {
        let (mut state, _, id, _) = begun();
        state.answer(&id, "welcome", &Answers::new(), moment()).expect("passed over: not started");
        state.start(&id, BTreeMap::new(), None, moment()).expect("there");
        state.answer(&id, "cognitive", &answers("cognitive"), moment()).expect("passed over: not its turn");
        assert!(state.application(&id).expect("there").answers.is_empty());
        state.answer(&id, "welcome", &Answers::new(), moment()).expect("valid");
        state.answer(&id, "sjt", &answers("sjt"), moment()).expect("valid");
        let first = state.application(&id).expect("there").answers.clone();
        let other: Answers = (1..=4).map(|at| (format!("q{at}"), "d".to_owned())).collect();
        state.answer(&id, "sjt", &other, moment()).expect("passed over: answered before");
        assert_eq!(state.application(&id).expect("there").answers, first);
    }

    #[test]
    fn missing_and_foreign_answers_are_named_and_nothing_is_stored() {
        let (mut state, _, id, _) = begun();
        state.start(&id, BTreeMap::new(), None, moment()).expect("there");
        state.answer(&id, "welcome", &Answers::new(), moment()).expect("valid");
        let mut some = answers("sjt");
        some.remove("q1");
        some.insert("q3".into(), "z".into());
        let refusal = state.answer(&id, "sjt", &some, moment()).expect_err("incomplete");
        let AnswerRefusal::Fields(fields) = refusal else { panic!("{refusal}") };
        assert_eq!(fields, [("q1".into(), AnswerFault::NotChosen), ("q3".into(), AnswerFault::NotOffered)].into());
        assert!(!state.application(&id).expect("there").answers.contains_key("sjt"));
    }

    #[test]
    fn whoever_was_rejected_meanwhile_stays_rejected_and_is_still_reported() {
        let (mut state, _, id, _) = begun();
        state.start(&id, BTreeMap::new(), None, moment()).expect("there");
        state.set_application_status(&id, ApplicationStatus::Rejected, moment()).expect("by a recruiter");
        for key in MODULES {
            state.answer(&id, key, &answers(key), moment()).expect("valid");
        }
        assert_eq!(state.application(&id).expect("there").status, ApplicationStatus::Rejected);
        let last = state.callbacks().last().map(|(_, callback)| (callback.event, callback.status));
        assert_eq!(last, Some((Event::CandidateStatusNew, ApplicationStatus::Rejected)));
    }
}
