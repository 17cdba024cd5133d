//! The hops to a target on one port: connection attempts that may go one hop, two hops, and so on.
//!
//! Attempts go out in waves, so that a target that answers gets a handful of connections and not thirty. The
//! search ends behind the first distance at which something other than a router answers, or after two waves
//! of silence.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::errors::IcmpError;
use super::reach::{Attempt, Failure, reach};
use crate::dial::DialError;

/// Silent waves after which there is no use in going on.
const SILENT_WAVES: usize = 2;

/// What to search.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// Where to.
    pub target: SocketAddr,
    /// Where from; the system chooses when it is `None`.
    pub source: Option<IpAddr>,
    /// How long to wait for the answer of a hop.
    pub patience: Duration,
    /// How many distances are tried at one time.
    pub wave: u8,
    /// The longest distance tried.
    pub longest: u8,
    /// No wave is begun that could not end before then.
    pub until: Option<Instant>,
}

impl Search {
    /// A search that takes at most eight seconds.
    #[must_use]
    pub const fn new(target: SocketAddr, source: Option<IpAddr>) -> Self {
        Self { target, source, patience: Duration::from_millis(1_300), wave: 5, longest: 30, until: None }
    }
}

/// What answered at one distance.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The distance: 1 is the first router.
    pub distance: u8,
    /// What answered.
    pub answer: Answer,
    /// How long it took.
    pub after: Duration,
}

/// See [`Hop`].
#[derive(Debug, Clone)]
pub enum Answer {
    /// A router said that the journey ended there.
    Router(IcmpError),
    /// TCP was connected: the target, or whoever plays it.
    Connected,
    /// RST: the target, or whoever plays it.
    Reset,
    /// A router, or this host, said that it goes no further.
    Stopped(IcmpError),
    /// Nothing.
    Silence,
    /// The attempt did not leave this host.
    Failed(DialError),
}

impl Answer {
    /// There is nothing to be found behind this one.
    #[must_use]
    pub const fn is_end(&self) -> bool {
        !matches!(self, Self::Router(_) | Self::Silence)
    }
}

/// Searches the hops. The result is in order of distance and without gaps; it ends with the first end, or with
/// silence.
pub async fn trace(search: &Search) -> Vec<Hop> {
    let mut hops: Vec<Hop> = Vec::new();
    let mut silent_waves = 0;
    let mut next = 1;
    while next <= search.longest && search.until.is_none_or(|until| Instant::now() + search.patience <= until)
    {
        let last = next.saturating_add(search.wave.max(1) - 1).min(search.longest);
        let wave = ask(search, next, last).await;
        let is_silent = wave.iter().all(|hop| matches!(hop.answer, Answer::Silence));
        silent_waves = if is_silent { silent_waves + 1 } else { 0 };
        let end = wave.iter().position(|hop| hop.answer.is_end());
        hops.extend(wave.into_iter().take(end.map_or(usize::MAX, |end| end + 1)));
        if end.is_some() || silent_waves == SILENT_WAVES {
            break;
        }
        next = last + 1;
    }
    hops
}

async fn ask(search: &Search, first: u8, last: u8) -> Vec<Hop> {
    let mut attempts = JoinSet::new();
    for distance in first..=last {
        attempts.spawn(ask_one(*search, distance));
    }
    let mut hops = attempts.join_all().await;
    hops.sort_by_key(|hop| hop.distance);
    hops
}

async fn ask_one(search: Search, distance: u8) -> Hop {
    let began = Instant::now();
    let attempt = Attempt {
        target: search.target,
        source: search.source,
        hops: Some(distance),
        patience: search.patience,
    };
    let answer = match reach(&attempt).await {
        Ok(_) => Answer::Connected,
        Err(failure) => answer(failure, search.target.is_ipv4()),
    };
    Hop { distance, answer, after: began.elapsed() }
}

fn answer(failure: Failure, ipv4: bool) -> Answer {
    match (failure.icmp, failure.error) {
        (Some(icmp), _) if icmp.is_time_exceeded(ipv4) => Answer::Router(icmp),
        (Some(icmp), _) => Answer::Stopped(icmp),
        (None, DialError::Timeout) => Answer::Silence,
        (None, DialError::Refused) => Answer::Reset,
        // A kernel that does not tell the sender: for TCP, EHOSTUNREACH is mostly "time exceeded".
        (None, DialError::Unreachable { code }) => Answer::Router(IcmpError {
            icmp_type: if ipv4 { 11 } else { 3 },
            code: 0,
            router: None,
            from_this_host: false,
            errno: code,
        }),
        (None, error) => Answer::Failed(error),
    }
}
