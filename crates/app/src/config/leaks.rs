//! The service of leaked passwords of `accounts.leaked_passwords_url`: an address that ends before the five digits.

use postamt_mail::address::Domain;
use postamt_mta::passwords::elsewhere::RangeService;

use super::section::{FieldReader, Setting};
use super::source::Node;
use super::values::{quoted, text};

/// The service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakService(pub RangeService);

impl LeakService {
    /// An address that begins with `https://`, names a host by its domain, and ends with a slash; always port 443.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, path) = text.strip_prefix("https://")?.split_once('/')?;
        let host = Domain::new(host).ok()?;
        let is_path =
            path.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'?' | b'#'));
        let path = format!("/{path}");
        (is_path && path.ends_with('/')).then_some(Self(RangeService { host, path }))
    }
}

impl Setting for LeakService {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-leaks", Self::parse)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&format!("https://{}{}", self.0.host, self.0.path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_https_address_that_ends_before_the_digits() {
        let parsed = LeakService::parse("https://leaks.test/range/").expect("a service");
        assert_eq!((parsed.0.host.as_str(), parsed.0.path.as_str()), ("leaks.test", "/range/"));
        assert_eq!(parsed.write().as_deref(), Some("\"https://leaks.test/range/\""));
        assert_eq!(LeakService::parse("https://leaks.test/").map(|it| it.0.path).as_deref(), Some("/"));
        for text in [
            "",
            "http://leaks.test/range/",
            "https://leaks.test/range",
            "https:///range/",
            "leaks.test",
            "https://a.test/?x=/",
        ] {
            assert_eq!(LeakService::parse(text), None, "{text:?}");
        }
    }
}
