//! Everything random in the sandbox, derived from the seed and a label, so that the same seed gives the same bytes.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A stream of random values that depends on the seed and its label alone.
pub struct Chance(StdRng);

impl Chance {
    /// The stream for `label` under `seed`. Two labels give unrelated streams, whatever order they are drawn in.
    #[must_use]
    pub fn new(seed: u64, label: &str) -> Self {
        // FNV-1a: small, stable across releases and platforms, and not asked to be secret.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in seed.to_le_bytes().into_iter().chain(label.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self(StdRng::seed_from_u64(hash))
    }

    /// The generator itself, for `fake`.
    pub fn rng(&mut self) -> &mut StdRng {
        &mut self.0
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.draw(length, b"0123456789abcdef")
    }

    /// `length` letters and digits that cannot be mistaken for one another, for passwords and tokens.
    pub fn token(&mut self, length: usize) -> String {
        self.draw(length, b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    }

    /// `length` decimal digits.
    pub fn digits(&mut self, length: usize) -> String {
        self.draw(length, b"0123456789")
    }

    fn draw(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length).map(|_| char::from(alphabet[self.0.random_range(0..alphabet.len())])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_label_give_the_same_bytes() {
        assert_eq!(Chance::new(7, "customer 4021").token(40), Chance::new(7, "customer 4021").token(40));
    }

    #[test]
    fn another_seed_or_label_gives_other_bytes() {
        let one = Chance::new(7, "customer 4021").token(40);
        assert_ne!(one, Chance::new(8, "customer 4021").token(40));
        assert_ne!(one, Chance::new(7, "customer 4022").token(40));
    }
}
