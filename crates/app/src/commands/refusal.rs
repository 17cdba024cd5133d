//! The last refusal of a message, explained: whose matter it is, what helps, and whether a relay could carry the mail.
//! [`lines`] says it in sentences, [`meaning`] in JSON.

use postamt_mail::refusals::{self, Fault, Kind, Recognised, Remedy};
use postamt_mail::words::Words;
use postamt_mta::handle::Why;
use postamt_store::history::{AttemptRecord, MessageRecord};
use serde::Serialize;

use super::relay_only;

/// The last attempt, when it was a refusal that is known.
struct Refused<'a> {
    attempt: &'a AttemptRecord,
    history: &'a MessageRecord,
    host: &'a str,
    found: Recognised,
}

/// What can be done about it beside what the provider wants.
enum WayOut {
    /// This provider's mail already goes by a relay: the line that says so.
    Taken(String),
    /// It could.
    Offered { provider: String, word: String, relay: String },
}

/// A refusal, for programs.
#[derive(Debug, Serialize)]
pub struct Meaning {
    provider: Option<&'static str>,
    kind: Kind,
    fault: Fault,
    remedy: Remedy,
    /// The page of the blocklist that the reply names.
    list: Option<&'static str>,
    /// The command that has this provider's mail go by a relay.
    offer: Option<String>,
}

/// What there is to say of the last attempt; nothing where it was no refusal that is known.
pub fn lines(why: &Why, words: &Words) -> Vec<String> {
    let Some(refused) = Refused::of(why) else { return Vec::new() };
    let mut lines = refusals::explanation(&refused.found, refused.host, words);
    lines.extend(refused.way_out(why, words).map(|way| match way {
        WayOut::Taken(line) => line,
        WayOut::Offered { provider, word, relay } => {
            let values = [("provider", provider.into()), ("word", word.into()), ("relay", relay.into())];
            words.get("relay-only-offer", &values)
        }
    }));
    lines
}

/// Likewise.
pub fn meaning(why: &Why, words: &Words) -> Option<Meaning> {
    let refused = Refused::of(why)?;
    let offer = match refused.way_out(why, words) {
        Some(WayOut::Offered { word, relay, .. }) => {
            Some(format!("postamt relay only {word} --relay {relay}"))
        }
        _ => None,
    };
    let Recognised { provider, pattern, list } = refused.found;
    let provider = provider.map(|provider| provider.id.as_str());
    Some(Meaning {
        provider,
        kind: pattern.kind,
        fault: pattern.fault,
        remedy: pattern.remedy,
        list: list.map(|list| list.page.as_str()),
        offer,
    })
}

impl<'a> Refused<'a> {
    fn of(why: &'a Why) -> Option<Self> {
        let history = why.history.as_ref()?;
        let attempt = history.attempts.last()?;
        let remote = attempt.remote.as_deref();
        let host = remote.and_then(|remote| remote.split([' ', '[']).next()).unwrap_or_default();
        let found = refusals::recognise(Some(host), &attempt.reply)?;
        Some(Self { attempt, history, host, found })
    }

    fn way_out(&self, why: &Why, words: &Words) -> Option<WayOut> {
        if self.found.pattern.fault != Fault::Address || self.attempt.route != "direct" {
            return None;
        }
        let word = provider_word(&self.found, self.attempt, self.history)?;
        if let Some(fact) = why.providers.iter().find(|fact| fact.provider == word) {
            return Some(WayOut::Taken(relay_only::line(fact, words)));
        }
        let relay = why.relays.first()?.clone();
        let provider = self.found.provider.map_or(word.clone(), |provider| provider.name.clone());
        Some(WayOut::Offered { provider, word, relay })
    }
}

/// What `relay only` takes for it: the known provider, else the recipient's domain.
fn provider_word(found: &Recognised, attempt: &AttemptRecord, history: &MessageRecord) -> Option<String> {
    if let Some(provider) = found.provider {
        return Some(provider.id.clone());
    }
    let number = attempt.recipients.first()?;
    let (_, domain) = history.recipients.get(usize::from(*number))?.rsplit_once('@')?;
    Some(domain.to_owned())
}
