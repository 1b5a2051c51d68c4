//! Whether addresses belong to the same region: whoever calls the other one is not known there.

use url::Url;

use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::subject::Subject;

const ICIMS: About = About::new(Group::Icims, "icims-region", "The addresses of iCIMS belong to one region");
const HARVER: About =
    About::new(Group::Harver, "harver-instance", "Account, endpoint and platform belong to one instance of Harver");

/// Where iCIMS keeps the data of a customer; the hosts are those of icims-api.md 1.1.
fn region(url: &Url) -> Option<&'static str> {
    match url.host_str()? {
        "api.icims.com" | "login.icims.com" => Some("the United States"),
        "api-eu.icims.com" | "login.icims.eu" => Some("Europe"),
        "api.icims.ca" | "api-ca.icims.com" | "login.icims.ca" => Some("Canada"),
        _ => None,
    }
}

/// Of iCIMS, as far as the hosts are known.
pub(super) fn icims(subject: &Subject) -> Finding {
    let of = |setting: &str| subject.url(setting).as_ref().and_then(region);
    match (of("icims.base_url"), of("icims.token_url")) {
        (Some(api), Some(login)) if api != login => {
            let says = format!(
                "The API is that of {api} and the token server that of {login}: neither knows the customers of the other, and no token would open anything."
            );
            ICIMS.fail(says, Whom::IcimsAdmin, "Where are our data: in the United States, in Europe or in Canada? Please tell base URL and token URL of that region.")
        }
        (Some(region), _) | (None, Some(region)) => ICIMS.ok(format!("It is that of {region}.")),
        (None, None) => ICIMS.ok("The addresses are none of iCIMS's regions."),
    }
}

/// Of Harver: what the integration, its configuration and the hosts say.
pub(super) fn harver(subject: &Subject, told: Option<(&str, &str)>) -> Finding {
    if let Some((answers, account)) = told
        && answers != account
    {
        return apart(answers, account);
    }
    if let Some(Ok(customer)) = &subject.configured {
        let (service, account) = (subject.text("instance").unwrap_or("default"), customer.instance.name());
        if service != account {
            return apart(service, account);
        }
    }
    let is_test = |url: &Url| url.host_str().is_some_and(|host| host.ends_with(".harver-test.com"));
    let is_live = |url: &Url| url.host_str().is_some_and(|host| host.ends_with(".harver.com"));
    let (platform, start) = (subject.url("platform.base_url"), subject.url("integration.start_url"));
    if platform.as_ref().is_some_and(is_test) && start.as_ref().is_some_and(is_live) {
        let says =
            "The platform is Harver's test platform and the endpoint that of the live one, which does not know its accounts.";
        return HARVER.fail(says, Whom::HarverSupport, "Which endpoint belongs to our account on the test platform?");
    }
    HARVER.ok("Nothing says otherwise.")
}

fn apart(answers: &str, account: &str) -> Finding {
    let label = |name: &str| if name == "us" { "the US instance" } else { "the default instance" };
    let says = format!(
        "The account lives on {}, and {} answers at this endpoint: every event is refused there.",
        label(account),
        label(answers)
    );
    HARVER.fail(
        says,
        Whom::HarverSupport,
        format!("Which is the address of the start endpoint of {}? Our iCIMS administrator has to enter it.", label(account)),
    )
}
