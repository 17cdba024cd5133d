//! The text of a record: its tags, and what is wrong with them.

use serde::{Deserialize, Serialize};

/// What is to become of mail that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Nothing.
    None,
    /// It is suspect.
    Quarantine,
    /// It is refused.
    Reject,
}

impl Policy {
    fn read(value: &str) -> Option<Self> {
        match value.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "quarantine" => Some(Self::Quarantine),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }

    /// One level lower: what holds while the domain only tests (RFC 9989 §4.7, `t`).
    #[must_use]
    pub const fn while_testing(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            Self::Quarantine | Self::None => Self::None,
        }
    }
}

/// Whether the domain is a public suffix (RFC 9989 §4.7, `psd`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuffixFlag {
    /// `y`.
    Yes,
    /// `n`: it is an organisational domain.
    No,
    /// `u`, or nothing: the tree tells.
    #[default]
    Unknown,
}

/// Where reports go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTarget {
    /// The URI, without a limit of size.
    pub uri: String,
    /// The host that gets them, of `mailto` and `https`; `None` where there is none in it.
    pub domain: Option<String>,
}

/// A tag that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its name, or what stands in its place; empty for the record as a whole.
    pub tag: String,
    /// Octets of the record in front of it.
    pub at: usize,
    /// What it is.
    pub kind: ProblemKind,
}

/// Kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Nobody knows the tag.
    UnknownTag,
    /// Something without `=`, or without a name.
    NotATag,
    /// The tag comes again; the first counts here, and receivers differ.
    Repeated,
    /// The value is none that the tag can have; receivers take the default.
    BadValue(String),
    /// RFC 9989 has taken the tag away (`pct`, `rf`, `ri`): most receivers ignore it.
    Historic,
    /// No `p`, which RFC 7489 demands.
    NoPolicy,
    /// `p` is not the second tag, where RFC 7489 §6.4 wants it.
    PolicyNotSecond,
    /// A URI for reports that is none, or of a kind that nobody sends to.
    BadUri(String),
    /// A URI with a limit of size (`!10m`), which RFC 9990 has taken away.
    SizeLimit(String),
    /// Reports nowhere: nobody will know what receivers see.
    NoReports,
}

/// A record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// As it stands in DNS.
    pub text: String,
    /// `p`, if it is one.
    pub policy: Option<Policy>,
    /// `sp`: for the domains below.
    pub below: Option<Policy>,
    /// `np`: for those below that do not exist.
    pub missing: Option<Policy>,
    /// `adkim=s`.
    pub strict_dkim: bool,
    /// `aspf=s`.
    pub strict_spf: bool,
    /// `t=y`.
    pub testing: bool,
    /// `psd`.
    pub suffix: SuffixFlag,
    /// `pct`, of RFC 7489; everything where it is no number.
    pub percent: u8,
    /// `rua`.
    pub aggregate: Vec<ReportTarget>,
    /// `ruf`.
    pub failure: Vec<ReportTarget>,
    /// Every tag, names in lower case, in their order.
    pub tags: Vec<(String, String)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Whether a TXT record is a DMARC record (RFC 9989 §4.7): the version comes first, and its value is exact.
#[must_use]
pub fn is_record(text: &str) -> bool {
    let first = text.split(';').next().and_then(|tag| tag.split_once('='));
    first.is_some_and(|(name, value)| name.trim().eq_ignore_ascii_case("v") && value.trim() == "DMARC1")
}

/// Reads a record; `None` where it is no DMARC record, or one that receivers must ignore: neither a policy that is
/// one nor somebody to report to (RFC 9989 §4.7 and RFC 7489 §6.6.3).
#[must_use]
pub fn parse(text: &str) -> Option<Published> {
    if !is_record(text) {
        return None;
    }
    let mut record = Published { text: text.to_owned(), percent: 100, ..Published::default() };
    let mut at = 0;
    for part in text.split(';') {
        let place = at + part.len() - part.trim_start().len();
        if !part.trim().is_empty() {
            record.part(part.trim(), place);
        }
        at += part.len() + 1;
    }
    record.judge();
    // Reports are wanted: whoever asks for them monitors.
    if record.policy.is_none() && record.aggregate.is_empty() {
        return None;
    }
    Some(record)
}

impl Published {
    /// The policy of the domain that publishes it.
    #[must_use]
    pub fn own_policy(&self) -> Policy {
        self.policy.unwrap_or(Policy::None)
    }

    /// The value of a tag, as written.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn tell(&mut self, tag: &str, at: usize, kind: ProblemKind) {
        self.problems.push(Problem { tag: tag.to_owned(), at, kind });
    }

    fn part(&mut self, part: &str, at: usize) {
        let Some((name, value)) = part.split_once('=') else {
            return self.tell(part, at, ProblemKind::NotATag);
        };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name.is_empty() {
            return self.tell(part, at, ProblemKind::NotATag);
        }
        if self.tag(&name).is_some() {
            return self.tell(&name, at, ProblemKind::Repeated);
        }
        if name == "p" && self.tags.len() != 1 {
            self.tell(&name, at, ProblemKind::PolicyNotSecond);
        }
        self.tags.push((name.clone(), value.to_owned()));
        self.take(&name, value, at);
    }

    fn take(&mut self, name: &str, value: &str, at: usize) {
        let is_good = match name {
            "v" => true,
            "p" => keep(&mut self.policy, Policy::read(value)),
            "sp" => keep(&mut self.below, Policy::read(value)),
            "np" => keep(&mut self.missing, Policy::read(value)),
            "adkim" => flag(&mut self.strict_dkim, value, "s", "r"),
            "aspf" => flag(&mut self.strict_spf, value, "s", "r"),
            "t" => flag(&mut self.testing, value, "y", "n"),
            "psd" => match value.to_ascii_lowercase().as_str() {
                "y" => set(&mut self.suffix, SuffixFlag::Yes),
                "n" => set(&mut self.suffix, SuffixFlag::No),
                other => other == "u",
            },
            "rua" => {
                self.aggregate = self.targets(name, value, at);
                true
            }
            "ruf" => {
                self.failure = self.targets(name, value, at);
                true
            }
            "fo" => value.split(':').all(|option| ["0", "1", "d", "s"].contains(&option.trim())),
            "pct" => {
                self.tell(name, at, ProblemKind::Historic);
                let percent = value.parse().ok().filter(|percent| *percent <= 100);
                percent.is_some_and(|percent| set(&mut self.percent, percent))
            }
            "rf" | "ri" => {
                self.tell(name, at, ProblemKind::Historic);
                name == "rf" || value.parse::<u32>().is_ok()
            }
            _ => return self.tell(name, at, ProblemKind::UnknownTag),
        };
        if !is_good {
            self.tell(name, at, ProblemKind::BadValue(value.to_owned()));
        }
    }

    /// A list of URIs (RFC 9989 §4.7, RFC 3986). A comma or `!` in one is written `%2C` or `%21`.
    fn targets(&mut self, tag: &str, value: &str, at: usize) -> Vec<ReportTarget> {
        let mut targets = Vec::new();
        for part in value.split(',').map(str::trim) {
            let (uri, size) = part.split_once('!').map_or((part, None), |(uri, size)| (uri, Some(size)));
            if size.is_some() {
                self.tell(tag, at, ProblemKind::SizeLimit(part.to_owned()));
            }
            match target(uri) {
                Some(target) => targets.push(target),
                None => self.tell(tag, at, ProblemKind::BadUri(part.to_owned())),
            }
        }
        targets
    }

    fn judge(&mut self) {
        if self.tag("p").is_none() {
            self.tell("p", 0, ProblemKind::NoPolicy);
        }
        if self.aggregate.is_empty() {
            self.tell("rua", 0, ProblemKind::NoReports);
        }
    }
}

fn keep<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    *slot = value;
    slot.is_some()
}

fn set<T>(slot: &mut T, value: T) -> bool {
    *slot = value;
    true
}

fn flag(slot: &mut bool, value: &str, yes: &str, no: &str) -> bool {
    *slot = value.eq_ignore_ascii_case(yes);
    *slot || value.eq_ignore_ascii_case(no)
}

fn target(uri: &str) -> Option<ReportTarget> {
    let (scheme, rest) = uri.split_once(':')?;
    let domain = match scheme.to_ascii_lowercase().as_str() {
        "mailto" => {
            let address = rest.split('?').next().unwrap_or_default();
            let (local, domain) = address.rsplit_once('@')?;
            if local.is_empty() {
                return None;
            }
            domain
        }
        "https" | "http" => rest.strip_prefix("//")?.split(['/', '?', ':']).next().unwrap_or_default(),
        _ => return None,
    };
    let is_name = !domain.is_empty() && !domain.contains(char::is_whitespace);
    is_name.then(|| ReportTarget { uri: uri.to_owned(), domain: Some(domain.to_ascii_lowercase()) })
}
