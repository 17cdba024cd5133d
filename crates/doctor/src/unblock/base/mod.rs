//! The knowledge base: providers, what they do with port 25, and by what they are recognised.
//!
//! `data/providers.toml` is compiled in; its head explains the form. A `providers.toml` in the state directory that was
//! compiled later takes its place ([`Base::load`]). Reading checks everything; the first fault is told.

mod form;
mod provider;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use provider::{
    Bilingual, Certainty, ClueBook, DmiPattern, Item, Kind, Method, Policy, Port, Provider, Request,
    ReverseDns, SetBy, name_of,
};

const EMBEDDED: &str = include_str!("../../../data/providers.toml");
/// The user's copy in the state directory.
const FILE: &str = "providers.toml";

/// Why a base cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// The file is there and cannot be read.
    #[error("cannot read {path}", path = path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No TOML of this form.
    #[error("the list of providers is not in order: {0}")]
    Form(#[from] toml::de::Error),
    /// An entry contradicts itself, or something is missing in it.
    #[error("the provider {id}: {fault}")]
    Entry {
        /// Which.
        id: String,
        /// What is wrong.
        fault: String,
    },
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    schema_version: u32,
    /// When it was put together, as `2026-11-24`.
    pub compiled: String,
    /// The providers.
    #[serde(rename = "provider")]
    pub providers: Vec<Provider>,
}

impl Base {
    /// The base that is compiled in.
    ///
    /// # Errors
    /// [`BaseError`]; a test proves that there is none.
    pub fn embedded() -> Result<Self, BaseError> {
        Self::parse(EMBEDDED)
    }

    /// The user's copy in the state directory, if there is one that is newer, otherwise the one that is compiled in.
    /// Reads a file: call it on a thread that may block.
    ///
    /// # Errors
    /// [`BaseError`]: a copy that is there and cannot be used is told, not passed over.
    pub fn load(state_directory: &Path) -> Result<Self, BaseError> {
        let embedded = Self::embedded()?;
        let path = state_directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let own = Self::parse(&text)?;
                Ok(if own.compiled > embedded.compiled { own } else { embedded })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(embedded),
            Err(source) => Err(BaseError::Read { path, source }),
        }
    }

    /// Reads and checks a base.
    ///
    /// # Errors
    /// [`BaseError`]: the first fault.
    pub fn parse(text: &str) -> Result<Self, BaseError> {
        let base: Self = toml::from_str(text)?;
        form::check(&base)?;
        Ok(base)
    }

    /// By id, or by its name in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Provider> {
        let by_id = self.providers.iter().find(|provider| provider.id.eq_ignore_ascii_case(name));
        by_id.or_else(|| {
            self.providers.iter().find(|provider| provider.name.to_lowercase() == name.to_lowercase())
        })
    }

    /// Providers of servers, other than this one, that leave port 25 open or open it, by a source that can be relied upon;
    /// those that need not be asked first.
    #[must_use]
    pub fn others(&self, than: Option<&Provider>, limit: usize) -> Vec<&str> {
        let is_one = |other: &&Provider| {
            than.is_none_or(|it| it.id != other.id)
                && matches!(other.policy, Policy::Open | Policy::Switch | Policy::Request)
                && matches!(other.kind, Kind::Cloud | Kind::Vps | Kind::Hoster)
                && other.confidence >= Certainty::Medium
        };
        let mut found: Vec<&Provider> = self.providers.iter().filter(is_one).collect();
        found.sort_by_key(|other| other.policy == Policy::Request);
        found.into_iter().take(limit).map(|other| other.name.as_str()).collect()
    }

    /// Those whose id or name holds this text.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<&Provider> {
        let text = text.to_lowercase();
        let holds = |provider: &&Provider| {
            provider.id.contains(&text) || provider.name.to_lowercase().contains(&text)
        };
        self.providers.iter().filter(holds).collect()
    }
}
