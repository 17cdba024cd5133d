//! TLS for the listeners: certificate and key from files, read again when they change; a self-signed pair for
//! the very first start.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use postamt_mail::address::Domain;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::settings::CertificateFiles;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("the file {path} cannot be used")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file has no certificate or no key in PEM form.
    #[error("the file {path} has no {what} in PEM form")]
    Pem {
        /// Which.
        path: String,
        /// What was looked for.
        what: &'static str,
    },
    /// Certificate and key do not fit.
    #[error("certificate and key do not fit together")]
    Mismatch(#[source] rustls::Error),
    /// The self-signed pair could not be made.
    #[error("a self-signed certificate could not be made")]
    Generate(#[source] rcgen::Error),
}

/// The TLS configuration of now.
pub struct ServerTls {
    files: ArcSwap<CertificateFiles>,
    current: ArcSwap<Loaded>,
}

struct Loaded {
    config: Arc<ServerConfig>,
    self_signed: bool,
    /// Hash of the leaf for `tls-server-end-point`, if its signature has one.
    end_point: Option<Vec<u8>>,
    stamp: Option<(SystemTime, SystemTime)>,
}

impl ServerTls {
    /// Reads the files; makes a self-signed pair for `hostname` first when both are missing and that is allowed.
    /// Blocks.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn open(files: &CertificateFiles, hostname: &Domain) -> Result<Self, CertificateError> {
        if files.generate && !files.chain.exists() && !files.key.exists() {
            make_self_signed(files, hostname)?;
        }
        let loaded = load(files)?;
        Ok(Self { files: ArcSwap::from_pointee(files.clone()), current: ArcSwap::from_pointee(loaded) })
    }

    /// The configuration for a new session.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        self.current.load().config.clone()
    }

    /// The certificate's hash for channel binding.
    #[must_use]
    pub fn end_point(&self) -> Option<Vec<u8>> {
        self.current.load().end_point.clone()
    }

    /// True when nobody but we vouch for the certificate.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.current.load().self_signed
    }

    /// Where the certificate lies.
    #[must_use]
    pub fn chain_path(&self) -> String {
        self.files.load().chain.display().to_string()
    }

    /// Takes the certificate from other files. Blocks.
    ///
    /// # Errors
    /// [`CertificateError`]: the old files and the old certificate stay.
    pub fn move_to(&self, files: &CertificateFiles) -> Result<(), CertificateError> {
        self.current.store(Arc::new(load(files)?));
        self.files.store(Arc::new(files.clone()));
        Ok(())
    }

    /// Whether these are the files in use.
    #[must_use]
    pub fn uses(&self, files: &CertificateFiles) -> bool {
        **self.files.load() == *files
    }

    /// Reads the files again if they have changed, or in any case. Says whether there is a new certificate; the
    /// old one stays in use when the new one is no good. Blocks.
    ///
    /// # Errors
    /// [`CertificateError`]: the old certificate stays.
    pub fn reload(&self, in_any_case: bool) -> Result<bool, CertificateError> {
        let files = self.files.load_full();
        let stamp = stamp(&files);
        if !in_any_case && (stamp.is_none() || stamp == self.current.load().stamp) {
            return Ok(false);
        }
        self.current.store(Arc::new(load(&files)?));
        Ok(true)
    }
}

fn stamp(files: &CertificateFiles) -> Option<(SystemTime, SystemTime)> {
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    Some((modified(&files.chain)?, modified(&files.key)?))
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(path).map_err(|source| CertificateError::File { path: path.display().to_string(), source })
}

fn load(files: &CertificateFiles) -> Result<Loaded, CertificateError> {
    let stamp = stamp(files);
    let pem = read(&files.chain)?;
    let no_chain = || CertificateError::Pem { path: files.chain.display().to_string(), what: "certificate" };
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| no_chain())?;
    let leaf = chain.first().ok_or_else(no_chain)?;
    let end_point = postamt_net::tls::end_point_hash(leaf);
    let self_signed = is_self_signed(leaf);
    let key = PrivateKeyDer::from_pem_slice(&zeroize::Zeroizing::new(read(&files.key)?))
        .map_err(|_| CertificateError::Pem { path: files.key.display().to_string(), what: "private key" })?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(CertificateError::Mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(CertificateError::Mismatch)?;
    Ok(Loaded { config: Arc::new(config), self_signed, end_point, stamp })
}

fn is_self_signed(leaf: &CertificateDer<'_>) -> bool {
    x509_parser::parse_x509_certificate(leaf)
        .is_ok_and(|(_, certificate)| certificate.subject().as_raw() == certificate.issuer().as_raw())
}

fn make_self_signed(files: &CertificateFiles, hostname: &Domain) -> Result<(), CertificateError> {
    let mut params =
        rcgen::CertificateParams::new(vec![hostname.to_string()]).map_err(CertificateError::Generate)?;
    params.distinguished_name.push(rcgen::DnType::CommonName, hostname.as_str());
    let key = rcgen::KeyPair::generate().map_err(CertificateError::Generate)?;
    let certificate = params.self_signed(&key).map_err(CertificateError::Generate)?;
    write(&files.key, key.serialize_pem().as_bytes(), 0o600)?;
    write(&files.chain, certificate.pem().as_bytes(), 0o644)
}

fn write(path: &Path, content: &[u8], mode: u32) -> Result<(), CertificateError> {
    let failed = |source| CertificateError::File { path: path.display().to_string(), source };
    if let Some(parent) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(failed)?;
    }
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(failed)?;
    io::Write::write_all(&mut file, content).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn files(directory: &Path) -> CertificateFiles {
        CertificateFiles {
            chain: directory.join("tls/cert.pem"),
            key: directory.join("tls/key.pem"),
            generate: true,
        }
    }

    fn hostname() -> Domain {
        Domain::new("mail.own.test").expect("a valid domain")
    }

    /// Times of files may be coarse: the new ones get another one in any case.
    fn make_older(files: &CertificateFiles) {
        for path in [&files.chain, &files.key] {
            let file = fs::File::open(path).expect("opened");
            file.set_modified(SystemTime::UNIX_EPOCH).expect("set");
        }
    }

    #[test]
    fn a_pair_is_made_once_and_its_key_is_ours_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = files(directory.path());
        let first = ServerTls::open(&files, &hostname()).expect("made");
        assert!(first.is_self_signed());
        assert_eq!(fs::metadata(&files.key).expect("there").permissions().mode() & 0o777, 0o600);
        let second = ServerTls::open(&files, &hostname()).expect("read");
        assert_eq!(first.end_point(), second.end_point());
        let strict = CertificateFiles { generate: false, ..self::files(&directory.path().join("other")) };
        assert!(matches!(ServerTls::open(&strict, &hostname()), Err(CertificateError::File { .. })));
    }

    #[test]
    fn changed_files_are_read_and_bad_ones_leave_the_old_certificate() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = files(directory.path());
        make_self_signed(&files, &hostname()).expect("made");
        make_older(&files);
        let tls = ServerTls::open(&files, &hostname()).expect("read");
        let old = tls.end_point();
        assert!(!tls.reload(false).expect("nothing to do"));
        fs::remove_dir_all(directory.path().join("tls")).expect("removed");
        assert!(!tls.reload(false).expect("nothing to read"), "files that are being replaced");
        make_self_signed(&files, &hostname()).expect("made");
        assert!(tls.reload(false).expect("read"));
        let new = tls.end_point();
        assert_ne!(old, new);
        // The chain of another key, as in the middle of a renewal.
        let other = self::files(&directory.path().join("other"));
        make_self_signed(&other, &hostname()).expect("made");
        fs::copy(&other.chain, &files.chain).expect("copied");
        make_older(&files);
        assert!(matches!(tls.reload(false), Err(CertificateError::Mismatch(_))));
        assert_eq!(tls.end_point(), new);
        fs::copy(&other.key, &files.key).expect("copied");
        assert!(tls.reload(false).expect("read"));
    }

    #[test]
    fn other_files_are_used_if_they_are_good() {
        let directory = tempfile::tempdir().expect("a directory");
        let first = files(directory.path());
        let tls = ServerTls::open(&first, &hostname()).expect("made");
        let old = tls.end_point();
        let other = self::files(&directory.path().join("other"));
        assert!(matches!(tls.move_to(&other), Err(CertificateError::File { .. })));
        assert!(tls.uses(&first) && tls.end_point() == old, "the old one stays");
        make_self_signed(&other, &hostname()).expect("made");
        tls.move_to(&other).expect("good");
        assert!(tls.uses(&other) && tls.end_point() != old);
    }
}
