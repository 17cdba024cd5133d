//! A login after it was made: held to the limits of its app password, looked up again while a session lasts, and the
//! last use of an app password written down.
//!
//! A hash that was only made anew at another cost is no change: the SCRAM keys are those of the same password.

use std::net::IpAddr;
use std::sync::Arc;

use postamt_store::accounts::{AccountError, Accounts, AppPassword, LastUse};

use super::login::{Failed, LoginError, Progress, Refusal};
use super::session::Session;
use crate::admit::device::{self, OutOfScope};
use crate::context::Context;
use crate::events::Event;
use crate::flow::LoggedIn;

/// A use from the same address is written down once in so many seconds.
const USE_HOLDS: u64 = 60;

impl Session {
    /// A login by an app password counts only where and while that may be used.
    pub(super) fn in_scope(&self, progress: Result<Progress, Failed>) -> Result<Progress, Failed> {
        let progress = progress?;
        let (Progress::Final(_, login) | Progress::Done(login)) = &progress else { return Ok(progress) };
        match self.may_use(login.device.as_ref()) {
            Ok(()) => Ok(progress),
            Err(why) => Err(Failed {
                name: login.account.name.clone(),
                error: LoginError::Refused(Refusal::OutOfScope(why)),
                guess: None,
            }),
        }
    }

    pub(super) fn may_use(&self, device: Option<&AppPassword>) -> Result<(), OutOfScope> {
        device.map_or(Ok(()), |device| device::may_log_in(device, self.peer, self.context.now()))
    }
}

/// The login with the rights of now; `None` when it would not be let in any more.
///
/// # Errors
/// The accounts cannot be read.
pub async fn look_again(accounts: &dyn Accounts, login: &LoggedIn) -> Result<Option<LoggedIn>, AccountError> {
    let Some(account) = accounts.find(&login.account.name).await? else { return Ok(None) };
    if !account.enabled {
        return Ok(None);
    }
    let Some(device) = &login.device else {
        let is_same = account.scram == login.account.scram;
        return Ok(is_same.then(|| LoggedIn::itself(account)));
    };
    let devices = accounts.app_passwords(&account.name).await?;
    let same = devices.into_iter().find(|known| known.name == device.name && known.digest == device.digest);
    Ok(same.map(|device| LoggedIn { account, device: Some(device) }))
}

/// Writes the use down, in a task of its own; the login does not wait for it and does not fail by it.
pub fn note_use(context: &Arc<Context>, device: Option<&AppPassword>, from: Option<IpAddr>) {
    let Some(device) = device else { return };
    let now = LastUse { at: context.now(), from };
    let is_known = |last: LastUse| last.from == from && now.at < last.at.saturating_add(USE_HOLDS);
    if device.last_use.is_some_and(is_known) {
        return;
    }
    let (context, account, name) = (context.clone(), device.account.clone(), device.name.clone());
    context.tasks.clone().spawn(async move {
        if let Err(error) = context.ports.accounts.note_use(account, name, now).await {
            context.event(Event::Warning { what: error.to_string() });
        }
    });
}
