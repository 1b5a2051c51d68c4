//! What a seeded person has behind them, held as one number.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// A number from which home, work history, education, gender and résumé of a person are told when they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Life(NonZeroU32);

impl Life {
    /// The life with this number.
    #[must_use]
    pub const fn new(number: NonZeroU32) -> Self {
        Self(number)
    }

    /// One of so many choices: for the same question always the same one. Stored numbers rely on it, so it never changes.
    #[must_use]
    pub fn choose(self, question: &str, choices: usize) -> usize {
        // FNV-1a over the question, then the finalizer of SplitMix64: small, and the same on every platform.
        let begin = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(self.0.get());
        let mut hash = question.bytes().fold(begin, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((hash ^ (hash >> 31)) % choices.max(1) as u64).unwrap_or_default()
    }

    /// One item of a list that is not empty, as [`choose`](Self::choose).
    #[must_use]
    pub fn pick<T>(self, question: &str, items: &'static [T]) -> &'static T {
        &items[self.choose(question, items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_comes_up_about_equally_often_and_questions_are_unrelated() {
        let life = |number| Life::new(NonZeroU32::new(number).expect("not zero"));
        let mut found = [[0; 4]; 5];
        for number in 1..=2_000 {
            found[life(number).choose("street", 5)][life(number).choose("city", 4)] += 1;
        }
        assert!(found.iter().flatten().all(|count| (60..140).contains(count)), "{found:?}");
    }
}
