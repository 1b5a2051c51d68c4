//! Random words that let somebody in, and what is stored of them.

use sha2::{Digest, Sha256};

/// 32 random bytes as text: nobody guesses it.
#[must_use]
pub fn new_token() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// What is stored of a token: whoever reads the store cannot use it.
#[must_use]
pub fn hash_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A password that a person copies: 24 letters and digits, without those that look alike.
#[must_use]
pub fn new_password() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    (0..24).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_hash_is_not_the_token() {
        let token = new_token();
        assert_eq!(token.len(), 64);
        assert_ne!(hash_of(&token), token);
        assert_ne!(new_token(), token);
    }

    #[test]
    fn a_password_can_be_read_out() {
        let password = new_password();
        assert_eq!(password.len(), 24);
        assert!(!password.contains(['0', 'O', '1', 'l', 'I']), "{password}");
        assert_ne!(new_password(), password);
    }
}
