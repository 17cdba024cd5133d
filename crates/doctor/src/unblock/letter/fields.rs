//! What a provider wants to be told, in its order, each with an answer: a fact of the claims, something of the sender, a
//! promise, or a blank. Where the knowledge base names nothing, a form gets what is usual.

use postamt_mail::words::Words;

use super::compose::{KIND, NOT_RELAY, USE, WHY, blank, for_purpose, or_blank, values, volume};
use super::{Case, Claim, Field, Purpose, Volume};
use crate::unblock::base::{Item, name_of};

/// What a form usually asks.
pub(super) const USUAL: [Item; 15] = [
    Item::WhoYouAre,
    Item::ContractNumber,
    Item::MailHost,
    Item::Addresses,
    Item::Domains,
    Item::UseCase,
    Item::WhyPort25,
    Item::WhyNot587,
    Item::Volume,
    Item::ReverseRecord,
    Item::SpfDkimDmarc,
    Item::NotListed,
    Item::NoOpenRelay,
    Item::Prevention,
    Item::Terms,
];

/// What of the letter's own paragraphs a field makes superfluous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Why,
    NotRelay,
    Volume,
    Use,
    Other,
}

#[derive(Debug)]
pub(super) struct Told {
    pub field: Field,
    pub about: About,
}

#[derive(Debug, Default)]
pub(super) struct Filled {
    pub fields: Vec<Told>,
    /// Claims that stand in a field.
    pub told: Vec<&'static str>,
    /// Promises that stand in a field.
    pub promised: Vec<&'static str>,
    pub blanks: Vec<String>,
}

/// An answer.
enum Answer {
    Text(String),
    Claims(&'static [&'static str]),
    Promises(&'static [&'static str]),
    /// The user must give it.
    Blank,
    /// It is no field.
    Elsewhere,
}

/// Fills them; `helpful` ones only where there is an answer.
pub(super) fn fill(case: &Case<'_>, claims: &[Claim], words: &Words) -> Filled {
    let mut filled = Filled::default();
    let request = case.provider.map(|provider| &provider.request);
    let asked = request.map(|it| it.contents.as_slice()).filter(|it| !it.is_empty());
    let helpful = request.filter(|_| asked.is_some()).map(|it| it.helpful.as_slice()).unwrap_or_default();
    for item in asked.unwrap_or(&USUAL) {
        add(*item, true, case, claims, words, &mut filled);
    }
    for item in helpful {
        add(*item, false, case, claims, words, &mut filled);
    }
    filled
}

fn add(item: Item, is_asked: bool, case: &Case<'_>, claims: &[Claim], words: &Words, filled: &mut Filled) {
    let name = name_of(item);
    let (label, what) = (format!("letter-field-{name}"), words.get(&format!("provider-item-{name}"), &[]));
    // Most have a label of their own; the others are called as the user knows them from the advice.
    let label = if words.has(&label) { words.get(&label, &[]) } else { capital(&what) };
    let value = match answer(item, case, words, &mut filled.blanks) {
        Answer::Text(text) => text,
        Answer::Promises(ids) => {
            let fresh: Vec<&'static str> =
                ids.iter().copied().filter(|id| !filled.promised.contains(id)).collect();
            filled.promised.extend(&fresh);
            // What another field says already is said again only where there is nothing else to say.
            let said = if fresh.is_empty() { ids.to_vec() } else { fresh };
            said.iter().map(|id| words.get(id, &[])).collect::<Vec<_>>().join(" ")
        }
        Answer::Elsewhere => return,
        Answer::Blank if is_asked => {
            filled.blanks.push(what.clone());
            blank(&words.get("letter-blank-field", &[]), words)
        }
        Answer::Blank => return,
        Answer::Claims(ids) => {
            let said: Vec<&Claim> =
                claims.iter().filter(|it| ids.contains(&it.id) && !filled.told.contains(&it.id)).collect();
            filled.told.extend(said.iter().map(|claim| claim.id));
            // What is not proven is not said, and has been named to the user.
            if said.is_empty() {
                return;
            }
            said.iter().map(|claim| claim.text.as_str()).collect::<Vec<_>>().join(" ")
        }
    };
    let about = match item {
        Item::WhyPort25 => About::Why,
        Item::WhyNot587 => About::NotRelay,
        Item::Volume => About::Volume,
        Item::UseCase | Item::MailKind => About::Use,
        _ => About::Other,
    };
    filled.fields.push(Told { field: Field { label, value }, about });
}

fn answer(item: Item, case: &Case<'_>, words: &Words, blanks: &mut Vec<String>) -> Answer {
    let sender = case.sender;
    let values = values(sender, words);
    let text = |id: &str| Answer::Text(words.get(id, &values));
    let lines =
        |lines: Vec<String>| if lines.is_empty() { Answer::Blank } else { Answer::Text(lines.join("\n")) };
    match item {
        Item::Addresses => lines(sender.addresses.iter().map(ToString::to_string).collect()),
        Item::Domains => lines(sender.domains.clone()),
        Item::MailHost | Item::Server => Answer::Text(sender.host.clone()),
        Item::ReverseNames => {
            let pair = |address: &std::net::IpAddr| format!("{address}: {}", sender.host);
            lines(sender.addresses.iter().map(pair).collect())
        }
        Item::ReverseRecord | Item::ForwardRecord | Item::HeloMatches => Answer::Claims(&["reverse"]),
        Item::SpfDkimDmarc | Item::DnsProof => Answer::Claims(&["spf", "dkim", "dmarc"]),
        Item::Authentication => Answer::Claims(&["spf", "dkim"]),
        Item::NotListed => Answer::Claims(&["listed"]),
        Item::NoOpenRelay => Answer::Claims(&["relay"]),
        Item::UseCase | Item::MailKind => match &sender.description {
            Some(text) => Answer::Text(text.clone()),
            None if item == Item::MailKind => text(for_purpose(sender, KIND)),
            None => text(for_purpose(sender, USE)),
        },
        Item::WhyPort25 => text(for_purpose(sender, WHY)),
        Item::WhyNot587 => text(for_purpose(sender, NOT_RELAY)),
        Item::Volume => match &sender.volume {
            Some(Volume::Stated { text }) => Answer::Text(text.clone()),
            Some(volume) => Answer::Text(self::volume(volume, words)),
            None => Answer::Blank,
        },
        Item::Prevention => Answer::Promises(&["letter-promise-consent", "letter-promise-complaints"]),
        Item::NoBulk => Answer::Promises(&["letter-promise-consent"]),
        Item::Terms => Answer::Promises(&["letter-promise-terms", "letter-promise-consent"]),
        Item::AbuseAnswer => Answer::Promises(&["letter-promise-abuse-answer"]),
        Item::Software if sender.purpose == Purpose::OwnMta => {
            sender.software.clone().map_or(Answer::Blank, Answer::Text)
        }
        Item::WhoYouAre => Answer::Text(or_blank(sender.name.as_ref(), "letter-blank-name", words, blanks)),
        Item::ContractNumber => {
            Answer::Text(or_blank(sender.customer.as_ref(), "letter-blank-customer", words, blanks))
        }
        // The opening asks for it.
        Item::SubjectLine | Item::FilterRemoval => Answer::Elsewhere,
        _ => Answer::Blank,
    }
}

/// With a capital at the beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
