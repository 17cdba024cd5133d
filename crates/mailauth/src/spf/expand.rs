//! Fills macro strings in (RFC 7208 §7.2 and §7.3).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;

use super::macros::{Macro, MacroString, Piece};
use super::names;

/// What macros stand for.
#[derive(Debug, Clone)]
pub(super) struct Values {
    pub(super) client: IpAddr,
    pub(super) local: String,
    pub(super) sender_domain: String,
    pub(super) greeting: String,
    pub(super) receiver: String,
    pub(super) now: u64,
}

impl Values {
    /// For strings that depend on the domain only.
    pub(super) fn of_nobody() -> Self {
        Self {
            client: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
            local: String::new(),
            sender_domain: String::new(),
            greeting: String::new(),
            receiver: String::new(),
            now: 0,
        }
    }

    /// The text with everything filled in. `domain` is whose record is being read, `client_name` a name of the
    /// client's address that leads back to it.
    pub(super) fn expand(&self, text: &MacroString, domain: &str, client_name: &str) -> String {
        let mut expanded = String::new();
        for piece in &text.pieces {
            match piece {
                Piece::Literal(literal) => expanded.push_str(literal),
                Piece::Macro(one) => {
                    let value = one.transform(&self.value(one.letter, domain, client_name));
                    if one.escaped { escape(&mut expanded, &value) } else { expanded.push_str(&value) }
                }
            }
        }
        expanded
    }

    /// The same as a name to look up: without the last dot, and cut from the left where it is too long.
    pub(super) fn expand_name(&self, text: &MacroString, domain: &str, client_name: &str) -> String {
        let expanded = self.expand(text, domain, client_name);
        let mut name = expanded.strip_suffix('.').unwrap_or(&expanded);
        // RFC 7208 §7.3: 253 octets, by whole labels.
        while name.len() > names::LIMIT
            && let Some((_, rest)) = name.split_once('.')
        {
            name = rest;
        }
        name.to_owned()
    }

    fn value<'a>(&'a self, letter: u8, domain: &'a str, client_name: &'a str) -> Cow<'a, str> {
        match letter {
            b's' => format!("{}@{}", self.local, self.sender_domain).into(),
            b'l' => self.local.as_str().into(),
            b'o' => self.sender_domain.as_str().into(),
            b'd' => domain.into(),
            b'i' => dotted(self.client).into(),
            b'p' => client_name.into(),
            b'v' => if self.client.is_ipv4() { "in-addr" } else { "ip6" }.into(),
            b'h' => self.greeting.as_str().into(),
            b'c' => self.client.to_string().into(),
            b'r' => self.receiver.as_str().into(),
            _ => self.now.to_string().into(),
        }
    }
}

impl Macro {
    fn transform(&self, value: &str) -> String {
        if self.keep.is_none() && !self.reversed && self.delimiters.is_empty() {
            return value.to_owned();
        }
        let delimiters = if self.delimiters.is_empty() { "." } else { &self.delimiters };
        let mut parts: Vec<&str> = value.split(|letter| delimiters.contains(letter)).collect();
        if self.reversed {
            parts.reverse();
        }
        let kept = self.keep.unwrap_or(usize::MAX).min(parts.len());
        parts[parts.len() - kept..].join(".")
    }
}

/// IPv6 as its nibbles, one label each, in the capitals of the examples (RFC 7208 §7.4).
fn dotted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let digits = format!("{:032X}", address.to_bits());
            let labels: Vec<&str> = (0..digits.len()).map(|at| &digits[at..=at]).collect();
            labels.join(".")
        }
    }
}

/// All but the unreserved characters of RFC 3986 §2.3.
fn escape(into: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // A string takes everything.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}
