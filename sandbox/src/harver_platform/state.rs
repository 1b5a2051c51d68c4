//! The state of one account, and the rules that change it.
//!
//! Rules are plain functions: they get the moment as an argument, check first, change last, and refuse with a [`Refusal`].
//! They know neither HTTP nor pages; API and candidate pages call the same ones. Read on in `registration` (an application is
//! made), `journey` (the candidate answers), `confirmation` (a link has expired), `mails` (what candidates are sent), `outbox` (who is
//! told), `access`, `reports`, `users` and `vacancies`.

mod access;
mod confirmation;
mod journey;
mod mails;
mod outbox;
mod registration;
mod reports;
mod users;
mod vacancies;

use crate::engine::{Chance, DiskError, Name, Persist, Rows, Single, State, Table};

use super::model::{
    AccessToken, AccountId, AccountProfile, ApiClient, Application, ApplicationId, Callback, Candidate, CandidateId, Email,
    Language, MagicLink, NewAccount, OutgoingMail, ReportLink, User, Vacancy, VacancyId, WebhookSubscription,
};

pub use access::Grant;
pub use confirmation::CodeProblem;
pub use journey::{AnswerRefusal, LinkProblem, SignIn, Step, step};
pub use mails::{LinedMail, Posting};
pub use outbox::{ATTEMPT_DELAYS, Attempt, Due, Lined};
pub use registration::{Registered, Registration};
pub(crate) use vacancies::{DESCRIPTION_LIMIT, LABELS, TITLE_LIMIT};

/// Why a rule did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing in this account.
    #[error("there is no such {0} in this account")]
    Unknown(&'static str),
    /// The request contradicts the rules.
    #[error("{title}: {detail}")]
    Against {
        /// What is wrong, in a few words.
        title: &'static str,
        /// What is wrong and what to do.
        detail: String,
    },
    /// The change could not be stored.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl Refusal {
    fn against(title: &'static str, detail: impl Into<String>) -> Self {
        Self::Against { title, detail: detail.into() }
    }
}

/// How much an account has at most, as all of it lives in memory. Values of the state, so that tests reach them; they are not stored.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Applications of all vacancies together, and so people and webhooks that wait, as an application tells of itself twice.
    pub applications: usize,
    /// Access tokens; then the one that expires first stops working.
    pub tokens: usize,
    /// Vacancies; then no more can be created.
    pub vacancies: usize,
    /// Links to reports; then those that expire first are forgotten. A year of links to few reports would otherwise fill the memory.
    pub report_links: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { applications: 200_000, tokens: 1_000, vacancies: 1_000, report_links: 10_000 }
    }
}

/// The state of one account.
#[derive(Clone, Debug)]
pub struct AccountState {
    /// How much there may be.
    pub limits: Limits,
    pub(super) profile: Single<AccountProfile>,
    pub(super) clients: Table<String, ApiClient>,
    pub(super) tokens: Table<String, AccessToken>,
    pub(super) vacancies: Table<VacancyId, Vacancy>,
    pub(super) candidates: Table<CandidateId, Candidate>,
    pub(super) applications: Table<ApplicationId, Application>,
    pub(super) links: Table<String, MagicLink>,
    pub(super) report_links: Table<String, ReportLink>,
    pub(super) webhooks: Table<String, WebhookSubscription>,
    pub(super) callbacks: Table<u64, Callback>,
    pub(super) mails: Table<u64, OutgoingMail>,
    pub(super) users: Table<String, User>,
}

impl AccountState {
    /// A fresh account without vacancies.
    #[must_use]
    pub fn new(new: NewAccount, seed: u64) -> Self {
        let mut state = Self::of(new.id, seed);
        state.clients.put(new.client_id.clone(), ApiClient { client_id: new.client_id, client_secret: new.client_secret });
        let profile = state.profile.edit();
        (profile.name, profile.language) = (new.name, new.language);
        state
    }

    /// An account to put stored rows into, which say whose it is.
    #[must_use]
    pub fn blank() -> Self {
        Self::of("000000000000000000000000".parse().expect("24 hexadecimal digits are an account id"), 0)
    }

    fn of(id: AccountId, seed: u64) -> Self {
        let profile = AccountProfile {
            id,
            name: String::new(),
            language: Language::EN_US,
            magic_link_hours: 24,
            requests_per_minute: 450,
            seed,
            drawn: 0,
            mailed: 0,
        };
        Self {
            limits: Limits::default(),
            profile: Single::new("profile", profile),
            clients: Table::new("clients"),
            tokens: Table::new("tokens"),
            vacancies: Table::new("vacancies"),
            candidates: Table::new("candidates"),
            applications: Table::new("applications"),
            links: Table::new("links"),
            report_links: Table::new("report_links"),
            webhooks: Table::new("webhooks"),
            callbacks: Table::new("callbacks"),
            mails: Table::new("mails"),
            users: Table::new("users"),
        }
    }

    /// The account's settings.
    #[must_use]
    pub fn profile(&self) -> &AccountProfile {
        self.profile.get()
    }

    /// The account's settings, to be changed by whoever plays the platform's staff.
    pub fn edit_profile(&mut self) -> &mut AccountProfile {
        self.profile.edit()
    }

    /// The vacancy with this id.
    ///
    /// # Errors
    /// When the account has none.
    pub fn vacancy(&self, id: &VacancyId) -> Result<&Vacancy, Refusal> {
        self.vacancies.get(id).ok_or(Refusal::Unknown("vacancy"))
    }

    /// All vacancies, in id order.
    pub fn vacancies(&self) -> impl Iterator<Item = &Vacancy> {
        self.vacancies.values()
    }

    /// The application with this id.
    ///
    /// # Errors
    /// When the account has none.
    pub fn application(&self, id: &ApplicationId) -> Result<&Application, Refusal> {
        self.applications.get(id).ok_or(Refusal::Unknown("application"))
    }

    /// All applications, in id order.
    pub fn applications(&self) -> impl Iterator<Item = &Application> {
        self.applications.values()
    }

    /// The candidate with this id.
    ///
    /// # Errors
    /// When the account has none.
    pub fn candidate(&self, id: &CandidateId) -> Result<&Candidate, Refusal> {
        self.candidates.get(id).ok_or(Refusal::Unknown("candidate"))
    }

    /// The candidate with this mail address.
    #[must_use]
    pub fn candidate_by_email(&self, email: &Email) -> Option<&Candidate> {
        self.candidates.get(&self.candidate_id(email))
    }

    /// The id that belongs to a mail address: derived from it, so that looking somebody up needs no index.
    fn candidate_id(&self, email: &Email) -> CandidateId {
        let profile = self.profile.get();
        CandidateId::drawn(&mut Chance::new(profile.seed, &format!("harver/{}/candidate/{email}", profile.id)))
    }

    /// The next stream of chance of this account. For what callers ask for, whose order is theirs; what the outbox does, in whatever order,
    /// has a stream of its own ([`Self::secret_of`]), so that the same seed gives the same bytes.
    fn chance(&mut self, label: &str) -> Chance {
        let profile = self.profile.edit();
        profile.drawn += 1;
        Chance::new(profile.seed, &format!("harver/{}/{label}/{}", profile.id, profile.drawn))
    }

    /// A secret that is unique on the platform and says to which account it belongs, so that no index of secrets is needed.
    fn secret(&mut self, label: &str) -> String {
        let secret = self.chance(label).hex(24);
        format!("{}{secret}", self.profile.get().id)
    }

    /// The same, from the stream of this name, which nothing else is called.
    fn secret_of(&self, name: &str) -> String {
        let AccountProfile { id, seed, .. } = self.profile.get();
        format!("{id}{}", Chance::new(*seed, &format!("harver/{id}/{name}")).hex(24))
    }
}

/// The kind of the names of accounts.
pub(super) const ACCOUNT: &str = "account";
/// The kind of the ids of their API clients.
pub(super) const API_CLIENT: &str = "platform_client";

impl State for AccountState {
    const KIND: &'static str = "harver";

    fn names(&self) -> Vec<Name> {
        let name = |kind, name: &str| Name { kind, name: name.into(), whose: "".into() };
        let clients = self.clients.values().map(|client| name(API_CLIENT, &client.client_id));
        std::iter::once(name(ACCOUNT, self.profile.get().id.as_str())).chain(clients).collect()
    }

    fn has_outgoing(&self) -> bool {
        self.has_waiting_callbacks() || !self.mails.is_empty()
    }
}

impl Persist for AccountState {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![
            &mut self.profile,
            &mut self.clients,
            &mut self.tokens,
            &mut self.vacancies,
            &mut self.candidates,
            &mut self.applications,
            &mut self.links,
            &mut self.report_links,
            &mut self.webhooks,
            &mut self.callbacks,
            &mut self.mails,
            &mut self.users,
        ]
    }
}

#[cfg(test)]
pub(super) mod samples {
    //! An account with one open vacancy and one registered candidate, for tests.
    use super::*;
    use crate::harver_platform::model::{CandidateName, Language, call_centre_advisor};
    use jiff::Timestamp;

    pub(in crate::harver_platform) fn moment() -> Timestamp {
        "2026-03-04T13:12:00Z".parse().expect("a timestamp")
    }

    pub(in crate::harver_platform) fn account() -> AccountState {
        let new = NewAccount {
            id: "64b1f0c2a9d3e7004a5b6c70".parse().expect("an id"),
            name: "Brightwater Foods".into(),
            client_id: "brightwater".into(),
            client_secret: "open sesame".into(),
            language: Language::EN_US,
        };
        AccountState::new(new, 1)
    }

    pub(in crate::harver_platform) fn with_vacancy() -> (AccountState, VacancyId) {
        let mut state = account();
        let id = state.create_vacancy(None, call_centre_advisor(), moment()).expect("the default is valid");
        state.set_vacancy_status(&id, "open".parse().expect("a status")).expect("draft may be opened");
        (state, id)
    }

    pub(in crate::harver_platform) fn registration(email: &str) -> Registration {
        Registration {
            email: email.parse().expect("an address"),
            name: CandidateName { first: "Ines".into(), last: "Okafor".into() },
            phone: None,
            language: None,
            ats: [("application_id", "88431"), ("custom_id_1", "4021")].map(|(key, value)| (key.into(), value.into())).into(),
        }
    }
}
