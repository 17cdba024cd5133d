//! A session whose peer does what no honest client does: it waits for its answers, and is shut out in the end.

use std::net::IpAddr;

use postamt_mail::reply::Reply;
use postamt_mail::server::Violation;
use postamt_store::bans::Offence;

use super::login::{Failed, LoginError, Refusal};
use super::session::Session;
use crate::guard::{self, Judgement};

impl Session {
    /// Counts an offence and waits as long as it deserves; with the words that end the session when it was the last
    /// one. A user of this host is not counted.
    pub(super) async fn offended(&self, offence: Offence, account: Option<&str>) -> Option<Reply> {
        let peer = self.peer?;
        let Judgement { delay, .. } = guard::note(&self.context, peer, offence, account);
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
        let offence = match &failed.error {
            LoginError::Refused(Refusal::UnknownAccount) => Offence::UnknownAccount,
            LoginError::Refused(Refusal::WrongPassword) => Offence::WrongPassword,
            // Whoever knows the password of a disabled account does not guess.
            LoginError::Refused(Refusal::Disabled) | LoginError::Exchange(_) | LoginError::Accounts(_) => {
                return self.kept_out();
            }
        };
        self.offended(offence, Some(&failed.name)).await
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
