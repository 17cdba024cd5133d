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
mod responders;
mod rolling;

use std::sync::Arc;
use std::time::Duration;

use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::acme::renewal::{self, Validity, Window};
use postamt_net::acme::{AcmeError, AcmeWire, Binding, Responder};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::dns::authority::Authority;
use postamt_net::dns::publish::Publisher;
use postamt_net::tls::TlsContext;
use postamt_web::Site;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::certificates::{AcmeState, Failure, Files, LeftOut, Pair};
use crate::config::{Config, settings};
use crate::rollover::Rollover;
use crate::times;
use attempt::{Attempt, Failed, Made};
use keeping::Memory;
use names::{NameSource, Wanted};
use responders::{ByDns, ByHttp, ByTls, HTTP, HTTPS};
pub use rolling::NotBegun;
use rolling::Roller;

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

/// The outside world of the watch.
pub struct Surroundings {
    /// Finds the authority and the addresses of our names.
    pub resolver: Arc<dyn Resolver>,
    /// Reaches the authority.
    pub dialer: Arc<dyn Dialer>,
    /// The roots that the authority is judged by.
    pub tls: Arc<TlsContext>,
    /// Asks the servers of our zones.
    pub authority: Authority,
    /// Changes our zones.
    pub publisher: Option<Arc<dyn Publisher>>,
    /// The server whose certificate it is.
    pub running: Running,
    /// What the web answers.
    pub site: Arc<Site>,
    /// Hears what happens.
    pub events: Arc<dyn EventSink>,
}

/// The watch.
pub struct CertificateWatch {
    directory: String,
    contact: String,
    binding: Option<Binding>,
    wire: AcmeWire,
    responders: Vec<Arc<dyn Responder>>,
    by_dns: bool,
    names: NameSource,
    files: Files,
    memory: Memory,
    /// The certificate as the server takes it.
    shown: postamt_mta::settings::CertificateFiles,
    running: Running,
    events: Arc<dyn EventSink>,
    asked: mpsc::Receiver<Ask>,
    roller: Roller,
    /// When the authority is asked for its advice.
    advice_at: u64,
}

/// What the watch begins with, from files.
#[derive(Default)]
pub struct Beginning {
    named: settings::AcmeFiles,
    rollover: Option<Rollover>,
}

impl Beginning {
    /// Reads it: blocks.
    pub fn read(config: &Config) -> Self {
        if config.tls.acme.is_none() {
            return Self::default();
        }
        // What is wrong with the files was told when the settings were made.
        let named = settings::acme_files(config).unwrap_or_default();
        Self { named, rollover: Rollover::read(&Files::of(config).rollover) }
    }
}

/// The watch, where the configuration wants one, and the way to ask it.
pub fn watch(
    config: &Config,
    beginning: Beginning,
    around: Surroundings,
) -> Option<(CertificateWatch, Renewals)> {
    let directory = config.tls.acme.as_ref()?.url().to_owned();
    let Beginning { named, rollover } = beginning;
    let (sender, asked) = mpsc::channel(4);
    let has_port = |addresses: &[std::net::SocketAddr], port| addresses.iter().any(|it| it.port() == port);
    let by_dns = around.publisher.is_some();
    let files = Files::of(config);
    let roller = Roller::new(
        config.server.hostname.to_string(),
        around.authority.clone(),
        around.publisher.clone(),
        around.events.clone(),
        (files.clone(), rollover),
    );
    let responders: Vec<Arc<dyn Responder>> = vec![
        Arc::new(ByDns {
            authority: around.authority,
            publisher: around.publisher,
            events: around.events.clone(),
        }),
        Arc::new(ByHttp {
            site: around.site.clone(),
            listens: has_port(&config.web.http, HTTP),
            door: Mutex::new(None),
        }),
        Arc::new(ByTls {
            challenges: around.site.challenges.clone(),
            listens: has_port(&config.web.https, HTTPS),
        }),
    ];
    let watch = CertificateWatch {
        directory,
        contact: contact(config),
        binding: named.binding,
        wire: AcmeWire::new(around.resolver.clone(), around.dialer, around.tls, named.roots),
        responders,
        by_dns,
        names: NameSource::new(config, around.resolver),
        memory: Memory::new(files.state.clone()),
        files,
        roller,
        shown: settings::acme_certificate(config),
        running: around.running,
        events: around.events,
        asked,
        advice_at: 0,
    };
    Some((watch, Renewals(sender)))
}

/// Whom the authority may write to.
fn contact(config: &Config) -> String {
    if let Some(address) = &config.postmaster.forward {
        return address.to_string();
    }
    let domain = config.server.domains.first().unwrap_or(&config.server.hostname);
    format!("postmaster@{domain}")
}

impl CertificateWatch {
    /// Looks for ever.
    pub async fn run(mut self) {
        loop {
            let next = self.look(None).await;
            let wait = Duration::from_secs(next.saturating_sub(SystemClock.unix_seconds()).max(1));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                Some(ask) = self.asked.recv() => match ask {
                    Ask::Renew(answer) => { self.look(Some(answer)).await; }
                    Ask::NewKey(answer) => {
                        let pair = self.pair().await;
                        let begun = self.roller.begin(pair.as_ref().map(|pair| &pair.key), SystemClock.unix_seconds());
                        // Whoever has asked may be gone.
                        let _ = answer.send(begun.await);
                    }
                }
            }
        }
    }

    /// Looks once, and gets a certificate if it is time or somebody has asked for it. When to look again.
    async fn look(&mut self, answer: Option<Answer>) -> u64 {
        let now = SystemClock.unix_seconds();
        let mut state = self.memory.recall().await;
        let pair = self.pair().await;
        let mut rolled = self.roller.look(pair.as_ref().map(|pair| &pair.key), now).await;
        let present = pair.as_ref().map(|pair| pair.facts.names.clone()).unwrap_or_default();
        let wanted = self.names.wanted(&present, self.by_dns).await;
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
        next_look(now, SystemClock.unix_seconds(), times)
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
        let ready = match wanted.obstacle {
            Some(obstacle) => Err(Failed::Obstacle(obstacle)),
            None => self.prepare(state).await.map_err(Failed::Local),
        };
        let attempt = Attempt {
            directory: &self.directory,
            contact: &self.contact,
            binding: self.binding.as_ref(),
            wire: &self.wire,
            responders: &self.responders,
            files: &self.files,
            next_key: self.roller.uses_next(),
            // Only its own authority knows a certificate that is to be replaced.
            pair: pair.filter(|_| state.directory == self.directory),
        };
        let result = match ready {
            Ok(()) => attempt.make(wanted.names, wanted.left_out).await,
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
        let now = SystemClock.unix_seconds();
        let proven = issued.proven_by.iter().map(|(name, kind)| (name.clone(), kind.name().to_owned()));
        let life = Validity { from: issued.facts.from(), until: issued.facts.until() };
        let fresh = AcmeState {
            directory: self.directory.clone(),
            obtained_at: Some(now),
            proven_by: proven.collect(),
            left_out,
            renew_at: Some(renewal::by_life(life, SystemClock.random())),
            attempts: state.attempts.clone(),
            ..AcmeState::default()
        };
        let show =
            async { self.running.use_certificate(self.shown.clone()).await.map_err(|error| chain(&error)) };
        let pem = zeroize::Zeroizing::new(pem);
        if let Err(what) = keeping::settle(state, fresh, &self.files.pair, pem, show).await {
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
        let now = SystemClock.unix_seconds();
        let what = failed.to_string();
        let is_news =
            state.last_failure.as_ref().is_none_or(|last| last.what != what || now >= last.at + TELL_AGAIN);
        let try_at = match failed {
            Failed::Obstacle(_) => now + LOOK_AT_DNS,
            Failed::Local(_) | Failed::Authority { .. } => {
                state.failures = state.failures.saturating_add(1);
                let wait = now + renewal::wait(state.failures, SystemClock.random()).as_secs();
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
        let now = SystemClock.unix_seconds();
        self.advice_at = now + ADVICE_AGAIN;
        let advice = match attempt::client(
            &self.directory,
            &self.contact,
            self.binding.as_ref(),
            &self.wire,
            &self.files,
        )
        .await
        {
            Ok(client) => client.renewal_window(&pair.certificate).await,
            Err(error) => Err(error),
        };
        match advice {
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
            state.renew_at = Some(renewal::by_window(window, life, SystemClock.random()));
            self.keep(state).await;
        }
    }

    /// Counts an attempt. What could not be kept is not asked for.
    async fn prepare(&mut self, state: &mut AcmeState) -> Result<(), String> {
        keeping::has_room(&self.files.pair).await?;
        state.attempts_now(SystemClock.unix_seconds());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_at_the_first_of_its_times_and_at_what_became_due_meanwhile() {
        let (try_at, renew_at, advice_at) = (1_300, 9_000, 90_000);
        for (began, now, times, next) in [
            (1_000, 1_001, [None, None, None, Some(advice_at)], 1_000 + LOOK),
            (1_000, 1_001, [Some(try_at), Some(renew_at), None, Some(advice_at)], try_at),
            (8_000, 8_001, [Some(try_at), Some(renew_at), None, Some(advice_at)], renew_at),
            // Due in the midst of a look that asked slow servers.
            (8_990, 9_020, [None, Some(renew_at), None, Some(advice_at)], 9_021),
            (1_290, 1_400, [Some(try_at), None, None, None], 1_401),
            // What the look itself has done about them counts no more.
            (9_000, 9_001, [Some(try_at), Some(renew_at), None, Some(advice_at)], 9_000 + LOOK),
            (9_000, 9_000 + 2 * LOOK, [None, None, None, Some(advice_at)], 9_001 + 2 * LOOK),
        ] {
            assert_eq!(next_look(began, now, times), next, "{began} {now} {times:?}");
        }
    }

    #[test]
    fn only_what_the_authority_has_refused_waits_for_the_next_renewal() {
        let state = r#"{"left_out": [
            {"name": "mta-sts.own.test", "reason": "it has no address in DNS"},
            {"name": "autoconfig.own.test", "reason": "CAA forbids it", "refused": true}
        ]}"#;
        let state: AcmeState = serde_json::from_str(state).expect("a state, in part of an older version");
        assert!(is_refused(&state.left_out, "autoconfig.own.test"));
        assert!(!is_refused(&state.left_out, "mta-sts.own.test"), "it is asked for once it points here");
        assert!(!is_refused(&state.left_out, "autodiscover.own.test"));
    }
}
