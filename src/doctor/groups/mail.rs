//! The mail server, up to the moment before a mail: nothing is sent.

use tokio::time::timeout;

use super::{Patient, certificate};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::smtp::{self, Conversation, Security, User};
use crate::doctor::subject::is_near_name;

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Mail, check, title)
}

const TOLD: About = about("smtp-settings", "The settings of the mail server can be used");
const CONNECTION: About = about("smtp-connection", "The mail server takes connections");
const GREETING: About = about("smtp-greeting", "The mail server greets as one");
const PROTECTED: About = about("smtp-encryption", "The connection to the mail server is encrypted as it should be");
const CERTIFICATE: About = about("smtp-certificate", "The certificate of the mail server is trusted");
const SIGN_IN: About = about("smtp-sign-in", "The mail server lets the integration sign in");

pub(super) async fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let subject = patient.subject;
    let Some(host) = subject.text("smtp.host") else {
        return vec![TOLD.not_told("the mail server that invitations leave by", "[smtp] host, port and security")];
    };
    let wrong = |says: &str| vec![TOLD.fail(says, Whom::You, "Correct it in the file.")];
    let security = match subject.text("smtp.security").unwrap_or("starttls") {
        "none" => Security::None,
        "starttls" => Security::StartTls,
        "tls" => Security::Tls,
        _ => return wrong("The encryption of the mail server is none of \"none\", \"starttls\" and \"tls\"."),
    };
    let usual = match security {
        Security::None => 25,
        Security::StartTls => 587,
        Security::Tls => 465,
    };
    let port = match subject.text("smtp.port").map(str::parse::<u16>) {
        None => usual,
        Some(Ok(port)) => port,
        Some(Err(_)) => return wrong("The port of the mail server is no number from 1 to 65535."),
    };
    let user = subject.text("smtp.username").zip(subject.text("smtp.password")).map(|(name, password)| User { name, password });
    let mut findings = vec![settings(host, port, security, user.is_some())];
    let mut told = Conversation::default();
    let ended = timeout(patient.checker.deadline, smtp::talk(host, port, security, user, &mut told)).await;
    findings.extend(judged(patient, host, port, &told, ended.is_err()));
    findings
}

fn settings(host: &str, port: u16, security: Security, signs_in: bool) -> Finding {
    match (security, port) {
        (Security::None, _) if !is_near_name(host) && signs_in => TOLD.fail(
            format!("The password of the mail server {host} travels unencrypted, readable for everybody in between."),
            Whom::You,
            "Set security to \"starttls\" (port 587) or \"tls\" (port 465).",
        ),
        (Security::None, _) if !is_near_name(host) => TOLD.warning(
            format!("Mail leaves for {host} unencrypted, with the personal links of candidates in it."),
            Whom::You,
            "Set security to \"starttls\" (port 587) or \"tls\" (port 465).",
        ),
        (Security::StartTls, 465) => TOLD.warning(
            "Port 465 is that of servers that encrypt from the first byte, and STARTTLS is set.",
            Whom::You,
            "Set security to \"tls\", or the port to 587.",
        ),
        (Security::Tls, 25 | 587) => TOLD.warning(
            format!("Port {port} is that of servers that begin without encryption, and TLS from the first byte is set."),
            Whom::You,
            "Set security to \"starttls\", or the port to 465.",
        ),
        _ => TOLD.ok("They fit each other."),
    }
}

fn judged(patient: &Patient<'_>, host: &str, port: u16, told: &Conversation, timed_out: bool) -> Vec<Finding> {
    let seconds = patient.checker.deadline.as_secs();
    let nobody_invited = "so that no invitation leaves";
    let mut findings = Vec::new();
    match &told.connected {
        Some(Ok(())) => findings.push(CONNECTION.ok(format!("{host} takes connections at port {port}."))),
        Some(Err(why)) => {
            let says = format!("Nobody takes mail at {host} port {port} ({why}), {nobody_invited}.");
            let (whom, words) = if is_near_name(host) {
                (Whom::You, "Start the mail server, or correct host and port in the file.".to_owned())
            } else {
                (
                    Whom::Network,
                    format!("Please let this machine connect to {host}, port {port}; or tell which mail server it is to use."),
                )
            };
            return vec![CONNECTION.fail(says, whom, words)];
        }
        None => {
            let says = format!("The mail server {host} port {port} was not reached within {seconds} seconds, {nobody_invited}.");
            return vec![CONNECTION.fail(
                says,
                Whom::Network,
                format!("Please let this machine connect to {host}, port {port}."),
            )];
        }
    }
    let words = "Which mail server is the integration to use: host, port, encryption?";
    findings.extend(told.greeted.as_ref().map(|greeted| match greeted {
        Ok(greeting) => GREETING.ok(format!("It greets with {greeting}.")),
        Err(why) => GREETING.fail(
            format!("What listens at {host} port {port} is no mail server, or lets nobody in, {nobody_invited}. {why}"),
            Whom::Network,
            words,
        ),
    }));
    findings.extend(told.protected.as_ref().map(|protected| match protected {
        Ok(()) => PROTECTED.ok("It is."),
        Err(why) => PROTECTED.fail(
            format!("The connection to the mail server cannot be encrypted as the settings want it, {nobody_invited}. {why}"),
            Whom::You,
            "Correct security and port in the file: \"starttls\" with 587, \"tls\" with 465, \"none\" only beside the server.",
        ),
    }));
    findings.extend(
        told.certificate
            .as_ref()
            .map(|shown| certificate::judged(CERTIFICATE, "the mail server", host, shown, patient.clock.now())),
    );
    findings.extend(told.signed_in.as_ref().map(|signed_in| match signed_in {
        Ok(true) => SIGN_IN.ok("It does."),
        Ok(false) => SIGN_IN.ok("Nobody signs in there."),
        Err(why) => SIGN_IN.fail(
            format!("The mail server does not let the integration sign in, {nobody_invited}. {why}"),
            Whom::You,
            "Correct username and password of the mail server, or ask whoever runs it for new ones.",
        ),
    }));
    // Whatever it was in the middle of when the time was over has not been told yet.
    if timed_out && findings.iter().all(|finding| finding.mend.is_none()) {
        let says = format!(
            "The mail server {host} port {port} takes the connection and did not go on within {seconds} seconds, {nobody_invited}."
        );
        findings.push(GREETING.fail(says, Whom::Network, words));
    }
    findings
}
