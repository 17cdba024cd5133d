//! What a refusal means: which provider said it, what kind it is, whose matter, and what to do.
//!
//! [`provider_of_host`] knows a provider by its MX host, [`find`] by its name; [`recognise`] reads a reply and
//! [`explanation`] says the result in sentences, for `queue why` and for every report that shows a refusal. The facts
//! lie in `data/refusals.toml`, compiled in, each entry with its sources; the tests judge them. This is the one place
//! that guesses from a remote's words; what it does not know is `None`, and means nothing.

mod read;
#[cfg(test)]
mod tests;
mod text;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use text::explanation;

use crate::relays::Confidence;

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The address that we send from.
    Reputation,
    /// SPF, DKIM, DMARC.
    Authentication,
    /// What the message says.
    Content,
    /// How much comes from us.
    Rate,
    /// The mailbox.
    Recipient,
    /// A rule of the house: reverse name, TLS, dial-up addresses.
    Policy,
}

/// Whose matter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// This host's address, or the network around it.
    Address,
    /// Our records and settings.
    Setup,
    /// This message.
    Message,
    /// How much we send.
    Volume,
    /// The recipient.
    Recipient,
}

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Ask the provider, on its page.
    Contact,
    /// Ask the blocklist that the reply names.
    Delist,
    /// Publish SPF, DKIM, DMARC.
    Records,
    /// Set the reverse name of the address.
    ReverseName,
    /// Send less at a time.
    SlowDown,
    /// Offer TLS.
    Tls,
    /// Change the message.
    Content,
    /// Correct the address.
    Recipient,
    /// Nothing but time.
    Wait,
}

/// A reply that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The three digits; none means any.
    pub codes: Vec<u16>,
    /// All of these stand in it.
    pub says: Vec<String>,
    /// What it is about.
    pub kind: Kind,
    /// Whose matter it is.
    pub fault: Fault,
    /// What helps.
    pub remedy: Remedy,
    /// Its wording was seen in a source.
    pub verified: bool,
}

/// A receiving provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Short name, as in `postamt relay only microsoft`.
    pub id: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// For people.
    pub name: String,
    /// Its MX hosts are these or lie below them.
    pub exchangers: Vec<String>,
    /// The page where one asks it.
    pub contact: String,
    /// What it says.
    pub refusals: Vec<Pattern>,
    /// Where this was read.
    pub sources: Vec<String>,
    /// The day of the newest source (ISO 8601); `None` when none has a date.
    pub seen: Option<String>,
    /// How far it may be relied on.
    pub confidence: Confidence,
    /// Fields that none of the sources has.
    pub unverified: Vec<String>,
}

/// A refusal that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// Who said it, if the host is a provider that is known.
    pub provider: Option<&'static Provider>,
    /// What it is.
    pub pattern: &'static Pattern,
}

/// What is known.
#[derive(Debug, Default)]
struct Table {
    general: Vec<Pattern>,
    providers: Vec<Provider>,
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let read = read::read(include_str!("data/refusals.toml"));
        debug_assert!(read.is_ok(), "data/refusals.toml: {read:?}");
        // A table that cannot be read is a mistake of the build, which the tests find; every reply is then unknown.
        read.unwrap_or_default()
    });
    &TABLE
}

/// All providers that are known.
#[must_use]
pub fn providers() -> &'static [Provider] {
    &table().providers
}

/// The provider of this short name or one of its other names.
#[must_use]
pub fn find(name: &str) -> Option<&'static Provider> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    providers().iter().find(|provider| is(&provider.id) || provider.aliases.iter().any(|alias| is(alias)))
}

/// The provider that runs this MX host.
#[must_use]
pub fn provider_of_host(host: &str) -> Option<&'static Provider> {
    providers().iter().find(|provider| provider.exchangers.iter().any(|suffix| is_below(host, suffix)))
}

/// Whether a host is this name or lies below it.
#[must_use]
pub fn is_below(host: &str, name: &str) -> bool {
    let (host, name) = (host.trim_end_matches('.'), name.trim_matches('.'));
    let Some(start) = host.len().checked_sub(name.len()) else { return false };
    host.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(name))
        && (start == 0 || host.as_bytes()[start - 1] == b'.')
}

/// What a reply of this MX host means; `reply` begins with the three digits. `None` when it is no refusal or says
/// nothing that is known.
#[must_use]
pub fn recognise(host: Option<&str>, reply: &str) -> Option<Recognised> {
    let code: u16 = reply.get(..3)?.parse().ok().filter(|code| (400..600).contains(code))?;
    let lower = reply.to_ascii_lowercase();
    let provider = host.and_then(provider_of_host);
    let own = provider.map_or(&[][..], |provider| &provider.refusals);
    let pattern = own.iter().chain(&table().general).find(|pattern| pattern.fits(code, &lower))?;
    Some(Recognised { provider, pattern })
}

impl Pattern {
    fn fits(&self, code: u16, reply: &str) -> bool {
        (self.codes.is_empty() || self.codes.contains(&code))
            && self.says.iter().all(|words| says(reply, &words.to_ascii_lowercase()))
    }
}

/// Whether the words stand in the reply as such: not in the middle of a word, and no number goes on behind them.
fn says(reply: &str, words: &str) -> bool {
    let whole_start = words.starts_with(|first: char| first.is_ascii_alphanumeric());
    let whole_end = words.ends_with(|last: char| last.is_ascii_digit());
    reply.match_indices(words).any(|(at, _)| {
        let before = reply[..at].chars().next_back();
        let after = reply[at + words.len()..].chars().next();
        let goes_before = whole_start && before.is_some_and(char::is_alphanumeric);
        let goes_on = whole_end && after.is_some_and(|next| next.is_ascii_digit());
        !goes_before && !goes_on
    })
}
