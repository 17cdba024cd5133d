//! Listening ports: bound once, accepted from until the server stops, each connection a task of its own.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::BytesMut;
use postamt_mail::sasl::Mechanism;
use postamt_mail::sasl::scram::{BindingKind, ChannelBinding, EXPORTER_LABEL};
use postamt_mail::server::{Phase, Security, Server, ServerProfile};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::limits::{Full, Owner, Place, Sessions, turn_away};
use super::login::{self, Logins};
use super::session::{Ended, Session};
use super::tls::ServerTls;
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Channel, Identity, RECIPIENT_LIMIT};
use crate::guard;
use crate::settings::{Listener, Purpose, Settings};

/// Connections that the kernel keeps for us.
const BACKLOG: u32 = 4096;
/// How long a TLS handshake may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);
/// The pause after `accept` failed for want of file descriptors.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);

/// What all listeners share.
#[derive(Clone)]
pub struct Shared {
    /// The server's handles.
    pub context: Arc<Context>,
    /// Logins.
    pub logins: Arc<Logins>,
    /// The certificate.
    pub tls: Arc<ServerTls>,
    /// The session count.
    pub sessions: Arc<Sessions>,
}

/// A listener that is bound.
pub struct Bound {
    /// Its settings.
    pub listener: Listener,
    /// The real address (port 0 resolved).
    pub address: SocketAddr,
    socket: TcpListener,
}

/// Binds a port.
///
/// # Errors
/// What the system says: in use, not permitted.
pub fn bind(listener: &Listener) -> io::Result<Bound> {
    let socket = if listener.address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    if listener.address.is_ipv6() {
        rustix::net::sockopt::set_ipv6_v6only(&socket, true)?;
    }
    socket.bind(listener.address)?;
    let socket = socket.listen(BACKLOG)?;
    Ok(Bound { listener: listener.clone(), address: socket.local_addr()?, socket })
}

/// Takes over a socket that somebody else has opened.
///
/// # Errors
/// It is none of the runtime's, or its address is not told.
pub fn adopt(listener: &Listener, socket: std::net::TcpListener) -> io::Result<Bound> {
    let socket = TcpListener::from_std(socket)?;
    Ok(Bound { listener: listener.clone(), address: socket.local_addr()?, socket })
}

/// Accepts until the server stops.
pub async fn serve(bound: Bound, shared: Shared) {
    let Bound { listener, socket, .. } = bound;
    let listener = Arc::new(listener);
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.context.stop.cancelled() => return,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (shared, listener) = (shared.clone(), listener.clone());
                shared
                    .context
                    .tasks
                    .clone()
                    .spawn(async move { connection(&shared, &listener, stream, peer.ip()).await });
            }
            Err(error) => {
                // A peer that is gone already, or no file descriptors left: neither ends the listener.
                if is_exhausted(&error) {
                    shared
                        .context
                        .event(Event::Warning { what: format!("cannot accept connections: {error}") });
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
            }
        }
    }
}

fn is_exhausted(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM))
}

async fn connection(shared: &Shared, listener: &Listener, mut stream: TcpStream, peer: IpAddr) {
    let peer = peer.to_canonical();
    let settings = shared.context.settings();
    if guard::knocks(&shared.context, peer) {
        return keep_out(listener, &settings, stream).await;
    }
    let limits = &settings.limits;
    let place = match shared.sessions.enter(Owner::of(peer), limits.sessions, limits.sessions_per_peer) {
        Ok(place) => place,
        Err(full) => return refuse(shared, listener, &settings, stream, peer, full).await,
    };
    shared.context.counters.sessions.fetch_add(1, Ordering::Relaxed);
    // Replies are small and the client waits for them.
    let _ = stream.set_nodelay(true);
    let security = if listener.purpose == Purpose::Submissions { Security::Tls } else { Security::Clear };
    let mut session = new_session(shared, listener, &settings, peer, security);
    let mut input = BytesMut::new();
    if security == Security::Clear {
        let pauses = session.channel == Channel::Exchange && !guard::is_spared(&shared.context, peer);
        if pauses && !session.hear_early(&mut stream, &mut input).await {
            return;
        }
        // Who was shut out for talking before it has its 421, and is not greeted on top of that.
        if session.machine.phase() == Phase::Greeting {
            session.machine.greet();
        }
        if session.run(&mut stream, &mut input).await == Ended::Closed {
            return session.note_scan();
        }
        input.clear();
    }
    secure(shared, stream, session, security, place).await;
}

async fn refuse(
    shared: &Shared,
    listener: &Listener,
    settings: &Settings,
    mut stream: TcpStream,
    peer: IpAddr,
    full: Full,
) {
    let why = match full {
        Full::Total => "has too many sessions",
        Full::Peer => "has too many sessions from your address",
    };
    shared.context.event(Event::Session {
        peer: Some(peer),
        channel: channel_of(listener.purpose).name(),
        what: why.to_owned(),
    });
    // On an implicit TLS port no plain word can be said.
    if listener.purpose != Purpose::Submissions {
        turn_away(&mut stream, settings.hostname.as_str(), why).await;
    }
}

/// Not a word in the log: a ban is told once, and who is banned may come back without end.
async fn keep_out(listener: &Listener, settings: &Settings, mut stream: TcpStream) {
    if listener.purpose != Purpose::Submissions {
        turn_away(&mut stream, settings.hostname.as_str(), "takes nothing from your address for a while")
            .await;
    }
}

/// The part of a session under TLS.
async fn secure(shared: &Shared, stream: TcpStream, mut session: Session, before: Security, place: Place) {
    let acceptor = TlsAcceptor::from(shared.tls.config());
    let handshake = tokio::select! {
        biased;
        () = shared.context.stop.cancelled() => return,
        handshake = tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)) => handshake,
    };
    let mut stream = match handshake {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return note_handshake(shared, &session, &error.to_string()),
        Err(_) => return note_handshake(shared, &session, "it stalled"),
    };
    session.tls = description(&stream);
    session.binding = login::Channel { bindings: bindings(&stream, shared.tls.end_point()) };
    match before {
        Security::Clear => session.machine.tls_established(),
        Security::Tls => session.machine.greet(),
    }
    let mut input = BytesMut::new();
    session.run(&mut stream, &mut input).await;
    session.note_scan();
    drop(place);
}

fn note_handshake(shared: &Shared, session: &Session, why: &str) {
    shared.context.event(Event::Session {
        peer: session.peer,
        channel: session.channel.name(),
        what: format!("TLS handshake failed: {why}"),
    });
}

fn description(stream: &TlsStream<TcpStream>) -> Option<(String, String)> {
    let (_, connection) = stream.get_ref();
    let version = match connection.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3",
        rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2",
        _ => "TLS",
    };
    let suite = connection.negotiated_cipher_suite()?.suite();
    Some((version.to_owned(), suite.as_str().unwrap_or("unknown").to_owned()))
}

/// What SCRAM-PLUS can bind to (RFC 9266, RFC 5929).
fn bindings(stream: &TlsStream<TcpStream>, end_point: Option<Vec<u8>>) -> Vec<ChannelBinding> {
    let (_, connection) = stream.get_ref();
    let mut bindings = Vec::with_capacity(2);
    // RFC 9266 §4.2: on TLS 1.2 the exporter is safe only with the extended master secret.
    let is_current = connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
    let exported = is_current
        .then(|| connection.export_keying_material(vec![0_u8; 32], EXPORTER_LABEL, Some(b"")).ok())
        .flatten();
    if let Some(data) = exported {
        bindings.push(ChannelBinding { kind: BindingKind::TlsExporter, data });
    }
    bindings.extend(end_point.map(|data| ChannelBinding { kind: BindingKind::TlsServerEndPoint, data }));
    bindings
}

fn channel_of(purpose: Purpose) -> Channel {
    match purpose {
        Purpose::Exchange => Channel::Exchange,
        Purpose::Submission => Channel::Submission,
        Purpose::Submissions => Channel::Submissions,
    }
}

fn new_session(
    shared: &Shared,
    listener: &Listener,
    settings: &Settings,
    peer: IpAddr,
    security: Security,
) -> Session {
    let trusted = listener.relay_networks.iter().any(|network| network.contains(peer));
    let identity = if trusted { Identity::RelayNetwork } else { Identity::Anonymous };
    let submission = listener.purpose != Purpose::Exchange;
    let profile = ServerProfile {
        hostname: settings.hostname.to_string(),
        greeting: "ESMTP Postamt".to_owned(),
        size_limit: settings.limits.message_bytes,
        recipient_limit: settings.limits.recipients.min(RECIPIENT_LIMIT),
        header_limit: settings.limits.header_bytes,
        starttls: true,
        mechanisms: if submission { mechanisms() } else { Vec::new() },
        auth_required: submission && !trusted,
        starttls_required: submission && !trusted,
        lmtp: false,
        local: false,
    };
    let machine = Server::new(Arc::new(profile), security);
    let (context, logins) = (shared.context.clone(), shared.logins.clone());
    Session::new(context, logins, machine, channel_of(listener.purpose), identity, Some(peer))
}

fn mechanisms() -> Vec<Mechanism> {
    vec![Mechanism::ScramSha256Plus, Mechanism::ScramSha256, Mechanism::Plain, Mechanism::Login]
}
