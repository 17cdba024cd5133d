//! Who lives in the miniature Internet.
//!
//! Their names are German, as the project's: strict, grey, slow, no, spam, old certificate, clear text, detour,
//! without MX, black hole, no mail, does not exist.

use super::WorldSettings;
use crate::certificates::{CertificateKind, TlsVersions};
use crate::receiver::{Character, Refusal};

/// The host number of the host that is not there.
pub(super) const BLACK_HOLE: u8 = 90;

/// One receiving domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resident {
    /// The domain; also the key under which the program's catalogue describes it.
    pub domain: &'static str,
    /// Its host's number in the receivers' network.
    pub(super) number: u8,
    /// What is behind it.
    pub nature: Nature,
}

/// What is behind a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A mail server that is one MX's host.
    Server {
        /// What it is like.
        manner: Manner,
        /// What its STARTTLS is like; `None` has none.
        tls: Option<(CertificateKind, TlsVersions)>,
    },
    /// The first MX is a black hole, the second works.
    Detour,
    /// No MX record, but an address (RFC 5321 §5.1).
    ImplicitMx,
    /// An MX whose host is not there.
    BlackHole,
    /// A null MX (RFC 7505).
    NullMx,
    /// NXDOMAIN.
    NoSuchDomain,
}

/// A character before its times are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// [`Character::Mailbox`].
    Mailbox,
    /// [`Character::Strict`].
    Strict,
    /// [`Character::Greylister`].
    Greylister,
    /// [`Character::Slow`].
    Slow,
    /// [`Character::Refuser`].
    Refuser(Refusal),
}

const GOOD: Option<(CertificateKind, TlsVersions)> = Some((CertificateKind::Good, TlsVersions::Current));
const OLD: Option<(CertificateKind, TlsVersions)> = Some((CertificateKind::Expired, TlsVersions::Only12));

/// Everybody.
pub static RESIDENTS: [Resident; 13] = [
    resident(super::SENDER_DOMAIN, 10, server(Manner::Mailbox, GOOD)),
    resident("streng.test", 11, server(Manner::Strict, GOOD)),
    resident("grau.test", 12, server(Manner::Greylister, GOOD)),
    resident("langsam.test", 13, server(Manner::Slow, GOOD)),
    resident("nein.test", 14, server(Manner::Refuser(Refusal::Recipient), GOOD)),
    resident("spam.test", 15, server(Manner::Refuser(Refusal::Message), GOOD)),
    resident("altzert.test", 16, server(Manner::Mailbox, OLD)),
    resident("klartext.test", 17, server(Manner::Mailbox, None)),
    resident("umweg.test", 18, Nature::Detour),
    resident("ohnemx.test", 19, Nature::ImplicitMx),
    resident("schwarzesloch.test", BLACK_HOLE, Nature::BlackHole),
    resident("keinepost.test", 0, Nature::NullMx),
    resident("gibtesnicht.test", 0, Nature::NoSuchDomain),
];

/// One more, strict like `streng.test`, that can be reached by IPv6 only: it lives where the namespace has IPv6.
pub static SIXTH: Resident = resident("sechs.test", 20, server(Manner::Strict, GOOD));

const fn resident(domain: &'static str, number: u8, nature: Nature) -> Resident {
    Resident { domain, number, nature }
}

const fn server(manner: Manner, tls: Option<(CertificateKind, TlsVersions)>) -> Nature {
    Nature::Server { manner, tls }
}

impl Resident {
    /// The name of its mail server.
    #[must_use]
    pub fn host(&self) -> String {
        match self.nature {
            Nature::ImplicitMx => self.domain.to_owned(),
            _ => format!("mx.{}", self.domain),
        }
    }

    /// Whether it has a host at all.
    pub(super) const fn has_address(&self) -> bool {
        !matches!(self.nature, Nature::NullMx | Nature::NoSuchDomain)
    }

    /// The character and the TLS side of its server, if it has one.
    pub(super) fn service(
        &self,
        settings: &WorldSettings,
    ) -> Option<(Character, Option<(CertificateKind, TlsVersions)>)> {
        let (manner, tls) = match self.nature {
            Nature::Server { manner, tls } => (manner, tls),
            Nature::Detour | Nature::ImplicitMx => (Manner::Mailbox, GOOD),
            Nature::BlackHole | Nature::NullMx | Nature::NoSuchDomain => return None,
        };
        let character = match manner {
            Manner::Mailbox => Character::Mailbox,
            Manner::Strict => Character::Strict,
            Manner::Greylister => Character::Greylister { wait: settings.greylist_wait },
            Manner::Slow => Character::Slow(settings.delays),
            Manner::Refuser(refusal) => Character::Refuser(refusal),
        };
        Some((character, tls))
    }
}
