//! Judges a certificate chain after the handshake: trust, time, names (RFC 5280 §6, RFC 9525 §6).

use aws_lc_rs::digest;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// What is wrong with a certificate. The kinds are those of TLS reports (RFC 8460 §4.3.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// The peer showed none.
    #[error("the server showed no certificate")]
    Missing,
    /// Its time is over, or has not come.
    #[error("the certificate is out of date: {0}")]
    Expired(String),
    /// It is for other names.
    #[error("the certificate is for {}, not for {}", list(found), list(expected))]
    HostMismatch {
        /// One of these was needed.
        expected: Vec<String>,
        /// These are in it.
        found: Vec<String>,
    },
    /// It does not lead to a root that we trust.
    #[error("the certificate is not trusted: {0}")]
    NotTrusted(String),
    /// It cannot be read, or the peer did not prove that it is its own.
    #[error("the certificate cannot be used: {0}")]
    Unusable(String),
    /// No TLSA record vouches for it (RFC 7672 §3.1).
    #[error("the certificate matches none of the TLSA records")]
    NoTlsaMatch,
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "no name".to_owned() } else { names.join(", ") }
}

/// SHA-256 of the public key of a certificate, as TLSA records of the form 3 1 1 have it (RFC 6698 §2.1). `None` for
/// what is no certificate.
#[must_use]
pub fn public_key_digest(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let digest = digest::digest(&digest::SHA256, parsed.public_key().raw);
    Some(digest.as_ref().to_vec())
}

/// See [`super::TlsContext::judge`].
pub(super) fn judge(
    roots: &RootCertStore,
    provider: &CryptoProvider,
    chain: &[CertificateDer<'_>],
    names: &[String],
    extra_roots: Option<&[CertificateDer<'static>]>,
    now: UnixTime,
) -> Result<(), CertificateProblem> {
    let (end_entity, intermediates) = chain.split_first().ok_or(CertificateProblem::Missing)?;
    let parsed = ParsedCertificate::try_from(end_entity)
        .map_err(|error| CertificateProblem::Unusable(error.to_string()))?;
    let algorithms = provider.signature_verification_algorithms.all;
    let check = |store: &RootCertStore| {
        verify_server_cert_signed_by_trust_anchor(&parsed, store, intermediates, now, algorithms)
    };
    let trusted = check(roots).or_else(|error| {
        let Some(extra) = extra_roots else { return Err(error) };
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(extra.iter().cloned());
        check(&store).map_err(|_| error)
    });
    trusted.map_err(|error| chain_problem(&error))?;
    check_names(&parsed, end_entity, names)
}

/// Whether the certificate is for one of `names`.
pub(super) fn check_names(
    parsed: &ParsedCertificate<'_>,
    end_entity: &CertificateDer<'_>,
    names: &[String],
) -> Result<(), CertificateProblem> {
    let found = self::names(end_entity);
    if names.iter().any(|name| is_for(parsed, &found, name)) {
        return Ok(());
    }
    Err(CertificateProblem::HostMismatch { expected: names.to_vec(), found })
}

pub(super) fn chain_problem(error: &Error) -> CertificateProblem {
    match error {
        Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => CertificateProblem::Expired(error.to_string()),
        _ => CertificateProblem::NotTrusted(error.to_string()),
    }
}

/// True when the certificate is for `name`. A name `*.suffix` stands for any one label before the suffix, as in
/// an MTA-STS policy (RFC 8461 §4.1).
fn is_for(parsed: &ParsedCertificate<'_>, found: &[String], name: &str) -> bool {
    let Some(suffix) = name.strip_prefix("*.") else {
        return ServerName::try_from(name).is_ok_and(|name| verify_server_name(parsed, &name).is_ok());
    };
    found.iter().any(|found| {
        found
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(suffix))
    })
}

/// The DNS names and addresses in the certificate.
pub(super) fn names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else { return Vec::new() };
    let Ok(Some(extension)) = parsed.subject_alternative_name() else { return Vec::new() };
    extension.value.general_names.iter().filter_map(name_text).collect()
}

fn name_text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => match octets.len() {
            4 => <[u8; 4]>::try_from(*octets).ok().map(|v4| std::net::Ipv4Addr::from(v4).to_string()),
            _ => <[u8; 16]>::try_from(*octets).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        },
        _ => None,
    }
}

/// `tls-server-end-point` (RFC 5929 §4.1): the certificate hashed with the hash of its own signature, SHA-256
/// in place of MD5 and SHA-1. `None` where the signature has no single hash.
#[must_use]
pub fn end_point_hash(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let algorithm = match parsed.signature_algorithm.algorithm.to_id_string().as_str() {
        // MD5, SHA-1 and SHA-256 with RSA; SHA-1 and SHA-256 with ECDSA.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => &digest::SHA256,
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => &digest::SHA384,
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => &digest::SHA512,
        _ => return None,
    };
    Some(digest::digest(algorithm, certificate).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_point_is_hashed_as_its_signature_was() {
        for (algorithm, octets) in
            [(&rcgen::PKCS_ECDSA_P256_SHA256, 32), (&rcgen::PKCS_ECDSA_P384_SHA384, 48)]
        {
            let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
            let params = rcgen::CertificateParams::new(vec!["mx.x.test".to_owned()]).expect("a name");
            let certificate = params.self_signed(&key).expect("a certificate");
            assert_eq!(end_point_hash(certificate.der()).map(|hash| hash.len()), Some(octets));
        }
        assert_eq!(end_point_hash(&CertificateDer::from(vec![1, 2, 3])), None);
    }
}
