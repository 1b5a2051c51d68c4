//! What the steps of each file need of the place where they are run, beside an iCIMS that answers. A file is one kind of step: what works
//! only where there is more than that stands in a file of its own.

use std::path::Path;

use crate::harness::need::Need::{
    self, Assessment, AssessmentPages, Browser, Changes, Console, Faults, Journal, Mail, OwnCustomer, Portal, Screens, Summary,
};

const NEEDS: [(&str, &[Need]); 27] = [
    ("accepting", &[OwnCustomer, Console]),
    ("administration", &[OwnCustomer, Screens]),
    // Nobody would count these calls, or announce what they change.
    ("api", &[OwnCustomer]),
    ("api_request", &[OwnCustomer]),
    ("api_response", &[OwnCustomer]),
    ("applying", &[Changes, Portal, Screens, AssessmentPages]),
    ("assessment_pages", &[Changes, Mail, AssessmentPages]),
    ("choosing", &[OwnCustomer, Console]),
    ("companies", &[]),
    ("console", &[OwnCustomer, Console]),
    ("counting", &[Journal]),
    ("dashboard", &[OwnCustomer, Screens]),
    ("disturbing", &[Faults]),
    ("end_page", &[OwnCustomer]),
    ("ending", &[OwnCustomer, Console]),
    ("guide", &[OwnCustomer, Browser]),
    ("inviting", &[Changes, Mail]),
    ("jobs", &[Changes]),
    ("packages", &[OwnCustomer]),
    ("people", &[Changes]),
    ("results", &[]),
    ("screens", &[Changes, Screens]),
    ("setting_up", &[OwnCustomer, Console]),
    ("signing_in", &[OwnCustomer, Console]),
    ("summary", &[Changes, Summary]),
    ("taking", &[Changes, Mail, Assessment]),
    ("walking", &[OwnCustomer, Browser]),
];

/// What the steps in a file of this folder need; of a file that is not known, nothing is known.
pub(in crate::harness) fn needs_of(file: &str) -> Option<&'static [Need]> {
    let name = Path::new(file).file_stem()?.to_str()?;
    NEEDS.iter().find(|(known, _)| *known == name).map(|(_, needs)| *needs)
}
