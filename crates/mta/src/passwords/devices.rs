//! App passwords: made by us and shown once, so that a round of SHA-256 keeps them as well as Argon2id keeps those that
//! people think of (the password has 100 random bits).
//!
//! PLAIN and LOGIN take one under the account's name, and under `account/device`. SCRAM must know the salt before it
//! sees a proof, so there a device logs in as `account/device`; under the account's own name SCRAM means the main
//! password.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use postamt_mail::sasl::{prepare, scram};
use postamt_store::accounts::{AppPassword, ScramKeys};

use super::{PasswordCost, PasswordError};

/// Characters of a device's name at the most.
const LONGEST_NAME: usize = 32;

/// Whether this can be the name of a device: letters, digits, and `-`, `_`, `.` within; in lower case.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.len())
        && text.bytes().all(|octet| {
            octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'-' | b'_' | b'.')
        })
}

/// Account and device of a login name `account/device`.
#[must_use]
pub fn split(login: &str) -> Option<(&str, &str)> {
    login.rsplit_once('/').filter(|(account, device)| !account.is_empty() && is_name(device))
}

/// Makes an app password without limits from a password of [`super::generate`]. Takes tens of milliseconds.
///
/// # Errors
/// [`PasswordError`].
pub fn make(
    account: &str,
    name: &str,
    password: &str,
    now: u64,
    cost: PasswordCost,
) -> Result<AppPassword, PasswordError> {
    let salt: [u8; 16] = rand::random();
    // As many rounds as the main password's, so that a SCRAM client cannot tell which it is.
    let keys = scram::derive(password, &salt, cost.rounds)?;
    Ok(AppPassword {
        account: account.to_lowercase(),
        name: name.to_owned(),
        digest: digest_of(&prepare::prepare(password)?),
        scram: ScramKeys {
            salt: keys.salt.clone(),
            iterations: keys.iterations,
            stored_key: keys.stored_key,
            server_key: keys.server_key,
        },
        send_as: Vec::new(),
        networks: Vec::new(),
        until: None,
        created_at: now,
        last_use: None,
    })
}

/// The one among these whose password this is. All are compared, each in constant time.
#[must_use]
pub fn find<'a>(devices: &'a [AppPassword], password: &str) -> Option<&'a AppPassword> {
    let digest = digest_of(password);
    let is_it = |device: &&AppPassword| verify_slices_are_equal(&device.digest, &digest).is_ok();
    devices.iter().fold(None, |found, device| found.or(Some(device).filter(is_it)))
}

fn digest_of(password: &str) -> [u8; 32] {
    let mut octets = [0; 32];
    octets.copy_from_slice(digest(&SHA256, password.as_bytes()).as_ref());
    octets
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::*;

    #[test]
    fn a_device_is_found_by_its_password_and_by_no_other() {
        let cheap = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };
        let passwords = [generate(), generate()];
        let devices: Vec<AppPassword> = ["phone", "printer"]
            .iter()
            .zip(&passwords)
            .map(|(name, password)| make("Anna@own.test", name, password, 7, cheap).expect("made"))
            .collect();
        assert_eq!(devices[0].account, "anna@own.test");
        let name = |password: &str| find(&devices, password).map(|device| device.name.as_str());
        assert_eq!(name(&passwords[0]), Some("phone"));
        assert_eq!(name(&passwords[1]), Some("printer"));
        assert_eq!(name(&passwords[1].to_uppercase()), None);
        assert_eq!(name(""), None);
        assert_eq!(find(&[], &passwords[0]), None);
    }

    #[test]
    fn names_of_devices_and_logins_with_them() {
        assert!(is_name("phone") && is_name("laptop-2.home_x"));
        assert!(!["", "a/b", "Phone", "my phone", "büro", &"x".repeat(33)].iter().any(|text| is_name(text)));
        assert_eq!(split("anna@own.test/phone"), Some(("anna@own.test", "phone")));
        assert_eq!(split("a/b/phone"), Some(("a/b", "phone")));
        assert_eq!(split("anna@own.test"), None);
        assert_eq!(split("/phone"), None);
        assert_eq!(split("anna/"), None);
    }
}
