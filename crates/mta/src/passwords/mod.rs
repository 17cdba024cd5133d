//! Passwords: made into what an account stores, and checked. Argon2id for PLAIN and LOGIN, SCRAM keys for SCRAM;
//! the password itself is kept nowhere. All of this takes milliseconds on purpose: never on an async thread.
//!
//! [`check_strength`] says which ones may be chosen, [`elsewhere`] asks others about it, [`Host`] says what a check
//! may cost here, and [`devices`] are the app passwords.

pub mod devices;
pub mod elsewhere;
mod host;
pub mod leaked;
mod strength;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use postamt_mail::sasl::{SaslError, scram};
use postamt_store::accounts::{Account, OwnLimits, ScramKeys, SendAs};

pub use host::Host;
pub use strength::{Guessable, SHORTEST, Suggestion, Warning, Weakness, check_strength};

/// What a check costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory of Argon2id in KiB.
    pub memory_kib: u32,
    /// Passes of Argon2id.
    pub passes: u32,
    /// Rounds of PBKDF2 for SCRAM.
    pub rounds: u32,
}

impl Default for PasswordCost {
    /// The second recommendation of RFC 9106 §4 scaled to small machines (OWASP: 19 MiB, 2 passes), and PBKDF2
    /// rounds that phones still do in a tenth of a second. [`Host::cost`] fits it to a host.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, rounds: 50_000 }
    }
}

/// Why a password cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short, or too much like the login.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// Characters that SASLprep refuses.
    #[error("the password has characters that mail clients cannot send: {0}")]
    Characters(#[from] SaslError),
    /// The library failed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// Makes an account. Takes tens of milliseconds.
///
/// # Errors
/// [`PasswordError`]; strength is not checked here, see [`check_strength`].
pub fn make_account(
    name: &str,
    password: &str,
    send_as: Vec<SendAs>,
    now: u64,
    cost: PasswordCost,
) -> Result<Account, PasswordError> {
    let salt: [u8; 16] = rand::random();
    let keys = scram::derive(password, &salt, cost.rounds)?;
    // The same preparation as a login's, so that both spell the password alike.
    let prepared = postamt_mail::sasl::prepare::prepare(password)?;
    Ok(Account {
        name: name.to_lowercase(),
        password_hash: hash(&prepared, cost)?,
        scram: ScramKeys {
            salt: keys.salt.clone(),
            iterations: keys.iterations,
            stored_key: keys.stored_key,
            server_key: keys.server_key,
        },
        send_as,
        limits: OwnLimits::default(),
        enabled: true,
        created_at: now,
    })
}

fn argon2(cost: PasswordCost) -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The Argon2id hash of a password that is prepared already. Takes tens of milliseconds.
///
/// # Errors
/// The library fails.
pub fn hash(prepared: &str, cost: PasswordCost) -> Result<String, PasswordError> {
    let hash = argon2(cost)?
        .hash_password(prepared.as_bytes())
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// Compares a password with a stored hash; the cost is read from the hash.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// Memory in KiB and passes of a stored hash; `None` for one that is no Argon2id hash.
#[must_use]
pub fn cost_of(hash: &str) -> Option<(u32, u32)> {
    let params = Params::try_from(&PasswordHash::new(hash).ok()?).ok()?;
    Some((params.m_cost(), params.t_cost()))
}

/// Whether a stored hash costs guessers less than one that is made now would.
#[must_use]
pub fn is_cheaper(hash: &str, cost: PasswordCost) -> bool {
    let work = |memory: u32, passes: u32| u64::from(memory) * u64::from(passes);
    cost_of(hash).is_some_and(|(memory, passes)| work(memory, passes) < work(cost.memory_kib, cost.passes))
}

/// A hash that no password matches, for logins of names that do not exist: they take as long as the others.
///
/// # Errors
/// As [`make_account`].
pub fn decoy_hash(cost: PasswordCost) -> Result<String, PasswordError> {
    let password: [u8; 32] = rand::random();
    let hash =
        argon2(cost)?.hash_password(&password).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// A password that nobody guesses: 20 letters and digits in groups, about 100 bits, without those that are
/// mistaken for each other.
#[must_use]
pub fn generate() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789Z";
    let mut random = u128::from_le_bytes(rand::random());
    let mut password = String::with_capacity(23);
    for place in 0..20 {
        if place > 0 && place % 5 == 0 {
            password.push('-');
        }
        password.push(char::from(ALPHABET[(random & 31) as usize]));
        random >>= 5;
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };

    #[test]
    fn a_password_is_known_again_and_others_are_not() {
        let account =
            make_account("Anna@own.test", "korrekt pferd", Vec::new(), 0, CHEAP).expect("an account");
        assert_eq!(account.name, "anna@own.test");
        assert!(account.password_hash.starts_with("$argon2id$"));
        assert!(verify("korrekt pferd", &account.password_hash));
        assert!(!verify("korrekt pferD", &account.password_hash));
        assert!(!verify("", &decoy_hash(CHEAP).expect("a hash")));
    }

    #[test]
    fn a_hash_tells_what_it_costs() {
        let hash = hash("korrekt pferd", CHEAP).expect("a hash");
        assert_eq!(cost_of(&hash), Some((64, 1)));
        assert!(!is_cheaper(&hash, CHEAP));
        assert!(is_cheaper(&hash, PasswordCost { memory_kib: 128, ..CHEAP }));
        assert!(!is_cheaper(&hash, PasswordCost { memory_kib: 32, passes: 2, ..CHEAP }), "as much work");
        assert_eq!(cost_of("rubbish"), None);
        assert!(!is_cheaper("rubbish", CHEAP));
    }

    #[test]
    fn generated_passwords_are_long_and_differ() {
        let passwords: std::collections::BTreeSet<String> = (0..1_000).map(|_| generate()).collect();
        assert_eq!(passwords.len(), 1_000);
        // 20 characters of 32: 100 bits.
        assert!(passwords.iter().all(|password| password.len() == 23));
    }
}
