//! What the configured key is for: secrets at rest are sealed with it, links of ours are signed. It is never stored beside them.

use chacha20poly1305::aead::{Aead, Generate, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::StoreError;

const NONCE: usize = 24;

/// The key that seals secrets (XChaCha20-Poly1305, a random nonce in front of each) and signs links (HMAC-SHA256).
pub struct SealingKey {
    cipher: XChaCha20Poly1305,
    signer: Hmac<Sha256>,
}

impl SealingKey {
    /// The key that belongs to a configured passphrase of high entropy.
    ///
    /// The passphrase is generated, not remembered by a person, so one hash is enough; the configuration says how to make one.
    #[must_use]
    pub fn from_passphrase(passphrase: &SecretString) -> Self {
        let digest: [u8; 32] = Sha256::digest(passphrase.expose_secret().as_bytes()).into();
        Self::new(&Key::from(digest))
    }

    /// A key for this process only: what it seals is lost with it.
    #[must_use]
    pub fn for_this_process() -> Self {
        Self::new(&Key::generate())
    }

    fn new(key: &Key) -> Self {
        // The two uses have keys of their own: what is signed tells nothing about what is sealed.
        let derived = mac(key).chain_update(b"links").finalize().into_bytes();
        Self { cipher: XChaCha20Poly1305::new(key), signer: mac(&derived) }
    }

    pub(super) fn sign(&self, text: &str) -> String {
        let signature = self.signer.clone().chain_update(text).finalize().into_bytes();
        signature.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        bool::from(self.sign(text).as_bytes().ct_eq(signature.as_bytes()))
    }

    pub(super) fn seal(&self, secret: &SecretString) -> Vec<u8> {
        let nonce = XNonce::generate();
        let sealed =
            self.cipher.encrypt(&nonce, secret.expose_secret().as_bytes()).expect("a secret is far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<SecretString, StoreError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(StoreError::WrongKey)?;
        let opened = self.cipher.decrypt(&XNonce::from(*nonce), text).map_err(|_| StoreError::WrongKey)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| StoreError::WrongKey)
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any length is a key")
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

    #[test]
    fn a_signature_holds_for_one_text_and_one_key() {
        let key = SealingKey::from_passphrase(&"correct horse".into());
        let signature = key.sign("selection 1");
        assert!(key.has_signed("selection 1", &signature));
        assert!(!key.has_signed("selection 11", &signature));
        assert!(!key.has_signed("selection 1", &signature[1..]) && !key.has_signed("selection 1", ""));
        assert!(!SealingKey::from_passphrase(&"battery staple".into()).has_signed("selection 1", &signature));
    }
}
