//! Logins: from SASL messages to an account, or to a refusal that does not say what was wrong.
//!
//! Argon2id runs on threads of its own, as many as may run at a time. A login that was good a moment ago is known
//! again by a keyed hash, so that a client that logs in for each message does not cost 30 ms of CPU each time.
//!
//! A name that does not exist is treated as one that does: PLAIN and LOGIN hash as much, with the cost of one of the
//! stored hashes, SCRAM answers with a salt that stays the same for ever.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use postamt_mail::sasl::login::{Login, LoginStep};
use postamt_mail::sasl::scram::{ChannelBinding, ScramKeys, ServerFinal, ServerStart};
use postamt_mail::sasl::{Mechanism, PlainMessage, SaslError};
use postamt_store::accounts::{self, AccountError, Accounts, AppPassword};

use super::checkers::Checkers;
use crate::admit::device::OutOfScope;
use crate::events::{Event, EventSink};
use crate::flow::LoggedIn;
use crate::passwords::{self, PasswordCost, PasswordError, devices};

/// How long a good login is known again.
const MEMORY: Duration = Duration::from_secs(300);
/// Logins remembered at the most.
const MEMORY_LIMIT: usize = 10_000;

/// Different costs of decoys at the most.
const DECOYS: usize = 4;

/// What the sessions share.
pub struct Logins {
    accounts: Arc<dyn Accounts>,
    events: Arc<dyn EventSink>,
    checkers: Checkers,
    secret: [u8; 32],
    /// Hashes that no password matches, with the costs of those that are stored.
    decoys: Vec<String>,
    cost: PasswordCost,
    memory: Mutex<HashMap<[u8; 32], tokio::time::Instant>>,
    work: Arc<AtomicU64>,
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

/// Why logins cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The accounts cannot be read.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// The password library failed.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
}

/// What is wrong with a login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// The app password is right, and may not be used here or now.
    #[error(transparent)]
    OutOfScope(#[from] OutOfScope),
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
    known: Option<LoggedIn>,
    /// The account is there; the device may not be.
    has_account: bool,
}

/// What the session does next.
pub enum Progress {
    /// Send this challenge, keep the exchange.
    Challenge(Vec<u8>, Exchange),
    /// Send this as the server's final words, then 235 for this account.
    Final(Vec<u8>, Box<LoggedIn>),
    /// Logged in.
    Done(Box<LoggedIn>),
}

/// What a claimed name stands for.
struct Claimed {
    account: Option<accounts::Account>,
    /// The app passwords that may be used under this name.
    devices: Vec<AppPassword>,
    /// The account's own password may not: the name is one of a device.
    only_devices: bool,
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
    /// Prepares logins: makes the decoys, which takes tens of milliseconds.
    ///
    /// # Errors
    /// The accounts cannot be read, or the hash library fails.
    pub async fn open(
        accounts: Arc<dyn Accounts>,
        events: Arc<dyn EventSink>,
        checks: usize,
        cost: PasswordCost,
    ) -> Result<Self, OpenError> {
        let secret = accounts.secret().await?;
        let mut costs = vec![cost];
        for account in accounts.list().await? {
            let Some((memory_kib, passes)) = passwords::cost_of(&account.password_hash) else { continue };
            costs.push(PasswordCost { memory_kib, passes, ..cost });
        }
        // The cost of an account that was never logged into since the host grew must not tell it from none.
        if costs.len() > 1 {
            costs.remove(0);
        }
        costs.sort_unstable_by_key(|cost| (cost.memory_kib, cost.passes));
        costs.dedup();
        costs.truncate(DECOYS);
        let made = tokio::task::spawn_blocking(move || {
            costs.into_iter().map(passwords::decoy_hash).collect::<Result<Vec<_>, _>>()
        });
        let decoys = made.await.map_err(|error| PasswordError::Hash(error.to_string()))??;
        let checkers = Checkers::new(checks).map_err(|error| PasswordError::Hash(error.to_string()))?;
        let (memory, work) = (Mutex::default(), Arc::default());
        Ok(Self { accounts, events, checkers, secret, decoys, cost, memory, work })
    }

    /// KiB times passes that were hashed for logins so far.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
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
        let Claimed { account, devices, only_devices } =
            self.claimed(&name).await.map_err(|error| Failed::new(&name, error))?;
        let has_account = account.is_some();
        let device = devices.into_iter().next().filter(|_| only_devices);
        let known =
            account.filter(|_| device.is_some() || !only_devices).map(|account| LoggedIn { account, device });
        let keys = match &known {
            Some(login) => keys_of(login.device.as_ref().map_or(&login.account.scram, |it| &it.scram)),
            None => ScramKeys::decoy(&self.secret, &name, self.cost.rounds),
        };
        let nonce = STANDARD_NO_PAD.encode(rand::random::<[u8; 18]>());
        let (server, challenge) = start.challenge(keys, &nonce).map_err(|error| Failed::new(&name, error))?;
        let claim = Claim { name, known, has_account };
        Ok(Progress::Challenge(challenge, Exchange::ScramFinal(Box::new(server), Box::new(claim))))
    }

    fn scram_final(server: ServerFinal, claim: Claim, response: &[u8]) -> Result<Progress, Failed> {
        let Claim { name, known, has_account } = claim;
        let unknown = if has_account { Refusal::WrongPassword } else { Refusal::UnknownAccount };
        match (server.finish(response), known) {
            (Ok(last_words), Some(login)) if login.account.enabled => {
                Ok(Progress::Final(last_words, Box::new(login)))
            }
            (Ok(_), Some(_)) => Err(Failed::new(name, Refusal::Disabled)),
            (Err(SaslError::Proof), Some(_)) => Err(Failed::new(name, Refusal::WrongPassword)),
            (Ok(_) | Err(SaslError::Proof), None) => Err(Failed::new(name, unknown)),
            (Err(error), _) => Err(Failed::new(name, error)),
        }
    }

    /// Looks a name up: an account's, or `account/device`. As many questions for one that is unknown.
    async fn claimed(&self, name: &str) -> Result<Claimed, AccountError> {
        let account = self.accounts.find(name).await?;
        if account.is_some() {
            let devices = self.accounts.app_passwords(name).await?;
            return Ok(Claimed { account, devices, only_devices: false });
        }
        let Some((owner, device)) = devices::split(name) else {
            let devices = self.accounts.app_passwords(name).await?;
            return Ok(Claimed { account: None, devices, only_devices: false });
        };
        let account = self.accounts.find(owner).await?;
        let mut devices = self.accounts.app_passwords(owner).await?;
        devices.retain(|known| known.name == device);
        Ok(Claimed { account, devices, only_devices: true })
    }

    /// Name and password together; unknown names take as long as wrong passwords.
    async fn check(&self, plain: PlainMessage) -> Result<Progress, Failed> {
        let name = plain.user.to_lowercase();
        let Claimed { account, devices, only_devices } =
            self.claimed(&name).await.map_err(|error| Failed::new(&name, error))?;
        let guess =
            self.tag(&name, &plain.password, "").first_chunk().map(|octets| u64::from_le_bytes(*octets));
        let device = devices::find(&devices, &plain.password).cloned();
        let has_password = account.as_ref().filter(|_| !only_devices);
        let good = match &device {
            Some(_) => account.is_some(),
            None => self.check_main(&name, has_password, plain).await,
        };
        let refusal = match account {
            Some(account) if good && account.enabled => {
                return Ok(Progress::Done(Box::new(LoggedIn { account, device })));
            }
            Some(_) if good => Refusal::Disabled,
            Some(_) => Refusal::WrongPassword,
            None => Refusal::UnknownAccount,
        };
        Err(Failed { guess, ..Failed::new(name, refusal) })
    }

    /// The password of an account, or of nobody.
    async fn check_main(&self, name: &str, account: Option<&accounts::Account>, plain: PlainMessage) -> bool {
        let hash = account.map_or_else(|| self.decoy(name), |account| account.password_hash.clone());
        let tag = self.tag(name, &plain.password, &hash);
        if self.remembers(&tag) {
            return true;
        }
        let (cost, stored) = (self.cost, hash.clone());
        let work = self.work.clone();
        let checked = self.checkers.run(move || {
            if let Some((memory, passes)) = passwords::cost_of(&stored) {
                work.fetch_add(u64::from(memory) * u64::from(passes), Ordering::Relaxed);
            }
            let good = passwords::verify(&plain.password, &stored);
            let again = good && passwords::is_cheaper(&stored, cost);
            (good, again.then(|| passwords::hash(&plain.password, cost)), plain)
        });
        let Some((true, again, plain)) = checked.await else { return false };
        let hash = self.stored_again(name, hash, again).await;
        self.remember(self.tag(name, &plain.password, &hash));
        true
    }

    /// Puts a costlier hash in the place of the old one; gives the one that counts from now on. A login does not fail
    /// for it.
    async fn stored_again(
        &self,
        name: &str,
        old: String,
        new: Option<Result<String, PasswordError>>,
    ) -> String {
        let failed = match new {
            None => return old,
            Some(Ok(new)) => match self.accounts.rehash(name.to_owned(), old.clone(), new.clone()).await {
                Ok(true) => return new,
                Ok(false) => return old,
                Err(error) => error.to_string(),
            },
            Some(Err(error)) => error.to_string(),
        };
        let what = format!("the password of {name} could not be hashed again with the cost of now: {failed}");
        self.events.event(Event::Warning { what });
        old
    }

    /// Always the same for a name.
    fn decoy(&self, name: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let tag = hmac::sign(&key, format!("decoy {name}").as_bytes());
        let place = usize::from(tag.as_ref()[0]) % self.decoys.len().max(1);
        self.decoys.get(place).cloned().unwrap_or_default()
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

fn keys_of(stored: &accounts::ScramKeys) -> ScramKeys {
    ScramKeys {
        salt: stored.salt.clone(),
        iterations: stored.iterations,
        stored_key: stored.stored_key,
        server_key: stored.server_key,
    }
}

#[cfg(test)]
mod tests;
