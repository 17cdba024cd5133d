//! Where to connect and how: the plan's part that the client needs.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::client::Stage;
use rustls_pki_types::CertificateDer;
use zeroize::Zeroizing;

use crate::dns::Tlsa;

/// One server to talk to.
#[derive(Debug, Clone)]
pub struct Hop {
    /// Address and port.
    pub address: SocketAddr,
    /// Where the connection comes from; the system chooses when it is `None`.
    pub source: Option<IpAddr>,
    /// The server's name, for SNI and for the certificate.
    pub host: Option<Domain>,
    /// What we call ourselves: the name that the source address resolves to, or an address literal.
    pub ehlo_name: String,
    /// What TLS must achieve.
    pub tls: TlsPolicy,
    /// That this is the right host is known for sure: it is configured, or DNSSEC or a policy says so. Without that,
    /// its certificate proves too little for mail that must not travel otherwise (RFC 8689 §4.2.1).
    pub name_is_proven: bool,
    /// Speak LMTP (RFC 2033).
    pub lmtp: bool,
    /// Log in before the first message.
    pub credentials: Option<Credentials>,
    /// BDAT or DATA.
    pub chunking: Chunking,
    /// Time limits of each step.
    pub timeouts: Timeouts,
}

impl Hop {
    /// A hop with opportunistic TLS, without login, with the usual time limits.
    #[must_use]
    pub fn new(address: SocketAddr, ehlo_name: impl Into<String>) -> Self {
        Self {
            address,
            source: None,
            host: None,
            ehlo_name: ehlo_name.into(),
            tls: TlsPolicy::Opportunistic,
            name_is_proven: true,
            lmtp: false,
            credentials: None,
            chunking: Chunking::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// What TLS must achieve on a hop.
#[derive(Debug, Clone)]
pub enum TlsPolicy {
    /// No TLS, even where it is offered.
    None,
    /// STARTTLS where it is offered, with any certificate; where the handshake fails, one new connection
    /// without it.
    Opportunistic,
    /// STARTTLS or failure.
    Required(Verify),
    /// TLS from the first octet (RFC 8314 §3.3).
    Implicit(Verify),
}

impl TlsPolicy {
    /// What the certificate must be; `None` where the policy does not ask for one.
    #[must_use]
    pub fn verify(&self) -> Option<&Verify> {
        match self {
            Self::None | Self::Opportunistic => None,
            Self::Required(verify) | Self::Implicit(verify) => Some(verify),
        }
    }
}

/// What the certificate must be.
#[derive(Debug, Clone)]
pub enum Verify {
    /// Any certificate: encryption without authentication.
    Encrypt,
    /// Valid under WebPKI.
    WebPki {
        /// For one of these names; `*.suffix` stands for any one label before the suffix.
        names: Vec<String>,
        /// Trusted besides the roots of the context.
        extra_roots: Option<Arc<Vec<CertificateDer<'static>>>>,
    },
    /// One of these TLSA records must vouch for it (RFC 7672). Usable ones only, of the hop's host.
    Dane {
        /// The records.
        records: Arc<[Tlsa]>,
        /// Where they stand, if that is not the host's own name but what it is an alias for: the server is asked for
        /// by this name, and may show a certificate for it (RFC 7672 §3.2.2).
        base: Option<Domain>,
    },
}

/// Whether BDAT is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chunking {
    /// Where CHUNKING is offered: the content goes out as it lies in memory.
    #[default]
    IfOffered,
    /// DATA always, for servers whose BDAT is broken.
    Never,
}

/// A password. Wiped from memory when dropped, never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the password over.
    #[must_use]
    pub fn new(password: impl Into<String>) -> Self {
        Self(Zeroizing::new(password.into()))
    }

    /// The password, for the exchange itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether a login may go out without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClearLogin {
    /// It may not (RFC 4954 §4).
    #[default]
    Refuse,
    /// The operator says that the way to this server is safe.
    Allow,
}

/// A login at a relay.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who.
    pub login: String,
    /// With what.
    pub password: Secret,
    /// Without TLS, too?
    pub without_tls: ClearLogin,
}

impl Credentials {
    /// A login that goes out under TLS only.
    #[must_use]
    pub fn new(login: impl Into<String>, password: Secret) -> Self {
        Self { login: login.into(), password, without_tls: ClearLogin::Refuse }
    }
}

/// How long each step may take. The limits for replies count from the command to the end of its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP connection.
    pub connect: Duration,
    /// 220 (RFC 5321 §4.5.3.2.1).
    pub greeting: Duration,
    /// EHLO, AUTH and whatever has no limit of its own.
    pub command: Duration,
    /// MAIL (RFC 5321 §4.5.3.2.2).
    pub mail: Duration,
    /// RCPT (RFC 5321 §4.5.3.2.3).
    pub recipient: Duration,
    /// DATA (RFC 5321 §4.5.3.2.4).
    pub data_initiation: Duration,
    /// Each write of content (RFC 5321 §4.5.3.2.5).
    pub data_block: Duration,
    /// The reply to the end of data (RFC 5321 §4.5.3.2.6).
    pub data_termination: Duration,
    /// The reply to STARTTLS, and then the handshake.
    pub tls: Duration,
    /// QUIT: nothing depends on its reply.
    pub quit: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(30),
            greeting: seconds(300),
            command: seconds(300),
            mail: seconds(300),
            recipient: seconds(300),
            data_initiation: seconds(120),
            data_block: seconds(180),
            data_termination: seconds(600),
            tls: seconds(30),
            quit: seconds(5),
        }
    }
}

impl Timeouts {
    /// The same limit for everything, for peers nearby and for tests.
    #[must_use]
    pub const fn all(limit: Duration) -> Self {
        Self {
            connect: limit,
            greeting: limit,
            command: limit,
            mail: limit,
            recipient: limit,
            data_initiation: limit,
            data_block: limit,
            data_termination: limit,
            tls: limit,
            quit: limit,
        }
    }

    /// The limit for the reply of a step.
    #[must_use]
    pub const fn reply(&self, stage: Stage) -> Duration {
        match stage {
            Stage::Connect => self.connect,
            Stage::Greeting => self.greeting,
            Stage::StartTls => self.tls,
            Stage::Ehlo | Stage::Auth => self.command,
            Stage::Mail => self.mail,
            Stage::Recipient => self.recipient,
            Stage::Data => self.data_initiation,
            Stage::EndOfData => self.data_termination,
        }
    }
}
