//! The values of iCIMS's list that say how far an assessment is.

use std::fmt;
use std::str::FromStr;

use crate::domain::InvalidId;

/// A node of a list in iCIMS, such as `D37002019001`: `D` is delivered by iCIMS, `C` is the customer's own (assessment-flow.md 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListNodeId(String);

impl ListNodeId {
    /// The id with its letter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ListNodeId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let id = text.to_ascii_uppercase();
        let digits = id.strip_prefix(['C', 'D']).unwrap_or_default();
        if (1..=24).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(id));
        }
        Err(InvalidId::new("list node", text, "the letter C or D and digits, such as D37002019001"))
    }
}

impl fmt::Display for ListNodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Section Harver to ATS, tab Assessments: the node for each state of an assessment. They are defaulted (promise G16) with those that
/// iCIMS delivers to every tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultStatuses {
    /// The candidate has begun.
    pub in_progress: ListNodeId,
    /// The candidate has finished.
    pub complete: ListNodeId,
    /// Nothing will come of it; the notes say why.
    pub incomplete: ListNodeId,
}

impl Default for ResultStatuses {
    fn default() -> Self {
        let delivered = |id: &str| ListNodeId(id.into());
        Self {
            in_progress: delivered("D37002019003"),
            complete: delivered("D37002019001"),
            incomplete: delivered("D37002019002"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_a_letter_and_digits() {
        assert_eq!("c40188".parse::<ListNodeId>().expect("a node").as_str(), "C40188");
        for wrong in ["", "D", "40188", "E40188", "D4O188", "Complete"] {
            assert!(wrong.parse::<ListNodeId>().is_err(), "{wrong:?}");
        }
    }
}
