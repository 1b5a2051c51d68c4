//! First criterion: a candidate goes from iCIMS to the assessment, and the result comes back, to that candidate and nobody else.

use std::collections::BTreeSet;

use super::Seen;
use super::finding::{Finding, Proof};
use super::journal::{Answer, Entry, masked, quoted, shown};
use super::journey::{Journey, Way, is_complete, is_incomplete};

/// One candidate's way, as it was seen in the end.
pub(super) fn proof(journey: &Journey, seen: &Seen<'_>) -> Proof {
    let title = match journey.way {
        Way::Recruiter => "The recruiter advances a candidate",
        Way::Portal => "A candidate applies on the career portal",
    };
    let event = seen.run.iter().find(|entry| entry.is_event_of(&journey.workflow));
    let mut proof = Proof::new(title, finding(journey, event, seen));
    proof.facts = facts(journey, event, seen);
    proof.read = match journey.way {
        Way::Recruiter => journey.summaries.first().map(|line| masked(&line.message, seen.secrets)),
        Way::Portal => journey.page.as_ref().map(|page| masked(page, seen.secrets)),
    };
    let belongs = |entry: &&Entry| entry.workflow.as_deref() == Some(&journey.workflow) || entry.is_mail_to(&journey.email);
    let of_candidate = seen.run.iter().filter(belongs).filter(|entry| !entry.is_test());
    proof.said = shown(of_candidate, seen.secrets);
    // What the vendor and its own platform tell each other is no business of iCIMS; that they do, and when, is.
    for between in proof.said.iter_mut().filter(|one| one.from != "icims" && one.to != "icims") {
        (between.asked, between.answered) = (None, None);
    }
    proof
}

fn finding(journey: &Journey, event: Option<&Entry>, seen: &Seen<'_>) -> Finding {
    let Some(event) = event else {
        let next = match journey.way {
            Way::Recruiter => "see under Admin, Event Notifications that the status is the vendor's",
            Way::Portal => "see that the position has a package of the vendor's and that its last step leads there",
        };
        return Finding::not_shown("iCIMS told the integration nothing of the candidate", next);
    };
    if let Some(refused) = not_taken(journey.way, event, seen) {
        return refused;
    }
    let patience = seen.patience.as_secs();
    match journey.rows.as_slice() {
        [] => Finding::not_shown(
            format!("no result was written to workflow {} within {patience} s", journey.workflow),
            format!(
                "write a row of assessmentresults to applicantworkflows/{} once the candidate has finished; whoever takes the assessment by \
                 hand wants more time: --patience SECONDS",
                journey.workflow
            ),
        ),
        rows if rows.iter().any(is_incomplete) => {
            let notes = rows.iter().find(|row| is_incomplete(row)).map(|row| row.notes.as_str()).unwrap_or_default();
            Finding::not_shown(
                format!("the integration reported the assessment as Incomplete: {}", quoted(notes, seen.secrets)),
                "correct what the notes name, and run this again",
            )
        }
        rows if !rows.iter().any(is_complete) => Finding::not_shown(
            format!("the row says \"{}\" and none was complete within {patience} s", rows[0].status),
            "write the status Complete (D37002019001) to the row once the candidate has finished",
        ),
        [_] if journey.way == Way::Portal && journey.was_walked && !journey.is_back => Finding::not_shown(
            "the candidate did not come back to the portal, so that the application stays unfinished",
            "send candidates to the event's returnUrl at the end",
        ),
        [_] => Finding::Shown,
        rows => Finding::not_shown(
            format!("{} rows were written for one order", rows.len()),
            "change the row that is there (PATCH its address) instead of adding another",
        ),
    }
}

/// Why an event did not do what it was for.
fn not_taken(way: Way, event: &Entry, seen: &Seen<'_>) -> Option<Finding> {
    let address = quoted(&event.target, seen.secrets);
    match &event.answer {
        Answer::None { reason } => Some(Finding::not_shown(
            format!("the integration gave no answer at {address}: {}", quoted(reason, seen.secrets)),
            "start it, or correct the address under Admin, Event Notifications",
        )),
        Answer::Given { status: 303, .. } => None,
        Answer::Given { status: 200, .. } if way == Way::Recruiter => None,
        Answer::Given { status: 200..300, .. } if way == Way::Portal => Some(Finding::not_shown(
            "the event of the portal was answered without a link, so that the candidate is led nowhere",
            "answer 303 with the candidate's link as Location; or, if the portal is not to lead to this vendor, switch that off: PATCH \
             /__sandbox/customers/{id}/connection with {\"inline\": false}",
        )),
        Answer::Given { status, body } => Some(Finding::not_shown(
            format!("the event was answered with {status}: {}", quoted(body, seen.secrets)),
            "answer 200, or 303 with a link as Location, to an event with everything in it",
        )),
    }
}

fn facts(journey: &Journey, event: Option<&Entry>, seen: &Seen<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(event) = event {
        let answer = event.status().map_or_else(|| "was not answered".into(), |status| format!("was answered with {status}"));
        facts.push(format!("The event {answer} after {} ms.", event.took_ms));
    }
    match journey.mail.first() {
        Some(mail) => facts.push(format!("{} got the mail \"{}\".", journey.first, quoted(&mail.subject, seen.secrets))),
        None if journey.way == Way::Recruiter => {
            facts.push("No mail to the candidate came through the sandbox's mailbox.".into());
        }
        None => {}
    }
    if journey.was_walked {
        let back = if journey.is_back { ", and was back on the portal at the end" } else { "" };
        facts.push(format!("{} took the assessment on the simulated platform{back}.", journey.first));
    } else if journey.way == Way::Portal && journey.is_back {
        facts.push(format!("{} was back on the portal at the end.", journey.first));
    }
    if let Some(progress) = &journey.progress {
        facts.push(format!("Meanwhile iCIMS showed {progress}."));
    }
    for row in &journey.rows {
        let named = [("package", &row.name), ("score", &row.score), ("result", &row.result), ("notes", &row.notes)];
        let named = named.into_iter().filter(|(_, value)| !value.is_empty());
        let mut told: Vec<String> = named.map(|(name, value)| format!("{name} \"{}\"", quoted(value, seen.secrets))).collect();
        told.extend(row.report.as_ref().map(|_| "a link to the report".to_owned()));
        let told = if told.is_empty() { "nothing else".into() } else { told.join(", ") };
        facts.push(format!("The Screen tab shows {}: {told}.", row.status));
    }
    facts
}

/// Whether everything that was written belongs to somebody of whom iCIMS had told the integration. `all` is the whole journal.
pub(super) fn to_nobody_else(all: &[Entry], seen: &Seen<'_>) -> Proof {
    let ordered: BTreeSet<&str> =
        all.iter().filter(|entry| entry.is_event()).filter_map(|entry| entry.workflow.as_deref()).collect();
    let written = seen.run.iter().filter(|entry| !entry.is_test());
    let written: Vec<(&Entry, &str)> = written.filter_map(|entry| Some((entry, entry.writes_to_workflow()?))).collect();
    let strays: Vec<_> = written.iter().filter(|(_, workflow)| !ordered.contains(workflow)).collect();
    let title = "No result is written to another application";
    let Some((first, workflow)) = strays.first() else {
        if written.is_empty() {
            return Proof::new(title, Finding::not_applicable("nothing was written to any workflow"));
        }
        let mut proof = Proof::new(title, Finding::Shown);
        proof.facts.push(format!("All {} writes were to workflows of which iCIMS had told the integration.", written.len()));
        return proof;
    };
    let why = format!("{} wrote to workflow {workflow}, of which iCIMS had told it nothing", quoted(first.agent(), seen.secrets));
    let next = "write to the workflow of the event, its systemId, and to no other";
    let mut proof = Proof::new(title, Finding::not_shown(why, next));
    proof.said = shown(strays.iter().map(|(entry, _)| *entry), seen.secrets);
    proof
}
