//! What is known of newer releases, by what is kept. Pure. A notice is opened again each time: what lies in the store
//! counts only as far as the key of the settings has signed it.

use postamt_mail::release_notice::{self, Advisory, Notice, Version};
use postamt_store::facts::NoticeFact;

use super::{News, NoticeSource, news_of};

/// A file that could not be fetched for so long is no news any more, in seconds.
const STALE: u64 = 7 * 86_400;

/// Why it is not known whether the running version is the newest and without known weaknesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody has asked yet: the server does, soon after its start.
    NotAsked,
    /// It was asked for, and no good one came yet.
    NoNotice,
    /// The last good one is over.
    Over {
        /// Since when, seconds since 1970.
        since: u64,
    },
    /// The last good one was fetched long ago.
    Stale {
        /// When, seconds since 1970.
        fetched_at: u64,
    },
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Known weaknesses of the running version, the worst first.
    pub advisories: Vec<Advisory>,
    /// A newer release, and where to read of it.
    pub newer: Option<(Version, String)>,
    /// Why more may be known elsewhere.
    pub doubt: Option<Doubt>,
    /// Why the last fetch failed, verbatim.
    pub failure: Option<String>,
    /// When the file was fetched, seconds since 1970.
    pub fetched_at: Option<u64>,
}

/// What is known of a version.
#[must_use]
pub fn standing(fact: Option<&NoticeFact>, source: &NoticeSource, now: u64) -> Standing {
    let fact = fact.filter(|fact| fact.address == source.address.to_string());
    let notice = fact.and_then(|fact| opened(fact, source));
    let fetched_at = fact.and_then(|fact| fact.fetched_at);
    let doubt = match (&notice, fact) {
        (_, None) => Some(Doubt::NotAsked),
        (None, Some(_)) => Some(Doubt::NoNotice),
        (Some(notice), _) if now >= notice.valid_until => Some(Doubt::Over { since: notice.valid_until }),
        _ => fetched_at.filter(|at| at + STALE <= now).map(|fetched_at| Doubt::Stale { fetched_at }),
    };
    let (mut advisories, mut newer) = (Vec::new(), None);
    for news in notice.iter().flat_map(|notice| news_of(notice, &source.running, now)) {
        match news {
            News::Advisory(advisory) => advisories.push(advisory),
            News::Release { version, url } => newer = Some((version, url)),
        }
    }
    Standing { advisories, newer, doubt, failure: fact.and_then(|fact| fact.failure.clone()), fetched_at }
}

/// The notice that is kept, if this key has signed it.
pub(super) fn opened(fact: &NoticeFact, source: &NoticeSource) -> Option<Notice> {
    release_notice::open(fact.file.as_ref()?.as_bytes(), &source.key).ok()
}
