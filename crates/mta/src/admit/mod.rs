//! Who may send what to whom: pure functions from the proven identity, the envelope and the settings to yes or a
//! reply. Nothing else in the server decides about relaying. `docs/relaying.md` has the table with all its cases, made
//! from these functions; in short:
//!
//! | identity | any recipient | own roles and local domains | sender |
//! |---|---|---|---|
//! | anybody, port 25 | 550 5.7.1 | yes | not an own domain |
//! | anybody, 587/465 | 530 5.7.0 (by the session) | 530 | – |
//! | a named relay network | yes | yes | any |
//! | an account | yes | yes | its own addresses and domains, in the envelope and in `From` |
//! | a user of this host | yes | yes | own domains; trusted users anything |

pub mod device;
pub mod filters;
pub mod mailbox;

use postamt_mail::address::{Address, Domain, Host};
use postamt_mail::envelope::ReversePath;
use postamt_mail::header::prepare::{LINE_LIMIT, Prepared, RECEIVED_LIMIT};
use postamt_mail::reply::Reply;
use postamt_store::accounts::SendAs;

use crate::flow::{Channel, Identity, LoggedIn};
use crate::plan::routes;
use crate::settings::Settings;

/// MAIL: may this identity use this envelope sender?
///
/// # Errors
/// The reply that refuses it.
pub fn sender(settings: &Settings, identity: &Identity, sender: &ReversePath) -> Result<(), Reply> {
    let Some(address) = sender else {
        // The null path is everybody's: notices, read receipts (RFC 5321 §4.5.5).
        return Ok(());
    };
    if address.domain().is_none() {
        // No notice could be sent there, since no mail goes to address literals.
        let words = "a sender with an address literal cannot be answered: use the domain name";
        return Err(Reply::new(550, (5, 1, 7), words));
    }
    match identity {
        Identity::Anonymous => match address.domain() {
            Some(domain) if routes::is_own(settings, domain) => Err(Reply::new(
                550,
                (5, 7, 1),
                format!("mail from {domain} is sent by its own users only: log in on port 465 or 587"),
            )),
            _ => Ok(()),
        },
        Identity::RelayNetwork | Identity::LocalUser { trusted: true, .. } => Ok(()),
        Identity::LocalUser { trusted: false, uid } => match address.domain() {
            Some(domain) if routes::is_own(settings, domain) => Ok(()),
            _ => Err(not_yours(&format!("uid:{uid}"), address)),
        },
        Identity::Account(login) => match may_send_as(login, address) {
            true => Ok(()),
            false => Err(not_yours(&who(login, address), address)),
        },
    }
}

fn not_yours(login: &str, address: &Address) -> Reply {
    Reply::new(550, (5, 7, 1), format!("{login} may not send as {address}"))
}

/// Who lacks the right: the device alone, where its account has it.
fn who(login: &LoggedIn, address: &Address) -> String {
    let name = &login.account.name;
    match &login.device {
        Some(device) if covers(&login.account.send_as, address) => {
            format!("the app password {} of {name}", device.name)
        }
        _ => name.clone(),
    }
}

/// Whether a login owns an address: its account does, and the device may use it.
#[must_use]
pub fn may_send_as(login: &LoggedIn, address: &Address) -> bool {
    let device_may = |device: &postamt_store::accounts::AppPassword| {
        device.send_as.is_empty() || covers(&device.send_as, address)
    };
    covers(&login.account.send_as, address) && login.device.as_ref().is_none_or(device_may)
}

fn covers(rights: &[SendAs], address: &Address) -> bool {
    rights.iter().any(|right| match right {
        SendAs::Any => true,
        // Case is ignored on both sides: nobody has two mailboxes that differ in it.
        SendAs::Address(own) => own.eq_ignore_ascii_case(&address.to_string()),
        SendAs::Domain(own) => {
            address.domain().is_some_and(|domain| domain.as_str().eq_ignore_ascii_case(own))
        }
    })
}

/// Whether a login may send as anything at all, and its `From` is therefore not looked at.
fn is_unbound(login: &LoggedIn) -> bool {
    let any = |rights: &[SendAs]| rights.contains(&SendAs::Any);
    any(&login.account.send_as)
        && login.device.as_ref().is_none_or(|device| device.send_as.is_empty() || any(&device.send_as))
}

/// RCPT: may this identity send to this recipient by this channel?
///
/// # Errors
/// The reply that refuses it.
pub fn recipient(
    settings: &Settings,
    identity: &Identity,
    channel: Channel,
    recipient: &Address,
) -> Result<(), Reply> {
    let Host::Domain(domain) = recipient.host() else {
        let words = "mail to address literals is not accepted: use the domain name";
        return Err(Reply::new(550, (5, 1, 2), words));
    };
    let ours = is_local(settings, domain) || routes::is_postmaster(settings, recipient);
    match identity {
        Identity::Anonymous if !ours => Err(relaying_denied(recipient)),
        // An address inside an address is an old way to make a server relay (RFC 5321 §F.2).
        Identity::Anonymous if has_routing_characters(recipient.local()) => Err(relaying_denied(recipient)),
        Identity::Anonymous if channel != Channel::Exchange => {
            Err(Reply::new(530, (5, 7, 0), "log in first (AUTH)"))
        }
        _ => Ok(()),
    }
}

fn is_local(settings: &Settings, domain: &Domain) -> bool {
    settings.local_domains.iter().any(|local| local.domain == *domain)
}

fn relaying_denied(recipient: &Address) -> Reply {
    Reply::new(
        550,
        (5, 7, 1),
        format!("relaying to {recipient} is denied: this server sends for its own users"),
    )
}

fn has_routing_characters(local: &str) -> bool {
    local.contains(['%', '!', '@', ':', '/', '|', '\\'])
}

/// The end of data: is this content acceptable from this identity?
///
/// # Errors
/// The reply that refuses it.
pub fn content(settings: &Settings, identity: &Identity, prepared: &Prepared) -> Result<(), Reply> {
    if prepared.received_count > RECEIVED_LIMIT {
        return Err(Reply::new(
            554,
            (5, 4, 6),
            "the message has passed through too many servers: a mail loop",
        ));
    }
    // What strangers send to our own people is only handed on, and stays as it came.
    if prepared.longest_line > LINE_LIMIT && !matches!(identity, Identity::Anonymous) {
        let words = format!("a line is longer than {LINE_LIMIT} octets (RFC 5321 section 4.5.3.1.6)");
        return Err(Reply::new(550, (5, 6, 0), words));
    }
    author(settings, identity, prepared)
}

/// `From` must belong to the login: exactly one field, every address in it (RFC 6409 §6.1).
fn author(settings: &Settings, identity: &Identity, prepared: &Prepared) -> Result<(), Reply> {
    let login = match identity {
        Identity::Anonymous | Identity::RelayNetwork | Identity::LocalUser { trusted: true, .. } => {
            return Ok(());
        }
        Identity::Account(login) if is_unbound(login) => return Ok(()),
        Identity::Account(login) => login.account.name.clone(),
        Identity::LocalUser { uid, .. } => format!("uid:{uid}"),
    };
    if prepared.from_fields != 1 || prepared.from.is_empty() || prepared.from_malformed > 0 {
        let words =
            "the message must have exactly one From field with valid addresses (RFC 5322 section 3.6)";
        return Err(Reply::new(550, (5, 7, 1), words));
    }
    let foreign = prepared.from.iter().find(|address| match identity {
        Identity::Account(login) => !may_send_as(login, address),
        _ => !address.domain().is_some_and(|domain| routes::is_own(settings, domain)),
    });
    match foreign {
        Some(address) => {
            let login = match identity {
                Identity::Account(account) => who(account, address),
                _ => login,
            };
            let words = format!("{login} may not send as {address} (From field)");
            Err(Reply::new(550, (5, 7, 1), words))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
