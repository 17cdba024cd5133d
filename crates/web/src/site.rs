//! What the pages are made of.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use rustls::ServerConfig;

/// The server and its domains.
#[derive(Debug, Clone)]
pub struct Site {
    /// The name of the server.
    pub hostname: Domain,
    /// Its domains.
    pub domains: Vec<Domain>,
    /// The port for sending with TLS from the start.
    pub submissions: Option<u16>,
    /// The port for sending with STARTTLS.
    pub submission: Option<u16>,
    /// The mailbox server (IMAP with TLS on 993), which mail programs ask for as well.
    pub mailbox: Option<Domain>,
    /// What the MTA-STS policies demand.
    pub sts: PolicyMode,
    /// Open challenges.
    pub challenges: Challenges,
}

impl Site {
    /// The domain of ours that a host name stands for: `autoconfig.own.test` for own.test.
    #[must_use]
    pub fn domain_of(&self, host: &str, prefix: &str) -> Option<&Domain> {
        let name = host.strip_prefix(prefix).unwrap_or(host);
        self.domains.iter().find(|domain| domain.as_str() == name)
    }

    /// The domain of ours that an address lies in.
    #[must_use]
    pub fn domain_of_address(&self, address: &str) -> Option<&Domain> {
        let (_, domain) = address.rsplit_once('@')?;
        let domain = domain.to_ascii_lowercase();
        self.domains.iter().find(|own| own.as_str() == domain)
    }
}

/// Open challenges of certificate authorities. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Challenges(Arc<RwLock<Open>>);

#[derive(Debug, Default)]
struct Open {
    /// Tokens and what must be answered.
    files: HashMap<String, String>,
    /// Names and what must be shown.
    certificates: HashMap<String, Arc<ServerConfig>>,
}

impl Challenges {
    /// Answers this token from now on (http-01, RFC 8555 §8.3).
    pub fn open(&self, token: &str, answer: &str) {
        self.write().files.insert(token.to_owned(), answer.to_owned());
    }

    /// No longer.
    pub fn close(&self, token: &str) {
        self.write().files.remove(token);
    }

    /// The answer to a token.
    #[must_use]
    pub fn answer(&self, token: &str) -> Option<String> {
        self.read().files.get(token).cloned()
    }

    /// Shows this certificate to whoever asks for the name by `acme-tls/1` (tls-alpn-01, RFC 8737).
    pub fn open_certificate(&self, name: &str, configuration: Arc<ServerConfig>) {
        self.write().certificates.insert(name.to_ascii_lowercase(), configuration);
    }

    /// No longer.
    pub fn close_certificate(&self, name: &str) {
        self.write().certificates.remove(&name.to_ascii_lowercase());
    }

    /// What to show for a name.
    #[must_use]
    pub fn certificate(&self, name: &str) -> Option<Arc<ServerConfig>> {
        self.read().certificates.get(&name.to_ascii_lowercase()).cloned()
    }

    fn write(&self) -> RwLockWriteGuard<'_, Open> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Open> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
