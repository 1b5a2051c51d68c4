//! What a scenario needs of the place where it is run, and cannot do without.

use std::fmt;

use super::browser::Browsers;
use super::place::{Ground, OWN_WORLD};

/// Something that not every place has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A browser to drive.
    Browser,
    /// A world of its own, whose clock may be moved.
    OwnWorld,
}

impl Need {
    const ALL: [Self; 2] = [Self::Browser, Self::OwnWorld];

    /// The tag of scenarios that have the need.
    const fn tag(self) -> &'static str {
        match self {
            Self::Browser => "ui",
            Self::OwnWorld => OWN_WORLD,
        }
    }

    /// Those that are not met here.
    pub(super) fn unmet(ground: &Ground) -> Vec<Self> {
        let is_met = |need: &Self| match need {
            Self::Browser => Browsers::are_installed(),
            Self::OwnWorld => matches!(ground, Ground::Started(_)),
        };
        Self::ALL.into_iter().filter(|need| !is_met(need)).collect()
    }

    /// Whether a scenario with such tags has the need.
    pub(super) fn is_of(self, tags: &[String]) -> bool {
        tags.iter().any(|tag| tag == self.tag())
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Browser => "a browser (install the Debian packages chromium and chromium-driver)",
            Self::OwnWorld => "a world of its own, whose clock may be moved (leave --env out)",
        })
    }
}
