//! One message on its way to one peer: the envelope's part for this peer, and the content in pieces.

use bytes::Bytes;

use crate::envelope::{BodyType, Recipient, ReturnContent, ReversePath};

/// What is to be delivered over one connection in one go.
#[derive(Debug, Clone, Default)]
pub struct Transaction {
    /// `MAIL FROM`.
    pub sender: ReversePath,
    /// `RCPT TO`, at least one.
    pub recipients: Vec<Recipient>,
    /// As the content was declared to us.
    pub body: BodyType,
    /// SMTPUTF8 was declared to us.
    pub smtputf8: bool,
    /// REQUIRETLS was asked for.
    pub require_tls: bool,
    /// `RET=`, where DSN is offered.
    pub return_content: Option<ReturnContent>,
    /// `ENVID=` in xtext, where DSN is offered.
    pub envelope_id: Option<String>,
    /// The message: lines ended by CRLF, dots not doubled; the cuts may lie anywhere.
    pub content: Vec<Bytes>,
}

impl Transaction {
    /// Octets of the content, as SIZE counts them (RFC 1870 §3).
    #[must_use]
    pub fn size(&self) -> u64 {
        self.content.iter().map(|piece| piece.len() as u64).sum()
    }

    /// True when any octet is above 127.
    #[must_use]
    pub fn has_eight_bit_content(&self) -> bool {
        !self.content.iter().all(|piece| piece.is_ascii())
    }

    /// True when the sender or the header section needs SMTPUTF8 (RFC 6531 §3.2, RFC 6532 §3).
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.needs_smtputf8())
            || (self.smtputf8 && self.has_eight_bit_header())
    }

    fn has_eight_bit_header(&self) -> bool {
        let end = memchr::memmem::Finder::new(b"\r\n\r\n");
        for piece in &self.content {
            // A blank line cut in two is missed; then some of the body counts, which asks for too much only.
            let (header, is_last) = match end.find(piece) {
                Some(position) => (&piece[..position], true),
                None => (&piece[..], false),
            };
            if !header.is_ascii() {
                return true;
            }
            if is_last {
                return false;
            }
        }
        false
    }
}
