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
