//! What Rspamd thinks of the message, if it is told where one listens: `POST /checkv2`, whose answer is JSON.

use std::collections::BTreeMap;

use bytes::Bytes;
use postamt_net::post::{self, Post};
use serde::Deserialize;

use super::{Eyes, Letter, Travel, authentication};
use crate::checks::{Finding, Kind, Severity};

/// Symbols shown, those that count most.
const SHOWN: usize = 10;

static GOOD: Kind = Kind::ok("message.rspamd-good");
static BAD: Kind = Kind::warning("message.rspamd-bad", "https://docs.rspamd.com/");
static SILENT: Kind = Kind::unknown("message.rspamd-silent");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[&GOOD, &BAD, &SILENT];

#[derive(Deserialize)]
struct Answer {
    score: f64,
    required_score: f64,
    action: String,
    #[serde(default)]
    symbols: BTreeMap<String, Symbol>,
}

#[derive(Deserialize)]
struct Symbol {
    score: f64,
    #[serde(default)]
    description: Option<String>,
}

pub(super) async fn judge(eyes: &Eyes, letter: &Letter<'_>, travel: &Travel) -> Option<Finding> {
    let (target, host) = travel.rspamd.as_ref()?;
    let mut fields: Vec<(&str, String)> = vec![("Helo", travel.greeting.clone())];
    fields.extend(authentication::client(letter, travel).map(|(address, _)| ("IP", address.to_string())));
    fields.extend(authentication::sender(letter, travel).map(|sender| ("From", sender)));
    let question = Post {
        target: *target,
        host,
        path: "/checkv2",
        fields: &fields,
        body: Bytes::copy_from_slice(letter.octets),
    };
    let about = target.to_string();
    let answer = match post::send(&*eyes.dialer, question).await {
        Ok(answer) => answer,
        Err(error) => return Some(Finding::new(&SILENT, about).with("reason", &error).seen(error)),
    };
    Some(match serde_json::from_slice(&answer) {
        Ok(answer) => told(&answer, &about),
        Err(error) => Finding::new(&SILENT, about).with("reason", error),
    })
}

fn told(answer: &Answer, about: &str) -> Finding {
    let kind = match answer.action.as_str() {
        "no action" | "greylist" => &GOOD,
        _ => &BAD,
    };
    let refuses = answer.action == "reject";
    let mut symbols: Vec<(&String, &Symbol)> = answer.symbols.iter().collect();
    symbols.sort_by(|(_, left), (_, right)| right.score.abs().total_cmp(&left.score.abs()));
    // A pattern that decides alone, as GTUBE, has no points of its own.
    let counts = |symbol: &Symbol| symbol.score != 0.0;
    let decides_alone = refuses && !answer.symbols.values().any(counts);
    let finding = Finding::new(kind, about)
        .severity(if refuses { Severity::Error } else { kind.severity })
        .with("score", format!("{:.1}", answer.score))
        .with("limit", format!("{:.1}", answer.required_score))
        .with("action", &answer.action);
    symbols.into_iter().take(SHOWN).filter(|(_, symbol)| decides_alone || counts(symbol)).fold(
        finding,
        |finding, (name, symbol)| {
            let description = symbol.description.as_deref().unwrap_or_default();
            finding.seen(format!("{:+.1} {name} {description}", symbol.score).trim_end())
        },
    )
}
