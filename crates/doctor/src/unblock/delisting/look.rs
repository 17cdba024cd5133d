//! Whether a blocklist lists an address or a domain, its test points first; and what a mailbox provider has lately said to us,
//! by the server's own history.

use std::net::{IpAddr, Ipv4Addr};

use postamt_mail::refusals::{self, Fault};
use postamt_net::dns::Resolver;
use postamt_net::interfaces::is_public;
use postamt_store::history::{AttemptRecord, History, HistoryError, MessageRecord, Query};
use serde::Serialize;

use super::Mailbox;
use crate::blocklists::{Advice, BlockList, Lists, Meaning};
use crate::checks::blocklists::{State as Proof, look as ask, prove};

/// Messages looked at, the newest first.
const MESSAGES: usize = 5_000;

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The code.
    pub code: Ipv4Addr,
    /// What it means in the list's own words; may be empty.
    pub text: String,
    /// What can be done.
    pub advice: Advice,
}

/// What a list says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is listed.
    Listed(Vec<Answer>),
    /// It is not.
    NotListed,
    /// It could not be found out: the list is closed, needs a key, refuses to answer, or fails its test points.
    Unknown(String),
}

/// What a list says of one address or domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// Which.
    pub about: String,
    /// The name that was asked for.
    pub asked: String,
    /// What came.
    pub said: Said,
    /// When, seconds since 1970.
    pub at: u64,
}

impl Listing {
    /// Whether the list has it.
    #[must_use]
    pub const fn is_listed(&self) -> bool {
        matches!(self.said, Said::Listed(_))
    }
}

/// Asks a list about these addresses and domains; those of a kind that it does not list are passed over.
pub async fn listings(resolver: &dyn Resolver, list: &BlockList, abouts: &[String], at: u64) -> Vec<Listing> {
    let labels: Vec<(&String, String)> =
        abouts.iter().filter_map(|about| Some((about, label(list, about)?))).collect();
    let listing = |about: &String, asked: String, said| Listing { about: about.clone(), asked, said, at };
    let Some(zone) = &list.zone else {
        let unknown = || Said::Unknown("-".to_owned());
        return labels.into_iter().map(|(about, label)| listing(about, label, unknown())).collect();
    };
    // RFC 5782 §5: a list that fails its test points says nothing.
    let unusable = match prove(resolver, list, zone).await {
        Proof::Answers => None,
        Proof::Refuses(why) | Proof::Dead(why) => Some(why),
    };
    let mut found = Vec::new();
    for (about, label) in labels {
        let said = match &unusable {
            Some(why) => Said::Unknown(why.clone()),
            None => {
                ask(resolver, &label, zone).await.map_or_else(Said::Unknown, |answers| said(list, &answers))
            }
        };
        found.push(listing(about, format!("{label}.{zone}."), said));
    }
    found
}

fn label(list: &BlockList, about: &str) -> Option<String> {
    match (about.parse::<IpAddr>(), list.lists) {
        (Ok(address), _) => list.address_label(address),
        (Err(_), Lists::Domains) => Some(about.to_owned()),
        (Err(_), Lists::Addresses { .. }) => None,
    }
}

fn said(list: &BlockList, answers: &[IpAddr]) -> Said {
    let mut listed = Vec::new();
    for answer in answers {
        match (list.meaning(*answer), answer) {
            (Meaning::Listed { text, advice }, IpAddr::V4(code)) => {
                listed.push(Answer { code: *code, text, advice });
            }
            (Meaning::Refused(why), _) => return Said::Unknown(why),
            (Meaning::Foreign | Meaning::Listed { .. }, _) => return Said::Unknown(answer.to_string()),
        }
    }
    listed.sort_by_key(|answer| answer.code);
    if listed.is_empty() { Said::NotListed } else { Said::Listed(listed) }
}

/// A refusal by a mailbox provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// When, seconds since 1970.
    pub at: u64,
    /// The server that said it.
    pub host: String,
    /// Our address as others see it, where it is known.
    pub source: Option<String>,
    /// What it said, the recipients left out. Other addresses stay: one of them may be whom to write to.
    pub reply: String,
}

impl Refusal {
    /// Whether it is one of an address, and of one of these where its own is known.
    #[must_use]
    pub fn is_of(&self, addresses: &[String]) -> bool {
        let known = refusals::recognise(Some(&self.host), &self.reply);
        let is_one = |source: &String| addresses.is_empty() || addresses.contains(source);
        known.is_some_and(|known| known.pattern.fault == Fault::Address)
            && self.source.as_ref().is_none_or(is_one)
    }
}

/// The newest direct refusal by this provider since then, unless it has taken mail since.
///
/// # Errors
/// The history cannot be read.
pub async fn refusal(
    history: &dyn History,
    mailbox: &Mailbox,
    since: u64,
) -> Result<Option<Refusal>, HistoryError> {
    let attempts = attempts(history, mailbox, since).await?;
    let newest = attempts.into_iter().max_by_key(|attempt| attempt.at);
    let refused = newest.filter(|attempt| {
        attempt.outcome != "delivered" && attempt.reply.starts_with(['4', '5']) && attempt.remote.is_some()
    });
    Ok(refused.map(|attempt| Refusal {
        at: attempt.at,
        host: host(&attempt).to_owned(),
        source: source(&attempt).map(str::to_owned),
        reply: attempt.reply.clone(),
    }))
}

/// Whether this provider has taken a message directly since then, from one of these addresses where that is known.
///
/// # Errors
/// The history cannot be read.
pub async fn has_taken(
    history: &dyn History,
    mailbox: &Mailbox,
    addresses: &[String],
    since: u64,
) -> Result<bool, HistoryError> {
    let from_here = |attempt: &AttemptRecord| {
        let is_one = |source| addresses.is_empty() || addresses.iter().any(|address| address == source);
        source(attempt).is_none_or(is_one)
    };
    let attempts = attempts(history, mailbox, since).await?;
    Ok(attempts.iter().any(|attempt| attempt.outcome == "delivered" && from_here(attempt)))
}

async fn attempts(
    history: &dyn History,
    mailbox: &Mailbox,
    since: u64,
) -> Result<Vec<AttemptRecord>, HistoryError> {
    let records = history.search(Query { limit: MESSAGES, ..Query::default() }).await?;
    let is_theirs = |record: &MessageRecord, attempt: &AttemptRecord| {
        let host = host(attempt).to_owned();
        let recipients = attempt.recipients.iter();
        let mut recipients = recipients.filter_map(|number| record.recipients.get(usize::from(*number)));
        attempt.at >= since
            && attempt.route.starts_with("direct")
            && recipients.any(|recipient| mailbox.receives(recipient, &host))
    };
    let mut found = Vec::new();
    for record in &records {
        let theirs = record.attempts.iter().filter(|attempt| is_theirs(record, attempt));
        found.extend(theirs.map(|attempt| AttemptRecord {
            reply: without_recipients(&attempt.reply, &record.recipients),
            ..attempt.clone()
        }));
    }
    Ok(found)
}

/// Whose mail it was is nobody's business.
fn without_recipients(reply: &str, recipients: &[String]) -> String {
    recipients.iter().fold(reply.to_owned(), |reply, recipient| {
        let Some((_, domain)) = recipient.rsplit_once('@') else { return reply };
        // In ASCII letters alone: places stay the same.
        let (text, wanted) = (reply.to_ascii_lowercase(), recipient.to_ascii_lowercase());
        let mut masked = String::new();
        let mut from = 0;
        for (at, found) in text.match_indices(&wanted) {
            masked.push_str(&reply[from..at]);
            masked.push_str(&format!("…@{domain}"));
            from = at + found.len();
        }
        masked + &reply[from..]
    })
}

/// Whence an attempt was made. An address behind NAT is none that others know.
fn source(attempt: &AttemptRecord) -> Option<&str> {
    let is_known = |text: &&str| text.parse().is_ok_and(is_public);
    attempt.source.as_deref().filter(is_known)
}

/// `mx.test [192.0.2.1]:25` without what comes after the name.
fn host(attempt: &AttemptRecord) -> &str {
    attempt.remote.as_deref().unwrap_or_default().split([' ', '[']).next().unwrap_or_default()
}
