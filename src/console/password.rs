//! Passwords of admins: kept as argon2id hashes only.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

/// The hash of a password that nobody knows. It is verified when there is no such admin, so that an unknown address takes as long as
/// a wrong password.
pub(super) const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$+krR32KzvgJOXxK3bQ0gFA$8aYjm3g5Ii58f0p1bBjdhBE9WvY1Hr2x0Rmt/9ug0Ns";

/// The smallest parameters that OWASP's password storage cheat sheet accepts for argon2id: 19 MiB, 2 passes, 1 lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("these parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of a password, with a fresh salt, in the form that names its own parameters.
///
/// It takes some 20 ms of processor time and 19 MiB on purpose: in async code call it in `spawn_blocking`.
#[must_use]
pub(super) fn hash_password(password: &SecretString) -> String {
    hashed(&argon2(), password)
}

/// The hash of a password that everybody may read anyway, such as that of a sandbox's sample tenant: as cheap as argon2 allows, because
/// there is nothing to protect.
pub(super) fn hash_public_password(password: &SecretString) -> String {
    let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None).expect("they are the least");
    hashed(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params), password)
}

fn hashed(argon2: &Argon2<'_>, password: &SecretString) -> String {
    let hash: PasswordHash =
        argon2.hash_password(password.expose_secret().as_bytes()).expect("the system has random numbers for a salt");
    hash.to_string()
}

/// Whether a password is the one that was hashed. As slow as [`hash_password`]; a hash that cannot be read belongs to no password.
pub(super) fn is_password_of(password: &SecretString, hash: &str) -> bool {
    let verified = |hash: PasswordHash| argon2().verify_password(password.expose_secret().as_bytes(), &hash).is_ok();
    PasswordHash::new(hash).is_ok_and(verified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_has_the_hash() {
        let hash = hash_password(&"correct horse".into());
        assert!(is_password_of(&"correct horse".into(), &hash));
        assert!(!is_password_of(&"correct horse ".into(), &hash));
        assert!(!is_password_of(&"correct horse".into(), "no hash"));
    }

    #[test]
    fn the_same_password_is_salted_anew_each_time() {
        assert_ne!(hash_password(&"correct horse".into()), hash_password(&"correct horse".into()));
    }

    #[test]
    fn a_public_password_is_checked_like_any_other() {
        let hash = hash_public_password(&"correct horse".into());
        assert!(is_password_of(&"correct horse".into(), &hash));
        assert!(!is_password_of(&"correct horse ".into(), &hash));
    }

    #[test]
    fn nobodys_hash_costs_what_every_other_costs() {
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(NOBODYS), cost(&hash_password(&"correct horse".into())));
        assert!(PasswordHash::new(NOBODYS).is_ok(), "it can be verified");
    }
}
