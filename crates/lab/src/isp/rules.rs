//! What the ISP does to its customer: a mode, and where, for whom and on which ports.
//!
//! Rules are values with a text form, the same on the command line, on the control socket and in messages:
//!
//! ```text
//! open
//! drop hop=1 family=6
//! reject-icmp at=forward source=192.0.2.26 ports=25,465,587
//! rate-limit=3
//! ipv6-only-drop                       the same as `drop family=6`
//! ```
//!
//! [`Rules::from_str`] refuses what it does not know, with the word in question.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// How many new connections a minute `rate-limit` lets through when no number is given.
const DEFAULT_RATE: u32 = 3;
/// The port that it is all about.
const SMTP: u16 = 25;

/// What happens to the packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `open`: nothing.
    Open,
    /// `drop`: they vanish.
    Drop,
    /// `reject-rst`: answered with RST, as if by the target.
    RejectReset,
    /// `reject-icmp`: answered with ICMP "administratively prohibited" by the router.
    RejectProhibited,
    /// `proxy`: connections end at a proxy that speaks for the target, and masks STARTTLS.
    Proxy,
    /// `greeter`: connections end at a server that greets everybody and takes no mail.
    Greeter,
    /// `rate-limit`, `rate-limit=N`: so many new connections a minute, and the rest vanishes.
    RateLimit {
        /// How many.
        per_minute: u32,
    },
    /// `dns-hijack`: DNS is answered by the ISP, with its own address for every name.
    DnsHijack,
    /// `dns-broken`, `dns-servfail`, `dns-nxdomain`: DNS is answered wrongly, or not at all.
    DnsBroken(DnsFault),
    /// `no-network`: nothing goes through, on any port.
    NoNetwork,
    /// `no-route`: the host has lost its default route.
    NoRoute,
    /// `local-drop`: the host's own firewall drops.
    LocalDrop,
    /// `local-rst`: the host's own firewall answers with RST.
    LocalReset,
    /// `local-icmp`: the host's own firewall answers with ICMP "administratively prohibited".
    LocalProhibited,
}

/// How DNS fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DnsFault {
    /// No answer.
    Silence,
    /// SERVFAIL to everything.
    ServerFailure,
    /// NXDOMAIN to everything.
    NoSuchName,
}

impl Mode {
    /// One of each, `rate-limit` with its default.
    pub const ALL: [Self; 16] = [
        Self::Open,
        Self::Drop,
        Self::RejectReset,
        Self::RejectProhibited,
        Self::Proxy,
        Self::Greeter,
        Self::RateLimit { per_minute: DEFAULT_RATE },
        Self::DnsHijack,
        Self::DnsBroken(DnsFault::Silence),
        Self::DnsBroken(DnsFault::ServerFailure),
        Self::DnsBroken(DnsFault::NoSuchName),
        Self::NoNetwork,
        Self::NoRoute,
        Self::LocalDrop,
        Self::LocalReset,
        Self::LocalProhibited,
    ];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Drop => "drop",
            Self::RejectReset => "reject-rst",
            Self::RejectProhibited => "reject-icmp",
            Self::Proxy => "proxy",
            Self::Greeter => "greeter",
            Self::RateLimit { .. } => "rate-limit",
            Self::DnsHijack => "dns-hijack",
            Self::DnsBroken(DnsFault::Silence) => "dns-broken",
            Self::DnsBroken(DnsFault::ServerFailure) => "dns-servfail",
            Self::DnsBroken(DnsFault::NoSuchName) => "dns-nxdomain",
            Self::NoNetwork => "no-network",
            Self::NoRoute => "no-route",
            Self::LocalDrop => "local-drop",
            Self::LocalReset => "local-rst",
            Self::LocalProhibited => "local-icmp",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        if let Some(number) = word.strip_prefix("rate-limit=") {
            let per_minute = number.parse().ok().filter(|number| *number > 0)?;
            return Some(Self::RateLimit { per_minute });
        }
        Self::ALL.into_iter().find(|mode| mode.name() == word)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RateLimit { per_minute } => write!(f, "rate-limit={per_minute}"),
            other => f.write_str(other.name()),
        }
    }
}

/// Which of the ISP's routers does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Hop {
    /// The first behind the host.
    First,
    /// The second, before the Internet.
    #[default]
    Second,
}

/// Where in the router packets are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FilterPoint {
    /// Before anything else, as packet filters in hardware do: on the port in question, the router does not even
    /// say that the hop count has run out. A hop search sees the router before it as the last one.
    #[default]
    Ingress,
    /// Where packets are passed on: the router itself still says that the hop count has run out, and is the last
    /// one that a hop search sees.
    Forward,
}

/// Whose packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Families {
    /// Both.
    #[default]
    Both,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

impl Families {
    /// Whether IPv4 is meant.
    #[must_use]
    pub const fn has_v4(self) -> bool {
        !matches!(self, Self::V6)
    }

    /// Whether IPv6 is meant.
    #[must_use]
    pub const fn has_v6(self) -> bool {
        !matches!(self, Self::V4)
    }
}

/// Everything that is set at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What.
    pub mode: Mode,
    /// Where. The `local-…` modes and `no-route` are the host's own.
    pub hop: Hop,
    /// Where there. Diversions (`proxy`, `greeter`, `dns-…`) are always at the ingress.
    pub point: FilterPoint,
    /// For which family.
    pub families: Families,
    /// For which address of the host; `None` is all.
    pub source: Option<IpAddr>,
    /// For which TCP ports of the targets; the modes about DNS and the whole network do not look at it.
    pub ports: Vec<u16>,
}

impl From<Mode> for Rules {
    /// At the second hop, for both families, all addresses, port 25.
    fn from(mode: Mode) -> Self {
        Self {
            mode,
            hop: Hop::default(),
            point: FilterPoint::default(),
            families: Families::default(),
            source: None,
            ports: vec![SMTP],
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Mode::Open.into()
    }
}

impl Rules {
    /// The same at this hop.
    #[must_use]
    pub fn at(self, hop: Hop) -> Self {
        Self { hop, ..self }
    }

    /// The same for these families.
    #[must_use]
    pub fn only(self, families: Families) -> Self {
        Self { families, ..self }
    }

    /// The same for one address of the host.
    #[must_use]
    pub fn from_source(self, source: IpAddr) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The same at this point of the router.
    #[must_use]
    pub fn filtered_at(self, point: FilterPoint) -> Self {
        Self { point, ..self }
    }

    /// The same for these ports.
    #[must_use]
    pub fn on_ports(self, ports: impl Into<Vec<u16>>) -> Self {
        Self { ports: ports.into(), ..self }
    }

    fn with_option(self, word: &str) -> Option<Self> {
        let (name, value) = word.split_once('=')?;
        Some(match (name, value) {
            ("hop", "1") => self.at(Hop::First),
            ("hop", "2") => self.at(Hop::Second),
            ("at", "ingress") => self.filtered_at(FilterPoint::Ingress),
            ("at", "forward") => self.filtered_at(FilterPoint::Forward),
            ("family", "4") => self.only(Families::V4),
            ("family", "6") => self.only(Families::V6),
            ("source", address) => self.from_source(address.parse().ok()?),
            ("ports", ports) => {
                let ports: Result<Vec<u16>, _> = ports.split(',').map(str::parse).collect();
                self.on_ports(ports.ok().filter(|ports| !ports.contains(&0))?)
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Rules {
    /// The text form, without what is as usual.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mode)?;
        if self.hop == Hop::First {
            f.write_str(" hop=1")?;
        }
        if self.point == FilterPoint::Forward {
            f.write_str(" at=forward")?;
        }
        match self.families {
            Families::Both => {}
            Families::V4 => f.write_str(" family=4")?,
            Families::V6 => f.write_str(" family=6")?,
        }
        if let Some(source) = self.source {
            write!(f, " source={source}")?;
        }
        if self.ports != [SMTP] {
            let ports: Vec<String> = self.ports.iter().map(u16::to_string).collect();
            write!(f, " ports={}", ports.join(","))?;
        }
        Ok(())
    }
}

/// A word that says nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// There is no word at all.
    #[error("there is no mode; there are {}", modes())]
    Empty,
    /// The first word is no mode.
    #[error("`{0}` is no mode of the ISP; there are {modes}", modes = modes())]
    Mode(String),
    /// A further word is no option.
    #[error("`{0}` is none of hop=1|2, at=ingress|forward, family=4|6, source=ADDRESS, ports=N,N")]
    Option(String),
}

impl FromStr for Rules {
    type Err = RulesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split_whitespace();
        let mode = words.next().ok_or(RulesError::Empty)?;
        let mut rules = match mode {
            "ipv4-only-drop" => Self::from(Mode::Drop).only(Families::V4),
            "ipv6-only-drop" => Self::from(Mode::Drop).only(Families::V6),
            word => Mode::from_word(word).ok_or_else(|| RulesError::Mode(word.to_owned()))?.into(),
        };
        for word in words {
            rules = rules.with_option(word).ok_or_else(|| RulesError::Option(word.to_owned()))?;
        }
        Ok(rules)
    }
}

/// The words of all modes.
fn modes() -> String {
    Mode::ALL.map(Mode::name).join(", ")
}
