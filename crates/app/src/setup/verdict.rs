//! The doctor's verdict at the end of the setup: the counts, and each thing that is to be mended in one sentence.

use postamt_doctor::checks::report::tell;
use postamt_doctor::checks::{Report, text};

use crate::terminal::Terminal;

/// Tells it.
pub fn say(report: &Report, terminal: Terminal) {
    let words = terminal.words;
    terminal.print(&text::summary(report, words));
    for finding in report.findings().into_iter().filter(|finding| finding.severity.is_bad()) {
        let told = tell(finding, report.at, words);
        terminal.print(&format!("  {}  {}", text::severity(told.severity, words), told.text));
    }
}
