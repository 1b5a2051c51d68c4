//! What the configured keys are for: secrets and personal data at rest are sealed with them, links of ours are signed, addresses are
//! marked. They are never stored beside what they seal.

use std::fmt;

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::StoreError;

/// What every sealed value begins with: the version of the form.
const FORM: u8 = 1;
/// By how many bytes keys are told apart.
const NAME: usize = 4;
const NONCE: usize = 24;
const MARK: usize = 16;

/// Where a sealed value stands: the primary key of its row, and the column. It can be opened nowhere else, so that nobody who may write
/// into the database can put one person's in the place of another's.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) table: &'p str,
    pub(super) column: &'p str,
    pub(super) row: &'p dyn fmt::Display,
}

impl Place<'_> {
    /// What is authenticated with the value. The names of tables and columns have no points.
    fn bound(self) -> String {
        format!("{}.{}.{}", self.table, self.column, self.row)
    }
}

/// The key that seals (XChaCha20-Poly1305, a random nonce in front of each value), signs and marks (HMAC-SHA256), and those beside it that
/// open what is not sealed with it: the former one, and the one that comes next.
pub struct SealingKey {
    present: OneKey,
    former: Option<OneKey>,
    next: Option<OneKey>,
}

impl SealingKey {
    /// The key that belongs to a configured passphrase of high entropy.
    ///
    /// The passphrase is generated, not remembered by a person, so one hash is enough; the configuration says how to make one.
    #[must_use]
    pub fn from_passphrase(passphrase: &SecretString) -> Self {
        OneKey::from_passphrase(passphrase).into()
    }

    /// A key for this process only: what it seals is lost with it.
    #[must_use]
    pub fn for_this_process() -> Self {
        OneKey::new(&Key::generate()).into()
    }

    /// The same, which also opens what was sealed with the key before it.
    #[must_use]
    pub fn after(mut self, former: &SecretString) -> Self {
        self.former = self.unless_present(former);
        self
    }

    /// The same, which also opens what other replicas seal already with the key that comes next.
    #[must_use]
    pub fn before(mut self, next: &SecretString) -> Self {
        self.next = self.unless_present(next);
        self
    }

    fn unless_present(&self, passphrase: &SecretString) -> Option<OneKey> {
        Some(OneKey::from_passphrase(passphrase)).filter(|other| other.name != self.present.name)
    }

    fn all(&self) -> impl Iterator<Item = &OneKey> {
        std::iter::once(&self.present).chain(&self.former).chain(&self.next)
    }

    /// Whether there may be something that the former key has sealed.
    pub(super) fn follows_another(&self) -> bool {
        self.former.is_some()
    }

    /// Whether others may seal with the next key already.
    pub(super) fn is_followed(&self) -> bool {
        self.next.is_some()
    }

    /// Whether a value was sealed with the former key.
    pub(super) fn is_former(&self, sealed: &[u8]) -> bool {
        self.former.as_ref().is_some_and(|former| sealed.starts_with(&former.head()))
    }

    pub(super) fn seal(&self, place: Place<'_>, secret: &SecretString) -> Vec<u8> {
        self.present.seal(place, secret)
    }

    pub(super) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, StoreError> {
        let key = self.all().find(|key| sealed.starts_with(&key.head())).ok_or(StoreError::WrongKey)?;
        key.open(&sealed[1 + NAME..], place.bound().as_bytes())
    }

    /// What programs before version 16 of the file have sealed: without a head, and bound to no place.
    pub(super) fn open_unbound(&self, sealed: &[u8]) -> Result<SecretString, StoreError> {
        self.all().find_map(|key| key.open(sealed, b"").ok()).ok_or(StoreError::WrongKey)
    }

    pub(super) fn sign(&self, text: &str) -> String {
        self.present.sign(text)
    }

    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        self.all().fold(false, |is_ours, key| bool::from(key.sign(text).as_bytes().ct_eq(signature.as_bytes())) | is_ours)
    }

    /// What the same text always has, by which it is found again without being kept: a blind index.
    pub(super) fn mark(&self, text: &str) -> Vec<u8> {
        self.present.mark(text)
    }

    /// What the text has by any of the keys.
    pub(super) fn marks(&self, text: &str) -> [Vec<u8>; 3] {
        let by = |key: &Option<OneKey>| key.as_ref().unwrap_or(&self.present).mark(text);
        [self.mark(text), by(&self.former), by(&self.next)]
    }
}

impl From<OneKey> for SealingKey {
    fn from(present: OneKey) -> Self {
        Self { present, former: None, next: None }
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(***)")
    }
}

struct OneKey {
    name: [u8; NAME],
    cipher: XChaCha20Poly1305,
    signer: Hmac<Sha256>,
    marker: Hmac<Sha256>,
}

impl OneKey {
    fn from_passphrase(passphrase: &SecretString) -> Self {
        let digest: [u8; 32] = Sha256::digest(passphrase.expose_secret().as_bytes()).into();
        Self::new(&Key::from(digest))
    }

    fn new(key: &Key) -> Self {
        // Each use has a key of its own: what is signed tells nothing about what is sealed.
        let derived = |purpose: &str| mac(key).chain_update(purpose).finalize().into_bytes();
        let mut name = [0; NAME];
        name.copy_from_slice(&derived("name")[..NAME]);
        Self { name, cipher: XChaCha20Poly1305::new(key), signer: mac(&derived("links")), marker: mac(&derived("marks")) }
    }

    fn head(&self) -> [u8; 1 + NAME] {
        let [first, second, third, fourth] = self.name;
        [FORM, first, second, third, fourth]
    }

    fn seal(&self, place: Place<'_>, secret: &SecretString) -> Vec<u8> {
        let (nonce, bound) = (XNonce::generate(), place.bound());
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: bound.as_bytes() };
        let sealed = self.cipher.encrypt(&nonce, payload).expect("a secret is far below the cipher's limit");
        [&self.head()[..], &nonce, &sealed].concat()
    }

    /// Opens a nonce and what follows it.
    fn open(&self, sealed: &[u8], bound: &[u8]) -> Result<SecretString, StoreError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(StoreError::WrongKey)?;
        let opened = self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: bound });
        String::from_utf8(opened.map_err(|_| StoreError::WrongKey)?).map(SecretString::from).map_err(|_| StoreError::WrongKey)
    }

    fn sign(&self, text: &str) -> String {
        let signature = self.signer.clone().chain_update(text).finalize().into_bytes();
        signature.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn mark(&self, text: &str) -> Vec<u8> {
        self.marker.clone().chain_update(text).finalize().into_bytes()[..MARK].to_vec()
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any length is a key")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(passphrase: &str) -> SealingKey {
        SealingKey::from_passphrase(&passphrase.into())
    }

    const HERE: Place<'_> = Place { table: "customers", column: "harver_sealed", row: &4021 };

    #[test]
    fn a_secret_is_read_back_with_the_same_passphrase_only() {
        let sealed = key("correct horse").seal(HERE, &"s3cret".into());
        assert!(!sealed.windows(6).any(|bytes| bytes == b"s3cret"));
        assert_eq!(key("correct horse").open(HERE, &sealed).expect("the same key").expose_secret(), "s3cret");
        assert!(matches!(key("battery staple").open(HERE, &sealed), Err(StoreError::WrongKey)));
        for not_sealed in [&b"short"[..], b"", &sealed[..20], &sealed[1..]] {
            assert!(matches!(key("correct horse").open(HERE, not_sealed), Err(StoreError::WrongKey)));
        }
    }

    #[test]
    fn a_secret_is_read_back_in_its_own_place_only() {
        let key = key("correct horse");
        let sealed = key.seal(HERE, &"s3cret".into());
        for elsewhere in [Place { row: &402, ..HERE }, Place { column: "ats_sealed", ..HERE }, Place { table: "orders", ..HERE }]
        {
            assert!(matches!(key.open(elsewhere, &sealed), Err(StoreError::WrongKey)), "{}", elsewhere.bound());
        }
        assert!(key.open_unbound(&sealed[1 + NAME..]).is_err(), "nor without any");
    }

    #[test]
    fn what_the_former_and_the_next_key_have_sealed_and_signed_is_ours() {
        let (first, second) = ("correct horse", "battery staple");
        let sealed = key(first).seal(HERE, &"s3cret".into());
        let signature = key(first).sign("selection 1");
        for knows_both in [key(second).after(&first.into()), key(second).before(&first.into())] {
            assert_eq!(knows_both.open(HERE, &sealed).expect("one of its keys").expose_secret(), "s3cret");
            assert!(knows_both.has_signed("selection 1", &signature) && knows_both.marks("x").contains(&key(first).mark("x")));
            assert!(!knows_both.is_former(&knows_both.seal(HERE, &"s3cret".into())));
        }
        assert!(key(second).after(&first.into()).is_former(&sealed) && !key(second).before(&first.into()).is_former(&sealed));
        assert!(!key(second).has_signed("selection 1", &signature));
        assert!(!key(first).after(&first.into()).follows_another(), "the same key once more is none");
    }

    #[test]
    fn a_signature_holds_for_one_text() {
        let key = key("correct horse");
        let signature = key.sign("selection 1");
        assert!(key.has_signed("selection 1", &signature));
        assert!(!key.has_signed("selection 11", &signature));
        assert!(!key.has_signed("selection 1", &signature[1..]) && !key.has_signed("selection 1", ""));
        assert_ne!(key.mark("selection 1"), key.mark("selection 11"));
    }
}
