//! What is learned of the TLS of others while mail is sent: who has shown it, what failed, how often.
//!
//! A domain whose hosts have offered TLS is remembered for [`MEMORY_DAYS`] days after the last time. If they offer
//! none then, somebody on the way may have taken it out: mail waits and the operator is told, who can clear it by
//! `postamt tls forget`. Nothing here is needed to deliver: without its database mail goes as if nothing was known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mailauth::transport::Source;
use postamt_store::transport::{TlsCount, TlsMemory};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Failure, Fault};

/// Days for which a domain is expected to offer TLS that has offered it.
pub const MEMORY_DAYS: u64 = 30;
/// Days for which the counts of TLS reports are kept.
const COUNT_DAYS: u64 = 30;
/// Wait between attempts to fetch a policy, at least (RFC 8461 §3.3).
const FETCH_PAUSE_SECONDS: u64 = 300;
const DAY: u64 = 86_400;
/// A memory is confirmed on disk at most so often.
const CONFIRM_AFTER: u64 = DAY;
/// How often counts are written.
const FLUSH: Duration = Duration::from_secs(60);
/// Domains that are kept in memory; beyond, the database is asked and told again.
const DOMAIN_LIMIT: usize = 100_000;

/// A session in which TLS failed, or would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The mail host.
    pub host: String,
    /// Who demanded better.
    pub source: Source,
    /// The type of the failure (RFC 8460 §4.3).
    pub result: &'static str,
    /// What happened.
    pub words: String,
}

/// A session as far as TLS goes.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// There is TLS.
    pub tls: bool,
    /// The certificate is good, too.
    pub verified: bool,
    /// What the host was judged by.
    pub source: Option<Source>,
    /// Sessions with other hosts that failed before, and what would have failed in this one.
    pub troubles: Vec<Trouble>,
    /// This session counts as a success.
    pub success: bool,
}

/// Why mail for a domain waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The domain.
    pub domain: String,
    /// `downgrade`, `tlsa`, `sts`.
    pub kind: String,
    /// The mail host.
    pub host: String,
    /// What happened.
    pub reason: String,
    /// When, seconds since 1970.
    pub at: u64,
}

#[derive(Debug, Default)]
struct Inner {
    counts: HashMap<(u64, Domain, Source, &'static str, String), u64>,
    confirmed: HashMap<Domain, (u64, bool)>,
    refusals: HashMap<Domain, Refusal>,
    /// MTA-STS policies that could not be fetched, and when.
    unfetched: HashMap<Domain, u64>,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Transport {
    inner: Mutex<Inner>,
}

impl Transport {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Counters and notes, each whole: a panic elsewhere leaves nothing half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why mail for a domain waits, if TLS is the reason.
    #[must_use]
    pub fn refusal(&self, domain: &Domain) -> Option<Refusal> {
        self.lock().refusals.get(domain).cloned()
    }

    /// Mail for these domains waits.
    pub fn refuse(&self, domain: &Domain, kind: &str, host: &str, reason: &str, at: u64) {
        let (kind, host, reason) = (kind.to_owned(), host.to_owned(), reason.to_owned());
        let refusal = Refusal { domain: domain.to_string(), kind, host, reason, at };
        let mut inner = self.lock();
        if inner.refusals.len() >= DOMAIN_LIMIT {
            inner.refusals.clear();
        }
        inner.refusals.insert(domain.clone(), refusal);
    }

    fn count(&self, day: u64, domain: &Domain, source: Source, result: &'static str, host: &str) {
        let key = (day, domain.clone(), source, result, host.to_owned());
        *self.lock().counts.entry(key).or_default() += 1;
    }

    /// Counts sessions that led to nothing.
    pub fn failed(&self, domain: &Domain, troubles: &[Trouble], now: u64) {
        for trouble in troubles {
            self.count(now / DAY, domain, trouble.source, trouble.result, &trouble.host);
        }
    }

    /// Whether the policy of a domain may be fetched: after a failure not at once again (RFC 8461 §3.3).
    #[must_use]
    pub fn may_fetch(&self, domain: &Domain, now: u64) -> bool {
        let mut inner = self.lock();
        inner.unfetched.retain(|_, at| now < at.saturating_add(FETCH_PAUSE_SECONDS));
        !inner.unfetched.contains_key(domain)
    }

    /// The policy of a domain could not be fetched.
    pub fn fetch_failed(&self, domain: &Domain, now: u64) {
        self.lock().unfetched.insert(domain.clone(), now);
    }

    fn take_counts(&self) -> Vec<TlsCount> {
        let taken = std::mem::take(&mut self.lock().counts);
        let count =
            |((day, domain, source, result, host), count): ((_, Domain, Source, &str, _), _)| TlsCount {
                day,
                domain: domain.to_string(),
                policy: source.name().to_owned(),
                result: result.to_owned(),
                host,
                count,
            };
        taken.into_iter().map(count).collect()
    }

    /// Whether the memory on disk is to be renewed; it is then taken to be.
    fn confirm(&self, domain: &Domain, authenticated: bool, now: u64) -> bool {
        let mut inner = self.lock();
        if let Some((at, known)) = inner.confirmed.get(domain)
            && *known == authenticated
            && now < at.saturating_add(CONFIRM_AFTER)
        {
            return false;
        }
        if inner.confirmed.len() >= DOMAIN_LIMIT {
            inner.confirmed.clear();
        }
        inner.confirmed.insert(domain.clone(), (now, authenticated));
        true
    }
}

/// The first message for a domain on a connection: the session is counted, and TLS remembered.
pub async fn met(context: &Context, domain: &Domain, session: &Session) {
    let now = context.now();
    let transport = &context.transport;
    transport.failed(domain, &session.troubles, now);
    if session.success {
        let source = session.source.unwrap_or(Source::None);
        transport.count(now / DAY, domain, source, "success", "");
    }
    if !session.tls {
        return;
    }
    transport.lock().refusals.remove(domain);
    if transport.confirm(domain, session.verified, now) {
        let memory = TlsMemory {
            domain: domain.to_string(),
            since: now,
            confirmed: now,
            authenticated: session.verified,
        };
        if let Err(error) = context.ports.transport.remember(memory).await {
            context.event(Event::Warning { what: error.to_string() });
        }
    }
}

/// Whether a domain's hosts are known to offer TLS.
pub async fn has_had_tls(context: &Context, domain: &Domain) -> bool {
    match context.ports.transport.memory(domain.as_str()).await {
        Ok(memory) => {
            memory.is_some_and(|it| context.now() <= it.confirmed.saturating_add(MEMORY_DAYS * DAY))
        }
        Err(error) => {
            context.event(Event::Warning { what: error.to_string() });
            false
        }
    }
}

/// Whether mail for a domain may not go without TLS, since its hosts have always offered it.
pub async fn refuses_clear(context: &Context, domain: &Domain, host: &str) -> Option<Failure> {
    if !has_had_tls(context, domain).await {
        return None;
    }
    let now = context.now();
    let words = format!("{host} gives no TLS, which mail servers of {domain} have had until now");
    context.transport.refuse(domain, "downgrade", host, &words, now);
    context.event(Event::TlsDowngrade { domain: domain.to_string(), host: host.to_owned() });
    Some(Failure::ours(Fault::Policy, (4, 7, 5), words))
}

/// Writes what was counted since the last time.
pub async fn flush(context: &Context) {
    let counts = context.transport.take_counts();
    if counts.is_empty() {
        return;
    }
    if let Err(error) = context.ports.transport.add(counts).await {
        context.event(Event::Warning { what: error.to_string() });
    }
}

/// Writes counts, forgets what is old, until the server stops.
pub async fn watch(context: Arc<Context>) {
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(FLUSH) => {}
        }
        flush(&context).await;
        let now = context.now();
        let before = |days: u64| now.saturating_sub(days * DAY);
        let forgotten =
            context.ports.transport.expire(before(MEMORY_DAYS), now, before(COUNT_DAYS) / DAY).await;
        if let Err(error) = forgotten {
            context.event(Event::Warning { what: error.to_string() });
        }
    }
}

/// Tells the operator when answers cannot be validated: mail goes on, without DANE.
pub async fn tell_validation(context: Arc<Context>) {
    let validation = tokio::select! {
        validation = context.ports.resolver.validation() => validation,
        () = context.stop.cancelled() => return,
    };
    if let postamt_net::dns::Validation::Missing(reason) = validation {
        context.event(Event::NoDnssec { reason });
    }
}
