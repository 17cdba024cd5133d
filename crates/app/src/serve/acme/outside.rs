//! What the watch asks of others, and how it begins: the authority, DNS, and the server that shows the certificate.
//!
//! [`Outside`] is the port; [`World`] is the real one, made of the configuration by [`watch`]. Whatever fails comes back
//! in words, with the time before which the authority does not want to be asked again.

use std::sync::Arc;

use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::PortFuture;
use postamt_net::acme::renewal::Window;
use postamt_net::acme::{AcmeError, AcmeWire, Binding, Responder};
use postamt_net::clock::SystemClock;
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::dns::authority::Authority;
use postamt_net::dns::publish::Publisher;
use postamt_net::tls::TlsContext;
use postamt_web::Site;
use tokio::sync::{Mutex, mpsc};

use super::attempt::{self, Attempt, Failed, Made};
use super::keeping::Memory;
use super::names::{NameSource, Wanted};
use super::responders::{ByDns, ByHttp, ByTls, HTTP, HTTPS};
use super::rolling::Roller;
use super::{CertificateWatch, Renewals, chain};
use crate::certificates::{Files, Pair};
use crate::config::{Config, settings};
use crate::rollover::Rollover;

/// An authority's advice on a renewal: its window, and in how many seconds it wants to be asked again.
pub type Advice = Option<(Window, u64)>;

/// What the watch asks of others.
pub trait Outside: Send + Sync {
    /// The names that the certificate is to have; `present` are those of the one in use.
    fn wanted<'a>(&'a self, present: &'a [String]) -> PortFuture<'a, Wanted>;
    /// A certificate for them, with the next key or with that in use, in the place of this one.
    fn make<'a>(
        &'a self,
        wanted: Wanted,
        next_key: bool,
        replaced: Option<&'a Pair>,
    ) -> PortFuture<'a, Result<Made, Failed>>;
    /// When the authority wants this one to be renewed (RFC 9773 §4); nothing where it has no wishes.
    fn advice<'a>(&'a self, pair: &'a Pair) -> PortFuture<'a, Result<Advice, AcmeError>>;
    /// Lets all ports show the certificate that has been written; in words why they do not.
    fn show(&self) -> PortFuture<'_, Result<(), String>>;
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

/// What the watch begins with, from files.
#[derive(Default)]
pub struct Beginning {
    named: settings::AcmeFiles,
    rollover: Option<Rollover>,
    /// Why the account of an older version was left.
    left: Option<String>,
}

impl Beginning {
    /// Reads it: blocks.
    pub fn read(config: &Config) -> Self {
        if config.tls.acme.is_none() {
            return Self::default();
        }
        // What is wrong with the files was told when the settings were made.
        let named = settings::acme_files(config).unwrap_or_default();
        let files = Files::of(config);
        Self { named, rollover: Rollover::read(&files.rollover), left: files.take_over_account().err() }
    }
}

/// The real one.
struct World {
    directory: String,
    contact: String,
    binding: Option<Binding>,
    wire: AcmeWire,
    responders: Vec<Arc<dyn Responder>>,
    by_dns: bool,
    names: NameSource,
    files: Files,
    /// The certificate as the server takes it.
    shown: postamt_mta::settings::CertificateFiles,
    running: Running,
}

impl Outside for World {
    fn wanted<'a>(&'a self, present: &'a [String]) -> PortFuture<'a, Wanted> {
        Box::pin(self.names.wanted(present, self.by_dns))
    }

    fn make<'a>(
        &'a self,
        wanted: Wanted,
        next_key: bool,
        replaced: Option<&'a Pair>,
    ) -> PortFuture<'a, Result<Made, Failed>> {
        Box::pin(async move {
            let attempt = Attempt {
                directory: &self.directory,
                contact: &self.contact,
                binding: self.binding.as_ref(),
                wire: &self.wire,
                responders: &self.responders,
                files: &self.files,
                next_key,
                pair: replaced,
            };
            attempt.make(wanted.names, wanted.left_out).await
        })
    }

    fn advice<'a>(&'a self, pair: &'a Pair) -> PortFuture<'a, Result<Advice, AcmeError>> {
        Box::pin(async move {
            let Self { directory, contact, binding, wire, files, .. } = self;
            let client = attempt::client(directory, contact, binding.as_ref(), wire, files).await?;
            client.renewal_window(&pair.certificate).await
        })
    }

    fn show(&self) -> PortFuture<'_, Result<(), String>> {
        Box::pin(async move {
            self.running.use_certificate(self.shown.clone()).await.map_err(|error| chain(&error))
        })
    }
}

/// The watch, where the configuration wants one, and the way to ask it.
pub fn watch(
    config: &Config,
    beginning: Beginning,
    around: Surroundings,
) -> Option<(CertificateWatch, Renewals)> {
    let directory = config.tls.acme.as_ref()?.url().to_owned();
    let Beginning { named, rollover, left } = beginning;
    if let Some(what) = left {
        around.events.event(Event::Warning { what });
    }
    let (sender, asked) = mpsc::channel(4);
    let by_dns = around.publisher.is_some();
    let files = Files::of(config);
    let roller = Roller::new(
        config.server.hostname.to_string(),
        around.authority.clone(),
        around.publisher.clone(),
        around.events.clone(),
        (files.clone(), rollover),
    );
    let events = around.events.clone();
    let world = World {
        directory: directory.clone(),
        contact: contact(config),
        binding: named.binding,
        responders: responders(config, &around),
        wire: AcmeWire::new(around.resolver.clone(), around.dialer, around.tls, named.roots),
        by_dns,
        names: NameSource::new(config, around.resolver),
        files: files.clone(),
        shown: settings::acme_certificate(config),
        running: around.running,
    };
    let watch = CertificateWatch {
        directory,
        outside: Arc::new(world),
        clock: Arc::new(SystemClock),
        memory: Memory::new(files.state.clone()),
        files,
        roller,
        events,
        asked,
        advice_at: 0,
    };
    Some((watch, Renewals(sender)))
}

/// The ways to prove a name, the best first.
fn responders(config: &Config, around: &Surroundings) -> Vec<Arc<dyn Responder>> {
    let has_port = |addresses: &[std::net::SocketAddr], port| addresses.iter().any(|it| it.port() == port);
    vec![
        Arc::new(ByDns {
            authority: around.authority.clone(),
            publisher: around.publisher.clone(),
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
    ]
}

/// Whom the authority may write to.
fn contact(config: &Config) -> String {
    if let Some(address) = &config.postmaster.forward {
        return address.to_string();
    }
    let domain = config.server.domains.first().unwrap_or(&config.server.hostname);
    format!("postmaster@{domain}")
}
