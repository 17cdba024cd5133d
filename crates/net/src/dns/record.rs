//! A record of any of the kinds that a mail server needs, as a value: compared, printed as a line of a zone, put into
//! an update. Names in it are absolute, in lower case and without the final dot.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Caa, Tlsa};

/// Octets of one string of a TXT record (RFC 1035 §3.3.14).
pub const STRING_LIMIT: usize = 255;

/// The kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// Another name for the same.
    Cname,
    /// A mail exchanger.
    Mx,
    /// Text.
    Txt,
    /// A service.
    Srv,
    /// A certificate or key (RFC 6698).
    Tlsa,
    /// Who may issue certificates (RFC 8659).
    Caa,
    /// The name of an address.
    Ptr,
}

impl RecordKind {
    /// As zone files have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Txt => "TXT",
            Self::Srv => "SRV",
            Self::Tlsa => "TLSA",
            Self::Caa => "CAA",
            Self::Ptr => "PTR",
        }
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// The name that this one stands for.
    Cname(String),
    /// A mail exchanger.
    Mx {
        /// Lower is tried first.
        preference: u16,
        /// Its name; empty for a null MX (RFC 7505).
        exchange: String,
    },
    /// Text, its strings joined.
    Txt(String),
    /// A service (RFC 2782).
    Srv {
        /// Lower is tried first.
        priority: u16,
        /// Share among equals.
        weight: u16,
        /// Port.
        port: u16,
        /// Host; empty where the service is not there.
        target: String,
    },
    /// A certificate or key.
    Tlsa(Tlsa),
    /// Who may issue certificates.
    Caa(Caa),
    /// A name.
    Ptr(String),
}

impl RecordData {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::A(_) => RecordKind::A,
            Self::Aaaa(_) => RecordKind::Aaaa,
            Self::Cname(_) => RecordKind::Cname,
            Self::Mx { .. } => RecordKind::Mx,
            Self::Txt(_) => RecordKind::Txt,
            Self::Srv { .. } => RecordKind::Srv,
            Self::Tlsa(_) => RecordKind::Tlsa,
            Self::Caa(_) => RecordKind::Caa,
            Self::Ptr(_) => RecordKind::Ptr,
        }
    }

    /// An address record.
    #[must_use]
    pub const fn address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::A(address),
            IpAddr::V6(address) => Self::Aaaa(address),
        }
    }

    /// The value without quotes and in one piece, as the forms of DNS providers want it.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Txt(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for RecordData {
    /// As a zone file has it (RFC 1035 §5.1), names with their final dot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => address.fmt(f),
            Self::Aaaa(address) => address.fmt(f),
            Self::Cname(name) | Self::Ptr(name) => write!(f, "{name}."),
            Self::Mx { preference, exchange } => write!(f, "{preference} {exchange}."),
            Self::Txt(text) => {
                let strings: Vec<String> = strings(text).map(quoted).collect();
                f.write_str(&strings.join(" "))
            }
            Self::Srv { priority, weight, port, target } => write!(f, "{priority} {weight} {port} {target}."),
            Self::Tlsa(tlsa) => tlsa.fmt(f),
            Self::Caa(caa) => caa.fmt(f),
        }
    }
}

/// The strings that a text is put into DNS as: each of 255 octets at the most, no character torn.
pub fn strings(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut end = text.len().min(STRING_LIMIT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        rest = (end < text.len()).then(|| &text[end..]);
        Some(&text[..end])
    })
}

/// A character string of a zone file (RFC 1035 §5.1).
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The name under which the PTR record of an address stands (RFC 1035 §3.5, RFC 3596 §2.5). An IPv4 address in the
/// clothes of IPv6 (RFC 4291 §2.5.5.2) is one of IPv4.
#[must_use]
pub fn reverse_name(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|octet| [octet & 15, octet >> 4]);
            let labels: Vec<String> = nibbles.map(|nibble| format!("{nibble:x}")).collect();
            format!("{}.ip6.arpa", labels.join("."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_written_as_zone_files_have_them() {
        let tlsa = Tlsa { usage: 3, selector: 1, matching: 1, data: vec![0xab, 0x01] };
        let caa = |critical, value: &str| {
            RecordData::Caa(Caa { critical, tag: "issue".into(), value: value.into() })
        };
        for (data, text) in [
            (RecordData::Mx { preference: 10, exchange: "mail.own.test".into() }, "10 mail.own.test."),
            (RecordData::Mx { preference: 0, exchange: String::new() }, "0 ."),
            (RecordData::Txt("a \"b\" \\".into()), r#""a \"b\" \\""#),
            (RecordData::Txt(String::new()), r#""""#),
            (RecordData::Tlsa(tlsa), "3 1 1 ab01"),
            (caa(false, "ca.test"), "0 issue \"ca.test\""),
            (caa(true, "a \"b\" \\"), r#"128 issue "a \"b\" \\""#),
            (
                RecordData::Srv { priority: 0, weight: 1, port: 465, target: "mail.own.test".into() },
                "0 1 465 mail.own.test.",
            ),
        ] {
            assert_eq!(data.to_string(), text);
        }
    }

    #[test]
    fn long_texts_are_parted_between_characters() {
        let text = format!("{}ü{}", "x".repeat(254), "y".repeat(300));
        let parts: Vec<&str> = strings(&text).collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [254, 255, 47]);
        assert_eq!(parts.concat(), text);
        assert_eq!(strings(&"x".repeat(255)).count(), 1);
    }

    #[test]
    fn reverse_names() {
        assert_eq!(reverse_name("192.0.2.25".parse().expect("an address")), "25.2.0.192.in-addr.arpa");
        let mapped = "::ffff:192.0.2.25".parse().expect("an address");
        assert_eq!(reverse_name(mapped), "25.2.0.192.in-addr.arpa");
        let six = reverse_name("2001:db8::1".parse().expect("an address"));
        assert!(six.starts_with("1.0.0.0.") && six.ends_with("8.b.d.0.1.0.0.2.ip6.arpa"), "{six}");
    }
}
