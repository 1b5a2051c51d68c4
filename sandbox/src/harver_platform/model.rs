//! The things the platform keeps: accounts, vacancies with their flow and matching profile, candidates, applications, webhooks.
//!
//! Values are valid once they exist: ids, mail addresses and languages are only built by parsing, vacancies by
//! [`create_vacancy`](super::AccountState::create_vacancy). Rules live in [`state`](super::state), scoring in [`scoring`](super::scoring).

mod account;
mod application;
mod call_centre;
mod candidate;
mod communication;
mod end_page;
mod flow;
mod ids;
mod language;
mod report;
mod user;
mod vacancy;
mod webhook;

pub use account::{AccessToken, AccountProfile, ApiClient, NewAccount};
pub use application::{Answers, Application, ApplicationStatus, AtsParameters, MagicLink, Session, StatusError};
pub use call_centre::call_centre_advisor;
pub use candidate::{Candidate, CandidateName, Email, PhoneNumber};
pub use communication::{CommunicationSet, ConfirmationCode, MailKind, OutgoingMail, SentMail};
pub(crate) use end_page::BUTTON_LIMIT;
pub use end_page::{EndPage, WebAddress, WebAddressError};
pub use flow::{AnswerFault, Choice, ChoiceQuestion, Module, ModuleContent, Question, TYPING_LIMIT, TypingTask};
pub(crate) use flow::{SCALE, letter, question_name};
pub use ids::{AccountId, ApplicationId, CandidateId, IdError, VacancyId};
pub use language::{Language, LanguageError};
pub(in crate::harver_platform) use report::{EXTENDED_GUIDE_LIFE, HUB_LIFE, LONGEST_HUB_LIFE};
pub use report::{ReportKind, ReportLink};
pub use user::User;
pub use vacancy::{
    AuthenticationStrategy, Bracket, Indicator, IndicatorPart, MatchingProfile, NewVacancy, Reapply, Vacancy, VacancyStatus,
    VacancyStatusError,
};
pub use webhook::{Callback, CallbackState, Event, WebhookSubscription};
