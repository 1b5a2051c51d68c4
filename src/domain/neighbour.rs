//! Whom the integration calls on a customer's behalf.

/// One of them. Each customer has its own: a breakdown of one customer's iCIMS says nothing of another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Neighbour {
    /// The customer's iCIMS.
    Icims,
    /// The Harver platform, with the customer's account.
    Harver,
    /// The mail server. All customers have the same one; it may still refuse what it is handed for one of them.
    Mail,
}

impl Neighbour {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Icims, Self::Harver, Self::Mail];

    /// The name under which it is stored and measured.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Icims => "icims",
            Self::Harver => "harver",
            Self::Mail => "mail",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|neighbour| neighbour.name() == name)
    }

    /// The name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Icims => "iCIMS",
            Self::Harver => "The Harver platform",
            Self::Mail => "The mail server",
        }
    }
}
