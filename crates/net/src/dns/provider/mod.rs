//! Changes to a zone through the interface of the provider that serves it.
//!
//! [`ProviderApi`] is a [`Publisher`]. What stands in the zone beside what is to change is not touched: single records
//! are added and removed, never a whole zone written. These interfaces promise no transaction, so a text is looked up
//! once more before another takes its place, lest there be two SPF records; and where the new ones do not come, the old
//! ones are put back. Fails with [`PublishError::Provider`];
//! nothing of the credentials is in it. Without the Cargo feature `dns-providers` the list of providers is there, and
//! [`ProviderApi::new`] says that the program was built without them.

mod credentials;
mod known;
#[cfg(feature = "dns-providers")]
mod open;
#[cfg(feature = "dns-providers")]
mod records;

pub use credentials::{CredentialError, Credentials};
pub use known::{KNOWN, Known, find};

use super::record::RecordKind;

/// What a provider has against it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFailure {
    /// It does not know the credentials.
    #[error("it does not accept the credentials (401)")]
    Unauthorized,
    /// It knows them, and they may not do this.
    #[error("the credentials may not change this zone (403)")]
    Forbidden,
    /// Too many questions.
    #[error("it takes no more requests for now (429)")]
    RateLimited,
    /// It does not serve this zone, or not for these credentials.
    #[error("it has no such zone for these credentials (404)")]
    NoZone,
    /// Its interface has no such records.
    #[error("its interface cannot set records of the type {0}")]
    Unsupported(RecordKind),
    /// It took too long.
    #[error("it did not answer in time")]
    TimedOut,
    /// The old records have gone, the new ones have not come, and the old ones could not be put back.
    #[error("{failure}; what was there has gone and could not be put back ({back}): {records}")]
    Lost {
        /// Why the new ones did not come.
        failure: Box<ProviderFailure>,
        /// Why the old ones did not come back.
        back: Box<ProviderFailure>,
        /// Those that are missing now, as lines of a zone.
        records: String,
    },
    /// The credentials cannot be used.
    #[error("the credentials cannot be used: {0}")]
    Credentials(String),
    /// The program was built without it.
    #[error("this program was built without the interfaces of DNS providers")]
    NotBuilt,
    /// Anything else, in its own words.
    #[error("{0}")]
    Other(String),
}

#[cfg(not(feature = "dns-providers"))]
mod absent {
    use super::{Credentials, Known, ProviderFailure};
    use crate::PortFuture;
    use crate::dns::authority::Zone;
    use crate::dns::publish::{Change, PublishError, Publisher};

    /// There is none.
    #[derive(Debug, Clone, Copy)]
    pub enum ProviderApi {}

    impl ProviderApi {
        /// Says so.
        ///
        /// # Errors
        /// Always.
        pub fn new(_: &'static Known, _: Credentials) -> Result<Self, ProviderFailure> {
            Err(ProviderFailure::NotBuilt)
        }
    }

    impl Publisher for ProviderApi {
        fn apply<'a>(&'a self, _: &'a Zone, _: &'a [Change]) -> PortFuture<'a, Result<(), PublishError>> {
            match *self {}
        }

        fn name(&self) -> String {
            match *self {}
        }
    }
}

#[cfg(not(feature = "dns-providers"))]
pub use absent::ProviderApi;
#[cfg(feature = "dns-providers")]
pub use open::ProviderApi;
