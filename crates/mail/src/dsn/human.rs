//! The part for people: what happened, the other server's words, what they mean, whose matter it is, what to do; in
//! both languages, the wanted one first. All sentences are in `words/*/dsn.ftl`, `explain.ftl` and `refusal.ftl`.

use super::encode::{one_line, wrap};
use super::{DeliveryReport, Kind, RecipientReport, ReturnedContent};
use crate::refusals;
use crate::words::{Language, Words, words};

const WIDTH: usize = 72;
const LINE: &str = "----------------------------------------";

/// The subject, in the first language.
pub(super) fn subject(report: &DeliveryReport) -> String {
    let id = match report.kind {
        Kind::Failed | Kind::Expired => "dsn-subject-failed",
        Kind::Delayed => "dsn-subject-delayed",
        Kind::Delivered => "dsn-subject-delivered",
        Kind::Relayed => "dsn-subject-relayed",
    };
    let first = report.recipients.first().map(|recipient| recipient.address.to_string()).unwrap_or_default();
    let others = report.recipients.len().saturating_sub(1);
    words(report.language).get(id, &[("recipient", first.into()), ("others", others.into())])
}

/// The whole text, with LF line ends.
pub(super) fn text(report: &DeliveryReport) -> String {
    let mut text = String::with_capacity(2048);
    paragraph(&mut text, "", &words(report.language).get("dsn-other-language-below", &[]));
    text.push('\n');
    write_language(report, report.language, &mut text);
    text.push_str(LINE);
    text.push_str("\n\n");
    write_language(report, report.language.other(), &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn write_language(report: &DeliveryReport, language: Language, text: &mut String) {
    let words = words(language);
    let intro = match report.kind {
        Kind::Failed => "dsn-intro-failed",
        Kind::Expired => "dsn-intro-expired",
        Kind::Delayed => "dsn-intro-delayed",
        Kind::Delivered => "dsn-intro-delivered",
        Kind::Relayed => "dsn-intro-relayed",
    };
    let arrival = words.time(report.arrival);
    let values = [("host", (&report.reporting_host).into()), ("arrival", arrival.into())];
    paragraph(text, "", &words.get(intro, &values));
    text.push('\n');
    for recipient in &report.recipients {
        write_recipient(report, recipient, words, text);
        text.push('\n');
    }
    let returned = match report.original {
        ReturnedContent::Headers(_) => "dsn-returned-headers",
        ReturnedContent::Full(_) => "dsn-returned-full",
    };
    paragraph(text, "", &words.get("dsn-queue-id", &[("id", (&report.queue_id).into())]));
    paragraph(text, "", &words.get(returned, &[]));
    text.push('\n');
}

fn write_recipient(report: &DeliveryReport, recipient: &RecipientReport, words: &Words, text: &mut String) {
    // The address is never broken over two lines, so that it can be copied.
    text.push_str(&format!("<{}>\n", recipient.address));
    if matches!(report.kind, Kind::Delivered | Kind::Relayed) {
        return;
    }
    let remote = recipient.remote.as_deref().map(one_line);
    match (&recipient.diagnostic, remote) {
        (Some(reply), remote) => {
            let said = match remote.filter(|_| !recipient.diagnostic_is_ours) {
                Some(remote) => words.get("dsn-server-said", &[("remote", remote.into())]),
                None => words.get("dsn-this-server-said", &[]),
            };
            paragraph(text, "  ", &said);
            paragraph(text, "    ", &one_line(&reply.to_string()));
        }
        (None, Some(remote)) => {
            paragraph(text, "  ", &words.get("dsn-no-reply", &[("remote", remote.into())]));
        }
        (None, None) => {}
    }
    let refusal = recipient.refusal();
    let known = refusal
        .filter(|found| recipient.cause.is_none() && (found.provider.is_some() || found.list.is_some()));
    let cause = known.map_or_else(|| recipient.explained_cause(), |found| found.pattern.kind.cause());
    let host = recipient.remote.as_deref().map(one_line).unwrap_or_default();
    let meaning =
        known.map_or_else(|| cause.meaning(words), |found| refusals::kind_in_words(&found, &host, words));
    paragraph(text, "  ", &words.get("dsn-meaning", &[("text", meaning.into())]));
    if let Some(found) = refusal {
        paragraph(text, "  ", &refusals::fault_in_words(found.pattern.fault, words));
    }
    if report.kind == Kind::Delayed {
        if let Some(until) = recipient.will_retry_until {
            let values = [("date", words.time(until).into())];
            paragraph(text, "  ", &words.get("dsn-retry-until", &values));
        }
    } else {
        paragraph(text, "  ", &words.get("dsn-next", &[("text", cause.next(words).into())]));
    }
    // The sender can only pass it on, but then the operator has it in plain words.
    if let Some(found) = refusal.filter(|found| found.pattern.fault.is_ours()) {
        let remedy = refusals::remedy_in_words(&found, words);
        paragraph(text, "  ", &words.get("dsn-operator", &[("text", remedy.into())]));
    }
}

fn paragraph(text: &mut String, indent: &str, sentence: &str) {
    for line in wrap(sentence, WIDTH - indent.len()) {
        text.push_str(indent);
        text.push_str(&line);
        text.push('\n');
    }
}
