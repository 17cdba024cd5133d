//! The letter to a list, a mailbox provider, or whoever holds the network: who asks, what was seen, what the user found to be
//! the cause and has done about it (blanks: nobody else knows), the state of the server.

use postamt_mail::words::Words;

use super::{Plea, Refusal, Whom, answers};
use crate::blocklists::Advice;
use crate::unblock::letter::claims::{Backing, judge_others};
use crate::unblock::letter::compose::{OPENING, blank, for_purpose, list, signed, values};
use crate::unblock::letter::{Case, Claim, Evidence, Field, LeftOut, Letter, State};

/// What port 25 has to do with, and what a listing contradicts.
const NOT_SAID: [&str; 3] = ["block", "control", "listed"];
/// A mailbox provider is told that no list has the address.
const NOT_SAID_TO_MAILBOX: [&str; 2] = ["block", "control"];
const PROMISES: [&str; 3] = ["letter-promise-consent", "letter-promise-complaints", "letter-promise-updates"];

/// The letter.
#[must_use]
pub fn compose(plea: &Plea<'_>, words: &Words) -> Letter {
    let not_said: &[&str] =
        if matches!(plea.whom, Whom::List(..)) { &NOT_SAID } else { &NOT_SAID_TO_MAILBOX };
    let case =
        Case { provider: None, sender: plea.sender, evidence: plea.evidence, probe: None, at: plea.at };
    let (mut claims, mut left_out) = judge_others(&case, not_said, words);
    imprint(plea, words, &mut claims, &mut left_out);
    let state = (0..claims.len()).collect();
    let seen = seen(plea, words);
    if seen.is_empty() {
        left_out.insert(0, unseen(plea, words));
    }
    let mut to_fill_in = Vec::new();
    let mut opening = vec![who(plea, words)];
    opening.extend(seen.iter().map(|claim| claim.text.clone()));
    let cause = cause(plea, words, &mut to_fill_in);
    opening.extend([cause.clone(), request(plea, words)]);
    if let (Whom::Mailbox(..), true) = (plea.whom, seen.is_empty()) {
        let what = words.get("delist-blank-refusal", &[]);
        opening.insert(1, words.get("delist-refusal", &[("text", blank(&what, words).into())]));
        to_fill_in.push(what);
    }
    let fields = fields(plea, &seen, &cause, words);
    let promises: Vec<String> = PROMISES.iter().map(|id| words.get(id, &[])).collect();
    let closing = signed(plea.sender, plea.whom.is_for_provider(), words, &mut to_fill_in);
    claims.extend(seen);
    to_fill_in.sort();
    to_fill_in.dedup();
    Letter {
        language: words.language().tag(),
        subject: words.get(of(plea, "delist-subject"), &about(plea, words)),
        opening,
        fields,
        fields_are_the_providers: false,
        state_heading: words.get("letter-state-heading", &[("time", words.time(plea.at).into())]),
        state,
        promises: promises.clone(),
        promised: promises,
        closing,
        annex: Vec::new(),
        claims,
        left_out,
        to_fill_in,
    }
}

/// The sentence for whom it goes to.
fn of(plea: &Plea<'_>, id: &str) -> &'static str {
    let is_list = matches!(plea.whom, Whom::List(..));
    match (id, is_list, plea.whom.is_for_provider()) {
        ("delist-subject", true, false) => "delist-subject-list",
        ("delist-subject", true, true) => "delist-subject-provider",
        ("delist-subject", false, _) => "delist-subject-mailbox",
        (_, true, false) => "delist-request-list",
        (_, true, true) => "delist-request-provider",
        (_, false, true) => "delist-request-mailbox-provider",
        (_, false, false) => "delist-request-mailbox",
    }
}

fn about<'a>(plea: &'a Plea<'_>, words: &Words) -> Vec<(&'static str, postamt_mail::words::Value<'a>)> {
    let abouts = plea.whom.abouts(&plea.sender.addresses);
    let count = abouts.len();
    vec![
        ("name", plea.whom.short_name().into()),
        ("host", (&plea.sender.host).into()),
        ("abouts", list(&abouts, words).into()),
        ("count", count.into()),
    ]
}

fn who(plea: &Plea<'_>, words: &Words) -> String {
    let values = values(plea.sender, words);
    let mut said = vec![words.get(for_purpose(plea.sender, OPENING), &values)];
    if !plea.sender.addresses.is_empty() {
        said.push(words.get("letter-addresses", &values));
    }
    said.join(" ")
}

/// The listings, or the refusal.
fn seen(plea: &Plea<'_>, words: &Words) -> Vec<Claim> {
    match plea.whom {
        Whom::List(_, listings) => {
            let claim = |(listing, answer): (&super::Listing, &super::Answer)| {
                let meaning = match answer.text.as_str() {
                    // That says the sentence itself.
                    "" | "listed" => String::new(),
                    text => words.get("delist-meaning", &[("text", text.into())]),
                };
                let values = [
                    ("time", words.time(listing.at).into()),
                    ("name", plea.whom.short_name().into()),
                    ("about", (&listing.about).into()),
                    ("code", answer.code.to_string().into()),
                    ("meaning", meaning.into()),
                ];
                Claim {
                    id: "listing",
                    text: words.get("delist-claim-listing", &values),
                    backed_by: vec![Backing {
                        id: "blocklists.listed".to_owned(),
                        about: listing.about.clone(),
                        at: listing.at,
                    }],
                }
            };
            answers(listings).map(claim).collect()
        }
        Whom::Mailbox(_, refusal) => {
            refusal.map(|refusal| refused(plea, refusal, words)).into_iter().collect()
        }
    }
}

fn refused(plea: &Plea<'_>, refusal: &Refusal, words: &Words) -> Claim {
    let id = match plea.whom.is_for_provider() {
        true => "delist-claim-refusal-provider",
        false => "delist-claim-refusal",
    };
    let values = [
        ("name", plea.whom.short_name().into()),
        ("time", words.time(refusal.at).into()),
        ("abouts", list(&plea.whom.abouts(&plea.sender.addresses), words).into()),
        ("server", (&refusal.host).into()),
        ("reply", (&refusal.reply).into()),
    ];
    Claim {
        id: "refusal",
        text: words.get(id, &values),
        backed_by: vec![Backing {
            id: "refusals.ours".to_owned(),
            about: refusal.host.clone(),
            at: refusal.at,
        }],
    }
}

/// No listing or refusal was seen: the user is told.
fn unseen(plea: &Plea<'_>, words: &Words) -> LeftOut {
    let topic = match plea.whom {
        Whom::List(..) => words.get("delist-topic-listing", &[]),
        Whom::Mailbox(..) => words.get("delist-topic-refusal", &[]),
    };
    LeftOut { id: "seen", topic, because: Vec::new() }
}

/// What the cause was and what was done: in a range that is not to send, that the address is a fixed one.
fn cause(plea: &Plea<'_>, words: &Words, to_fill_in: &mut Vec<String>) -> String {
    let mut filled = |id: &str| {
        let what = words.get(id, &[]);
        let blank = blank(&what, words);
        to_fill_in.push(what);
        blank
    };
    if plea.whom.advices().first() == Some(&Advice::Policy) {
        return words.get("delist-fixed", &[("fixed", filled("delist-blank-fixed").into())]);
    }
    // An allow-list accuses nobody either.
    if matches!(plea.whom, Whom::Mailbox(..)) {
        return words.get("delist-done", &[("done", filled("delist-blank-done").into())]);
    }
    let values =
        [("cause", filled("delist-blank-cause").into()), ("done", filled("delist-blank-done").into())];
    words.get("delist-cause", &values)
}

fn request(plea: &Plea<'_>, words: &Words) -> String {
    words.get(of(plea, "delist-request"), &about(plea, words))
}

/// Who may be found behind the address, where a mailbox provider asks.
fn imprint(plea: &Plea<'_>, words: &Words, claims: &mut Vec<Claim>, left_out: &mut Vec<LeftOut>) {
    let Whom::Mailbox(..) = plea.whom else { return };
    let found: Vec<&Evidence> = plea.evidence.iter().filter(|it| it.check == "imprint").collect();
    let bad: Vec<Evidence> =
        found.iter().filter(|it| it.state != State::Ok).map(|it| (*it).clone()).collect();
    if !bad.is_empty() {
        let topic = words.get("delist-topic-imprint", &[]);
        left_out.push(LeftOut { id: "imprint", topic, because: bad });
        return;
    }
    let pages: Vec<String> = found.iter().filter_map(|it| it.name.clone()).collect();
    if pages.is_empty() {
        return;
    }
    let backing = |it: &&Evidence| Backing { id: it.id.clone(), about: it.about.clone(), at: it.at };
    claims.push(Claim {
        id: "imprint",
        text: words.get("delist-claim-imprint", &[("pages", list(&pages, words).into())]),
        backed_by: found.iter().map(backing).collect(),
    });
}

/// What forms usually ask.
fn fields(plea: &Plea<'_>, seen: &[Claim], cause: &str, words: &Words) -> Vec<Field> {
    let field = |id: &str, value: String| Field { label: words.get(id, &[]), value };
    let mut fields = vec![
        field("delist-field-abouts", plea.whom.abouts(&plea.sender.addresses).join("\n")),
        field("letter-field-mail-host", plea.sender.host.clone()),
    ];
    if !seen.is_empty() {
        let told: Vec<&str> = seen.iter().map(|claim| claim.text.as_str()).collect();
        fields.push(field("delist-field-seen", told.join("\n")));
    }
    fields.push(field("delist-field-reason", cause.to_owned()));
    fields
}
