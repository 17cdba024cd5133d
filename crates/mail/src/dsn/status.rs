//! The part for programs: `message/delivery-status` (RFC 3464 §2).
//!
//! It stays ASCII for every address: one beyond ASCII is written in the encoded form of RFC 6533 §3, so that the
//! notice gets through servers that do not know SMTPUTF8.

use super::encode::{fold, from_xtext, one_line, utf8_address};
use super::{DeliveryReport, RecipientReport};
use crate::address::Address;
use crate::date;

/// The lines of a field may be so long before they are folded.
const WIDTH: usize = 72;

/// The content of the part.
pub(super) fn write(report: &DeliveryReport, out: &mut Vec<u8>) {
    let mut text = String::with_capacity(512);
    field(&mut text, "Reporting-MTA", &format!("dns; {}", report.reporting_host));
    if let Some(id) = &report.envelope_id {
        // The identifier itself, not its xtext (RFC 3464 §2.2.1).
        field(&mut text, "Original-Envelope-Id", &ascii(&from_xtext(id)));
    }
    field(&mut text, "Arrival-Date", &date::rfc5322(report.arrival));
    for recipient in &report.recipients {
        text.push_str("\r\n");
        write_recipient(report, recipient, &mut text);
    }
    out.extend_from_slice(text.as_bytes());
}

fn write_recipient(report: &DeliveryReport, recipient: &RecipientReport, text: &mut String) {
    if let Some(original) = &recipient.original_recipient {
        field(text, "Original-Recipient", &original_recipient(original));
    }
    field(text, "Final-Recipient", &typed(&recipient.address));
    field(text, "Action", &recipient.action.to_string());
    field(text, "Status", &recipient.status.to_string());
    if let Some(remote) = &recipient.remote {
        field(text, "Remote-MTA", &format!("dns; {}", ascii(remote)));
    }
    if let Some(reply) = &recipient.diagnostic {
        // Type `smtp` is for what an SMTP server said; ours are findings of this host (RFC 3464 §2.3.6).
        let kind = if recipient.diagnostic_is_ours { "x-postamt" } else { "smtp" };
        field(text, "Diagnostic-Code", &format!("{kind}; {}", ascii(&reply.to_string())));
    }
    if let Some(time) = recipient.last_attempt {
        field(text, "Last-Attempt-Date", &date::rfc5322(time));
    }
    field(text, "Final-Log-ID", &ascii(&report.queue_id));
    if let Some(time) = recipient.will_retry_until {
        field(text, "Will-Retry-Until", &date::rfc5322(time));
    }
}

fn field(text: &mut String, name: &str, value: &str) {
    text.push_str(&fold(&format!("{name}: {value}"), WIDTH));
    text.push_str("\r\n");
}

fn typed(address: &Address) -> String {
    if address.needs_smtputf8() {
        format!("utf-8; {}", utf8_address(&address.to_string()))
    } else {
        format!("rfc822; {address}")
    }
}

/// `type;xtext` becomes `type; address` (RFC 3461 §6.3 (b)).
fn original_recipient(parameter: &str) -> String {
    let (kind, address) = parameter.split_once(';').unwrap_or(("rfc822", parameter));
    if kind.eq_ignore_ascii_case("utf-8") {
        // In `\x{…}` form already, or in UTF-8 when it came by SMTPUTF8 (RFC 6533 §3).
        let encoded = if address.is_ascii() { one_line(address) } else { utf8_address(address) };
        return format!("utf-8; {encoded}");
    }
    format!("{}; {}", ascii(kind), ascii(&from_xtext(address)))
}

/// One line of ASCII; other characters are written as RFC 6533 §3 does.
fn ascii(text: &str) -> String {
    let line = one_line(text);
    if line.is_ascii() {
        return line;
    }
    let mut buffer = [0; 4];
    line.chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { utf8_address(c.encode_utf8(&mut buffer)) })
        .collect()
}
