//! The accounts port: who may log in, with what proof, and as whom they may send; and the app passwords of accounts,
//! one for each device, which may less.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

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

/// A password for one device of an account, made by us: 100 random bits, so that one round of SHA-256 keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct AppPassword {
    /// The account's name, lower case.
    pub account: String,
    /// The device: lower case, without `/`.
    pub name: String,
    /// SHA-256 of the password.
    pub digest: [u8; 32],
    /// SCRAM-SHA-256 keys, for logins as `account/name`.
    pub scram: ScramKeys,
    /// As whom the device may send, of what the account may; empty is all of that.
    pub send_as: Vec<SendAs>,
    /// Where the device may log in from; empty is everywhere.
    pub networks: Vec<IpNet>,
    /// The second from which it is no good any more.
    pub until: Option<u64>,
    /// Seconds since 1970.
    pub created_at: u64,
    /// When it was used last.
    pub last_use: Option<LastUse>,
}

impl fmt::Debug for AppPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppPassword")
            .field("account", &self.account)
            .field("name", &self.name)
            .field("send_as", &self.send_as)
            .field("networks", &self.networks)
            .field("until", &self.until)
            .field("last_use", &self.last_use)
            .finish_non_exhaustive()
    }
}

/// A login by an app password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct LastUse {
    /// Seconds since 1970.
    pub at: u64,
    /// The client's address; `None` on a local socket.
    pub from: Option<IpAddr>,
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
    /// The account has an app password of this name.
    #[error("the account has an app password of this name already")]
    DeviceExists,
    /// The account has none of this name.
    #[error("the account has no app password of this name")]
    DeviceUnknown,
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
    /// Removes one, and its app passwords with it.
    fn remove<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<(), AccountError>>;
    /// Puts another hash of the same password in the place of `old`. False, and nothing is changed, when another
    /// hash is there by now: somebody has set a new password.
    fn rehash(&self, name: String, old: String, new: String) -> PortFuture<'_, Result<bool, AccountError>>;

    /// The app passwords of an account, by name; none when there is no such account.
    fn app_passwords<'a>(
        &'a self,
        account: &'a str,
    ) -> PortFuture<'a, Result<Vec<AppPassword>, AccountError>>;
    /// Adds one to an account that is there.
    fn add_app_password(&self, password: AppPassword) -> PortFuture<'_, Result<(), AccountError>>;
    /// Removes one.
    fn remove_app_password<'a>(
        &'a self,
        account: &'a str,
        name: &'a str,
    ) -> PortFuture<'a, Result<(), AccountError>>;
    /// Keeps when and from where one was used last; one that is gone by now is no failure.
    fn note_use(
        &self,
        account: String,
        name: String,
        last_use: LastUse,
    ) -> PortFuture<'_, Result<(), AccountError>>;

    /// 32 random octets that stay the same for ever: what is answered for names that do not exist is made from them,
    /// and must not change when the server starts again.
    fn secret(&self) -> PortFuture<'_, Result<[u8; 32], AccountError>>;
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
