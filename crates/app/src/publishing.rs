//! Who changes our zones, as the configuration has it: nobody, dynamic updates with a key, or a provider's interface.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::words::Value;
use postamt_net::dns::authority::Authority;
use postamt_net::dns::provider::{Credentials, ProviderApi, ProviderFailure};
use postamt_net::dns::publish::{PublishError, Publisher};
use postamt_net::dns::update::{DynamicUpdate, UpdateKey};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// How long a provider's servers have to show a change before its interface is asked again.
pub const SHOWN_AFTER: Duration = Duration::from_secs(600);
/// When a zone that could not be changed is tried again.
pub const PUBLISH_AGAIN: Duration = Duration::from_secs(3600);

/// What lets us change our zones, read from its file.
pub struct Warrant(Held);

enum Held {
    Nothing,
    Ready(Arc<dyn Publisher>),
    Key(UpdateKey, Option<SocketAddr>),
}

impl Warrant {
    /// Reads the key or the token, if the configuration names one: blocks.
    ///
    /// # Errors
    /// A file that cannot be read, is open to others, or holds something else.
    pub fn read(config: &Config, terminal: Terminal) -> Result<Self, Stop> {
        let dns = &config.dns;
        if let (Some(provider), Some(file)) = (dns.provider, &dns.provider_token_file) {
            let unusable = |error: String| unusable("dns-token-unusable", file, &error, terminal);
            let text = read(file, "dns-token-unusable", terminal)?;
            let credentials =
                Credentials::parse(provider.0, &text).map_err(|error| unusable(error.to_string()))?;
            let api =
                ProviderApi::new(provider.0, credentials).map_err(|error| unusable(error.to_string()))?;
            return Ok(Self(Held::Ready(Arc::new(api))));
        }
        let Some(file) = &dns.update_key else { return Ok(Self(Held::Nothing)) };
        let text = read(file, "dns-key-unreadable", terminal)?;
        let key = UpdateKey::parse(&text)
            .map_err(|error| unusable("dns-key-unreadable", file, &error.to_string(), terminal))?;
        Ok(Self(Held::Key(key, dns.update_server)))
    }

    /// The publisher, if there is one.
    #[must_use]
    pub fn publisher(self, authority: &Authority) -> Option<Arc<dyn Publisher>> {
        match self.0 {
            Held::Nothing => None,
            Held::Ready(publisher) => Some(publisher),
            Held::Key(key, server) => {
                Some(Arc::new(DynamicUpdate { server, key, authority: authority.clone() }))
            }
        }
    }
}

fn unusable(sentence: &str, file: &Path, error: &str, terminal: Terminal) -> Stop {
    terminal.stop(sentence, &[("path", file.display().to_string().into()), ("error", error.into())])
}

/// A secret that nobody else can read.
fn read(file: &Path, sentence: &str, terminal: Terminal) -> Result<Zeroizing<String>, Stop> {
    let unreadable = |error: std::io::Error| unusable(sentence, file, &error.to_string(), terminal);
    let mode = std::fs::metadata(file).map_err(unreadable)?.permissions().mode();
    if mode & 0o027 != 0 {
        let values =
            [("path", file.display().to_string().into()), ("mode", format!("{:04o}", mode & 0o777).into())];
        return Err(terminal.stop("dns-key-open", &values));
    }
    std::fs::read_to_string(file).map(Zeroizing::new).map_err(unreadable)
}

/// Why a zone was not changed, in the reader's words where it is known what that means.
pub fn told(error: PublishError, terminal: Terminal) -> String {
    let PublishError::Provider { provider, zone, source } = error else {
        return format!("{:#}", anyhow::Error::from(error));
    };
    let id = match &source {
        ProviderFailure::Unauthorized => "dns-provider-unauthorized",
        ProviderFailure::Forbidden => "dns-provider-forbidden",
        ProviderFailure::RateLimited => "dns-provider-limit",
        ProviderFailure::NoZone => "dns-provider-no-zone",
        ProviderFailure::Unsupported(_) => "dns-provider-unsupported",
        ProviderFailure::Lost { .. } => "dns-provider-lost",
        ProviderFailure::TimedOut => "dns-provider-silent",
        ProviderFailure::Credentials(_) | ProviderFailure::NotBuilt | ProviderFailure::Other(_) => {
            "dns-provider-other"
        }
    };
    let kind = match &source {
        ProviderFailure::Unsupported(kind) => kind.name().to_owned(),
        other => other.to_string(),
    };
    let values: [(&str, Value<'_>); 3] =
        [("provider", provider.into()), ("zone", zone.into()), ("detail", kind.into())];
    terminal.sentence(id, &values)
}
