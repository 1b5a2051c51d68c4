//! The reasons that a candidate reads on the portal: what a candidate can mend is named, everything else is what it means for the
//! application. Who has to act, and on what, stands in the log of iCIMS and in the console.

use super::{Refusal, passes};
use crate::icims::Field;

/// What candidates cannot mend.
const NOT_READY: &str = "it is not ready for this job yet. Your application is kept, and nothing that you entered is lost: the company has to put \
                         this right first. Try again later from your application.";
/// What mends itself.
const AWAY: &str = "it cannot be reached at the moment. Your application is kept. Try again in a few minutes.";

/// Goes on from "because": what is wrong, and as a second sentence what to do.
pub(super) fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::FieldEmpty(Field::JobAssessmentType) | Refusal::FieldMalformed(Field::JobAssessmentType) => NOT_READY.into(),
        Refusal::FieldEmpty(own) => format!("{own} is empty. Enter it in your profile, then try again."),
        Refusal::FieldMalformed(own) => format!("{own} is not an e-mail address. Correct it in your profile, then try again."),
        Refusal::SameAddress { .. } => format!(
            "another profile with the same {} has an assessment for this job. Log in with that profile, or enter an address of your own \
             in this one, then try again.",
            Field::PersonEmail
        ),
        Refusal::JobClosed => {
            "this job takes no applications any more. Your application is kept as it is; look for other open jobs.".into()
        }
        Refusal::AlreadyInvited => "you were invited to it already. Follow the link in your invitation mail.".into(),
        Refusal::NotMailedYet(_) => {
            "you are being invited to it already. Follow the link in your invitation mail once it is there.".into()
        }
        Refusal::AlreadyCompleted => "you have completed it already. There is nothing more to do for it.".into(),
        Refusal::Icims(error) if passes(error) => AWAY.into(),
        Refusal::Harver(error) if !error.needs_somebody() => AWAY.into(),
        Refusal::TooOften(_) | Refusal::Deadline | Refusal::Store(_) => AWAY.into(),
        Refusal::Credentials
        | Refusal::Source(_)
        | Refusal::Body(_)
        | Refusal::Event(_)
        | Refusal::OtherInstance { .. }
        | Refusal::SwitchedOff
        | Refusal::PatternOff(_)
        | Refusal::NoPackage
        | Refusal::OtherVendorsOnly
        | Refusal::SeveralPackages(_)
        | Refusal::PackageFormat(_)
        | Refusal::Vacancy { .. }
        | Refusal::Icims(_)
        | Refusal::Harver(_) => NOT_READY.into(),
    }
}
