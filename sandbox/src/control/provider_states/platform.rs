//! The states of the Harver platform, by the rules that API and candidate pages go by.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::lists::{BadState, PlatformState as State, ProviderState as _};
use super::{Opened, failed};
use crate::control::error::ControlError;
use crate::control::world::World;
use crate::harver_platform::model::{
    ApplicationId, CandidateName, Email, NewVacancy, Question, Reapply, VacancyId, VacancyStatus, call_centre_advisor,
};
use crate::harver_platform::state::{AccountState, AnswerRefusal, Refusal, Registration};

/// An account in this state.
pub(super) async fn open(world: &World, state: &State) -> Result<Opened, ControlError> {
    let bare = world.bare().await?;
    let now = world.clock().now();
    let mut opened = Opened::of(bare.customer());
    let (icims, mut account) = bare.states(now);
    let (client_id, client_secret) = match state {
        State::NoApiClients => ("nobody".to_owned(), "nothing".to_owned()),
        _ => (bare.credentials().platform_client_id.clone(), bare.credentials().platform_client_secret.clone()),
    };
    if let Some(wanted) = Wanted::of(state)? {
        let application = arrange(&mut account, state, &wanted, now).map_err(|refusal| failed(state, refusal))?;
        application.iter().for_each(|application| opened.tell("application", application));
    }
    let token = match state {
        State::InvalidToken => "not-a-token".to_owned(),
        _ => account.grant_token(&client_id, now).token,
    };
    opened.tell("account", bare.account());
    opened.tell("bearer", format!("Bearer {token}"));
    opened.tell("client_id", client_id);
    opened.tell("client_secret", client_secret);
    world.admit_bare(&bare, icims, account).await?;
    Ok(opened)
}

/// What a state is about, read from its parameters.
struct Wanted {
    vacancy: VacancyId,
    email: Option<Email>,
    /// What the candidate came with.
    ats: BTreeMap<String, String>,
}

impl Wanted {
    /// `None` for a state that is about no vacancy.
    fn of(state: &State) -> Result<Option<Self>, ControlError> {
        let (vacancy, email, ats) = match state {
            State::OpenVacancy { vacancy } | State::ClosedVacancy { vacancy } => (vacancy, None, vec![]),
            State::RegisteredBefore { vacancy, email } | State::AssessmentToRepeat { vacancy, email } => {
                (vacancy, Some(email), vec![])
            }
            State::AssessmentInProgress { vacancy, email, customer, workflow, person }
            | State::AssessmentCompleted { vacancy, email, customer, workflow, person } => {
                let ats = vec![("custom_id_1", customer), ("application_id", workflow), ("candidate_id", person)];
                (vacancy, Some(email), ats)
            }
            State::ApiClient | State::NoApiClients | State::InvalidToken | State::NoVacancies | State::NoApplications => {
                return Ok(None);
            }
        };
        let bad = |parameter, reason: String| BadState::BadParameter { state: state.on_paper().0, parameter, reason };
        Ok(Some(Self {
            vacancy: vacancy.parse().map_err(|_| bad("vacancy", "it is no id of 24 hexadecimal digits".into()))?,
            email: email.map(|email| email.parse()).transpose().map_err(|_| bad("email", "it is no e-mail address".into()))?,
            ats: ats.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect(),
        }))
    }
}

/// Brings the account into the state; the application that there is then.
fn arrange(
    account: &mut AccountState,
    state: &State,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Option<ApplicationId>, AnswerRefusal> {
    let vacancy = &wanted.vacancy;
    let reapply = if matches!(state, State::AssessmentToRepeat { .. }) { Reapply::Immediately } else { Reapply::Off };
    account.create_vacancy(Some(vacancy.clone()), NewVacancy { reapply, ..call_centre_advisor() }, now)?;
    account.set_vacancy_status(vacancy, VacancyStatus::Open)?;
    if matches!(state, State::ClosedVacancy { .. }) {
        account.set_vacancy_status(vacancy, VacancyStatus::Closed)?;
    }
    let Some(email) = &wanted.email else { return Ok(None) };
    let application = register(account, vacancy, email, &wanted.ats, now)?;
    match state {
        State::AssessmentInProgress { .. } => take(account, &application, 1, now)?,
        State::AssessmentCompleted { .. } | State::AssessmentToRepeat { .. } => take(account, &application, usize::MAX, now)?,
        _ => {}
    }
    Ok(Some(application))
}

/// Somebody who was registered.
pub(super) fn register(
    account: &mut AccountState,
    vacancy: &VacancyId,
    email: &Email,
    ats: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<ApplicationId, Refusal> {
    let name = CandidateName { first: "Ines".into(), last: "Okafor".into() };
    let registration =
        Registration { email: email.clone(), name, phone: None, language: None, ats: ats.clone().into_iter().collect() };
    Ok(account.register(vacancy, registration, now)?.application)
}

/// The candidate starts and answers so many modules.
fn take(account: &mut AccountState, id: &ApplicationId, modules: usize, now: Timestamp) -> Result<(), AnswerRefusal> {
    account.start(id, BTreeMap::new(), None, now)?;
    let flow = account.journey(id)?.0.settings.modules.clone();
    for module in flow.iter().take(modules) {
        let first = |question: Question| match question {
            Question::OneOf(choices) => choices.first().cloned().unwrap_or_default(),
            Question::Text => "BW-2047-118-K".into(),
        };
        let answers = module.questions().into_iter().map(|(name, question)| (name, first(question))).collect();
        account.answer(id, &module.key, &answers, now)?;
    }
    Ok(())
}
