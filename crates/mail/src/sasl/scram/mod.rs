//! SCRAM-SHA-256 and -PLUS (RFC 5802, RFC 7677), both sides. States are types: each step consumes its state.
//!
//! ```text
//! ServerStart::parse(client-first) ─▶ look up ScramKeys ─▶ challenge ─▶ ServerFinal::finish(client-final)
//! Client::first ─▶ Client::respond(server-first) ─▶ ClientFinal::verify(server-final)
//! ```
//!
//! An unknown account gets [`ScramKeys::decoy`] keys, so that its exchange looks like any other and fails at the
//! proof.

mod client;
mod keys;
mod server;

pub use client::{Client, ClientFinal};
pub use keys::{ScramKeys, derive};
pub use server::{ServerFinal, ServerStart};

use std::fmt;

/// Rounds of PBKDF2 that we use at least (RFC 7677 §4) …
pub const MINIMUM_ITERATIONS: u32 = 4_096;
/// … and that we let a server ask of us at most: some seconds of work.
pub const MAXIMUM_ITERATIONS: u32 = 5_000_000;

/// How both ends prove that they look at the same TLS channel (RFC 5802 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingKind {
    /// `tls-exporter` (RFC 9266): for TLS 1.3, and for TLS 1.2 with extended master secret.
    TlsExporter,
    /// `tls-server-end-point` (RFC 5929 §4): the hash of the server's certificate.
    TlsServerEndPoint,
}

impl BindingKind {
    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }
}

/// The label that RFC 9266 §4.2 gives to the exporter; its context is empty and its length 32.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// A channel binding of the connection at hand.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelBinding {
    /// Its kind.
    pub kind: BindingKind,
    /// Its octets.
    pub data: Vec<u8>,
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelBinding({})", self.kind.name())
    }
}

/// What the client says about channel binding: the `gs2-cbind-flag` (RFC 5802 §7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientBinding {
    /// `n`: this client has none for this connection.
    Unsupported,
    /// `y`: it has, but the server did not offer -PLUS.
    NotOffered,
    /// `p=…`: bound; the mechanism is -PLUS.
    Bound(ChannelBinding),
}

/// True for text that a nonce may be: printable ASCII without a comma (RFC 5802 §7), of a sane length.
/// 18 random octets in base64 make a good one.
#[must_use]
pub fn is_nonce(text: &str) -> bool {
    (8..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
}

/// Takes `name=value` off the front of a list of attributes and returns the value and the rest.
fn attribute(text: &str, name: char) -> Option<(&str, Option<&str>)> {
    let value = text.strip_prefix(name)?.strip_prefix('=')?;
    Some(match value.split_once(',') {
        Some((value, rest)) => (value, Some(rest)),
        None => (value, None),
    })
}
