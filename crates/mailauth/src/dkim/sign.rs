//! Signing: from the pieces of a message and its keys to complete `DKIM-Signature` fields.
//!
//! The header section (a kilobyte or two) is gathered into one buffer; the body is hashed where it lies, once for
//! all keys. The canonical header is hashed once as well: each signature only adds its own field to a copy of that
//! hash. Fails only when the library cannot sign.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use memchr::memmem;
use postamt_mail::header::{HeaderSection, Message};

use super::canonicalize::{RelaxedBody, relaxed_field};
use super::field::FieldWriter;
use super::key::{Algorithm, SigningKey};

/// Signed as often as they occur and once more, so that nobody can add one on the way (RFC 6376 §8.15): what people
/// see, what decides where answers go, and what decides how the body is shown.
pub const OVERSIGNED: [&str; 15] = [
    "From",
    "Subject",
    "To",
    "Cc",
    "Date",
    "Message-ID",
    "Reply-To",
    "Sender",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Signed as often as they occur (RFC 6376 §5.4.1).
pub const ALSO_SIGNED: [&str; 16] = [
    "Resent-Date",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
    "Resent-Message-ID",
    "List-Id",
    "List-Help",
    "List-Subscribe",
    "List-Post",
    "List-Owner",
    "List-Archive",
    "Auto-Submitted",
    "Content-ID",
    "Content-Description",
    "Feedback-ID",
];

/// What the next host stands: a relay may rewrite fields or refuse a second signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignProfile {
    /// At most so many signatures; 0 is none.
    pub max_signatures: usize,
    /// Fields that are not signed, because the relay rewrites them. `From` is signed always (RFC 6376 §5.4).
    pub skip_headers: Vec<String>,
    /// The algorithms to sign with, the most wanted first.
    pub algorithms: Vec<Algorithm>,
}

impl Default for SignProfile {
    /// For a receiver that follows the RFCs: one signature of each algorithm.
    fn default() -> Self {
        Self { max_signatures: 2, skip_headers: Vec::new(), algorithms: Algorithm::ALL.to_vec() }
    }
}

impl SignProfile {
    /// The keys that sign: the first of each wanted algorithm.
    pub fn choose<'k>(&self, keys: &'k [Arc<SigningKey>]) -> impl Iterator<Item = &'k Arc<SigningKey>> {
        self.algorithms
            .iter()
            .filter_map(move |algorithm| keys.iter().find(|key| key.algorithm() == *algorithm))
            .take(self.max_signatures)
    }

    fn skips(&self, name: &str) -> bool {
        name != "From" && self.skip_headers.iter().any(|skipped| skipped.eq_ignore_ascii_case(name))
    }
}

/// What a signature says beside the hash.
#[derive(Debug, Clone)]
pub struct SignOptions {
    /// `t=`, seconds since 1970.
    pub timestamp: u64,
    /// `x=` is so many seconds later. It should be longer than a message may wait in any queue.
    pub expire_after: Option<u64>,
    /// What the next host stands.
    pub profile: Arc<SignProfile>,
}

/// No signature could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The library refused to sign.
    #[error("the cryptographic library could not sign with the {0} key")]
    Library(Algorithm),
    /// The pool has been shut down, or its thread died.
    #[error("the signing threads have ended")]
    Ended,
}

/// Signs the message whose pieces are `content` and gives the fields to put in front of it, each ended by CRLF;
/// nothing, when there is no key that the profile allows.
///
/// # Errors
/// [`SignError::Library`].
pub fn sign(keys: &[Arc<SigningKey>], content: &[Bytes], options: &SignOptions) -> Result<Bytes, SignError> {
    let mut chosen = options.profile.choose(keys).peekable();
    if chosen.peek().is_none() {
        return Ok(Bytes::new());
    }
    let headers = gather_headers(content);
    let section = Message::split(&headers);
    let names = signed_names(&section, &options.profile);
    let header_hash = hash_headers(&section, &names);
    let body_hash = hash_body(content, section.body_start);
    let mut fields = Vec::with_capacity(2048);
    for key in chosen {
        let mut writer = FieldWriter::new(1280);
        writer.tag(&format!("a={};", key.algorithm().signature_name()));
        writer.tag("c=relaxed/relaxed;");
        writer.tag(&format!("d={};", key.domain()));
        writer.tag(&format!("s={};", key.selector()));
        writer.tag(&format!("t={};", options.timestamp));
        if let Some(seconds) = options.expire_after {
            writer.tag(&format!("x={};", options.timestamp + seconds));
        }
        writer.names(names.iter().flat_map(|(name, times)| std::iter::repeat_n(*name, *times)));
        writer.tag(&format!("bh={body_hash};"));
        writer.empty_signature();
        let mut canonical = Vec::with_capacity(1024);
        relaxed_field("dkim-signature", writer.value(), &mut canonical);
        // The field that is made is signed without its line end (RFC 6376 §3.7).
        canonical.truncate(canonical.len() - 2);
        let mut hash = header_hash.clone();
        hash.update(&canonical);
        let signature = key.sign_digest(&hash.finish()).map_err(|_| SignError::Library(key.algorithm()))?;
        fields.extend_from_slice(&writer.finish(&STANDARD.encode(signature)));
    }
    Ok(fields.into())
}

/// The names of `h=`, each with how often it stands there.
fn signed_names(section: &HeaderSection<'_>, profile: &SignProfile) -> Vec<(&'static str, usize)> {
    let over = OVERSIGNED.iter().map(|name| (*name, section.count(name) + 1));
    let also = ALSO_SIGNED.iter().map(|name| (*name, section.count(name)));
    over.chain(also).filter(|(name, times)| *times > 0 && !profile.skips(name)).collect()
}

/// The fields in the order of `h=`; of several with one name the lowest comes first (RFC 6376 §5.4.2), and the one
/// that is not there adds nothing.
fn hash_headers(section: &HeaderSection<'_>, names: &[(&'static str, usize)]) -> Context {
    let mut canonical = Vec::with_capacity(section.end);
    for (name, _) in names {
        for field in section.all(name).rev() {
            relaxed_field(name, field.value_octets(), &mut canonical);
        }
    }
    let mut hash = Context::new(&SHA256);
    hash.update(&canonical);
    hash
}

fn hash_body(content: &[Bytes], start: usize) -> String {
    let mut hash = Context::new(&SHA256);
    let mut machine = RelaxedBody::default();
    let mut skip = start;
    for piece in content {
        let skipped = skip.min(piece.len());
        skip -= skipped;
        machine.update(&piece[skipped..], &mut |octets| hash.update(octets));
    }
    machine.finish(&mut |octets| hash.update(octets));
    STANDARD.encode(hash.finish())
}

/// The start of the message up to its first blank line, in one buffer.
fn gather_headers(content: &[Bytes]) -> Vec<u8> {
    const BLANK: &[u8] = b"\r\n\r\n";
    let mut headers = Vec::with_capacity(2048);
    for piece in content {
        // The blank line may lie across the seam of two pieces.
        let seam = headers.len().saturating_sub(BLANK.len() - 1);
        let head = piece.len().min(BLANK.len() - 1);
        let before = headers.len();
        headers.extend_from_slice(&piece[..head]);
        if let Some(found) = memmem::find(&headers[seam..], BLANK) {
            headers.truncate(seam + found + BLANK.len());
            return headers;
        }
        headers.truncate(before);
        if let Some(found) = memmem::find(piece, BLANK) {
            headers.extend_from_slice(&piece[..found + BLANK.len()]);
            return headers;
        }
        headers.extend_from_slice(piece);
    }
    headers
}
