//! Logins: from SASL messages to an account, or to a refusal that does not say what was wrong.
//!
//! Argon2id runs on blocking threads, a bounded number at a time. A login that was good a moment ago is known
//! again by a keyed hash, so that a client that logs in for each message does not cost 30 ms of CPU each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use postamt_mail::sasl::login::{Login, LoginStep};
use postamt_mail::sasl::scram::{ChannelBinding, ScramKeys, ServerFinal, ServerStart};
use postamt_mail::sasl::{Mechanism, PlainMessage, SaslError};
use postamt_store::accounts::{Account, AccountError, Accounts};
use tokio::sync::Semaphore;

use crate::passwords::{self, PasswordCost};

/// How long a good login is known again.
const MEMORY: Duration = Duration::from_secs(300);
/// Logins remembered at the most.
const MEMORY_LIMIT: usize = 10_000;

/// What the sessions share.
pub struct Logins {
    accounts: Arc<dyn Accounts>,
    checks: Semaphore,
    secret: [u8; 32],
    decoy: String,
    cost: PasswordCost,
    memory: Mutex<HashMap<[u8; 32], tokio::time::Instant>>,
}

/// Why nobody is logged in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoginError {
    /// Wrong name or password, or a disabled account; the client hears no more than that.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The exchange itself is wrong.
    #[error(transparent)]
    Exchange(#[from] SaslError),
    /// The accounts cannot be read: try later.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

/// What is wrong with a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No account has this name.
    #[error("unknown account")]
    UnknownAccount,
    /// The account has another password.
    #[error("wrong password")]
    WrongPassword,
    /// The password is right, and the account disabled.
    #[error("the account is disabled")]
    Disabled,
}

/// An exchange under way.
pub enum Exchange {
    /// LOGIN, between its two questions.
    Login(Login),
    /// PLAIN without an initial response.
    Plain,
    /// SCRAM before the client's first message.
    ScramStart(Mechanism),
    /// SCRAM before the proof.
    ScramFinal(Box<ServerFinal>, Box<Claim>),
}

/// Who claims to log in by SCRAM.
#[derive(Debug)]
pub struct Claim {
    name: String,
    account: Option<Account>,
}

/// What the session does next.
pub enum Progress {
    /// Send this challenge, keep the exchange.
    Challenge(Vec<u8>, Exchange),
    /// Send this as the server's final words, then 235 for this account.
    Final(Vec<u8>, Box<Account>),
    /// Logged in.
    Done(Box<Account>),
}

/// A failure, with the name that was claimed as far as it is known.
#[derive(Debug)]
pub struct Failed {
    /// The claimed name.
    pub name: String,
    /// Why.
    pub error: LoginError,
    /// Stands for name and password as long as this process runs, so that the same guess is known again. A SCRAM exchange
    /// has none: its proof is another each time.
    pub guess: Option<u64>,
}

impl Failed {
    fn new(name: impl Into<String>, error: impl Into<LoginError>) -> Self {
        Self { name: name.into(), error: error.into(), guess: None }
    }
}

/// The TLS channel, for SCRAM-PLUS.
#[derive(Debug, Clone, Default)]
pub struct Channel {
    /// What the connection can be bound to.
    pub bindings: Vec<ChannelBinding>,
}

impl Logins {
    /// Prepares logins. Takes tens of milliseconds (a decoy hash is made).
    ///
    /// # Errors
    /// When the hash library fails.
    pub fn new(
        accounts: Arc<dyn Accounts>,
        checks: usize,
        cost: PasswordCost,
    ) -> Result<Self, passwords::PasswordError> {
        Ok(Self {
            accounts,
            checks: Semaphore::new(checks.max(1)),
            secret: rand::random(),
            decoy: passwords::decoy_hash(cost)?,
            cost,
            memory: Mutex::default(),
        })
    }

    /// Begins an exchange.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn begin(
        &self,
        mechanism: Mechanism,
        initial: Option<Vec<u8>>,
        channel: &Channel,
    ) -> Result<Progress, Failed> {
        match (mechanism, initial) {
            (Mechanism::Login, initial) => {
                let initial = initial.as_deref().filter(|text| !text.is_empty());
                let (login, step) = Login::start(initial).map_err(|error| Failed::new("", error))?;
                self.login_step(login, step).await
            }
            (Mechanism::Plain, None) => Ok(Progress::Challenge(Vec::new(), Exchange::Plain)),
            (mechanism, None) => Ok(Progress::Challenge(Vec::new(), Exchange::ScramStart(mechanism))),
            (Mechanism::Plain, Some(message)) => self.respond(Exchange::Plain, &message, channel).await,
            (mechanism, Some(message)) => {
                self.respond(Exchange::ScramStart(mechanism), &message, channel).await
            }
        }
    }

    /// Goes on with an exchange.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn respond(
        &self,
        exchange: Exchange,
        response: &[u8],
        channel: &Channel,
    ) -> Result<Progress, Failed> {
        match exchange {
            Exchange::Plain => {
                let plain = PlainMessage::parse(response).map_err(|error| Failed::new("", error))?;
                self.check(plain).await
            }
            Exchange::Login(mut login) => {
                let step = login.response(response).map_err(|error| Failed::new("", error))?;
                self.login_step(login, step).await
            }
            Exchange::ScramStart(mechanism) => self.scram_start(mechanism, response, channel).await,
            Exchange::ScramFinal(server, claim) => Self::scram_final(*server, *claim, response),
        }
    }

    async fn login_step(&self, login: Login, step: LoginStep) -> Result<Progress, Failed> {
        match step {
            LoginStep::Challenge(challenge) => {
                Ok(Progress::Challenge(challenge.to_vec(), Exchange::Login(login)))
            }
            LoginStep::Done(plain) => self.check(plain).await,
        }
    }

    async fn scram_start(
        &self,
        mechanism: Mechanism,
        message: &[u8],
        channel: &Channel,
    ) -> Result<Progress, Failed> {
        let plus_offered = !channel.bindings.is_empty();
        let start = ServerStart::parse(message, mechanism, plus_offered, &channel.bindings)
            .map_err(|error| Failed::new("", error))?;
        let name = start.user().to_lowercase();
        let account = self.accounts.find(&name).await.map_err(|error| Failed::new(&name, error))?;
        let keys = match &account {
            Some(account) => ScramKeys {
                salt: account.scram.salt.clone(),
                iterations: account.scram.iterations,
                stored_key: account.scram.stored_key,
                server_key: account.scram.server_key,
            },
            None => ScramKeys::decoy(&self.secret, &name, self.cost.rounds),
        };
        let nonce = STANDARD_NO_PAD.encode(rand::random::<[u8; 18]>());
        let (server, challenge) = start.challenge(keys, &nonce).map_err(|error| Failed::new(&name, error))?;
        let claim = Claim { name, account };
        Ok(Progress::Challenge(challenge, Exchange::ScramFinal(Box::new(server), Box::new(claim))))
    }

    fn scram_final(server: ServerFinal, claim: Claim, response: &[u8]) -> Result<Progress, Failed> {
        match (server.finish(response), claim.account) {
            (Ok(last_words), Some(account)) if account.enabled => {
                Ok(Progress::Final(last_words, Box::new(account)))
            }
            (Ok(_), Some(_)) => Err(Failed::new(claim.name, Refusal::Disabled)),
            (Ok(_) | Err(SaslError::Proof), None) => Err(Failed::new(claim.name, Refusal::UnknownAccount)),
            (Err(SaslError::Proof), Some(_)) => Err(Failed::new(claim.name, Refusal::WrongPassword)),
            (Err(error), _) => Err(Failed::new(claim.name, error)),
        }
    }

    /// Name and password together; unknown names take as long as wrong passwords.
    async fn check(&self, plain: PlainMessage) -> Result<Progress, Failed> {
        let name = plain.user.to_lowercase();
        let account = self.accounts.find(&name).await.map_err(|error| Failed::new(&name, error))?;
        let hash = account.as_ref().map_or(&self.decoy, |account| &account.password_hash).clone();
        let tag = self.tag(&name, &plain.password, &hash);
        let good = if self.remembers(&tag) { true } else { self.verify(plain, hash, tag).await };
        let refusal = match account {
            Some(account) if good && account.enabled => return Ok(Progress::Done(Box::new(account))),
            Some(_) if good => Refusal::Disabled,
            Some(_) => Refusal::WrongPassword,
            None => Refusal::UnknownAccount,
        };
        let guess = tag.first_chunk().map(|octets| u64::from_le_bytes(*octets));
        Err(Failed { guess, ..Failed::new(name, refusal) })
    }

    async fn verify(&self, plain: PlainMessage, hash: String, tag: [u8; 32]) -> bool {
        let Ok(_permit) = self.checks.acquire().await else { return false };
        let good = tokio::task::spawn_blocking(move || passwords::verify(&plain.password, &hash)).await;
        let good = good.unwrap_or(false);
        if good {
            self.remember(tag);
        }
        good
    }

    /// Binds name, password and the stored hash, so that a changed password forgets the old one.
    fn tag(&self, name: &str, password: &str, hash: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let mut context = hmac::Context::with_key(&key);
        for part in [name, password, hash] {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part.as_bytes());
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    fn remembers(&self, tag: &[u8; 32]) -> bool {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.get(tag).is_some_and(|since| since.elapsed() < MEMORY)
    }

    fn remember(&self, tag: [u8; 32]) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= MEMORY_LIMIT {
            memory.retain(|_, since| since.elapsed() < MEMORY);
        }
        if memory.len() < MEMORY_LIMIT {
            memory.insert(tag, tokio::time::Instant::now());
        }
    }
}
