//! What is examined: addresses, credentials and settings, as far as they are told.
//!
//! All ways to tell them end in the same settings, named by their path such as `icims.base_url`: an environment for scenarios in TOML or
//! from Postman, the ready line of `up --json` or `sandbox`, the configuration of `serve`, and what a sandbox on this machine tells.

mod control;
mod customer;
mod read;
mod serve;

use std::collections::BTreeMap;
use std::path::PathBuf;

use url::{Host, Url};

pub(super) use customer::Wanting;

use super::secrets::{Secrets, is_secret};
use crate::domain::Customer;

/// From where the settings come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An environment for scenarios, in TOML.
    Toml,
    /// The same from Postman.
    Postman,
    /// The line that `up --json` or `sandbox` has printed.
    ReadyLine,
    /// The configuration of `serve`.
    Serve,
    /// No file: what listens on this machine.
    Here,
}

impl Origin {
    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Toml => "an environment in TOML",
            Self::Postman => "an environment of Postman",
            Self::ReadyLine => "the ready line of a sandbox",
            Self::Serve => "a configuration of serve",
            Self::Here => "what listens on this machine",
        }
    }
}

/// A text that names a variable of the process that is not set, or cannot be read for another reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfilled {
    pub(super) setting: String,
    pub(super) reason: String,
}

/// What is examined.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(super) origin: Origin,
    /// The file, where there is one.
    pub(super) file: Option<PathBuf>,
    /// The settings by their paths, with the variables filled in.
    settings: BTreeMap<String, String>,
    /// Secrets that stand in the file as they are.
    pub(super) literal: Vec<String>,
    /// Settings that could not be filled in.
    pub(super) unfilled: Vec<Unfilled>,
    /// Settings that nobody reads.
    pub(super) unread: Vec<String>,
    /// The customer of a configuration of `serve`, or what is wrong with it.
    pub(super) configured: Option<Result<Box<Customer>, String>>,
    /// Why control did not tell what it was asked for.
    pub(super) untold: Option<String>,
}

impl Subject {
    fn empty(origin: Origin, file: Option<PathBuf>) -> Self {
        Self {
            origin,
            file,
            settings: BTreeMap::new(),
            literal: Vec::new(),
            unfilled: Vec::new(),
            unread: Vec::new(),
            configured: None,
            untold: None,
        }
    }

    /// A setting; `None` where it is not told or empty.
    pub(super) fn text(&self, setting: &str) -> Option<&str> {
        self.settings.get(setting).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// An address; `None` where it is not told or none.
    pub(super) fn url(&self, setting: &str) -> Option<Url> {
        self.text(setting)?.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host())
    }

    /// The settings with their values, in the order of their names.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(setting, value)| (setting.as_str(), value.as_str()))
    }

    /// Whether anything below a section is told.
    pub(super) fn has(&self, section: &str) -> bool {
        self.settings.keys().any(|setting| setting.starts_with(&format!("{section}.")))
    }

    /// The file as people call it.
    pub(super) fn file_name(&self) -> String {
        self.file.as_ref().map_or_else(|| self.origin.words().to_owned(), |file| file.display().to_string())
    }

    /// In words, for the verdict.
    #[must_use]
    pub(crate) fn words(&self) -> String {
        match (self.text("icims.customer_id"), self.text("name")) {
            (Some(customer), Some(name)) => format!("{name}, customer {customer}"),
            (Some(customer), None) => format!("customer {customer}"),
            (None, Some(name)) => name.to_owned(),
            (None, None) => self.file_name(),
        }
    }

    /// What must be shown to nobody.
    #[must_use]
    pub(crate) fn secrets(&self) -> Secrets {
        let secrets = self.settings.iter().filter(|(setting, _)| is_secret(setting)).map(|(_, value)| value.clone());
        // A password in an address is one, too.
        let in_addresses = self.settings.values().filter_map(|value| Some(Url::parse(value).ok()?.password()?.to_owned()));
        Secrets::of(secrets.chain(in_addresses))
    }

    /// Whether it is meant to be a rehearsal: a sandbox is named, or an address on this machine.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.has("control")
            || ["icims.base_url", "platform.base_url"].into_iter().filter_map(|at| self.url(at)).any(|url| is_near(&url))
    }

    fn put(&mut self, setting: impl Into<String>, value: impl Into<String>) {
        self.settings.insert(setting.into(), value.into());
    }
}

/// Whether an address is on this machine, or a name without a dot, as containers have them for each other.
pub(super) fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_unspecified() || address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => is_near_name(name),
        None => false,
    }
}

/// The same for a name.
pub(super) fn is_near_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.')
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
