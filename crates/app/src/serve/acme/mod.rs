//! The watch over the certificate (`tls.acme`): asked for where there is none, renewed in time, shown at once on all
//! ports without a restart.
//!
//! ```text
//! state on disk, certificate, DNS ─▶ due? ─▶ attempt ─▶ acme.pem ─▶ every port
//!                                     └─ no: what does the authority advise (ARI)?
//! ```
//!
//! A reconciler: it knows what its files and DNS say, so that a restart goes on where it was. Whatever fails is told
//! with the time of the next try, and the certificate in use stays in use. The key stays the same over renewals, the
//! one of the self-made pair from the first day on: a TLSA record 3 1 1 outlives them (RFC 7671 §5.1). Another key
//! comes only when it is asked for, and then with its record first: `rolling`.

mod attempt;
mod keeping;
mod names;
mod outside;
mod responders;
mod rolling;

use std::sync::Arc;
use std::time::Duration;

use postamt_mta::events::{Event, EventSink};
use postamt_net::acme::AcmeError;
use postamt_net::acme::renewal::{self, Validity, Window};
use postamt_net::clock::Clock;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::certificates::{AcmeState, Failure, Files, LeftOut, Pair};
use crate::times;
use attempt::{Failed, Made};
use keeping::Memory;
use names::Wanted;
use outside::Outside;
pub use outside::{Beginning, Surroundings, watch};
pub use rolling::NotBegun;
use rolling::Roller;

#[cfg(test)]
mod tests;

/// How often it looks whether names have come to point here, or gone.
const LOOK: u64 = 3_600;
/// How soon it looks again while nothing but DNS stands in the way: asking it costs nothing.
const LOOK_AT_DNS: u64 = 120;
/// When the authority is asked for its advice again after it has not answered.
const ADVICE_AGAIN: u64 = 6 * 3_600;
/// How often the same obstacle is told.
const TELL_AGAIN: u64 = 86_400;

/// What a renewal that was asked for has brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    /// The names in the new certificate.
    pub names: Vec<String>,
    /// Until when it counts, in seconds since 1970.
    pub until: u64,
}

/// Where the answer goes: the new certificate, or why there is none.
type Answer = oneshot::Sender<Result<Renewed, String>>;

/// What the watch is asked for.
#[derive(Debug)]
enum Ask {
    Renew(Answer),
    NewKey(oneshot::Sender<Result<(), NotBegun>>),
}

/// Asks the watch for a renewal, or for a new key.
#[derive(Debug, Clone)]
pub struct Renewals(mpsc::Sender<Ask>);

impl Renewals {
    /// Renews now, due or not. `None` when the watch has ended.
    pub async fn now(&self) -> Option<Result<Renewed, String>> {
        let (answer, result) = oneshot::channel();
        self.0.send(Ask::Renew(answer)).await.ok()?;
        result.await.ok()
    }

    /// Begins the change to a new key. `None` when the watch has ended.
    pub async fn new_key(&self) -> Option<Result<(), NotBegun>> {
        let (answer, result) = oneshot::channel();
        self.0.send(Ask::NewKey(answer)).await.ok()?;
        result.await.ok()
    }
}

/// The watch.
pub struct CertificateWatch {
    directory: String,
    outside: Arc<dyn Outside>,
    clock: Arc<dyn Clock>,
    files: Files,
    memory: Memory,
    events: Arc<dyn EventSink>,
    asked: mpsc::Receiver<Ask>,
    roller: Roller,
    /// When the authority is asked for its advice.
    advice_at: u64,
}

impl CertificateWatch {
    /// Looks for ever.
    pub async fn run(mut self) {
        loop {
            let next = self.look(None).await;
            let wait = Duration::from_secs(next.saturating_sub(self.clock.unix_seconds()).max(1));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                Some(ask) = self.asked.recv() => match ask {
                    Ask::Renew(answer) => { self.look(Some(answer)).await; }
                    Ask::NewKey(answer) => {
                        let pair = self.pair().await;
                        let begun = self.roller.begin(pair.as_ref().map(|pair| &pair.key), self.clock.unix_seconds());
                        // Whoever has asked may be gone.
                        let _ = answer.send(begun.await);
                    }
                }
            }
        }
    }

    /// Looks once, and gets a certificate if it is time or somebody has asked for it. When to look again.
    async fn look(&mut self, answer: Option<Answer>) -> u64 {
        let now = self.clock.unix_seconds();
        let mut state = self.memory.recall().await;
        let pair = self.pair().await;
        let mut rolled = self.roller.look(pair.as_ref().map(|pair| &pair.key), now).await;
        let present = pair.as_ref().map(|pair| pair.facts.names.clone()).unwrap_or_default();
        let wanted = self.outside.wanted(&present).await;
        let is_time = (rolled.order || self.is_due(&state, pair.as_ref(), &wanted, now))
            && state.try_at.is_none_or(|try_at| now >= try_at)
            && now >= state.allowed_from(now);
        if answer.is_some() || is_time {
            let result = self.renew(&mut state, pair.as_ref(), wanted).await;
            // The next key is shown: what that means for its change is seen at once.
            if result.is_ok() && self.roller.uses_next() {
                rolled.look_at = Some(now);
            }
            if let Some(answer) = answer {
                // Whoever has asked may be gone.
                let _ = answer.send(result);
            }
        } else if let Some(pair) = &pair
            && now >= self.advice_at
        {
            self.take_advice(&mut state, pair).await;
        }
        // What has happened meanwhile, the next look sees.
        let rolled_at = rolled.look_at.map(|time| time.max(now + 1));
        let times = [state.try_at, state.renew_at, rolled_at, Some(self.advice_at)];
        next_look(now, self.clock.unix_seconds(), times)
    }

    async fn pair(&self) -> Option<Pair> {
        let path = self.files.pair.clone();
        blocking(move || Pair::read(&path)).await.flatten()
    }

    fn is_due(&self, state: &AcmeState, pair: Option<&Pair>, wanted: &Wanted, now: u64) -> bool {
        let Some(pair) = pair else { return true };
        let lacks = |name: &String| !pair.facts.names.iter().any(|it| it.eq_ignore_ascii_case(name));
        let was_refused = |name: &String| is_refused(&state.left_out, name);
        state.directory != self.directory
            || state.renew_at.is_none_or(|time| now >= time)
            || now >= pair.facts.until()
            || wanted.names.iter().any(|name| lacks(name) && !was_refused(name))
    }

    async fn renew(
        &mut self,
        state: &mut AcmeState,
        pair: Option<&Pair>,
        wanted: Wanted,
    ) -> Result<Renewed, String> {
        let ready = match &wanted.obstacle {
            Some(obstacle) => Err(Failed::Obstacle(obstacle.clone())),
            None => self.prepare(state).await.map_err(Failed::Local),
        };
        // Only its own authority knows a certificate that is to be replaced.
        let replaced = pair.filter(|_| state.directory == self.directory);
        let result = match ready {
            Ok(()) => self.outside.make(wanted, self.roller.uses_next(), replaced).await,
            Err(failed) => Err(failed),
        };
        match result {
            Ok(made) => self.install(state, pair, made).await,
            Err(failed) => Err(self.failed(state, pair, &failed).await),
        }
    }

    /// Keeps and shows the new certificate.
    async fn install(
        &mut self,
        state: &mut AcmeState,
        pair: Option<&Pair>,
        ((issued, pem), left_out): Made,
    ) -> Result<Renewed, String> {
        let now = self.clock.unix_seconds();
        let proven = issued.proven_by.iter().map(|(name, kind)| (name.clone(), kind.name().to_owned()));
        let life = Validity { from: issued.facts.from(), until: issued.facts.until() };
        let fresh = AcmeState {
            directory: self.directory.clone(),
            obtained_at: Some(now),
            proven_by: proven.collect(),
            left_out,
            renew_at: Some(renewal::by_life(life, self.clock.random())),
            attempts: state.attempts.clone(),
            ..AcmeState::default()
        };
        let pem = zeroize::Zeroizing::new(pem);
        if let Err(what) = keeping::settle(state, fresh, &self.files.pair, pem, self.outside.show()).await {
            return Err(self.failed(state, pair, &Failed::Local(what)).await);
        }
        for left_out in &state.left_out {
            self.warn(format!(
                "the certificate does not have the name {}: {}",
                left_out.name, left_out.reason
            ));
        }
        self.advice_at = 0;
        self.keep(state).await;
        let until = issued.facts.until();
        Ok(Renewed { names: issued.facts.names, until })
    }

    /// Tells and keeps what went wrong, and when it is tried again.
    async fn failed(&mut self, state: &mut AcmeState, pair: Option<&Pair>, failed: &Failed) -> String {
        let now = self.clock.unix_seconds();
        let what = failed.to_string();
        let is_news =
            state.last_failure.as_ref().is_none_or(|last| last.what != what || now >= last.at + TELL_AGAIN);
        let try_at = match failed {
            Failed::Obstacle(_) => now + LOOK_AT_DNS,
            Failed::Local(_) | Failed::Authority { .. } => {
                state.failures = state.failures.saturating_add(1);
                let wait = now + renewal::wait(state.failures, self.clock.random()).as_secs();
                wait.max(failed.not_before().unwrap_or_default())
            }
        };
        let try_at = try_at.max(state.allowed_from(now));
        state.try_at = Some(try_at);
        if is_news || !matches!(failed, Failed::Obstacle(_)) {
            let in_use = match pair {
                Some(pair) => {
                    format!("the one in use is good until {}", times::date_and_time(pair.facts.until()))
                }
                None => "the self-made one stays in use".to_owned(),
            };
            let next = times::date_and_time(try_at);
            self.warn(format!("no certificate from {}: {what}; {in_use}; next try {next}", self.directory));
            state.last_failure = Some(Failure { at: now, what: what.clone() });
        }
        self.keep(state).await;
        what
    }

    /// Asks the authority when it wants the renewal, and follows (RFC 9773 §4.2).
    async fn take_advice(&mut self, state: &mut AcmeState, pair: &Pair) {
        let now = self.clock.unix_seconds();
        self.advice_at = now + ADVICE_AGAIN;
        match self.outside.advice(pair).await {
            Ok(Some((window, again))) => {
                self.advice_at = now + renewal::ask_again(again);
                self.follow(state, pair, window).await;
            }
            // It has no wishes, or none today: the plan that there is holds.
            Ok(None) | Err(AcmeError::Unreachable(_) | AcmeError::Protocol(_)) => {}
            Err(error) => self.warn(format!("{} gives no advice on renewal: {error}", self.directory)),
        }
    }

    async fn follow(&mut self, state: &mut AcmeState, pair: &Pair, window: Window) {
        let seen = Some((window.start, window.end));
        // The moment is chosen once for each window, or a server that asks often would come early.
        if state.window != seen {
            state.window = seen;
            let life = Validity { from: pair.facts.from(), until: pair.facts.until() };
            state.renew_at = Some(renewal::by_window(window, life, self.clock.random()));
            self.keep(state).await;
        }
    }

    /// Counts an attempt. What could not be kept is not asked for.
    async fn prepare(&mut self, state: &mut AcmeState) -> Result<(), String> {
        keeping::has_room(&self.files.pair).await?;
        state.attempts_now(self.clock.unix_seconds());
        self.memory.keep(state).await
    }

    async fn keep(&mut self, state: &AcmeState) {
        if let Err(what) = self.memory.keep(state).await {
            self.warn(what);
        }
    }

    fn warn(&self, what: String) {
        self.events.event(Event::Warning { what });
    }
}

/// When to look again after a look that `began` and has ended `now`: at the first of the times, at the latest an hour
/// after the last look. What became due while it looked, it has not seen.
fn next_look(began: u64, now: u64, times: [Option<u64>; 4]) -> u64 {
    let ahead = times.into_iter().flatten().filter(|time| *time > began);
    ahead.chain([began + LOOK]).min().unwrap_or(began + LOOK).max(now + 1)
}

/// A name that the authority has refused is tried again with the next renewal, not every hour; one that DNS sent
/// elsewhere as soon as it points here.
fn is_refused(left_out: &[LeftOut], name: &str) -> bool {
    left_out.iter().any(|it| it.refused && it.name == name)
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// `None` when the work has panicked, which its thread has said on stderr.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}
