//! Certificates of the miniature Internet: an authority of its own, and certificates in every state that mail
//! servers are seen with.
//!
//! [`LabAuthority::server_config`] gives a TLS side for one host. Who wants to trust the good ones takes
//! [`LabAuthority::root`] as a trust anchor.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The state of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateKind {
    /// Issued by the lab's authority, for the host's name, valid.
    Good,
    /// As good as that, until 2020.
    Expired,
    /// Issued by itself.
    SelfSigned,
    /// Issued for `falsch.test`.
    WrongName,
    /// Good between the beginnings of these days: year, month, day.
    Between((i32, u8, u8), (i32, u8, u8)),
}

/// Which versions of TLS a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Current,
    /// Only 1.2.
    Only12,
    /// Only 1.3.
    Only13,
}

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Making a key or a certificate.
    #[error("a certificate for the lab could not be made")]
    Make(#[from] rcgen::Error),
    /// Putting it into a TLS configuration.
    #[error("a TLS configuration for the lab could not be made")]
    Configure(#[from] rustls::Error),
}

/// The authority that the lab trusts.
#[derive(Debug)]
pub struct LabAuthority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl LabAuthority {
    /// Makes a new authority with a new key; it lives as long as the process.
    ///
    /// # Errors
    /// [`CertificateError::Make`]: no randomness.
    pub fn new() -> Result<Self, CertificateError> {
        Self::of("Postamt lab")
    }

    /// The same, by the name of another organisation.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(organisation: &str) -> Result<Self, CertificateError> {
        let mut parameters = CertificateParams::new(Vec::new())?;
        parameters.distinguished_name.push(DnType::OrganizationName, organisation);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters.distinguished_name.push(DnType::CommonName, "Postamt lab authority");
        Ok(Self { issuer: CertifiedIssuer::self_signed(parameters, KeyPair::generate()?)? })
    }

    /// The trust anchor.
    #[must_use]
    pub fn root(&self) -> &CertificateDer<'static> {
        self.issuer.der()
    }

    /// The trust anchor as a file may hold it.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate and its key as PEM texts, for servers that read files.
    ///
    /// # Errors
    /// [`CertificateError::Make`]: the host is no DNS name.
    pub fn issue_pem(&self, host: &str, kind: CertificateKind) -> Result<(String, String), CertificateError> {
        let key = KeyPair::generate()?;
        Ok((self.sign(host, kind, &key)?.pem(), key.serialize_pem()))
    }

    /// The TLS side of a server called `host`.
    ///
    /// # Errors
    /// [`CertificateError`]: the host is no DNS name.
    pub fn server_config(
        &self,
        host: &str,
        kind: CertificateKind,
        versions: TlsVersions,
    ) -> Result<Arc<ServerConfig>, CertificateError> {
        let key = KeyPair::generate()?;
        let certificate = self.sign(host, kind, &key)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|why| CertificateError::Configure(rustls::Error::General(why.to_owned())))?;
        let versions: &[&rustls::SupportedProtocolVersion] = match versions {
            TlsVersions::Current => rustls::ALL_VERSIONS,
            TlsVersions::Only12 => &[&rustls::version::TLS12],
            TlsVersions::Only13 => &[&rustls::version::TLS13],
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(Arc::new(config))
    }

    fn sign(
        &self,
        host: &str,
        kind: CertificateKind,
        key: &KeyPair,
    ) -> Result<rcgen::Certificate, CertificateError> {
        let name = if kind == CertificateKind::WrongName { "falsch.test" } else { host };
        let mut parameters = CertificateParams::new(vec![name.to_owned()])?;
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if kind == CertificateKind::Expired {
            parameters.not_before = date_time_ymd(2019, 1, 1);
            parameters.not_after = date_time_ymd(2020, 1, 1);
        }
        if let CertificateKind::Between(first, last) = kind {
            parameters.not_before = date_time_ymd(first.0, first.1, first.2);
            parameters.not_after = date_time_ymd(last.0, last.1, last.2);
        }
        Ok(match kind {
            CertificateKind::SelfSigned => parameters.self_signed(key)?,
            _ => parameters.signed_by(key, &self.issuer)?,
        })
    }
}
