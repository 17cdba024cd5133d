//! What stands in a certificate, for people: no judgement. `None` for what cannot be read.

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};
use x509_parser::public_key::PublicKey;

use super::certificate;

/// What stands in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// Who issued it, as it calls itself.
    pub issuer: String,
    /// The organisation of the issuer; empty where none is named.
    pub issuer_organisation: String,
    /// It was issued by nobody but itself.
    pub is_self_made: bool,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// Its key.
    pub key: KeyKind,
}

impl CertificateFacts {
    /// From when it counts, in seconds since 1970.
    #[must_use]
    pub fn from(&self) -> u64 {
        u64::try_from(self.not_before).unwrap_or_default()
    }

    /// Until when it counts, in seconds since 1970.
    #[must_use]
    pub fn until(&self) -> u64 {
        u64::try_from(self.not_after).unwrap_or_default()
    }
}

/// The kind of a key and its length in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa(usize),
    /// A NIST curve.
    Elliptic(usize),
    /// Another one, as Ed25519.
    Other,
}

/// Reads a certificate.
#[must_use]
pub fn describe(certificate: &CertificateDer<'_>) -> Option<CertificateFacts> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let key = match parsed.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => KeyKind::Rsa(key.key_size()),
        Ok(PublicKey::EC(point)) => KeyKind::Elliptic(point.key_size()),
        _ => KeyKind::Other,
    };
    Some(CertificateFacts {
        names: certificate::names(certificate),
        issuer: parsed.issuer().to_string(),
        issuer_organisation: organisation(parsed.issuer()),
        is_self_made: parsed.issuer() == parsed.subject(),
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        key,
    })
}

fn organisation(name: &X509Name<'_>) -> String {
    let first = name.iter_organization().next();
    first.and_then(|attribute| attribute.as_str().ok()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_read() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut parameters = rcgen::CertificateParams::new(vec!["mail.own.test".to_owned()]).expect("a name");
        parameters.distinguished_name.push(rcgen::DnType::OrganizationName, "Own");
        parameters.not_before = rcgen::date_time_ymd(2026, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2026, 4, 1);
        let certificate = parameters.self_signed(&key).expect("a certificate");
        let facts = describe(certificate.der()).expect("facts");
        assert_eq!(facts.names, ["mail.own.test"]);
        assert_eq!((facts.not_before, facts.not_after), (1_767_225_600, 1_775_001_600));
        assert_eq!((facts.key, facts.is_self_made), (KeyKind::Elliptic(256), true));
        assert_eq!(facts.issuer_organisation, "Own");
        assert_eq!(describe(&CertificateDer::from(vec![1])), None);
    }
}
