//! What the scenarios of `check` look for by its label.

use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::subject::{Origin, Subject};

const LABELS: About = About::new(Group::Environment, "labels", "check finds the statuses and jobs of its scenarios");

/// Labels that the scenarios use.
const STATUSES: [&str; 2] = ["Recruiter Submitted", "Send to Harver"];

/// Only where scenarios are run at a customer whom nobody has opened for them, and somebody has begun to tell labels or lets them write.
pub(super) fn told(subject: &Subject) -> Option<Finding> {
    let is_environment = matches!(subject.origin, Origin::Toml | Origin::Postman) && subject.has("icims");
    let is_for_check = subject.text("icims.writes") == Some("true") || subject.has("icims.statuses") || subject.has("icims.jobs");
    if !is_environment || !is_for_check {
        return None;
    }
    let mut missing: Vec<String> = STATUSES
        .into_iter()
        .filter(|label| subject.text(&format!("icims.statuses.{label}")).is_none())
        .map(|label| format!("{label:?} in [icims.statuses]"))
        .collect();
    if !subject.has("icims.jobs") {
        missing.push("any job in [icims.jobs]".to_owned());
    }
    if subject.text("icims.calls").is_none() {
        missing.push("how many calls a run may make in [icims] calls".to_owned());
    }
    if missing.is_empty() {
        return Some(LABELS.ok("They are told."));
    }
    let says = format!("harver-icims check would leave scenarios out or end, as the file does not tell {}.", missing.join(", "));
    Some(LABELS.warning(says, Whom::You, "Add the ids of this customer; examples/environment.toml shows how."))
}
