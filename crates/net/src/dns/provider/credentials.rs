//! What a provider wants to know of us, read from a file: the token alone, or lines `name=value`.
//!
//! The values are wiped when they are dropped, never shown by `Debug`, and taken out of whatever others say.

use std::fmt;

use zeroize::Zeroizing;

use super::known::Known;

/// Names of values that may be shown.
const PUBLIC: [&str; 8] = ["account", "context", "customer", "endpoint", "server", "team", "url", "user"];

/// The values by their names.
#[derive(Clone)]
pub struct Credentials(Vec<(&'static str, Zeroizing<String>)>);

/// Why a file holds none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Something is not there.
    #[error("the line {name}=… is missing; {provider} wants {wanted}")]
    Missing {
        /// What.
        name: &'static str,
        /// Whose.
        provider: &'static str,
        /// All names.
        wanted: String,
    },
    /// A line that has no place.
    #[error("line {line} is not understood; {provider} wants {wanted}")]
    Line {
        /// Its number.
        line: usize,
        /// Whose.
        provider: &'static str,
        /// All names.
        wanted: String,
    },
}

impl Credentials {
    /// Reads the text of a file. Empty lines and those that begin with `#` are passed over.
    ///
    /// # Errors
    /// [`CredentialError`]; it holds nothing of the text.
    pub fn parse(known: &'static Known, text: &str) -> Result<Self, CredentialError> {
        let mut found: Vec<(&'static str, Zeroizing<String>)> = Vec::new();
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        for (line, text) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let value = |text: &str| Zeroizing::new(text.trim().trim_matches('"').to_owned());
            let named = text.split_once('=').and_then(|(name, rest)| Some((name_of(known, name)?, rest)));
            match (named, known.credentials) {
                (Some((name, rest)), _) if found.iter().all(|(other, _)| *other != name) => {
                    found.push((name, value(rest)));
                }
                (None, [only]) if found.is_empty() => found.push((only, value(text))),
                _ => {
                    let wanted = wanted(known);
                    return Err(CredentialError::Line { line, provider: known.name, wanted });
                }
            }
        }
        let is_there = |name: &&str| found.iter().any(|(other, value)| other == name && !value.is_empty());
        match known.credentials.iter().find(|name| !is_there(name)) {
            Some(name) => Err(CredentialError::Missing { name, provider: known.name, wanted: wanted(known) }),
            None => Ok(Self(found)),
        }
    }

    /// A value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    /// The text without the secrets, also where they are written as in an address.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (_, value) in self.0.iter().filter(|(name, value)| !PUBLIC.contains(name) && !value.is_empty()) {
            for written in [value.as_str(), &percent_encoded(value), &value.replace(' ', "+")] {
                text = text.replace(written, "…");
            }
        }
        text
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        f.debug_tuple("Credentials").field(&names).finish()
    }
}

fn name_of(known: &'static Known, name: &str) -> Option<&'static str> {
    let names = known.credentials.iter().chain(known.optional);
    names.copied().find(|other| other.eq_ignore_ascii_case(name.trim()))
}

fn wanted(known: &Known) -> String {
    let lines = known.credentials.iter().map(|name| format!("{name}=…"));
    let optional = known.optional.iter().map(|name| format!("({name}=…)"));
    lines.chain(optional).collect::<Vec<_>>().join(", ")
}

/// RFC 3986 §2.1, everything encoded that is not unreserved.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(octet.into()),
            _ => out.push_str(&format!("%{octet:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::known::{KNOWN, find};
    use super::*;

    fn read(id: &str, text: &str) -> Result<Credentials, CredentialError> {
        Credentials::parse(find(id).expect("a provider"), text)
    }

    #[test]
    fn a_token_may_stand_alone_or_with_its_name() {
        for text in ["s3cret==\n", "# mine\n\nTOKEN = \"s3cret==\"\n", "token=s3cret=="] {
            let found = read("cloudflare", text).expect(text);
            assert_eq!(found.get("token"), Some("s3cret=="), "{text}");
            assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
        }
    }

    #[test]
    fn several_values_have_their_names() {
        let found = read("netcup", "customer=12345\nkey=abc\npassword=a=b\n").expect("all three");
        assert_eq!((found.get("customer"), found.get("password")), (Some("12345"), Some("a=b")));
        let missing = read("netcup", "customer=12345\nkey=abc\n").expect_err("no password");
        assert!(missing.to_string().contains("password=…"), "{missing}");
        let stray = read("inwx", "user=me\nhunter2\n").expect_err("no name");
        assert!(stray.to_string().contains("line 2") && !stray.to_string().contains("hunter2"), "{stray}");
        assert!(read("cloudflare", "").is_err());
        assert!(read("cloudflare", "one\ntwo\n").is_err());
        assert!(read("powerdns", "key=k\nurl=http://127.0.0.1:8081\n").is_ok());
    }

    #[test]
    fn secrets_are_taken_out_of_what_others_say() {
        let found = read("namesilo", "k=y/1 2").expect("a key");
        let said = "https://api.test/?key=k%3Dy%2F1%202&x=k=y/1+2 (k=y/1 2)";
        assert_eq!(found.hidden_in(said), "https://api.test/?key=…&x=… (…)");
        let found = read("glesys", "user=cl12345\nkey=hidden").expect("both");
        assert_eq!(found.hidden_in("cl12345 hidden"), "cl12345 …");
    }

    #[test]
    fn ids_stand_once_and_in_order() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
