//! Signing keys: RSA of 2048 bits and more, and Ed25519, from PEM files as `openssl` and `postamt dkim new` write
//! them.
//!
//! Reading fails on files that others may read, on keys that are too short, and on anything that is no key; each
//! error says what to do. The private part never shows in `Debug`, and text that held it is wiped.

use std::fmt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postamt_mail::address::Domain;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use zeroize::Zeroizing;

/// RFC 8301 §3.2: signers use at least 2048 bits.
pub const MINIMUM_RSA_BITS: usize = 2048;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// `rsa-sha256` (RFC 6376 §3.3.1).
    Rsa,
    /// `ed25519-sha256` (RFC 8463).
    Ed25519,
}

impl Algorithm {
    /// All of them, the one that every receiver knows first.
    pub const ALL: [Self; 2] = [Self::Rsa, Self::Ed25519];

    /// The value of `k=` and the tag in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The value of `a=`.
    #[must_use]
    pub fn signature_name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "ed25519-sha256",
        }
    }

    /// The algorithm of that name, as in a file name or on the command line.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Others may read it.
    #[error(
        "the key file {path} has mode {mode:04o}: only its owner may read it; run `chmod 600 {path}` and, if it has \
         been readable for long, make a new key with `postamt dkim new`"
    )]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// No private key in PEM form.
    #[error("this is no private key in PEM form (PKCS#8 or PKCS#1)")]
    NotAKey,
    /// A key of another kind than its file's name says.
    #[error("this is no {0} key")]
    WrongAlgorithm(Algorithm),
    /// The content of a file is no good key.
    #[error("the key file {path} cannot be used")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<KeyError>,
    },
    /// RSA below 2048 bits or above 8192.
    #[error(
        "an RSA key has between {MINIMUM_RSA_BITS} and 8192 bits (RFC 8301); make a new one with `postamt dkim new`"
    )]
    Size,
    /// Not a selector: letters, digits and inner hyphens, in labels parted by dots.
    #[error("`{0}` is no selector: use letters, digits and hyphens")]
    Selector(String),
    /// A key of that domain, selector and algorithm is there already.
    #[error("there is a key {0} already; choose another selector")]
    Exists(PathBuf),
    /// The file beside a key says nothing that is known.
    #[error("the file {0} must hold waiting, active, retired or revoked, and the time in seconds since 1970")]
    Stage(PathBuf),
    /// The library could not make a key.
    #[error("no key could be made")]
    Generate,
}

enum Secret {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// A key with its place in DNS.
pub struct SigningKey {
    domain: Domain,
    selector: String,
    secret: Secret,
}

impl SigningKey {
    /// Reads a key in PEM form: PKCS#8 of either kind, PKCS#1 for RSA.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`], [`KeyError::Size`], [`KeyError::Selector`].
    pub fn from_pem(domain: Domain, selector: &str, pem: &[u8]) -> Result<Self, KeyError> {
        // A selector is made of sub-domains (RFC 6376 §3.1), each a host label.
        if Domain::new(selector).is_err() || selector.ends_with('.') {
            return Err(KeyError::Selector(selector.to_owned()));
        }
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::NotAKey)?;
        let secret = match &der {
            PrivateKeyDer::Pkcs1(der) => Secret::from_rsa(RsaKeyPair::from_der(der.secret_pkcs1_der()))?,
            PrivateKeyDer::Pkcs8(der) => Secret::from_pkcs8(der.secret_pkcs8_der())?,
            _ => return Err(KeyError::NotAKey),
        };
        Ok(Self { domain, selector: selector.to_ascii_lowercase(), secret })
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyError::File`], [`KeyError::Mode`] when group or others have any right to it, [`KeyError::Content`] with
    /// an error of [`SigningKey::from_pem`].
    pub fn from_file(domain: Domain, selector: &str, path: &Path) -> Result<Self, KeyError> {
        use std::io::Read;
        use std::os::unix::fs::PermissionsExt;
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        let mut file = std::fs::File::open(path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Mode { path: path.to_owned(), mode });
        }
        let mut pem = Zeroizing::new(Vec::with_capacity(8 * 1024));
        (&mut file).take(64 * 1024).read_to_end(&mut pem).map_err(failed)?;
        Self::from_pem(domain, selector, &pem)
            .map_err(|source| KeyError::Content { path: path.to_owned(), source: Box::new(source) })
    }

    /// The domain that signs (`d=`).
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The selector (`s=`).
    #[must_use]
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// How it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.secret {
            Secret::Rsa(_) => Algorithm::Rsa,
            Secret::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Bits of an RSA modulus; 256 for Ed25519.
    #[must_use]
    pub fn bits(&self) -> usize {
        match &self.secret {
            Secret::Rsa(pair) => pair.public_modulus_len() * 8,
            Secret::Ed25519(_) => 256,
        }
    }

    /// Where the public key belongs in DNS: `selector._domainkey.domain` (RFC 6376 §3.6.2.1).
    #[must_use]
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The value of the TXT record (RFC 6376 §3.6.1): `v=DKIM1; k=rsa; p=…`. A record longer than 255 octets is
    /// split into strings by whoever writes the zone.
    #[must_use]
    pub fn public_record(&self) -> String {
        let public = match &self.secret {
            // SubjectPublicKeyInfo; the bare key of RFC 8463 §4.2 for Ed25519.
            Secret::Rsa(pair) => {
                let der: Result<PublicKeyX509Der<'_>, _> = pair.public_key().as_der();
                // Encoding fails only when memory is out; a record without key would mean a revoked one, so the
                // PKCS#1 form, which receivers read as well (RFC 6376 §3.6.1), is the fallback.
                der.map_or_else(|_| STANDARD.encode(pair.public_key()), |der| STANDARD.encode(der.as_ref()))
            }
            Secret::Ed25519(pair) => STANDARD.encode(pair.public_key()),
        };
        format!("v=DKIM1; k={}; p={public}", self.algorithm())
    }

    /// Signs a SHA-256 digest; for Ed25519 the digest is the message that is signed (RFC 8463 §3).
    pub(super) fn sign_digest(&self, digest: &Digest) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
        match &self.secret {
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature)?;
                Ok(signature)
            }
            Secret::Ed25519(pair) => Ok(pair.try_sign(digest.as_ref())?.as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

impl Secret {
    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        // `openssl genpkey` writes version 1, without the public half.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self::Ed25519(pair));
        }
        Self::from_rsa(RsaKeyPair::from_pkcs8(der))
    }

    fn from_rsa(pair: Result<RsaKeyPair, aws_lc_rs::error::KeyRejected>) -> Result<Self, KeyError> {
        // The library speaks of a size when it knows that the rest is an RSA key.
        let pair = pair.map_err(|rejected| match rejected.to_string().as_str() {
            "TooSmall" | "TooLarge" => KeyError::Size,
            _ => KeyError::NotAKey,
        })?;
        if pair.public_modulus_len() * 8 < MINIMUM_RSA_BITS {
            return Err(KeyError::Size);
        }
        Ok(Self::Rsa(Box::new(pair)))
    }
}

/// Makes a new key and gives its PKCS#8 PEM text, to be written to a file of mode 0600 (see
/// [`super::KeyStore::create`]). `bits` counts for RSA only: 2048, 3072, 4096 or 8192.
///
/// # Errors
/// [`KeyError::Size`], [`KeyError::Generate`].
pub fn generate(algorithm: Algorithm, bits: usize) -> Result<Zeroizing<String>, KeyError> {
    let der: Pkcs8V1Der<'static> = match algorithm {
        Algorithm::Rsa => {
            let size = match bits {
                2048 => KeySize::Rsa2048,
                3072 => KeySize::Rsa3072,
                4096 => KeySize::Rsa4096,
                8192 => KeySize::Rsa8192,
                _ => return Err(KeyError::Size),
            };
            RsaKeyPair::generate(size).and_then(|pair| pair.as_der())
        }
        Algorithm::Ed25519 => Ed25519KeyPair::generate().and_then(|pair| pair.as_der()),
    }
    .map_err(|_| KeyError::Generate)?;
    let base64 = Zeroizing::new(STANDARD.encode(der.as_ref()));
    let mut pem = Zeroizing::new(String::with_capacity(base64.len() + base64.len() / 64 + 64));
    pem.push_str("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = behind;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Ok(pem)
}
