//! What a receiver makes of a message: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989) and the confirmed reverse
//! name of the client.
//!
//! A [`Verifier`] is made once, with the name servers to ask, and then asked per message. It cannot fail: whatever
//! goes wrong is a result (`temperror`, `permerror`). This is the only file that names the `mail-auth` crate; its
//! types do not leave it.
//!
//! One mistake of that crate (0.13.3) is mended here: it counts lines of white space at the end of a body in
//! `relaxed` body hashes. The hashes are computed anew with our own canonicalisation before they are compared.

mod results;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use aws_lc_rs::digest;
use mail_auth::common::crypto::HashAlgorithm;
use mail_auth::dkim::Canonicalization;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimOutput, DmarcOutput, MessageAuthenticator};

use crate::dkim::canonicalize::RelaxedBody;
pub use results::{DkimSignature, DmarcPolicy, Outcome, Report};

/// The name servers cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("no resolver can be made for these name servers: {0}")]
pub struct VerifierError(String);

/// What is known of the delivery beside the message.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The client's address.
    pub client: IpAddr,
    /// Its EHLO or HELO name.
    pub greeting: &'a str,
    /// The receiving host, ourselves.
    pub host: &'a str,
    /// `MAIL FROM` without angle brackets; empty for the null path.
    pub sender: &'a str,
}

/// Checks messages.
#[derive(Clone)]
pub struct Verifier {
    authenticator: MessageAuthenticator,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier that asks these name servers and nobody else.
    ///
    /// # Errors
    /// [`VerifierError`], which does not happen with any list of addresses known.
    pub fn new(name_servers: &[SocketAddr]) -> Result<Self, VerifierError> {
        let servers = name_servers.iter().map(|address| {
            let with_port = |mut connection: ConnectionConfig| {
                connection.port = address.port();
                connection
            };
            let connections = vec![with_port(ConnectionConfig::udp()), with_port(ConnectionConfig::tcp())];
            NameServerConfig::new(address.ip(), true, connections)
        });
        Self::asking(ResolverConfig::from_parts(None, Vec::new(), servers.collect()), ResolverOpts::default())
    }

    /// A verifier that asks the name servers of this system.
    ///
    /// # Errors
    /// [`VerifierError`]: the system's list of name servers cannot be read.
    pub fn of_system() -> Result<Self, VerifierError> {
        let (config, options) = read_system_conf().map_err(|error| VerifierError(error.to_string()))?;
        Self::asking(config, options)
    }

    fn asking(config: ResolverConfig, mut options: ResolverOpts) -> Result<Self, VerifierError> {
        options.timeout = Duration::from_secs(3);
        options.attempts = 2;
        // Only what the servers say: names in this machine's hosts file prove nothing to a receiver.
        options.use_hosts_file = ResolveHosts::Never;
        let authenticator =
            MessageAuthenticator::new(config, options).map_err(|error| VerifierError(error.to_string()))?;
        Ok(Self { authenticator })
    }

    /// Checks one message as it was received, CRLF line ends and without dot stuffing.
    pub async fn verify(&self, content: &[u8], delivery: Delivery<'_>) -> Report {
        let reverse = self.authenticator.verify_iprev(delivery.client).await;
        let spf = self.authenticator.verify_spf(spf_parameters(delivery)).await;
        let mut report = Report {
            spf: Outcome::from(spf.result()),
            dkim: Outcome::None,
            dmarc: Outcome::None,
            reverse: Outcome::from(reverse.result()),
            policy: DmarcPolicy::Unspecified,
            signatures: Vec::new(),
        };
        let Some(mut message) = AuthenticatedMessage::parse(content) else { return report };
        correct_body_hashes(&mut message);
        let dkim = self.authenticator.verify_dkim(&message).await;
        report.signatures = dkim.iter().map(signature).collect();
        report.dkim = best(&report.signatures);
        let sender_domain = match delivery.sender.rsplit_once('@') {
            Some((_, domain)) => domain,
            None => delivery.greeting,
        };
        let parameters = DmarcParameters::new(&message, &dkim, sender_domain, &spf);
        let dmarc = self.authenticator.verify_dmarc(parameters).await;
        report.dmarc = dmarc_outcome(&dmarc);
        report.policy = DmarcPolicy::from(dmarc.policy());
        report
    }

    /// Checks the signatures alone.
    pub async fn verify_dkim(&self, content: &[u8]) -> Vec<DkimSignature> {
        let Some(mut message) = AuthenticatedMessage::parse(content) else { return Vec::new() };
        correct_body_hashes(&mut message);
        self.authenticator.verify_dkim(&message).await.iter().map(signature).collect()
    }
}

/// With the null path the HELO identity stands in (RFC 7208 §2.4).
fn spf_parameters(delivery: Delivery<'_>) -> SpfParameters<'_> {
    if delivery.sender.is_empty() {
        SpfParameters::verify_ehlo(delivery.client, delivery.greeting, delivery.host)
    } else {
        SpfParameters::verify_mail_from(delivery.client, delivery.greeting, delivery.host, delivery.sender)
    }
}

/// Computes the `relaxed` hashes anew, with our canonicalisation.
fn correct_body_hashes(message: &mut AuthenticatedMessage<'_>) {
    let body = message.raw_message.get(message.body_offset as usize..).unwrap_or_default();
    for (canonicalization, algorithm, limit, hash) in &mut message.body_hashes {
        if *canonicalization == Canonicalization::Relaxed {
            let algorithm = match algorithm {
                HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
                HashAlgorithm::Sha256 => &digest::SHA256,
            };
            *hash = relaxed_hash(body, algorithm, *limit);
        }
    }
}

/// `limit` is `l=`: only so many octets of the canonical body count; 0 is all (RFC 6376 §3.5).
fn relaxed_hash(body: &[u8], algorithm: &'static digest::Algorithm, limit: u64) -> Vec<u8> {
    let mut hash = digest::Context::new(algorithm);
    let mut left = if limit == 0 { usize::MAX } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    let mut sink = |octets: &[u8]| {
        let taken = octets.len().min(left);
        left -= taken;
        hash.update(&octets[..taken]);
    };
    let mut machine = RelaxedBody::default();
    machine.update(body, &mut sink);
    machine.finish(&mut sink);
    hash.finish().as_ref().to_vec()
}

fn signature(output: &DkimOutput<'_>) -> DkimSignature {
    let (outcome, reason) = results::dkim(output.result());
    let found = output.signature();
    DkimSignature {
        outcome,
        domain: found.map(|signature| signature.d.to_string()).unwrap_or_default(),
        selector: found.map(|signature| signature.s.to_string()).unwrap_or_default(),
        algorithm: found.map(|signature| results::algorithm(signature.a)).unwrap_or_default(),
        reason,
    }
}

/// One good signature is enough (RFC 6376 §6.1); otherwise the first tells.
fn best(signatures: &[DkimSignature]) -> Outcome {
    if signatures.iter().any(|signature| signature.outcome == Outcome::Pass) {
        return Outcome::Pass;
    }
    signatures.first().map_or(Outcome::None, |signature| signature.outcome)
}

/// DMARC passes when either mechanism passes in alignment (RFC 9989 §4.4).
fn dmarc_outcome(output: &DmarcOutput) -> Outcome {
    results::dmarc(&output.result())
}
