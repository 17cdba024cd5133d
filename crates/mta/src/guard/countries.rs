//! Which country an address is in, by a table of the operator's: one line per network, `192.0.2.0/24,NL`, or per range,
//! `192.0.2.0,192.0.2.255,NL` as DB-IP's lite tables have it. Of networks within each other the narrower one counts.
//!
//! [`Countries::read`] blocks and is bounded: a table that is too large or has a line that is not understood is refused as
//! a whole, with the number of the line.

use std::io::{BufRead, BufReader, Read as _};
use std::net::IpAddr;
use std::path::Path;

use ipnet::IpNet;

/// Octets of a table at the most …
const FILE_LIMIT: u64 = 256 << 20;
/// … of a line …
const LINE_LIMIT: u64 = 256;
/// … and lines. The largest tables have less than half of it.
const LINES: usize = 4_000_000;

/// A country, by its two letters (ISO 3166-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    fn new(text: &str) -> Option<Self> {
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// A line is neither a network nor a range with a country.
    #[error("line {0} is neither NETWORK,COUNTRY nor FIRST,LAST,COUNTRY")]
    Line(usize),
    /// There is more than fits.
    #[error("it has more than {LINES} lines or {FILE_LIMIT} octets")]
    TooLarge,
}

/// A table in memory.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Countries {
    v4: Vec<(u32, Option<Country>)>,
    v6: Vec<(u128, Option<Country>)>,
}

/// A range with its country: first, last.
type Ranges<T> = Vec<(T, T, Country)>;

impl Countries {
    /// Reads a table. Blocks.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let file = std::fs::File::open(path)?;
        if file.metadata()?.len() > FILE_LIMIT {
            return Err(TableError::TooLarge);
        }
        Self::parse(BufReader::new(file.take(FILE_LIMIT)))
    }

    fn parse(mut text: impl BufRead) -> Result<Self, TableError> {
        let (mut v4, mut v6) = (Ranges::new(), Ranges::new());
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            if (&mut text).take(LINE_LIMIT).read_line(&mut line)? == 0 {
                break;
            }
            let entry = line.trim();
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            if number > LINES {
                return Err(TableError::TooLarge);
            }
            let (first, last, country) = range(entry).ok_or(TableError::Line(number))?;
            match (first, last) {
                (IpAddr::V4(first), IpAddr::V4(last)) => v4.push((first.to_bits(), last.to_bits(), country)),
                (IpAddr::V6(first), IpAddr::V6(last)) => v6.push((first.to_bits(), last.to_bits(), country)),
                _ => return Err(TableError::Line(number)),
            }
        }
        let v4 = flatten(v4, |last| last.checked_add(1));
        Ok(Self { v4, v6: flatten(v6, |last| last.checked_add(1)) })
    }

    /// The country of an address, where the table knows it.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Option<Country> {
        match address.to_canonical() {
            IpAddr::V4(address) => find(&self.v4, address.to_bits()),
            IpAddr::V6(address) => find(&self.v6, address.to_bits()),
        }
    }
}

fn find<T: Ord + Copy>(starts: &[(T, Option<Country>)], address: T) -> Option<Country> {
    let behind = starts.partition_point(|(start, _)| *start <= address);
    starts.get(behind.checked_sub(1)?)?.1
}

/// A line: first and last address, and the country.
fn range(entry: &str) -> Option<(IpAddr, IpAddr, Country)> {
    let fields: Vec<&str> = entry.split(',').map(|field| field.trim().trim_matches('"')).collect();
    let (first, last, country) = match fields[..] {
        [network, country] => {
            let network: IpNet = network.parse().ok()?;
            (network.network(), network.broadcast(), country)
        }
        [first, last, country] => (first.parse().ok()?, last.parse().ok()?, country),
        _ => return None,
    };
    (first <= last).then_some((first, last, Country::new(country)?))
}

/// From ranges that may lie within each other to the places where the country changes.
fn flatten<T: Ord + Copy>(
    mut ranges: Ranges<T>,
    after: impl Fn(T) -> Option<T>,
) -> Vec<(T, Option<Country>)> {
    // Wider ones first where two begin at the same place.
    ranges.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
    let mut changes: Vec<(T, Option<Country>)> = Vec::with_capacity(ranges.len());
    let mut change = |at: T, country: Option<Country>| match changes.last_mut() {
        Some(last) if last.0 == at => last.1 = country,
        Some(last) if last.1 == country => {}
        _ => changes.push((at, country)),
    };
    let mut open: Vec<(T, Country)> = Vec::new();
    let close =
        |open: &mut Vec<(T, Country)>, before: Option<T>, change: &mut dyn FnMut(T, Option<Country>)| {
            while let Some((last, _)) = open.last().copied() {
                if before.is_some_and(|before| last >= before) {
                    return;
                }
                open.pop();
                // An outer range that has ended meanwhile is closed next.
                if let Some(next) = after(last) {
                    change(next, open.last().map(|(_, country)| *country));
                }
            }
        };
    for (first, last, country) in ranges {
        close(&mut open, Some(first), &mut change);
        change(first, Some(country));
        // What reaches beyond the range around it is cut there.
        let last = open.last().map_or(last, |(outer, _)| last.min(*outer));
        open.push((last, country));
    }
    close(&mut open, None, &mut change);
    changes.shrink_to_fit();
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(table: &Countries, address: &str) -> Option<String> {
        table.of(address.parse().expect("an address")).map(|country| country.to_string())
    }

    #[test]
    fn networks_and_ranges_are_read_and_the_narrower_one_counts() {
        let text = "# a comment\n192.0.2.0/24,nl\n\"192.0.2.64\",\"192.0.2.127\",\"DE\"\n192.0.2.64/28,FR\r\n\
                    255.255.255.0/24,ZZ\n2001:db8::/32,AT\n2001:db8:1::/48,CH\n\n198.51.100.0/24,NL";
        let table = Countries::parse(text.as_bytes()).expect("a table");
        for (address, expected) in [
            ("192.0.1.255", None),
            ("192.0.2.0", Some("NL")),
            ("192.0.2.64", Some("FR")),
            ("192.0.2.80", Some("DE")),
            ("192.0.2.127", Some("DE")),
            ("192.0.2.128", Some("NL")),
            ("192.0.3.0", None),
            ("::ffff:198.51.100.7", Some("NL")),
            ("198.51.101.0", None),
            ("255.255.255.255", Some("ZZ")),
            ("2001:db8::1", Some("AT")),
            ("2001:db8:1::1", Some("CH")),
            ("2001:db8:2::1", Some("AT")),
            ("2001:db9::", None),
        ] {
            assert_eq!(country(&table, address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for text in [
            "192.0.2.0/24,NL\n192.0.2.0/24",
            "\n192.0.2.9,192.0.2.1,NL",
            "#\n192.0.2.0,2001:db8::,NL",
            "#\n192.0.2.0/24,Nederland",
        ] {
            let refused = Countries::parse(text.as_bytes());
            assert!(matches!(refused, Err(TableError::Line(2))), "{text}: {refused:?}");
        }
        let endless = "9".repeat(10_000);
        assert!(matches!(Countries::parse(endless.as_bytes()), Err(TableError::Line(1))));
    }

    #[test]
    fn a_million_networks_are_read_within_seconds_and_found() {
        let mut text = String::new();
        for number in 0..1_000_000_u32 {
            let network = std::net::Ipv4Addr::from_bits(number << 8);
            let letter = char::from(b'A' + u8::try_from(number % 26).expect("small"));
            text.push_str(&format!("{network}/24,A{letter}\n"));
        }
        let table = Countries::parse(text.as_bytes()).expect("a table");
        assert_eq!(country(&table, "0.0.1.9").as_deref(), Some("AB"));
        assert_eq!(country(&table, "15.66.63.9").as_deref(), Some("AN"));
    }
}
