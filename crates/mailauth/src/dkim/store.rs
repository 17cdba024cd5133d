//! The keys of all domains on disk: `<directory>/<domain>/<selector>.<rsa|ed25519>.pem`, each readable by its owner
//! only.
//!
//! Beside it stands where the key is in its life, `<selector>.<rsa|ed25519>.state` (see [`super::Stage`]).
//!
//! Opened at start, read again by [`KeyStore::reload`] (SIGHUP, `postamt dkim new`). These calls read files and
//! belong on a thread that may wait; [`KeyStore::keys_for`] is cheap and may be called for every message. A
//! directory that is missing is an empty store. A file that cannot be used fails the whole reading, so that no
//! domain silently stops signing; a reload that fails leaves the old keys in use.

use std::collections::HashMap;
use std::fs::DirBuilder;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use postamt_mail::address::Domain;

use super::key::{Algorithm, KeyError, SigningKey};
use super::stage::{KeyState, Stage};

type Keys = HashMap<Domain, Vec<StoredKey>>;

/// A key, where it is in its life, and the file that it lies in.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// The key.
    pub key: Arc<SigningKey>,
    /// Where it is in its life.
    pub stage: Stage,
    /// Its file.
    pub path: PathBuf,
}

/// All signing keys.
#[derive(Debug)]
pub struct KeyStore {
    directory: PathBuf,
    keys: ArcSwap<Keys>,
}

impl KeyStore {
    /// Reads all keys of a directory.
    ///
    /// # Errors
    /// The first file that cannot be used, and why.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, KeyError> {
        let directory = directory.into();
        let keys = ArcSwap::from_pointee(read(&directory)?);
        Ok(Self { directory, keys })
    }

    /// Reads the directory again and puts its keys in use.
    ///
    /// # Errors
    /// As [`KeyStore::open`]; the keys in use stay.
    pub fn reload(&self) -> Result<(), KeyError> {
        self.keys.store(Arc::new(read(&self.directory)?));
        Ok(())
    }

    /// The active keys of exactly this domain: RSA first, and of each algorithm the greatest selector first.
    /// (Selectors that begin with the year and month thus put the newest key in front.)
    #[must_use]
    pub fn keys_for(&self, domain: &Domain) -> Vec<Arc<SigningKey>> {
        let keys = self.keys.load();
        let of_domain = keys.get(domain).into_iter().flatten();
        let active = of_domain.filter(|stored| stored.stage.state == KeyState::Active);
        active.map(|stored| Arc::clone(&stored.key)).collect()
    }

    /// The keys of this domain, else of the nearest domain above it: DMARC's relaxed alignment accepts those
    /// (RFC 9989 §4.4.1; RFC 7489 §3.1.1).
    #[must_use]
    pub fn keys_covering(&self, domain: &Domain) -> Vec<Arc<SigningKey>> {
        let mut name = domain.as_str();
        loop {
            if let Ok(candidate) = Domain::new(name) {
                let keys = self.keys_for(&candidate);
                if !keys.is_empty() {
                    return keys;
                }
            }
            match name.split_once('.') {
                Some((_, parent)) if parent.contains('.') => name = parent,
                _ => return Vec::new(),
            }
        }
    }

    /// The keys whose records the domain, or the nearest one above it that has keys, needs before mail leaves with
    /// them: those in use and those that wait.
    #[must_use]
    pub fn keys_to_publish(&self, domain: &Domain) -> Vec<Arc<SigningKey>> {
        let keys = self.keys.load();
        let open = |stored: &&StoredKey| matches!(stored.stage.state, KeyState::Waiting | KeyState::Active);
        let mut name = Some(domain.as_str());
        while let Some(candidate) = name {
            let of_domain = Domain::new(candidate).ok().and_then(|domain| keys.get(&domain));
            let found: Vec<_> =
                of_domain.into_iter().flatten().filter(open).map(|stored| Arc::clone(&stored.key)).collect();
            if !found.is_empty() {
                return found;
            }
            name = candidate.split_once('.').map(|(_, above)| above).filter(|above| above.contains('.'));
        }
        Vec::new()
    }

    /// Whether the store has no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.load().is_empty()
    }

    /// All keys, by domain and then as [`KeyStore::keys_for`] has them.
    #[must_use]
    pub fn list(&self) -> Vec<StoredKey> {
        let keys = self.keys.load();
        let mut domains: Vec<_> = keys.iter().collect();
        domains.sort_by_key(|(domain, _)| *domain);
        domains.into_iter().flat_map(|(_, keys)| keys).cloned().collect()
    }

    /// Writes a new key to its file (mode 0600, synced), active from now on. `pem` is what [`super::generate`] made or
    /// what the operator brought.
    ///
    /// # Errors
    /// [`KeyError::Exists`], [`KeyError::File`], and those of [`SigningKey::from_pem`].
    pub fn create(&self, domain: Domain, selector: &str, pem: &str) -> Result<StoredKey, KeyError> {
        self.create_at(domain, selector, pem, None)
    }

    /// Likewise, at another stage of its life: as a rule it waits until DNS has its record.
    ///
    /// # Errors
    /// As [`KeyStore::create`].
    pub fn create_at(
        &self,
        domain: Domain,
        selector: &str,
        pem: &str,
        stage: Option<Stage>,
    ) -> Result<StoredKey, KeyError> {
        let key = SigningKey::from_pem(domain, selector, pem.as_bytes())?;
        let path = self.path_of(key.domain(), key.selector(), key.algorithm());
        if path.exists() {
            return Err(KeyError::Exists(path));
        }
        if let Some(stage) = stage {
            // Before the key, so that it is never active in between.
            write_stage(&path, stage)?;
        }
        write_new(&path, pem).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => KeyError::Exists(path.clone()),
            _ => KeyError::File { path: path.clone(), source },
        })?;
        self.reload()?;
        let stage = read_stage(&path)?;
        Ok(StoredKey { key: Arc::new(key), stage, path })
    }

    /// Moves a key on in its life.
    ///
    /// # Errors
    /// [`KeyError::File`]: it stays where it was; those of [`KeyStore::reload`].
    pub fn set_stage(
        &self,
        domain: &Domain,
        selector: &str,
        algorithm: Algorithm,
        stage: Stage,
    ) -> Result<(), KeyError> {
        write_stage(&self.path_of(domain, selector, algorithm), stage)?;
        self.reload()
    }

    fn path_of(&self, domain: &Domain, selector: &str, algorithm: Algorithm) -> PathBuf {
        self.directory.join(domain.as_str()).join(format!("{selector}.{algorithm}.pem"))
    }
}

fn write_stage(key: &Path, stage: Stage) -> Result<(), KeyError> {
    let path = key.with_extension("state");
    let unfinished = key.with_extension("state.new");
    let write = || {
        let directory = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        writeln!(file, "{stage}")?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        std::fs::File::open(directory)?.sync_all()
    };
    write().map_err(|source| KeyError::File { path: path.clone(), source })
}

/// A key without such a file is active since it was written.
fn read_stage(key: &Path) -> Result<Stage, KeyError> {
    let path = key.with_extension("state");
    let failed = |source| KeyError::File { path: path.clone(), source };
    match std::fs::read_to_string(&path) {
        Ok(text) => Stage::parse(&text).ok_or_else(|| KeyError::Stage(path.clone())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let written = std::fs::metadata(key).and_then(|metadata| metadata.modified()).map_err(failed)?;
            let since = written.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
            Ok(Stage { state: KeyState::Active, since, rotation: false })
        }
        Err(error) => Err(failed(error)),
    }
}

fn write_new(path: &Path, pem: &str) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    std::fs::File::open(directory)?.sync_all()
}

fn read(directory: &Path) -> Result<Keys, KeyError> {
    let mut keys = Keys::new();
    for path in entries(directory)? {
        // What is no domain and no directory is not ours: a README, a backup.
        let Some(domain) = path.file_name().and_then(|name| Domain::new(name.to_str()?).ok()) else {
            continue;
        };
        if !path.is_dir() {
            continue;
        }
        let mut of_domain = Vec::new();
        for file in entries(&path)? {
            if let Some((selector, algorithm)) = file_name(&file) {
                let key = SigningKey::from_file(domain.clone(), &selector, &file)?;
                if key.algorithm() != algorithm {
                    let source = Box::new(KeyError::WrongAlgorithm(algorithm));
                    return Err(KeyError::Content { path: file, source });
                }
                let stage = read_stage(&file)?;
                of_domain.push(StoredKey { key: Arc::new(key), stage, path: file });
            }
        }
        of_domain.sort_by(|a, b| {
            let by_algorithm = a.key.algorithm().cmp(&b.key.algorithm());
            by_algorithm.then_with(|| b.key.selector().cmp(a.key.selector()))
        });
        if !of_domain.is_empty() {
            keys.insert(domain, of_domain);
        }
    }
    Ok(keys)
}

/// `<selector>.<algorithm>.pem`, or nothing of ours.
fn file_name(path: &Path) -> Option<(String, Algorithm)> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".pem")?;
    let (selector, algorithm) = stem.rsplit_once('.')?;
    Some((selector.to_owned(), Algorithm::from_name(algorithm)?))
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let failed = |source| KeyError::File { path: directory.to_owned(), source };
    let listing = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(failed)?,
    };
    listing.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect()
}
