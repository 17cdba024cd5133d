//! A report in words: verdict, meaning, next steps, evidence, the way, the targets. For people who never heard of port
//! 25, with the table for those who did.
//!
//! [`report`] gives the whole text, [`seen`] the line of one target for live progress. Lines are not wrapped.

mod table;
#[cfg(test)]
mod tests;
mod way;

use postamt_mail::words::Words;

use super::outcome::{DnsProblem, Icmp, Observation, Outcome, PathKey, Role};
use super::report::{PathReport, Report};
use super::route::Route;
use super::verdict::{Confidence, Evidence, Kind, Verdict};
use table::Table;

/// The whole report.
#[must_use]
pub fn report(report: &Report, words: &Words) -> String {
    let mut text = String::new();
    for path in &report.paths {
        text.push_str(&self::path(path, words));
        text.push('\n');
    }
    let seconds = report.took_milliseconds.div_ceil(1000);
    text.push_str(
        &words.get("port25-when", &[("time", words.time(report.at).into()), ("seconds", seconds.into())]),
    );
    text.push('\n');
    text
}

/// Source and family, as a heading.
#[must_use]
pub fn heading(path: &PathKey, words: &Words) -> String {
    let family = path.family.to_string();
    match path.source {
        Some(source) => words.get(
            "port25-heading-source",
            &[("family", family.into()), ("source", source.to_string().into())],
        ),
        None => words.get("port25-heading-auto", &[("family", family.into())]),
    }
}

/// The verdict in one sentence.
#[must_use]
pub fn verdict(kind: Kind, words: &Words) -> String {
    words.get(&format!("port25-verdict-{}", dashed(kind)), &[])
}

/// What led to a verdict, a sentence each.
#[must_use]
pub fn evidence(verdict: &Verdict, words: &Words) -> Vec<String> {
    verdict.evidence.iter().map(|it| sentence(it, words)).collect()
}

/// One target, for live progress.
#[must_use]
pub fn seen(observation: &Observation, words: &Words) -> String {
    format!("{}: {}", place(observation), outcome(observation, words))
}

/// The report of one path.
#[must_use]
pub fn path(path: &PathReport, words: &Words) -> String {
    let kind = path.verdict.kind;
    let heading = heading(&path.path, words);
    let mut lines = vec![heading.clone(), "=".repeat(heading.chars().count()), verdict(kind, words)];
    lines.push(words.get(
        match path.verdict.confidence {
            Confidence::High => "port25-confidence-high",
            Confidence::Medium => "port25-confidence-medium",
            Confidence::Low => "port25-confidence-low",
        },
        &[],
    ));
    lines.push(String::new());
    lines.push(words.get(&format!("port25-meaning-{}", dashed(kind)), &[]));
    lines.push(String::new());
    lines.push(words.get("port25-next-heading", &[]));
    let next = words.get(&format!("port25-next-{}", dashed(kind)), &[]);
    lines.extend(next.lines().map(|line| format!("  {line}")));
    lines.push(String::new());
    lines.push(words.get("port25-seen-heading", &[]));
    lines.extend(evidence(&path.verdict, words).into_iter().map(|it| format!("  - {it}")));
    if let Some(route) = &path.route {
        lines.push(String::new());
        lines.extend(way::lines(route, words));
    }
    lines.push(String::new());
    lines.push(words.get("port25-targets-heading", &[]));
    lines.extend(targets(&path.observations, words));
    lines.push(String::new());
    lines.join("\n")
}

/// The hops of port 25 and of another port side by side.
#[must_use]
pub fn hops(route: &Route, words: &Words) -> Vec<String> {
    way::hops(route, words)
}

fn dashed(kind: Kind) -> String {
    kind.name().replace('_', "-")
}

/// The targets in columns, a line each.
#[must_use]
pub fn targets(observations: &[Observation], words: &Words) -> Vec<String> {
    let mut table = Table::default();
    let mut ordered: Vec<&Observation> = observations.iter().collect();
    ordered.sort_by_key(|it| (it.role, it.order));
    for observation in ordered {
        let operator = match observation.role {
            Role::Canary => words.get("port25-target-canary", &[]),
            _ => observation.operator.clone(),
        };
        table.push(vec![operator, place(observation), outcome(observation, words)]);
    }
    table.lines()
}

fn place(observation: &Observation) -> String {
    match (observation.host.as_deref(), observation.address) {
        (Some(host), Some(address)) => format!("{host} {address}"),
        (None, Some(address)) => address.to_string(),
        _ => observation.name.clone(),
    }
}

fn outcome(observation: &Observation, words: &Words) -> String {
    let get = |id: &str| words.get(id, &[]);
    match &observation.outcome {
        Outcome::Unanswered if observation.role == Role::Canary => get("port25-outcome-canary-quiet"),
        Outcome::Connected => get("port25-outcome-connected"),
        Outcome::Greeted(session) => match &session.tls {
            Some(tls) => words.get(
                "port25-outcome-greeted-tls",
                &[("name", (&session.name).into()), ("tls", (&tls.version).into())],
            ),
            None => words.get("port25-outcome-greeted-clear", &[("name", (&session.name).into())]),
        },
        Outcome::TlsFailed { session, problem } => words.get(
            "port25-outcome-tls-failed",
            &[("name", (&session.name).into()), ("problem", problem.into())],
        ),
        Outcome::Rejected { code, text } => {
            words.get("port25-outcome-rejected", &[("code", code.to_string().into()), ("text", text.into())])
        }
        Outcome::Silent => get("port25-outcome-silent"),
        Outcome::Broken { problem, .. } => words.get("port25-outcome-broken", &[("problem", problem.into())]),
        Outcome::Unanswered => get("port25-outcome-unanswered"),
        Outcome::Reset => get("port25-outcome-reset"),
        Outcome::Icmp(icmp) => words.get("port25-outcome-icmp", &[("icmp", self::icmp(icmp, words).into())]),
        Outcome::LocalRefusal { code } => {
            words.get("port25-outcome-local-refusal", &[("code", code.to_string().into())])
        }
        Outcome::NoRoute => get("port25-outcome-no-route"),
        Outcome::SourceUnavailable => get("port25-outcome-source-unavailable"),
        Outcome::Dns { problem, .. } => {
            words.get("port25-outcome-dns", &[("problem", dns(*problem, words).into())])
        }
        Outcome::Failed { problem } => words.get("port25-outcome-failed", &[("problem", problem.into())]),
    }
}

fn icmp(icmp: &Icmp, words: &Words) -> String {
    // By number both versions of ICMP are told apart: ICMP has no unreachable below type 3, ICMPv6 has it at 1.
    let id = match (icmp.icmp_type, icmp.code) {
        (3, 9 | 10 | 13) | (1, 1 | 5 | 6) => "port25-icmp-prohibited",
        (3, 3) | (1, 4) => "port25-icmp-port",
        (3 | 1, _) => "port25-icmp-unreachable",
        _ => "port25-icmp-other",
    };
    let router = match icmp.router {
        _ if icmp.from_this_host => words.get("port25-icmp-this-host", &[]),
        Some(router) => router.to_string(),
        None => words.get("port25-icmp-unknown-router", &[]),
    };
    words.get(
        id,
        &[
            ("router", router.into()),
            ("type", icmp.icmp_type.to_string().into()),
            ("code", icmp.code.to_string().into()),
        ],
    )
}

fn dns(problem: DnsProblem, words: &Words) -> String {
    let id = match problem {
        DnsProblem::Timeout => "port25-dns-timeout",
        DnsProblem::ServerFailure => "port25-dns-server-failure",
        DnsProblem::Bogus => "port25-dns-bogus",
        DnsProblem::NoSuchName => "port25-dns-no-such-name",
        DnsProblem::NoRecords => "port25-dns-no-records",
    };
    words.get(id, &[])
}

fn sentence(evidence: &Evidence, words: &Words) -> String {
    let with = |id: &str, operators: &[String], more: &[(&str, &str)]| {
        let joined = operators.join(", ");
        let mut values = vec![("operators", joined.into())];
        values.extend(more.iter().map(|(name, value)| (*name, (*value).into())));
        words.get(id, &values)
    };
    match evidence {
        Evidence::Greeted { operators } => with("port25-evidence-greeted", operators, &[]),
        Evidence::Rejected { operators, text } => {
            with("port25-evidence-rejected", operators, &[("text", text)])
        }
        Evidence::Unanswered { operators } => with("port25-evidence-unanswered", operators, &[]),
        Evidence::Reset { operators } => with("port25-evidence-reset", operators, &[]),
        Evidence::Icmp { operators, icmp } => {
            with("port25-evidence-icmp", operators, &[("icmp", &self::icmp(icmp, words))])
        }
        Evidence::Silent { operators } => with("port25-evidence-silent", operators, &[]),
        Evidence::Broken { operators, problem } => {
            with("port25-evidence-broken", operators, &[("problem", problem)])
        }
        Evidence::ControlReached { port, operators } => {
            with("port25-evidence-control-reached", operators, &[("port", &port.to_string())])
        }
        Evidence::ControlFailed { port, operators } => {
            with("port25-evidence-control-failed", operators, &[("port", &port.to_string())])
        }
        Evidence::SameAddress { address, operators } => {
            with("port25-evidence-same-address", operators, &[("address", address)])
        }
        Evidence::SameGreeting { name, operators } => {
            with("port25-evidence-same-greeting", operators, &[("name", name)])
        }
        Evidence::ForeignName { name, operators } => {
            with("port25-evidence-foreign-name", operators, &[("name", name)])
        }
        Evidence::ForeignCertificate { names, operators } => {
            with("port25-evidence-foreign-certificate", operators, &[("names", &names.join(", "))])
        }
        Evidence::UntrustedCertificates { operators, problem } => {
            with("port25-evidence-untrusted-certificates", operators, &[("problem", problem)])
        }
        Evidence::TlsBroken { operators, problem } => {
            with("port25-evidence-tls-broken", operators, &[("problem", problem)])
        }
        Evidence::StarttlsMissing { operators } => with("port25-evidence-starttls-missing", operators, &[]),
        Evidence::Masked { text, operators } => with("port25-evidence-masked", operators, &[("text", text)]),
        Evidence::Slow { operators } => with("port25-evidence-slow", operators, &[]),
        other => without_operators(other, words),
    }
}

/// Evidence that is about this host, or about names.
fn without_operators(evidence: &Evidence, words: &Words) -> String {
    match evidence {
        Evidence::LocalRefusal { code } => {
            words.get("port25-evidence-local-refusal", &[("code", code.to_string().into())])
        }
        Evidence::LocalRule { rule } => words.get("port25-evidence-local-rule", &[("rule", rule.into())]),
        Evidence::LocalDrops { count } => {
            words.get("port25-evidence-local-drops", &[("count", (*count).into())])
        }
        Evidence::DnsFailed { problem, names } => words.get(
            "port25-evidence-dns-failed",
            &[("problem", dns(*problem, words).into()), ("names", names.join(", ").into())],
        ),
        Evidence::CanaryAnswered { address } => {
            words.get("port25-evidence-canary-answered", &[("address", address.into())])
        }
        Evidence::SourceUnavailable => words.get("port25-evidence-source-unavailable", &[]),
        Evidence::TooFew { operators } => {
            words.get("port25-evidence-too-few", &[("count", (*operators).into())])
        }
        _ => words.get("port25-evidence-no-route", &[]),
    }
}
