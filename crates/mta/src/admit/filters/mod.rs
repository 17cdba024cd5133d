//! Content filters: after a message may be sent by its sender, and before it is made durable and answered with 250.
//!
//! ```text
//! Candidate ─▶ filter ─▶ filter ─▶ … ─▶ Passed (content as filters have changed it, held or not)
//!                └─────────┴──────▶ Reply (4yz or 5yz)
//! ```
//!
//! [`examine`] asks the filters of the settings in their order, each with what those before it have changed; the first
//! that refuses is the last that is asked. A filter that is down, too slow or too busy does to mail what its settings say.
//! Each message has one time for all of it, far below the ten minutes for which clients wait (RFC 5321 §4.5.3.2.6). A new
//! kind of filter is an implementation of [`Filter`], a [`FilterKind`] and a line in `filter_of`.

pub mod answer;
mod clamav;
mod fuse;
mod milter;
mod places;
mod rspamd;
mod rules;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::header::edit;
use postamt_mail::reply::Reply;
use postamt_net::service::Way;
use tokio::time::Instant;

use crate::context::{Context, Ports};
use crate::events::Event;
use crate::flow::{Channel, Hold, Identity, Submission, path_text};
use crate::plan::routes;
use crate::settings::{FilterKind, FilterSettings, Settings, Unfiltered};

use answer::{Answer, Candidate, Down, Filter, Verdict};
use fuse::{Changed, Fuse, May};
use places::Places;

/// For all filters together: clients wait for ten minutes, and many for less.
const WHOLE_LIMIT: Duration = Duration::from_secs(300);
/// For the question whether a filter is there.
const CHECK_LIMIT: Duration = Duration::from_secs(5);

/// The filters of a server. New settings make new ones, which nothing bad is known of.
pub struct Filters {
    active: ArcSwap<Vec<Arc<Active>>>,
    way: Way,
}

/// A filter and how it fares.
struct Active {
    settings: FilterSettings,
    filter: Box<dyn Filter>,
    places: Places,
    fuse: Mutex<Fuse>,
}

impl Filters {
    /// The filters of these settings.
    #[must_use]
    pub fn new(settings: &Settings, ports: &Ports) -> Self {
        let way = Way { resolver: ports.resolver.clone(), dialer: ports.dialer.clone() };
        Self { active: ArcSwap::from_pointee(made(settings)), way }
    }

    /// Other settings, from the next message on.
    pub fn replace(&self, settings: &Settings) {
        self.active.store(Arc::new(made(settings)));
    }
}

fn made(settings: &Settings) -> Vec<Arc<Active>> {
    let active = |settings: &FilterSettings| {
        Arc::new(Active {
            settings: settings.clone(),
            filter: filter_of(&settings.kind),
            places: Places::default(),
            fuse: Mutex::default(),
        })
    };
    settings.filters.iter().map(active).collect()
}

fn filter_of(kind: &FilterKind) -> Box<dyn Filter> {
    match kind.clone() {
        FilterKind::Rules { actions, language } => Box::new(rules::Rules { actions, language }),
        FilterKind::ClamAv { address, infected } => Box::new(clamav::ClamAv { address, infected }),
        FilterKind::Milter { address, body_limit } => Box::new(milter::Milter { address, body_limit }),
        FilterKind::Rspamd { address, password, actions } => {
            Box::new(rspamd::Rspamd { client: postamt_net::rspamd::Rspamd::new(address, password), actions })
        }
    }
}

/// Whether filters see a message at all. What strangers send to postmaster@ and abuse@ alone is often the report of such
/// mail, with the mail in it, and must get through (RFC 2142 §4).
#[must_use]
pub fn are_asked(settings: &Settings, submission: &Submission) -> bool {
    let is_from_outside =
        submission.channel == Channel::Exchange && matches!(submission.identity, Identity::Anonymous);
    let mut recipients = submission.envelope.recipients.iter();
    !(is_from_outside && recipients.all(|recipient| routes::is_postmaster(settings, &recipient.address)))
}

/// A message that filters let pass.
#[derive(Debug)]
pub struct Passed {
    /// Its content, as they have changed it.
    pub content: Vec<Bytes>,
    /// Its envelope, where they have changed that.
    pub envelope: Option<Envelope>,
    /// Recipients that they refuse.
    pub refused: Vec<(Recipient, Reply)>,
    /// A filter wants the operator to see it first.
    pub held: Option<Hold>,
    /// A filter wants it to be taken and dropped.
    pub discarded: bool,
}

/// Shows a message to all filters.
///
/// # Errors
/// The reply that refuses it.
pub async fn examine(context: &Context, mut message: Candidate<'_>) -> Result<Passed, Reply> {
    let filters = context.filters.active.load_full();
    let deadline = Instant::now() + WHOLE_LIMIT;
    let mut held = None;
    let mut discarded = false;
    for active in filters.iter() {
        let began = Instant::now();
        let (answer, is_down) = match active.ask(context, &message, deadline).await {
            Ok(Answer { verdict: Verdict::TooLarge, .. }) => (active.too_large(message.size()), false),
            Ok(answer) => (answer, false),
            Err(reason) => (active.without(&reason), true),
        };
        if is_down || answer.verdict != Verdict::Accept || !answer.details.is_empty() {
            context.event(Event::Filtered {
                id: message.id.to_string(),
                filter: active.settings.name.clone(),
                verdict: answer.verdict.name(),
                details: answer.details.clone(),
                account: message.identity.account(),
                sender: path_text(message.envelope.sender.as_ref()),
                milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            });
        }
        match answer.verdict {
            Verdict::Accept | Verdict::TooLarge => {}
            Verdict::Hold(reason) => {
                held = held.or(Some(Hold::Filter { name: active.settings.name.clone(), reason }));
            }
            Verdict::Defer(reply) | Verdict::Reject(reply) => return Err(reply),
            Verdict::Discard => {
                discarded = true;
                break;
            }
        }
        match answer.rewritten {
            Some(rewritten) => {
                message.content = rewritten.content;
                message.envelope = Cow::Owned(rewritten.envelope);
                message.refused.extend(rewritten.refused);
            }
            None => message.content = edit::edit(std::mem::take(&mut message.content), &answer.edits),
        }
    }
    let envelope = match message.envelope {
        Cow::Owned(envelope) => Some(envelope),
        Cow::Borrowed(_) => None,
    };
    Ok(Passed { content: message.content, envelope, refused: message.refused, held, discarded })
}

/// Whose places a message takes: all strangers are one.
fn origin(message: &Candidate<'_>) -> String {
    match message.identity {
        Identity::Anonymous => String::new(),
        Identity::RelayNetwork => message.peer.map(|peer| peer.to_string()).unwrap_or_default(),
        Identity::Account(_) | Identity::LocalUser { .. } => message.identity.account().unwrap_or_default(),
    }
}

impl Active {
    async fn ask(
        &self,
        context: &Context,
        message: &Candidate<'_>,
        deadline: Instant,
    ) -> Result<Answer, Down> {
        if message.size() > self.settings.size_limit {
            return Ok(Verdict::TooLarge.into());
        }
        let answer = self.ask_in_time(context, message, deadline).await;
        let changed = match &answer {
            Ok(_) => self.fuse().worked(),
            Err(reason) => self.fuse().failed(Instant::now(), reason),
        };
        let changed = match changed {
            Changed::Doubtful if self.is_there(context).await => Changed::No,
            Changed::Doubtful => self.fuse().blow(Instant::now()),
            changed => changed,
        };
        self.tell(context, changed, answer.as_ref().err());
        answer
    }

    fn fuse(&self) -> MutexGuard<'_, Fuse> {
        self.fuse.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask_in_time(
        &self,
        context: &Context,
        message: &Candidate<'_>,
        deadline: Instant,
    ) -> Result<Answer, Down> {
        if self.fuse().is_resting(Instant::now()) {
            return Err(Down::Resting);
        }
        let limit = self.settings.time_limit;
        let origin = origin(message);
        let place = tokio::time::timeout_at(deadline.min(Instant::now() + limit), self.places.take(&origin));
        let Ok(Some(_place)) = place.await else { return Err(Down::Busy) };
        // Only now: it may have failed while others were with it.
        let may = self.fuse().may_ask(Instant::now());
        match may {
            May::Ask => {}
            May::Rest => return Err(Down::Resting),
            May::Try => {
                let is_there = self.is_there(context).await;
                let changed = self.fuse().tried(Instant::now(), is_there);
                self.tell(context, changed, None);
                if !is_there {
                    return Err(Down::Resting);
                }
            }
        }
        let until = deadline.min(Instant::now() + limit);
        let judged = self.filter.judge(&context.filters.way, message);
        tokio::time::timeout_at(until, judged).await.unwrap_or(Err(Down::TimedOut(limit.as_secs())))
    }

    /// Asks it, which no message can disturb.
    async fn is_there(&self, context: &Context) -> bool {
        let limit = CHECK_LIMIT.min(self.settings.time_limit);
        tokio::time::timeout(limit, self.filter.is_there(&context.filters.way)).await.unwrap_or(false)
    }

    fn tell(&self, context: &Context, changed: Changed, reason: Option<&Down>) {
        let state = match changed {
            Changed::No | Changed::Doubtful => return,
            Changed::Down => "down",
            Changed::Up => "up",
        };
        context.event(Event::FilterChanged {
            filter: self.settings.name.clone(),
            state,
            reason: reason.map(ToString::to_string),
        });
    }

    /// What becomes of a message that it could not be shown.
    fn without(&self, reason: &Down) -> Answer {
        let name = &self.settings.name;
        let verdict = match self.settings.when_down {
            Unfiltered::Accept => Verdict::Accept,
            Unfiltered::Hold => Verdict::Hold(format!("not filtered: {reason}")),
            Unfiltered::Defer => Verdict::Defer(Reply::new(
                451,
                (4, 7, 1),
                format!("the content filter {name} cannot be asked now, try again later"),
            )),
            Unfiltered::Reject => Verdict::Reject(Reply::new(
                550,
                (5, 7, 1),
                format!("the content filter {name} cannot be asked, and nothing is sent without it"),
            )),
        };
        Answer { details: format!("not asked: {reason}"), ..verdict.into() }
    }

    /// What becomes of a message that is too large for it.
    fn too_large(&self, size: u64) -> Answer {
        let name = &self.settings.name;
        let verdict = match self.settings.when_too_large {
            Unfiltered::Accept => Verdict::TooLarge,
            Unfiltered::Hold => Verdict::Hold("not filtered: too large".to_owned()),
            Unfiltered::Defer => Verdict::Defer(Reply::new(
                452,
                (4, 3, 4),
                format!("the message is too large for the content filter {name} now"),
            )),
            // RFC 3463 §3.4: the message is too large for the system.
            Unfiltered::Reject => Verdict::Reject(Reply::new(
                552,
                (5, 3, 4),
                format!("the message is too large for the content filter {name}"),
            )),
        };
        Answer { details: format!("not asked: {size} octets are too many for it"), ..verdict.into() }
    }
}
