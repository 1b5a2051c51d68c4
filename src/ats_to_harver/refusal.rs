//! Why an event is not accepted, in words for the person who waits: the recruiter, or the candidate on the portal.

use axum::http::StatusCode;
use url::Url;

use crate::domain::{Disposition, Instance, Pattern, with_causes};
use crate::harver_platform::HarverError;
use crate::icims::{Field, IcimsError, UnreadableEvent, VendorError};
use crate::store::StoreError;
use crate::web::BodyError;

/// One refusal. Each becomes a status and a message by the table of assessment-flow.md 10; the row is named at each variant.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// Row 11. Nothing tells whether the user name or the password was wrong.
    #[error("no valid credentials were presented")]
    Credentials,
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
    /// Row 1, ad hoc.
    #[error("the candidate has an open invitation for this workflow")]
    AlreadyInvited,
    /// Row 2, ad hoc.
    #[error("the candidate has already completed this assessment for this workflow")]
    AlreadyCompleted,
    /// Rows 13, 14, 15 and 17.
    #[error("iCIMS could not be asked")]
    Icims(#[source] IcimsError),
    /// The inline answer needs the platform, and the platform did not help.
    #[error("Harver could not be asked")]
    Harver(#[source] HarverError),
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
            Self::Deadline | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Icims(error) if passes(error.disposition()) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Icims(IcimsError::NotFound { .. } | IcimsError::NotVisible { .. }) => StatusCode::BAD_REQUEST,
            Self::Icims(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Harver(error) if passes(error.disposition()) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Harver(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The error as iCIMS shows and logs it: what happened, what to do, whom to ask.
    pub(super) fn vendor_error(&self, pattern: Option<Pattern>, support_contact: &str) -> VendorError {
        let consequence = match pattern {
            Some(Pattern::Inline) => "The assessment cannot be started",
            Some(Pattern::AdHoc) | None => "Harver cannot invite this candidate",
        };
        let user_message = format!("{consequence} because {} If this does not help, contact {support_contact}.", self.reason());
        VendorError::new(user_message, with_causes(self))
    }

    /// Goes on from "because": what is wrong, and as a second sentence what to do.
    fn reason(&self) -> String {
        match self {
            Self::Credentials => {
                "iCIMS presented a user name or password that Harver does not know. \
                 Ask your iCIMS administrator to enter those that Harver shows under Credentials, ATS to Harver."
                    .into()
            }
            Self::Event(UnreadableEvent::OtherCustomer { .. }) => {
                "the Harver credentials in iCIMS belong to another customer. Ask your iCIMS administrator to enter those of this platform.".into()
            }
            Self::Body(_) | Self::Event(_) => {
                "the request from iCIMS could not be read. Ask your iCIMS administrator to check the event configuration.".into()
            }
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
            Self::PackageFormat(label) => format!(
                "the package \"{label}\" is wrongly formatted. Ask your iCIMS administrator to load it as \"Harver <vacancy name> – <vacancy id>\"."
            ),
            Self::Vacancy { label, problem } => {
                format!("the vacancy of the package \"{label}\" {problem} in Harver. Select another package, or ask a Harver Admin.")
            }
            Self::AlreadyInvited => {
                "the candidate already has an open invitation. Ask the candidate to follow its link, in the e-mail or in the application.".into()
            }
            Self::AlreadyCompleted => {
                "the candidate has already completed this assessment. The result is on the Screen tab, section Assessments.".into()
            }
            Self::Icims(IcimsError::NotFound { .. } | IcimsError::NotVisible { .. }) => {
                "the candidate, the job or the workflow could not be found with the rights of the integration user. \
                 Ask your iCIMS administrator to check them.".into()
            }
            Self::Icims(error) if passes(error.disposition()) => "iCIMS did not answer properly. Try again in a few minutes.".into(),
            Self::Icims(_) => {
                "iCIMS does not accept the credentials or the address of the Harver integration. \
                 Ask a Harver Admin to check Integration, Credentials.".into()
            }
            Self::Harver(error) if passes(error.disposition()) => "Harver is not available. Try again in a few minutes.".into(),
            Self::Harver(_) => "Harver did not accept the request. Ask a Harver Admin to check the account and the vacancy.".into(),
            Self::Deadline | Self::Store(_) => "Harver is busy. Try again in a few minutes.".into(),
        }
    }
}

/// Whether trying again later may help without anybody doing anything.
fn passes(disposition: Disposition) -> bool {
    disposition != Disposition::Stop
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
    fn the_candidate_on_the_portal_reads_something_else_than_the_recruiter() {
        assert!(
            said(&Refusal::NoPackage, Pattern::Inline)
                .starts_with("The assessment cannot be started because {{job.assessmenttype}}")
        );
    }

    #[test]
    fn every_refusal_says_what_to_do_and_whom_to_ask() {
        let refusals = [
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
            Refusal::AlreadyCompleted,
            Refusal::Deadline,
        ];
        for refusal in refusals {
            let said = said(&refusal, Pattern::AdHoc);
            assert!(said.ends_with("contact support@harver.com."), "{said}");
            assert!(said.matches(". ").count() >= 2, "says what happened, what to do and whom to ask: {said}");
        }
    }
}
