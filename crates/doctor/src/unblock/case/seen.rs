//! How that stands which a case asked for: the PTR record that leads back, or no entry on the list, its test points first; of a
//! mailbox provider, that it has taken a message since, or refuses this host again. Asks DNS and the history; what cannot be
//! found out is [`Sight::Unknown`], neither there nor lost.

use postamt_mail::address::Domain;
use postamt_net::dns::Resolver;
use postamt_store::cases::{Case, CaseAbout, CaseStage, Lister, WantedName};
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

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// All of it is there.
    There,
    /// This of it was seen not to be.
    Lacking(CaseAbout),
    /// It was not looked, or could not be found out.
    Unknown,
}

/// How `about` stands, what the case asked for or that part of it that still counts. Port 25 is watched elsewhere, and
/// never seen here.
pub async fn look(case: &Case, about: &CaseAbout, eyes: Eyes<'_>, now: u64) -> Sight {
    match about {
        CaseAbout::Port25 => Sight::Unknown,
        CaseAbout::Ptr { wanted } => pointers(wanted, eyes, now).await,
        CaseAbout::Delisting { by: Lister::List(id), listed, .. } => {
            let Some(list) = eyes.lists.iter().find(|list| list.id == *id) else { return Sight::Unknown };
            entries(about, list, listed, eyes, now).await
        }
        CaseAbout::Delisting { by: Lister::Mailbox(id), listed, .. } => {
            let Some(mailbox) = eyes.mailboxes.iter().find(|it| it.is_called(id)) else {
                return Sight::Unknown;
            };
            match case.stage() {
                CaseStage::Confirmed => refusals(case, about, mailbox, listed, eyes).await,
                _ => deliveries(case, mailbox, listed, eyes).await,
            }
        }
    }
}

/// A name that does not lead back any more is our own zone's matter: nothing was taken away.
async fn pointers(wanted: &[WantedName], eyes: Eyes<'_>, now: u64) -> Sight {
    let (mut confirmed, mut lacking) = (0, Vec::new());
    for wish in wanted {
        let Ok(name) = Domain::new(&wish.name) else { continue };
        match rdns::look(eyes.resolver, wish.address, &name, now).await.standing() {
            Standing::Confirmed => confirmed += 1,
            Standing::ToBeSet => lacking.push(wish.clone()),
            Standing::ForwardFirst | Standing::NotKnown => {}
        }
    }
    match lacking.is_empty() {
        false => Sight::Lacking(CaseAbout::Ptr { wanted: lacking }),
        true if confirmed > 0 && confirmed == wanted.len() => Sight::There,
        true => Sight::Unknown,
    }
}

async fn entries(about: &CaseAbout, list: &BlockList, abouts: &[String], eyes: Eyes<'_>, now: u64) -> Sight {
    let listings = delisting::listings(eyes.resolver, list, abouts, now).await;
    let there: Vec<String> =
        listings.iter().filter(|listing| listing.is_listed()).map(|listing| listing.about.clone()).collect();
    let is_off = listings.iter().all(|listing| listing.said == Said::NotListed);
    match about {
        CaseAbout::Delisting { by, name, .. } if !there.is_empty() => {
            Sight::Lacking(CaseAbout::Delisting { by: by.clone(), name: name.clone(), listed: there })
        }
        _ if is_off && !listings.is_empty() => Sight::There,
        _ => Sight::Unknown,
    }
}

async fn deliveries(case: &Case, mailbox: &Mailbox, listed: &[String], eyes: Eyes<'_>) -> Sight {
    // Before it was asked, a message that passes proves nothing.
    let Some(since) = case.sent_at() else { return Sight::Unknown };
    match delisting::has_taken(eyes.history, mailbox, listed, since).await {
        Ok(true) => Sight::There,
        Ok(false) | Err(_) => Sight::Unknown,
    }
}

/// The last word since it was confirmed; a refusal that is no matter of the address is none of the case's.
async fn refusals(
    case: &Case,
    about: &CaseAbout,
    mailbox: &Mailbox,
    listed: &[String],
    eyes: Eyes<'_>,
) -> Sight {
    let since = case.since().unwrap_or_default();
    match delisting::refusal(eyes.history, mailbox, since).await {
        Ok(Some(refusal)) if refusal.is_of(listed) => Sight::Lacking(about.clone()),
        Ok(_) | Err(_) => Sight::Unknown,
    }
}
