//! A session whose peer does what no honest client does: it waits for its answers, and is shut out in the end.

use std::net::IpAddr;
use std::time::Duration;

use bytes::BytesMut;
use postamt_mail::reply::Reply;
use postamt_mail::server::{Step, Violation};
use postamt_store::bans::Offence;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::login::{Failed, LoginError, Refusal};
use super::session::Session;
use crate::flow::{Channel, Identity};
use crate::guard::{self, Judgement, Sighting};

/// How long strangers wait for the greeting of port 25.
const GREETING_PAUSE: Duration = Duration::from_secs(1);

impl Session {
    /// Counts an offence and waits as long as it deserves; with the words that end the session when it was the last
    /// one. A user of this host is not counted.
    pub(super) async fn offended(&self, sighting: impl Into<Sighting<'_>>) -> Option<Reply> {
        let peer = self.peer?;
        let Judgement { delay, .. } = guard::note(&self.context, peer, sighting.into());
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(delay) => {}
        }
        self.kept_out()
    }

    /// The words that end a session whose peer has been banned meanwhile.
    pub(super) fn kept_out(&self) -> Option<Reply> {
        let peer = self.peer.filter(|peer| guard::is_kept_out(&self.context, *peer))?;
        Some(farewell(self.context.settings().hostname.as_str(), peer))
    }

    /// Counts a login that failed by the client's fault.
    pub(super) async fn login_offended(&self, failed: &Failed) -> Option<Reply> {
        let Some(offence) = of_login(&failed.error) else { return self.kept_out() };
        self.offended(Sighting { offence, name: Some(&failed.name), guess: failed.guess }).await
    }

    /// Lets a stranger wait a moment for the greeting, and counts it when it speaks before that, as those do who pour mail
    /// out without listening. False when it has gone.
    pub async fn hear_early(&mut self, stream: &mut TcpStream, input: &mut BytesMut) -> bool {
        let heard = tokio::select! {
            () = self.stop.cancelled() => return true,
            heard = tokio::time::timeout(GREETING_PAUSE, stream.read_buf(input)) => heard,
        };
        match heard {
            // RFC 5321 §4.3.1: the client waits for the greeting.
            Err(_) => return true,
            Ok(Ok(0) | Err(_)) => return false,
            Ok(Ok(_)) => {}
        }
        if let Step::Violation(violation) = self.machine.advance(input) {
            self.on_violation(violation).await;
        }
        true
    }

    /// The session is over: who has asked on a port for users what logins there are, and tried none, was looking for
    /// servers to guess at.
    pub fn note_scan(&self) {
        let is_for_users = matches!(self.channel, Channel::Submission | Channel::Submissions);
        let is_idle = matches!(self.identity, Identity::Anonymous) && !self.has_begun;
        if let (Some(peer), Some(_)) = (self.peer, self.machine.hello())
            && is_for_users
            && is_idle
            && !self.stop.is_cancelled()
        {
            guard::note(&self.context, peer, Offence::Scan.into());
        }
    }
}

/// What a failed login is to the guard.
pub(super) const fn of_login(error: &LoginError) -> Option<Offence> {
    match error {
        LoginError::Refused(Refusal::UnknownAccount) => Some(Offence::UnknownAccount),
        LoginError::Refused(Refusal::WrongPassword) => Some(Offence::WrongPassword),
        // Whoever knows the password does not guess.
        LoginError::Refused(Refusal::Disabled | Refusal::OutOfScope(_))
        | LoginError::Exchange(_)
        | LoginError::Accounts(_) => None,
    }
}

/// 421 and not 554: a ban ends, and mail of an honest server that shares the address must not bounce.
fn farewell(hostname: &str, peer: IpAddr) -> Reply {
    Reply::new(421, (4, 7, 0), format!("{hostname} takes nothing from {peer} for a while: too many offences"))
}

/// What a violation of the protocol is to the guard; `None` where it has a harmless cause, too.
pub(super) const fn offence_of(violation: Violation) -> Option<Offence> {
    match violation {
        Violation::EarlyTalker | Violation::Pipelining => Some(Offence::Impatience),
        Violation::PipelinedBeforeTls | Violation::BareLineEndingInData => Some(Offence::Smuggling),
        Violation::ForeignProtocol => Some(Offence::ForeignProtocol),
        Violation::LoginNotOffered => Some(Offence::LoginNotOffered),
        // Each failed login has counted already. The others are what broken programs do.
        Violation::TooManyLogins
        | Violation::BareLineEnding
        | Violation::NulOctet
        | Violation::LineTooLong
        | Violation::TooManyErrors
        | Violation::UnexpectedTls
        | Violation::UnframedChunk => None,
    }
}
