//! What is said of a certificate, whoever has shown it.

use jiff::{SignedDuration, Timestamp};

use super::words::{capital, lower};
use crate::doctor::finding::{Finding, Subject as About, Whom};
use crate::doctor::tls::{Distrust, Shown};

/// From then on, people who renew certificates should know.
const RENEW_WITHIN: SignedDuration = SignedDuration::from_hours(21 * 24);
/// Judges what `who` has shown as `host`.
pub(super) fn judged(about: About, who: &str, host: &str, shown: &Shown, now: Timestamp) -> Finding {
    let left = shown.until.duration_since(now);
    let days = left.as_hours() / 24;
    let who = capital(who);
    let refuses = "so that the integration refuses to talk to it";
    match &shown.distrust {
        Some(Distrust::Expired) => {
            let says = format!("The certificate of {host} has expired {} days ago, {refuses}.", -days);
            about.fail(says, Whom::Network, format!("Please renew the certificate of {host}."))
        }
        Some(Distrust::NotYetValid) => {
            let says =
                format!("The certificate of {host} is not valid yet, {refuses}: its clock or that of this machine is wrong.");
            about.fail(says, Whom::You, "Look at the clock of this machine: timedatectl")
        }
        Some(Distrust::OtherName) => {
            let says = format!("The certificate of {host} is for other names ({}), {refuses}.", shown.names.join(", "));
            about.fail(
                says,
                Whom::You,
                format!("Call it by one of these names in the file, or have a certificate made for {host}."),
            )
        }
        Some(Distrust::UnknownIssuer) if shown.is_self_signed => {
            let says = format!("The certificate of {host} is self-signed, {refuses}.");
            let words = "Install a certificate of an authority; or add this one to the root certificates of the machine that the integration runs on.";
            about.fail(says, Whom::Network, words)
        }
        Some(Distrust::UnknownIssuer) => {
            let says = format!(
                "Nobody whom this machine trusts vouches for the certificate of {host}, {refuses}: an intermediate certificate is missing there, or a proxy opens TLS in between."
            );
            about.fail(
                says,
                Whom::Network,
                format!("Please serve the whole chain at {host}, or give us the root certificate of the proxy."),
            )
        }
        Some(Distrust::NoRoots) => {
            let says = "This machine has no root certificates, so that nobody is trusted and no https address can be called.";
            about.fail(says, Whom::You, "apt-get install ca-certificates")
        }
        Some(Distrust::Other(why)) => {
            let says = format!("The certificate of {host} cannot be used ({why}), {refuses}.");
            about.fail(says, Whom::Network, format!("Please look at the certificate of {host}."))
        }
        None if left < RENEW_WITHIN => {
            let says =
                format!("The certificate of {host} ends in {days} days; from then on {} is not called any more.", lower(&who));
            about.warning(says, Whom::Network, format!("Please renew the certificate of {host} before that."))
        }
        None => about.ok(format!("The certificate of {host} is trusted and valid for {days} days.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::{Group, Outcome};

    const ABOUT: About = About::new(Group::Network, "test", "A test");

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn a_certificate_is_told_before_it_ends() {
        let shown = |days: i64, distrust| Shown { until: at(days * 86_400), names: vec![], is_self_signed: false, distrust };
        for (shown, expected, says) in [
            (shown(90, None), Outcome::Ok, "valid for 90 days"),
            (shown(20, None), Outcome::Warning, "ends in 20 days"),
            (shown(-3, Some(Distrust::Expired)), Outcome::Fail, "has expired 3 days ago"),
            (shown(90, Some(Distrust::OtherName)), Outcome::Fail, "is for other names"),
        ] {
            let finding = judged(ABOUT, "iCIMS", "api.example", &shown, at(0));
            assert!(finding.outcome == expected && finding.says.contains(says), "{finding:?}");
        }
    }
}
