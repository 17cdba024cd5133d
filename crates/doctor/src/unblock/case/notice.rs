//! What the operator is told of a case by mail.

use postamt_mail::dsn::Letter;
use postamt_mail::words::{Value, Words};
use postamt_store::cases::Case;

use super::watch::Due;
use super::{text, watch};

/// The letter about what was due; `case` as it stands since, for [`Due::Lost`] the one that follows.
#[must_use]
pub fn letter(due: watch::Due, case: &Case, words: &Words) -> Letter {
    let (subject, intro) = match due {
        Due::Opened => ("case-notice-opened-subject", "case-notice-opened-intro"),
        Due::FollowUp => ("case-notice-follow-up-subject", "case-notice-follow-up-intro"),
        Due::Lost => ("case-notice-lost-subject", "case-notice-lost-intro"),
    };
    let values = || {
        let follows = case.subject.follows.map(|id| id.to_string()).unwrap_or_default();
        [
            ("id", Value::from(case.id.to_string())),
            ("host", (&case.subject.hostname).into()),
            ("addresses", text::about(case).into()),
            ("follows", follows.into()),
        ]
    };
    let mut paragraphs = vec![text::said(intro, case, &values(), words), text::next(case, words)];
    let written = case.steps.last().and_then(|step| text::in_language(step, words));
    if let Some(written) = written.filter(|_| due != Due::Opened) {
        paragraphs.push(words.get("case-notice-text", &[]));
        paragraphs.push(written.text.clone());
    }
    Letter { subject: text::said(subject, case, &values(), words), paragraphs }
}
