//! The types of settings: how each is read from TOML and written back.
//!
//! A value is parsed once, here; what comes out is typed and trusted. What can fail is the form of a value, and
//! the fault names what was expected.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use postamt_mail::address::{Address, Domain};
use postamt_mail::relays::{self, Profile};
use postamt_mail::sts_policy::PolicyMode;
use postamt_mail::words::Language;
use postamt_mta::settings::{NullSender, Purpose, RelayTls};
use postamt_net::dns::provider;
use postamt_net::documents::WebAddress;

use super::problem::Expected;
use super::section::{FieldReader, Setting};
use super::source::{Kind, Node};

/// Whole seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

/// A domain, or with a leading `*.` all domains below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainPattern(pub String);

/// A host and a port, `mail.example.org:24` or `[2001:db8::1]:24`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// A relay provider that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayProfile(pub &'static Profile);

/// A DNS provider that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DnsProvider(pub &'static provider::Known);

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteTo {
    /// To the recipient's MX.
    Direct,
    /// By the relay of this name.
    Relay(String),
    /// Dropped.
    Discard,
    /// Kept until released.
    Hold,
}

/// What direct mail does while port 25 is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteDetour {
    /// It waits.
    Never,
    /// It takes the relay of this name.
    Relay(String),
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people and grep.
    Text,
    /// One JSON object per line.
    Json,
}

/// Reads a string setting by a parser of its own.
pub(super) fn text<T>(
    node: &Node,
    field: &mut FieldReader<'_>,
    phrase: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let parsed = match &node.kind {
        Kind::Text(text) => parse(text),
        _ => None,
    };
    parsed.or_else(|| field.expected(node, phrase))
}

/// A string in TOML's quotes.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl Setting for String {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-text", |text| (!text.is_empty()).then(|| text.to_owned()))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self))
    }
}

impl Setting for bool {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Boolean(value) => Some(value),
            _ => field.expected(node, "config-expected-boolean"),
        }
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for u16 {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Integer(number) => u16::try_from(number).ok().filter(|port| *port > 0),
            _ => None,
        }
        .or_else(|| field.expected(node, "config-expected-port"))
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// A count from 0.
impl Setting for u32 {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Integer(number) => u32::try_from(number).ok(),
            _ => None,
        }
        .or_else(|| field.expected(node, "config-expected-number"))
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// A count from 1.
impl Setting for NonZeroU32 {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Integer(number) => u32::try_from(number).ok().and_then(NonZeroU32::new),
            _ => None,
        }
        .or_else(|| field.expected(node, "config-expected-count"))
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for Seconds {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        NonZeroU32::read(node, field).map(|seconds| Self(Duration::from_secs(u64::from(seconds.get()))))
    }

    fn write(&self) -> Option<String> {
        Some(self.0.as_secs().to_string())
    }
}

impl Setting for Domain {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        // A name of one label is no name on the Internet, and other servers refuse it in EHLO.
        text(node, field, "config-expected-domain", |text| {
            Domain::new(text).ok().filter(|domain| domain.as_str().contains('.'))
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self.as_str()))
    }
}

impl Setting for DomainPattern {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-domain-pattern", |text| {
            let (star, name) = match text.strip_prefix("*.") {
                Some(name) => ("*.", name),
                None => ("", text),
            };
            Domain::new(name).ok().map(|domain| Self(format!("{star}{domain}")))
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.0))
    }
}

impl Setting for Address {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-address", |text| Address::new(text).ok())
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Setting for IpAddr {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-ip", |text| text.parse().ok())
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Setting for SocketAddr {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-ip-port", |text| text.parse().ok())
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Setting for PathBuf {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-path", |text| {
            Some(PathBuf::from(text)).filter(|path| path.is_absolute())
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.display().to_string()))
    }
}

impl Setting for HostPort {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-host-port", |text| {
            let (host, port) = text.rsplit_once(':')?;
            let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            let good = host.parse::<IpAddr>().is_ok() || Domain::new(host).is_ok();
            let port = port.parse().ok().filter(|port| *port > 0)?;
            good.then(|| Self { host: host.to_owned(), port })
        })
    }

    fn write(&self) -> Option<String> {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        Some(quoted(&format!("{host}:{}", self.port)))
    }
}

impl Setting for WebAddress {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-web-address", |text| text.parse().ok())
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Setting for RelayProfile {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        let found = match &node.kind {
            Kind::Text(text) => relays::find(text).map(Self),
            _ => None,
        };
        found.or_else(|| {
            field.wrong(node, Expected::OneOf(relays::profiles().iter().map(|it| it.id.as_str()).collect()))
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.0.id))
    }
}

impl Setting for DnsProvider {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        let found = match &node.kind {
            Kind::Text(text) => provider::find(text).map(Self),
            _ => None,
        };
        found.or_else(|| field.wrong(node, Expected::OneOf(provider::KNOWN.iter().map(|it| it.id).collect())))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self.0.id))
    }
}

/// true, false, or the address that stands in.
impl Setting for NullSender {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        match &node.kind {
            Kind::Boolean(true) => Some(Self::Kept),
            Kind::Boolean(false) => Some(Self::Replaced(None)),
            Kind::Text(text) => Address::new(text).ok().map(|address| Self::Replaced(Some(address))),
            _ => None,
        }
        .or_else(|| field.expected(node, "config-expected-null-sender"))
    }

    fn write(&self) -> Option<String> {
        match self {
            Self::Kept => Some("true".to_owned()),
            Self::Replaced(None) => Some("false".to_owned()),
            Self::Replaced(Some(address)) => Some(quoted(&address.to_string())),
            Self::Unknown => None,
        }
    }
}

impl Setting for RouteTo {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-route", |text| match text {
            "direct" => Some(Self::Direct),
            "discard" => Some(Self::Discard),
            "hold" => Some(Self::Hold),
            _ => text.strip_prefix("relay:").map(|name| Self::Relay(name.to_owned())),
        })
    }

    fn write(&self) -> Option<String> {
        Some(match self {
            Self::Direct => quoted("direct"),
            Self::Discard => quoted("discard"),
            Self::Hold => quoted("hold"),
            Self::Relay(name) => quoted(&format!("relay:{name}")),
        })
    }
}

impl Setting for RouteDetour {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        match &node.kind {
            Kind::Boolean(false) => Some(Self::Never),
            Kind::Text(text) => text.strip_prefix("relay:").map(|name| Self::Relay(name.to_owned())),
            _ => None,
        }
        .or_else(|| field.expected(node, "config-expected-route-detour"))
    }

    fn write(&self) -> Option<String> {
        Some(match self {
            Self::Never => "false".to_owned(),
            Self::Relay(name) => quoted(&format!("relay:{name}")),
        })
    }
}

/// A setting that is one of a few words.
pub trait Choice: Copy + PartialEq + 'static {
    /// The words and what they mean.
    const WORDS: &'static [(&'static str, Self)];
}

impl Choice for Purpose {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("exchange", Purpose::Exchange),
        ("submission", Purpose::Submission),
        ("submissions", Purpose::Submissions),
    ];
}

impl Choice for RelayTls {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("starttls", RelayTls::StartTls),
        ("implicit", RelayTls::Implicit),
        ("none", RelayTls::None),
        ("starttls-unverified", RelayTls::StartTlsUnverified),
        ("implicit-unverified", RelayTls::ImplicitUnverified),
    ];
}

impl Choice for Language {
    const WORDS: &'static [(&'static str, Self)] = &[("de", Language::De), ("en", Language::En)];
}

impl Choice for PolicyMode {
    const WORDS: &'static [(&'static str, Self)] =
        &[("testing", PolicyMode::Testing), ("enforce", PolicyMode::Enforce), ("none", PolicyMode::None)];
}

impl Choice for LogFormat {
    const WORDS: &'static [(&'static str, Self)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];
}

/// The word of a choice.
pub fn word_of<T: Choice>(choice: T) -> &'static str {
    T::WORDS.iter().find(|(_, value)| *value == choice).map_or("", |(word, _)| word)
}

/// Reads one of its words.
pub(super) fn choice<T: Choice>(node: &Node, field: &mut FieldReader<'_>) -> Option<T> {
    let word = match &node.kind {
        Kind::Text(text) => text.as_str(),
        _ => "",
    };
    let found = T::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    found.or_else(|| field.wrong(node, Expected::OneOf(T::WORDS.iter().map(|(word, _)| *word).collect())))
}

macro_rules! choice_setting {
    ($($type:ty),+) => { $(
        impl $crate::config::section::Setting for $type {
            fn read(
                node: &$crate::config::source::Node,
                field: &mut $crate::config::section::FieldReader<'_>,
            ) -> Option<Self> {
                $crate::config::values::choice(node, field)
            }

            fn write(&self) -> Option<String> {
                Some($crate::config::values::quoted($crate::config::values::word_of(*self)))
            }
        }
    )+ };
}
pub(super) use choice_setting;
choice_setting!(PolicyMode, Purpose, RelayTls, LogFormat, Language);

impl<T: Setting> Setting for Option<T> {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        T::read(node, field).map(Some)
    }

    fn write(&self) -> Option<String> {
        self.as_ref().and_then(Setting::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        let Kind::List(nodes) = &node.kind else { return field.expected(node, "config-expected-list") };
        let values: Vec<Option<T>> = nodes.iter().map(|node| T::read(node, field)).collect();
        values.into_iter().collect()
    }

    fn write(&self) -> Option<String> {
        let values: Vec<String> = self.iter().filter_map(Setting::write).collect();
        Some(format!("[{}]", values.join(", ")))
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}
