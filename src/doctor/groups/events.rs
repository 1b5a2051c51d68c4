//! What iCIMS sends to the integration: where to, as whom, and at which status. The integration is asked without ordering anything; what
//! iCIMS is set to is told by a sandbox alone.

use serde::Deserialize;

use super::{Patient, sandbox, trigger};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::standing::{self, Asked, Standing};
use crate::doctor::subject::{Origin, Subject, Wanting};
use crate::domain::Customer;

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Events, check, title)
}

const CREDENTIALS: About = about("event-credentials", "The integration accepts what iCIMS presents");
const STRANGERS: About = about("event-strangers", "The integration refuses events without credentials");
const CUSTOMER: About = about("event-customer", "The credentials of the events belong to this customer");
const NOTIFICATION: About = about("event-notification", "iCIMS sends its events to the integration");
const AS_WHOM: About = about("event-sign-in", "iCIMS presents credentials that the integration knows");

/// How iCIMS is connected to the vendor, as a sandbox tells it.
#[derive(Deserialize)]
pub(super) struct Connection {
    enabled: bool,
    endpoint: Option<String>,
    pub(super) trigger: Option<String>,
    #[serde(default)]
    pub(super) further_triggers: Vec<Further>,
    pub(super) inline: bool,
    authentication: String,
    username: String,
    has_password: bool,
}

/// A further status that sends an event.
#[derive(Deserialize)]
pub(super) struct Further {
    pub(super) status: String,
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
    findings.push(trigger::check(patient.subject, told, connection.as_ref(), statuses.as_deref()));
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
        "basic" | "hmac" if known.is_some_and(|known| known != connection.username) => AS_WHOM.fail(
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
