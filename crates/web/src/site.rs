//! What the pages are made of.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;

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

/// Open challenges of the kind http-01 (RFC 8555 §8.3): tokens and what must be answered. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Challenges(Arc<RwLock<HashMap<String, String>>>);

impl Challenges {
    /// Answers this token from now on.
    pub fn open(&self, token: &str, answer: &str) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(token.to_owned(), answer.to_owned());
    }

    /// No longer.
    pub fn close(&self, token: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// The answer to a token.
    #[must_use]
    pub fn answer(&self, token: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }
}
