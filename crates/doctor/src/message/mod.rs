//! `postamt doctor message`: what a receiver would think of a message.
//!
//! ```text
//! octets ─▶ Letter (header section, MIME parts) ─▶ authentication, headers, unsubscribe, body, links, scanner ─▶ Report
//! ```
//!
//! [`examine`] never fails: what could not be found out is a finding of severity `unknown`. The octets may have the line
//! ends of a UNIX file; a message that mixes both kinds is judged as it is. MIME is read by `mail-parser`, whose work is
//! capped: messages beyond [`LARGEST`] are not taken apart, and parts beyond [`MOST_PARTS`] not looked at.

mod authentication;
mod body;
mod headers;
mod links;
mod scanner;
#[cfg(test)]
mod tests;
mod unsubscribe;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use mail_parser::MessageParser;
use postamt_mail::header::{HeaderSection, Message};
use postamt_mailauth::verify::Verifier;
use postamt_net::clock::Clock;
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::service::ServiceAddress;

use crate::blocklists::BlockList;
use crate::checks::report::SCHEMA_VERSION;
use crate::checks::{Finding, Judgement, Kind, Report};

/// Octets of a message that is taken apart.
pub const LARGEST: usize = 64 << 20;
/// Parts that are looked at.
pub const MOST_PARTS: usize = 1_000;

/// The outside world.
#[derive(Clone)]
pub struct Eyes {
    /// Names, for blocklists.
    pub resolver: Arc<dyn Resolver>,
    /// Connections, for the scanner.
    pub dialer: Arc<dyn Dialer>,
    /// Signatures and policies.
    pub verifier: Verifier,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Lists of domains among others.
    pub blocklists: Arc<Vec<BlockList>>,
}

/// Where an address comes from that mail would be sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The caller has named it.
    Named,
    /// The uppermost `Received` field has it.
    Received,
    /// This host sends from it.
    Own,
}

/// How the message would travel, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Travel {
    /// The client's address, if the caller names one.
    pub client: Option<IpAddr>,
    /// The address of this host, where neither the caller nor the message has one.
    pub own: Option<IpAddr>,
    /// The name in EHLO.
    pub greeting: String,
    /// `MAIL FROM`; else `Return-Path`, else the first address of `From`.
    pub sender: Option<String>,
    /// It goes to many: what bulk mail must have is demanded.
    pub bulk: bool,
    /// Where Rspamd listens.
    pub rspamd: Option<ServiceAddress>,
}

/// A message, read.
struct Letter<'a> {
    octets: &'a [u8],
    section: HeaderSection<'a>,
    mime: Option<mail_parser::Message<'a>>,
}

/// Everything that can be said.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    [authentication::KINDS, headers::KINDS, unsubscribe::KINDS, body::KINDS, links::KINDS, scanner::KINDS]
        .into_iter()
        .flatten()
        .copied()
}

/// Judges a message; `name` stands in the heading.
pub async fn examine(eyes: &Eyes, content: &[u8], travel: &Travel, name: &str) -> Report {
    let at = eyes.clock.unix_seconds();
    let content = wire_form(content);
    let mime = (content.len() <= LARGEST).then(|| MessageParser::default().parse(&*content)).flatten();
    let letter = Letter { octets: &content, section: Message::split(&content), mime };
    let mut findings: Vec<Finding> = Vec::new();
    let (proofs, links, scanned) = tokio::join!(
        authentication::judge(eyes, &letter, travel),
        links::judge(eyes, &letter),
        scanner::judge(eyes, &letter, travel),
    );
    findings.extend(proofs);
    findings.extend(headers::judge(&letter, at));
    findings.extend(unsubscribe::judge(&letter, travel.bulk));
    findings.extend(body::judge(&letter));
    findings.extend(links);
    findings.extend(scanned);
    let judged = vec![Judgement { check: "message", findings, because: None }];
    Report { schema_version: SCHEMA_VERSION, at, subject: name.to_owned(), judged }
}

/// CRLF where a file has nothing but LF, and no `From ` line of a mailbox file in front.
fn wire_form(content: &[u8]) -> Cow<'_, [u8]> {
    let content = match content.strip_prefix(b"From ") {
        Some(rest) => &rest[rest.iter().position(|octet| *octet == b'\n').map_or(rest.len(), |at| at + 1)..],
        None => content,
    };
    if content.contains(&b'\r') {
        return Cow::Borrowed(content);
    }
    let mut out = Vec::with_capacity(content.len() + content.len() / 32);
    for line in content.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(text) => {
                out.extend_from_slice(text);
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    Cow::Owned(out)
}

impl Letter<'_> {
    /// The address that the message says it was written by.
    fn author(&self) -> Option<postamt_mail::address::Address> {
        self.section.addresses("From").addresses.into_iter().next()
    }
}
