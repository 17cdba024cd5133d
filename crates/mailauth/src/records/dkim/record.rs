//! The text of a key record (RFC 6376 §3.6.1, RFC 8463): its tags, the key in it, and what is wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::public::{PublicKey, PublicKeyError};
use crate::dkim::{Algorithm, MINIMUM_RSA_BITS};

/// What a DNS string holds at the most (RFC 1035 §3.3).
const STRING_LIMIT: usize = 255;

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyProblem {
    /// Several records of that name: receivers take any of them, or none (RFC 6376 §3.6.2.2).
    SeveralRecords(usize),
    /// `v=` is not first, or not `DKIM1`: the record is ignored.
    Version,
    /// Something without `=`.
    NotATag(String),
    /// A tag for the second time: the record is ignored (RFC 6376 §3.2).
    Repeated(String),
    /// A tag that nobody knows.
    UnknownTag(String),
    /// `k=` names an algorithm that nobody knows.
    UnknownAlgorithm(String),
    /// `k=` of another algorithm than the key that signs.
    OtherAlgorithm,
    /// No `p=`.
    NoKey,
    /// `p=` is empty: the key is revoked.
    Revoked,
    /// Quotation marks or backslashes in the record: the strings that it was split into were entered as text.
    QuotesInRecord,
    /// The record ends where one string does, and its key with it: the further strings are missing.
    CutOff,
    /// `p=` is no Base64, or no key in it.
    BrokenKey,
    /// So many bits, under which receivers do not verify (RFC 8301 §3.2: 1024).
    TooShort(usize),
    /// So many bits, fewer than the 2048 that signers should use (RFC 8301 §3.2).
    Short(usize),
    /// So many bits, over which not every receiver verifies (RFC 6376 §3.3.3: 2048).
    Long(usize),
    /// `t=y`: receivers treat failures as if nothing was signed.
    Testing,
    /// `t=s`: the signature does not speak for domains below (no fault by itself).
    OnlySameDomain,
    /// `h=` does not let SHA-256 be used.
    HashNotAllowed(String),
    /// `s=` does not let mail be signed.
    ServiceNotAllowed(String),
}

impl KeyProblem {
    /// Whether signatures by this key fail, or count for nothing.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        !matches!(
            self,
            Self::NotATag(_) | Self::UnknownTag(_) | Self::Short(_) | Self::Long(_) | Self::OnlySameDomain
        )
    }
}

/// A record as a receiver reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// As it stands in DNS.
    pub text: String,
    /// `k=`; RSA where it is not given.
    pub algorithm: Option<Algorithm>,
    /// The key, if there is one.
    pub key: Option<PublicKey>,
    /// `t=y`.
    pub testing: bool,
    /// `t=s`.
    pub only_same_domain: bool,
    /// What is wrong.
    pub problems: Vec<KeyProblem>,
}

/// Reads a record. Whatever it holds, something is said of it.
#[must_use]
pub fn parse(text: &str) -> KeyRecord {
    let mut record = KeyRecord {
        text: text.to_owned(),
        algorithm: Some(Algorithm::Rsa),
        key: None,
        testing: false,
        only_same_domain: false,
        problems: Vec::new(),
    };
    if text.contains(['"', '\\']) {
        record.problems.push(KeyProblem::QuotesInRecord);
    }
    let tags = record.tags(text);
    let find = |wanted: &str| tags.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    if let Some(version) = tags.iter().position(|(name, _)| *name == "v")
        && (version != 0 || tags[version].1 != "DKIM1")
    {
        record.problems.push(KeyProblem::Version);
    }
    if let Some(name) = find("k") {
        record.algorithm = Algorithm::from_name(name);
        if record.algorithm.is_none() {
            record.problems.push(KeyProblem::UnknownAlgorithm(name.to_owned()));
        }
    }
    record.take_limits(find("t"), find("h"), find("s"));
    match find("p") {
        None => record.problems.push(KeyProblem::NoKey),
        Some("") => record.problems.push(KeyProblem::Revoked),
        Some(value) => record.take_key(value),
    }
    record
}

impl KeyRecord {
    fn tags<'a>(&mut self, text: &'a str) -> Vec<(&'a str, &'a str)> {
        let known = ["v", "g", "h", "k", "n", "p", "s", "t"];
        let mut tags: Vec<(&str, &str)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                self.problems.push(KeyProblem::NotATag(part.to_owned()));
                continue;
            };
            let name = name.trim();
            if tags.iter().any(|(before, _)| *before == name) {
                self.problems.push(KeyProblem::Repeated(name.to_owned()));
                continue;
            }
            if !known.contains(&name) {
                self.problems.push(KeyProblem::UnknownTag(name.to_owned()));
            }
            tags.push((name, value.trim()));
        }
        tags
    }

    fn take_limits(&mut self, flags: Option<&str>, hashes: Option<&str>, services: Option<&str>) {
        let list = |value: &str, wanted: &[&str]| value.split(':').any(|one| wanted.contains(&one.trim()));
        if let Some(flags) = flags {
            self.testing = list(flags, &["y"]);
            self.only_same_domain = list(flags, &["s"]);
        }
        if self.testing {
            self.problems.push(KeyProblem::Testing);
        }
        if self.only_same_domain {
            self.problems.push(KeyProblem::OnlySameDomain);
        }
        if let Some(hashes) = hashes.filter(|hashes| !list(hashes, &["sha256"])) {
            self.problems.push(KeyProblem::HashNotAllowed(hashes.to_owned()));
        }
        if let Some(services) = services.filter(|services| !list(services, &["*", "email"])) {
            self.problems.push(KeyProblem::ServiceNotAllowed(services.to_owned()));
        }
    }

    fn take_key(&mut self, value: &str) {
        // RFC 6376 §3.2: white space within Base64 counts for nothing.
        let base64: String = value.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(base64);
        let key = match (bytes, self.algorithm) {
            (_, None) => return,
            (Ok(bytes), Some(algorithm)) => PublicKey::read(algorithm, &bytes),
            (Err(_), Some(_)) => Err(PublicKeyError),
        };
        match key {
            Ok(key) => {
                self.judge_length(&key);
                self.key = Some(key);
            }
            // A panel for DNS that takes but one string keeps its first 255 octets.
            Err(PublicKeyError) if self.text.len() == STRING_LIMIT => self.problems.push(KeyProblem::CutOff),
            Err(PublicKeyError) => self.problems.push(KeyProblem::BrokenKey),
        }
    }

    fn judge_length(&mut self, key: &PublicKey) {
        if key.algorithm() != Algorithm::Rsa {
            return;
        }
        let bits = key.bits();
        if bits < 1024 {
            self.problems.push(KeyProblem::TooShort(bits));
        } else if bits < MINIMUM_RSA_BITS {
            self.problems.push(KeyProblem::Short(bits));
        } else if bits > 2048 {
            self.problems.push(KeyProblem::Long(bits));
        }
    }
}
