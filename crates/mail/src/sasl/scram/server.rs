//! The server's side of SCRAM (RFC 5802 §5): reads who wants in, sends salt and rounds, checks the proof in
//! constant time and gives its own. Between the two messages the caller looks up the account's keys.

use std::fmt;

use aws_lc_rs::constant_time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::super::{Mechanism, SaslError, prepare};
use super::keys::{KEY_LENGTH, Key, ScramKeys, hash, sign, xor};
use super::{ChannelBinding, attribute, is_nonce};

/// Names longer than this are no names of ours.
const NAME_LIMIT: usize = 1_020;

/// The client's first message, understood.
#[derive(Debug)]
pub struct ServerStart {
    user: String,
    nonce: String,
    first_bare: String,
    /// What `c=` must decode to.
    binding_input: Vec<u8>,
}

/// A server that waits for the proof.
pub struct ServerFinal {
    keys: ScramKeys,
    nonce: String,
    /// `client-first-message-bare , server-first-message ,`
    signed_so_far: String,
    binding_input: Vec<u8>,
}

impl fmt::Debug for ServerFinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerFinal").finish_non_exhaustive()
    }
}

impl ServerStart {
    /// Parses `client-first-message`. `mechanism` is the one that the client chose, `plus_offered` whether our
    /// EHLO reply listed SCRAM-SHA-256-PLUS, `bindings` what this connection can be bound to.
    ///
    /// # Errors
    /// [`SaslError::Downgrade`] when somebody hid our offer of -PLUS from the client, and the others as named.
    pub fn parse(
        client_first: &[u8],
        mechanism: Mechanism,
        plus_offered: bool,
        bindings: &[ChannelBinding],
    ) -> Result<Self, SaslError> {
        let text = std::str::from_utf8(client_first).map_err(|_| SaslError::Malformed)?;
        let (flag, rest) = text.split_once(',').ok_or(SaslError::Malformed)?;
        let (authorization, bare) = rest.split_once(',').ok_or(SaslError::Malformed)?;
        let binding = check_flag(flag, mechanism, plus_offered, bindings)?;
        if bare.starts_with("m=") {
            return Err(SaslError::Unsupported);
        }
        let (name, rest) = attribute(bare, 'n').ok_or(SaslError::Malformed)?;
        let (nonce, _) = rest.and_then(|rest| attribute(rest, 'r')).ok_or(SaslError::Malformed)?;
        if !is_nonce(nonce) {
            return Err(SaslError::Nonce);
        }
        if !authorization.is_empty() && authorization.strip_prefix("a=") != Some(name) {
            return Err(SaslError::Authorization);
        }
        let mut binding_input = text.as_bytes()[..text.len() - bare.len()].to_vec();
        binding_input.extend_from_slice(binding);
        Ok(Self {
            user: decode_name(name)?,
            nonce: nonce.to_owned(),
            first_bare: bare.to_owned(),
            binding_input,
        })
    }

    /// Who wants to log in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns `server-first-message`. `nonce` is fresh random text of our own, see [`is_nonce`].
    ///
    /// # Errors
    /// [`SaslError::Nonce`] when `nonce` is none.
    pub fn challenge(self, keys: ScramKeys, nonce: &str) -> Result<(ServerFinal, Vec<u8>), SaslError> {
        if !is_nonce(nonce) {
            return Err(SaslError::Nonce);
        }
        let nonce = format!("{}{nonce}", self.nonce);
        let message = format!("r={nonce},s={},i={}", STANDARD.encode(&keys.salt), keys.iterations);
        let signed_so_far = format!("{},{message},", self.first_bare);
        let next = ServerFinal { keys, nonce, signed_so_far, binding_input: self.binding_input };
        Ok((next, message.into_bytes()))
    }
}

impl ServerFinal {
    /// Checks `client-final-message` and returns `server-final-message`: the login is good.
    ///
    /// # Errors
    /// [`SaslError::Proof`] for a wrong password, [`SaslError::ChannelBinding`], [`SaslError::Nonce`],
    /// [`SaslError::Malformed`].
    pub fn finish(self, client_final: &[u8]) -> Result<Vec<u8>, SaslError> {
        let text = std::str::from_utf8(client_final).map_err(|_| SaslError::Malformed)?;
        let (without_proof, proof) = text.rsplit_once(",p=").ok_or(SaslError::Malformed)?;
        let (binding, rest) = attribute(without_proof, 'c').ok_or(SaslError::Malformed)?;
        let (nonce, _) = rest.and_then(|rest| attribute(rest, 'r')).ok_or(SaslError::Malformed)?;
        if nonce != self.nonce {
            return Err(SaslError::Nonce);
        }
        let binding = STANDARD.decode(binding).map_err(|_| SaslError::Malformed)?;
        if binding != self.binding_input {
            return Err(SaslError::ChannelBinding);
        }
        let proof = Zeroizing::new(STANDARD.decode(proof).map_err(|_| SaslError::Malformed)?);
        let proof: &Key = proof
            .first_chunk::<KEY_LENGTH>()
            .filter(|_| proof.len() == KEY_LENGTH)
            .ok_or(SaslError::Proof)?;
        let signed = format!("{}{without_proof}", self.signed_so_far);
        let client_signature = Zeroizing::new(sign(&self.keys.stored_key, signed.as_bytes()));
        let client_key = Zeroizing::new(xor(proof, &client_signature));
        constant_time::verify_slices_are_equal(&hash(&*client_key), &self.keys.stored_key)
            .map_err(|_| SaslError::Proof)?;
        let signature = sign(&self.keys.server_key, signed.as_bytes());
        Ok(format!("v={}", STANDARD.encode(signature)).into_bytes())
    }
}

/// The `gs2-cbind-flag`: returns the binding data that `c=` must carry (RFC 5802 §6).
fn check_flag<'a>(
    flag: &str,
    mechanism: Mechanism,
    plus_offered: bool,
    bindings: &'a [ChannelBinding],
) -> Result<&'a [u8], SaslError> {
    let is_plus = mechanism == Mechanism::ScramSha256Plus;
    match flag {
        "n" | "y" if is_plus => Err(SaslError::ChannelBinding),
        "n" => Ok(&[]),
        // The client would have bound the channel if it had seen our offer.
        "y" if plus_offered => Err(SaslError::Downgrade),
        "y" => Ok(&[]),
        _ => {
            let name = flag.strip_prefix("p=").ok_or(SaslError::Malformed)?;
            if !is_plus {
                return Err(SaslError::ChannelBinding);
            }
            let binding = bindings.iter().find(|binding| binding.kind.name() == name);
            binding.map(|binding| binding.data.as_slice()).ok_or(SaslError::Unsupported)
        }
    }
}

/// `saslname` (RFC 5802 §5.1): `=2C` and `=3D` and no other `=`.
fn decode_name(name: &str) -> Result<String, SaslError> {
    if name.is_empty() || name.len() > NAME_LIMIT {
        return Err(SaslError::Malformed);
    }
    let decoded = name.replace("=2C", ",").replace("=3D", "=");
    let escapes = name.matches("=2C").count() + name.matches("=3D").count();
    if escapes != name.matches('=').count() {
        return Err(SaslError::Malformed);
    }
    prepare::prepare(&decoded)
}
