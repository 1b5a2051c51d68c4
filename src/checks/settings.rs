//! What can be told from the settings alone.

use super::report::{Check, Whom};
use crate::domain::Customer;

/// There is nothing to check before the integration was added.
pub(super) fn not_added() -> Check {
    let (id, title) = ("added", "The integration was added");
    let fix = "Choose Add new integration in the Integration menu, then iCIMS Marketplace and Add Integrations.";
    Check::failed(id, title, "Nobody has added it yet, so nothing else was tried.", fix, Whom::HarverAdmin)
}

pub(super) fn patterns(customer: &Customer) -> Check {
    let (id, title) = ("patterns", "An integration pattern is chosen");
    if customer.patterns.is_empty() {
        let fix = "Choose ATS First Inline, ATS First Ad-Hoc or both in the section General.";
        return Check::failed(id, title, "No pattern is chosen, so every event would be refused.", fix, Whom::HarverAdmin);
    }
    let chosen: Vec<_> = customer.patterns.iter().map(|pattern| pattern.label()).collect();
    Check::passed(id, title, chosen.join(", "))
}

/// That it is exactly one is how the setting is stored; the check says which one.
pub(super) fn report(customer: &Customer) -> Check {
    let why = format!("{} is written to the field {}.", customer.report.kind.label(), customer.report.field);
    Check::passed("report", "Exactly one report type is sent to iCIMS", why)
}
