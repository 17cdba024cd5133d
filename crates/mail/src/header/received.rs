//! Our trace field (RFC 5321 §4.4, RFC 3848, RFC 6531 §3.7.3, RFC 8314 §4.3 for the cipher).
//!
//! A message from a login says by whom it was taken, not from where: the address of a person's phone or home is
//! nobody's business (the `From-domain` that RFC 5321 wants is left out then, as large providers do). A message
//! from another server names that server, as the RFC demands.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use crate::address::Address;
use crate::date;

/// The word behind `with` (RFC 3848 §2, RFC 6531 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Protocol {
    /// The session began with EHLO.
    pub extended: bool,
    /// The transaction used SMTPUTF8.
    pub utf8: bool,
    /// TLS was on.
    pub tls: bool,
    /// The client had logged in.
    pub authenticated: bool,
    /// LMTP instead of SMTP (RFC 2033).
    pub lmtp: bool,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffixed = self.tls || self.authenticated;
        f.write_str(match (self.utf8, self.lmtp) {
            (true, true) => "UTF8LMTP",
            (true, false) => "UTF8SMTP",
            (false, true) => "LMTP",
            (false, false) if self.extended || suffixed => "ESMTP",
            (false, false) => "SMTP",
        })?;
        f.write_str(if self.tls { "S" } else { "" })?;
        f.write_str(if self.authenticated { "A" } else { "" })
    }
}

/// The other side, for messages that come from another server.
#[derive(Debug, Clone, Copy)]
pub struct Peer<'a> {
    /// What it said in EHLO or HELO.
    pub greeting: &'a str,
    /// Its address.
    pub address: IpAddr,
    /// Its confirmed name in DNS, if it has one.
    pub name: Option<&'a str>,
}

/// Everything that the field says.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The other side; `None` for authenticated and local submission.
    pub from: Option<Peer<'a>>,
    /// Our own name.
    pub by: &'a str,
    /// How it came. `None` for messages handed in without a mail protocol (the `sendmail` command).
    pub protocol: Option<Protocol>,
    /// Protocol version and cipher, as `("TLS1.3", "TLS_AES_256_GCM_SHA384")`.
    pub tls: Option<(&'a str, &'a str)>,
    /// The queue id.
    pub id: &'a str,
    /// The recipient, when there is exactly one: more would tell them of each other (RFC 5321 §7.2).
    pub recipient: Option<&'a Address>,
    /// Seconds since 1970.
    pub now: u64,
}

impl Received<'_> {
    /// The whole field, folded, with its last CRLF.
    #[must_use]
    pub fn field(&self) -> String {
        let mut text = String::with_capacity(256);
        text.push_str("Received: ");
        // Writing to a String cannot fail, hence no result to look at.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        if let Some(peer) = &self.from {
            write!(text, "from {} (", plain(peer.greeting))?;
            if let Some(name) = peer.name {
                write!(text, "{} ", plain(name))?;
            }
            // TCP-info holds an address literal (RFC 5321 §4.4).
            match peer.address {
                IpAddr::V4(ip) => write!(text, "[{ip}])\r\n\t")?,
                IpAddr::V6(ip) => write!(text, "[IPv6:{ip}])\r\n\t")?,
            }
        }
        write!(text, "by {} (Postamt)", self.by)?;
        if let Some(protocol) = self.protocol {
            write!(text, " with {protocol}")?;
        }
        write!(text, " id {}", self.id)?;
        if let Some((version, cipher)) = self.tls {
            write!(text, "\r\n\t({} {})", plain(version), plain(cipher))?;
        }
        if let Some(recipient) = self.recipient {
            write!(text, "\r\n\tfor <{recipient}>")?;
        }
        text.push_str(";\r\n\t");
        date::write_rfc5322(text, self.now);
        text.push_str("\r\n");
        Ok(())
    }
}

/// What the other side said, without anything that could end a comment or a line.
fn plain(text: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || "-_.:[]+".contains(c);
    text.chars().take(255).map(|c| if keep(c) { c } else { '?' }).collect()
}
