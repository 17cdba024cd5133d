//! From what was seen to what it means: a pure function.
//!
//! A relay is not usable when it does not let us in, when it refuses mail of one of our domains, when SPF says `-all`
//! to mail whose return path stays ours, or when mail would fail a DMARC policy that asks for refusal or quarantine.

use postamt_mail::relays::{Fact, RelaySignature, ReturnPath};
use postamt_mailauth::records::dkim::Published;
use postamt_mailauth::records::dmarc::{Policy, Record};
use postamt_mailauth::records::spf::{self, Allows, Reading, Rest};

use super::finding::{Finding, Proof, SpfState};
use super::gather::{DomainFacts, Facts, KeyFact, include_of};
use super::{Judged, PreflightVerdict, Severity};
use crate::send::relay_test::{Answer, EnvelopeAnswer, RelayTestReport, Step};
use crate::settings::{NullSender, Relay, RelayTls};

/// Judges a relay by what was seen.
#[must_use]
pub fn judge(relay: &Relay, facts: &Facts, now: u64) -> PreflightVerdict {
    let mut findings = Findings::default();
    session(relay, &facts.report, &mut findings);
    for domain in &facts.domains {
        let mut of_domain = Findings::default();
        senders(&facts.report, domain, &mut of_domain);
        records(relay, domain, &mut of_domain);
        if domain.is_hostname {
            of_domain.soften();
        }
        findings.0.append(&mut of_domain.0);
    }
    null_sender(relay, &facts.report, &mut findings);
    terms(relay, facts, &mut findings);
    let findings = findings.0;
    let usable = findings.iter().all(|judged| judged.severity != Severity::Fatal);
    PreflightVerdict { relay: relay.name.clone(), checked_at: now, usable, findings }
}

#[derive(Default)]
struct Findings(Vec<Judged>);

impl Findings {
    fn add(&mut self, severity: Severity, finding: Finding) {
        self.0.push(Judged { severity, finding });
    }

    fn soften(&mut self) {
        for judged in &mut self.0 {
            judged.severity = judged.severity.min(Severity::Warning);
        }
    }
}

/// How far we got with the relay.
fn session(relay: &Relay, report: &RelayTestReport, findings: &mut Findings) {
    if let (Some(port), Some(address)) = (report.port, &report.address) {
        findings.add(Severity::Good, Finding::Reached { address: address.clone() });
        if port != relay.port {
            findings.add(Severity::Note, Finding::OtherPort { port, instead_of: relay.port });
        }
    }
    let broken = report.step.filter(|step| *step != Step::Envelope || report.envelopes.is_empty());
    if let (Some(step), Some(problem)) = (broken, &report.failure) {
        findings.add(Severity::Fatal, Finding::Unreached { step, problem: problem.clone() });
        return;
    }
    if relay.tls == RelayTls::None {
        findings.add(Severity::Warning, Finding::ClearText);
    }
    if let Some(problem) = &report.certificate_problem {
        findings.add(Severity::Warning, Finding::Certificate { problem: problem.clone() });
    }
    if let Some(mechanism) = &report.login {
        findings.add(Severity::Good, Finding::LoggedIn { mechanism: mechanism.clone() });
    }
}

fn senders(report: &RelayTestReport, domain: &DomainFacts, findings: &mut Findings) {
    let postmaster = format!("postmaster@{}", domain.domain);
    let to_itself = |said: &&EnvelopeAnswer| said.sender == postmaster && said.recipient == postmaster;
    let Some(said) = report.envelopes.iter().find(to_itself) else { return };
    let severity = match said.answer {
        Answer::Accepted => Severity::Good,
        Answer::Later => Severity::Warning,
        Answer::Refused => Severity::Fatal,
    };
    let reply = said.recipient_reply.as_ref().unwrap_or(&said.mail).clone();
    findings.add(severity, Finding::Sender { domain: domain.domain.to_string(), answer: said.answer, reply });
}

/// What DNS says, and what follows for DMARC.
fn records(relay: &Relay, facts: &DomainFacts, findings: &mut Findings) {
    let domain = facts.domain.to_string();
    for problem in [facts.spf.as_ref().err(), facts.dmarc.as_ref().err()].into_iter().flatten() {
        findings.add(Severity::Warning, Finding::Dns { domain: domain.clone(), problem: problem.clone() });
    }
    let dmarc = facts.dmarc.as_ref().ok().and_then(Option::as_ref);
    let state = facts.spf.as_ref().ok().map(|reading| spf_state(relay, reading));
    if let (Ok(reading), Some(state)) = (&facts.spf, &state) {
        spf_finding(relay, &domain, reading, state, findings);
    }
    keys(facts, findings);
    let ours = facts.keys.iter().map(|key| our_proof(relay, facts, key, dmarc)).max().unwrap_or(Proof::Fails);
    let proof = Finding::Dmarc {
        domain,
        policy: dmarc.map(|record| record.policy),
        ours,
        relay: relay_proof(relay),
        spf: spf_proof(relay, state.as_ref(), dmarc),
    };
    let demands = dmarc.is_some_and(|record| record.policy != Policy::None);
    let severity = match proof.best_proof() {
        Some(Proof::Aligned) => Severity::Good,
        Some(Proof::Likely) => Severity::Note,
        Some(Proof::Fails) if demands => Severity::Fatal,
        _ => Severity::Warning,
    };
    findings.add(severity, proof);
}

/// What becomes of the envelope sender. A smarthost that nobody knows is an ordinary one: it leaves it alone.
fn return_path(relay: &Relay) -> Option<ReturnPath> {
    match relay.profile {
        None => Some(ReturnPath::Kept),
        Some(profile) => profile.return_path.known().copied(),
    }
}

fn spf_state(relay: &Relay, reading: &Reading) -> SpfState {
    let replaced = matches!(return_path(relay), Some(ReturnPath::CustomSubdomain | ReturnPath::Relay));
    match &reading.allows {
        Allows::Yes(term) => SpfState::Included(term.clone()),
        _ if replaced => SpfState::NotNeeded,
        Allows::NoRecord => SpfState::NoRecord,
        Allows::Broken(fault) => SpfState::Broken(fault.clone()),
        // Everybody may send.
        Allows::No if reading.rest == Rest::Pass => SpfState::Included("+all".to_owned()),
        Allows::No if relay.profile.is_some_and(|profile| include_of(profile).is_some()) => SpfState::Missing,
        Allows::No => SpfState::Unclear,
    }
}

fn spf_finding(relay: &Relay, domain: &str, reading: &Reading, state: &SpfState, findings: &mut Findings) {
    // A return path that stays ours is judged by our record, and `-all` is a refusal before DKIM is looked at.
    let stays = matches!(return_path(relay), Some(ReturnPath::Kept | ReturnPath::SendingDomain));
    let severity = match state {
        SpfState::Included(_) => Severity::Good,
        SpfState::NotNeeded => Severity::Note,
        SpfState::Missing if stays && reading.rest == Rest::Fail => Severity::Fatal,
        _ => Severity::Warning,
    };
    let include = relay.profile.and_then(include_of);
    let wanted = match (state, include) {
        (SpfState::Missing | SpfState::NoRecord, Some(name)) => {
            Some(spf::with_mechanism(reading.record.as_deref(), &format!("include:{name}")))
        }
        _ => None,
    };
    let (domain, record) = (domain.to_owned(), reading.record.clone());
    findings.add(severity, Finding::Spf { domain, state: state.clone(), record, wanted });
}

fn keys(facts: &DomainFacts, findings: &mut Findings) {
    let domain = facts.domain.to_string();
    if facts.keys.is_empty() {
        findings.add(Severity::Warning, Finding::NoKey { domain: domain.clone() });
    }
    for key in &facts.keys {
        match &key.state {
            Ok(state) => {
                let severity = if *state == Published::Yes { Severity::Good } else { Severity::Warning };
                let (domain, name, record) = (domain.clone(), key.name.clone(), key.record.clone());
                findings.add(severity, Finding::Key { domain, name, state: *state, record });
            }
            Err(problem) => {
                let finding = Finding::Dns { domain: domain.clone(), problem: problem.clone() };
                findings.add(Severity::Warning, finding);
            }
        }
    }
}

/// RFC 9989 §4.4.1: with strict alignment `d=` must be the domain of From itself.
fn our_proof(relay: &Relay, facts: &DomainFacts, key: &KeyFact, dmarc: Option<&Record>) -> Proof {
    let strict = dmarc.is_some_and(|record| record.strict_dkim);
    if strict && key.domain != facts.domain {
        return Proof::Fails;
    }
    match key.state {
        Err(_) => Proof::Unknown,
        Ok(Published::Missing | Published::Different) => Proof::Fails,
        Ok(Published::Yes) => match relay.profile.map(|profile| &profile.rewrites) {
            Some(Fact::Unknown) => Proof::Likely,
            // What is rewritten is not signed.
            Some(Fact::Known(_)) | None => Proof::Aligned,
        },
    }
}

fn relay_proof(relay: &Relay) -> Proof {
    match relay.profile.map(|profile| &profile.relay_signs) {
        Some(Fact::Known(RelaySignature::Customer)) => Proof::AfterSetup,
        Some(Fact::Unknown) => Proof::Unknown,
        Some(Fact::Known(RelaySignature::Relay)) | None => Proof::Fails,
    }
}

/// RFC 9989 §4.4.2: the return path must be of our domain, and SPF must pass for it.
fn spf_proof(relay: &Relay, state: Option<&SpfState>, dmarc: Option<&Record>) -> Proof {
    let Some(state) = state else { return Proof::Unknown };
    match return_path(relay) {
        Some(ReturnPath::Relay) => Proof::Fails,
        Some(ReturnPath::CustomSubdomain) if dmarc.is_some_and(|record| record.strict_spf) => Proof::Fails,
        Some(ReturnPath::CustomSubdomain) => Proof::AfterSetup,
        None => Proof::Unknown,
        Some(ReturnPath::Kept | ReturnPath::SendingDomain) => match state {
            SpfState::Included(_) => Proof::Aligned,
            SpfState::Unclear | SpfState::NotNeeded => Proof::Unknown,
            SpfState::Missing | SpfState::NoRecord | SpfState::Broken(_) => Proof::Fails,
        },
    }
}

fn null_sender(relay: &Relay, report: &RelayTestReport, findings: &mut Findings) {
    let Some(said) = report.envelopes.iter().find(|envelope| envelope.sender.is_empty()) else { return };
    let taken = said.answer == Answer::Accepted;
    let replaced = relay.null_sender != NullSender::Kept;
    let severity = match (taken, &relay.null_sender) {
        (true, _) => Severity::Good,
        // What is not known is tried and then replaced.
        (false, NullSender::Replaced(_) | NullSender::Unknown) => Severity::Note,
        (false, NullSender::Kept) => Severity::Warning,
    };
    let reply = said.recipient_reply.as_ref().unwrap_or(&said.mail).clone();
    findings.add(severity, Finding::NullSender { taken, replaced, reply });
}

/// What the provider allows.
fn terms(relay: &Relay, facts: &Facts, findings: &mut Findings) {
    let known_size = relay.profile.and_then(|profile| profile.size_bytes.known().copied());
    if let Some(relay_bytes) = facts.report.size_limit.or(known_size)
        && relay_bytes < facts.message_bytes
    {
        findings.add(Severity::Note, Finding::Size { relay_bytes, our_bytes: facts.message_bytes });
    }
    if relay.profile.is_some_and(|profile| profile.verified_senders == Fact::Known(true)) {
        findings.add(Severity::Note, Finding::VerifiedSenders);
    }
    let (per_day, per_month) = (relay.messages_per_day, relay.messages_per_month);
    if per_day.or(per_month).is_some() {
        return findings.add(Severity::Good, Finding::QuotaSet { per_day, per_month });
    }
    let Some(profile) = relay.profile else {
        return findings.add(Severity::Note, Finding::QuotaUnknown);
    };
    match (profile.quota_per_day.known().copied(), profile.quota_per_month.known().copied()) {
        (None, None) => findings.add(Severity::Note, Finding::QuotaUnknown),
        (per_day, per_month) => {
            let plan = profile.quota_of.known().cloned();
            findings.add(Severity::Note, Finding::Quota { per_day, per_month, plan });
        }
    }
}
