//! Whether a version may be deployed: what is known of it and of everybody whom it would meet, and what that comes to.
//!
//! [`of_matrix`] reads what a broker says, [`of_results`] what lies in a repository. Both make a [`Decision`], which is a yes only where
//! everything was tried and everything was kept. A broker's own yes is needed, and is not enough.

mod matrix;
mod results;

pub use matrix::of_matrix;
pub use results::{Kept, Results, of_results};

use crate::verdict::Verdict;

/// What is known of two versions together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Everything was tried, and kept.
    Kept,
    /// Something was tried, and not kept.
    Broken,
    /// Not everything was tried.
    Unknown,
}

/// One pair of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What is known of it.
    pub known: Known,
    /// Which two, and why.
    pub says: String,
}

/// What all pairs come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Each pair of versions that would meet.
    pub pairs: Vec<Pair>,
    /// Why it is no yes, beside what the pairs say.
    pub objections: Vec<Pair>,
    /// Whether a broker has said yes because there is nobody to get on with.
    pub is_alone: bool,
    /// Whether that is enough.
    may_be_alone: bool,
}

impl Decision {
    /// Notes a pair.
    fn pair(&mut self, known: Known, says: String) {
        self.pairs.push(Pair { known, says });
    }

    /// Notes what is wrong beside the pairs.
    fn object(&mut self, known: Known, says: String) {
        self.objections.push(Pair { known, says });
    }

    fn has(&self, known: Known) -> bool {
        self.pairs.iter().chain(&self.objections).any(|one| one.known == known)
    }

    /// The same where nobody has to be there yet, as before the first deploy of all.
    #[must_use]
    pub fn where_nobody_may_be(mut self) -> Self {
        self.may_be_alone = true;
        self
    }

    /// A yes only where there is something to say yes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match () {
            () if self.has(Known::Broken) => Verdict::Failed,
            () if self.has(Known::Unknown) => Verdict::LeftOut,
            () if self.pairs.is_empty() && !(self.is_alone && self.may_be_alone) => Verdict::LeftOut,
            () => Verdict::Passed,
        }
    }

    /// How many pairs are well, and how many there are.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.pairs.iter().filter(|pair| pair.known == Known::Kept).count(), self.pairs.len())
    }
}
