//! One attempt at a certificate: the account, the key, the order, and once more without the names that the authority
//! does not accept.

use std::fmt;
use std::sync::Arc;

use postamt_net::acme::{
    AcmeClient, AcmeError, AcmeWire, Binding, Issued, OrderFailure, Responder, Wish, new_key,
};
use postamt_net::clock::{Clock as _, SystemClock};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::blocking;
use crate::certificates::{Files, LeftOut, Pair};

/// What an attempt needs.
pub struct Attempt<'a> {
    pub directory: &'a str,
    pub contact: &'a str,
    pub binding: Option<&'a Binding>,
    pub wire: &'a AcmeWire,
    pub responders: &'a [Arc<dyn Responder>],
    pub files: &'a Files,
    /// It is for the next key.
    pub next_key: bool,
    /// The certificate that gets a successor.
    pub pair: Option<&'a Pair>,
}

/// Why there is no certificate.
#[derive(Debug)]
pub enum Failed {
    /// It is no use to ask.
    Obstacle(String),
    /// This host cannot keep or show it.
    Local(String),
    /// The authority says no, or nothing.
    Authority {
        /// In words.
        what: String,
        /// Before this time it does not want to be asked again.
        not_before: Option<u64>,
    },
}

impl Failed {
    /// When the authority may be asked again.
    pub fn not_before(&self) -> Option<u64> {
        match self {
            Self::Authority { not_before, .. } => *not_before,
            Self::Obstacle(_) | Self::Local(_) => None,
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Obstacle(what) | Self::Local(what) | Self::Authority { what, .. } => f.write_str(what),
        }
    }
}

impl From<OrderFailure> for Failed {
    fn from(failure: OrderFailure) -> Self {
        Self::Authority { what: failure.error.to_string(), not_before: failure.not_before }
    }
}

impl From<AcmeError> for Failed {
    fn from(error: AcmeError) -> Self {
        Self::Authority { what: error.to_string(), not_before: None }
    }
}

/// A certificate with its file's content, and the names that are not in it.
pub type Made = ((Issued, String), Vec<LeftOut>);

impl Attempt<'_> {
    /// Makes it.
    pub async fn make(&self, mut names: Vec<String>, mut left_out: Vec<LeftOut>) -> Result<Made, Failed> {
        let key = self.key().await?;
        let mut result = self.order(&names, &key).await?;
        if let Err(failure) = &result
            && let Some(rest) = self.without_refused(&names, failure)
        {
            let gone = names.iter().filter(|name| !rest.contains(name)).map(|name| {
                let words = failure.refused.iter().find(|refusal| refusal.name == *name);
                let reason = words.map(|it| it.words.clone()).unwrap_or_default();
                LeftOut { name: name.clone(), reason, refused: true }
            });
            left_out.extend(gone);
            names = rest;
            result = self.order(&names, &key).await?;
        }
        let issued = result?;
        let pem = format!("{}\n{}", key.trim_end(), issued.chain);
        Ok(((issued, pem), left_out))
    }

    /// An order, with a new account where the authority has forgotten ours.
    async fn order(&self, names: &[String], key: &str) -> Result<Result<Issued, OrderFailure>, Failed> {
        let wish = Wish { names, key, replaces: self.pair.map(|pair| &pair.certificate) };
        let client = self.client().await?;
        match client.order(wish, self.responders).await {
            Err(failure) if failure.error.is_lost_account() => {
                let account = self.files.account(self.directory);
                // What cannot be removed is overwritten.
                let _ = blocking(move || std::fs::remove_file(account)).await;
                Ok(self.client().await?.order(wish, self.responders).await)
            }
            result => Ok(result),
        }
    }

    async fn client(&self) -> Result<AcmeClient, Failed> {
        Ok(client(self.directory, self.contact, self.binding, self.wire, self.files).await?)
    }

    /// The names without those that the authority refuses; `None` where it is no use to go on without them. A name
    /// that is in the certificate now is given up only when that one has little time left.
    fn without_refused(&self, names: &[String], failure: &OrderFailure) -> Option<Vec<String>> {
        if failure.not_before.is_some() {
            return None;
        }
        let is_refused = |name: &&String| failure.refused.iter().any(|refusal| refusal.name == **name);
        let (refused, rest): (Vec<&String>, Vec<&String>) = names.iter().partition(is_refused);
        let is_needed = |name: &&&String| {
            self.pair.is_some_and(|pair| {
                let facts = &pair.facts;
                let left = facts.until().saturating_sub(SystemClock.unix_seconds());
                facts.names.contains(**name) && left > facts.until().saturating_sub(facts.from()) / 6
            })
        };
        // The first name is the server's own, and the reason for all of this.
        if refused.is_empty()
            || refused.contains(&names.first()?)
            || refused.iter().any(|name| is_needed(&name))
        {
            return None;
        }
        Some(rest.into_iter().cloned().collect())
    }

    /// The next key when its time has come; or that of the certificate in use, or else of the self-made pair, or else
    /// a new one.
    async fn key(&self) -> Result<Zeroizing<String>, Failed> {
        if self.next_key {
            let path = self.files.next_key.clone();
            let unusable = || Failed::Local(format!("{} holds no key", self.files.next_key.display()));
            return blocking(move || key_in(&path)).await.flatten().ok_or_else(unusable);
        }
        let (pair, own) = (self.files.pair.clone(), self.files.self_made_key.clone());
        let read = move || [pair, own].iter().find_map(|path| key_in(path));
        match blocking(read).await.flatten() {
            Some(key) => Ok(key),
            None => Ok(new_key()?),
        }
    }
}

/// The key of a PEM file, alone.
fn key_in(path: &std::path::Path) -> Option<Zeroizing<String>> {
    let text = Zeroizing::new(std::fs::read_to_string(path).ok()?);
    PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()?;
    let start = text.find("-----BEGIN PRIVATE KEY-----")?;
    let end = start + text[start..].find("-----END PRIVATE KEY-----")? + "-----END PRIVATE KEY-----".len();
    Some(Zeroizing::new(text[start..end].to_owned()))
}

/// A client with our account, made and kept where there is none yet.
pub async fn client(
    directory: &str,
    contact: &str,
    binding: Option<&Binding>,
    wire: &AcmeWire,
    files: &Files,
) -> Result<AcmeClient, AcmeError> {
    let account = files.account(directory);
    let path = account.clone();
    // An account that is only out of reach is not given up for a new one.
    let read = blocking(move || match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    });
    let read = read.await.unwrap_or_else(|| Err("the reader has failed".to_owned()));
    let known = read.map_err(|error| AcmeError::Key(format!("{}: {error}", account.display())))?;
    let known = known.as_ref().map(|text| text.as_str());
    let (client, made) = AcmeClient::open(wire, directory, contact, binding, known).await?;
    if let Some(credentials) = made {
        let (files, directory) = (files.clone(), directory.to_owned());
        let kept = blocking(move || files.keep_account(&directory, credentials.as_bytes())).await;
        if let Some(Err(error)) = kept {
            return Err(AcmeError::Key(format!("{}: {error}", account.display())));
        }
    }
    Ok(client)
}
