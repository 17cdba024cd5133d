//! MTA-STS (RFC 8461) as a sender reads it: the TXT record, the policy, and which mail hosts it permits. What we publish
//! ourselves is in [`crate::sts_policy`].
//!
//! Pure: the policy is fetched by `net` and kept by `store`. A policy that breaks the grammar is an error that names
//! the line; unknown keys are passed over (RFC 8461 §3.2).

use crate::address::Domain;

/// The longest life that a policy may claim, about a year (RFC 8461 §3.2).
pub const MAX_AGE_LIMIT: u64 = 31_557_600;

/// What a sender does where the policy cannot be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It does not deliver.
    Enforce,
    /// It delivers, and reports.
    Testing,
    /// There is no policy any more.
    None,
}

impl Mode {
    /// The word in the policy.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What to do.
    pub mode: Mode,
    /// The mail hosts: names, or `*.` and a suffix; in lower case.
    pub mx: Vec<String>,
    /// Seconds for which it holds.
    pub max_age: u64,
}

/// What is wrong with a record or a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// There are several records that begin with `v=STSv1` (RFC 8461 §3.1).
    #[error("there are {0} records with v=STSv1, where one is permitted")]
    SeveralRecords(usize),
    /// The record has no `id`, or one that is not 1 to 32 letters and digits.
    #[error("the record has no valid id")]
    BadId,
    /// Not text.
    #[error("the policy is not UTF-8")]
    NotText,
    /// A line without a colon.
    #[error("line {0} of the policy has no colon")]
    NoColon(usize),
    /// The policy does not begin with its version.
    #[error("the policy does not say version: STSv1")]
    BadVersion,
    /// A key that must occur once occurs again.
    #[error("the policy has {0} more than once")]
    Repeated(&'static str),
    /// A key is missing.
    #[error("the policy has no {0}")]
    Missing(&'static str),
    /// A value that cannot be understood.
    #[error("the policy's {key} is {value:?}, which is not permitted")]
    BadValue {
        /// Which key.
        key: &'static str,
        /// What it says.
        value: String,
    },
}

/// The id in the TXT records at `_mta-sts.` the domain; `None` when there is no such record (RFC 8461 §3.1).
///
/// # Errors
/// Several records, or one without a valid id: the domain is then taken to have none.
pub fn record_id(records: &[String]) -> Result<Option<String>, PolicyError> {
    let version = |record: &&String| {
        record.split(';').next().is_some_and(|first| first.trim_end_matches([' ', '\t']) == "v=STSv1")
    };
    let found: Vec<_> = records.iter().filter(version).collect();
    match found.as_slice() {
        [] => Ok(None),
        [record] => {
            let fields = record.split(';').filter_map(|field| field.trim().split_once('='));
            let id = fields.filter(|(key, _)| *key == "id").map(|(_, value)| value).next();
            let valid = |id: &&str| {
                (1..=32).contains(&id.len()) && id.bytes().all(|octet| octet.is_ascii_alphanumeric())
            };
            id.filter(valid).map(|id| Some(id.to_owned())).ok_or(PolicyError::BadId)
        }
        several => Err(PolicyError::SeveralRecords(several.len())),
    }
}

impl Policy {
    /// Reads a policy (RFC 8461 §3.2). Lines end with LF or CRLF.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(octets: &[u8]) -> Result<Self, PolicyError> {
        let text = std::str::from_utf8(octets).map_err(|_| PolicyError::NotText)?;
        let (mut version, mut mode, mut max_age, mut mx) = (None, None, None, Vec::new());
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_matches([' ', '\t']);
            if line.is_empty() {
                continue;
            }
            let (key, value) = line.split_once(':').ok_or(PolicyError::NoColon(number + 1))?;
            let value = value.trim_matches([' ', '\t']);
            match key.trim_end_matches([' ', '\t']) {
                "version" => once("version", &mut version, value)?,
                "mode" => once("mode", &mut mode, value)?,
                "max_age" => once("max_age", &mut max_age, value)?,
                "mx" => mx.push(pattern(value)?),
                _ => {}
            }
        }
        if version != Some("STSv1") {
            return Err(PolicyError::BadVersion);
        }
        let mode = match mode.ok_or(PolicyError::Missing("mode"))? {
            "enforce" => Mode::Enforce,
            "testing" => Mode::Testing,
            "none" => Mode::None,
            other => return Err(PolicyError::BadValue { key: "mode", value: other.to_owned() }),
        };
        let max_age = read_age(max_age.ok_or(PolicyError::Missing("max_age"))?)?;
        if mx.is_empty() && mode != Mode::None {
            return Err(PolicyError::Missing("mx"));
        }
        Ok(Self { mode, mx, max_age })
    }

    /// Whether the policy permits this mail host (RFC 8461 §4.1): `*.` stands for exactly one label.
    #[must_use]
    pub fn permits(&self, host: &Domain) -> bool {
        self.mx.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(suffix) => host.as_str().split_once('.').is_some_and(|(_, rest)| rest == suffix),
            None => host.as_str() == pattern,
        })
    }
}

fn once<'a>(key: &'static str, place: &mut Option<&'a str>, value: &'a str) -> Result<(), PolicyError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(PolicyError::Repeated(key)),
    }
}

fn read_age(text: &str) -> Result<u64, PolicyError> {
    let bad = || PolicyError::BadValue { key: "max_age", value: text.to_owned() };
    if !(1..=10).contains(&text.len()) || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(bad());
    }
    let seconds: u64 = text.parse().map_err(|_| bad())?;
    Ok(seconds.min(MAX_AGE_LIMIT))
}

fn pattern(text: &str) -> Result<String, PolicyError> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    match Domain::new(name) {
        Ok(name) if text.starts_with("*.") => Ok(format!("*.{name}")),
        Ok(name) => Ok(name.to_string()),
        Err(_) => Err(PolicyError::BadValue { key: "mx", value: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests;
