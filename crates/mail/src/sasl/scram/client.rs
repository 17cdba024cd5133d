//! The client's side of SCRAM (RFC 5802 §5): says who it is, proves that it knows the password, and believes
//! the server only when that proves the same.

use std::fmt::Write as _;

use aws_lc_rs::constant_time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::super::client::Credentials;
use super::super::{SaslError, prepare};
use super::keys::{Key, hash, salted_password, sign, xor};
use super::{ClientBinding, MAXIMUM_ITERATIONS, MINIMUM_ITERATIONS, attribute, is_nonce};

/// A client that has not heard from the server yet.
pub struct Client {
    credentials: Credentials,
    binding: ClientBinding,
    nonce: String,
    /// `client-first-message-bare`.
    first_bare: String,
}

/// A client that waits for the server's proof.
pub struct ClientFinal {
    server_signature: Zeroizing<Key>,
}

impl Client {
    /// Prepares the first message.
    ///
    /// # Errors
    /// [`SaslError::Nonce`] or [`SaslError::Forbidden`].
    pub fn new(credentials: &Credentials, binding: ClientBinding, nonce: &str) -> Result<Self, SaslError> {
        if !is_nonce(nonce) {
            return Err(SaslError::Nonce);
        }
        let user = prepare::prepare(credentials.user())?;
        // saslname (RFC 5802 §5.1): the two characters that the grammar needs are written otherwise.
        let name = user.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={name},r={nonce}");
        Ok(Self { credentials: credentials.clone(), binding, nonce: nonce.to_owned(), first_bare })
    }

    /// `client-first-message`.
    #[must_use]
    pub fn first(&self) -> Vec<u8> {
        format!("{}{}", self.gs2_header(), self.first_bare).into_bytes()
    }

    fn gs2_header(&self) -> String {
        match &self.binding {
            ClientBinding::Unsupported => "n,,".to_owned(),
            ClientBinding::NotOffered => "y,,".to_owned(),
            ClientBinding::Bound(binding) => format!("p={},,", binding.kind.name()),
        }
    }

    /// Takes `server-first-message` and returns `client-final-message`. PBKDF2 runs here: milliseconds of CPU.
    ///
    /// # Errors
    /// What is wrong with the server's message.
    pub fn respond(self, server_first: &[u8]) -> Result<(ClientFinal, Vec<u8>), SaslError> {
        let text = std::str::from_utf8(server_first).map_err(|_| SaslError::Malformed)?;
        let (nonce, salt, iterations) = self.read_server_first(text)?;
        let salted = salted_password(self.credentials.password(), &salt, iterations)?;
        let mut message = format!("c={},r={nonce}", STANDARD.encode(self.channel_binding_input()));
        let signed = Zeroizing::new(format!("{},{text},{message}", self.first_bare));
        let client_key = Zeroizing::new(sign(&*salted, b"Client Key"));
        let client_signature = Zeroizing::new(sign(&hash(&*client_key), signed.as_bytes()));
        let proof = Zeroizing::new(xor(&client_key, &client_signature));
        let _ = write!(message, ",p={}", STANDARD.encode(*proof));
        let server_key = Zeroizing::new(sign(&*salted, b"Server Key"));
        let server_signature = Zeroizing::new(sign(&*server_key, signed.as_bytes()));
        Ok((ClientFinal { server_signature }, message.into_bytes()))
    }

    fn read_server_first<'a>(&self, text: &'a str) -> Result<(&'a str, Vec<u8>, u32), SaslError> {
        if text.starts_with("m=") {
            return Err(SaslError::Unsupported);
        }
        if text.starts_with("e=") {
            return Err(SaslError::Refused);
        }
        let (nonce, rest) = attribute(text, 'r').ok_or(SaslError::Malformed)?;
        let (salt, rest) = rest.and_then(|rest| attribute(rest, 's')).ok_or(SaslError::Malformed)?;
        // What follows the iteration count are extensions, which are ignored (RFC 5802 §5.1).
        let (iterations, _) = rest.and_then(|rest| attribute(rest, 'i')).ok_or(SaslError::Malformed)?;
        // The server must have added something of its own to our nonce.
        if !is_nonce(nonce) || nonce.len() == self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err(SaslError::Nonce);
        }
        let salt = STANDARD.decode(salt).map_err(|_| SaslError::Malformed)?;
        let iterations = iterations.parse().map_err(|_| SaslError::Malformed)?;
        if !(MINIMUM_ITERATIONS..=MAXIMUM_ITERATIONS).contains(&iterations) {
            return Err(SaslError::Iterations);
        }
        if salt.is_empty() {
            return Err(SaslError::Malformed);
        }
        Ok((nonce, salt, iterations))
    }

    fn channel_binding_input(&self) -> Vec<u8> {
        let mut input = self.gs2_header().into_bytes();
        if let ClientBinding::Bound(binding) = &self.binding {
            input.extend_from_slice(&binding.data);
        }
        input
    }
}

impl ClientFinal {
    /// Checks `server-final-message`.
    ///
    /// # Errors
    /// [`SaslError::Refused`] when the server says `e=`, [`SaslError::Proof`] when it does not know the password.
    pub fn verify(&self, server_final: &[u8]) -> Result<(), SaslError> {
        let text = std::str::from_utf8(server_final).map_err(|_| SaslError::Malformed)?;
        if text.starts_with("e=") {
            return Err(SaslError::Refused);
        }
        let (signature, _) = attribute(text, 'v').ok_or(SaslError::Malformed)?;
        let signature = STANDARD.decode(signature).map_err(|_| SaslError::Malformed)?;
        constant_time::verify_slices_are_equal(&signature, &*self.server_signature)
            .map_err(|_| SaslError::Proof)
    }
}
