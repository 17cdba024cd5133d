//! The demand on one mail host: the policy of its connection, and what a session or a failure means for the reports
//! of TLS (RFC 8460 §4.3).

use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_mail::mta_sts::{Mode, Policy};
use postamt_mailauth::transport::{Demand, Source, demand};
use postamt_net::smtp::{CertificateProblem, ConnectionFacts, OpenFailure, TlsFailure, TlsPolicy, Verify};

use super::addresses::Records;
use crate::flow::{Failure, Fault};
use crate::queue::Security;
use crate::transport::{Session, Trouble};

/// What is demanded of a host, and by whom.
#[derive(Debug, Clone)]
pub struct Demanded {
    /// By whom.
    pub source: Source,
    /// That the domain's mail goes to this host is proven, by DNSSEC or by a policy (RFC 8689 §4.2.1).
    pub name_is_proven: bool,
    host: Domain,
    /// A policy on trial.
    testing: Option<Arc<Policy>>,
}

/// A host that must not be used now.
#[derive(Debug)]
pub struct Refused {
    /// What the message is told.
    pub failure: Failure,
    /// What it means for the reports.
    pub trouble: Trouble,
}

/// The policy of the connection to a host, or why it must not be used now.
///
/// # Errors
/// [`Refused`]: the policy does not name the host, or nobody knows whether it has TLSA records.
pub fn on_host(
    security: &Security,
    Records { dane, base }: Records,
    host: &Domain,
) -> Result<(TlsPolicy, Demanded), Box<Refused>> {
    let policy = security.policy.as_ref().filter(|_| !security.waived);
    let (source, demand) = demand(dane, policy.map(|policy| &**policy), host);
    let refuse = |words: String, result| {
        let failure = Failure::ours(Fault::Policy, (4, 7, 5), words.clone());
        let trouble = Trouble { host: host.to_string(), source, result, words };
        Err(Box::new(Refused { failure, trouble }))
    };
    let tls = match demand {
        Demand::Opportunistic => TlsPolicy::Opportunistic,
        Demand::Encrypt => TlsPolicy::Required(Verify::Encrypt),
        Demand::Dane(records) => TlsPolicy::Required(Verify::Dane { records, base }),
        Demand::WebPki => {
            TlsPolicy::Required(Verify::WebPki { names: vec![host.to_string()], extra_roots: None })
        }
        Demand::Forbidden => {
            return refuse(
                format!("the MTA-STS policy does not name the mail host {host}"),
                "validation-failure",
            );
        }
        Demand::Later(error) => {
            return refuse(
                format!("whether {host} has TLSA records cannot be found out: {error}"),
                "dnssec-invalid",
            );
        }
    };
    let permitted = policy.is_some_and(|policy| policy.mode == Mode::Enforce && policy.permits(host));
    let testing = policy.filter(|policy| policy.mode == Mode::Testing && source == Source::MtaSts);
    let name_is_proven = security.dnssec || permitted;
    Ok((tls, Demanded { source, name_is_proven, host: host.clone(), testing: testing.cloned() }))
}

impl Demanded {
    /// What a failure to open a connection means; `None` when TLS has no part in it.
    #[must_use]
    pub fn trouble_of(&self, failure: &OpenFailure) -> Option<Trouble> {
        let result = match failure {
            OpenFailure::TlsUnavailable | OpenFailure::Tls(TlsFailure::Refused(_)) => {
                "starttls-not-supported"
            }
            OpenFailure::Tls(TlsFailure::Certificate(problem)) => result_of(problem),
            OpenFailure::Tls(_) => "validation-failure",
            _ => return None,
        };
        Some(self.trouble(result, failure.to_string()))
    }

    /// A session that came about, as the memory wants it.
    #[must_use]
    pub fn session(&self, facts: &ConnectionFacts) -> Session {
        let mut troubles = Vec::new();
        match (&facts.tls, &self.testing) {
            (None, _) => {
                let fallback = facts.tls_fallback.clone();
                let result = if fallback.is_some() { "validation-failure" } else { "starttls-not-supported" };
                let words = fallback.unwrap_or_else(|| "STARTTLS is not offered".to_owned());
                troubles.push(self.trouble(result, words));
            }
            (Some(_), Some(policy)) if !policy.permits(&self.host) => {
                let words = "the MTA-STS policy on trial does not name the host".to_owned();
                troubles.push(self.trouble("validation-failure", words));
            }
            (Some(tls), Some(_)) => {
                let trouble = |problem| self.trouble(result_of(problem), problem.to_string());
                troubles.extend(tls.problem.as_ref().map(trouble));
            }
            (Some(_), None) => {}
        }
        let verified = facts.tls.as_ref().is_some_and(|tls| tls.verified);
        let success = troubles.is_empty();
        Session { tls: facts.tls.is_some(), verified, source: Some(self.source), troubles, success }
    }

    fn trouble(&self, result: &'static str, words: String) -> Trouble {
        Trouble { host: self.host.to_string(), source: self.source, result, words }
    }
}

fn result_of(problem: &CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Expired(_) => "certificate-expired",
        CertificateProblem::HostMismatch { .. } => "certificate-host-mismatch",
        CertificateProblem::NotTrusted(_) => "certificate-not-trusted",
        CertificateProblem::Missing | CertificateProblem::Unusable(_) | CertificateProblem::NoTlsaMatch => {
            "validation-failure"
        }
    }
}
