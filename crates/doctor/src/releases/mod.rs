//! Newer releases of Postamt and its known weaknesses: a small signed file, fetched at most daily, and what it says of
//! the version that runs.
//!
//! ```text
//! Releases::look ─▶ due? ─▶ fetched, opened by the key, fresh ─▶ kept (NoticeFact) ─▶ News that nobody was told yet
//! standing(what is kept) ─▶ what the doctor says
//! ```
//!
//! The file says nothing of us to who serves it but that somebody asks. When it was asked for is kept in the store, so
//! that no restart asks again. A file that is older than the last one, that is over or that somebody else has signed is
//! refused, and what was known stays known; silence never turns into "all is well", see [`Standing`].

mod standing;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::release_notice::{self, Advisory, Notice, NoticeError, NoticeKey, SIZE_LIMIT, Version};
use postamt_net::clock::Clock;
use postamt_net::documents::{Bounds, DocumentError, Documents, WebAddress};
use postamt_store::facts::{FactError, Facts, NoticeFact};

pub use standing::{Doubt, Standing, standing};
pub use text::{gravity as gravity_in_words, letter};

/// How often the file is asked for at the most, in seconds; up to a tenth of it later, so that not all ask at once.
pub const INTERVAL: u64 = 86_400;

const BOUNDS: Bounds =
    Bounds { accept: "text/plain, */*", size: SIZE_LIMIT, time: Duration::from_secs(60), redirects: 3 };

/// Where notices come from, and for whom they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSource {
    /// The file, by HTTPS.
    pub address: WebAddress,
    /// Who signs it.
    pub key: NoticeKey,
    /// The version that runs.
    pub running: Version,
}

/// Why there is no new notice.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LookError {
    /// It cannot be fetched.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The server has none.
    #[error("the answer is {0}, not 200")]
    Status(u16),
    /// What came is none of ours.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// It is over, or from a time to come.
    #[error("the notice is good from {} to {} only", date(*.issued), date(*.valid_until))]
    NotCurrent {
        /// When it was signed.
        issued: u64,
        /// When it ends.
        valid_until: u64,
    },
    /// Somebody plays back an old one.
    #[error("the notice of {} is older than the last one, of {}", date(*.issued), date(*.last))]
    Older {
        /// When it was signed.
        issued: u64,
        /// When the last one was.
        last: u64,
    },
}

fn date(seconds: u64) -> String {
    postamt_mail::date::rfc5322(seconds)
}

/// Something that the operator is to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The version that runs has a known weakness.
    Advisory(Advisory),
    /// There is a newer release.
    Release {
        /// Which.
        version: Version,
        /// More about it.
        url: String,
    },
}

impl News {
    /// What stands in the store once it was told.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Advisory(advisory) => format!("advisory {}", advisory.id),
            Self::Release { version, .. } => format!("release {version}"),
        }
    }
}

/// What came of a look.
#[derive(Debug)]
pub struct Looked {
    /// When the file is asked for next, seconds since 1970.
    pub next: u64,
    /// Why it is not new although it was asked for just now.
    pub failure: Option<LookError>,
    /// What nobody was told of yet, the worst first.
    pub news: Vec<News>,
}

/// The watch over the file.
pub struct Releases {
    documents: Arc<dyn Documents>,
    facts: Arc<dyn Facts>,
    clock: Arc<dyn Clock>,
    source: NoticeSource,
}

impl Releases {
    /// Gets the file by `documents`, and keeps what it says in `facts`.
    #[must_use]
    pub fn new(
        documents: Arc<dyn Documents>,
        facts: Arc<dyn Facts>,
        clock: Arc<dyn Clock>,
        source: NoticeSource,
    ) -> Self {
        Self { documents, facts, clock, source }
    }

    /// Whom it is about and who signs.
    #[must_use]
    pub const fn source(&self) -> &NoticeSource {
        &self.source
    }

    /// Fetches the file if its time has come, and tells what is new.
    ///
    /// # Errors
    /// The store fails. Nothing is asked then, since it could not be remembered.
    pub async fn look(&self) -> Result<Looked, FactError> {
        let now = self.clock.unix_seconds();
        let mut fact = self.facts.notice().await?.unwrap_or_default();
        let mut failure = None;
        if self.is_due(&fact, now) {
            let address = self.source.address.to_string();
            if fact.address != address {
                // Another file knows nothing of what this one said.
                fact = NoticeFact { address, told: fact.told, ..NoticeFact::default() };
            }
            fact.asked_at = Some(now);
            // Before it is asked, so that a server that is started again and again does not ask each time.
            self.facts.save_notice(fact.clone()).await?;
            failure = self.ask(&mut fact, now).await.err();
            fact.failure = failure.as_ref().map(ToString::to_string);
            self.facts.save_notice(fact.clone()).await?;
        }
        let spread = self.clock.random() % (INTERVAL / 10);
        let next = fact.asked_at.unwrap_or(now) + INTERVAL + spread;
        Ok(Looked { next, failure, news: self.news(&fact, now) })
    }

    /// Keeps that these were told.
    ///
    /// # Errors
    /// The store fails: they are told once more.
    pub async fn told(&self, news: &[News]) -> Result<(), FactError> {
        let mut fact = self.facts.notice().await?.unwrap_or_default();
        fact.told.extend(news.iter().map(News::name));
        self.facts.save_notice(fact).await
    }

    fn is_due(&self, fact: &NoticeFact, now: u64) -> bool {
        // A clock that was set back leaves a time to come, which must not last.
        let is_young = fact.asked_at.is_some_and(|at| at <= now && now < at + INTERVAL);
        !is_young || fact.address != self.source.address.to_string()
    }

    async fn ask(&self, fact: &mut NoticeFact, now: u64) -> Result<(), LookError> {
        let document = self.documents.get(&self.source.address, BOUNDS).await?;
        if document.status != 200 {
            return Err(LookError::Status(document.status));
        }
        let notice = release_notice::open(&document.body, &self.source.key)?;
        let (issued, valid_until) = (notice.issued, notice.valid_until);
        if !notice.is_current(now) {
            return Err(LookError::NotCurrent { issued, valid_until });
        }
        // What another key has signed does not stand in the way of this one.
        if let Some(last) = standing::opened(fact, &self.source)
            && !notice.replaces(&last)
        {
            return Err(LookError::Older { issued, last: last.issued });
        }
        // It is text: a notice that could be opened is UTF-8.
        fact.file = Some(String::from_utf8_lossy(&document.body).into_owned());
        fact.fetched_at = Some(now);
        Ok(())
    }

    fn news(&self, fact: &NoticeFact, now: u64) -> Vec<News> {
        let Some(notice) = standing::opened(fact, &self.source) else { return Vec::new() };
        let mut news = news_of(&notice, &self.source.running, now);
        news.retain(|news| !fact.told.contains(&news.name()));
        news
    }
}

/// All that a notice has for a version. A weakness stays one when the notice is over; its newest release may not be the
/// newest any more.
fn news_of(notice: &Notice, running: &Version, now: u64) -> Vec<News> {
    let advisories = notice.advisories_for(running).into_iter().cloned().map(News::Advisory);
    let newer = notice.newer_than(running).filter(|_| notice.is_current(now));
    let release = newer.map(|version| News::Release { version: version.clone(), url: notice.url.clone() });
    advisories.chain(release).collect()
}
