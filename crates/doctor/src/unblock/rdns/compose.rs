//! The letter that asks for PTR records: who asks, which names, and that the forward records are there already.

use postamt_mail::words::Words;

use super::{Pointer, Seen, Standing, Wish};
use crate::unblock::letter::claims::Backing;
use crate::unblock::letter::compose::{OPENING, for_purpose, list, signed, values};
use crate::unblock::letter::{Claim, Evidence, Field, LeftOut, Letter, State};

/// The letter. It says of an address only what was seen of it.
#[must_use]
pub fn compose(wish: &Wish<'_>, words: &Words) -> Letter {
    let asked: Vec<&Pointer> = wish.asked().collect();
    let addresses: Vec<String> = asked.iter().map(|pointer| pointer.address.to_string()).collect();
    let about = || [("addresses", list(&addresses, words).into()), ("count", addresses.len().into())];
    let claims: Vec<Claim> = asked.iter().flat_map(|pointer| claims(pointer, words)).collect();
    let mut to_fill_in = Vec::new();
    let closing = signed(wish.sender, true, words, &mut to_fill_in);
    let record = |pointer: &&Pointer| {
        let values = [("address", pointer.address.to_string().into()), ("wanted", (&pointer.wanted).into())];
        words.get("rdns-wish", &values)
    };
    let records: Vec<String> = asked.iter().map(record).collect();
    let request = words.get("rdns-request", &about());
    to_fill_in.sort();
    to_fill_in.dedup();
    Letter {
        language: words.language().tag(),
        subject: words.get("rdns-subject", &about()),
        opening: vec![
            words.get(for_purpose(wish.sender, OPENING), &values(wish.sender, words)),
            format!("{request}\n{}", records.join("\n")),
            words.get("rdns-why", &about()),
        ],
        fields: asked
            .iter()
            .map(|pointer| Field {
                label: words.get("rdns-field", &[("address", pointer.address.to_string().into())]),
                value: pointer.wanted.clone(),
            })
            .collect(),
        fields_are_the_providers: false,
        state_heading: words.get("rdns-state-heading", &[]),
        state: (0..claims.len()).collect(),
        promises: Vec::new(),
        promised: Vec::new(),
        closing,
        annex: Vec::new(),
        claims,
        left_out: wish.pointers.iter().filter_map(|pointer| left_out(pointer, words)).collect(),
        to_fill_in,
    }
}

fn claims(pointer: &Pointer, words: &Words) -> Vec<Claim> {
    let claim = |id: &'static str, finding: &str, names: String| Claim {
        id,
        text: words.get(
            &format!("rdns-claim-{id}"),
            &[
                ("address", pointer.address.to_string().into()),
                ("wanted", (&pointer.wanted).into()),
                ("names", names.into()),
                ("time", words.time(pointer.at).into()),
            ],
        ),
        backed_by: vec![Backing {
            id: finding.to_owned(),
            about: pointer.address.to_string(),
            at: pointer.at,
        }],
    };
    let forward = match &pointer.forward {
        Seen::Found(addresses) if addresses.contains(&pointer.address) => {
            Some(claim("forward", "forward.leads-here", String::new()))
        }
        _ => None,
    };
    let now = match &pointer.names {
        Seen::Found(names) if names.is_empty() => Some(claim("none", "pointer.none", String::new())),
        Seen::Found(names) => Some(claim("other", "pointer.other", names.join(", "))),
        Seen::Failed(_) => None,
    };
    forward.into_iter().chain(now).collect()
}

/// What the letter does not say, with what is in its way.
fn left_out(pointer: &Pointer, words: &Words) -> Option<LeftOut> {
    let values = [("address", pointer.address.to_string().into()), ("wanted", (&pointer.wanted).into())];
    let told =
        |check: &str, id: &str, state, sentence: &str, seen: Vec<String>, remedy: Vec<String>| Evidence {
            state,
            told: words.get(sentence, &values),
            seen,
            remedy,
            name: Some(pointer.wanted.clone()),
            ..Evidence::good(check, id, pointer.address, pointer.at)
        };
    let mut because = Vec::new();
    match &pointer.forward {
        Seen::Failed(error) => because.push(told(
            "forward",
            "forward.not-asked",
            State::Unknown,
            "rdns-left-forward-not-asked",
            vec![error.clone()],
            Vec::new(),
        )),
        Seen::Found(_) if pointer.standing() == Standing::ForwardFirst => because.push(told(
            "forward",
            "forward.leads-elsewhere",
            State::Missing,
            "rdns-left-forward",
            Vec::new(),
            vec![words.get("rdns-remedy-forward", &[]), pointer.forward_record()],
        )),
        Seen::Found(_) => {}
    }
    if let Seen::Failed(error) = &pointer.names {
        because.push(told(
            "pointer",
            "pointer.not-asked",
            State::Unknown,
            "rdns-left-not-asked",
            vec![error.clone()],
            Vec::new(),
        ));
    }
    let topic = words.get("rdns-topic", &values);
    (!because.is_empty()).then_some(LeftOut { id: "pointer", topic, because })
}
