//! The certificate that answers a challenge of the kind tls-alpn-01 (RFC 8737 §3).

use std::sync::Arc;

use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::ServerConfig;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::AcmeError;

/// The protocol by whose name the authority asks (RFC 8737 §6.2).
const PROTOCOL: &[u8] = b"acme-tls/1";

/// What to serve to whoever asks for this name by `acme-tls/1`.
///
/// # Errors
/// The certificate cannot be made.
pub fn proof_configuration(name: &str, digest: &[u8; 32]) -> Result<Arc<ServerConfig>, AcmeError> {
    let failed = |error: &dyn std::fmt::Display| AcmeError::Key(error.to_string());
    // RFC 8737 §3: the name and nothing else, and the critical extension with the digest.
    let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(|error| failed(&error))?;
    params.distinguished_name = DistinguishedName::new();
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let certificate = params.self_signed(&key).map_err(|error| failed(&error))?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = provider.key_provider.load_private_key(key).map_err(|error| failed(&error))?;
    // Not compared with its key, as the usual way does it: a reader of certificates refuses the critical extension.
    let pair = CertifiedKey::new(vec![certificate.der().clone()], key);
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
    configuration.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(Arc::new(configuration))
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::{FromDer as _, X509Certificate};

    use super::*;

    #[test]
    fn the_certificate_carries_the_digest_in_a_critical_extension() {
        let configuration = proof_configuration("mail.own.test", &[7; 32]).expect("made");
        assert_eq!(configuration.alpn_protocols, [PROTOCOL.to_vec()]);
        let mut params = CertificateParams::new(vec!["mail.own.test".to_owned()]).expect("a name");
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(&[7; 32])];
        let made = params.self_signed(&KeyPair::generate().expect("a key")).expect("made");
        let (_, read) = X509Certificate::from_der(made.der()).expect("read");
        // RFC 8737 §3: id-pe-acmeIdentifier, an octet string of 32 octets.
        let found = read.iter_extensions().find(|it| it.oid.to_id_string() == "1.3.6.1.5.5.7.1.31");
        let found = found.expect("the extension");
        assert!(found.critical && found.value == [&[4, 32][..], &[7; 32]].concat());
    }
}
