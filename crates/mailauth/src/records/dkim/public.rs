//! The public key within a record: how long it is, and whether it is that of a private one.
//!
//! Only as much of DER (X.690 §8) as two forms of an RSA key need, and nothing is verified with it.

use crate::dkim::Algorithm;

/// What is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no public key")]
pub struct PublicKeyError;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Modulus and exponent, without leading zeros.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The exponent.
        exponent: Vec<u8>,
    },
    /// 32 octets.
    Ed25519(Vec<u8>),
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;

impl PublicKey {
    /// Reads what `p=` holds: for RSA a `SubjectPublicKeyInfo` or a bare `RSAPublicKey` (RFC 6376 §3.6.1), for
    /// Ed25519 the key itself (RFC 8463 §4.2).
    pub(super) fn read(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, PublicKeyError> {
        match algorithm {
            Algorithm::Ed25519 if bytes.len() == 32 => Ok(Self::Ed25519(bytes.to_vec())),
            Algorithm::Ed25519 => Err(PublicKeyError),
            Algorithm::Rsa => rsa(bytes).ok_or(PublicKeyError),
        }
    }

    /// Which algorithm it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rsa,
            Self::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Bits of an RSA modulus; 256 for Ed25519.
    #[must_use]
    pub fn bits(&self) -> usize {
        match self {
            Self::Rsa { modulus, .. } => {
                let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
                modulus.len() * 8 - unused
            }
            Self::Ed25519(_) => 256,
        }
    }
}

fn rsa(bytes: &[u8]) -> Option<PublicKey> {
    let (content, behind) = element(bytes, SEQUENCE)?;
    if !behind.is_empty() {
        return None;
    }
    if let Some(key) = integers(content) {
        return Some(key);
    }
    let (_, after_algorithm) = element(content, SEQUENCE)?;
    let (bits, _) = element(after_algorithm, BIT_STRING)?;
    // The first octet says how many bits of the last one are not used: none.
    let inner = bits.strip_prefix(&[0])?;
    integers(element(inner, SEQUENCE)?.0)
}

fn integers(content: &[u8]) -> Option<PublicKey> {
    let (modulus, rest) = element(content, INTEGER)?;
    let (exponent, _) = element(rest, INTEGER)?;
    let plain = |number: &[u8]| number.iter().copied().skip_while(|octet| *octet == 0).collect::<Vec<_>>();
    let (modulus, exponent) = (plain(modulus), plain(exponent));
    (!modulus.is_empty() && !exponent.is_empty()).then_some(PublicKey::Rsa { modulus, exponent })
}

/// The content of an element of that tag, and what is behind it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let octets = usize::from(first & 0x7f);
        if !(1..=3).contains(&octets) || rest.len() < octets {
            return None;
        }
        let (digits, rest) = rest.split_at(octets);
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
    };
    rest.split_at_checked(length)
}
