//! The way off a list, or back to a mailbox provider, for the user: what was seen, what to mend first, where to ask, when it
//! ends by itself, and that nothing is to be paid.

use postamt_mail::words::{Value, Words};

use super::{By, Listing, Mailbox, Refusal, Said, Whom, answers};
use crate::blocklists::{Advice, BlockList, Importance};
use crate::unblock::base::{Certainty, name_of};

/// In full.
#[must_use]
pub fn text(whom: &Whom<'_>, words: &Words) -> String {
    match whom {
        Whom::List(list, listings) => of_list(whom, list, listings, words),
        Whom::Mailbox(mailbox, refusal) => of_mailbox(mailbox, *refusal, words),
    }
    .join("\n")
}

fn of_list(whom: &Whom<'_>, list: &BlockList, listings: &[Listing], words: &Words) -> Vec<String> {
    let language = words.language();
    let name = || [("name", Value::from(&list.name))];
    let mut lines = vec![list.name.clone()];
    lines.extend(listings.iter().flat_map(|listing| seen(list, listing, words)));
    let is_listed = answers(listings).next().is_some();
    if !is_listed && listings.iter().all(|listing| listing.said == Said::NotListed) && !listings.is_empty() {
        lines.push(words.get("delist-nothing-to-do", &name()));
        return lines;
    }
    for advice in whom.advices() {
        let advice_name = name_of(advice);
        lines.push(words.get(&format!("delist-mend-{advice_name}"), &name()));
    }
    let removal = &list.removal;
    lines.extend(removal.mend.as_ref().map(|text| text.get(language).to_owned()));
    let mut told: Vec<&str> = Vec::new();
    for (_, answer) in answers(listings) {
        let text = removal.by_code.get(&answer.code).map(|text| text.get(language));
        if let Some(text) = text.filter(|text| !told.contains(text)) {
            told.push(text);
        }
    }
    lines.extend(told.into_iter().map(str::to_owned));
    for advice in whom.advices() {
        let page =
            removal.url.as_ref().or(list.lookup_url.as_ref()).cloned().unwrap_or_else(|| "-".to_owned());
        let values = [("name", Value::from(&list.name)), ("page", page.into())];
        lines.push(words.get(&format!("delist-way-{}", name_of(advice)), &values));
    }
    let mut say = |id: &str, text: Option<&crate::unblock::base::Bilingual>| {
        lines.extend(text.map(|text| words.get(id, &[("text", text.get(language).into())])));
    };
    say("delist-fields", removal.fields.as_ref());
    say("delist-ends", removal.ends.as_ref());
    lines.extend(removal.note.as_ref().map(|text| text.get(language).to_owned()));
    if removal.paid {
        lines.push(words.get("delist-do-not-pay", &[]));
    }
    if list.importance <= Importance::Low && !whom.advices().contains(&Advice::Nothing) {
        lines.push(words.get("delist-hardly-asked", &[]));
    }
    if list.confidence != Certainty::High {
        lines.push(words.get("delist-not-sure", &[]));
    }
    lines
}

/// What the list says, and how the name looked that was asked for.
fn seen(list: &BlockList, listing: &Listing, words: &Words) -> Vec<String> {
    let values = |why: &str| {
        [
            ("name", Value::from(&list.name)),
            ("about", (&listing.about).into()),
            ("time", words.time(listing.at).into()),
            ("why", why.to_owned().into()),
        ]
    };
    match &listing.said {
        Said::NotListed => vec![words.get("delist-seen-not-listed", &values(""))],
        Said::Unknown(_) if list.zone.is_none() => vec![words.get("delist-seen-not-asked", &values(""))],
        Said::Unknown(why) => vec![words.get("delist-seen-unknown", &values(why))],
        Said::Listed(answers) => {
            let mut lines = vec![words.get("delist-seen-listed", &values(""))];
            lines.extend(answers.iter().map(|it| {
                format!("  {} IN A {}  {}", listing.asked, it.code, it.text).trim_end().to_owned()
            }));
            lines
        }
    }
}

fn of_mailbox(mailbox: &Mailbox, refusal: Option<&Refusal>, words: &Words) -> Vec<String> {
    let language = words.language();
    let mut lines = vec![mailbox.name.clone()];
    match refusal {
        Some(refusal) => {
            lines.push(words.get("delist-seen-refusal", &[("time", words.time(refusal.at).into())]));
            lines.push(format!("  {}: {}", refusal.host, refusal.reply));
        }
        None => lines.push(words.get("delist-seen-no-refusal", &[])),
    }
    lines.push(words.get("delist-looks-at", &[("text", mailbox.mend.get(language).into())]));
    for channel in mailbox.channels_for(refusal.map(|it| it.reply.as_str())) {
        let id = match (channel.by, channel.to.is_some()) {
            (By::Form, _) => "delist-by-form",
            (By::Email, _) => "delist-by-email",
            (By::Page, true) => "delist-by-page",
            (By::Page, false) => "delist-by-page-of-refusal",
            (By::Provider, _) => "delist-by-provider",
            (By::Wait, _) => "delist-by-wait",
        };
        let to = channel.to.clone().unwrap_or_default();
        lines.push(words.get(id, &[("to", to.into()), ("when", channel.when.get(language).into())]));
        if let Some(asks) = &channel.asks {
            lines.push(words.get("delist-fields", &[("text", asks.get(language).into())]));
        }
    }
    if let Some(ends) = &mailbox.ends {
        lines.push(words.get("delist-ends", &[("text", ends.get(language).into())]));
    }
    if mailbox.confidence != Certainty::High || !mailbox.unverified.is_empty() {
        lines.push(words.get("delist-not-sure", &[]));
    }
    lines
}
