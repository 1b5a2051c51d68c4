//! The error payload that iCIMS expects from vendors (assessment-flow.md 1.2, icims-api.md 12.4).

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal: one sentence for the person in front of the screen, one for the log of iCIMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "VendorErrorEnvelope")]
pub struct VendorError {
    /// Shown to the recruiter (status change) or the candidate (inline). May name fields by [`Field`].
    pub user_message: String,
    /// Only logged by iCIMS.
    pub debug_message: String,
}

impl VendorError {
    /// A refusal with both sentences.
    pub fn new(user_message: impl Into<String>, debug_message: impl Into<String>) -> Self {
        Self { user_message: user_message.into(), debug_message: debug_message.into() }
    }
}

/// A refusal as it goes over the wire.
#[derive(Serialize, ToSchema)]
#[schema(as = VendorError)]
pub(crate) struct VendorErrorEnvelope {
    #[schema(inline)]
    error: Sentences,
}

/// Both sentences.
#[derive(Serialize, ToSchema)]
struct Sentences {
    /// Shown to the recruiter or the candidate.
    #[serde(rename = "userMessage")]
    user_message: String,
    /// Only logged by iCIMS.
    #[serde(rename = "debugErrorMessage")]
    debug_message: String,
}

impl From<VendorError> for VendorErrorEnvelope {
    fn from(VendorError { user_message, debug_message }: VendorError) -> Self {
        Self { error: Sentences { user_message, debug_message } }
    }
}

/// A field as messages name it; iCIMS puts the customer's own label in its place. Shown as `{{person.email}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The candidate's e-mail address.
    PersonEmail,
    /// The candidate's first name.
    PersonFirstName,
    /// The candidate's last name.
    PersonLastName,
    /// The job's assessment packages.
    JobAssessmentType,
}

impl Field {
    const ALL: [Self; 4] = [Self::PersonEmail, Self::PersonFirstName, Self::PersonLastName, Self::JobAssessmentType];

    /// The label that iCIMS delivers the field with.
    fn label(self) -> &'static str {
        match self {
            Self::PersonEmail => "Email",
            Self::PersonFirstName => "First Name",
            Self::PersonLastName => "Last Name",
            Self::JobAssessmentType => "Assessment Type",
        }
    }
}

/// A message for somebody who does not read it in iCIMS: fields are called what iCIMS delivers them as.
#[must_use]
pub fn in_plain_words(message: &str) -> String {
    Field::ALL.into_iter().fold(message.to_owned(), |text, field| text.replace(&field.to_string(), field.label()))
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PersonEmail => "{{person.email}}",
            Self::PersonFirstName => "{{person.firstname}}",
            Self::PersonLastName => "{{person.lastname}}",
            Self::JobAssessmentType => "{{job.assessmenttype}}",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_a_name_outside_of_icims() {
        let message = format!("{} is empty, and so is {}.", Field::PersonEmail, Field::JobAssessmentType);
        assert_eq!(in_plain_words(&message), "Email is empty, and so is Assessment Type.");
    }

    #[test]
    fn the_payload_is_the_documented_one() {
        let error =
            VendorError::new(format!("Harver cannot invite this candidate because {} is empty.", Field::PersonEmail), "no email");
        insta::assert_json_snapshot!(error, @r#"
        {
          "error": {
            "userMessage": "Harver cannot invite this candidate because {{person.email}} is empty.",
            "debugErrorMessage": "no email"
          }
        }
        "#);
    }
}
