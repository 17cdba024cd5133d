//! The accounts port: who may log in, with what proof, and as whom they may send.

use std::fmt;

use crate::PortFuture;

/// An identity that an account may use in the envelope and in `From`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendAs {
    /// This address only (compared with the domain's case ignored, the local part's too).
    Address(String),
    /// Every address of this domain (A-labels), not of its subdomains.
    Domain(String),
    /// Anything: `--send-as any`, for gateways; said loudly when it is set.
    Any,
}

/// SCRAM keys (RFC 5802 §3), so that the password itself is never stored. Whoever has them can guess the password at
/// leisure and answer as the server, so they are never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramKeys {
    /// Salt, 16 octets or more.
    pub salt: Vec<u8>,
    /// PBKDF2 rounds.
    pub iterations: u32,
    /// `H(ClientKey)`.
    pub stored_key: [u8; 32],
    /// ServerKey.
    pub server_key: [u8; 32],
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// What one account may send, where the operator has said it for this one; 0 is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct OwnLimits {
    /// Messages within an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_hour: Option<u32>,
    /// Messages within 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_day: Option<u32>,
    /// Recipients within an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients_per_hour: Option<u32>,
    /// Recipients within 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients_per_day: Option<u32>,
    /// Recipients that it has never written to before, within an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_time_per_hour: Option<u32>,
    /// Likewise within 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_time_per_day: Option<u32>,
}

/// An account. Its hash is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Login name: lower case, usually a mail address.
    pub name: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// SCRAM-SHA-256 keys.
    pub scram: ScramKeys,
    /// As whom it may send.
    pub send_as: Vec<SendAs>,
    /// How much it may send.
    pub limits: OwnLimits,
    /// False after `account disable`.
    pub enabled: bool,
    /// Seconds since 1970.
    pub created_at: u64,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("send_as", &self.send_as)
            .field("limits", &self.limits)
            .field("enabled", &self.enabled)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Why an account operation failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountError {
    /// `add` of a name that is there.
    #[error("there is an account of this name already")]
    Exists,
    /// No such account.
    #[error("there is no account of this name")]
    Unknown,
    /// The database failed.
    #[error("the account database failed: {0}")]
    Database(String),
}

/// The accounts. Reads are answered from memory or a reader thread, never by blocking the caller's task.
/// Changes made by another process (`postamt account add` while the server runs) are seen at the next read.
pub trait Accounts: Send + Sync {
    /// Adds an account.
    fn add(&self, account: Account) -> PortFuture<'_, Result<(), AccountError>>;
    /// Finds one by login name (case ignored).
    fn find<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Option<Account>, AccountError>>;
    /// All, by name.
    fn list(&self) -> PortFuture<'_, Result<Vec<Account>, AccountError>>;
    /// Replaces an account of the same name.
    fn update(&self, account: Account) -> PortFuture<'_, Result<(), AccountError>>;
    /// Removes one.
    fn remove<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<(), AccountError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let account = Account {
            name: "a@a.example".into(),
            password_hash: "$argon2id$hash".into(),
            scram: ScramKeys {
                salt: vec![211; 16],
                iterations: 4096,
                stored_key: [212; 32],
                server_key: [213; 32],
            },
            send_as: vec![SendAs::Any],
            limits: OwnLimits::default(),
            enabled: true,
            created_at: 1,
        };
        let shown = format!("{account:?} {:?}", account.scram);
        assert!(shown.contains("a@a.example") && shown.contains("4096"), "{shown}");
        assert!(!["argon2", "211", "212", "213"].iter().any(|secret| shown.contains(secret)), "{shown}");
    }
}
