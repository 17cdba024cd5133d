//! Mail addresses and domains: parsed once, then trusted (RFC 5321 §4.1.2, RFC 6531 §3.3).
//!
//! [`Domain`] is a lower-case A-label without trailing dot, so two of them are equal when DNS would say so.
//! [`Address`] keeps the local part as it was written, since only its own server may interpret it
//! (RFC 5321 §2.4).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

/// Octets of a local part (RFC 5321 §4.5.3.1.1).
pub const LOCAL_PART_LIMIT: usize = 64;
/// Octets of a domain (RFC 5321 §4.5.3.1.2).
pub const DOMAIN_LIMIT: usize = 255;
/// Octets of a path without its angle brackets (RFC 5321 §4.5.3.1.3: 256 with them).
pub const PATH_LIMIT: usize = 254;

/// Why a text is no address. Each variant has one sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing, or nothing before or after the `@`.
    #[error("the address is empty or lacks a part")]
    Empty,
    /// No `@` where one must be.
    #[error("the address has no @")]
    NoAt,
    /// A character that must be quoted or is not allowed at all.
    #[error("the local part has a character that is not allowed there")]
    LocalPart,
    /// Longer than RFC 5321 §4.5.3.1 allows.
    #[error("the address is too long")]
    TooLong,
    /// Not a host name (RFC 1123 §2.1) nor one that IDNA can encode.
    #[error("the domain is not a valid host name")]
    Domain,
    /// `[…]` without a well-formed IPv4 or IPv6 address in it.
    #[error("the address literal is not a valid IP address")]
    Literal,
    /// A source route, `@a,@b:c@d` (RFC 5321 §4.1.1.3: obsolete; we refuse it).
    #[error("source routes are not accepted")]
    SourceRoute,
}

/// A domain name as DNS compares it: lower-case A-labels, no trailing dot. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(Arc<str>);

impl Domain {
    /// Parses a host name in ASCII or Unicode; U-labels are converted (RFC 5890 §2.3.2.1).
    ///
    /// # Errors
    /// [`AddressError::Domain`] or [`AddressError::TooLong`]. Labels are letters, digits and inner hyphens;
    /// an underscore is refused here, because mail domains are host names.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if !text.is_ascii() {
            let ascii = idna::domain_to_ascii_strict(text).map_err(|_| AddressError::Domain)?;
            return Self::from_ascii(&ascii);
        }
        if text.len() > DOMAIN_LIMIT {
            return Err(AddressError::TooLong);
        }
        if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Self::from_ascii(text);
        }
        Self::from_ascii(&text.to_ascii_lowercase())
    }

    /// The last step: lower-case ASCII.
    fn from_ascii(ascii: &str) -> Result<Self, AddressError> {
        if ascii.len() > DOMAIN_LIMIT {
            return Err(AddressError::TooLong);
        }
        if !ascii.split('.').all(is_host_label) {
            return Err(AddressError::Domain);
        }
        // A last label of digits is no name (RFC 3696 §2), and most of all a bare dotted quad is none: it must be
        // written as a literal (RFC 5321 §4.1.3).
        let last = ascii.rsplit('.').next().unwrap_or(ascii);
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AddressError::Domain);
        }
        Ok(Self(ascii.into()))
    }

    /// The A-label form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form for people: U-labels where the name has them.
    #[must_use]
    pub fn to_unicode(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }

    /// The organisational domain: the registrable one by the public suffix list, or the domain itself where the
    /// list knows none (RFC 7489 §3.2).
    #[must_use]
    pub fn organisational(&self) -> Self {
        psl::domain_str(&self.0).and_then(|name| Self::new(name).ok()).unwrap_or_else(|| self.clone())
    }

    /// True when `self` is `parent` or below it.
    #[must_use]
    pub fn is_within(&self, parent: &Domain) -> bool {
        self.0.strip_suffix(&*parent.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

fn is_host_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= 63
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && bytes[0] != b'-'
        && bytes[bytes.len() - 1] != b'-'
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Domain {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::new(text)
    }
}

/// What stands behind the `@`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// A domain name.
    Domain(Domain),
    /// An address literal, `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
    Literal(IpAddr),
}

impl Host {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) else {
            // The trailing dot of DNS is not part of SMTP's grammar (RFC 5321 §4.1.2).
            if text.ends_with('.') {
                return Err(AddressError::Domain);
            }
            return Domain::new(text).map(Host::Domain);
        };
        let literal = match inner.get(..5) {
            Some(tag) if tag.eq_ignore_ascii_case("ipv6:") => {
                inner[5..].parse::<Ipv6Addr>().ok().map(IpAddr::V6)
            }
            _ => inner.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        };
        literal.map(Host::Literal).ok_or(AddressError::Literal)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Domain(domain) => domain.fmt(f),
            Host::Literal(IpAddr::V4(ip)) => write!(f, "[{ip}]"),
            Host::Literal(IpAddr::V6(ip)) => write!(f, "[IPv6:{ip}]"),
        }
    }
}

/// A mailbox address. The local part is kept as written, quotes included; equality ignores the case of the
/// domain only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    local: Arc<str>,
    host: Host,
}

impl Address {
    /// Parses `local@domain` without angle brackets.
    ///
    /// # Errors
    /// The first rule that the text breaks. Comments and folding white space are header syntax
    /// (RFC 5322 §3.4) and are refused here.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.starts_with('@') && text.contains(':') {
            return Err(AddressError::SourceRoute);
        }
        let (local, rest) = split_local(text)?;
        let host = rest.strip_prefix('@').ok_or(AddressError::NoAt)?;
        if local.len() > LOCAL_PART_LIMIT || text.len() > PATH_LIMIT {
            return Err(AddressError::TooLong);
        }
        let host = Host::parse(host)?;
        // A-labels are longer than the U-labels that they stand for.
        if let Host::Domain(domain) = &host
            && local.len() + 1 + domain.as_str().len() > PATH_LIMIT
        {
            return Err(AddressError::TooLong);
        }
        Ok(Self { local: local.into(), host })
    }

    /// An address from parts that are known to be good, as `postmaster` at one of our own domains.
    ///
    /// # Errors
    /// As [`Address::new`].
    pub fn from_parts(local: &str, domain: &Domain) -> Result<Self, AddressError> {
        Self::new(&format!("{local}@{domain}"))
    }

    /// The local part as written, with its quotes if it has them.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain or address literal.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The domain, or `None` for an address literal.
    #[must_use]
    pub fn domain(&self) -> Option<&Domain> {
        match &self.host {
            Host::Domain(domain) => Some(domain),
            Host::Literal(_) => None,
        }
    }

    /// True when the local part needs SMTPUTF8 (RFC 6531); the domain never does, it is kept as A-labels.
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        !self.local.is_ascii()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.host)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::new(text)
    }
}

/// Splits off a `Dot-string` or `Quoted-string` (RFC 5321 §4.1.2) and returns it with what follows.
pub(crate) fn split_local(text: &str) -> Result<(&str, &str), AddressError> {
    if let Some(quoted) = text.strip_prefix('"') {
        return split_quoted(text, quoted);
    }
    let end = text.find('@').ok_or(AddressError::NoAt)?;
    let local = &text[..end];
    if local.is_empty() {
        return Err(AddressError::Empty);
    }
    let atoms_are_good = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
    if !atoms_are_good {
        return Err(AddressError::LocalPart);
    }
    Ok((local, &text[end..]))
}

fn split_quoted<'a>(text: &'a str, inner: &'a str) -> Result<(&'a str, &'a str), AddressError> {
    let mut escaped = false;
    for (position, character) in inner.char_indices() {
        match character {
            // quoted-pairSMTP and qtextSMTP: printable ASCII, or UTF-8 beyond it (RFC 6531 §3.3).
            c if c.is_control() || is_invisible(c) => return Err(AddressError::LocalPart),
            // quoted-pairSMTP stays ASCII in RFC 6531, too.
            c if escaped && !c.is_ascii() => return Err(AddressError::LocalPart),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let end = position + 2;
                return Ok((&text[..end], &text[end..]));
            }
            _ => {}
        }
    }
    Err(AddressError::LocalPart)
}

/// `atext` (RFC 5322 §3.2.3), with UTF-8 beyond ASCII (RFC 6531 §3.3).
fn is_atext(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
    } else {
        // Invisible separators and direction marks would only serve to deceive (RFC 6530 §10.1; UAX #9).
        !c.is_control() && !c.is_whitespace() && !is_invisible(c)
    }
}

/// Zero-width spaces, bidirectional controls, the byte order mark. The joiners U+200C and U+200D stay: Persian and
/// Indic names need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests;
