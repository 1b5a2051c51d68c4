//! The settings of the integration, as it tells them itself or its configuration does.

use reqwest::Method;

use super::Patient;
use crate::doctor::finding::{Finding, Group, Subject as About, Whom, of_enabling};
use crate::doctor::standing::{Asked, Standing};
use crate::doctor::subject::{Origin, Wanting};
use crate::domain::{Customer, Pattern};

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Integration, check, title)
}

const READY: About = about("integration-ready", "The integration is ready");
const ENABLED: About = about("integration-enabled", "The integration is enabled");
const PATTERNS: About = about("patterns", "An integration pattern is chosen");
const CONNECTED: About = about("integration-connection-to-icims", "The integration calls this iCIMS");
const CONNECTED_PLATFORM: About = about("integration-connection-to-harver", "The integration calls this platform");
const CONSOLE: About = about("console", "The console answers");

pub(super) async fn check(patient: &Patient<'_>, customer: &Result<Customer, Wanting>, asked: &Asked) -> Vec<Finding> {
    let told = match asked {
        Asked::Told(standing) => Some(&**standing),
        _ => None,
    };
    let return_page = async {
        match customer {
            Ok(customer) if told.is_some() || patient.subject.configured.is_some() => patient.checker.return_page(customer).await,
            _ => None,
        }
    };
    let (ready, console, return_page) = tokio::join!(ready(patient), console(patient), return_page);
    let mut findings: Vec<Finding> = ready.into_iter().chain(console).collect();
    match (told, customer) {
        (Some(told), _) => findings.extend(as_told(patient, told)),
        (None, Ok(customer)) if patient.subject.origin == Origin::Serve => {
            findings.extend([enabled(customer.enabled), patterns(&customer.patterns)]);
        }
        _ if matches!(asked, Asked::Elsewhere { .. } | Asked::TookAnything { .. } | Asked::ForbiddenFromHere) => {
            findings.push(ENABLED.ok("It takes events; what it is set to, only its own console tells."));
        }
        _ => {
            let says = "The integration did not tell how it is set, as it was not asked or did not let us in.";
            findings.push(ENABLED.unknown(
                says,
                Whom::You,
                "Mend what the group events says, or add [integration] start_url, username and password to the file.",
            ));
        }
    }
    findings.extend(return_page.map(|page| of_enabling(Group::Integration, page)));
    findings
}

fn as_told(patient: &Patient<'_>, told: &Standing) -> Vec<Finding> {
    let chosen: Vec<Pattern> =
        Pattern::ALL.into_iter().filter(|pattern| told.patterns.iter().any(|name| name == pattern.name())).collect();
    let mut findings = vec![enabled(told.enabled), patterns(&chosen)];
    let same = |about: About, setting: &str, used: &str, who: &str| {
        let named = patient.subject.url(setting)?;
        let same = used.parse().is_ok_and(|used: url::Url| used.origin() == named.origin());
        Some(if same {
            about.ok("It does.")
        } else {
            let says = format!(
                "The integration calls {who} at {used}, and the file names {}: what is examined here is not what it uses.",
                named.as_str().trim_end_matches('/')
            );
            about.fail(
                says,
                Whom::HarverAdmin,
                "Enter the right address under Credentials, Harver to ATS; or correct it in the file.",
            )
        })
    };
    match &told.icims_base_url {
        Some(used) => findings.extend(same(CONNECTED, "icims.base_url", used, "iCIMS")),
        None => findings.push(CONNECTED.fail(
            "No connection to iCIMS was entered in the integration: it refuses every event.",
            Whom::HarverAdmin,
            "Choose Edit ATS credentials under Credentials, Harver to ATS.",
        )),
    }
    findings.extend(same(CONNECTED_PLATFORM, "platform.base_url", &told.platform_base_url, "the platform"));
    findings
}

fn enabled(enabled: bool) -> Finding {
    if enabled {
        return ENABLED.ok("It is.");
    }
    let says = "The integration is disabled: it refuses every event, and recruiters see an error.";
    ENABLED.fail(
        says,
        Whom::HarverAdmin,
        "Enable it under Integration, General; it tries the preconditions first and says what is missing.",
    )
}

fn patterns(chosen: &[Pattern]) -> Finding {
    match chosen {
        [] => PATTERNS.fail(
            "No integration pattern is chosen, so that every event is refused.",
            Whom::HarverAdmin,
            "Choose ATS First Inline, ATS First Ad-Hoc or both under Integration, General.",
        ),
        [Pattern::Inline] => PATTERNS.warning(
            "Only ATS First Inline is chosen: recruiters who advance a candidate to Send to Harver see an error.",
            Whom::HarverAdmin,
            "Choose ATS First Ad-Hoc as well under Integration, General, if recruiters are to invite candidates.",
        ),
        [Pattern::AdHoc] => PATTERNS.ok("ATS First Ad-Hoc. Applications on the portal lead to no assessment."),
        both => PATTERNS.ok(both.iter().map(|pattern| pattern.label()).collect::<Vec<_>>().join(", ")),
    }
}

/// Only of ours: others need not have such an address.
async fn ready(patient: &Patient<'_>) -> Option<Finding> {
    let mut url = patient.subject.url("integration.start_url")?;
    url.set_path("/readyz");
    let answer = patient.clients.exchange(patient.clients.request(Method::GET, url)).await.ok()?;
    match answer.status.as_u16() {
        200 => Some(READY.ok("It says so.")),
        503 => Some(READY.fail(
            "The integration is not ready: its database does not answer.",
            Whom::You,
            "Look at its log and at the disk: df -h",
        )),
        _ => None,
    }
}

async fn console(patient: &Patient<'_>) -> Option<Finding> {
    let url = patient.subject.url("integration.console_url")?;
    let shown = url.to_string();
    Some(match patient.clients.exchange(patient.clients.request(Method::GET, url)).await {
        Ok(answer) if answer.status.as_u16() < 400 => CONSOLE.ok("It does."),
        Ok(answer) => CONSOLE.warning(
            format!(
                "The console answers {shown} with status {}, so that the Harver Admin cannot change anything.",
                answer.status.as_u16()
            ),
            Whom::You,
            "Correct integration.console_url in the file, or look at the log of the integration.",
        ),
        Err(error) => CONSOLE.warning(
            format!("The console does not answer at {shown} ({error}), so that the Harver Admin cannot change anything."),
            Whom::You,
            "Start the integration, or correct integration.console_url in the file.",
        ),
    })
}
