//! Why an event is not accepted, in words for the person who waits: here for the recruiter, in `for_candidate` for the portal.

mod for_candidate;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use url::Url;

use crate::domain::{Instance, OrderId, Pattern, PersonId, RefusalKind, with_causes};
use crate::harver_platform::HarverError;
use crate::icims::{Field, IcimsError, UnreadableEvent, VendorError, in_plain_words};
use crate::neighbour::Kind;
use crate::store::StoreError;
use crate::web::{BodyError, TooOften};

/// One refusal. Each becomes a status and a message by the table of assessment-flow.md 10; the row is named at each variant.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// Row 11. Nothing tells whether the user name or the password was wrong.
    #[error("no valid credentials were presented")]
    Credentials,
    /// Row 12. `None`: a trusted proxy says nothing of the caller, or nothing that could be read.
    #[error("the event came from {}, which is no event source of the integration", .0.map_or_else(|| "an unknown address".into(), |address| address.to_string()))]
    Source(Option<IpAddr>),
    /// Row 31.
    #[error("the request body cannot be read")]
    Body(#[from] BodyError),
    /// Rows 10, 31 and 33.
    #[error("the event cannot be read")]
    Event(#[from] UnreadableEvent),
    /// Promise G04.
    #[error("the account lives on the {}", own.label())]
    OtherInstance {
        /// Where the account lives.
        own: Instance,
        /// The address of the start endpoint there, if it is known.
        endpoint: Option<Url>,
    },
    /// Row 9.
    #[error("the integration is switched off")]
    SwitchedOff,
    /// Row 9.
    #[error("the pattern {} is not chosen", .0.label())]
    PatternOff(Pattern),
    /// Rows 3, 4 and 16.
    #[error("{0} has no value, or the integration user may not see it")]
    FieldEmpty(Field),
    /// Row 3: there is a value, and no mail could be sent to it.
    #[error("{0} is not an e-mail address")]
    FieldMalformed(Field),
    /// Row 19.
    #[error("the job is not open for recruiting")]
    JobClosed,
    /// Row 5.
    #[error("the job has no assessment package, or the integration user may not see it")]
    NoPackage,
    /// Row 6.
    #[error("the job has packages of other vendors only")]
    OtherVendorsOnly,
    /// Row 8, ad hoc: nobody has chosen between them.
    #[error("the job has several Harver packages, and multi-phase is off: {}", .0.join(", "))]
    SeveralPackages(Vec<String>),
    /// Row 7.
    #[error("the package label {0:?} is wrongly formatted")]
    PackageFormat(String),
    /// Row 7.
    #[error("the vacancy of {label:?} cannot be used: {problem}")]
    Vacancy {
        /// The package as it stands in iCIMS.
        label: String,
        /// What is wrong with the vacancy, as half a sentence.
        problem: &'static str,
    },
    /// The platform knows candidates by their address, so that two people with one address would share an application.
    #[error("person {person} has the same e-mail address and order {order} for the same vacancy")]
    SameAddress {
        /// The other person.
        person: PersonId,
        /// That person's order.
        order: OrderId,
        /// Whether that person has finished.
        completed: bool,
    },
    /// Row 1, ad hoc.
    #[error("the candidate has an open invitation for this workflow")]
    AlreadyInvited,
    /// Row 1, ad hoc: what should have told the candidate has failed so far.
    #[error("the candidate's invitation for this workflow waits for its next attempt")]
    NotMailedYet(OrderId),
    /// Row 2, ad hoc.
    #[error("the candidate has already completed this assessment for this workflow")]
    AlreadyCompleted,
    /// Rows 13, 14, 15 and 17.
    #[error("iCIMS could not be asked")]
    Icims(#[source] IcimsError),
    /// The platform cannot help: inline because it is away, ad hoc only if somebody has to act before it can.
    #[error("Harver could not be asked")]
    Harver(#[source] Arc<HarverError>),
    /// The customer's iCIMS sends more than is taken.
    #[error("too many requests; the next one is taken in {} s", .0.seconds)]
    TooOften(TooOften),
    /// The neighbours took longer than the event may wait.
    #[error("the neighbours took longer than the event may wait")]
    Deadline,
    /// Our own store failed.
    #[error("the order could not be recorded")]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The HTTP status: 400 for what a user can fix, 500 for what support must, 503 for what passes (assessment-flow.md 1.1).
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Credentials => StatusCode::UNAUTHORIZED,
            Self::Source(_) => StatusCode::FORBIDDEN,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Deadline | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Icims(error) if passes(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Icims(IcimsError { kind: Kind::NotFound | Kind::NotVisible, .. }) => StatusCode::BAD_REQUEST,
            Self::Icims(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Harver(error) if error.needs_somebody() => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Harver(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What people choose from when they look for a refused event.
    pub(super) fn kind(&self) -> RefusalKind {
        match self {
            Self::Credentials | Self::Body(_) | Self::Event(_) => RefusalKind::Unreadable,
            Self::OtherInstance { .. } => RefusalKind::WrongInstance,
            Self::Source(_) => RefusalKind::Source,
            Self::SwitchedOff | Self::PatternOff(_) => RefusalKind::SwitchedOff,
            Self::FieldEmpty(_) | Self::FieldMalformed(_) => RefusalKind::Candidate,
            Self::SameAddress { .. } => RefusalKind::SameAddress,
            Self::JobClosed => RefusalKind::JobClosed,
            Self::NoPackage | Self::OtherVendorsOnly | Self::PackageFormat(_) | Self::SeveralPackages(_) => RefusalKind::Package,
            Self::Vacancy { .. } => RefusalKind::Vacancy,
            Self::AlreadyInvited | Self::NotMailedYet(_) | Self::AlreadyCompleted => RefusalKind::AlreadyThere,
            Self::Icims(_) => RefusalKind::Icims,
            Self::Harver(_) => RefusalKind::Harver,
            Self::TooOften(_) | Self::Deadline | Self::Store(_) => RefusalKind::Busy,
        }
    }

    /// The name under which answers with it are counted: its kind, but for callers who have proved nothing or call too often.
    pub(super) fn counted_as(&self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::TooOften(_) => "too_often",
            _ => self.kind().name(),
        }
    }

    /// The error as iCIMS shows and logs it: what happened, what to do, whom to ask.
    pub(super) fn vendor_error(&self, pattern: Option<Pattern>, support_contact: &str) -> VendorError {
        let (consequence, reason) = match pattern {
            Some(Pattern::Inline) => ("The assessment cannot be started", for_candidate::reason(self)),
            Some(Pattern::AdHoc) | None => ("Harver cannot invite this candidate", self.reason()),
        };
        let user_message = format!("{consequence} because {reason} If this does not help, contact {support_contact}.");
        VendorError::new(user_message, with_causes(self))
    }

    /// What is wrong and what to do, for people who look for it later: whoever waited, these are the recruiter's words.
    pub(super) fn for_console(&self) -> String {
        let reason = in_plain_words(&self.reason());
        let mut letters = reason.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// Goes on from "because": what is wrong, and as a second sentence what to do.
    fn reason(&self) -> String {
        match self {
            Self::Credentials => {
                "iCIMS presented a user name or password that Harver does not know. \
                 Ask your iCIMS administrator to enter those that Harver shows under Credentials, ATS to Harver."
                    .into()
            }
            Self::Source(address) => format!(
                "iCIMS sent the event from {}, where Harver takes no events from. If that is an address of iCIMS, ask a Harver Admin to \
                 enter it under Integration, General, Event sources.",
                address.map_or_else(|| "an address that is not known".into(), |address| address.to_string())
            ),
            Self::Event(UnreadableEvent::OtherCustomer { .. }) => {
                "the Harver credentials in iCIMS belong to another customer. Ask your iCIMS administrator to enter those of this platform.".into()
            }
            Self::Body(_) => {
                "the request from iCIMS could not be read. Ask your iCIMS administrator to check the event configuration.".into()
            }
            Self::Event(problem) => format!(
                "the request from iCIMS could not be read: {problem}. Ask your iCIMS administrator to check the event configuration."
            ),
            Self::OtherInstance { own, endpoint } => {
                let place = endpoint.as_ref().map_or_else(
                    || format!("Ask support for the address of the {}, and your iCIMS administrator to enter it.", own.label()),
                    |endpoint| format!("Ask your iCIMS administrator to enter the address {endpoint} of that instance."),
                );
                format!("the Harver account lives on the {}, and iCIMS sent the event to another one. {place}", own.label())
            }
            Self::SwitchedOff => {
                "the Harver integration is not enabled. Ask a Harver Admin to enable it under Integration, General.".into()
            }
            Self::PatternOff(pattern) => format!(
                "the integration pattern {} is not enabled. Ask a Harver Admin to choose it under Integration, General.",
                pattern.label()
            ),
            Self::FieldEmpty(field) => format!("{field} is empty. Fill it in, then try again."),
            Self::FieldMalformed(field) => format!("{field} is not an e-mail address. Correct it, then try again."),
            Self::JobClosed => "the job is not open for recruiting. Have it approved or reopened, then try again.".into(),
            Self::NoPackage => {
                format!("{} is empty on the job. Select a Harver package there, then try again.", Field::JobAssessmentType)
            }
            Self::OtherVendorsOnly => format!(
                "{} holds no Harver package. Select a package that begins with the word Harver, then try again.",
                Field::JobAssessmentType
            ),
            Self::SeveralPackages(labels) => format!(
                "{} holds several Harver packages: {}. Leave one of them selected on the job, or ask a Harver Admin to switch \
                 Multi-Phased Assessments on, then try again.",
                Field::JobAssessmentType,
                labels.iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>().join(", ")
            ),
            Self::PackageFormat(label) => format!(
                "the package \"{label}\" is wrongly formatted. Ask your iCIMS administrator to load it as \"Harver <vacancy name> – <vacancy id>\"."
            ),
            Self::Vacancy { label, problem } => {
                format!("the vacancy of the package \"{label}\" {problem} in Harver. Select another package, or ask a Harver Admin.")
            }
            Self::SameAddress { person, completed, .. } => format!(
                "{} is also the address of another candidate, person {person}, who has {} assessment for this vacancy. Correct the \
                 address of one of them, or merge the two if they are the same person, then try again.",
                Field::PersonEmail,
                if *completed { "a completed" } else { "an open" }
            ),
            Self::AlreadyInvited => {
                "the candidate already has an open invitation. Ask the candidate to follow its link, in the e-mail or in the application.".into()
            }
            Self::NotMailedYet(order) => format!(
                "the candidate already has an open invitation, which could not be mailed yet. It is tried again by itself; order {order} in \
                 the Harver console says what it waits for."
            ),
            Self::AlreadyCompleted => {
                "the candidate has already completed this assessment. The result is on the Screen tab, section Assessments.".into()
            }
            Self::Icims(IcimsError { kind: Kind::NotFound | Kind::NotVisible, .. }) => {
                "the candidate, the job or the workflow could not be found with the rights of the integration user. \
                 Ask your iCIMS administrator to check them, and a Harver Admin to check the base URL under Integration, Credentials.".into()
            }
            Self::Icims(error) if passes(error) => "iCIMS did not answer properly. Try again in a few minutes.".into(),
            Self::Icims(_) => {
                "iCIMS does not accept the credentials or the address of the Harver integration. \
                 Ask a Harver Admin to check Integration, Credentials.".into()
            }
            Self::Harver(error) => by_harver(error).into(),
            Self::TooOften(_) | Self::Deadline | Self::Store(_) => "Harver is busy. Try again in a few minutes.".into(),
        }
    }
}

fn by_harver(error: &HarverError) -> &'static str {
    match error.kind {
        Kind::CredentialsRejected { .. } => {
            "Harver does not accept the credentials of the integration for this account. \
             Ask a Harver Admin to have the API client id and secret of the account checked."
        }
        Kind::NotTheApi { .. } => {
            "something else than Harver answers at the address of the account. Ask a Harver Admin to have that address checked."
        }
        _ if error.needs_somebody() => {
            "Harver did not accept the request. Ask a Harver Admin to check the account and the vacancy."
        }
        _ => "Harver is not available. Try again in a few minutes.",
    }
}

/// Whether trying again later may help without anybody doing anything. A page that stands in front of iCIMS may be one of maintenance.
fn passes(error: &IcimsError) -> bool {
    !error.disposition().needs_somebody() || matches!(error.kind, Kind::Unreadable { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(refusal: &Refusal, pattern: Pattern) -> String {
        refusal.vendor_error(Some(pattern), "support@harver.com").user_message
    }

    #[test]
    fn a_missing_field_is_named_by_its_placeholder() {
        let refusal = Refusal::FieldEmpty(Field::PersonEmail);
        assert_eq!(refusal.status(), StatusCode::BAD_REQUEST);
        assert_eq!(
            said(&refusal, Pattern::AdHoc),
            "Harver cannot invite this candidate because {{person.email}} is empty. Fill it in, then try again. \
             If this does not help, contact support@harver.com."
        );
    }

    #[test]
    fn a_candidate_is_told_to_mend_what_is_the_candidates_own() {
        assert_eq!(
            said(&Refusal::FieldEmpty(Field::PersonFirstName), Pattern::Inline),
            "The assessment cannot be started because {{person.firstname}} is empty. Enter it in your profile, then try again. \
             If this does not help, contact support@harver.com."
        );
    }

    #[test]
    fn the_console_names_fields_in_plain_words() {
        let refusal = Refusal::SeveralPackages(vec!["Harver A".into(), "Harver B".into()]);
        let console = refusal.for_console();
        assert!(console.starts_with("Assessment Type holds several Harver packages: \"Harver A\", \"Harver B\"."));
    }

    fn refusals() -> Vec<Refusal> {
        let person = "30517".parse().expect("a number");
        let order = 7.try_into().expect("a number");
        vec![
            Refusal::Credentials,
            Refusal::Body(BodyError::TooLarge),
            Refusal::OtherInstance { own: Instance::Us, endpoint: None },
            Refusal::OtherInstance { own: Instance::Default, endpoint: "https://default.example/start".parse().ok() },
            Refusal::SwitchedOff,
            Refusal::PatternOff(Pattern::Inline),
            Refusal::JobClosed,
            Refusal::NoPackage,
            Refusal::OtherVendorsOnly,
            Refusal::PackageFormat("Harver Advisor".into()),
            Refusal::Vacancy { label: "Harver Advisor – 64c20d1e5f7a8b0012ab34cd".into(), problem: "is closed" },
            Refusal::AlreadyInvited,
            Refusal::NotMailedYet(order),
            Refusal::AlreadyCompleted,
            Refusal::Deadline,
            Refusal::TooOften(TooOften { seconds: 2 }),
            Refusal::SeveralPackages(vec!["Harver A".into(), "Harver B".into()]),
            Refusal::SameAddress { person, order, completed: false },
            Refusal::FieldMalformed(Field::PersonEmail),
            Refusal::Event(UnreadableEvent::Missing("newStatus")),
        ]
    }

    #[test]
    fn every_refusal_says_what_to_do_and_whom_to_ask() {
        for refusal in refusals() {
            for pattern in Pattern::ALL {
                let said = said(&refusal, pattern);
                assert!(said.ends_with("contact support@harver.com."), "{said}");
                assert!(said.matches(". ").count() >= 2, "says what happened, what to do and whom to ask: {said}");
            }
        }
    }

    #[test]
    fn no_candidate_reads_a_recruiters_words() {
        for refusal in refusals() {
            let said = said(&refusal, Pattern::Inline).to_lowercase();
            for word in ["package", "vacancy", "admin", "credentials", "workflow", "icims", "30517", "{{job", "screen tab"] {
                assert!(!said.contains(word), "{word}: {said}");
            }
        }
    }
}
