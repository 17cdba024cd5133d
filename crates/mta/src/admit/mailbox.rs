//! RCPT for a domain whose mail goes into Maildirs: is there such a mailbox? Asked before the mail is taken, so that
//! an unknown user is the sender's matter and not a notice of ours to an address that may be forged.
//!
//! A user has a mailbox when the directory exists whose name has `{local}` in it; postmaster@ and abuse@ always have
//! one (RFC 5321 §4.5.1, RFC 2142), made with the first message. The file system is asked on a thread of its own.

use std::io;

use postamt_mail::address::Address;
use postamt_mail::reply::Reply;

use crate::plan::routes;
use crate::send::maildir::{self, UnsafeName};
use crate::settings::{LocalTarget, Settings};

/// Asks for the mailbox of a recipient; those of other destinations are not ours to know.
///
/// # Errors
/// 550 5.1.1 when there is none, 451 4.3.0 when that cannot be told.
pub async fn exists(settings: &Settings, recipient: &Address) -> Result<(), Reply> {
    let domain = recipient.domain();
    let local = settings.local_domains.iter().find(|local| Some(&local.domain) == domain);
    let Some(LocalTarget::Maildir(template)) = local.map(|local| &local.target) else { return Ok(()) };
    match maildir::user_directory(template, recipient) {
        Err(UnsafeName) => Err(unknown(recipient)),
        Ok(None) => Ok(()),
        Ok(Some(_)) if routes::is_role(recipient) => Ok(()),
        Ok(Some(directory)) => {
            let found = tokio::task::spawn_blocking(move || maildir::is_user(&directory)).await;
            found.map_err(io::Error::other).flatten().map_or_else(
                |error| Err(unknown_now(recipient, &error)),
                |exists| if exists { Ok(()) } else { Err(unknown(recipient)) },
            )
        }
    }
}

/// The path is nobody's business outside.
fn unknown_now(recipient: &Address, error: &io::Error) -> Reply {
    let words = format!("the mailbox of {recipient} cannot be looked up now ({})", error.kind());
    Reply::new(451, (4, 3, 0), words)
}

fn unknown(recipient: &Address) -> Reply {
    Reply::new(550, (5, 1, 1), format!("there is no mailbox {recipient} here"))
}
