//! Whether everybody who is called can be reached: name, connection, certificate, answer, clock, for each alone.

use std::net::SocketAddr;

use reqwest::Method;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::words::capital;
use super::{PATIENCE, Patient, certificate, clock};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::subject::is_near;
use crate::doctor::tls;

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Network, check, title)
}

const PROXIES: About = about("proxies", "No proxy stands between the integration and its neighbours");

/// Somebody who is called.
struct Neighbour {
    setting: &'static str,
    who: &'static str,
    name: About,
    connection: About,
    certificate: About,
    answer: About,
    clock: About,
}

const NEIGHBOURS: [Neighbour; 4] = [
    Neighbour {
        setting: "icims.base_url",
        who: "iCIMS",
        name: about("icims-name", "The name of iCIMS is known"),
        connection: about("icims-connection", "iCIMS takes connections"),
        certificate: about("icims-certificate", "The certificate of iCIMS is trusted"),
        answer: about("icims-answer", "iCIMS answers over HTTP"),
        clock: about("icims-clock", "iCIMS and this machine have the same time"),
    },
    Neighbour {
        setting: "icims.token_url",
        who: "the token server of iCIMS",
        name: about("token-server-name", "The name of the token server is known"),
        connection: about("token-server-connection", "The token server takes connections"),
        certificate: about("token-server-certificate", "The certificate of the token server is trusted"),
        answer: about("token-server-answer", "The token server answers over HTTP"),
        clock: about("token-server-clock", "Token server and this machine have the same time"),
    },
    Neighbour {
        setting: "platform.base_url",
        who: "the Harver platform",
        name: about("platform-name", "The name of the Harver platform is known"),
        connection: about("platform-connection", "The Harver platform takes connections"),
        certificate: about("platform-certificate", "The certificate of the Harver platform is trusted"),
        answer: about("platform-answer", "The Harver platform answers over HTTP"),
        clock: about("platform-clock", "Harver platform and this machine have the same time"),
    },
    Neighbour {
        setting: "integration.start_url",
        who: "the integration",
        name: about("integration-name", "The name of the integration is known"),
        connection: about("integration-connection", "The integration takes connections"),
        certificate: about("integration-certificate", "The certificate of the integration is trusted"),
        answer: about("integration-answer", "The integration answers over HTTP"),
        clock: about("integration-clock", "Integration and this machine have the same time"),
    },
];

pub(super) async fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let [icims, token_server, platform, integration] = &NEIGHBOURS;
    let (icims, token_server, platform, integration) =
        tokio::join!(at(patient, icims), at(patient, token_server), at(patient, platform), at(patient, integration));
    let mut findings = vec![proxies(patient)];
    [icims, token_server, platform, integration].into_iter().for_each(|found| findings.extend(found));
    findings
}

async fn at(patient: &Patient<'_>, neighbour: &Neighbour) -> Vec<Finding> {
    let Neighbour { setting, who, .. } = neighbour;
    if patient.subject.text(setting).is_none() {
        let Some((section, key)) = setting.split_once('.').filter(|_| *setting != "icims.token_url") else {
            // Who signs in with a user name has no token server.
            return Vec::new();
        };
        return vec![neighbour.connection.not_told(&format!("where {who} is"), &format!("[{section}] {key}"))];
    }
    let Some(url) = patient.subject.url(setting) else {
        let says = format!("{setting} is no address of a web service, so that {who} cannot be called.");
        return vec![neighbour.name.fail(
            says,
            Whom::You,
            "Correct it in the file: it begins with https://, or with http:// on this machine.",
        )];
    };
    let directly = async {
        match patient.clients.proxy_to(&url) {
            Some(proxy) => {
                let says = format!("{} is called through the proxy {proxy}, which looks the name up itself.", capital(who));
                vec![neighbour.connection.ok(says)]
            }
            None => on_the_wire(patient, neighbour, &url).await,
        }
    };
    let (mut findings, answered) = tokio::join!(directly, over_http(patient, neighbour, &url));
    // Whoever cannot be reached at all has that told once.
    if findings.iter().all(|finding| finding.mend.is_none()) || answered.iter().all(|finding| finding.mend.is_none()) {
        findings.extend(answered);
    }
    findings
}

async fn on_the_wire(patient: &Patient<'_>, neighbour: &Neighbour, url: &Url) -> Vec<Finding> {
    let who = neighbour.who;
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let addresses: Vec<SocketAddr> = match timeout(PATIENCE, tokio::net::lookup_host((host.trim_matches(['[', ']']), port))).await
    {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) => Vec::new(),
        Err(_) => {
            let says = format!(
                "The name {host} was not looked up within {} seconds, so that {who} cannot be called.",
                PATIENCE.as_secs()
            );
            return vec![neighbour.name.fail(
                says,
                Whom::Network,
                "Which name server does this machine use, and does it answer?",
            )];
        }
    };
    if addresses.is_empty() {
        let says = format!("Nobody knows the name {host}, so that {who} cannot be called.");
        let words = format!(
            "Correct {} in the file, or see to it that this machine can look the name up: getent hosts {host}",
            neighbour.setting
        );
        return vec![neighbour.name.fail(says, Whom::You, words)];
    }
    let mut findings = vec![neighbour.name.ok(format!(
        "{host} has {} {}.",
        addresses.len(),
        if addresses.len() == 1 { "address" } else { "addresses" }
    ))];
    let mut last = "it was not tried".to_owned();
    for address in addresses {
        match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                findings.push(neighbour.connection.ok(format!("{} takes connections at {address}.", capital(who))));
                findings.push(shown_certificate(patient, neighbour, url, address).await);
                return findings;
            }
            Ok(Err(error)) => last = error.to_string(),
            Err(_) => {
                last = format!("no connection within {} seconds", PATIENCE.as_secs());
                break;
            }
        }
    }
    let says = format!("Nothing listens at {host} port {port} for this machine ({last}), so that {who} cannot be called.");
    let (whom, words) = if is_near(url) {
        (Whom::You, format!("Start it, or correct {} in the file.", neighbour.setting))
    } else {
        (Whom::Network, format!("Please let this machine connect to {host}, port {port}."))
    };
    findings.push(neighbour.connection.fail(says, whom, words));
    findings
}

async fn shown_certificate(patient: &Patient<'_>, neighbour: &Neighbour, url: &Url, address: SocketAddr) -> Finding {
    let (about, who) = (neighbour.certificate, neighbour.who);
    let host = url.host_str().unwrap_or_default();
    if url.scheme() != "https" {
        if is_near(url) {
            return about.ok("It is on this machine or beside it, and called without TLS.");
        }
        let says = format!(
            "{} is called without TLS: credentials and personal data travel readable for everybody in between.",
            capital(who)
        );
        return about.fail(says, Whom::You, format!("Let {} begin with https://.", neighbour.setting));
    }
    match timeout(PATIENCE, tls::look_at(address, host)).await {
        Ok(Ok(shown)) => certificate::judged(about, who, host, &shown, patient.clock.now()),
        Ok(Err(why)) => {
            let says =
                format!("{} takes the connection and speaks no TLS ({why}), so that no request gets through.", capital(who));
            about.fail(says, Whom::Network, format!("What answers at {host}? It should speak TLS 1.2 or 1.3."))
        }
        Err(_) => {
            let says =
                format!("{} takes the connection and does not shake hands within {} seconds.", capital(who), PATIENCE.as_secs());
            about.fail(
                says,
                Whom::Network,
                format!("What stands between this machine and {host}? Connections are taken and not answered."),
            )
        }
    }
}

async fn over_http(patient: &Patient<'_>, neighbour: &Neighbour, url: &Url) -> Vec<Finding> {
    let who = capital(neighbour.who);
    let mut asked = url.clone();
    // Without credentials: whether somebody answers, and at what time, is all that is asked.
    asked.set_query(None);
    let before = patient.clock.now();
    let answer = match patient.clients.exchange(patient.clients.request(Method::GET, asked)).await {
        Ok(answer) => answer,
        Err(error) => {
            let says = format!("{who} does not answer over HTTP: {error}.");
            let (whom, words) = match (error.proxy(), is_near(url)) {
                (Some(_), _) => (
                    Whom::Network,
                    format!("Please let {} through the proxy, or list it in NO_PROXY.", url.host_str().unwrap_or_default()),
                ),
                (None, true) => (Whom::You, "Restart it and look at its log.".to_owned()),
                (None, false) => (
                    Whom::Network,
                    format!("Please look whether {} answers, and what stands in between.", url.host_str().unwrap_or_default()),
                ),
            };
            return vec![neighbour.answer.fail(says, whom, words)];
        }
    };
    let status = answer.status.as_u16();
    let answered = if answer.status.is_server_error() {
        let says = format!("{who} is in trouble: it answers with status {status}.");
        neighbour.answer.warning(says, Whom::You, "Try again in a few minutes; if it stays like this, ask whoever runs it.")
    } else {
        neighbour.answer.ok(format!("It answers, with status {status} to a request without credentials."))
    };
    let date = answer.header("date").and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let clock = date.map(|date| clock::skew(neighbour.clock, &who, date.timestamp(), before, patient.clock.now()));
    std::iter::once(answered).chain(clock).collect()
}

fn proxies(patient: &Patient<'_>) -> Finding {
    const NAMES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let set: Vec<&str> =
        NAMES.into_iter().filter(|name| patient.variables.get(*name).is_some_and(|value| !value.is_empty())).collect();
    if set.is_empty() {
        return PROXIES.ok("No variable names one.");
    }
    let through = NEIGHBOURS.iter().filter_map(|neighbour| {
        let url = patient.subject.url(neighbour.setting)?;
        Some(format!("{} through {}", neighbour.who, patient.clients.proxy_to(&url)?))
    });
    let through: Vec<String> = through.collect();
    let named = set.join(", ");
    if through.is_empty() {
        return PROXIES.ok(format!("{named} names one; nobody here is called through it."));
    }
    let says = format!(
        "A proxy is set for this process ({named}), and programs that are started here call {}: events and credentials pass through it.",
        through.join(", ")
    );
    PROXIES.warning(says, Whom::You, "If that is not meant, list the hosts in NO_PROXY, or unset the variable.")
}
