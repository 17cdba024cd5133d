//! The findings of a preflight in sentences, each with a mark for its weight, and with the record to publish where
//! one is missing.

use postamt_mailauth::records::dkim::Published;
use postamt_mta::send::preflight::{Finding, Judged, Severity, text};

use super::dkim::zone_line;
use crate::terminal::Terminal;

/// Tells all findings, one a line.
pub fn tell(findings: &[Judged], terminal: Terminal) {
    for judged in findings {
        let text = text::sentence(&judged.finding, terminal.words);
        terminal.print(&format!("{} {text}", mark(judged.severity)));
        if let Some(record) = to_publish(&judged.finding) {
            terminal.print(&format!("    {record}"));
        }
    }
}

/// Readable without colour, and by screen readers.
const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Good => "[ok]",
        Severity::Note => "[--]",
        Severity::Warning => "[!]",
        Severity::Fatal => "[!!]",
    }
}

/// The record that would mend it, as a zone file has it.
fn to_publish(finding: &Finding) -> Option<String> {
    match finding {
        Finding::Spf { domain, wanted: Some(wanted), .. } => Some(zone_line(domain, wanted)),
        Finding::Key { name, record, state: Published::Missing | Published::Different, .. } => {
            Some(zone_line(name, record))
        }
        _ => None,
    }
}
