//! What a refusal means: which provider said it, what kind it is, whose matter, and what to do.
//!
//! [`provider_of_host`] knows a provider by its MX host, [`find`] by its name; [`recognise`] reads a reply and
//! [`explanation`] says the result in sentences, for `queue why`, for notices ([`crate::dsn`]) and for the doctor. The
//! facts lie in `data/refusals.toml` (providers), `data/general.toml` (every server) and `data/lists.toml` (blocklists
//! that replies name), compiled in; the tests judge them. What no entry knows is `None`, and means nothing.

mod kinds;
mod lists;
mod read;
#[cfg(test)]
mod tests;
mod text;

use std::sync::LazyLock;

pub use kinds::{Fault, Kind, Remedy};
pub use lists::{List, lists};
pub use text::{explanation, fault_in_words, kind_in_words, remedy_in_words};

use crate::relays::Confidence;
use crate::reply::EnhancedCode;

/// A reply that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The three digits; none means any.
    pub codes: Vec<u16>,
    /// Its enhanced code ends in one of these, as 7.25; none means any.
    pub status: Vec<(u16, u16)>,
    /// All of these stand in it; in small letters.
    pub says: Vec<String>,
    /// One of these stands in it; none means any. In small letters.
    pub any: Vec<String>,
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
    /// The blocklist that it names.
    pub list: Option<&'static List>,
}

/// What is known.
#[derive(Debug, Default)]
struct Table {
    general: Vec<Pattern>,
    lists: Vec<List>,
    providers: Vec<Provider>,
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let read = read::all();
        debug_assert!(read.is_ok(), "refusals/data: {read:?}");
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
/// nothing that is known. The provider's own entries count first, then the list that is named, then what all say.
#[must_use]
pub fn recognise(host: Option<&str>, reply: &str) -> Option<Recognised> {
    let code: u16 = reply.get(..3)?.parse().ok().filter(|code| (400..600).contains(code))?;
    let said = Said { code, status: status_of(reply), words: without_addresses(&reply.to_ascii_lowercase()) };
    let provider = host.and_then(provider_of_host);
    let own = provider.map_or(&[][..], |provider| &provider.refusals);
    let list = lists().iter().find(|list| list.named_by(&said.words));
    let of_list = list.map(|list| &list.pattern);
    let pattern = own.iter().find(|pattern| pattern.fits(&said)).or(of_list);
    let pattern = pattern.or_else(|| table().general.iter().find(|pattern| pattern.fits(&said)))?;
    Some(Recognised { provider, pattern, list })
}

/// A reply as patterns see it.
struct Said {
    code: u16,
    status: Option<EnhancedCode>,
    /// In small letters, without addresses in angle brackets.
    words: String,
}

/// The enhanced code; some servers write `#5.1.0`.
fn status_of(reply: &str) -> Option<EnhancedCode> {
    let behind = reply.get(4..)?.trim_start_matches(['#', ' ']);
    EnhancedCode::split(behind).map(|(status, _)| status)
}

/// An address in an answer, as `<spam@example.test>`, must not be taken for the server's words.
fn without_addresses(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        kept.push_str(before);
        let (inside, after) = behind.split_once('>').unwrap_or((behind, ""));
        if !inside.contains('@') {
            kept.push_str(inside);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

impl Pattern {
    fn fits(&self, said: &Said) -> bool {
        let stands = |words: &String| says(&said.words, words);
        let status = said.status.map(|status| (status.subject, status.detail));
        (self.codes.is_empty() || self.codes.contains(&said.code))
            && (self.status.is_empty() || status.is_some_and(|status| self.status.contains(&status)))
            && self.says.iter().all(stands)
            && (self.any.is_empty() || self.any.iter().any(stands))
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
