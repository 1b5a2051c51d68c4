//! What somebody who signs in to the console may do.

use std::fmt;
use std::str::FromStr;

use crate::domain::InvalidId;

/// The roles of the console (promise G08).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Configures the integration, and everything below.
    HarverAdmin,
    /// Reads orders.
    Recruiter,
}

impl Role {
    /// Both.
    pub const ALL: [Self; 2] = [Self::HarverAdmin, Self::Recruiter];

    /// The name in settings and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HarverAdmin => "harver_admin",
            Self::Recruiter => "recruiter",
        }
    }

    /// The name that people see.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::HarverAdmin => "Harver Admin",
            Self::Recruiter => "Recruiter",
        }
    }
}

impl FromStr for Role {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| InvalidId::new("role", text, "\"harver_admin\" or \"recruiter\""))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
