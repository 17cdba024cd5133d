//! TLS as a mail client needs it: always encrypt, then judge the certificate by the policy of the hop.
//!
//! One rustls configuration serves all policies, so sessions are resumed whatever the policy: it accepts every
//! certificate during the handshake (the peer's signature is still checked), and [`TlsContext::judge`] says
//! afterwards, before a word of SMTP, what WebPKI makes of it. A second, lenient configuration serves peers
//! whose certificate our library cannot even read (X.509 v1, tiny keys); it never counts as verified.
//!
//! Built once at start; [`TlsContext::system`] reads the machine's roots, and brings Mozilla's where it has none.

mod accept;
mod certificate;
pub mod dane;
mod facts;

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::client::Problem;
use postamt_mail::reply::Reply;
use postamt_mail::sasl::scram::{BindingKind, ChannelBinding, EXPORTER_LABEL};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{CipherSuite, ClientConfig, ProtocolVersion, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub use certificate::{CertificateProblem, end_point_hash, public_key_digest};
pub use facts::{CertificateFacts, KeyKind, describe};

use crate::dns::Tlsa;

/// Sessions remembered for resumption.
const SESSIONS: usize = 4_096;

/// How the peer's handshake signature is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leniency {
    /// It must be right.
    Strict,
    /// It is not looked at: encryption without any proof of the peer, better than none.
    Lenient,
}

/// What failed about TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsFailure {
    /// The handshake did not end in time.
    #[error("the TLS handshake stalled")]
    Stalled,
    /// The handshake failed.
    #[error("the TLS handshake failed: {0}")]
    Handshake(String),
    /// The certificate cannot be read, or the peer cannot prove that it is its own.
    #[error("the certificate cannot be used: {0}")]
    Unusable(String),
    /// TLS is there, but the certificate is not the one that the policy demands.
    #[error("the certificate was refused: {0}")]
    Certificate(#[source] CertificateProblem),
    /// The peer offered STARTTLS and refused it when asked, though the policy demands it.
    #[error("the server refused STARTTLS: {0}")]
    Refused(Reply),
}

/// What is known of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: &'static str,
    /// The cipher suite's registered name.
    pub cipher: &'static str,
    /// The names in the certificate.
    pub certificate_names: Vec<String>,
    /// The certificate is valid for the names that the hop demands, or else for its host; or a TLSA record vouches
    /// for it.
    pub verified: bool,
    /// It was a TLSA record.
    pub by_dane: bool,
    /// Why it is not verified.
    pub problem: Option<CertificateProblem>,
}

/// Configurations and roots, shared by all connections.
#[derive(Clone)]
pub struct TlsContext {
    strict: TlsConnector,
    lenient: TlsConnector,
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl TlsContext {
    /// With the machine's roots, or those of webpki-roots where the machine has none. Reads files: call it
    /// before the runtime is busy, or on a blocking thread.
    #[must_use]
    pub fn system() -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Self::new(roots)
    }

    /// With these roots only.
    #[must_use]
    pub fn with_roots(roots: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots);
        Self::new(store)
    }

    fn new(roots: RootCertStore) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let connector = |leniency| TlsConnector::from(Arc::new(configuration(&provider, leniency)));
        Self {
            strict: connector(Leniency::Strict),
            lenient: connector(Leniency::Lenient),
            roots: Arc::new(roots),
            provider,
        }
    }

    /// Performs the handshake within `limit`. `name` goes out as SNI when it is a DNS name.
    pub(crate) async fn connect(
        &self,
        stream: TcpStream,
        name: ServerName<'static>,
        leniency: Leniency,
        limit: Duration,
    ) -> Result<TlsStream<TcpStream>, TlsFailure> {
        let connector = match leniency {
            Leniency::Strict => &self.strict,
            Leniency::Lenient => &self.lenient,
        };
        match tokio::time::timeout(limit, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(handshake_failure(&error)),
            Err(_) => Err(TlsFailure::Stalled),
        }
    }

    /// What WebPKI says of the chain: signed by a known root (or one of `extra_roots`), in time, and for one of
    /// `names`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        names: &[String],
        extra_roots: Option<&[CertificateDer<'static>]>,
    ) -> Result<(), CertificateProblem> {
        certificate::judge(&self.roots, &self.provider, chain, names, extra_roots, UnixTime::now())
    }

    /// As [`Self::judge`], at another time than now: seconds since 1970.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn judge_at(
        &self,
        chain: &[CertificateDer<'_>],
        names: &[String],
        at: u64,
    ) -> Result<(), CertificateProblem> {
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        certificate::judge(&self.roots, &self.provider, chain, names, None, at)
    }

    /// The certificates that a server shows to who asks for `host`, its own first. Nothing else is said to it.
    ///
    /// # Errors
    /// No TLS.
    pub async fn look(
        &self,
        stream: TcpStream,
        host: &Domain,
        limit: Duration,
    ) -> Result<Vec<CertificateDer<'static>>, TlsFailure> {
        let name = ServerName::try_from(host.to_string())
            .map_err(|error| TlsFailure::Handshake(error.to_string()))?;
        let stream = self.connect(stream, name, Leniency::Strict, limit).await?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        Ok(chain.iter().map(|certificate| certificate.clone().into_owned()).collect())
    }

    /// Whether one of the usable TLSA records vouches for the chain; `names` for those that name an authority.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn judge_by_dane(
        &self,
        chain: &[CertificateDer<'_>],
        records: &[Tlsa],
        names: &[String],
    ) -> Result<(), CertificateProblem> {
        dane::judge(&self.provider, chain, records, names)
    }
}

impl std::fmt::Debug for TlsContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsContext").field("roots", &self.roots.len()).finish_non_exhaustive()
    }
}

fn configuration(provider: &Arc<CryptoProvider>, leniency: Leniency) -> ClientConfig {
    let mut configuration = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .expect("the aws-lc-rs provider has suites for TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(accept::AcceptAny::new(provider, leniency)))
        .with_no_client_auth();
    configuration.resumption = Resumption::in_memory_sessions(SESSIONS);
    configuration
}

fn handshake_failure(error: &std::io::Error) -> TlsFailure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(cause @ rustls::Error::InvalidCertificate(_)) => TlsFailure::Unusable(cause.to_string()),
        Some(cause) => TlsFailure::Handshake(cause.to_string()),
        None => TlsFailure::Handshake(Problem::from_io(error).to_string()),
    }
}

/// The facts that need no judgement.
pub(crate) fn facts(stream: &TlsStream<TcpStream>) -> TlsFacts {
    let (_, session) = stream.get_ref();
    let chain = session.peer_certificates().unwrap_or_default();
    TlsFacts {
        version: match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
            _ => "TLSv1.2",
        },
        cipher: session.negotiated_cipher_suite().map_or("unknown", |chosen| cipher_name(chosen.suite())),
        certificate_names: chain.first().map(certificate::names).unwrap_or_default(),
        verified: false,
        by_dane: false,
        problem: None,
    }
}

/// The name of IANA's registry; rustls has its own for those of TLS 1.3.
fn cipher_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        other => other.as_str().unwrap_or("unknown"),
    }
}

/// What binds a login to this connection: the exporter of RFC 9266 with TLS 1.3, the certificate's hash
/// (RFC 5929 §4) with TLS 1.2, where the exporter is safe only with an extension that we cannot see.
pub(crate) fn channel_binding(stream: &TlsStream<TcpStream>) -> Option<ChannelBinding> {
    let (_, session) = stream.get_ref();
    if session.protocol_version() == Some(ProtocolVersion::TLSv1_3) {
        let data = session.export_keying_material([0; 32], EXPORTER_LABEL, Some(b"")).ok()?;
        return Some(ChannelBinding { kind: BindingKind::TlsExporter, data: data.to_vec() });
    }
    let data = certificate::end_point_hash(session.peer_certificates()?.first()?)?;
    Some(ChannelBinding { kind: BindingKind::TlsServerEndPoint, data })
}
