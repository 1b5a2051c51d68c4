//! Whether a rehearsal reaches somebody real: addresses, credentials or mail of live systems beside simulated ones.

use url::Url;

use super::sandbox::is_named;
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::subject::{Origin, Subject, is_near, is_near_name};

const HOSTS: About = About::new(Group::Sandbox, "escape-hosts", "A rehearsal calls no live system");
const MAIL: About = About::new(Group::Sandbox, "escape-mail", "Mail of a rehearsal reaches nobody real");
const CREDENTIALS: About = About::new(Group::Sandbox, "escape-credentials", "Real credentials go to no simulated system");

/// Addresses that a run calls.
const CALLED: [&str; 6] = [
    "icims.base_url",
    "icims.token_url",
    "platform.base_url",
    "integration.start_url",
    "integration.console_url",
    "harver.link_url",
];
/// Names of live systems.
const LIVE: [&str; 6] = ["icims.com", "icims.eu", "icims.ca", "icims.tools", "harver.com", "harver-test.com"];
/// Domains that nobody has (RFC 2606 and RFC 6761).
const NOBODYS: [&str; 8] = ["example", "test", "invalid", "localhost", "example.com", "example.org", "example.net", "local"];

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    if !subject.is_rehearsal() {
        return Vec::new();
    }
    [Some(hosts(subject)), mail(subject), credentials(subject)].into_iter().flatten().collect()
}

fn is_below(name: &str, domains: &[&str]) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    domains.iter().any(|domain| name == *domain || name.ends_with(&format!(".{domain}")))
}

fn is_live(url: &Url) -> bool {
    url.host_str().is_some_and(|host| is_below(host, &LIVE))
}

fn hosts(subject: &Subject) -> Finding {
    let live: Vec<String> = CALLED
        .into_iter()
        .filter_map(|setting| Some((setting, subject.url(setting)?)))
        .filter(|(_, url)| is_live(url))
        .map(|(setting, url)| format!("{setting} is {}", url.host_str().unwrap_or_default()))
        .collect();
    if live.is_empty() {
        return HOSTS.ok("All addresses are those of simulated systems.");
    }
    let says = format!(
        "This is meant to be a rehearsal, as others are simulated, and a live system is named: {}. What is tried here would happen there.",
        live.join(", ")
    );
    HOSTS.fail(says, Whom::You, "Name the addresses of the sandbox, as its ready line has them; or none of it.")
}

/// Where mail is handed in, and to whom it is addressed.
fn mail(subject: &Subject) -> Option<Finding> {
    let host = subject.text("smtp.host");
    if let Some(host) = host.filter(|host| !is_near_name(host) && !is_below(host, &NOBODYS)) {
        let says = format!(
            "This is meant to be a rehearsal, and mail leaves by {host}, which is no mail server of a sandbox: test invitations reach real people."
        );
        return Some(MAIL.fail(says, Whom::You, "Name the mailbox of the sandbox: its ready line has it as mailbox.smtp."));
    }
    let address = subject.text("mail.address");
    if let Some(domain) = address
        .and_then(|address| address.rsplit_once('@'))
        .map(|(_, domain)| domain)
        .filter(|domain| !is_below(domain, &NOBODYS))
    {
        let says =
            format!("This is meant to be a rehearsal, and its candidates get addresses at {domain}, which may be somebody's.");
        return Some(MAIL.warning(says, Whom::You, "Let mail.address end in @example.org, or in a domain of your own."));
    }
    (host.is_some() || address.is_some()).then(|| MAIL.ok("It stays in the sandbox."))
}

/// Names that the sandbox draws for its users; whoever signs in there otherwise may have brought credentials of a live system.
fn credentials(subject: &Subject) -> Option<Finding> {
    if !is_named(subject) || subject.origin == Origin::ReadyLine || subject.origin == Origin::Here {
        return None;
    }
    let foreign: Vec<&str> =
        [("icims.base_url", "icims.username", "harver-api-"), ("platform.base_url", "platform.client_id", "harver-")]
            .into_iter()
            .filter(|(at, user, drawn)| {
                let is_there = subject.url(at).is_some_and(|url| is_near(&url));
                is_there && subject.text(user).is_some_and(|user| !user.starts_with(drawn))
            })
            .map(|(_, user, _)| user)
            .collect();
    if foreign.is_empty() {
        return Some(CREDENTIALS.ok("Those of the file are the sandbox's own."));
    }
    let says = format!(
        "{} looks like that of a live system and is sent to a simulated one, whose journal shows who calls.",
        foreign.join(" and ")
    );
    Some(CREDENTIALS.warning(says, Whom::You, "Use the credentials of the sandbox, as its ready line has them."))
}
