//! The findings of a preflight in sentences, each with a mark for its weight, and with the record to publish where
//! one is missing.

use postamt_mail::words::Value;
use postamt_mailauth::records::dkim::Published;
use postamt_mailauth::records::dmarc::Policy;
use postamt_mailauth::records::spf::Fault;
use postamt_mta::send::preflight::{Finding, Judged, Proof, Severity, SpfState};
use postamt_mta::send::relay_test::{Answer, Step};

use super::dkim::zone_line;
use crate::terminal::Terminal;

/// Tells all findings, one a line.
pub fn tell(findings: &[Judged], terminal: Terminal) {
    for judged in findings {
        let text = sentence(&judged.finding, terminal);
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

fn sentence(finding: &Finding, terminal: Terminal) -> String {
    let say = |id: &str, values: &[(&str, Value<'_>)]| terminal.sentence(id, values);
    match finding {
        Finding::Reached { address } => say("relay-found-reached", &[("address", address.into())]),
        Finding::OtherPort { port, instead_of } => say(
            "relay-found-other-port",
            &[("port", port.to_string().into()), ("before", instead_of.to_string().into())],
        ),
        Finding::Unreached { step, problem } => say(unreached(*step), &[("problem", problem.into())]),
        Finding::ClearText => say("relay-clear-text", &[]),
        Finding::Certificate { problem } => say("relay-test-certificate-bad", &[("problem", problem.into())]),
        Finding::LoggedIn { mechanism } => say("relay-test-login", &[("mechanism", mechanism.into())]),
        Finding::Sender { domain, answer, reply } => {
            say(sender(*answer), &[("domain", domain.into()), ("reply", reply.into())])
        }
        Finding::NullSender { taken, replaced, reply } => {
            let id = match (taken, replaced) {
                (true, _) => "relay-found-null-taken",
                (false, true) => "relay-found-null-replaced",
                (false, false) => "relay-found-null-refused",
            };
            if *taken { say(id, &[]) } else { say(id, &[("reply", reply.into())]) }
        }
        Finding::Spf { domain, state, .. } => spf(domain, state, terminal),
        Finding::NoKey { domain } => say("relay-key-none", &[("domain", domain.into())]),
        Finding::Key { name, state, .. } => say(key(*state), &[("name", name.into())]),
        Finding::Dmarc { domain, policy, ours, relay, spf } => {
            dmarc(finding, domain, *policy, [*ours, *relay, *spf], terminal)
        }
        Finding::Dns { domain, problem } => {
            say("relay-found-dns", &[("domain", domain.into()), ("problem", problem.into())])
        }
        Finding::VerifiedSenders => say("relay-verified-senders", &[]),
        Finding::Size { relay_bytes, our_bytes } => say(
            "relay-found-size",
            &[("theirs", (relay_bytes / 1_000_000).into()), ("ours", (our_bytes / 1_000_000).into())],
        ),
        Finding::Quota { per_day, per_month, plan } => quota(*per_day, *per_month, plan.as_deref(), terminal),
        Finding::QuotaUnknown => say("relay-found-quota-unknown", &[]),
    }
}

const fn unreached(step: Step) -> &'static str {
    match step {
        Step::Resolve => "relay-found-unresolved",
        Step::Connect => "relay-found-unreached",
        Step::Greeting | Step::Envelope => "relay-found-unwilling",
        Step::Secure => "relay-found-insecure",
        Step::LogIn => "relay-found-login-refused",
    }
}

const fn sender(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "relay-found-sender-good",
        Answer::Later => "relay-found-sender-later",
        Answer::Refused => "relay-found-sender-refused",
    }
}

const fn key(state: Published) -> &'static str {
    match state {
        Published::Yes => "relay-found-key-good",
        Published::Missing => "relay-found-key-missing",
        Published::Different => "relay-found-key-different",
    }
}

fn spf(domain: &str, state: &SpfState, terminal: Terminal) -> String {
    let of = ("domain", Value::from(domain));
    match state {
        SpfState::Included(term) => terminal.sentence("relay-found-spf-good", &[of, ("term", term.into())]),
        SpfState::NotNeeded => terminal.sentence("relay-found-spf-not-needed", &[of]),
        SpfState::Missing => terminal.sentence("relay-found-spf-missing", &[of]),
        SpfState::NoRecord => terminal.sentence("relay-found-spf-none", &[of]),
        SpfState::Unclear => terminal.sentence("relay-found-spf-unclear", &[of]),
        SpfState::Broken(Fault::SeveralRecords) => terminal.sentence("relay-found-spf-several", &[of]),
        SpfState::Broken(Fault::TooManyLookups) => terminal.sentence("relay-found-spf-lookups", &[of]),
        SpfState::Broken(Fault::NothingAt(name)) => {
            terminal.sentence("relay-found-spf-void", &[of, ("name", name.into())])
        }
        SpfState::Broken(Fault::Syntax(term)) => {
            terminal.sentence("relay-found-spf-syntax", &[of, ("term", term.into())])
        }
    }
}

/// Whether mail passes, by the best proof, and what the published policy makes of it when it does not.
fn dmarc(
    finding: &Finding,
    domain: &str,
    policy: Option<Policy>,
    proofs: [Proof; 3],
    terminal: Terminal,
) -> String {
    let best = finding.best_proof().unwrap_or(Proof::Unknown);
    let id = match best {
        Proof::Aligned => "relay-found-dmarc-good",
        Proof::Likely => "relay-found-dmarc-likely",
        Proof::AfterSetup => "relay-found-dmarc-setup",
        Proof::Unknown => "relay-found-dmarc-unknown",
        Proof::Fails => "relay-found-dmarc-fails",
    };
    let by = match proofs.iter().position(|proof| *proof == best) {
        Some(0) => "relay-proof-ours",
        Some(1) => "relay-proof-theirs",
        _ => "relay-proof-spf",
    };
    let policy = match policy {
        None => "relay-policy-none-published",
        Some(Policy::None) => "relay-policy-none",
        Some(Policy::Quarantine) => "relay-policy-quarantine",
        Some(Policy::Reject) => "relay-policy-reject",
    };
    let (by, policy) = (terminal.sentence(by, &[]), terminal.sentence(policy, &[]));
    let of = ("domain", Value::from(domain));
    match best {
        Proof::Fails | Proof::Unknown => terminal.sentence(id, &[of, ("policy", policy.into())]),
        _ => terminal.sentence(id, &[of, ("proof", by.into())]),
    }
}

fn quota(per_day: Option<u32>, per_month: Option<u32>, plan: Option<&str>, terminal: Terminal) -> String {
    let plan = match plan {
        Some("sandbox") => terminal.sentence("relay-plan-sandbox", &[]),
        Some("free plan") => terminal.sentence("relay-plan-free", &[]),
        _ => terminal.sentence("relay-plan-default", &[]),
    };
    let plan = ("plan", Value::from(plan));
    match (per_day, per_month) {
        (Some(day), Some(month)) => {
            terminal.sentence("relay-found-quota", &[plan, ("day", day.into()), ("month", month.into())])
        }
        (Some(day), None) => terminal.sentence("relay-found-quota-day", &[plan, ("day", day.into())]),
        (None, Some(month)) => terminal.sentence("relay-found-quota-month", &[plan, ("month", month.into())]),
        (None, None) => terminal.sentence("relay-found-quota-unknown", &[]),
    }
}
