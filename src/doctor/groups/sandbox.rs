//! A rehearsal: the sandbox itself, what is set in it on purpose, and whether everything stays in it.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Patient, escapes};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::subject::{Subject, is_near};
use crate::http::NoAnswer;

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Sandbox, check, title)
}

const CONTROL: About = about("control", "The sandbox answers");
const OPEN: About = about("control-token", "Nobody else controls the sandbox");
const FAULTS: About = about("faults", "Nothing is disturbed on purpose");
const CLOCK: About = about("sandbox-clock", "The clock of the sandbox was not moved");
const PENDING: About = about("pending", "Nothing waits to be tried again");

/// What the health of a sandbox tells.
#[derive(Deserialize)]
struct Health {
    pending: std::collections::BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Faults {
    faults: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Clock {
    offset_seconds: i64,
    frozen: bool,
}

pub(super) async fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let mut findings = escapes::check(patient.subject);
    if patient.subject.text("control.base_url").is_none() {
        return findings;
    }
    let Some(url) = patient.subject.url("control.base_url") else {
        findings.push(CONTROL.fail(
            "control.base_url is no address of a web service.",
            Whom::You,
            "Correct it in the file: it begins with http://.",
        ));
        return findings;
    };
    let (control, open) = tokio::join!(control(patient), open(patient));
    let is_there = control.mend.is_none();
    findings.extend([control, open]);
    if is_there {
        let customer = patient.subject.text("icims.customer_id").unwrap_or_default().to_owned();
        let [faults, health] = ["faults", "health"].map(|what| format!("{what}?customer={customer}"));
        let (faults, clock, health) =
            tokio::join!(told::<Faults>(patient, &faults), told::<Clock>(patient, "clock"), told::<Health>(patient, &health),);
        findings.extend(faults.map(|faults| disturbed(&faults)));
        findings.extend(clock.map(|clock| moved(&clock)));
        findings.extend(health.map(|health| pending(&health)));
    } else if !is_near(&url) {
        // Nothing more can be told of one on another machine.
        findings.retain(|finding| finding.check != OPEN.check);
    }
    findings
}

/// What control answers at a path; `None` where it is none, or tells something else.
pub(super) async fn told<T: DeserializeOwned>(patient: &Patient<'_>, path: &str) -> Option<T> {
    let answer = asked(patient, path, true)?.await.ok()?;
    if answer.status.is_success() { answer.json().ok() } else { None }
}

fn asked(patient: &Patient<'_>, path: &str, signed: bool) -> Option<impl Future<Output = Result<crate::http::Answer, NoAnswer>>> {
    let control = patient.subject.url("control.base_url")?;
    let url = format!("{}/__sandbox/{path}", control.as_str().trim_end_matches('/')).parse().ok()?;
    let mut request = patient.clients.request(Method::GET, url);
    if let Some(token) = patient.subject.text("control.token").filter(|_| signed) {
        request = request.bearer_auth(token);
    }
    let clients = patient.clients.clone();
    Some(async move { clients.exchange(request).await })
}

async fn control(patient: &Patient<'_>) -> Finding {
    let at = patient.subject.text("control.base_url").unwrap_or_default();
    let Some(asking) = asked(patient, "customers", true) else { return CONTROL.ok("None is named.") };
    match asking.await {
        Err(error) => CONTROL.fail(
            format!("No sandbox answers at {at} ({error}), so that nothing of it can be looked at."),
            Whom::You,
            "Start it with `harver-icims up`, or give the ready line of the one that runs: its ports change with each start.",
        ),
        Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => CONTROL.fail(
            format!("The sandbox at {at} does not let us in: it wants the token that it printed at the start, and the file has another one or none."),
            Whom::You,
            "Give its ready line, or add [control] token to the file.",
        ),
        Ok(answer) if answer.json::<serde_json::Value>().is_ok_and(|told| told["customers"].is_array()) => CONTROL.ok("It does."),
        Ok(answer) => CONTROL.fail(
            format!("What answers at {at} is no sandbox: it said {} to a question that every sandbox knows.", answer.status.as_u16()),
            Whom::You,
            "Correct control.base_url in the file: it is the address of the overview, port 8700 unless it was moved.",
        ),
    }
}

/// Control on this machine may be used by everybody here. From another machine it must ask for its token.
async fn open(patient: &Patient<'_>) -> Finding {
    let near = patient.subject.url("control.base_url").is_none_or(|url| is_loopback(&url));
    if near {
        return OPEN.ok("It is asked from this machine.");
    }
    let Some(asking) = asked(patient, "customers", false) else { return OPEN.ok("None is named.") };
    match asking.await {
        Ok(answer) if answer.status.is_success() => OPEN.fail(
            "Control answers other machines without a token: whoever reaches it reads every credential and changes everything.",
            Whom::You,
            "Stop it, and start it without --listen, or behind nothing that passes requests on as its own.",
        ),
        Ok(_) | Err(_) => OPEN.ok("It asks for its token."),
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn disturbed(faults: &Faults) -> Finding {
    if faults.faults.is_empty() {
        return FAULTS.ok("No fault is set.");
    }
    let names: Vec<&str> = faults.faults.iter().filter_map(|fault| fault["name"].as_str()).collect();
    let named = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let says = format!(
        "The sandbox disturbs calls on purpose, by {} rules{named}: what fails may fail because of them.",
        faults.faults.len()
    );
    FAULTS.warning(says, Whom::You, "DELETE /__sandbox/faults at the control address, or the page Faults of the overview.")
}

fn moved(clock: &Clock) -> Finding {
    let days = clock.offset_seconds / 86_400;
    if clock.frozen {
        return CLOCK.warning(
            "The clock of the sandbox stands still: nothing becomes due, and no attempt is repeated.",
            Whom::You,
            "POST {\"frozen\": false} to /__sandbox/clock at the control address.",
        );
    }
    if clock.offset_seconds.abs() > 60 {
        let says = format!(
            "The clock of the sandbox was moved by {} seconds ({days} days): links and tokens of this moment may have run out there.",
            clock.offset_seconds
        );
        return CLOCK.warning(
            says,
            Whom::You,
            "If that is not meant, POST /__sandbox/reset, which forgets everything else, too.",
        );
    }
    CLOCK.ok("It goes with that of this machine.")
}

fn pending(health: &Health) -> Finding {
    let waiting: Vec<String> = health
        .pending
        .iter()
        .filter(|(what, number)| what.contains("waiting") && number.as_u64().is_some_and(|number| number > 0))
        .map(|(what, number)| format!("{number} {}", what.replace('_', " ")))
        .collect();
    if waiting.is_empty() {
        return PENDING.ok("Nothing does.");
    }
    PENDING.warning(
        format!("Something has failed and waits for its next attempt: {}.", waiting.join(", ")),
        Whom::You,
        "The console shows why, under Orders.",
    )
}

/// Whether a sandbox is named.
pub(super) fn is_named(subject: &Subject) -> bool {
    subject.has("control")
}
