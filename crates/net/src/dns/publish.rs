//! Changes to a zone as a port: [`Publisher`] has one method, and an update is taken as a whole or not at all where
//! the protocol can promise it (RFC 2136 can; the interfaces of DNS providers mostly cannot).

use super::authority::Zone;
use super::provider::ProviderFailure;
use super::record::{RecordData, RecordKind};
use crate::PortFuture;

/// What is to change at one name and kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name.
    pub name: String,
    /// The kind of record.
    pub kind: RecordKind,
    /// Time to live of what is added, in seconds.
    pub ttl: u32,
    /// All records of that name and kind that were seen before. When others are there now, nothing is changed.
    pub seen: Vec<RecordData>,
    /// Which of them go.
    pub remove: Vec<RecordData>,
    /// What comes.
    pub add: Vec<RecordData>,
}

impl Change {
    /// The records of that name and kind afterwards.
    #[must_use]
    pub fn after(&self) -> Vec<RecordData> {
        let kept = self.seen.iter().filter(|record| !self.remove.contains(record));
        let mut all: Vec<RecordData> = kept.cloned().collect();
        all.extend(self.add.iter().filter(|record| !self.seen.contains(record)).cloned());
        all
    }
}

/// Why a zone was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The server cannot be reached, or stopped in the middle.
    #[error("no DNS server answers for {server}")]
    Unreachable {
        /// Which server, or which name.
        server: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Something else is in the zone than was seen.
    #[error("the zone {zone} has changed since it was looked at; look again")]
    Changed {
        /// Which.
        zone: String,
    },
    /// The server does not let us.
    #[error("the DNS server {server} refuses the update of {zone}: {code}")]
    Refused {
        /// Which.
        server: String,
        /// Of what.
        zone: String,
        /// The response code, or what the provider says.
        code: String,
    },
    /// The answer is none, or is not signed with our key.
    #[error("the answer of the DNS server {server} cannot be trusted: {detail}")]
    Answer {
        /// Which.
        server: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The provider's interface did not take it.
    #[error("{provider} did not change the zone {zone}")]
    Provider {
        /// Its name.
        provider: String,
        /// The zone.
        zone: String,
        /// Why.
        #[source]
        source: ProviderFailure,
    },
    /// The key or the change cannot be put into a message.
    #[error("the update cannot be written: {0}")]
    Message(String),
}

/// Changes zones.
pub trait Publisher: Send + Sync {
    /// Makes the changes, all of them in this zone.
    fn apply<'a>(&'a self, zone: &'a Zone, changes: &'a [Change])
    -> PortFuture<'a, Result<(), PublishError>>;
    /// By what, for people: `RFC 2136, 192.0.2.53:53`.
    fn name(&self) -> String;
    /// Whether the authoritative servers show a change as soon as it is taken. Those behind a provider's interface
    /// often take minutes.
    fn shows_at_once(&self) -> bool {
        true
    }
}
