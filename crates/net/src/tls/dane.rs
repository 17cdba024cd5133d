//! DANE for SMTP (RFC 7672): what a TLSA record says of a certificate chain, and our own record.
//!
//! Judged after the handshake like everything else (see `mod.rs`): the peer has then proven that it owns the key of
//! the certificate that it shows. Only usages 2 and 3 count (RFC 7672 §3.1.3). A bare public key (2 1 0) or digest
//! as trust anchor is matched within the chain that the server sends (RFC 7671 §5.2.2).

use aws_lc_rs::digest;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::CryptoProvider;
use rustls::server::ParsedCertificate;
use rustls::{Error, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate::{self, CertificateProblem};
use crate::dns::Tlsa;

/// DANE-TA: the record names an authority.
const TRUST_ANCHOR: u8 = 2;
/// DANE-EE: the record names the server's own certificate or key.
const END_ENTITY: u8 = 3;

/// Whether SMTP can use a record: usages 0 and 1 and unknown parameters are "unusable" (RFC 7672 §3.1.3).
#[must_use]
pub fn is_usable(record: &Tlsa) -> bool {
    let length = match record.matching {
        0 => !record.data.is_empty(),
        1 => record.data.len() == 32,
        2 => record.data.len() == 64,
        _ => false,
    };
    matches!(record.usage, TRUST_ANCHOR | END_ENTITY) && record.selector <= 1 && length
}

/// The record to publish for a certificate: `3 1 1`, which outlives the certificate as long as the key stays
/// (RFC 7671 §5.1). `None` when the certificate cannot be read.
#[must_use]
pub fn own_record(certificate: &CertificateDer<'_>) -> Option<Tlsa> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    Some(record_of_key(parsed.tbs_certificate.subject_pki.raw))
}

/// The record to publish for a key that has no certificate yet: published in time, it makes the change of keys safe
/// (RFC 7671 §8.1).
///
/// # Errors
/// When the key cannot be read.
pub fn own_record_of_key(key: PrivateKeyDer<'static>) -> Result<Tlsa, Error> {
    let key = rustls::crypto::aws_lc_rs::default_provider().key_provider.load_private_key(key)?;
    let public =
        key.public_key().ok_or_else(|| Error::General("the key does not tell its public half".to_owned()))?;
    Ok(record_of_key(&public))
}

fn record_of_key(public: &[u8]) -> Tlsa {
    let data = digest::digest(&digest::SHA256, public).as_ref().to_vec();
    Tlsa { usage: END_ENTITY, selector: 1, matching: 1, data }
}

/// Whether one of the (usable) records vouches for the chain. `names` are what an authority's certificate must be
/// for; the server's own needs no name and no date (RFC 7672 §3.1.1, §3.1.2).
pub(super) fn judge(
    provider: &CryptoProvider,
    chain: &[CertificateDer<'_>],
    records: &[Tlsa],
    names: &[String],
) -> Result<(), CertificateProblem> {
    let (end_entity, intermediates) = chain.split_first().ok_or(CertificateProblem::Missing)?;
    if records.iter().any(|record| record.usage == END_ENTITY && matches(record, end_entity)) {
        return Ok(());
    }
    let mut anchors = RootCertStore::empty();
    for record in records.iter().filter(|record| record.usage == TRUST_ANCHOR) {
        let found = intermediates.iter().filter(|certificate| matches(record, certificate));
        anchors.add_parsable_certificates(found.map(|certificate| certificate.clone().into_owned()));
        if (record.selector, record.matching) == (0, 0) {
            anchors.add_parsable_certificates([CertificateDer::from(record.data.clone())]);
        }
    }
    if anchors.is_empty() {
        return Err(CertificateProblem::NoTlsaMatch);
    }
    let parsed = ParsedCertificate::try_from(end_entity)
        .map_err(|error| CertificateProblem::Unusable(error.to_string()))?;
    let algorithms = provider.signature_verification_algorithms.all;
    verify_server_cert_signed_by_trust_anchor(&parsed, &anchors, intermediates, UnixTime::now(), algorithms)
        .map_err(|error| certificate::chain_problem(&error))?;
    certificate::check_names(&parsed, end_entity, names)
}

fn matches(record: &Tlsa, certificate: &CertificateDer<'_>) -> bool {
    association(certificate, record.selector, record.matching).is_some_and(|data| data == record.data)
}

/// What a record for this certificate would hold (RFC 6698 §2.1); `None` for parameters that nobody knows.
fn association(certificate: &CertificateDer<'_>, selector: u8, matching: u8) -> Option<Vec<u8>> {
    let parsed;
    let selected: &[u8] = match selector {
        0 => certificate,
        1 => {
            parsed = X509Certificate::from_der(certificate).ok()?.1;
            parsed.tbs_certificate.subject_pki.raw
        }
        _ => return None,
    };
    match matching {
        0 => Some(selected.to_vec()),
        1 => Some(digest::digest(&digest::SHA256, selected).as_ref().to_vec()),
        2 => Some(digest::digest(&digest::SHA512, selected).as_ref().to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
