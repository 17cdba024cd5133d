//! Puts the letter together: opening, the provider's fields, the state of the server, promises, closing, annex.

use postamt_mail::words::{Value, Words};

use super::fields::{self, Filled};
use super::{Case, Claim, Letter, Purpose, Sender, Volume, annex, claims};
use crate::unblock::base::{Item, Provider};

/// Promises, in the order in which they are made.
const PROMISES: [&str; 4] =
    ["letter-promise-consent", "letter-promise-complaints", "letter-promise-updates", "letter-promise-terms"];

/// The letter.
#[must_use]
pub fn compose(case: &Case<'_>, words: &Words) -> Letter {
    let (claims, left_out) = claims::judge(case, words);
    let Filled { fields, told, promised, blanks } = fields::fill(case, &claims, words);
    // The usual fields are for a form alone: they take nothing out of the text.
    let is_asked = case.provider.is_some_and(|it| !it.request.contents.is_empty());
    let has = |about| is_asked && fields.iter().any(|field| field.about == about);
    let mut to_fill_in = blanks;
    let mut opening = opening(case, &claims, !has(fields::About::Use), words);
    if !has(fields::About::Why) {
        opening.push(words.get(for_purpose(case.sender, WHY), &[]));
    }
    if !has(fields::About::NotRelay) {
        opening.push(words.get(for_purpose(case.sender, NOT_RELAY), &[]));
    }
    if !has(fields::About::Volume) {
        opening.extend(case.sender.volume.as_ref().map(|volume| self::volume(volume, words)));
    }
    let is_told = |claim: &Claim| is_asked && told.contains(&claim.id);
    let is_elsewhere = |claim: &Claim| matches!(claim.id, "block" | "control") || is_told(claim);
    let state = (0..claims.len()).filter(|place| !is_elsewhere(&claims[*place]));
    let subject = subject(case, words, &mut to_fill_in);
    let closing = signed(case.sender, true, words, &mut to_fill_in);
    to_fill_in.sort();
    to_fill_in.dedup();
    Letter {
        language: words.language().tag(),
        subject,
        opening,
        fields: fields.into_iter().map(|it| it.field).collect(),
        fields_are_the_providers: is_asked,
        state_heading: words.get("letter-state-heading", &[("time", words.time(case.at).into())]),
        state: state.collect(),
        promises: PROMISES
            .iter()
            .filter(|id| !(is_asked && promised.contains(id)))
            .map(|id| words.get(id, &[]))
            .collect(),
        promised: all_promises(&promised).map(|id| words.get(id, &[])).collect(),
        closing,
        annex: annex::lines(case, &claims, words),
        claims,
        left_out,
        to_fill_in,
    }
}

/// Those of every letter, then those of this provider's fields.
fn all_promises<'a>(in_fields: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    PROMISES.into_iter().chain(in_fields.iter().copied().filter(|id| !PROMISES.contains(id)))
}

pub(in crate::unblock) const OPENING: [&str; 2] = ["letter-opening-own-mta", "letter-opening-application"];
pub(super) const USE: [&str; 2] = ["letter-use-own-mta", "letter-use-application"];
pub(super) const KIND: [&str; 2] = ["letter-kind-own-mta", "letter-use-application"];
pub(super) const WHY: [&str; 2] = ["letter-why-own-mta", "letter-why-application"];
pub(super) const NOT_RELAY: [&str; 2] = ["letter-not-relay-own-mta", "letter-not-relay-application"];

/// Which of two sentences fits the sender: that of a mail server of one's own, or that of an application.
pub(in crate::unblock) const fn for_purpose(
    sender: &Sender,
    [own_mta, application]: [&'static str; 2],
) -> &'static str {
    match sender.purpose {
        Purpose::OwnMta => own_mta,
        Purpose::Application => application,
    }
}

/// Host, domains and addresses, for any sentence.
pub(in crate::unblock) fn values<'a>(sender: &'a Sender, words: &Words) -> Vec<(&'static str, Value<'a>)> {
    let addresses: Vec<String> = sender.addresses.iter().map(ToString::to_string).collect();
    vec![
        ("host", (&sender.host).into()),
        ("domains", list(&sender.domains, words).into()),
        ("count", sender.domains.len().into()),
        ("addresses", list(&addresses, words).into()),
        ("number", addresses.len().into()),
    ]
}

fn opening(case: &Case<'_>, claims: &[Claim], describes: bool, words: &Words) -> Vec<String> {
    let sender = case.sender;
    let values = values(sender, words);
    let mut who = vec![words.get(for_purpose(sender, OPENING), &values)];
    if !sender.addresses.is_empty() {
        who.push(words.get("letter-addresses", &values));
    }
    let stated = sender.description.as_ref().filter(|_| describes);
    who.extend(
        stated.map(|text| words.get("letter-description", &[("text", text.trim_end_matches('.').into())])),
    );
    let fact = |id| claims.iter().find(|claim| claim.id == id).map(|claim| claim.text.clone());
    let block: Vec<String> = [fact("block"), fact("control")].into_iter().flatten().collect();
    let paragraphs = [who, block, vec![request(sender, words), words.get("letter-terms", &[])]];
    paragraphs.into_iter().filter(|it| !it.is_empty()).map(|it| it.join(" ")).collect()
}

/// What is asked for.
fn request(sender: &Sender, words: &Words) -> String {
    words.get("letter-request", &values(sender, words))
}

/// How much mail, in a sentence.
pub(super) fn volume(volume: &Volume, words: &Words) -> String {
    match volume {
        // One day says nothing of how many there are on others.
        Volume::Measured { days, on: 1, high, .. } => {
            words.get("letter-volume-one-day", &[("days", (*days).into()), ("high", (*high).into())])
        }
        Volume::Measured { days, low, high, .. } if low == high => {
            words.get("letter-volume-even", &[("days", (*days).into()), ("high", (*high).into())])
        }
        Volume::Measured { days, low, high, .. } => words.get(
            "letter-volume-measured",
            &[("days", (*days).into()), ("low", (*low).into()), ("high", (*high).into())],
        ),
        Volume::Stated { text } => {
            words.get("letter-volume-stated", &[("text", text.trim_end_matches('.').into())])
        }
    }
}

/// A blank for what the user alone knows.
pub(in crate::unblock) fn blank(what: &str, words: &Words) -> String {
    words.get("letter-blank", &[("what", what.into())])
}

fn subject(case: &Case<'_>, words: &Words, to_fill_in: &mut Vec<String>) -> String {
    let is_prescribed = |provider: &&Provider| provider.request.contents.contains(&Item::SubjectLine);
    if case.provider.filter(is_prescribed).is_none() {
        return words.get("letter-subject", &values(case.sender, words));
    }
    let server = or_blank(case.sender.customer.as_ref(), "letter-blank-server", words, to_fill_in);
    words.get("letter-subject-prescribed", &[("server", server.into())])
}

/// What the user said, or a blank that is noted.
pub(super) fn or_blank(
    said: Option<&String>,
    id: &str,
    words: &Words,
    to_fill_in: &mut Vec<String>,
) -> String {
    said.cloned().unwrap_or_else(|| {
        let what = words.get(id, &[]);
        to_fill_in.push(what.clone());
        blank(&what, words)
    })
}

/// The last paragraphs: the offer to tell more, the name, and the customer's number where the provider is asked.
pub(in crate::unblock) fn signed(
    sender: &Sender,
    is_customer: bool,
    words: &Words,
    to_fill_in: &mut Vec<String>,
) -> Vec<String> {
    let name = or_blank(sender.name.as_ref(), "letter-blank-name", words, to_fill_in);
    let mut end = format!("{}\n{name}", words.get("letter-regards", &[]));
    if is_customer {
        let customer = or_blank(sender.customer.as_ref(), "letter-blank-customer", words, to_fill_in);
        end.push_str(&format!("\n{}", words.get("letter-customer", &[("number", customer.into())])));
    }
    vec![words.get("letter-closing", &[]), end]
}

/// `a, b and c`.
pub(in crate::unblock) fn list(items: &[String], words: &Words) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => {
            words.get("letter-list", &[("first", first.join(", ").into()), ("last", last.into())])
        }
    }
}
