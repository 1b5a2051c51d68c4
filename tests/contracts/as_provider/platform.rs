//! The simulated Harver platform as the provider of contract ②.

use std::collections::BTreeMap;
use std::sync::Arc;

use icims_sandbox::engine::{Clock, Disk, Journal, Registry, Surroundings, Tenant};
use icims_sandbox::harver_platform::HarverPlatform;
use icims_sandbox::harver_platform::model::{
    AccountId, ApplicationId, CandidateName, Language, NewAccount, NewVacancy, Question, Reapply, VacancyId, VacancyStatus,
    call_centre_advisor,
};
use icims_sandbox::harver_platform::state::{AccountState, Refusal, Registration};
use jiff::Timestamp;
use url::Url;

use super::stage::Scene;
use crate::provider_states::PlatformState as State;
use crate::support::ACCOUNT;

/// A fresh platform in this state.
pub(crate) async fn scene(state: State, base_url: Url) -> anyhow::Result<Scene> {
    let clock = Clock::new();
    let now = clock.now();
    let surroundings =
        Surroundings { base_url, clock, journal: Journal::new(), registry: Registry::new(Disk::memory()), seed: 1 };
    let platform = HarverPlatform::new(surroundings);
    let scene = Scene::of(platform.router());
    let (client_id, client_secret) = match &state {
        State::NoApiClients => return Ok(scene),
        State::ApiClient { client_id, client_secret } => (client_id.clone(), client_secret.clone()),
        _ => ("harver-client".into(), "harver-secret".into()),
    };
    let id: AccountId = match &state {
        State::OpenVacancy { account, .. } => account.parse()?,
        _ => ACCOUNT.parse()?,
    };
    let name = "Brightwater Foods".into();
    let new = NewAccount { id: id.clone(), name, client_id: client_id.clone(), client_secret, language: Language::EN_US };
    platform.admit(4021, platform.new_account(new)).await?;
    let account = platform.account(id.as_str()).expect("it was just opened");
    let told = prepare(&account, &state, now).await?;
    let scene = told.iter().fold(scene, |scene, application| scene.telling("application", application));
    if matches!(state, State::InvalidToken) {
        return Ok(scene);
    }
    let grant = account.write(|account| Ok::<_, Refusal>(account.grant_token(&client_id, now))).await?;
    Ok(scene.accepting(format!("Bearer {}", grant.token)))
}

/// Brings the account into the state; returns the application that there is now.
async fn prepare(account: &Arc<Tenant<AccountState>>, state: &State, now: Timestamp) -> Result<Option<ApplicationId>, Refusal> {
    let vacancy = match state {
        State::OpenVacancy { vacancy, .. }
        | State::ClosedVacancy { vacancy }
        | State::RegisteredBefore { vacancy, .. }
        | State::AssessmentInProgress { vacancy, .. }
        | State::AssessmentCompleted { vacancy, .. }
        | State::AssessmentToRepeat { vacancy, .. } => vacancy.parse::<VacancyId>().expect("24 digits"),
        State::ApiClient { .. } | State::NoApiClients | State::InvalidToken | State::NoVacancies | State::NoApplications => {
            return Ok(None);
        }
    };
    account
        .write(|account| {
            let reapply = if matches!(state, State::AssessmentToRepeat { .. }) { Reapply::Immediately } else { Reapply::Off };
            account.create_vacancy(Some(vacancy.clone()), NewVacancy { reapply, ..call_centre_advisor() }, now)?;
            account.set_vacancy_status(&vacancy, VacancyStatus::Open)?;
            match state {
                State::ClosedVacancy { .. } => account.set_vacancy_status(&vacancy, VacancyStatus::Closed).map(|()| None),
                State::RegisteredBefore { email, .. } => registered(account, &vacancy, email, &[], now).map(Some),
                State::AssessmentInProgress { email, customer, workflow, person, .. } => {
                    let keys = [("custom_id_1", customer.as_str()), ("application_id", workflow), ("candidate_id", person)];
                    let id = registered(account, &vacancy, email, &keys, now)?;
                    answer(account, &id, 1, now)?;
                    Ok(Some(id))
                }
                State::AssessmentCompleted { email, customer, workflow, person, .. } => {
                    let keys = [("custom_id_1", customer.as_str()), ("application_id", workflow), ("candidate_id", person)];
                    let id = registered(account, &vacancy, email, &keys, now)?;
                    answer(account, &id, usize::MAX, now)?;
                    Ok(Some(id))
                }
                State::AssessmentToRepeat { email, .. } => {
                    let id = registered(account, &vacancy, email, &[], now)?;
                    answer(account, &id, usize::MAX, now)?;
                    Ok(Some(id))
                }
                _ => Ok(None),
            }
        })
        .await
}

fn registered(
    account: &mut AccountState,
    vacancy: &VacancyId,
    email: &str,
    keys: &[(&str, &str)],
    now: Timestamp,
) -> Result<ApplicationId, Refusal> {
    let registration = Registration {
        email: email.parse().expect("an address"),
        name: CandidateName { first: "Ines".into(), last: "Okafor".into() },
        phone: None,
        language: None,
        ats: keys.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    };
    Ok(account.register(vacancy, registration, now)?.application)
}

/// The candidate starts and answers so many modules.
fn answer(account: &mut AccountState, id: &ApplicationId, modules: usize, now: Timestamp) -> Result<(), Refusal> {
    account.start(id, BTreeMap::new(), None, now)?;
    let flow = account.journey(id)?.0.settings.modules.clone();
    for module in flow.iter().take(modules) {
        let best = |question: Question| match question {
            Question::OneOf(choices) => choices.first().cloned().unwrap_or_default(),
            Question::Text => "BW-2047-118-K".into(),
        };
        let answers = module.questions().into_iter().map(|(name, question)| (name, best(question))).collect();
        account.answer(id, &module.key, &answers, now).expect("a choice that is offered");
    }
    Ok(())
}
