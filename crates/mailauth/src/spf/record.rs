//! The text of a record, term by term (RFC 7208 §4.6.1 and §12). All faults are found, not only the first.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::fault::{Fault, FaultKind};
pub use super::macros::MacroString;
use super::macros::Use;

/// What a match means (RFC 7208 §4.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// `+`, or nothing.
    Pass,
    /// `-`.
    Fail,
    /// `~`.
    SoftFail,
    /// `?`.
    Neutral,
}

/// How many leading bits count, by family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefixes {
    /// At most 32.
    pub v4: u8,
    /// At most 128.
    pub v6: u8,
}

/// Who is meant (RFC 7208 §5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    /// Everybody.
    All,
    /// Who passes by the record of that domain.
    Include(MacroString),
    /// The addresses of a name; without one, of the domain itself.
    A(Option<MacroString>, Prefixes),
    /// The mail servers of a domain.
    Mx(Option<MacroString>, Prefixes),
    /// Whose address has a name there. Not to be used (RFC 7208 §5.5).
    Ptr(Option<MacroString>),
    /// A network.
    Ip4(Ipv4Addr, u8),
    /// A network.
    Ip6(Ipv6Addr, u8),
    /// Whoever makes that name exist.
    Exists(MacroString),
}

impl Mechanism {
    /// Whether it counts against [`super::LOOKUP_LIMIT`].
    #[must_use]
    pub const fn looks_up(&self) -> bool {
        !matches!(self, Self::All | Self::Ip4(..) | Self::Ip6(..))
    }
}

/// A mechanism with its qualifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// As it was written.
    pub text: String,
    /// Octets of the record in front of it.
    pub at: usize,
    /// What a match means.
    pub qualifier: Qualifier,
    /// Who is meant.
    pub mechanism: Mechanism,
}

/// `redirect` or `exp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modifier {
    /// As it was written.
    pub text: String,
    /// Octets of the record in front of it.
    pub at: usize,
    /// Its value.
    pub domain: MacroString,
}

/// A record without faults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// In their order.
    pub directives: Vec<Directive>,
    /// Whose record holds where nothing matches.
    pub redirect: Option<Modifier>,
    /// Where the words for a refusal are.
    pub explanation: Option<Modifier>,
}

/// Reads a record.
///
/// # Errors
/// Every fault that it has; a receiver needs only one for a permanent error.
pub fn parse(text: &str) -> Result<Record, Vec<Fault>> {
    let mut record = Record::default();
    let mut faults = Vec::new();
    let mut at = 0;
    // RFC 7208 §12: terms are separated by spaces, and by nothing else.
    for (number, term) in text.split(' ').enumerate() {
        let found = match number {
            0 if term.eq_ignore_ascii_case("v=spf1") => Ok(()),
            0 => Err(FaultKind::Version),
            _ if term.is_empty() => Ok(()),
            _ => record.take(term, at),
        };
        if let Err(kind) = found {
            faults.push(Fault { term: term.to_owned(), at, kind });
        }
        at += term.len() + 1;
    }
    if faults.is_empty() { Ok(record) } else { Err(faults) }
}

impl Record {
    fn take(&mut self, term: &str, at: usize) -> Result<(), FaultKind> {
        if !term.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FaultKind::Character);
        }
        if let Some((name, value)) = modifier(term) {
            return self.take_modifier(term, at, name, value);
        }
        let (qualifier, bare) = qualifier(term);
        let mechanism = mechanism(bare)?;
        self.directives.push(Directive { text: term.to_owned(), at, qualifier, mechanism });
        Ok(())
    }

    fn take_modifier(&mut self, term: &str, at: usize, name: &str, value: &str) -> Result<(), FaultKind> {
        let slot = match name.to_ascii_lowercase().as_str() {
            "redirect" => &mut self.redirect,
            "exp" => &mut self.explanation,
            // RFC 7208 §6: what nobody knows is ignored, as long as it is a macro string.
            _ => return MacroString::parse(value, Use::Domain).map(drop),
        };
        let domain = MacroString::parse_domain(value)?;
        if slot.is_some() {
            return Err(FaultKind::Repeated);
        }
        *slot = Some(Modifier { text: term.to_owned(), at, domain });
        Ok(())
    }

    /// The first `all`, which ends the record.
    #[must_use]
    pub fn all(&self) -> Option<&Directive> {
        self.directives.iter().find(|directive| directive.mechanism == Mechanism::All)
    }
}

/// `name=value`, where the name is one (RFC 7208 §12).
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let rest = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (first && rest).then_some((name, value))
}

fn qualifier(term: &str) -> (Qualifier, &str) {
    match term.as_bytes().first() {
        Some(b'+') => (Qualifier::Pass, &term[1..]),
        Some(b'-') => (Qualifier::Fail, &term[1..]),
        Some(b'~') => (Qualifier::SoftFail, &term[1..]),
        Some(b'?') => (Qualifier::Neutral, &term[1..]),
        _ => (Qualifier::Pass, term),
    }
}

fn mechanism(bare: &str) -> Result<Mechanism, FaultKind> {
    let (name, value) = bare.split_at(bare.find([':', '/']).unwrap_or(bare.len()));
    let name = name.to_ascii_lowercase();
    Ok(match name.as_str() {
        "all" => match value {
            "" => Mechanism::All,
            _ => return Err(FaultKind::UnexpectedValue),
        },
        "include" => Mechanism::Include(only_domain(value)?.ok_or(FaultKind::MissingValue)?),
        "exists" => Mechanism::Exists(only_domain(value)?.ok_or(FaultKind::MissingValue)?),
        "ptr" => Mechanism::Ptr(only_domain(value)?),
        "a" => domain_and_prefixes(value).map(|(domain, prefixes)| Mechanism::A(domain, prefixes))?,
        "mx" => domain_and_prefixes(value).map(|(domain, prefixes)| Mechanism::Mx(domain, prefixes))?,
        "ip4" => {
            let (address, prefix) = network(value, 32)?;
            Mechanism::Ip4(address.parse().map_err(|_| FaultKind::Address)?, prefix)
        }
        "ip6" => {
            let (address, prefix) = network(value, 128)?;
            Mechanism::Ip6(address.parse().map_err(|_| FaultKind::Address)?, prefix)
        }
        _ => return Err(FaultKind::UnknownMechanism),
    })
}

/// `:domain`, or nothing.
fn only_domain(value: &str) -> Result<Option<MacroString>, FaultKind> {
    match value.strip_prefix(':') {
        Some(domain) => MacroString::parse_domain(domain).map(Some),
        None if value.is_empty() => Ok(None),
        None => Err(FaultKind::UnexpectedValue),
    }
}

/// `[:domain][/24][//64]`.
fn domain_and_prefixes(value: &str) -> Result<(Option<MacroString>, Prefixes), FaultKind> {
    let (value, v6) = split_prefix(value, "//", 128)?;
    let (value, v4) = split_prefix(value, "/", 32)?;
    let domain = match only_domain(value) {
        Err(FaultKind::UnexpectedValue) => return Err(FaultKind::Prefix),
        other => other?,
    };
    Ok((domain, Prefixes { v4, v6 }))
}

/// Takes a length from the end, if there is one.
fn split_prefix<'a>(value: &'a str, mark: &str, limit: u8) -> Result<(&'a str, u8), FaultKind> {
    let found = value.rfind(mark).map(|at| (&value[..at], &value[at + mark.len()..]));
    match found {
        Some((before, digits)) if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) => {
            Ok((before, prefix(digits, limit)?))
        }
        _ => Ok((value, limit)),
    }
}

/// A number without zeros in front of it.
fn prefix(digits: &str, limit: u8) -> Result<u8, FaultKind> {
    let is_plain = digits == "0" || !digits.starts_with('0');
    let number = digits.parse().ok().filter(|number| is_plain && *number <= limit);
    number.ok_or(FaultKind::Prefix)
}

fn network(value: &str, limit: u8) -> Result<(&str, u8), FaultKind> {
    let value = value.strip_prefix(':').filter(|value| !value.is_empty()).ok_or(FaultKind::MissingValue)?;
    match value.split_once('/') {
        None => Ok((value, limit)),
        Some((address, digits)) if digits.bytes().all(|it| it.is_ascii_digit()) => {
            Ok((address, prefix(digits, limit)?))
        }
        Some(_) => Err(FaultKind::Prefix),
    }
}
