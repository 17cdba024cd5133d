//! What a server keeps of a password for SCRAM, and how it is made (RFC 5802 §3). The keys are no password,
//! but whoever has them can answer as the server, so they are treated as secret.

use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::super::{SaslError, prepare};
use super::MINIMUM_ITERATIONS;

/// Octets of SHA-256.
pub(super) const KEY_LENGTH: usize = digest::SHA256_OUTPUT_LEN;
pub(super) type Key = [u8; KEY_LENGTH];

/// The stored half of an account's SCRAM secret.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ScramKeys {
    /// Random octets, 16 or more.
    pub salt: Vec<u8>,
    /// Rounds of PBKDF2.
    pub iterations: u32,
    /// `H(ClientKey)`.
    pub stored_key: [u8; KEY_LENGTH],
    /// `HMAC(SaltedPassword, "Server Key")`.
    pub server_key: [u8; KEY_LENGTH],
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// Makes the keys of a password. Takes milliseconds of CPU: never on an async thread.
///
/// # Errors
/// [`SaslError::Forbidden`] for a password that SASLprep refuses, [`SaslError::Iterations`] below
/// [`MINIMUM_ITERATIONS`].
pub fn derive(password: &str, salt: &[u8], iterations: u32) -> Result<ScramKeys, SaslError> {
    if iterations < MINIMUM_ITERATIONS {
        return Err(SaslError::Iterations);
    }
    let salted = salted_password(password, salt, iterations)?;
    let client_key = Zeroizing::new(sign(&*salted, b"Client Key"));
    Ok(ScramKeys {
        salt: salt.to_vec(),
        iterations,
        stored_key: hash(&*client_key),
        server_key: sign(&*salted, b"Server Key"),
    })
}

impl ScramKeys {
    /// Keys for a name that has no account: always the same for the same name, so that the salt does not
    /// betray it (RFC 5802 §9), and never satisfied by any proof that can be found. `secret` is the server's own.
    #[must_use]
    pub fn decoy(secret: &[u8], user: &str, iterations: u32) -> Self {
        let seed = |purpose: &[u8]| {
            let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
            context.update(purpose);
            context.update(user.as_bytes());
            to_key(context.sign().as_ref())
        };
        Self {
            salt: seed(b"salt")[..16].to_vec(),
            iterations,
            stored_key: seed(b"stored"),
            server_key: seed(b"server"),
        }
    }
}

/// `Hi(Normalize(password), salt, i)`, which is PBKDF2 (RFC 5802 §2.2).
pub(super) fn salted_password(
    password: &str,
    salt: &[u8],
    iterations: u32,
) -> Result<Zeroizing<Key>, SaslError> {
    let prepared = Zeroizing::new(prepare::prepare(password)?);
    let rounds = NonZeroU32::new(iterations).ok_or(SaslError::Iterations)?;
    let mut salted = Zeroizing::new([0; KEY_LENGTH]);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, prepared.as_bytes(), &mut *salted);
    Ok(salted)
}

/// `HMAC(key, text)`.
pub(super) fn sign(key: &[u8], text: &[u8]) -> Key {
    to_key(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref())
}

/// `H(text)`.
pub(super) fn hash(text: &[u8]) -> Key {
    to_key(digest::digest(&digest::SHA256, text).as_ref())
}

pub(super) fn xor(left: &Key, right: &Key) -> Key {
    std::array::from_fn(|index| left[index] ^ right[index])
}

fn to_key(octets: &[u8]) -> Key {
    let mut key = [0; KEY_LENGTH];
    key.copy_from_slice(octets);
    key
}
