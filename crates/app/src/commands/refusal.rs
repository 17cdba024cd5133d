//! The last refusal of a message, explained: whose matter it is, what helps, and whether a relay could carry the mail.

use postamt_mail::refusals::{self, Fault, Recognised};
use postamt_mail::words::Words;
use postamt_mta::handle::Why;
use postamt_store::history::{AttemptRecord, MessageRecord};

use super::relay_only;

/// What there is to say of the last attempt; nothing where it was no refusal that is known.
pub fn lines(why: &Why, history: &MessageRecord, words: &Words) -> Vec<String> {
    let Some(attempt) = history.attempts.last() else { return Vec::new() };
    let host =
        attempt.remote.as_deref().and_then(|remote| remote.split([' ', '[']).next()).unwrap_or_default();
    let Some(found) = refusals::recognise(Some(host), &attempt.reply) else { return Vec::new() };
    let mut lines = refusals::explanation(&found, host, words);
    if found.pattern.fault == Fault::Address && attempt.route == "direct" {
        lines.extend(way_out(why, &found, provider_word(&found, attempt, history), words));
    }
    lines
}

/// The relay that carries this provider's mail, or the command that would have it do so.
fn way_out(why: &Why, found: &Recognised, word: Option<String>, words: &Words) -> Option<String> {
    let word = word?;
    if let Some(fact) = why.providers.iter().find(|fact| fact.provider == word) {
        return Some(relay_only::line(fact, words));
    }
    let relay = why.relays.first()?;
    let name = found.provider.map_or(word.as_str(), |provider| provider.name.as_str());
    let values = [("provider", name.into()), ("word", (&word).into()), ("relay", relay.into())];
    Some(words.get("relay-only-offer", &values))
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
