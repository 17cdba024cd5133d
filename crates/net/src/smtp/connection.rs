//! A session that is ready for mail, and what is known of it.

use std::net::SocketAddr;
use std::pin::{Pin, pin};

use postamt_mail::address::Address;
use postamt_mail::client::{
    Action, Capabilities, ConnectionState, Delivery, Framing, Outcome, Problem, SessionFacts, Stage,
    Transaction, TransportError,
};
use postamt_mail::envelope::ReversePath;
use postamt_mail::reply::Reply;
use postamt_mail::reply_parser;
use postamt_mail::sasl::Mechanism;
use tokio::io::AsyncWriteExt;

use super::content::{self, Interrupted};
use super::failure::OpenFailure;
use super::hop::{Chunking, Hop, Timeouts};
use super::open;
use super::wire::{GivenUp, Wire, unless, within};
use crate::dial::Dialer;
use crate::tls::{TlsContext, TlsFacts};

/// What a session found out before its first message.
#[derive(Debug, Clone)]
pub struct ConnectionFacts {
    /// The server's address.
    pub remote: SocketAddr,
    /// Ours.
    pub local: SocketAddr,
    /// The greeting.
    pub greeting: Reply,
    /// The offers that hold (under TLS, if there is TLS).
    pub capabilities: Capabilities,
    /// `None` without TLS.
    pub tls: Option<TlsFacts>,
    /// Why there is no TLS although the server offered it: opportunistic TLS only.
    pub tls_fallback: Option<String>,
    /// How we logged in.
    pub authenticated: Option<Mechanism>,
}

/// What a server says to a sender and a recipient, without a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// To MAIL.
    pub mail: Reply,
    /// To RCPT; `None` when MAIL was refused.
    pub recipient: Option<Reply>,
}

/// A session. See the head of [`super`].
#[derive(Debug)]
pub struct Connection {
    wire: Wire,
    facts: ConnectionFacts,
    timeouts: Timeouts,
    lmtp: bool,
    name_is_proven: bool,
    framing: Framing,
    needs_reset: bool,
    usable: bool,
    transactions: u32,
}

impl Connection {
    /// Dials, secures, greets and logs in.
    ///
    /// # Errors
    /// [`OpenFailure`]; nothing was said about any recipient.
    pub async fn open(dialer: &dyn Dialer, tls: &TlsContext, hop: &Hop) -> Result<Self, OpenFailure> {
        open::open(dialer, tls, hop).await
    }

    pub(super) fn new(wire: Wire, facts: ConnectionFacts, hop: &Hop) -> Self {
        let framing = match hop.chunking {
            Chunking::IfOffered => Framing::Chunk,
            Chunking::Never => Framing::Lines,
        };
        Self {
            wire,
            facts,
            timeouts: hop.timeouts,
            lmtp: hop.lmtp,
            name_is_proven: hop.name_is_proven,
            framing,
            needs_reset: false,
            usable: true,
            transactions: 0,
        }
    }

    pub(super) fn note_fallback(&mut self, reason: Option<String>) {
        if reason.is_some() {
            self.facts.tls_fallback = reason;
        }
    }

    /// What was found out.
    #[must_use]
    pub fn facts(&self) -> &ConnectionFacts {
        &self.facts
    }

    /// False once the stream broke, the server announced the end (421), or took as many messages as it wants on
    /// one connection (RFC 9422 §4.1).
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let limit = self.facts.capabilities.limits.mail_max;
        self.usable && limit.is_none_or(|limit| self.transactions < limit)
    }

    /// Transactions begun on this connection.
    #[must_use]
    pub fn transactions(&self) -> u32 {
        self.transactions
    }

    /// Delivers one message to its recipients. Takes as long as the server takes, within the time limits. Where
    /// the server announces a limit of recipients (RFC 9422 §4.2), the message goes in several transactions.
    ///
    /// A call that is dropped half-way leaves a connection that is not usable any more.
    pub async fn deliver(&mut self, transaction: &Transaction) -> Outcome {
        self.deliver_unless(transaction, pin!(std::future::pending())).await
    }

    /// As [`Self::deliver`], but given up when `given_up` ends, as long as the end of the content has not been given
    /// away. After that the server's word is waited for: it may have the message.
    pub async fn deliver_unless(
        &mut self,
        transaction: &Transaction,
        mut given_up: Pin<&mut (dyn Future<Output = ()> + Send)>,
    ) -> Outcome {
        let limit = self.facts.capabilities.limits.recipient_max.map_or(usize::MAX, |limit| limit as usize);
        if transaction.recipients.len() <= limit {
            return self.deliver_at_once(transaction, &mut given_up).await;
        }
        let mut recipients = Vec::with_capacity(transaction.recipients.len());
        for group in transaction.recipients.chunks(limit) {
            // The content is shared, not copied.
            let part = Transaction { recipients: group.to_vec(), ..transaction.clone() };
            recipients.append(&mut self.deliver_at_once(&part, &mut given_up).await.recipients);
        }
        let connection = if self.usable { ConnectionState::Usable } else { ConnectionState::Closed };
        Outcome { recipients, connection }
    }

    async fn deliver_at_once(&mut self, transaction: &Transaction, given_up: &mut GivenUp<'_>) -> Outcome {
        let session = SessionFacts {
            capabilities: &self.facts.capabilities,
            lmtp: self.lmtp,
            authenticated_peer: self.name_is_proven
                && self.facts.tls.as_ref().is_some_and(|tls| tls.verified),
            framing: self.framing,
            needs_reset: self.needs_reset,
        };
        let mut delivery = Delivery::new(transaction, &session);
        if let Err(problem) = self.check_idle().await {
            delivery.abandon(problem);
        }
        self.transactions += 1;
        self.usable = false;
        self.run(&mut delivery, transaction, given_up).await;
        self.needs_reset = delivery.needs_reset();
        let outcome = delivery.finish();
        self.usable = outcome.connection == ConnectionState::Usable;
        outcome
    }

    async fn run(
        &mut self,
        delivery: &mut Delivery<'_>,
        transaction: &Transaction,
        given_up: &mut GivenUp<'_>,
    ) {
        loop {
            match delivery.next(&mut self.wire.outbox) {
                Action::Done => return,
                Action::Read(stage) => {
                    let reply = self.wire.exchange(self.timeouts.reply(stage));
                    let reply = match stage {
                        Stage::EndOfData => reply.await,
                        _ => unless(given_up, reply).await,
                    };
                    match reply {
                        Ok(frame) => {
                            delivery.handle(frame.code, self.wire.octets(frame));
                            self.wire.consume(frame);
                        }
                        Err(problem) => delivery.abandon(problem),
                    }
                }
                Action::Content(framing) => self.send_content(delivery, framing, transaction, given_up).await,
            }
        }
    }

    async fn send_content(
        &mut self,
        delivery: &mut Delivery<'_>,
        framing: Framing,
        transaction: &Transaction,
        given_up: &mut GivenUp<'_>,
    ) {
        if !self.wire.has_no_reply() {
            return delivery.abandon(Problem::Unsolicited);
        }
        let wire = &mut self.wire;
        let limit = self.timeouts.data_block;
        let content = &transaction.content;
        let written = content::write(&mut wire.stream, &wire.outbox, framing, content, limit, given_up).await;
        wire.outbox.clear();
        let Err(Interrupted { problem, end_given_away }) = written else { return };
        if end_given_away {
            delivery.end_given_away();
        }
        if problem == Problem::GivenUp {
            return delivery.abandon(problem);
        }
        // A server that had enough may have said why before it closed.
        match wire.read(self.timeouts.quit).await {
            Ok(frame) if !frame.code.is_success() => {
                let reply = reply_parser::read(frame.code, wire.octets(frame));
                delivery.refuse_content(&reply);
            }
            _ => delivery.abandon(problem),
        }
    }

    /// Asks whether the server would take mail from `sender` to `recipient`, and takes it back (RSET).
    ///
    /// # Errors
    /// When the session breaks; a refusal is an answer.
    pub async fn probe(
        &mut self,
        sender: &ReversePath,
        recipient: &Address,
    ) -> Result<Probe, TransportError> {
        let sender = sender.as_ref().map(ToString::to_string).unwrap_or_default();
        self.probe_verbatim(&sender, &recipient.to_string()).await
    }

    /// As [`Self::probe`], with what stands between the angle brackets word for word: forms that no address has.
    ///
    /// # Errors
    /// When the session breaks, or the words would break the line; a refusal is an answer.
    pub async fn probe_verbatim(&mut self, sender: &str, recipient: &str) -> Result<Probe, TransportError> {
        if sender.chars().chain(recipient.chars()).any(char::is_control) {
            return Err(Problem::GivenUp.at(Stage::Mail));
        }
        if self.needs_reset {
            self.command(Stage::Mail, "RSET\r\n").await?;
        }
        self.needs_reset = true;
        let mail = self.command(Stage::Mail, &format!("MAIL FROM:<{sender}>\r\n")).await?;
        let recipient = match mail.code.is_success() {
            true => Some(self.command(Stage::Recipient, &format!("RCPT TO:<{recipient}>\r\n")).await?),
            false => None,
        };
        self.command(Stage::Mail, "RSET\r\n").await?;
        self.needs_reset = false;
        Ok(Probe { mail, recipient })
    }

    /// Says QUIT, waits a little for the answer, and closes.
    pub async fn quit(mut self) {
        if self.usable && self.wire.has_no_reply() {
            self.wire.outbox.clear();
            self.wire.outbox.extend_from_slice(b"QUIT\r\n");
            // RFC 5321 §4.1.1.10: nothing depends on the reply any more.
            let _ = self.wire.exchange(self.timeouts.quit).await;
            let _ = within(self.timeouts.quit, self.wire.stream.shutdown()).await;
        }
    }

    async fn command(&mut self, stage: Stage, command: &str) -> Result<Reply, TransportError> {
        self.check_idle().await.map_err(|problem| problem.at(stage))?;
        self.usable = false;
        self.wire.outbox.extend_from_slice(command.as_bytes());
        let frame =
            self.wire.exchange(self.timeouts.reply(stage)).await.map_err(|problem| problem.at(stage))?;
        let reply = reply_parser::read(frame.code, self.wire.octets(frame));
        self.wire.consume(frame);
        self.usable = reply.code.get() != 421;
        Ok(reply)
    }

    /// A server may close between transactions; better to see it before the message is on its way.
    async fn check_idle(&mut self) -> Result<(), Problem> {
        if !self.usable {
            return Err(Problem::Closed);
        }
        if self.transactions > 0 && !self.wire.is_quiet().await {
            self.usable = false;
            return Err(Problem::IdleClosed);
        }
        Ok(())
    }
}
