//! Secrets at rest: sealed with a key that is configured, never stored beside them.

use chacha20poly1305::aead::{Aead, Generate, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::StoreError;

const NONCE: usize = 24;

/// The key that seals secrets (XChaCha20-Poly1305, a random nonce in front of each).
pub struct SealingKey(XChaCha20Poly1305);

impl SealingKey {
    /// The key that belongs to a configured passphrase of high entropy.
    ///
    /// The passphrase is generated, not remembered by a person, so one hash is enough; the configuration says how to make one.
    #[must_use]
    pub fn from_passphrase(passphrase: &SecretString) -> Self {
        let digest: [u8; 32] = Sha256::digest(passphrase.expose_secret().as_bytes()).into();
        Self(XChaCha20Poly1305::new(&Key::from(digest)))
    }

    /// A key for this process only: what it seals is lost with it.
    #[must_use]
    pub fn for_this_process() -> Self {
        Self(XChaCha20Poly1305::new(&Key::generate()))
    }

    pub(super) fn seal(&self, secret: &SecretString) -> Vec<u8> {
        let nonce = XNonce::generate();
        let sealed = self.0.encrypt(&nonce, secret.expose_secret().as_bytes()).expect("a secret is far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<SecretString, StoreError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(StoreError::WrongKey)?;
        let opened = self.0.decrypt(&XNonce::from(*nonce), text).map_err(|_| StoreError::WrongKey)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| StoreError::WrongKey)
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_with_the_same_passphrase_only() {
        let key = SealingKey::from_passphrase(&"correct horse".into());
        let sealed = key.seal(&"s3cret".into());
        assert!(!sealed.windows(6).any(|bytes| bytes == b"s3cret"));
        let again = SealingKey::from_passphrase(&"correct horse".into());
        assert_eq!(again.open(&sealed).expect("the same key").expose_secret(), "s3cret");
        let other = SealingKey::from_passphrase(&"battery staple".into());
        assert!(matches!(other.open(&sealed), Err(StoreError::WrongKey)));
        assert!(matches!(key.open(b"short"), Err(StoreError::WrongKey)));
    }
}
