//! What others call the parts, where that is not where they listen: behind another name, or a reverse proxy that speaks TLS.

use std::str::FromStr;

use url::Url;

use super::{HostName, StartError};
use crate::control::Addresses;

/// A part that has pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Overview, control and mailbox.
    Overview,
    /// The applicant tracking system.
    Icims,
    /// The integration, which whoever starts it has to tell.
    Integration,
    /// The assessment platform.
    Platform,
}

/// How a part is called in flags.
const PARTS: [(&str, Part); 4] =
    [("overview", Part::Overview), ("icims", Part::Icims), ("integration", Part::Integration), ("platform", Part::Platform)];

/// What others call a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// The part.
    pub part: Part,
    /// Its address: `http` or `https`, host, port if need be, nothing else.
    pub url: Url,
}

/// A text that does not say what a part is called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPublicUrl {
    /// There is no such part.
    #[error("write it like icims=https://icims.example.com; the parts are overview, icims, integration and platform")]
    NoPart,
    /// It is no address of a whole site.
    #[error(
        "{0:?} is no address of a whole site: http or https and a host, without user name, path and query, as every part has a host or a port of its own"
    )]
    NoSite(String),
}

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let (name, address) = text.split_once('=').ok_or(NotAPublicUrl::NoPart)?;
        let (_, part) = PARTS.into_iter().find(|(known, _)| *known == name.trim()).ok_or(NotAPublicUrl::NoPart)?;
        let no_site = || NotAPublicUrl::NoSite(address.to_owned());
        let url = Url::parse(address.trim()).map_err(|_| no_site())?;
        let whole =
            matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if whole && url.username().is_empty() && url.password().is_none() { Ok(Self { part, url }) } else { Err(no_site()) }
    }
}

/// The address of a part, if it has another one than where it listens.
///
/// # Errors
/// When two are given.
pub(super) fn of(urls: &[PublicUrl], part: Part) -> Result<Option<String>, StartError> {
    let mut found = urls.iter().filter(|public| public.part == part);
    let first = found.next().map(|public| public.url.as_str().trim_end_matches('/').to_owned());
    let name = PARTS.into_iter().find(|(_, known)| *known == part).map_or("", |(name, _)| name);
    if found.next().is_some() { Err(StartError::PublicUrlTwice { part: name }) } else { Ok(first) }
}

/// What others call everything that listens at these addresses.
///
/// # Errors
/// When two addresses are given for one part.
pub(super) fn addresses(urls: &[PublicUrl], listening: Addresses) -> Result<Addresses, StartError> {
    Ok(Addresses {
        control: of(urls, Part::Overview)?.unwrap_or(listening.control),
        icims: of(urls, Part::Icims)?.unwrap_or(listening.icims),
        platform: of(urls, Part::Platform)?.unwrap_or(listening.platform),
        smtp: listening.smtp,
    })
}

/// The names by which the parts are then called.
pub(super) fn hosts(urls: &[PublicUrl]) -> impl Iterator<Item = HostName> {
    urls.iter().filter_map(|public| public.url.host_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_and_its_address_are_read() {
        for (text, part, url) in [
            ("icims=https://ats.brightwater.example", Part::Icims, "https://ats.brightwater.example/"),
            ("overview=http://192.168.1.7:9400/", Part::Overview, "http://192.168.1.7:9400/"),
            ("platform=HTTPS://Harver.Test:443", Part::Platform, "https://harver.test/"),
            ("integration=http://[fd00::7]:1", Part::Integration, "http://[fd00::7]:1/"),
        ] {
            let public: PublicUrl = text.parse().expect(text);
            assert_eq!((public.part, public.url.as_str()), (part, url));
        }
    }

    #[test]
    fn what_is_no_part_or_no_whole_site_is_refused() {
        for wrong in ["https://icims.test", "mailbox=http://mail.test", "", "icims"] {
            assert_eq!(wrong.parse::<PublicUrl>(), Err(NotAPublicUrl::NoPart), "{wrong}");
        }
        for wrong in [
            "icims=icims.test",
            "icims=ftp://icims.test",
            "icims=http://icims.test/a",
            "icims=http://u@icims.test",
            "icims=http://x/?q",
        ] {
            assert!(matches!(wrong.parse::<PublicUrl>(), Err(NotAPublicUrl::NoSite(_))), "{wrong}");
        }
    }

    #[test]
    fn one_part_has_one_address() {
        let urls = ["icims=http://a.test", "platform=http://b.test", "icims=http://c.test"].map(|text| text.parse().expect(text));
        assert!(matches!(of(&urls, Part::Icims), Err(StartError::PublicUrlTwice { part: "icims" })));
        assert_eq!(of(&urls, Part::Platform).expect("one"), Some("http://b.test".into()));
        assert_eq!(of(&urls, Part::Overview).expect("none"), None);
    }
}
