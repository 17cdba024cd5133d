//! The values of `[updates]`: an address of the web that is asked by HTTPS alone, and the key that signs what is there.

use postamt_mail::release_notice::NoticeKey;
use postamt_net::documents::WebAddress;

use super::section::{FieldReader, Setting};
use super::source::Node;
use super::values::{quoted, text};

/// `https://host/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsAddress(pub WebAddress);

impl Setting for HttpsAddress {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        let parse =
            |text: &str| text.parse::<WebAddress>().ok().filter(|address| address.is_secure).map(Self);
        text(node, field, "config-expected-https", parse)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.0.to_string()))
    }
}

impl Setting for NoticeKey {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-notice-key", Self::parse)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.text()))
    }
}
