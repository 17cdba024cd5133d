//! What the support desk wants to know before it opens port 25, and how much of it a letter says. Pure.
//!
//! It reads as a person at a desk would who has a list beside the screen: German or English, in any order, in whatever
//! words. What can be looked up is looked up and not believed: the names of addresses come from DNS, by the caller.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use postamt_mail::words::Language;

use crate::isp::{HOST, HOST_SECOND};

/// The character of who sits at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Attitude {
    /// `lenient`: grants any request that names the address.
    Lenient,
    /// `strict`: asks for all that is missing, and grants a complete request.
    #[default]
    Strict,
    /// `never`: refuses for ever.
    Never,
}

impl Attitude {
    /// One of each.
    pub const ALL: [Self; 3] = [Self::Lenient, Self::Strict, Self::Never];
}

impl fmt::Display for Attitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lenient => "lenient",
            Self::Strict => "strict",
            Self::Never => "never",
        })
    }
}

/// A word that is no attitude.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of lenient, strict, never")]
pub struct AttitudeError(String);

impl FromStr for Attitude {
    type Err = AttitudeError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|attitude| attitude.to_string() == word);
        found.ok_or_else(|| AttitudeError(word.to_owned()))
    }
}

/// Something that a complete request says, in the order in which the desk asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Addresses of ours.
    Addresses,
    /// The server's name, to which each address leads and which leads back.
    Name,
    /// The kind of mail.
    Kind,
    /// How much of it.
    Volume,
    /// That port 25 is blocked: when, and to whom.
    Evidence,
    /// Where to complain.
    Abuse,
    /// No unsolicited mail.
    Promise,
}

/// What is decided about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// These addresses may.
    Granted(Vec<IpAddr>),
    /// These are to be told first.
    Asked(Vec<Point>),
    /// No.
    Refused,
}

/// Words of which one tells the kind of mail, in small letters.
const KINDS: [&str; 7] = [
    "eigenen mailserver",
    "eigener mailserver",
    "eine anwendung",
    "verwendungszweck",
    "own mail server",
    "an application",
    "purpose:",
];
/// A sentence with a word of each of these and a number tells how much it is.
const MESSAGES: [&str; 5] = ["nachricht", "message", "mail", "umfang", "volume"];
const DAILY: [&str; 8] =
    ["täglich", "pro tag", "am tag", "am selben tag", "per day", "a day", "daily", "on the same day"];
const PROMISES: [&str; 4] = ["keine unverlangte", "unsolicited", "nutzungsbedingungen", "terms of service"];
/// Words that no English letter has.
const GERMAN: [&str; 4] = ["ich", "bitte", "und", "geehrte"];
/// So many mail servers make a block; fewer may have troubles of their own.
const WITNESSES: usize = 3;

/// A letter, or all letters of a ticket, read with the list in mind.
#[derive(Debug)]
pub(super) struct Reading {
    text: String,
    /// Addresses of ours that it names.
    pub(super) addresses: BTreeSet<IpAddr>,
}

impl Reading {
    pub(super) fn of(text: &str) -> Self {
        let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
        let words = text.split(|c| !is_part(c)).map(|word| word.trim_end_matches(['.', ':']));
        let ours = [HOST, HOST_SECOND].concat();
        let addresses = words.filter_map(|word| word.parse().ok()).filter(|address| ours.contains(address));
        Self { addresses: addresses.collect(), text: text.to_lowercase() }
    }

    /// The language to answer in.
    pub(super) fn language(&self) -> Language {
        let mut words = self.text.split(|c: char| !c.is_alphabetic());
        if words.any(|word| GERMAN.contains(&word)) { Language::De } else { Language::En }
    }

    /// What the one at the desk makes of it. `named` are the addresses whose name leads back, with that name.
    pub(super) fn decide(&self, attitude: Attitude, named: &[(IpAddr, String)]) -> Decision {
        let missing = match attitude {
            Attitude::Never => return Decision::Refused,
            Attitude::Lenient if self.addresses.is_empty() => vec![Point::Addresses],
            Attitude::Lenient => Vec::new(),
            Attitude::Strict => self.missing(named),
        };
        match missing.is_empty() {
            true => Decision::Granted(self.addresses.iter().copied().collect()),
            false => Decision::Asked(missing),
        }
    }

    /// Addresses that have no name, or one that the letter does not tell.
    pub(super) fn nameless(&self, named: &[(IpAddr, String)]) -> Vec<IpAddr> {
        let is_named = |address: &&IpAddr| {
            named.iter().any(|(of, name)| of == *address && self.text.contains(&name.to_lowercase()))
        };
        self.addresses.iter().filter(|address| !is_named(address)).copied().collect()
    }

    fn missing(&self, named: &[(IpAddr, String)]) -> Vec<Point> {
        let said = [
            (Point::Addresses, !self.addresses.is_empty()),
            (Point::Name, !self.addresses.is_empty() && self.nameless(named).is_empty()),
            (Point::Kind, self.has(&KINDS)),
            (Point::Volume, self.tells_the_volume()),
            (Point::Evidence, self.text.contains("utc") && self.silent_servers() >= WITNESSES),
            (Point::Abuse, self.has(&["abuse@"])),
            (Point::Promise, self.has(&PROMISES)),
        ];
        said.into_iter().filter(|(_, is_said)| !is_said).map(|(point, _)| point).collect()
    }

    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.contains(word))
    }

    fn tells_the_volume(&self) -> bool {
        let sentences = self.text.split(['.', '\n']);
        let holds = |sentence: &str, words: &[&str]| words.iter().any(|word| sentence.contains(word));
        sentences.into_iter().any(|sentence| {
            sentence.contains(|c: char| c.is_ascii_digit())
                && holds(sentence, &MESSAGES)
                && holds(sentence, &DAILY)
        })
    }

    /// Mail servers that the letter names with their port.
    fn silent_servers(&self) -> usize {
        let words = self.text.split_whitespace().map(|word| word.trim_matches([',', ';', '.', '(', ')']));
        let servers = words.filter_map(|word| word.parse::<SocketAddr>().ok());
        servers.filter(|server| server.port() == 25).collect::<BTreeSet<_>>().len()
    }
}
