//! The findings of a preflight as sentences of a person's language.
//!
//! [`sentence`] takes its words from the catalogue; what relays and name servers said stands as they said it.

use postamt_mail::words::{Value, Words};
use postamt_mailauth::records::dkim::Published;
use postamt_mailauth::records::dmarc::Policy;
use postamt_mailauth::records::spf::Fault;

use super::finding::{Finding, Proof, SpfState};
use crate::send::relay_test::{Answer, Step};

/// A finding as a sentence.
#[must_use]
pub fn sentence(finding: &Finding, words: &Words) -> String {
    let say = |id: &str, values: &[(&str, Value<'_>)]| words.get(id, values);
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
        Finding::Spf { domain, state, .. } => spf(domain, state, words),
        Finding::NoKey { domain } => say("relay-key-none", &[("domain", domain.into())]),
        Finding::Key { name, state, .. } => say(key(*state), &[("name", name.into())]),
        Finding::Dmarc { domain, policy, ours, relay, spf } => {
            dmarc(finding, domain, *policy, [*ours, *relay, *spf], words)
        }
        Finding::Dns { domain, problem } => {
            say("relay-found-dns", &[("domain", domain.into()), ("problem", problem.into())])
        }
        Finding::VerifiedSenders => say("relay-verified-senders", &[]),
        Finding::Size { relay_bytes, our_bytes } => say(
            "relay-found-size",
            &[("theirs", (relay_bytes / 1_000_000).into()), ("ours", (our_bytes / 1_000_000).into())],
        ),
        Finding::Quota { per_day, per_month, plan } => quota(*per_day, *per_month, plan.as_deref(), words),
        Finding::QuotaSet { per_day, per_month } => quota_set(*per_day, *per_month, words),
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

fn spf(domain: &str, state: &SpfState, words: &Words) -> String {
    let of = ("domain", Value::from(domain));
    match state {
        SpfState::Included(term) => words.get("relay-found-spf-good", &[of, ("term", term.into())]),
        SpfState::NotNeeded => words.get("relay-found-spf-not-needed", &[of]),
        SpfState::Missing => words.get("relay-found-spf-missing", &[of]),
        SpfState::NoRecord => words.get("relay-found-spf-none", &[of]),
        SpfState::Unclear => words.get("relay-found-spf-unclear", &[of]),
        SpfState::Broken(Fault::SeveralRecords) => words.get("relay-found-spf-several", &[of]),
        SpfState::Broken(Fault::TooManyLookups) => words.get("relay-found-spf-lookups", &[of]),
        SpfState::Broken(Fault::NothingAt(name)) => {
            words.get("relay-found-spf-void", &[of, ("name", name.into())])
        }
        SpfState::Broken(Fault::Syntax(term)) => {
            words.get("relay-found-spf-syntax", &[of, ("term", term.into())])
        }
    }
}

/// Whether mail passes, by the best proof, and what the published policy makes of it when it does not.
fn dmarc(
    finding: &Finding,
    domain: &str,
    policy: Option<Policy>,
    proofs: [Proof; 3],
    words: &Words,
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
    let (by, policy) = (words.get(by, &[]), words.get(policy, &[]));
    let of = ("domain", Value::from(domain));
    match best {
        Proof::Fails | Proof::Unknown => words.get(id, &[of, ("policy", policy.into())]),
        _ => words.get(id, &[of, ("proof", by.into())]),
    }
}

fn quota_set(per_day: Option<u32>, per_month: Option<u32>, words: &Words) -> String {
    let set = [("relay-found-quota-set", per_day), ("relay-found-quota-set-month", per_month)];
    let line = |(id, limit): (&str, Option<u32>)| Some(words.get(id, &[("limit", limit?.into())]));
    set.into_iter().filter_map(line).collect::<Vec<_>>().join(" ")
}

fn quota(per_day: Option<u32>, per_month: Option<u32>, plan: Option<&str>, words: &Words) -> String {
    let plan = match plan {
        Some("sandbox") => words.get("relay-plan-sandbox", &[]),
        Some("free plan") => words.get("relay-plan-free", &[]),
        _ => words.get("relay-plan-default", &[]),
    };
    let plan = ("plan", Value::from(plan));
    match (per_day, per_month) {
        (Some(day), Some(month)) => {
            words.get("relay-found-quota", &[plan, ("day", day.into()), ("month", month.into())])
        }
        (Some(day), None) => words.get("relay-found-quota-day", &[plan, ("day", day.into())]),
        (None, Some(month)) => words.get("relay-found-quota-month", &[plan, ("month", month.into())]),
        (None, None) => words.get("relay-found-quota-unknown", &[]),
    }
}
