//! Whether what a case asked for is there now: the PTR record that leads back, or no entry on the list, its test points first; of
//! a mailbox provider, that it has taken a message since. Asks DNS and the history; what cannot be found out is not there.

use postamt_mail::address::Domain;
use postamt_net::dns::Resolver;
use postamt_store::cases::{Case, CaseAbout, Lister, WantedName};
use postamt_store::history::History;

use crate::blocklists::BlockList;
use crate::unblock::delisting::{self, Mailbox, Said};
use crate::unblock::rdns::{self, Standing};

/// What it is seen with.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// DNS.
    pub resolver: &'a dyn Resolver,
    /// What became of the mail.
    pub history: &'a dyn History,
    /// The blocklists.
    pub lists: &'a [BlockList],
    /// The mailbox providers.
    pub mailboxes: &'a [Mailbox],
}

/// Whether it is there. Port 25 is watched elsewhere, and never seen here.
pub async fn is_seen(case: &Case, eyes: Eyes<'_>, now: u64) -> bool {
    match &case.subject.about {
        CaseAbout::Port25 => false,
        CaseAbout::Ptr { wanted } => are_pointers_right(wanted, eyes, now).await,
        CaseAbout::Delisting { by: Lister::List(id), listed, .. } => is_off(id, listed, eyes, now).await,
        CaseAbout::Delisting { by: Lister::Mailbox(id), listed, .. } => {
            let Some(mailbox) = eyes.mailboxes.iter().find(|it| it.is_called(id)) else { return false };
            // Before it was asked, a message that passes proves nothing.
            let Some(since) = case.sent_at() else { return false };
            delisting::has_taken(eyes.history, mailbox, listed, since).await.unwrap_or_default()
        }
    }
}

async fn are_pointers_right(wanted: &[WantedName], eyes: Eyes<'_>, now: u64) -> bool {
    for WantedName { address, name } in wanted {
        let Ok(name) = Domain::new(name) else { return false };
        let pointer = rdns::look(eyes.resolver, *address, &name, now).await;
        if pointer.standing() != Standing::Confirmed {
            return false;
        }
    }
    !wanted.is_empty()
}

async fn is_off(id: &str, listed: &[String], eyes: Eyes<'_>, now: u64) -> bool {
    let Some(list) = eyes.lists.iter().find(|list| list.id == id) else { return false };
    let listings = delisting::listings(eyes.resolver, list, listed, now).await;
    !listings.is_empty() && listings.iter().all(|listing| listing.said == Said::NotListed)
}
