//! The file, its secrets, and what of this process wins over it.

use super::{Patient, labels};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::secrets::is_secret;
use crate::doctor::subject::{Origin, Subject};

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Environment, check, title)
}

const FILE: About = about("file", "The environment can be read");
const VARIABLES: About = about("variables", "Every variable that the file names is set");
const SETTINGS: About = about("settings", "Somebody reads every setting of the file");
const WHOLE: About = about("whole", "No credential is told by halves");
const CONFIGURED: About = about("configuration", "serve would start with this configuration");
const LITERAL: About = about("literal-secrets", "No secret is written into the file");
const PERMISSIONS: About = about("file-permissions", "Nobody else may read the secrets in the file");
const WINS: About = about("variables-that-win", "No variable of this process wins over the file");

/// What belongs together: one without the others lets nobody in.
const PAIRS: [[&str; 2]; 7] = [
    ["icims.username", "icims.password"],
    ["icims.client_id", "icims.client_secret"],
    ["icims.client_id", "icims.token_url"],
    ["integration.username", "integration.password"],
    ["platform.client_id", "platform.client_secret"],
    ["platform.client_id", "platform.account_id"],
    ["smtp.username", "smtp.password"],
];

/// Variables that win over a file: of `serve`, and of the commands that call a sandbox.
const WINNING: [&str; 7] = [
    "HARVER_ICIMS_PUBLIC_URL",
    "HARVER_ICIMS_LISTEN",
    "HARVER_ICIMS_DATABASE",
    "HARVER_ICIMS_SEALING_PASSPHRASE",
    "HARVER_ICIMS_CONTROL_URL",
    "HARVER_ICIMS_CONTROL_TOKEN",
    "BASE_URL",
];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let subject = patient.subject;
    let mut findings = vec![file(subject)];
    if subject.file.is_some() && subject.origin != Origin::ReadyLine {
        findings.extend([variables(subject), settings(subject), literal(subject)]);
    }
    findings.push(whole(subject));
    findings.extend(configured(subject));
    findings.extend(permissions(subject));
    findings.push(winning(patient));
    findings.extend(labels::told(subject));
    findings
}

fn file(subject: &Subject) -> Finding {
    if let Some(untold) = &subject.untold {
        let says = format!(
            "The sandbox that {} names does not tell who its customer is: {untold}. Nobody else could be asked.",
            subject.file_name()
        );
        return FILE.fail(
            says,
            Whom::You,
            "Start the sandbox, have its token in the file if it wants one, or give its ready line with --env.",
        );
    }
    FILE.ok(format!("It is {}.", subject.origin.words()))
}

fn variables(subject: &Subject) -> Finding {
    if subject.unfilled.is_empty() {
        return VARIABLES.ok("All of them are.");
    }
    let reasons: Vec<String> =
        subject.unfilled.iter().map(|unfilled| format!("{} ({})", unfilled.setting, unfilled.reason)).collect();
    let says = format!("These settings are not told, as they could not be filled in: {}.", reasons.join(", "));
    VARIABLES.fail(says, Whom::You, "Set the variable where this is started: export NAME=…")
}

fn settings(subject: &Subject) -> Finding {
    if subject.unread.is_empty() {
        return SETTINGS.ok("All of them are known.");
    }
    let says =
        format!("Nobody reads {}: perhaps the name is mistyped, and what it was to say is missing.", subject.unread.join(", "));
    SETTINGS.warning(says, Whom::You, "Correct the names; examples/environment.toml has them all.")
}

fn whole(subject: &Subject) -> Finding {
    let has = |setting: &str| subject.text(setting).is_some();
    let halves: Vec<String> = PAIRS
        .into_iter()
        .filter(|[one, other]| has(one) != has(other))
        .map(|[one, other]| if has(one) { format!("{one} without {other}") } else { format!("{other} without {one}") })
        .collect();
    let both =
        has("icims.username") && has("icims.client_id") && subject.origin == Origin::Toml && !is_told_by_a_sandbox(subject);
    if both {
        let says =
            "[icims] tells both a user name and a client id, so that nobody knows which of the two the integration is to use.";
        return WHOLE.fail(
            says,
            Whom::You,
            "Leave username and password in the file, or token_url, client_id and client_secret.",
        );
    }
    if halves.is_empty() {
        return WHOLE.ok("What belongs together is told together.");
    }
    let says = format!("The file has only half of a credential, which lets nobody in: {}.", halves.join(", "));
    WHOLE.fail(says, Whom::You, "Add the other half to the file, as ${NAME} if it is a secret, and set the variable.")
}

/// Whether a sandbox has told what the file does not.
fn is_told_by_a_sandbox(subject: &Subject) -> bool {
    subject.has("mailbox")
}

fn configured(subject: &Subject) -> Option<Finding> {
    Some(match subject.configured.as_ref()? {
        Ok(_) => CONFIGURED.ok("Its settings pass the rules of the console."),
        Err(problems) => {
            let says = format!("serve would refuse the settings of this customer: {problems}");
            CONFIGURED.fail(says, Whom::You, "Correct them; examples/serve.toml documents every setting.")
        }
    })
}

fn literal(subject: &Subject) -> Finding {
    if subject.literal.is_empty() {
        return LITERAL.ok("None is.");
    }
    let named = subject.literal.join(", ");
    if subject.origin == Origin::Serve {
        let says = format!(
            "The file itself holds a secret that a variable could hold: {named}. Whoever reads the file opens the database."
        );
        return LITERAL.warning(says, Whom::You, "Give it as HARVER_ICIMS_SEALING_PASSPHRASE and take it out of the file.");
    }
    let says =
        format!("The file itself holds secrets: {named}. Whoever gets the file, from a repository or a backup, gets them.");
    LITERAL.warning(says, Whom::You, "Write ${NAME} in their place, and set the variable where this is started.")
}

/// Only where the file holds a secret: others may read what is none.
#[cfg(unix)]
fn permissions(subject: &Subject) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = subject.file.as_ref()?;
    let holds_some = match subject.origin {
        Origin::Toml | Origin::Postman => !subject.literal.is_empty(),
        // The secrets of a sandbox open nothing but the sandbox.
        Origin::ReadyLine | Origin::Here => false,
        Origin::Serve => subject.settings().any(|(setting, _)| is_secret(setting)),
    };
    let mode = std::fs::metadata(file).ok()?.permissions().mode();
    Some(match (holds_some, mode & 0o077) {
        (true, 0) => PERMISSIONS.ok("Its owner alone may read it."),
        (true, _) => {
            let says = format!("Others on this machine may read the secrets in the file (mode {:03o}).", mode & 0o777);
            PERMISSIONS.warning(says, Whom::You, format!("chmod 600 {}", file.display()))
        }
        (false, _) => PERMISSIONS.ok("It holds no secret but those of a sandbox."),
    })
}

#[cfg(not(unix))]
fn permissions(_: &Subject) -> Option<Finding> {
    None
}

fn winning(patient: &Patient<'_>) -> Finding {
    let set: Vec<&str> =
        WINNING.into_iter().filter(|name| patient.variables.get(*name).is_some_and(|value| !value.is_empty())).collect();
    // A passphrase that is given as a variable is where it belongs.
    let beside: Vec<&str> = set.into_iter().filter(|name| *name != "HARVER_ICIMS_SEALING_PASSPHRASE").collect();
    if beside.is_empty() {
        return WINS.ok("None is set.");
    }
    let says = format!(
        "{} is set in this process and wins over files: the programs that are started here do not do what the file says.",
        beside.join(" and ")
    );
    WINS.warning(says, Whom::You, format!("unset {}, unless it is meant.", beside.join(" ")))
}
