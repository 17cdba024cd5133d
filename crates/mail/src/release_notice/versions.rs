//! Versions and ranges of them. A pre-release comes before its release (Semantic Versioning 2.0.0 §11) and is compared
//! like any other: `< 0.2.0` holds 0.2.0-rc.1, since whoever runs it has the weakness as well. What a build says of
//! itself behind `+` does not count (§10).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version.
#[derive(Debug, Clone, Eq)]
pub struct Version(semver::Version);

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|error| format!("{text:?} is no version: {error}"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// The longer ones first: `<` begins `<=`.
const OPERATORS: [(&str, Operator); 5] = [
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
];

/// Versions between bounds that must all hold: `>= 0.1.0, < 0.1.4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range(Vec<(Operator, Version)>);

impl Range {
    /// Whether a version is within.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.0.iter().all(|(operator, bound)| match operator {
            Operator::Less => version < bound,
            Operator::LessOrEqual => version <= bound,
            Operator::Equal => version == bound,
            Operator::GreaterOrEqual => version >= bound,
            Operator::Greater => version > bound,
        })
    }
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bound = |part: &str| {
            let part = part.trim();
            let found = OPERATORS.iter().find_map(|(sign, it)| Some((*it, part.strip_prefix(sign)?)));
            let (operator, version) = found.ok_or_else(|| format!("{part:?} does not begin with < or >"))?;
            Ok((operator, version.trim().parse()?))
        };
        text.split(',').map(bound).collect::<Result<_, String>>().map(Self)
    }
}
