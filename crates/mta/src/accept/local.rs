//! Local submission: a UNIX socket on which the `sendmail` command speaks SMTP. Who is at the other end is told by
//! the kernel (`SO_PEERCRED`), so there is nothing to log in with.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use bytes::BytesMut;
use postamt_mail::server::{Security, Server, ServerProfile};
use tokio::net::{UnixListener, UnixStream};

use super::limits::{Owner, turn_away};
use super::listener::Shared;
use super::session::Session;
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Channel, Identity, RECIPIENT_LIMIT};

/// Binds the socket. One that a dead server has left is replaced; a living server's is an error.
///
/// # Errors
/// What the system says, or `AddrInUse`.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    if path.exists() {
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            let words = format!("{} is served by another process", path.display());
            return Err(io::Error::new(io::ErrorKind::AddrInUse, words));
        }
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    // Every user may send; what each may send is decided by who it is.
    fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}

/// Accepts until the server stops.
pub async fn serve(listener: UnixListener, shared: Shared) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.context.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let shared = shared.clone();
                shared.context.tasks.clone().spawn(async move { connection(&shared, stream).await });
            }
            Err(error) => {
                shared
                    .context
                    .event(Event::Warning { what: format!("cannot accept local connections: {error}") });
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

/// Who a user of this host is to us.
#[must_use]
pub fn identity(context: &Context, uid: u32) -> Identity {
    let trusted = context.settings().local_submission.trusted_users.contains(&uid);
    Identity::LocalUser { uid, trusted }
}

async fn connection(shared: &Shared, mut stream: UnixStream) {
    let Ok(credentials) = stream.peer_cred() else { return };
    let settings = shared.context.settings();
    let (owner, limits) = (Owner::User(credentials.uid()), &settings.limits);
    // One user's runaway script must leave descriptors for all others.
    let Ok(_place) = shared.sessions.enter(owner, limits.sessions, limits.sessions_per_peer) else {
        return turn_away(&mut stream, settings.hostname.as_str(), "has too many sessions").await;
    };
    let profile = ServerProfile {
        hostname: settings.hostname.to_string(),
        greeting: "ESMTP Postamt".to_owned(),
        size_limit: settings.limits.message_bytes,
        recipient_limit: settings.limits.recipients.min(RECIPIENT_LIMIT),
        header_limit: settings.limits.header_bytes,
        starttls: false,
        mechanisms: Vec::new(),
        auth_required: false,
        starttls_required: false,
        lmtp: false,
        local: true,
    };
    let machine = Server::new(Arc::new(profile), Security::Clear);
    let identity = identity(&shared.context, credentials.uid());
    let (context, logins) = (shared.context.clone(), shared.logins.clone());
    let mut session = Session::new(context, logins, machine, Channel::Sendmail, identity, None);
    session.machine.greet();
    let mut input = BytesMut::new();
    session.run(&mut stream, &mut input).await;
}
