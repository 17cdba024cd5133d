//! The certificate that this server shows: where it lies, whence it comes, what is known of its renewal.
//!
//! Files in `tls` of the state directory, all of them the server's alone: `acme.pem` holds key and chain, so that both
//! change in one step; `acme-accounts` the account with each authority; `acme-next.key` and
//! `acme-rollover.json` the next key and how far the change to it is; `acme.json` what was done and what comes
//! next. A file is written beside its place and moved there when it is on disk.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use postamt_net::acme::{account_directory, account_name};
use postamt_net::tls::{CertificateFacts, describe, public_key_digest};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::{Config, settings};
use crate::rollover::KeyDigest;

const DAY: u64 = 86_400;
/// Attempts of its own in a day at the most. Each is one order, or two where the authority refuses some of the names.
const MOST_ATTEMPTS: usize = 8;

/// Whence the certificate in use comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The configuration names its files.
    File,
    /// From an authority.
    Acme,
    /// Made here.
    SelfMade,
}

/// A name that is not in the certificate, although it could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// The authority does not accept it, and it is not asked again before the next renewal.
    #[serde(default)]
    pub refused: bool,
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When, in seconds since 1970.
    pub at: u64,
    /// What was seen.
    pub what: String,
}

/// What was done about the certificate, and what comes next. Times are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AcmeState {
    /// The directory of the authority that the certificate comes from.
    pub directory: String,
    /// When it came.
    pub obtained_at: Option<u64>,
    /// The kind of challenge of each name that was proven then.
    pub proven_by: BTreeMap<String, String>,
    /// What is not in it.
    pub left_out: Vec<LeftOut>,
    /// When it is renewed.
    pub renew_at: Option<u64>,
    /// Start and end of the time that the authority wishes for this, if it does.
    pub window: Option<(u64, u64)>,
    /// Failures since the last success.
    pub failures: u32,
    /// The last of them.
    pub last_failure: Option<Failure>,
    /// When it is tried again.
    pub try_at: Option<u64>,
    /// When the authority was asked for a certificate in the last day.
    pub attempts: Vec<u64>,
}

/// Where all of it lies.
#[derive(Debug, Clone)]
pub struct Files {
    /// Key and chain.
    pub pair: PathBuf,
    /// The folder of the accounts, a file for each authority: coming back to one, we are known there.
    pub accounts: PathBuf,
    /// [`AcmeState`].
    pub state: PathBuf,
    /// The key of the pair that Postamt makes for itself.
    pub self_made_key: PathBuf,
    /// The next key, while the change to it is under way.
    pub next_key: PathBuf,
    /// How far that is: a [`Rollover`](crate::rollover::Rollover).
    pub rollover: PathBuf,
}

impl Files {
    /// Of this configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self { pair: config.acme_file(), ..Self::in_directory(&config.tls_directory()) }
    }

    /// All of them below one.
    #[must_use]
    pub fn in_directory(directory: &Path) -> Self {
        let at = |name: &str| directory.join(name);
        Self {
            pair: at("acme.pem"),
            accounts: at("acme-accounts"),
            state: at("acme.json"),
            self_made_key: at("self-signed.key"),
            next_key: at("acme-next.key"),
            rollover: at("acme-rollover.json"),
        }
    }

    /// The account with the authority of this directory.
    #[must_use]
    pub fn account(&self, directory: &str) -> PathBuf {
        self.accounts.join(format!("{}.json", account_name(directory)))
    }

    /// Keeps an account; those with other authorities stay.
    ///
    /// # Errors
    /// Of the system.
    pub fn keep_account(&self, directory: &str, credentials: &[u8]) -> io::Result<()> {
        self.make_accounts()?;
        replace(&self.account(directory), credentials)
    }

    fn make_accounts(&self) -> io::Result<()> {
        match DirBuilder::new().mode(0o700).create(&self.accounts) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes over the account that older versions kept in one file for whichever authority it was: the file names its
    /// directory. Without such a file nothing is done.
    ///
    /// # Errors
    /// In words for the operator why it was left where it is: an authority that takes a binding only once knows us by it.
    pub fn take_over_account(&self) -> Result<(), String> {
        let old = self.accounts.with_file_name("acme-account.json");
        let left =
            |why: String| format!("the account in {} is left there, and not used: {why}", old.display());
        let text = match std::fs::read_to_string(&old) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(left(error.to_string())),
        };
        let directory = account_directory(&text)
            .ok_or_else(|| left("it does not say with which authority it is".to_owned()))?;
        let place = self.account(&directory);
        if place.exists() {
            return Err(left(format!("{} holds another one with {directory}", place.display())));
        }
        let moved = self.make_accounts().and_then(|()| std::fs::rename(&old, &place));
        moved.map_err(|error| left(format!("{}: {error}", place.display())))
    }
}

impl AcmeState {
    /// What is known; nothing where there is no such file, or none that can be understood: all of it can be found out
    /// anew.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// An attempt is made now.
    pub fn attempts_now(&mut self, now: u64) {
        // Those of the future are of a clock that was wrong.
        self.attempts.retain(|at| *at <= now && now - at < DAY);
        self.attempts.push(now);
    }

    /// From when on the authority may be asked unbidden, whatever it says and whatever we think we know: its limits
    /// count successes as well as failures.
    #[must_use]
    pub fn allowed_from(&self, now: u64) -> u64 {
        let mut recent: Vec<u64> =
            self.attempts.iter().copied().filter(|at| *at <= now && now - at < DAY).collect();
        recent.sort_unstable_by(|one, other| other.cmp(one));
        recent.get(MOST_ATTEMPTS - 1).map_or(0, |at| at + DAY)
    }

    /// Keeps it.
    ///
    /// # Errors
    /// Of the system.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        replace(path, &serde_json::to_vec_pretty(self)?)
    }
}

/// The certificate from an authority.
#[derive(Clone)]
pub struct Pair {
    /// The certificate.
    pub certificate: CertificateDer<'static>,
    /// What stands in it.
    pub facts: CertificateFacts,
    /// Its key.
    pub key: KeyDigest,
}

impl Pair {
    /// Reads the file of key and chain; `None` where it is not there or holds no certificate.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let pem = Zeroizing::new(std::fs::read_to_string(path).ok()?);
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
        let facts = describe(&certificate)?;
        let key = KeyDigest(public_key_digest(&certificate)?);
        Some(Self { certificate, facts, key })
    }
}

/// The certificate in use: its file, its source, and what stands in it where it can be read.
#[must_use]
pub fn in_use(config: &Config) -> (PathBuf, Source, Option<CertificateFacts>) {
    let (_, files) = settings::ports_and_certificate(config);
    let source = match (files.generate, files.chain == config.acme_file()) {
        (true, _) => Source::SelfMade,
        (false, true) => Source::Acme,
        (false, false) => Source::File,
    };
    let certificate = CertificateDer::from_pem_file(&files.chain).ok();
    (files.chain, source, certificate.and_then(|it| describe(&it)))
}

/// Replaces a file in one step; nobody but its owner may read it.
///
/// # Errors
/// Of the system; what was there stays.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_is_ours_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("acme.pem");
        std::fs::write(directory.path().join("acme.pem.new"), "half of an ear").expect("left by a crash");
        replace(&path, b"one").expect("written");
        replace(&path, b"two").expect("replaced");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(
            std::fs::read_dir(directory.path()).expect("read").count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn the_account_of_an_older_version_is_taken_over_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = Files::in_directory(directory.path());
        assert_eq!(files.take_over_account(), Ok(()), "there is none");
        let old = directory.path().join("acme-account.json");
        let url = "https://ca.test/directory";
        let account = format!(r#"{{"id":"https://ca.test/a/1","key_pkcs8":"AAAA","directory":"{url}"}}"#);
        replace(&old, account.as_bytes()).expect("written");
        assert_eq!(files.take_over_account(), Ok(()));
        assert_eq!(std::fs::read_to_string(files.account(url)).expect("taken over"), account);
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&files.accounts), mode(&files.account(url))), (0o700, 0o600));
        assert!(!old.exists());
        assert_eq!(files.take_over_account(), Ok(()), "it is done");

        // A newer one is not replaced, and what nobody knows is not guessed.
        let other = account.replace("/a/1", "/a/2");
        for (content, why) in [(other.as_str(), "holds another one"), ("{}", "with which authority")] {
            std::fs::write(&old, content).expect("written");
            let left = files.take_over_account().expect_err("left");
            assert!(left.contains("acme-account.json") && left.contains(why), "{left}");
            assert_eq!(std::fs::read_to_string(&old).expect("left"), content);
            assert_eq!(std::fs::read_to_string(files.account(url)).expect("as it was"), account);
        }
    }

    #[test]
    fn an_account_stays_when_another_authority_is_asked() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = Files::in_directory(directory.path());
        let [staging, real] = ["https://ca.test/staging/directory", "https://ca.test/directory"].map(|url| {
            files.keep_account(url, url.as_bytes()).expect("kept");
            files.account(url)
        });
        assert_eq!(std::fs::read(staging).expect("still there"), b"https://ca.test/staging/directory");
        assert_eq!(std::fs::read(&real).expect("beside it"), b"https://ca.test/directory");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&files.accounts), mode(&real)), (0o700, 0o600));
    }

    #[test]
    fn whatever_happens_there_are_so_many_attempts_in_a_day() {
        let mut state = AcmeState::default();
        let (mut now, mut made) = (1_000_000, Vec::new());
        while now < 1_000_000 + 3 * DAY {
            if now >= state.allowed_from(now) {
                state.attempts_now(now);
                made.push(now);
            }
            now += 60;
        }
        for from in &made {
            let day = made.iter().filter(|at| **at >= *from && **at < from + DAY).count();
            assert!(day <= MOST_ATTEMPTS, "{day} from {from}");
        }
        assert_eq!(made.len(), 3 * MOST_ATTEMPTS);
        assert!(state.attempts.len() <= MOST_ATTEMPTS + 1, "what is old is forgotten");
        let state = AcmeState { attempts: vec![u64::MAX; 20], ..AcmeState::default() };
        assert_eq!(state.allowed_from(now), 0, "times in the future are none");
    }

    #[test]
    fn what_is_known_outlives_a_restart_and_nonsense_is_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("acme.json");
        assert_eq!(AcmeState::read(&path), AcmeState::default());
        let failure = Failure { at: 7, what: "no answer".to_owned() };
        let state = AcmeState { failures: 2, last_failure: Some(failure), ..AcmeState::default() };
        state.write(&path).expect("written");
        assert_eq!(AcmeState::read(&path), state);
        std::fs::write(&path, "{").expect("broken");
        assert_eq!(AcmeState::read(&path), AcmeState::default());
    }
}
