//! The verifier that lets every certificate pass the handshake; judgement comes after it (see `mod.rs`).
//!
//! It still checks that the peer owns the key of the certificate that it shows, unless it is lenient: without
//! that check the later judgement would be worth nothing.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::Leniency;

/// See the head of this file.
#[derive(Debug)]
pub(super) struct AcceptAny {
    provider: Arc<CryptoProvider>,
    leniency: Leniency,
}

impl AcceptAny {
    pub(super) fn new(provider: &Arc<CryptoProvider>, leniency: Leniency) -> Self {
        Self { provider: Arc::clone(provider), leniency }
    }

    fn weigh(
        &self,
        result: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.leniency {
            Leniency::Strict => result.map_err(as_certificate_error),
            Leniency::Lenient => Ok(HandshakeSignatureValid::assertion()),
        }
    }
}

/// Everything that is wrong with a signature is told as a matter of the certificate, so that the caller can
/// tell it from a broken handshake.
fn as_certificate_error(error: Error) -> Error {
    match error {
        Error::InvalidCertificate(_) => error,
        other => {
            Error::InvalidCertificate(rustls::CertificateError::Other(rustls::OtherError(Arc::new(other))))
        }
    }
}

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.weigh(verify_tls12_signature(message, certificate, signature, algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.weigh(verify_tls13_signature(message, certificate, signature, algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
