//! What iCIMS sends to the integration: where to, as whom, and at which status. The integration is asked without ordering anything; what
//! iCIMS is set to is told by a sandbox alone.

use serde::Deserialize;

use super::{Patient, sandbox};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::standing::{self, Asked, Standing};
use crate::doctor::subject::{Origin, Subject, Wanting};
use crate::domain::Customer;
use crate::icims::StatusNode;

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Events, check, title)
}

const CREDENTIALS: About = about("event-credentials", "The integration accepts what iCIMS presents");
const STRANGERS: About = about("event-strangers", "The integration refuses events without credentials");
const CUSTOMER: About = about("event-customer", "The credentials of the events belong to this customer");
const TRIGGER: About = about("trigger-status", "The status Send to Harver asks for an assessment");
const NOTIFICATION: About = about("event-notification", "iCIMS sends its events to the integration");
const AS_WHOM: About = about("event-sign-in", "iCIMS presents credentials that the integration knows");

/// The label of the status that the guide speaks of.
const LABEL: &str = "Send to Harver";

/// How iCIMS is connected to the vendor, as a sandbox tells it.
#[derive(Deserialize)]
struct Connection {
    enabled: bool,
    endpoint: Option<String>,
    trigger: Option<String>,
    #[serde(default)]
    further_triggers: Vec<Further>,
    inline: bool,
    authentication: String,
    username: String,
    has_password: bool,
}

#[derive(Deserialize)]
struct Further {
    status: String,
}

pub(super) async fn check(patient: &Patient<'_>, customer: &Result<Customer, Wanting>, asked: &Asked) -> Vec<Finding> {
    let told = match asked {
        Asked::Told(standing) => Some(&**standing),
        _ => None,
    };
    let statuses = async {
        match (customer, patient.subject.ats()) {
            (Ok(customer), Ok(_)) => {
                let asked = Box::pin(patient.checker.icims.statuses(customer));
                tokio::time::timeout(patient.checker.deadline, asked).await.ok()?.ok()
            }
            _ => None,
        }
    };
    let (strangers, connection, statuses) =
        tokio::join!(standing::knock(patient.subject, patient.clients), connection(patient), statuses);
    let mut findings = vec![credentials(patient.subject, asked)];
    findings.extend(strangers.and_then(refused));
    findings.extend(told.map(|told| of_customer(patient.subject, told)));
    findings.push(trigger(patient.subject, told, connection.as_ref(), statuses.as_deref()));
    if let Some(connection) = &connection {
        findings.extend([notification(patient.subject, connection), as_whom(patient.subject, connection)]);
    }
    findings
}

fn credentials(subject: &Subject, asked: &Asked) -> Finding {
    let start = subject.text("integration.start_url").unwrap_or_default();
    match asked {
        Asked::Not(wanting) => wanting.finding(CREDENTIALS),
        Asked::Told(_) => CREDENTIALS.ok("It lets them in."),
        Asked::Elsewhere { status } => CREDENTIALS.ok(format!("It lets them in, and refused with status {status} what is no event.")),
        Asked::TookAnything { status } => CREDENTIALS.warning(
            format!("What answers at the start endpoint took a text that is no event (status {status}), so that nobody can tell whether the credentials were looked at."),
            Whom::You,
            format!("Is {start} the start endpoint of the integration? It should refuse with 400 what it cannot read."),
        ),
        Asked::Rejected => CREDENTIALS.fail(
            "The integration rejects the user name or password of the events: iCIMS shows every recruiter an error, and nobody is invited.",
            Whom::IcimsAdmin,
            "Please enter the Harver API credentials again that the console shows under Credentials, ATS to Harver; the password may have been rotated.",
        ),
        Asked::ForbiddenFromHere => CREDENTIALS.ok("It lets them in, but takes events from the addresses of its settings only, which this machine is none of."),
        Asked::NotThere { status } => CREDENTIALS.fail(
            format!("There is no start endpoint at {start} (status {status}): every event is lost."),
            Whom::You,
            format!("Correct integration.start_url: it ends in {}", crate::ats_to_harver::START_PATH),
        ),
        Asked::Trouble { status, words } => CREDENTIALS.fail(
            format!("The integration is in trouble: it answered with status {status} ({words})."),
            Whom::You,
            "Look at its log, and at /readyz.",
        ),
        Asked::Silent(why) => CREDENTIALS.fail(
            format!("The integration does not answer: there was {why}. Every event that iCIMS sends now is lost."),
            Whom::You,
            format!("Start it, or correct integration.start_url ({start}) in the file."),
        ),
    }
}

fn refused(knocked: Result<u16, String>) -> Option<Finding> {
    match knocked {
        Ok(401 | 403) => Some(STRANGERS.ok("It does.")),
        Ok(status @ (200..400 | 400 | 422)) => Some(STRANGERS.fail(
            format!("The integration read an event without credentials (status {status}): whoever knows the address can order assessments in the customer's name."),
            Whom::You,
            "Let it ask for credentials before it reads anything.",
        )),
        // Nobody is there, or no endpoint: the check of the credentials says so.
        Ok(_) | Err(_) => None,
    }
}

fn of_customer(subject: &Subject, told: &Standing) -> Finding {
    match subject.text("icims.customer_id") {
        Some(wanted) if wanted != told.customer.to_string() => CUSTOMER.fail(
            format!("The credentials of the events are those of customer {}, and iCIMS is that of customer {wanted}: every event is refused.", told.customer),
            Whom::IcimsAdmin,
            format!("Please enter the Harver API credentials of customer {wanted}."),
        ),
        _ => CUSTOMER.ok(format!("They are those of customer {}.", told.customer)),
    }
}

/// From which side something is known of the trigger: what iCIMS sends, what the integration acts on, which statuses there are.
fn trigger(
    subject: &Subject,
    told: Option<&Standing>,
    connection: Option<&Connection>,
    statuses: Option<&[StatusNode]>,
) -> Finding {
    let label = |id: &str| {
        let node = statuses.unwrap_or_default().iter().find(|node| node.id == id);
        node.map_or_else(|| id.to_owned(), |node| format!("{} ({id})", node.label))
    };
    let acted_on: Option<Vec<String>> = match (told, &subject.configured) {
        (Some(told), _) => Some(told.trigger_statuses.clone()),
        (None, Some(Ok(customer))) => Some(customer.trigger_statuses.iter().map(ToString::to_string).collect()),
        _ => None,
    };
    let named =
        subject.text("sample.send_to_harver_status").or_else(|| subject.text("icims.statuses.Send to Harver")).map(str::to_owned);
    let wanted = named.or_else(|| statuses?.iter().find(|node| node.label == LABEL).map(|node| node.id.clone()));
    if let Some(connection) = connection {
        let sent: Vec<&str> = connection
            .trigger
            .iter()
            .chain(connection.further_triggers.iter().map(|further| &further.status))
            .map(String::as_str)
            .collect();
        if sent.is_empty() && !connection.inline {
            return TRIGGER.fail(
                "No status of iCIMS is subscribed: advancing a candidate sends no event, and nobody is invited.",
                Whom::IcimsAdmin,
                format!("Please let the status {LABEL} send its event to Harver."),
            );
        }
        if let Some(wanted) = wanted.as_deref().filter(|wanted| !sent.contains(wanted)) {
            let sent: Vec<String> = sent.iter().map(|id| label(id)).collect();
            return TRIGGER.fail(
                format!(
                    "The status {} sends no event; iCIMS sends those of {}.",
                    label(wanted),
                    if sent.is_empty() { "none".to_owned() } else { sent.join(", ") }
                ),
                Whom::IcimsAdmin,
                format!("Please let the status {LABEL} send its event to Harver."),
            );
        }
        let ignored = acted_on
            .as_ref()
            .filter(|on| !on.is_empty())
            .and_then(|on| sent.iter().find(|id| !on.iter().any(|known| known == *id)));
        if let Some(ignored) = ignored {
            return TRIGGER.fail(
                format!("iCIMS sends the status {}, and the integration ignores it: it acts on {} only.", label(ignored), acted_on.unwrap_or_default().join(", ")),
                Whom::HarverAdmin,
                "Enter the status under Integration, General, Trigger statuses; or none, so that every status counts that iCIMS sends.",
            );
        }
        return TRIGGER.ok("It sends its event.");
    }
    if let (Some(acted_on), Some(statuses)) = (&acted_on, statuses)
        && let Some(gone) = acted_on.iter().find(|id| !statuses.iter().any(|node| node.id == **id))
    {
        return TRIGGER.fail(
            format!("The integration acts on the status {gone}, which iCIMS does not have: no event asks for an assessment."),
            Whom::HarverAdmin,
            format!("Enter the id of the status {LABEL} under Integration, General, Trigger statuses."),
        );
    }
    match (wanted, acted_on) {
        (Some(wanted), Some(on)) if !on.is_empty() && !on.contains(&wanted) => TRIGGER.fail(
            format!("The integration does not act on the status {}: it acts on {} only.", label(&wanted), on.join(", ")),
            Whom::HarverAdmin,
            "Enter the status under Integration, General, Trigger statuses.",
        ),
        (Some(wanted), _) => {
            TRIGGER.ok(format!("It is {}. Whether iCIMS sends its event is shown by advancing a test candidate.", label(&wanted)))
        }
        (None, _) if statuses.is_some() => TRIGGER.fail(
            format!("iCIMS has no status {LABEL}, so that recruiters cannot send candidates to an assessment."),
            Whom::IcimsAdmin,
            format!("Please add the status {LABEL} to the workflow, and let it send its event to Harver."),
        ),
        (None, Some(on)) => TRIGGER.ok(format!(
            "The integration acts on {}.",
            if on.is_empty() { "every status that iCIMS sends".to_owned() } else { on.join(", ") }
        )),
        (None, None) => {
            TRIGGER.not_told("the status that asks for an assessment", "\"Send to Harver\" with its id to [icims.statuses]")
        }
    }
}

async fn connection(patient: &Patient<'_>) -> Option<Connection> {
    let customer = patient.subject.text("icims.customer_id")?;
    // A configuration names no sandbox, and neither does a customer's own iCIMS.
    if patient.subject.origin == Origin::Serve {
        return None;
    }
    sandbox::told(patient, &format!("customers/{customer}/connection")).await
}

fn notification(subject: &Subject, connection: &Connection) -> Finding {
    if !connection.enabled {
        return NOTIFICATION.fail(
            "The event notifications of iCIMS are switched off: no event is sent, and nobody is invited.",
            Whom::IcimsAdmin,
            "Please switch the event notifications to Harver on.",
        );
    }
    let (sent_to, start) = (connection.endpoint.as_deref(), subject.text("integration.start_url"));
    match (sent_to, start) {
        (None, _) => NOTIFICATION.fail(
            "iCIMS does not know where to send its events: no address is entered.",
            Whom::IcimsAdmin,
            format!(
                "Please enter the Harver API endpoint: {}",
                start.unwrap_or("the console shows it under Credentials, ATS to Harver")
            ),
        ),
        (Some(to), Some(start)) if to.trim_end_matches('/') != start.trim_end_matches('/') => NOTIFICATION.fail(
            format!("iCIMS sends its events to {to}, and the integration is at {start}: no event arrives."),
            Whom::IcimsAdmin,
            format!("Please enter the Harver API endpoint: {start}"),
        ),
        (Some(to), _) => NOTIFICATION.ok(format!("It sends them to {to}.")),
    }
}

fn as_whom(subject: &Subject, connection: &Connection) -> Finding {
    let known = subject.text("integration.username");
    match connection.authentication.as_str() {
        "basic" | "hmac" if !connection.has_password => AS_WHOM.fail(
            "iCIMS has no password for its events: the integration refuses each of them.",
            Whom::IcimsAdmin,
            "Please enter the Harver API credentials, user name and password.",
        ),
        "basic" if known.is_some_and(|known| known != connection.username) => AS_WHOM.fail(
            format!(
                "iCIMS presents the user name {:?}, and the integration knows {:?}: it refuses every event.",
                connection.username,
                known.unwrap_or_default()
            ),
            Whom::IcimsAdmin,
            format!("Please enter the user name {:?} and its password.", known.unwrap_or_default()),
        ),
        how => AS_WHOM.ok(format!("It presents them ({how}).")),
    }
}
