//! Second and third criterion: what must be refused is refused in words that help, and nothing comes of it.

use super::Seen;
use super::finding::{Finding, Proof};
use super::friendly::{self, Names};
use super::journal::{Entry, masked, quoted, shown};
use super::journey::Journey;

/// The second event of a candidate whose first was taken.
pub(super) fn duplicate(journey: &Journey, seen: &Seen<'_>) -> Proof {
    let title = "The same candidate is advanced again";
    let events: Vec<&Entry> = seen.run.iter().filter(|entry| entry.is_event_of(&journey.workflow)).collect();
    let [first, second, ..] = events.as_slice() else {
        let why = format!("iCIMS sent {} events where the candidate was advanced twice", events.len());
        return Proof::new(
            title,
            Finding::not_shown(why, "see under Admin, Event Notifications that the status is the vendor's"),
        );
    };
    let finding = if first.status().is_none_or(|status| status >= 400) {
        Finding::not_shown("the first request was not taken, so that the second is no duplicate", "see the first criterion")
    } else {
        let found = friendly::refusal(second, "the duplicate", journey.read(1), Names::Nothing, seen.secrets);
        unless_harmed(found, "the duplicate", 1, journey, seen)
    };
    let mut proof = Proof::new(title, finding);
    proof.read = Some(masked(journey.read(1), seen.secrets)).filter(|read| !read.is_empty());
    proof.facts.push(answered("The first event", first));
    proof.facts.push(answered("The second", second));
    proof.facts.push(count_of_mail(journey));
    proof.said = shown([*first, *second], seen.secrets);
    proof
}

/// The only event of a candidate for whom something is missing. `label` is what the customer calls it.
pub(super) fn missing(journey: &Journey, label: &str, placeholder: &str, seen: &Seen<'_>) -> Proof {
    let title = format!("{label} is missing ({})", placeholder.trim_matches(['{', '}']));
    let Some(event) = seen.run.iter().find(|entry| entry.is_event_of(&journey.workflow)) else {
        let why = "iCIMS told the integration nothing of the candidate";
        return Proof::new(
            title,
            Finding::not_shown(why, "see under Admin, Event Notifications that the status is the vendor's"),
        );
    };
    let what = format!("a request without {label}");
    let found = friendly::refusal(event, &what, journey.read(0), Names::Field { label, placeholder }, seen.secrets);
    let mut proof = Proof::new(title, unless_harmed(found, &what, 0, journey, seen));
    proof.read = Some(masked(journey.read(0), seen.secrets)).filter(|read| !read.is_empty());
    let own = format!(
        "For this run the customer calls {} \"{label}\": only iCIMS can have told that name.",
        placeholder.trim_matches(['{', '}'])
    );
    proof.facts.push(own);
    proof.facts.push(answered("The event", event));
    if !journey.email.is_empty() {
        proof.facts.push(count_of_mail(journey));
    }
    proof.said = shown([event], seen.secrets);
    proof
}

/// What was found, unless something came of what was refused: more than `due` mails, rows or registrations.
fn unless_harmed(found: Finding, what: &str, due: usize, journey: &Journey, seen: &Seen<'_>) -> Finding {
    if !found.is_shown() {
        return found;
    }
    // What was taken before may still be under way when the refusal comes: how often counts, and not when.
    let registered = seen.run.iter().filter(|one| one.is_registration() && one.workflow.as_deref() == Some(&journey.workflow));
    let registered = registered.filter(|one| one.succeeded()).count();
    let came = match () {
        () if journey.mail.len() > due => format!("{} went to the candidate", counted(journey.mail.len(), "mail")),
        () if journey.rows.len() > due => format!("iCIMS shows {} of results", counted(journey.rows.len(), "row")),
        () if registered > due => format!(
            "the candidate was registered {}",
            if registered == 1 { "once".into() } else { format!("{registered} times") }
        ),
        () => return found,
    };
    Finding::not_shown(format!("{what} was refused, and all the same {came}"), "do nothing at all for a request that is refused")
}

fn answered(which: &str, event: &Entry) -> String {
    match event.status() {
        Some(status) => format!("{which} was answered with {status} after {} ms.", event.took_ms),
        None => format!("{which} was not answered."),
    }
}

fn count_of_mail(journey: &Journey) -> String {
    format!("{} got {} in all.", journey.first, counted(journey.mail.len(), "mail"))
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// What a run says of fields that iCIMS itself does not let anybody leave out.
pub(super) fn kept_by_icims() -> Proof {
    let why = "iCIMS keeps no person without a first and a last name, so that they cannot be missing";
    Proof::new("First or last name is missing", Finding::not_applicable(why))
}

/// What a run says of what is tried by advancing where nothing is sent by it.
pub(super) fn not_by_advancing(title: &str, seen: &Seen<'_>) -> Proof {
    let why =
        format!("no status leads to {}, and on the portal nobody can try it", quoted(&seen.connection.vendor, seen.secrets));
    Proof::new(title, Finding::not_applicable(why))
}
