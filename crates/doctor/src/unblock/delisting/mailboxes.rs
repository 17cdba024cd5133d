//! What is known of mailbox providers that block an address: compiled in from `data/mailboxes.toml`, checked by a test.

use postamt_mail::refusals;
use serde::{Deserialize, Serialize};

use crate::unblock::base::{Bilingual, Certainty};

const EMBEDDED: &str = include_str!("../../../data/mailboxes.toml");
const VERSION: u32 = 1;

/// How a block is lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A form.
    Form,
    /// Mail.
    Email,
    /// A page that leads to the form.
    Page,
    /// Only whoever holds the network may ask.
    Provider,
    /// There is nobody to ask: it ends by itself.
    Wait,
}

/// One way to the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// What kind.
    pub by: By,
    /// A page or an address.
    #[serde(default)]
    pub to: Option<String>,
    /// Words of a refusal by which it is chosen.
    #[serde(default)]
    pub says: Option<String>,
    /// For which refusals.
    pub when: Bilingual,
    /// What the request must hold.
    #[serde(default)]
    pub asks: Option<Bilingual>,
}

/// A provider of mailboxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// Its name for `--mailbox`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Other names for `--mailbox`.
    pub aliases: Vec<String>,
    /// Domains of its mailboxes.
    pub domains: Vec<String>,
    /// What it looks at.
    pub mend: Bilingual,
    /// When a block ends by itself.
    #[serde(default)]
    pub ends: Option<Bilingual>,
    /// After how many days to ask again.
    #[serde(default)]
    pub days: Option<u8>,
    /// What no source says.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// Where it is said.
    pub sources: Vec<String>,
    /// The newest date of that; empty where there is none.
    pub seen: String,
    /// How sure it is.
    pub confidence: Certainty,
    /// How it is asked, in order.
    #[serde(rename = "channel")]
    pub channels: Vec<Channel>,
}

/// Why the data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// No TOML of this form.
    #[error("the mailbox providers cannot be read")]
    Form(#[from] toml::de::Error),
    /// An entry contradicts itself.
    #[error("the mailbox provider {id}: {fault}")]
    Entry {
        /// Which.
        id: String,
        /// What is wrong.
        fault: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    schema_version: u32,
    #[serde(rename = "compiled")]
    _compiled: String,
    mailbox: Vec<Mailbox>,
}

/// The compiled providers.
///
/// # Errors
/// [`MailboxError`]; a test proves that there is none.
pub fn embedded() -> Result<Vec<Mailbox>, MailboxError> {
    parse(EMBEDDED)
}

/// Reads providers.
///
/// # Errors
/// [`MailboxError`]: the first fault.
pub fn parse(text: &str) -> Result<Vec<Mailbox>, MailboxError> {
    let raw: RawFile = toml::from_str(text)?;
    if raw.schema_version != VERSION {
        return Err(MailboxError::Entry { id: "-".to_owned(), fault: "another form" });
    }
    for (place, mailbox) in raw.mailbox.iter().enumerate() {
        if let Some(fault) = fault(mailbox, &raw.mailbox[..place]) {
            return Err(MailboxError::Entry { id: mailbox.id.clone(), fault });
        }
    }
    Ok(raw.mailbox)
}

fn fault(mailbox: &Mailbox, before: &[Mailbox]) -> Option<&'static str> {
    let is_taken = |name: &String| before.iter().any(|other| other.is_called(name));
    if [&mailbox.id].into_iter().chain(&mailbox.aliases).chain(&mailbox.domains).any(is_taken) {
        return Some("a name stands twice");
    }
    if mailbox.sources.is_empty() || mailbox.channels.is_empty() {
        return Some("no source, or no way to it");
    }
    let is_page = |to: &str| to.starts_with("http");
    let is_wrong = |channel: &Channel| match (channel.by, channel.to.as_deref()) {
        (By::Form, to) => !to.is_some_and(is_page),
        (By::Email | By::Provider, to) => !to.is_some_and(|to| to.contains('@')),
        (By::Page | By::Wait, to) => !to.is_none_or(is_page),
    };
    if mailbox.channels.iter().any(is_wrong) {
        return Some("a way without its page or address");
    }
    let waits = mailbox.channels.iter().all(|channel| channel.by == By::Wait);
    if waits != mailbox.ends.is_some() || waits == mailbox.days.is_some() {
        return Some("`ends` belongs to what ends by itself, and `days` to what is asked");
    }
    let texts = mailbox.channels.iter().flat_map(|it| [Some(&it.when), it.asks.as_ref()]);
    let texts = texts.chain([Some(&mailbox.mend), mailbox.ends.as_ref()]).flatten();
    let mut texts = texts.map(|text| (text.de.trim(), text.en.trim()));
    texts.any(|(de, en)| de.is_empty() || en.is_empty() || de == en).then_some("a text lacks a language")
}

impl Mailbox {
    /// By id, another name, or a domain of its mailboxes, in any case.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let mut names = [&self.id].into_iter().chain(&self.aliases).chain(&self.domains);
        names.any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether mail to this address, or a server of this name, is its matter.
    #[must_use]
    pub fn receives(&self, recipient: &str, host: &str) -> bool {
        let domain = recipient.rsplit_once('@').map_or(recipient, |(_, domain)| domain);
        self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
            || refusals::provider_of_host(host).is_some_and(|known| known.id == self.id)
    }

    /// The ways that fit this refusal; all of them where none is named by it.
    #[must_use]
    pub fn channels_for(&self, reply: Option<&str>) -> Vec<&Channel> {
        let reply = reply.map(str::to_lowercase).unwrap_or_default();
        let fits = |channel: &&Channel| {
            channel.says.as_ref().is_some_and(|says| reply.contains(&says.to_lowercase()))
        };
        let named: Vec<&Channel> = self.channels.iter().filter(fits).collect();
        if named.is_empty() { self.channels.iter().collect() } else { named }
    }
}
