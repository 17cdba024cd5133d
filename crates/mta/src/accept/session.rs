//! One session: the driver of the sans-IO server machine. It reads and writes, asks `admit` and `login`, hands
//! whole messages to `intake`, and keeps the time limits of RFC 5321 §4.5.3.2.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postamt_mail::address::Address;
use postamt_mail::command::HelloKind;
use postamt_mail::envelope::ReversePath;
use postamt_mail::reply::Reply;
use postamt_mail::sasl::Mechanism;
use postamt_mail::server::{Phase, ReceivedMessage, Server, Step, Violation};
use postamt_store::bans::Offence;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::login::{self, Exchange, Failed, LoginError, Logins, Progress, Refusal};
use super::{intake, offences, revisit};
use crate::admit;
use crate::brakes;
use crate::breaker::detour::{self, Hindrance};
use crate::context::Context;
use crate::events::Event;
use crate::flow::{self, Identity, LoggedIn, Submission, path_text};
use crate::guard;
use crate::plan::routes;
use crate::providers;
use crate::settings::Settings;

/// Octets read at a time while commands come …
const COMMAND_READ: usize = 4 * 1024;
/// … while a message comes …
const DATA_READ: usize = 16 * 1024;
/// … and while a large one comes.
const LARGE_READ: usize = 128 * 1024;
/// Octets of a message that every session may hold without asking; nearly all messages are smaller.
const SMALL: usize = 256 * 1024;
/// How long a peer may take to take our farewell.
const FAREWELL: Duration = Duration::from_secs(5);
/// An account is looked up again before a message when this long has passed: one that was disabled, or whose password
/// was changed, must not go on sending over a session that is open.
const ACCOUNT_HOLDS: Duration = Duration::from_secs(5);

/// How a run of the session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Close the connection.
    Closed,
    /// 220 has been sent: make the TLS handshake, then run again.
    StartTls,
}

/// A session and what is known of its peer.
pub struct Session {
    /// The server's handles.
    pub context: Arc<Context>,
    /// Logins.
    pub logins: Arc<Logins>,
    /// The machine.
    pub machine: Server,
    /// Which way mail comes here.
    pub channel: flow::Channel,
    /// Who the peer is, as far as it is proven.
    pub identity: Identity,
    /// Its address; `None` on a local socket.
    pub peer: Option<IpAddr>,
    /// How it logged in.
    pub mechanism: Option<Mechanism>,
    /// TLS version and cipher, once it is on.
    pub tls: Option<(String, String)>,
    /// What SCRAM-PLUS binds to.
    pub binding: login::Channel,
    /// A login under way.
    pub exchange: Option<(Mechanism, Exchange)>,
    /// An account whose SCRAM exchange ends with the client's next, empty line.
    pub confirmed: Option<(Mechanism, Box<LoggedIn>)>,
    /// The envelope sender of the open transaction, for the log.
    pub sender: ReversePath,
    /// The last read filled its buffer: more is waiting.
    pub is_busy: bool,
    /// The client has begun to log in or to hand mail in.
    pub has_begun: bool,
    /// Octets of the message that comes in, and the share of the room for large ones that it has taken.
    pub coming: (usize, Option<OwnedSemaphorePermit>),
    /// When we said something last: the peer's next command is due from then on, whole, not octet by octet.
    pub said_at: Instant,
    /// When the account was looked up last.
    pub account_seen: Instant,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
}

impl Session {
    /// A session that nothing has been said in.
    #[must_use]
    pub fn new(
        context: Arc<Context>,
        logins: Arc<Logins>,
        machine: Server,
        channel: flow::Channel,
        identity: Identity,
        peer: Option<IpAddr>,
    ) -> Self {
        Self {
            stop: context.stop.clone(),
            context,
            logins,
            machine,
            channel,
            identity,
            peer,
            mechanism: None,
            tls: None,
            binding: login::Channel::default(),
            exchange: None,
            confirmed: None,
            sender: None,
            is_busy: false,
            has_begun: false,
            coming: (0, None),
            said_at: tokio::time::Instant::now(),
            account_seen: tokio::time::Instant::now(),
        }
    }

    /// Runs until the connection is to be closed or TLS is to begin.
    pub async fn run<S>(&mut self, stream: &mut S, input: &mut BytesMut) -> Ended
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        loop {
            match self.machine.advance(input) {
                Step::NeedInput => {
                    if !self.flush(stream).await || !self.read(stream, input).await {
                        return Ended::Closed;
                    }
                }
                Step::StartTls => {
                    return if self.flush(stream).await { Ended::StartTls } else { Ended::Closed };
                }
                Step::Close => {
                    self.flush(stream).await;
                    // Best effort: the peer may be gone, or not reading.
                    let _ = tokio::time::timeout(FAREWELL, stream.shutdown()).await;
                    return Ended::Closed;
                }
                Step::Mail(request) => {
                    self.has_begun = true;
                    let reply = self.on_mail(&request.sender).await;
                    self.machine.answer(reply);
                }
                Step::Recipient(recipient) => {
                    let reply = self.on_recipient(&recipient.address).await;
                    self.machine.answer(reply);
                }
                Step::Message(message) => {
                    let reply = self.on_message(message).await;
                    self.machine.answer(reply);
                }
                Step::Authenticate { mechanism, initial } => {
                    self.has_begun = true;
                    // What an earlier exchange left behind, cancelled in its last step, must not count in this one.
                    self.exchange = None;
                    self.confirmed = None;
                    if let Some(reply) = self.kept_out() {
                        self.machine.authentication_failed(reply);
                        continue;
                    }
                    let progress = self.logins.begin(mechanism, initial, &self.binding).await;
                    self.on_login(mechanism, progress).await;
                }
                Step::AuthenticateResponse(response) => self.on_response(&response).await,
                Step::Violation(violation) => self.on_violation(violation).await,
            }
        }
    }

    async fn flush<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> bool {
        let limit = self.context.settings().limits.command_timeout;
        let output = self.machine.output();
        if output.is_empty() {
            return true;
        }
        let write = async {
            stream.write_all(output).await?;
            stream.flush().await
        };
        let written = matches!(tokio::time::timeout(limit, write).await, Ok(Ok(())));
        output.clear();
        self.said_at = Instant::now();
        written
    }

    /// Reads more, within the time that the phase allows. False when the session is over.
    async fn read<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        input: &mut BytesMut,
    ) -> bool {
        let settings = self.context.settings();
        let (deadline, size) = match self.machine.phase() {
            Phase::DataBlock if self.is_busy => (Instant::now() + settings.limits.data_timeout, LARGE_READ),
            Phase::DataBlock => (Instant::now() + settings.limits.data_timeout, DATA_READ),
            _ => (self.said_at + settings.limits.command_timeout, COMMAND_READ),
        };
        input.reserve(size);
        let idle = !self.machine.is_in_transaction();
        let read = tokio::select! {
            biased;
            () = self.stop.cancelled(), if idle => return self.say_goodbye(stream).await,
            read = tokio::time::timeout_at(deadline, stream.read_buf(input)) => read,
        };
        match read {
            Ok(Ok(0) | Err(_)) => false,
            Ok(Ok(count)) => {
                self.is_busy = count >= DATA_READ;
                if !self.has_room_for(count) {
                    self.context.event(Event::Session {
                        peer: self.peer,
                        channel: self.channel.name(),
                        what: "sent away: too many large messages at a time".to_owned(),
                    });
                    let words = "too many large messages at a time, try again later";
                    self.machine.close(Reply::new(421, (4, 3, 1), words));
                }
                true
            }
            Err(_) => {
                let reply = Reply::new(421, (4, 4, 2), format!("{} timeout, closing", settings.hostname));
                self.machine.close(reply);
                true
            }
        }
    }

    /// Counts what came of a message. False when it is large and so are too many others.
    fn has_room_for(&mut self, count: usize) -> bool {
        let (octets, share) = &mut self.coming;
        if self.machine.phase() != Phase::DataBlock {
            *octets = 0;
            *share = None;
            return true;
        }
        let before = octets.saturating_sub(SMALL);
        *octets += count;
        let more = u32::try_from(octets.saturating_sub(SMALL) - before).unwrap_or(u32::MAX);
        if more == 0 {
            return true;
        }
        let Ok(permit) = self.context.intake_room.clone().try_acquire_many_owned(more) else { return false };
        match share {
            Some(share) => share.merge(permit),
            None => *share = Some(permit),
        }
        true
    }

    /// 421 at shutdown (RFC 5321 §3.8); `advance` then closes.
    async fn say_goodbye<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> bool {
        let goodbye = shutting_down(&self.context.settings());
        self.machine.close(goodbye);
        self.flush(stream).await
    }

    async fn on_mail(&mut self, sender: &ReversePath) -> Reply {
        let settings = self.context.settings();
        if self.stop.is_cancelled() {
            return shutting_down(&settings);
        }
        if let Some(reply) = self.kept_out() {
            return reply;
        }
        if let Some(reply) = self.lost_account().await {
            return reply;
        }
        self.sender.clone_from(sender);
        if let Identity::Account(login) = &self.identity
            && let Err(not_taken) = brakes::may_begin(&self.context, &login.account)
        {
            return self.refuse(None, not_taken.reply(&login.account.name, self.context.now()));
        }
        match admit::sender(&settings, &self.identity, sender) {
            Ok(()) => Reply::new(250, (2, 1, 0), "sender ok"),
            Err(reply) => self.refuse(None, reply),
        }
    }

    /// A client learns at once when its mail would die of age before it leaves: port 25 has been blocked for longer
    /// than a message may live, and no relay takes what goes to this recipient meanwhile.
    fn no_way_out(&self, settings: &Settings, recipient: &Address) -> Option<Reply> {
        if self.channel == flow::Channel::Exchange {
            return None;
        }
        let since = self.context.breaker.closed_since(settings)?;
        if self.context.now() < since.saturating_add(settings.retry.lifetime.as_secs()) {
            return None;
        }
        let account = self.identity.account();
        let question = routes::Question {
            account: account.as_deref(),
            channel: self.channel.name(),
            sender: self.sender.as_ref(),
            recipient,
            past_hold: false,
        };
        let destination = routes::choose(settings, question);
        destination.direct()?;
        if providers::may_carry(&self.context, &destination) {
            return None;
        }
        let hindrance = detour::of(&self.context, &destination).err()?;
        let hindered = match hindrance {
            Hindrance::NoRelay => "no relay is set up".to_owned(),
            Hindrance::Forbidden => "a rule wants no relay for this mail".to_owned(),
            Hindrance::Unfit { relay, .. } => format!("the relay {relay} failed its preflight"),
        };
        let words = format!(
            "port 25 has been blocked for longer than mail may wait, and {hindered}: this cannot be sent now"
        );
        Some(Reply::new(451, (4, 4, 1), words))
    }

    /// Looks the account up again, with the rights that it has now.
    async fn lost_account(&mut self) -> Option<Reply> {
        let Identity::Account(login) = &self.identity else { return None };
        if self.account_seen.elapsed() < ACCOUNT_HOLDS {
            return None;
        }
        match revisit::look_again(&*self.context.ports.accounts, login).await {
            Ok(Some(found)) if self.may_use(found.device.as_ref()).is_ok() => {
                self.account_seen = Instant::now();
                self.identity = Identity::Account(Arc::new(found));
                None
            }
            Ok(_) => Some(Reply::new(421, (4, 7, 0), "the account has changed, log in again")),
            Err(error) => {
                self.context.event(Event::Warning { what: error.to_string() });
                Some(Reply::new(451, (4, 3, 0), "the account cannot be looked up now, try again later"))
            }
        }
    }

    async fn on_recipient(&mut self, recipient: &Address) -> Reply {
        let settings = self.context.settings();
        let mut admitted = admit::recipient(&settings, &self.identity, self.channel, recipient);
        let mut offence = admitted.is_err().then_some(Offence::RelayAttempt);
        if admitted.is_ok() {
            admitted = admit::mailbox::exists(&settings, recipient).await;
            let is_unknown = admitted.as_ref().is_err_and(|reply| !reply.code.is_temporary());
            // A notice of failure to a name that somebody has made up is its sender's misfortune.
            offence = (is_unknown && self.sender.is_some()).then_some(Offence::UnknownRecipient);
        }
        if admitted.is_ok()
            && let Some(reply) = self.no_way_out(&settings, recipient)
        {
            admitted = Err(reply);
        }
        match admitted {
            Ok(()) => Reply::new(250, (2, 1, 5), "recipient ok"),
            Err(reply) => {
                let reply = self.refuse(Some(recipient), reply);
                match offence.filter(|_| matches!(self.identity, Identity::Anonymous)) {
                    Some(offence) => self.offended(offence).await.unwrap_or(reply),
                    None => reply,
                }
            }
        }
    }

    fn refuse(&self, recipient: Option<&Address>, reply: Reply) -> Reply {
        self.context.event(Event::Refused {
            peer: self.peer,
            channel: self.channel.name(),
            account: self.identity.account(),
            sender: path_text(self.sender.as_ref()),
            recipient: recipient.map(ToString::to_string),
            reply: reply.to_string(),
        });
        reply
    }

    async fn on_message(&mut self, message: ReceivedMessage) -> Reply {
        let hello = self.machine.hello();
        let submission = Submission {
            identity: self.identity.clone(),
            channel: self.channel,
            envelope: message.envelope,
            content: message.content,
            peer: self.peer,
            helo: hello.map(|hello| hello.name.clone()),
            mechanism: self.mechanism,
            tls: self.tls.clone(),
            extended: hello.is_some_and(|hello| hello.kind != HelloKind::Helo),
        };
        intake::take(&self.context, submission).await
    }

    async fn on_response(&mut self, response: &[u8]) {
        if let Some((mechanism, account)) = self.confirmed.take() {
            // The client has seen the server's proof and agrees with an empty line (RFC 5802 §5).
            self.logged_in(mechanism, *account);
            return;
        }
        let Some((mechanism, exchange)) = self.exchange.take() else {
            self.machine.authentication_failed(Reply::new(503, (5, 5, 1), "no login is under way"));
            return;
        };
        if let Some(reply) = self.kept_out() {
            self.machine.authentication_failed(reply);
            return;
        }
        let progress = self.logins.respond(exchange, response, &self.binding).await;
        self.on_login(mechanism, progress).await;
    }

    async fn on_login(&mut self, mechanism: Mechanism, progress: Result<Progress, Failed>) {
        // Guesses that were made side by side with those that led to the ban do not count as good.
        if let (Ok(Progress::Final(..) | Progress::Done(_)), Some(reply)) = (&progress, self.kept_out()) {
            return self.machine.authentication_failed(reply);
        }
        match self.in_scope(progress) {
            Ok(Progress::Challenge(challenge, exchange)) => {
                self.exchange = Some((mechanism, exchange));
                self.machine.challenge(&challenge);
            }
            Ok(Progress::Final(last_words, account)) => {
                self.confirmed = Some((mechanism, account));
                self.machine.authentication_final(&last_words);
            }
            Ok(Progress::Done(account)) => self.logged_in(mechanism, *account),
            Err(failed) => {
                let reply = match &failed.error {
                    LoginError::Accounts(_) => {
                        Reply::new(454, (4, 7, 0), "login is not possible now, try again later")
                    }
                    LoginError::Refused(Refusal::OutOfScope(why)) => {
                        Reply::new(535, (5, 7, 8), why.to_string())
                    }
                    _ => Reply::new(535, (5, 7, 8), "wrong login or password"),
                };
                self.context.event(Event::LoginFailed {
                    peer: self.peer,
                    account: failed.name.clone(),
                    mechanism: mechanism.to_string(),
                    reason: failed.error.to_string(),
                    is_guess: offences::of_login(&failed.error).is_some()
                        && self.peer.is_none_or(|peer| !guard::is_spared(&self.context, peer)),
                });
                let reply = self.login_offended(&failed).await.unwrap_or(reply);
                self.machine.authentication_failed(reply);
            }
        }
    }

    fn logged_in(&mut self, mechanism: Mechanism, login: LoggedIn) {
        self.context.event(Event::Login {
            peer: self.peer,
            account: login.account.name.clone(),
            mechanism: mechanism.to_string(),
        });
        if let Some(peer) = self.peer {
            guard::welcome(&self.context, peer, &login.account.name);
        }
        revisit::note_use(&self.context, login.device.as_ref(), self.peer);
        self.identity = Identity::Account(Arc::new(login));
        self.mechanism = Some(mechanism);
        self.account_seen = Instant::now();
        self.machine.authenticated(Reply::new(235, (2, 7, 0), "logged in"));
    }

    pub(super) async fn on_violation(&mut self, violation: Violation) {
        self.context.event(Event::Session {
            peer: self.peer,
            channel: self.channel.name(),
            what: format!("{violation:?}"),
        });
        if matches!(self.identity, Identity::Anonymous)
            && let Some(offence) = offences::offence_of(violation)
            && let Some(reply) = self.offended(offence).await
        {
            self.machine.close(reply);
        }
    }
}

fn shutting_down(settings: &Settings) -> Reply {
    Reply::new(421, (4, 3, 2), format!("{} is shutting down, try again later", settings.hostname))
}
