//! DNSSEC where the name servers carry it, plain answers where they do not.
//!
//! [`AdaptiveResolver`] validates here, whoever the name server is: the library reads the AD bit of a trusted server
//! only as part of its own validation, and a validating server on this machine makes that cheap. Whether it works is
//! found out by validating the root's own record, before the first answer and again when it may have changed. A name
//! server that strips signatures would make every signed name look forged: then plain answers are used, all of them
//! of unknown status, and [`Resolver::validation`] says why. Mail goes on, without DANE.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postamt_mail::address::Domain;
use tokio::sync::Mutex;

use super::{
    Answer, Caa, DnsError, DnssecStatus, HickoryResolver, Mx, Resolver, ResolverSettings, ResolverSetupError,
    Tlsa, Validation,
};
use crate::PortFuture;

/// How long a good result holds.
const WORKS_FOR: Duration = Duration::from_secs(3600);
/// How long a bad one does: networks come up late, and resolvers are mended.
const MISSING_FOR: Duration = Duration::from_secs(60);
/// After a signature that did not match, the ability is asked for anew, at most so often.
const DOUBT_AFTER: Duration = Duration::from_secs(60);

/// See the head of this file.
pub struct AdaptiveResolver {
    plain: HickoryResolver,
    validating: HickoryResolver,
    /// What the last probe found, for those who may not wait.
    works: AtomicBool,
    probed: Mutex<Option<Probed>>,
}

struct Probed {
    at: Instant,
    result: Validation,
}

impl AdaptiveResolver {
    /// Sets both resolvers up; nothing is asked yet. `settings.validate` is not looked at.
    ///
    /// # Errors
    /// [`ResolverSetupError`]: no usable server.
    pub fn new(settings: &ResolverSettings) -> Result<Self, ResolverSetupError> {
        let with = |validate| HickoryResolver::new(&ResolverSettings { validate, ..settings.clone() });
        Ok(Self {
            plain: with(false)?,
            validating: with(true)?,
            works: AtomicBool::new(false),
            probed: Mutex::new(None),
        })
    }

    /// The last result, or a new one when it is older than it may be.
    async fn ability(&self, fresh: Option<Duration>) -> Validation {
        let mut probed = self.probed.lock().await;
        if let Some(last) = &*probed {
            let lifetime = if last.result == Validation::Works { WORKS_FOR } else { MISSING_FOR };
            if last.at.elapsed() < fresh.unwrap_or(lifetime).min(lifetime) {
                return last.result.clone();
            }
        }
        let result = self.probe().await;
        self.works.store(result == Validation::Works, Ordering::Relaxed);
        *probed = Some(Probed { at: Instant::now(), result: result.clone() });
        result
    }

    async fn probe(&self) -> Validation {
        match self.validating.root_status().await {
            Ok(DnssecStatus::Secure) => Validation::Works,
            Ok(_) => Validation::Missing("the root's signatures do not arrive".to_owned()),
            Err(error) => Validation::Missing(error.to_string()),
        }
    }

    /// Asks the validating resolver where that works, and else the plain one.
    async fn ask<'a, T>(
        &'a self,
        question: impl Fn(&'a HickoryResolver) -> PortFuture<'a, Result<Answer<T>, DnsError>>,
    ) -> Result<Answer<T>, DnsError> {
        if self.ability(None).await != Validation::Works {
            return question(&self.plain).await;
        }
        match question(&self.validating).await {
            // One forged name, or a name server that has ceased to carry signatures.
            Err(DnsError::Bogus { .. }) if self.ability(Some(DOUBT_AFTER)).await != Validation::Works => {
                question(&self.plain).await
            }
            answer => answer,
        }
    }
}

impl std::fmt::Debug for AdaptiveResolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let works = self.works.load(Ordering::Relaxed);
        f.debug_struct("AdaptiveResolver").field("validates", &works).finish_non_exhaustive()
    }
}

impl Resolver for AdaptiveResolver {
    fn mx<'a>(&'a self, domain: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.mx(domain)))
    }

    fn a<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.a(host)))
    }

    fn aaaa<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.aaaa(host)))
    }

    fn addresses_of<'a>(
        &'a self,
        name: &'a str,
        is_ipv6: bool,
    ) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.addresses_of(name, is_ipv6)))
    }

    fn exchanges_of<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.exchanges_of(name)))
    }

    fn alias<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<Domain>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.alias(host)))
    }

    fn caa<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<Caa>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.caa(name)))
    }

    fn txt<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.txt(name)))
    }

    fn obsolete_spf<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.obsolete_spf(name)))
    }

    fn ptr(&self, address: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.ptr(address)))
    }

    fn tlsa<'a>(&'a self, host: &'a Domain, port: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        Box::pin(self.ask(move |resolver| resolver.tlsa(host, port)))
    }

    fn validation(&self) -> PortFuture<'_, Validation> {
        Box::pin(self.ability(None))
    }
}
