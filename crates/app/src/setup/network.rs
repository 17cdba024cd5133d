//! What the network around this host lets through: DNSSEC, and mail on port 25.
//!
//! Both questions are asked at one time and have a limit together; whatever is not known by then is left open. Nothing
//! here stops the setup.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::{Eyes, Kind, PathReport, ProbeSettings, check, text};
use postamt_mail::words::Words;
use postamt_net::clock::SystemClock;
use postamt_net::dns::{AdaptiveResolver, HickoryResolver, Resolver as _, ResolverSettings, Validation};
use postamt_net::tls::TlsContext;
use serde::Serialize;

/// How long somebody waits for it.
const LIMIT: Duration = Duration::from_secs(15);
/// How long one question to a name server may take.
const QUESTION: Duration = Duration::from_secs(2);

/// What was found out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Whether DNSSEC can be relied on; absent where that is not known.
    pub validates: Option<bool>,
    /// What is missing for it, in the resolver's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_validated: Option<String>,
    /// The ways out on port 25; absent where nobody asked, or no answer came in time.
    pub port25: Option<Vec<Way>>,
}

/// A way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Source address and family.
    pub path: String,
    /// The verdict by its name.
    pub verdict: &'static str,
    /// Whether mail leaves.
    pub is_open: bool,
    /// Whether somebody keeps it from leaving.
    pub is_blocked: bool,
    /// On what that rests.
    pub evidence: Vec<String>,
}

impl Network {
    /// Mail leaves on no way, and on one of them somebody is in it.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        let ways = self.port25.as_deref().unwrap_or_default();
        ways.iter().any(|way| way.is_blocked) && !ways.iter().any(|way| way.is_open)
    }
}

/// Asks. Without `probe`, nobody is asked about port 25.
pub async fn look(servers: &[SocketAddr], probe: Option<&ProbeSettings>, words: &Words) -> Network {
    let servers = (!servers.is_empty()).then(|| servers.to_vec());
    // Less patiently than the server does: somebody waits.
    let settings = ResolverSettings { servers, timeout: QUESTION, retries: 1, ..ResolverSettings::default() };
    let (validation, port25) =
        tokio::join!(within(validation(&settings)), within(ways(&settings, probe, words)));
    let validates = match &validation {
        Some(Validation::Works) => Some(true),
        Some(Validation::Missing(_)) => Some(false),
        Some(Validation::Off) | None => None,
    };
    let not_validated = match validation {
        Some(Validation::Missing(reason)) => Some(reason),
        _ => None,
    };
    Network { validates, not_validated, port25 }
}

async fn within<T>(question: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout(LIMIT, question).await.ok().flatten()
}

async fn validation(settings: &ResolverSettings) -> Option<Validation> {
    let resolver = AdaptiveResolver::new(settings).ok()?;
    Some(resolver.validation().await)
}

async fn ways(settings: &ResolverSettings, probe: Option<&ProbeSettings>, words: &Words) -> Option<Vec<Way>> {
    let probe = probe?;
    let resolver = Arc::new(HickoryResolver::new(settings).ok()?);
    let eyes = Eyes { resolver, tls: TlsContext::system(), clock: Arc::new(SystemClock) };
    let report = check(&eyes, probe, None).await;
    let way = |path: &PathReport| Way {
        path: path.path.to_string(),
        verdict: path.verdict.kind.name(),
        is_open: path.verdict.kind == Kind::Open,
        is_blocked: path.verdict.kind.is_blocked(),
        evidence: text::evidence(&path.verdict, words),
    };
    Some(report.paths.iter().map(way).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_blocked_when_it_leaves_nowhere_and_somebody_is_in_the_way() {
        let way = |is_open, is_blocked| Way {
            path: String::new(),
            verdict: "",
            is_open,
            is_blocked,
            evidence: Vec::new(),
        };
        let network = |ways: Vec<Way>| Network { port25: Some(ways), ..Network::default() };
        assert!(network(vec![way(false, true), way(false, false)]).is_blocked());
        assert!(!network(vec![way(false, true), way(true, false)]).is_blocked());
        assert!(!network(vec![way(false, false)]).is_blocked(), "no network is not a block");
        assert!(!Network::default().is_blocked());
    }
}
