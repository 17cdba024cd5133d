//! Taking oneself off a list: `List-Unsubscribe` (RFC 2369) and the one click of RFC 8058, which large receivers demand
//! of bulk mail. Whether a message is bulk is known when it says so (`List-Id`, `Precedence`) or the caller does.

use super::Letter;
use crate::checks::{Finding, Kind, Severity};

const DEMAND: &str = "RFC 8058 §3.1, https://support.google.com/mail/answer/81126";

static GOOD: Kind = Kind::ok("message.unsubscribe-good");
static MISSING: Kind = Kind::note("message.unsubscribe-missing", DEMAND);
static NOT_ONE_CLICK: Kind = Kind::warning("message.unsubscribe-not-one-click", DEMAND);
static NOT_SIGNED: Kind = Kind::warning("message.unsubscribe-not-signed", "RFC 8058 §4");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[&GOOD, &MISSING, &NOT_ONE_CLICK, &NOT_SIGNED];

pub(super) fn judge(letter: &Letter<'_>, bulk: bool) -> Vec<Finding> {
    let section = &letter.section;
    let precedence = section.find("Precedence").map(|field| field.text().to_ascii_lowercase());
    let bulk = bulk
        || section.find("List-Id").is_some()
        || precedence.is_some_and(|word| word == "bulk" || word == "list");
    let Some(field) = section.find("List-Unsubscribe") else {
        let finding = Finding::new(&MISSING, "List-Unsubscribe");
        return vec![if bulk { finding.severity(Severity::Warning) } else { finding }];
    };
    let value = field.text();
    let post = section.find("List-Unsubscribe-Post").map(|field| field.text());
    let is_post = post.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("List-Unsubscribe=One-Click"));
    let mut seen = vec![format!("List-Unsubscribe: {value}")];
    seen.extend(post.map(|post| format!("List-Unsubscribe-Post: {post}")));
    let about = |kind| seen.iter().fold(Finding::new(kind, "List-Unsubscribe"), Finding::seen);
    // RFC 8058 §3.1: one https address among those named, and the Post field.
    if !(is_post && value.to_ascii_lowercase().contains("<https://")) {
        return vec![about(&NOT_ONE_CLICK)];
    }
    vec![about(if is_signed(letter) { &GOOD } else { &NOT_SIGNED })]
}

/// Whether some signature covers both fields; an unsigned message will be signed when it is sent.
fn is_signed(letter: &Letter<'_>) -> bool {
    let mut signatures =
        letter.section.all("DKIM-Signature").map(|field| signed_fields(&field.text())).peekable();
    let both = ["list-unsubscribe", "list-unsubscribe-post"];
    signatures.peek().is_none()
        || signatures.any(|names| both.iter().all(|name| names.iter().any(|it| it == name)))
}

/// `h=` of a signature.
fn signed_fields(value: &str) -> Vec<String> {
    let tags = value.split(';').filter_map(|tag| tag.split_once('='));
    let list = tags.filter(|(name, _)| name.trim() == "h").map(|(_, list)| list).next().unwrap_or_default();
    list.split(':').map(|name| name.trim().to_ascii_lowercase()).collect()
}
