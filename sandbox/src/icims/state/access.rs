//! Who the customer is, in which region its data is, how often and from where its API may be called.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{CustomerState, Refusal};

/// How many ranges an allowlist may have (*assumed*).
const ALLOWLIST_LIMIT: usize = 200;

/// Who the customer is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CustomerInfo {
    /// The numeric customer id.
    pub id: u64,
    /// The company's name.
    pub name: String,
    /// The name in host names, such as `brightwater`.
    pub slug: String,
    /// How many API calls a UTC day has.
    pub daily_calls: u64,
    /// Where the customer's data is.
    #[serde(default)]
    pub region: Region,
}

impl CustomerInfo {
    /// A customer in the United States with the standard allowance of API calls (icims-api 4).
    #[must_use]
    pub fn new(id: u64, name: String, slug: String) -> Self {
        Self { id, name, slug, daily_calls: 10_000, region: Region::Us }
    }
}

/// Where a customer's data is, which decides the audience that tokens must be asked for (icims-api 1.1, 2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// United States.
    #[default]
    Us,
    /// European Union.
    Eu,
    /// Canada.
    Ca,
}

impl Region {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Us, Self::Eu, Self::Ca];

    /// The audiences that name the region's API, each with its trailing slash. That of the United States is documented, the others are
    /// *assumed*: the regional host in the same form, for Canada both hosts that are guessed.
    #[must_use]
    pub fn audiences(self) -> &'static [&'static str] {
        match self {
            Self::Us => &["https://api.icims.com/v1/"],
            Self::Eu => &["https://api-eu.icims.com/v1/"],
            Self::Ca => &["https://api.icims.ca/v1/", "https://api-ca.icims.com/v1/"],
        }
    }

    /// The region whose API an audience names.
    #[must_use]
    pub fn of_audience(audience: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.audiences().contains(&audience))
    }
}

impl CustomerState {
    /// Changes how many API calls a UTC day has.
    pub fn allow_daily_calls(&mut self, calls: u64) {
        self.info.edit().daily_calls = calls;
    }

    /// Moves the customer's data to another region. Tokens for the old one are worth nothing there.
    pub fn move_to_region(&mut self, region: Region) {
        self.info.edit().region = region;
    }

    /// The addresses that may call the API; an empty list lets everybody in (icims-api 1.4).
    #[must_use]
    pub fn allowlist(&self) -> &[IpNet] {
        self.allowlist.get()
    }

    /// Replaces the addresses that may call the API.
    ///
    /// # Errors
    /// When there are too many.
    pub fn set_allowlist(&mut self, ranges: Vec<IpNet>) -> Result<(), Refusal> {
        if ranges.len() > ALLOWLIST_LIMIT {
            return Err(Refusal::Invalid("allowlist".into()));
        }
        *self.allowlist.edit() = ranges;
        Ok(())
    }

    /// Whether a call may come from here. Where it comes from is unknown only when no socket is involved.
    #[must_use]
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        let ranges = self.allowlist.get();
        // A socket that takes both families shows IPv4 callers as mapped IPv6 addresses.
        ranges.is_empty() || address.is_some_and(|address| ranges.iter().any(|range| range.contains(&address.to_canonical())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::state::fixture::platform;

    #[test]
    fn an_empty_allowlist_admits_everybody_and_another_one_only_its_ranges() {
        let mut state = platform().state;
        let check = |state: &CustomerState, address: &str, expected: bool| {
            assert_eq!(state.admits(Some(address.parse().expect("an address"))), expected, "{address}");
        };
        check(&state, "203.0.113.7", true);
        assert!(state.admits(None));
        let ranges = ["203.0.113.0/29", "2001:db8::/32"].map(|range| range.parse().expect("a range"));
        state.set_allowlist(ranges.into()).expect("two ranges");
        check(&state, "203.0.113.7", true);
        check(&state, "::ffff:203.0.113.7", true);
        check(&state, "203.0.113.8", false);
        check(&state, "2001:db8::1", true);
        check(&state, "2001:db9::1", false);
        assert!(!state.admits(None));
    }

    #[test]
    fn every_audience_belongs_to_one_region() {
        for region in Region::ALL {
            for audience in region.audiences() {
                assert_eq!(Region::of_audience(audience), Some(region));
                assert_eq!(Region::of_audience(audience.trim_end_matches('/')), None, "the slash is part of it");
            }
        }
    }
}
