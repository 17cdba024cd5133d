//! What operators decide on single providers: their mail goes by a relay, and when that ends.

use postamt_mail::address::Domain;
use postamt_mail::refusals;
use postamt_store::facts::{FactError, ProviderFact};

use super::Running;
use crate::providers;
use crate::send::preflight::{self, Finding};

/// A provider's mail is not moved.
#[derive(Debug, thiserror::Error)]
pub enum RelayOnlyError {
    /// The text is neither a provider that is known nor a domain.
    #[error("{0:?} is neither a known provider nor a domain")]
    NoProvider(String),
    /// No relay has this name.
    #[error("no relay is called {0:?}")]
    NoRelay(String),
    /// The relay failed its preflight.
    #[error("the relay {relay} failed its preflight")]
    Unfit {
        /// Its name.
        relay: String,
        /// By this.
        finding: Box<Finding>,
    },
    /// There is no decision on it.
    #[error("no decision on {0:?} is in force")]
    NotDecided(String),
    /// It could not be written down.
    #[error(transparent)]
    Facts(#[from] FactError),
}

impl Running {
    /// Providers whose mail goes by a relay.
    #[must_use]
    pub fn providers(&self) -> Vec<ProviderFact> {
        self.context.providers.facts()
    }

    /// From now on the mail of this provider goes by this relay. It is looked at first.
    ///
    /// # Errors
    /// [`RelayOnlyError`]; nothing changes then.
    pub async fn relay_only(&self, provider: &str, relay: &str) -> Result<ProviderFact, RelayOnlyError> {
        let provider = provider_name(provider)?;
        let settings = self.context.settings();
        let found = settings.relay(relay).ok_or_else(|| RelayOnlyError::NoRelay(relay.to_owned()))?;
        let verdict = preflight::look(&self.context, found).await;
        if let Some(finding) = verdict.obstacle() {
            return Err(RelayOnlyError::Unfit {
                relay: relay.to_owned(),
                finding: Box::new(finding.clone()),
            });
        }
        let random = self.context.ports.clock.random();
        let fact = providers::decision(&provider, relay, self.context.now(), random);
        self.context.ports.facts.save_provider(fact.clone()).await?;
        self.context.providers.decide(fact.clone());
        Ok(fact)
    }

    /// The mail of this provider goes directly again.
    ///
    /// # Errors
    /// [`RelayOnlyError`]; nothing changes then.
    pub async fn end_relay_only(&self, provider: &str) -> Result<ProviderFact, RelayOnlyError> {
        let provider = provider_name(provider)?;
        let not_decided = || RelayOnlyError::NotDecided(provider.clone());
        if !self.providers().iter().any(|fact| fact.provider == provider) {
            return Err(not_decided());
        }
        self.context.ports.facts.forget_provider(provider.clone()).await?;
        self.context.providers.end(&provider, self.context.now()).ok_or_else(not_decided)
    }
}

/// The one name under which a decision is kept.
fn provider_name(text: &str) -> Result<String, RelayOnlyError> {
    if let Some(provider) = refusals::find(text) {
        return Ok(provider.id.clone());
    }
    match Domain::new(text) {
        Ok(domain) if text.contains('.') => Ok(domain.to_string()),
        _ => Err(RelayOnlyError::NoProvider(text.to_owned())),
    }
}
