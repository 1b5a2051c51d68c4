//! The choices that a test leaves to chance, all of which follow from one number.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Choices that can be made again.
pub(crate) struct Chance {
    pub(crate) seed: u64,
    numbers: StdRng,
}

impl Chance {
    /// Those of `HARVER_ICIMS_SEED`, or others each time. Whoever draws from it says which seed it was when something goes wrong.
    pub(crate) fn of_this_run() -> Self {
        let given = std::env::var_os("HARVER_ICIMS_SEED");
        let given = given.map(|text| text.to_str().and_then(|text| text.parse().ok()).expect("HARVER_ICIMS_SEED is a number"));
        Self::of(given.unwrap_or_else(rand::random))
    }

    pub(crate) fn of(seed: u64) -> Self {
        Self { seed, numbers: StdRng::seed_from_u64(seed) }
    }

    /// A moment within so long.
    pub(crate) fn moment(&mut self, within: Duration) -> Duration {
        within.mul_f64(self.numbers.random())
    }

    /// One of these.
    pub(crate) fn one_of<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        &these[self.numbers.random_range(0..these.len())]
    }
}

#[test]
fn the_same_seed_makes_the_same_choices() {
    let choices = |seed| {
        let mut chance = Chance::of(seed);
        let moments: Vec<Duration> = (0..50).map(|_| chance.moment(Duration::from_millis(120))).collect();
        let letters: String = (0..50).map(|_| *chance.one_of(&['a', 'b', 'c'])).collect();
        (moments, letters)
    };
    assert_eq!(choices(7), choices(7));
    assert_ne!(choices(7).0, choices(8).0);
    assert_ne!(choices(7).1, choices(8).1);
    assert!(choices(7).0.iter().all(|moment| *moment < Duration::from_millis(120)));
}
