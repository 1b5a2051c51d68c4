//! The status that sends candidates to an assessment: what iCIMS sends, what the integration acts on, which statuses there are.

use super::events::Connection;
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::standing::Standing;
use crate::doctor::subject::Subject;
use crate::domain::StatusId;
use crate::icims::StatusNode;

const TRIGGER: About = About::new(Group::Events, "trigger-status", "The status Send to Harver asks for an assessment");

/// The label that the guide speaks of.
const LABEL: &str = "Send to Harver";

/// Ids as they are compared: iCIMS writes them with a letter or without.
type Ids = Vec<StatusId>;

/// What is known, from each side.
struct Known<'a> {
    /// The statuses of iCIMS, where they can be read.
    statuses: Option<&'a [StatusNode]>,
    /// On which ones the integration acts; none: on every one. `None` where nobody tells.
    acted_on: Option<Ids>,
    /// The one that is meant: as it is named, or by its label.
    meant: Option<StatusId>,
}

impl Known<'_> {
    /// A status in words.
    fn words(&self, id: &StatusId) -> String {
        let node = self.statuses.unwrap_or_default().iter().find(|node| StatusId::parse(&node.id).as_ref() == Some(id));
        node.map_or_else(|| id.to_string(), |node| format!("{} ({})", node.label, node.id))
    }

    fn all_words(&self, ids: &[StatusId]) -> String {
        if ids.is_empty() { "none".to_owned() } else { ids.iter().map(|id| self.words(id)).collect::<Vec<_>>().join(", ") }
    }

    /// Those on which the integration acts, where it does not act on every one.
    fn chosen(&self) -> Option<&Ids> {
        self.acted_on.as_ref().filter(|ids| !ids.is_empty())
    }
}

pub(super) fn check(
    subject: &Subject,
    told: Option<&Standing>,
    connection: Option<&Connection>,
    statuses: Option<&[StatusNode]>,
) -> Finding {
    let acted_on = match (told, &subject.configured) {
        (Some(told), _) => Some(told.trigger_statuses.iter().filter_map(|id| StatusId::parse(id)).collect()),
        (None, Some(Ok(customer))) => Some(customer.trigger_statuses.clone()),
        _ => None,
    };
    let named = subject.text("sample.send_to_harver_status").or_else(|| subject.text("icims.statuses.Send to Harver"));
    let by_label = || statuses?.iter().find(|node| node.label == LABEL).map(|node| node.id.as_str());
    let meant = named.or_else(by_label).and_then(StatusId::parse);
    let known = Known { statuses, acted_on, meant };
    match connection {
        Some(connection) => as_sent(&known, connection),
        None => as_far_as_known(&known),
    }
}

/// Where a sandbox tells which statuses send an event.
fn as_sent(known: &Known<'_>, connection: &Connection) -> Finding {
    let please = format!("Please let the status {LABEL} send its event to Harver.");
    let further = connection.further_triggers.iter().map(|further| &further.status);
    let sent: Ids = connection.trigger.iter().chain(further).filter_map(|id| StatusId::parse(id)).collect();
    if sent.is_empty() && !connection.inline {
        let says = "No status of iCIMS is subscribed: advancing a candidate sends no event, and nobody is invited.";
        return TRIGGER.fail(says, Whom::IcimsAdmin, please);
    }
    if let Some(meant) = known.meant.as_ref().filter(|meant| !sent.contains(meant)) {
        let says = format!("The status {} sends no event; iCIMS sends those of {}.", known.words(meant), known.all_words(&sent));
        return TRIGGER.fail(says, Whom::IcimsAdmin, please);
    }
    if let Some(chosen) = known.chosen()
        && let Some(ignored) = sent.iter().find(|id| !chosen.contains(id))
    {
        let says = format!(
            "iCIMS sends the status {}, and the integration ignores it: it acts on {} only.",
            known.words(ignored),
            known.all_words(chosen)
        );
        let words = "Enter the status under Integration, General, Trigger statuses; or none, so that every status counts that iCIMS sends.";
        return TRIGGER.fail(says, Whom::HarverAdmin, words);
    }
    TRIGGER.ok("It sends its event.")
}

/// Where nobody tells what iCIMS sends: whether the integration would act on the status that is meant, and whether there is one.
fn as_far_as_known(known: &Known<'_>) -> Finding {
    let enter = format!("Enter the id of the status {LABEL} under Integration, General, Trigger statuses.");
    if let (Some(chosen), Some(statuses)) = (known.chosen(), known.statuses)
        && let Some(gone) = chosen.iter().find(|id| !statuses.iter().any(|node| StatusId::parse(&node.id).as_ref() == Some(*id)))
    {
        let says =
            format!("The integration acts on the status {gone}, which iCIMS does not have: no event asks for an assessment.");
        return TRIGGER.fail(says, Whom::HarverAdmin, enter);
    }
    match (&known.meant, known.chosen()) {
        (Some(meant), Some(chosen)) if !chosen.contains(meant) => {
            let says = format!(
                "The integration does not act on the status {}: it acts on {} only.",
                known.words(meant),
                known.all_words(chosen)
            );
            TRIGGER.fail(says, Whom::HarverAdmin, enter)
        }
        (Some(meant), _) => TRIGGER
            .ok(format!("It is {}. Whether iCIMS sends its event is shown by advancing a test candidate.", known.words(meant))),
        (None, Some(chosen)) => TRIGGER.ok(format!("The integration acts on {}.", known.all_words(chosen))),
        (None, None) if known.statuses.is_some() => TRIGGER.warning(
            format!(
                "iCIMS has no status {LABEL}: unless it has another name, recruiters cannot send candidates to an assessment."
            ),
            Whom::IcimsAdmin,
            format!("Please add the status {LABEL} to the workflow, and let it send its event to Harver."),
        ),
        (None, None) if known.acted_on.is_some() => TRIGGER.ok("The integration acts on every status that iCIMS sends."),
        (None, None) => {
            TRIGGER.not_told("the status that asks for an assessment", "\"Send to Harver\" with its id in [icims.statuses]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Outcome;

    fn node(id: &str, label: &str) -> StatusNode {
        StatusNode { id: id.into(), label: label.into() }
    }

    fn ids(texts: &[&str]) -> Ids {
        texts.iter().map(|text| StatusId::parse(text).expect("an id")).collect()
    }

    #[test]
    fn an_id_is_the_same_with_its_letter_and_without() {
        let statuses = [node("C40177", LABEL), node("C40130", "Phone Screen")];
        for (acted_on, meant, expected) in [
            (Some(ids(&["40177"])), "C40177", Outcome::Ok),
            (Some(ids(&["40130"])), "C40177", Outcome::Fail),
            (Some(ids(&["40999"])), "C40177", Outcome::Fail),
            (Some(ids(&[])), "40177", Outcome::Ok),
            (None, "40177", Outcome::Ok),
        ] {
            let known = Known { statuses: Some(&statuses), acted_on: acted_on.clone(), meant: StatusId::parse(meant) };
            assert_eq!(as_far_as_known(&known).outcome, expected, "{acted_on:?}");
        }
    }

    #[test]
    fn a_status_that_nobody_names_is_missed_only_where_all_are_known() {
        let others = [node("C40130", "Phone Screen")];
        let known = |statuses, acted_on| Known { statuses, acted_on, meant: None };
        assert_eq!(as_far_as_known(&known(Some(&others), None)).outcome, Outcome::Warning);
        assert_eq!(as_far_as_known(&known(None, None)).outcome, Outcome::Unknown);
        assert_eq!(as_far_as_known(&known(None, Some(ids(&[])))).outcome, Outcome::Ok);
        assert_eq!(as_far_as_known(&known(None, Some(ids(&["1"])))).outcome, Outcome::Ok);
    }
}
