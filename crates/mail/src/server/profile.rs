//! What a listener lets its sessions do.

pub use crate::sasl::Mechanism;

/// The rules of one listener, shared by its sessions.
#[derive(Debug, Clone)]
pub struct ServerProfile {
    /// Our name, as 220 and EHLO say it.
    pub hostname: String,
    /// The words behind the name in the greeting, as `ESMTP Postamt`.
    pub greeting: String,
    /// Octets of a message (RFC 1870); what is declared larger is refused at MAIL, what is larger at its end.
    pub size_limit: u64,
    /// Recipients of one transaction, at least 100 (RFC 5321 §4.5.3.1.8); more get 452 4.5.3.
    pub recipient_limit: usize,
    /// Octets of a message's header section.
    pub header_limit: usize,
    /// STARTTLS is offered while the session is in clear.
    pub starttls: bool,
    /// What AUTH offers; only ever under TLS.
    pub mechanisms: Vec<Mechanism>,
    /// MAIL before AUTH gets 530 5.7.0.
    pub auth_required: bool,
    /// In clear, nothing but EHLO, NOOP, RSET, HELP, QUIT and STARTTLS is answered (RFC 3207 §4).
    pub starttls_required: bool,
    /// LMTP (RFC 2033): LHLO, and one reply per recipient after the message.
    pub lmtp: bool,
    /// A session on a local socket whose peer is already known: AUTH is not offered.
    pub local: bool,
}

/// How the octets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// As they are.
    Clear,
    /// Under TLS.
    Tls,
}
