//! One session at a relay service: drives the SMTP machine, in clear until STARTTLS or under TLS from the start,
//! and asks for a login before anything else.
//!
//! A session ends when the client leaves, is idle for too long or breaks the line; there is nobody to tell.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postamt_mail::reply::Reply;
use postamt_mail::sasl::login::{Login, LoginStep};
use postamt_mail::sasl::{Mechanism, PlainMessage, SaslError};
use postamt_mail::server::{Security, Server, ServerProfile, Step};
use rustls::{ProtocolVersion, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::counter::{Counter, Visitor};
use super::{RELAY_LOGIN, RELAY_PASSWORD};
use crate::receiver::TlsVersion;

const IDLE: Duration = Duration::from_secs(60);
const HANDSHAKE: Duration = Duration::from_secs(20);

/// What the sessions of one service share.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) profile: Arc<ServerProfile>,
    pub(super) tls: Arc<ServerConfig>,
    /// Who takes the mail; `None` where no login succeeds.
    pub(super) counter: Option<Arc<Counter>>,
}

/// Holds one session to its end.
pub(super) async fn hold(desk: Arc<Desk>, mut stream: TcpStream, peer: SocketAddr, implicit_tls: bool) {
    // Replies are small and awaited: Nagle's algorithm would only hold them back.
    let _ = stream.set_nodelay(true);
    let security = if implicit_tls { Security::Tls } else { Security::Clear };
    let server = Server::new(Arc::clone(&desk.profile), security);
    let mut session =
        Session { desk, peer, server, input: BytesMut::with_capacity(8192), login: None, tls: None };
    if !implicit_tls {
        session.server.greet();
        if !matches!(session.converse(&mut stream).await, Ok(End::Upgrade)) {
            return;
        }
    }
    let Some(mut stream) = session.handshake(stream).await else { return };
    if implicit_tls {
        session.server.greet();
    } else {
        session.server.tls_established();
    }
    // Whatever ends it ends only this session.
    let _ = session.converse(&mut stream).await;
    let _ = stream.shutdown().await;
}

enum End {
    Upgrade,
    Closed,
}

struct Session {
    desk: Arc<Desk>,
    peer: SocketAddr,
    server: Server,
    input: BytesMut,
    /// A LOGIN that has begun.
    login: Option<Login>,
    tls: Option<TlsVersion>,
}

/// What a login has come to.
enum Attempt {
    Challenge(&'static [u8]),
    Done(PlainMessage),
}

impl Session {
    async fn handshake(&mut self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.desk.tls));
        let stream = timeout(HANDSHAKE, acceptor.accept(stream)).await.ok()?.ok()?;
        self.tls = Some(match stream.get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => TlsVersion::Tls12,
            _ => TlsVersion::Tls13,
        });
        Some(stream)
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
                Step::Authenticate { mechanism, initial } => {
                    let attempt = self.begin(mechanism, initial.as_deref());
                    self.answer_login(attempt);
                }
                Step::AuthenticateResponse(response) => {
                    let attempt = self.go_on(&response);
                    self.answer_login(attempt);
                }
                Step::Mail(request) => {
                    let refusal = self.counter().and_then(|counter| counter.objection_to(&request.sender));
                    self.server.answer(refusal.unwrap_or_else(|| Reply::new(250, (2, 1, 0), "ok")));
                }
                Step::Recipient(_) => self.server.answer(Reply::new(250, (2, 1, 5), "ok")),
                Step::Message(message) => {
                    let reply = match self.desk.counter.clone() {
                        Some(counter) => counter.take(self.visitor(), message).await,
                        None => Reply::new(550, (5, 7, 1), "nobody sends here"),
                    };
                    self.server.answer(reply);
                }
                Step::Violation(_) => {}
                Step::StartTls => {
                    self.flush(stream).await?;
                    return Ok(End::Upgrade);
                }
                Step::Close => {
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

    fn counter(&self) -> Option<&Counter> {
        self.desk.counter.as_deref()
    }

    fn visitor(&self) -> Visitor {
        let hello = self.server.hello().map_or_else(String::new, |hello| hello.name.clone());
        Visitor { peer: self.peer, hello, tls: self.tls }
    }

    fn begin(&mut self, mechanism: Mechanism, initial: Option<&[u8]>) -> Result<Attempt, SaslError> {
        self.login = None;
        if mechanism == Mechanism::Login {
            let (login, step) = Login::start(initial)?;
            self.login = Some(login);
            return Ok(step.into());
        }
        match initial {
            Some(message) => PlainMessage::parse(message).map(Attempt::Done),
            None => Ok(Attempt::Challenge(b"")),
        }
    }

    fn go_on(&mut self, response: &[u8]) -> Result<Attempt, SaslError> {
        match &mut self.login {
            Some(login) => login.response(response).map(Attempt::from),
            None => PlainMessage::parse(response).map(Attempt::Done),
        }
    }

    fn answer_login(&mut self, attempt: Result<Attempt, SaslError>) {
        match attempt {
            Ok(Attempt::Challenge(words)) => self.server.challenge(words),
            Ok(Attempt::Done(message)) if self.is_customer(&message) => {
                self.server.authenticated(Reply::new(235, (2, 7, 0), "Authentication successful"));
            }
            _ => {
                let reply = Reply::new(535, (5, 7, 8), "Authentication Credentials Invalid");
                self.server.authentication_failed(reply);
            }
        }
    }

    fn is_customer(&self, message: &PlainMessage) -> bool {
        let known = self.desk.counter.is_some();
        known && message.user == RELAY_LOGIN && message.password.as_str() == RELAY_PASSWORD
    }
}

impl From<LoginStep> for Attempt {
    fn from(step: LoginStep) -> Self {
        match step {
            LoginStep::Challenge(words) => Self::Challenge(words),
            LoginStep::Done(message) => Self::Done(message),
        }
    }
}
