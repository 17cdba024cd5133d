//! The MTA-STS policy of a domain of ours (RFC 8461 §3.2): its text, and the id of its TXT record, which changes
//! exactly when the text does.

use std::fmt::Write as _;

/// What senders do when TLS with a good certificate fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyMode {
    /// Nothing: the domain takes its policy back.
    None,
    /// They report it.
    Testing,
    /// They do not deliver.
    Enforce,
}

impl PolicyMode {
    /// As policies and the configuration have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Testing => "testing",
            Self::Enforce => "enforce",
        }
    }
}

/// How long senders may keep a policy: a week, so that a mistake does not last.
const MAX_AGE_SECONDS: u32 = 604_800;

/// The text of a policy for a domain with these exchanges.
#[must_use]
pub fn policy(mode: PolicyMode, exchanges: &[&str]) -> String {
    let mut text = format!("version: STSv1\r\nmode: {}\r\n", mode.name());
    for exchange in exchanges {
        // Writing to a String cannot fail.
        let _ = write!(text, "mx: {exchange}\r\n");
    }
    let _ = write!(text, "max_age: {MAX_AGE_SECONDS}\r\n");
    text
}

/// The value of the TXT record at `_mta-sts` (RFC 8461 §3.1).
#[must_use]
pub fn record(policy: &str) -> String {
    format!("v=STSv1; id={}", policy_id(policy))
}

/// FNV-1a over the text: an id need only differ when the policy does.
fn policy_id(policy: &str) -> String {
    let hash = policy.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mta_sts::{Mode, Policy, record_id};

    #[test]
    fn the_id_follows_the_text() {
        let testing = policy(PolicyMode::Testing, &["mail.own.test"]);
        assert_eq!(testing, "version: STSv1\r\nmode: testing\r\nmx: mail.own.test\r\nmax_age: 604800\r\n");
        let enforced = policy(PolicyMode::Enforce, &["mail.own.test"]);
        assert_eq!(record(&testing), record(&testing));
        assert_ne!(record(&testing), record(&enforced));
        let id = record(&testing).split_once("id=").map(|(_, id)| id.to_owned()).expect("an id");
        assert!(id.len() <= 32 && id.bytes().all(|octet| octet.is_ascii_alphanumeric()), "{id}");
        assert_eq!(record_id(&[record(&testing)]), Ok(Some(id)));
    }

    #[test]
    fn what_we_publish_is_what_senders_read() {
        for (mode, read) in [
            (PolicyMode::None, Mode::None),
            (PolicyMode::Testing, Mode::Testing),
            (PolicyMode::Enforce, Mode::Enforce),
        ] {
            let text = policy(mode, &["mail.own.test", "*.own.test"]);
            let mx = vec!["mail.own.test".to_owned(), "*.own.test".to_owned()];
            assert_eq!(Policy::parse(text.as_bytes()), Ok(Policy { mode: read, mx, max_age: 604_800 }));
        }
    }
}
