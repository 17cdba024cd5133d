//! `postamt dmarc reports`: what receivers have reported of our mail, read whether the server runs or not. Fails where
//! the store cannot be read; no reports are no failure.

use std::collections::BTreeMap;
use std::net::IpAddr;

use postamt_mail::dmarc_reports::Action;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::embedded::SqliteReports;
use postamt_store::reports::{ReportFact, ReportSum, Reports as _};
use serde::Serialize;

use super::wait;
use crate::cli;
use crate::config::Config;
use crate::privileges;
use crate::terminal::{Stop, Terminal};

const DAY: u64 = 86_400;

/// What `--json` prints.
#[derive(Serialize)]
struct Told {
    reports: Vec<ReportFact>,
    sums: Vec<ReportSum>,
}

/// Does what is asked.
///
/// # Errors
/// The store cannot be used.
pub fn run(command: cli::Dmarc, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let cli::Dmarc::Reports { domain, days } = command;
    privileges::act_for(config, terminal)?;
    let failed = |error: String| terminal.stop("dmarc-store", &[("error", error.into())]);
    let store = SqliteReports::open(config.reports_file()).map_err(|error| failed(error.to_string()))?;
    let from = (SystemClock.unix_seconds() / DAY + 1).saturating_sub(days);
    let domain = domain.map(|domain| domain.to_lowercase());
    let is_wanted = |name: &str| domain.as_deref().is_none_or(|domain| domain == name);
    let mut reports = wait(store.reports(from))?.map_err(|error| failed(error.to_string()))?;
    let mut sums = wait(store.sums(from))?.map_err(|error| failed(error.to_string()))?;
    reports.retain(|report| is_wanted(&report.domain));
    sums.retain(|sum| is_wanted(&sum.domain));
    if terminal.json {
        return terminal.data(&Told { reports, sums });
    }
    if reports.is_empty() && sums.is_empty() {
        terminal.say("dmarc-none", &[("days", days.into())]);
    }
    for domain in domains(&reports, &sums) {
        tell(domain, &reports, &sums, terminal);
    }
    Ok(())
}

fn domains<'a>(reports: &'a [ReportFact], sums: &'a [ReportSum]) -> Vec<&'a str> {
    let all = reports.iter().map(|report| &report.domain).chain(sums.iter().map(|sum| &sum.domain));
    let mut all: Vec<&str> = all.map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What one source sent.
#[derive(Default)]
struct Source {
    all: u64,
    aligned: u64,
    dkim: u64,
    spf: u64,
    quarantined: u64,
    refused: u64,
}

fn tell(domain: &str, reports: &[ReportFact], sums: &[ReportSum], terminal: Terminal) {
    let mut reporters: BTreeMap<&str, usize> = BTreeMap::new();
    for report in reports.iter().filter(|report| report.domain == domain) {
        *reporters.entry(&report.reporter).or_default() += 1;
    }
    let mut sources: BTreeMap<Option<IpAddr>, Source> = BTreeMap::new();
    for sum in sums.iter().filter(|sum| sum.domain == domain) {
        let source = sources.entry(sum.source).or_default();
        let counted = |counts: bool| if counts { sum.messages } else { 0 };
        source.all += sum.messages;
        source.aligned += counted(sum.is_aligned());
        source.dkim += counted(sum.dkim_aligned);
        source.spf += counted(sum.spf_aligned);
        source.quarantined += counted(sum.disposition == Action::Quarantine);
        source.refused += counted(sum.disposition == Action::Reject);
    }
    let named: Vec<String> =
        reporters.iter().map(|(reporter, count)| format!("{reporter} ({count})")).collect();
    terminal.say(
        "dmarc-domain",
        &[
            ("domain", domain.into()),
            ("reports", reporters.values().sum::<usize>().into()),
            ("reporters", named.join(", ").into()),
            ("all", sources.values().map(|source| source.all).sum::<u64>().into()),
            ("aligned", sources.values().map(|source| source.aligned).sum::<u64>().into()),
        ],
    );
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort_by_key(|(_, source)| std::cmp::Reverse(source.all));
    for (address, source) in sources {
        let address = address.map_or_else(|| "…".to_owned(), |address| address.to_string());
        let values = [
            ("address", address.into()),
            ("all", source.all.into()),
            ("aligned", source.aligned.into()),
            ("dkim", source.dkim.into()),
            ("spf", source.spf.into()),
            ("quarantined", source.quarantined.into()),
            ("refused", source.refused.into()),
        ];
        terminal.say("dmarc-source", &values);
    }
}
