//! What Rspamd thinks of the message, if it is told where one listens: `POST /checkv2`, whose answer is JSON.

use std::time::Duration;

use bytes::Bytes;
use postamt_mail::filters::rspamd::{Action, Answer, Symbol};
use postamt_net::rspamd::{Question, Rspamd};
use postamt_net::service::Way;

use super::{Eyes, Letter, Travel, authentication};
use crate::checks::{Finding, Kind, Severity};

/// Wait for an answer: a scanner may ask DNS for each message.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Symbols shown, those that count most.
const SHOWN: usize = 10;

static GOOD: Kind = Kind::ok("message.rspamd-good");
static BAD: Kind = Kind::warning("message.rspamd-bad", "https://docs.rspamd.com/");
static SILENT: Kind = Kind::unknown("message.rspamd-silent");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[&GOOD, &BAD, &SILENT];

pub(super) async fn judge(eyes: &Eyes, letter: &Letter<'_>, travel: &Travel) -> Option<Finding> {
    let address = travel.rspamd.as_ref()?;
    let mut fields: Vec<(&str, String)> = vec![("Helo", travel.greeting.clone())];
    fields.extend(authentication::client(letter, travel).map(|(address, _)| ("IP", address.to_string())));
    fields.extend(authentication::sender(letter, travel).map(|sender| ("From", sender)));
    let pieces = [Bytes::copy_from_slice(letter.octets)];
    let (about, rspamd) = (address.to_string(), Rspamd::new(address.clone(), None));
    let way = Way { resolver: eyes.resolver.clone(), dialer: eyes.dialer.clone() };
    let question = Question { fields, pieces: &pieces };
    let silent = |reason: String| Finding::new(&SILENT, &about).with("reason", &reason).seen(reason);
    Some(match tokio::time::timeout(TIME_LIMIT, rspamd.check(&way, &question)).await {
        Ok(Ok(answer)) => told(&answer, &about),
        Ok(Err(error)) => silent(error.to_string()),
        Err(_) => silent(format!("no answer within {} seconds", TIME_LIMIT.as_secs())),
    })
}

fn told(answer: &Answer, about: &str) -> Finding {
    let kind = match answer.action {
        Action::NoAction | Action::Greylist => &GOOD,
        _ => &BAD,
    };
    let refuses = answer.action == Action::Reject;
    // A pattern that decides alone, as GTUBE, has no points of its own.
    let counts = |symbol: &&Symbol| symbol.score != 0.0;
    let decides_alone = refuses && !answer.symbols.iter().any(|symbol| counts(&symbol));
    let finding = Finding::new(kind, about)
        .severity(if refuses { Severity::Error } else { kind.severity })
        .with("score", format!("{:.1}", answer.score))
        .with("limit", format!("{:.1}", answer.required_score))
        .with("action", answer.action.name());
    let shown = answer.symbols.iter().take(SHOWN).filter(|symbol| decides_alone || counts(symbol));
    shown.fold(finding, |finding, symbol| {
        let description = symbol.description.as_deref().unwrap_or_default();
        finding.seen(format!("{:+.1} {} {description}", symbol.score, symbol.name).trim_end())
    })
}
