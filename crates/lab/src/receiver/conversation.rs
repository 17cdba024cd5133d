//! One session of a receiving server: drives the SMTP machine over a socket, first in clear, then under TLS, and
//! answers according to the host's character.
//!
//! A session ends when the client leaves, is idle for too long or breaks the line; there is nobody to tell.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use postamt_mail::address::Address;
use postamt_mail::envelope::{Envelope, Recipient, ReversePath};
use postamt_mail::reply::Reply;
use postamt_mail::server::{ReceivedMessage, Security, Server, ServerProfile, Step};
use postamt_mailauth::verify::Delivery;
use rustls::ProtocolVersion;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::{Character, Delays, Judge, Judgement, Receipt, Receipts, ReceiverSettings, Refusal, TlsVersion};

/// A client that says nothing for so long is dropped. Shorter than RFC 5321 §4.5.3.2.7 asks for: the lab's
/// clients are near.
const IDLE: Duration = Duration::from_secs(60);
const HANDSHAKE: Duration = Duration::from_secs(20);
const HEADER_LIMIT: usize = 1 << 20;

/// What the sessions of one server share.
#[derive(Debug)]
pub(super) struct Host {
    settings: ReceiverSettings,
    profile: Arc<ServerProfile>,
    judge: Arc<Judge>,
    receipts: Receipts,
    /// When a greylister first saw an address, sender and recipient together.
    first_seen: Mutex<HashMap<(IpAddr, ReversePath, Address), Instant>>,
}

impl Host {
    pub(super) fn new(settings: ReceiverSettings, judge: Arc<Judge>, receipts: Receipts) -> Self {
        let profile = Arc::new(ServerProfile {
            hostname: settings.name.to_string(),
            greeting: settings.greeting.clone(),
            size_limit: settings.size_limit,
            recipient_limit: 1000,
            header_limit: HEADER_LIMIT,
            starttls: settings.tls.is_some(),
            mechanisms: Vec::new(),
            auth_required: false,
            starttls_required: false,
            lmtp: false,
            local: false,
        });
        Self { settings, profile, judge, receipts, first_seen: Mutex::default() }
    }

    fn delays(&self) -> Delays {
        match self.settings.character {
            Character::Slow(delays) => delays,
            _ => Delays::default(),
        }
    }

    /// What is said instead of a greeting.
    fn greeting_refusal(&self) -> Option<Reply> {
        match self.settings.character {
            Character::Refuser(Refusal::Busy) => {
                Some(Reply::new(421, (4, 3, 2), "too many connections, try again later"))
            }
            Character::Refuser(Refusal::Banned) => {
                Some(Reply::new(554, (5, 7, 1), "your address is not welcome here"))
            }
            _ => None,
        }
    }

    fn recipient_refusal(&self, peer: IpAddr, sender: &ReversePath, recipient: &Address) -> Option<Reply> {
        match self.settings.character {
            Character::Refuser(Refusal::Recipient) => {
                Some(Reply::new(550, (5, 1, 1), format!("<{recipient}>: there is nobody of that name here")))
            }
            Character::Refuser(Refusal::MailboxFull) => {
                Some(Reply::new(452, (4, 2, 2), format!("<{recipient}>: the mailbox is full")))
            }
            Character::Greylister { wait } => {
                let key = (peer, sender.clone(), recipient.clone());
                let mut first_seen = self.first_seen.lock().unwrap_or_else(PoisonError::into_inner);
                let since = first_seen.entry(key).or_insert_with(Instant::now);
                (since.elapsed() < wait)
                    .then(|| Reply::new(451, (4, 7, 1), "greylisted, please try again in a while"))
            }
            _ => None,
        }
    }
}

/// Holds one session to its end.
pub(super) async fn hold(host: Arc<Host>, mut stream: TcpStream, peer: SocketAddr) {
    // Replies are small and awaited: Nagle's algorithm would only hold them back.
    let _ = stream.set_nodelay(true);
    let server = Server::new(Arc::clone(&host.profile), Security::Clear);
    let mut session =
        Session { host, peer, server, input: BytesMut::with_capacity(8192), sender: None, tls: None };
    let upgrade = session.begin_and_converse(&mut stream).await;
    if !matches!(upgrade, Ok(End::Upgrade)) {
        return;
    }
    let Some(config) = session.host.settings.tls.clone() else { return };
    let Ok(Ok(mut stream)) = timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await else {
        return;
    };
    session.tls = Some(match stream.get_ref().1.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => TlsVersion::Tls12,
        _ => TlsVersion::Tls13,
    });
    session.server.tls_established();
    // Whatever ends it ends only this session.
    let _ = session.converse(&mut stream).await;
    let _ = stream.shutdown().await;
}

enum End {
    Upgrade,
    Closed,
}

struct Session {
    host: Arc<Host>,
    peer: SocketAddr,
    server: Server,
    input: BytesMut,
    sender: ReversePath,
    tls: Option<TlsVersion>,
}

impl Session {
    async fn begin_and_converse(&mut self, stream: &mut TcpStream) -> io::Result<End> {
        sleep(self.host.delays().greeting).await;
        if let Some(reply) = self.host.greeting_refusal() {
            self.note(Envelope::default(), Bytes::new(), None, &reply);
            self.server.refuse(reply);
        } else {
            self.server.greet();
        }
        self.converse(stream).await
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<End> {
        loop {
            match self.server.advance(&mut self.input) {
                Step::NeedInput => {
                    self.flush(stream).await?;
                    let read = timeout(IDLE, stream.read_buf(&mut self.input)).await;
                    if read.map_err(|_| io::ErrorKind::TimedOut)?? == 0 {
                        return Ok(End::Closed);
                    }
                }
                Step::Mail(request) => {
                    self.sender = request.sender;
                    let reply = self.judge_sender().await;
                    self.server.answer(reply);
                }
                Step::Recipient(recipient) => {
                    let reply = self.judge_recipient(recipient).await;
                    self.server.answer(reply);
                }
                Step::Message(message) => {
                    let reply = self.judge_message(message).await;
                    self.server.answer(reply);
                }
                Step::Violation(_) => {}
                Step::StartTls => {
                    self.flush(stream).await?;
                    return Ok(End::Upgrade);
                }
                // AUTH is never offered, so the machine never asks for it.
                Step::Authenticate { .. } | Step::AuthenticateResponse(_) | Step::Close => {
                    self.flush(stream).await?;
                    stream.shutdown().await?;
                    return Ok(End::Closed);
                }
            }
        }
    }

    async fn flush<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        let output = self.server.output();
        stream.write_all(output).await?;
        output.clear();
        stream.flush().await
    }

    async fn judge_sender(&mut self) -> Reply {
        sleep(self.host.delays().command).await;
        if self.host.settings.character == Character::Refuser(Refusal::Sender) {
            let reply = Reply::new(550, (5, 7, 1), "this sender is not welcome here");
            self.note(self.envelope(None), Bytes::new(), None, &reply);
            return reply;
        }
        Reply::new(250, (2, 1, 0), "ok")
    }

    async fn judge_recipient(&mut self, recipient: Recipient) -> Reply {
        sleep(self.host.delays().command).await;
        let refusal = self.host.recipient_refusal(self.peer.ip(), &self.sender, &recipient.address);
        let Some(reply) = refusal else { return Reply::new(250, (2, 1, 5), "ok") };
        self.note(self.envelope(Some(recipient)), Bytes::new(), None, &reply);
        reply
    }

    async fn judge_message(&mut self, message: ReceivedMessage) -> Reply {
        sleep(self.host.delays().message).await;
        let judgement = self.look_at(&message).await;
        let refusal = match (&self.host.settings.character, &judgement) {
            (Character::Refuser(Refusal::Message), _) => {
                Some(Reply::new(554, (5, 7, 1), "this message looks like spam"))
            }
            (Character::Strict, Some(judgement)) => judgement.refusal(message.envelope.sender.is_none()),
            _ => None,
        };
        let reply = refusal.unwrap_or_else(|| Reply::new(250, (2, 0, 0), "accepted"));
        self.note(message.envelope, message.content, judgement, &reply);
        reply
    }

    async fn look_at(&self, message: &ReceivedMessage) -> Option<Judgement> {
        if self.host.settings.character == Character::Sink {
            return None;
        }
        let sender = message.envelope.sender.as_ref().map(Address::to_string).unwrap_or_default();
        let delivery = Delivery {
            client: self.peer.ip(),
            greeting: self.hello_name(),
            host: self.host.settings.name.as_str(),
            sender: &sender,
        };
        Some(self.host.judge.judge(&message.content, delivery).await)
    }

    fn hello_name(&self) -> &str {
        self.server.hello().map_or("", |hello| &hello.name)
    }

    fn envelope(&self, recipient: Option<Recipient>) -> Envelope {
        Envelope {
            sender: self.sender.clone(),
            recipients: recipient.into_iter().collect(),
            ..Envelope::default()
        }
    }

    fn note(&self, envelope: Envelope, content: Bytes, judgement: Option<Judgement>, reply: &Reply) {
        self.host.receipts.note(Receipt {
            server: self.host.settings.name.clone(),
            peer: self.peer,
            hello: self.hello_name().to_owned(),
            tls: self.tls,
            envelope,
            content,
            judgement,
            accepted: reply.code.is_success(),
            reply: reply.clone(),
        });
    }
}
