//! The certificate authority of `tls.acme`: one that is known by a word, or the directory of another.

use super::section::{FieldReader, Setting};
use super::source::Node;
use super::values::{quoted, text};

/// Words for directories.
const KNOWN: [(&str, &str); 2] = [
    ("letsencrypt", "https://acme-v02.api.letsencrypt.org/directory"),
    ("letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"),
];

/// A directory of an authority (RFC 8555 §7.1.1), as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeDirectory(String);

impl AcmeDirectory {
    /// A known word, or an address that begins with `https://` and names a host.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_known = KNOWN.iter().any(|(word, _)| *word == text);
        let host = text.strip_prefix("https://").map(|rest| rest.split('/').next().unwrap_or_default());
        let is_address = host.is_some_and(|host| !host.is_empty())
            && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'"');
        (is_known || is_address).then(|| Self(text.to_owned()))
    }

    /// The address of the directory.
    #[must_use]
    pub fn url(&self) -> &str {
        KNOWN.iter().find(|(word, _)| *word == self.0).map_or(self.0.as_str(), |(_, url)| url)
    }
}

impl Setting for AcmeDirectory {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-acme", Self::parse)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_or_an_https_address() {
        let url = |text: &str| AcmeDirectory::parse(text).map(|it| it.url().to_owned());
        assert_eq!(url("letsencrypt").as_deref(), Some("https://acme-v02.api.letsencrypt.org/directory"));
        assert_eq!(url("https://ca.test:14000/dir").as_deref(), Some("https://ca.test:14000/dir"));
        for text in ["", "zerossl", "http://ca.test/dir", "https://", "https:///dir", "https://ca.test/a b"] {
            assert_eq!(url(text), None, "{text:?}");
        }
    }
}
