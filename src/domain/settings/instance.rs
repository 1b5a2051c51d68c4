//! Which installation of Harver an account lives in.

use std::fmt;
use std::str::FromStr;

use crate::domain::InvalidId;

/// The two that the setup guide speaks of; their endpoints differ (promise G04).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Instance {
    /// The one whose endpoint the guide prints.
    #[default]
    Default,
    /// The one of the United States.
    Us,
}

impl Instance {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Default, Self::Us];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Us => "us",
        }
    }

    /// The name that people see.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Default => "default instance",
            Self::Us => "US instance",
        }
    }
}

impl FromStr for Instance {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let found = Self::ALL.into_iter().find(|instance| instance.name() == text);
        found.ok_or_else(|| InvalidId::new("instance", text, "\"default\" or \"us\""))
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
