//! Off a blocklist, or admitted again by a mailbox provider: what was seen, what to mend first, the way, and the letter.
//!
//! ```text
//! look (DNS, history) ─▶ Listing, Refusal ─▶ guide: cause, way, when it ends, whether to pay
//!                                        └─▶ Plea ─▶ compose ─▶ Letter
//! ```
//!
//! Where an entry ends by itself or nobody can be asked there is no letter ([`Whom::is_to_ask`]), and the guide says so. A
//! letter claims a listing or a refusal only where it was seen.

mod compose;
pub mod guide;
mod look;
pub mod mailboxes;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use crate::blocklists::{Advice, BlockList};

use super::letter::{Evidence, Sender};

pub use compose::compose;
pub use look::{Answer, Listing, Refusal, Said, has_taken, listings, refusal};
pub use mailboxes::{By, Mailbox};

/// Who lists or refuses.
#[derive(Debug, Clone, Copy)]
pub enum Whom<'a> {
    /// A blocklist, with what it says.
    List(&'a BlockList, &'a [Listing]),
    /// A mailbox provider, with its last refusal.
    Mailbox(&'a Mailbox, Option<&'a Refusal>),
}

/// Everything that a letter is made of.
#[derive(Debug, Clone, Copy)]
pub struct Plea<'a> {
    /// Who lists or refuses.
    pub whom: Whom<'a>,
    /// Who asks.
    pub sender: &'a Sender,
    /// What was found out about this host.
    pub evidence: &'a [Evidence],
    /// Now, seconds since 1970.
    pub at: u64,
}

impl Whom<'_> {
    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::List(list, _) => &list.name,
            Self::Mailbox(mailbox, _) => &mailbox.name,
        }
    }

    /// Its name without what stands in brackets, for letters.
    #[must_use]
    pub fn short_name(&self) -> &str {
        let name = self.name();
        name.split_once(" (").map_or(name, |(short, _)| short)
    }

    /// What to do, by the answers of the list; each once.
    #[must_use]
    pub fn advices(&self) -> Vec<Advice> {
        let Self::List(list, listings) = self else { return Vec::new() };
        let mut found: Vec<Advice> = Vec::new();
        for advice in answers(listings).map(|(_, answer)| answer.advice) {
            if !found.contains(&advice) {
                found.push(advice);
            }
        }
        // Who must move has nobody to ask, whatever else the list says (DROP comes with SBL).
        if found.contains(&Advice::Move) {
            return vec![Advice::Move];
        }
        // Nothing was seen: what holds for the list.
        if found.is_empty() { vec![list.advice] } else { found }
    }

    /// Somebody is asked for something.
    #[must_use]
    pub fn is_to_ask(&self) -> bool {
        match self {
            Self::List(_, listings) => {
                answers(listings).next().is_some() && self.advices().into_iter().any(can_be_asked)
            }
            Self::Mailbox(mailbox, refusal) => {
                let channels = mailbox.channels_for(refusal.map(|it| it.reply.as_str()));
                channels.iter().any(|channel| channel.by != By::Wait)
            }
        }
    }

    /// The letter goes to whoever holds the network, and not to the list or the mailbox provider.
    #[must_use]
    pub fn is_for_provider(&self) -> bool {
        match self {
            Self::List(..) => {
                let mut asked = self.advices().into_iter().filter(|advice| can_be_asked(*advice)).peekable();
                asked.peek().is_some() && asked.all(|advice| advice == Advice::Provider)
            }
            Self::Mailbox(mailbox, _) => mailbox.channels.iter().all(|channel| channel.by == By::Provider),
        }
    }

    /// The addresses and domains that are listed, or else that were looked up; these addresses of ours where a mailbox
    /// provider refuses without naming one.
    #[must_use]
    pub fn abouts(&self, addresses: &[IpAddr]) -> Vec<String> {
        match self {
            Self::List(_, listings) => {
                let some_are = listings.iter().any(Listing::is_listed);
                let abouts = listings.iter().filter(|it| !some_are || it.is_listed());
                abouts.map(|listing| listing.about.clone()).collect()
            }
            Self::Mailbox(_, refusal) => match refusal.and_then(|it| it.source.clone()) {
                Some(source) => vec![source],
                None => addresses.iter().map(ToString::to_string).collect(),
            },
        }
    }
}

/// Everything that lists answered, with what it is about.
fn answers(listings: &[Listing]) -> impl Iterator<Item = (&Listing, &Answer)> {
    listings.iter().flat_map(|listing| {
        let answers = match &listing.said {
            Said::Listed(answers) => answers.as_slice(),
            Said::NotListed | Said::Unknown(_) => &[],
        };
        answers.iter().map(move |answer| (listing, answer))
    })
}

const fn can_be_asked(advice: Advice) -> bool {
    match advice {
        Advice::SelfService
        | Advice::Form
        | Advice::Account
        | Advice::Provider
        | Advice::Policy
        | Advice::Exploited => true,
        Advice::Expires | Advice::Backscatter | Advice::Move | Advice::Nothing => false,
    }
}
