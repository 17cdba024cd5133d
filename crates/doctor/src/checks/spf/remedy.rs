//! The record to copy: the one that `postamt dns records` wants, with the terms mended that are at fault.

use postamt_mail::address::Domain;
use postamt_mail::relays::Profile;
use postamt_mailauth::spf::record::{self, Directive, Mechanism, Qualifier};
use postamt_mailauth::spf::{FaultKind, LOOKUP_LIMIT, Problem, ProblemKind, Survey};

use super::Case;
use crate::checks::finding::{Finding, Remedy};
use crate::records::spf::{Flaws, Senders, mended};

/// What a wrongly split record has in the middle of a term. (`a:` and `mx:` end other words as well.)
const STARTS: [&str; 9] =
    ["include:", "ip4:", "ip6:", "exists:", "redirect=", "~all", "-all", "?all", "+all"];

/// Everything that the record must say.
#[derive(Clone)]
pub struct Mending<'a> {
    case: &'a Case<'a>,
    /// The SPF records.
    there: Vec<String>,
    /// Texts that are none, and look like one or like the rest of one.
    others: Vec<String>,
    includes: Vec<String>,
    is_exchange: bool,
    flaws: Flaws,
}

impl<'a> Mending<'a> {
    /// For the records of a name, among all of its texts.
    pub async fn new(case: &'a Case<'a>, there: &[&str], texts: &[String]) -> Self {
        let there = there.iter().map(|text| (*text).to_owned()).collect();
        let others = texts.iter().filter(|text| is_stray(text)).cloned().collect();
        let (includes, flaws) = (Vec::new(), Flaws::default());
        let mut mending = Self { case, there, others, includes, is_exchange: false, flaws };
        // A stranger's record is not written here.
        let Some(host) = case.host() else { return mending };
        let exchanges =
            case.context.resolver.mx(case.name).await.map(|answer| answer.records).unwrap_or_default();
        mending.is_exchange = exchanges.iter().any(|mx| mx.exchange.as_ref() == Some(&host.hostname));
        let profiles = host.relays.iter().filter_map(|relay| relay.profile);
        mending.includes = profiles.filter_map(Profile::include_at_from).map(str::to_owned).collect();
        mending
    }

    /// Together with the texts that should be part of the record.
    pub fn whole(&self) -> Self {
        let mut mending = self.clone();
        mending.flaws.added = self.others.iter().flat_map(|text| terms_of(text)).collect();
        mending
    }

    /// Together with the terms of a record that lies where nobody looks.
    pub fn instead_of(&self, text: &str) -> Self {
        let mut mending = self.whole();
        mending.flaws.added.extend(terms_of(text));
        mending
    }

    /// What a wrongly split record shows: a term that is two, or the rest of it in a record of its own.
    pub fn seam(&self, problems: &[Problem]) -> Option<String> {
        let own = problems.iter().filter(|problem| problem.place.chain.len() == 1);
        let terms = own.filter_map(|problem| problem.place.term.clone());
        let is_open = problems.iter().any(|problem| problem.kind == ProblemKind::NoEnd);
        let stray = self.others.first().filter(|_| is_open).cloned();
        terms.into_iter().find(|term| parted(term).len() > 1 || term.contains('"')).or(stray)
    }

    /// Texts that belong to the record.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str)
    }

    /// Without the faulty terms of this tree.
    pub async fn of(&self, survey: &Survey) -> Self {
        let mut mending =
            if survey.lookups.len() > LOOKUP_LIMIT { self.flat(survey).await } else { self.clone() };
        let Some(own) = survey.records.first() else { return mending };
        for problem in survey.problems.iter().filter(|problem| is_fault(&problem.kind)) {
            let chain = &problem.place.chain;
            let term = match chain.get(1) {
                None => problem.place.term.clone(),
                // The term that leads there; what others do that only costs a little is their matter.
                Some(next) if is_grave(&problem.kind) => {
                    own.text.split(' ').find(|term| leads_to(term, next)).map(str::to_owned)
                }
                Some(_) => None,
            };
            match term {
                // One of two that say the same stays: it is not written twice.
                Some(term) if is_repeated(&problem.kind, &term, &own.text) => {
                    mending.flaws.replaced.push((term.clone(), vec![term]));
                }
                term => mending.flaws.gone.extend(term),
            }
        }
        mending
    }

    /// With the addresses of our own names in place of the names.
    pub async fn flat(&self, survey: &Survey) -> Self {
        let mut mending = self.clone();
        if self.case.host().is_none() {
            return mending;
        }
        let own = survey.records.first().and_then(|own| record::parse(&own.text).ok());
        for directive in own.iter().flat_map(|own| &own.directives) {
            mending.flaws.replaced.extend(self.flattened(directive).await);
        }
        mending
    }

    /// The addresses in place of a name of our own: they are known here, and cost nothing.
    async fn flattened(&self, directive: &Directive) -> Option<(String, Vec<String>)> {
        let spec = match &directive.mechanism {
            Mechanism::A(spec, prefixes) | Mechanism::Mx(spec, prefixes)
                if (prefixes.v4, prefixes.v6) == (32, 128) && directive.qualifier == Qualifier::Pass =>
            {
                spec.as_ref()
            }
            _ => return None,
        };
        let name = spec.map_or(Ok(self.case.name.clone()), |spec| Domain::new(&spec.text)).ok()?;
        if name.organisational() != self.case.name.organisational() {
            return None;
        }
        let context = self.case.context;
        let names = match directive.mechanism {
            Mechanism::Mx(..) => {
                let answer = context.resolver.mx(&name).await.ok()?;
                answer.records.into_iter().filter_map(|mx| mx.exchange).collect()
            }
            _ => vec![name],
        };
        let mut terms = Vec::new();
        for name in &names {
            let found = context.addresses(name).await.ok()?;
            terms.extend(found.all.iter().map(|address| match address.is_ipv4() {
                true => format!("ip4:{address}"),
                false => format!("ip6:{address}"),
            }));
        }
        (!terms.is_empty()).then(|| (directive.text.clone(), terms))
    }

    /// The finding with the record, where it is about a domain of ours.
    pub fn finish(&self, finding: Finding) -> Finding {
        let Some(host) = self.case.host() else { return finding };
        let senders = Senders {
            domain: self.case.name.as_str(),
            hostname: host.hostname.as_str(),
            addresses: self.case.addresses,
            includes: &self.includes,
            is_exchange: self.is_exchange,
        };
        let whole: Vec<String> = self.there.iter().map(|text| joined(text)).collect();
        let there: Vec<&str> = whole.iter().map(String::as_str).collect();
        let value = mended(&there, &self.flaws, &senders);
        if self.there.len() == 1 && self.there[0] == value {
            return finding;
        }
        let others = self.others.iter().filter(|_| !self.flaws.added.is_empty());
        let known = self.there.iter().chain(others).map(String::as_str);
        finding.remedy(Remedy::text(self.case.name.as_str(), &value, known))
    }
}

/// Whether the fault is that this very term stands there more than once.
fn is_repeated(kind: &ProblemKind, term: &str, text: &str) -> bool {
    let is_twice = || text.split(' ').filter(|other| *other == term).count() > 1;
    matches!(kind, ProblemKind::Syntax(fault) if fault.kind == FaultKind::Repeated) && is_twice()
}

/// Whether a term must go for the record to be sound.
fn is_fault(kind: &ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::Syntax(_)
            | ProblemKind::NothingAt(_)
            | ProblemKind::Circle(_)
            | ProblemKind::SeveralRecords(_)
            | ProblemKind::TooManyExchanges(_)
            | ProblemKind::ImpossibleName(_)
            | ProblemKind::UsesPtr
            | ProblemKind::NobodyAt(_)
            | ProblemKind::EverybodyPasses
    )
}

/// Whether receivers cannot use a record of ours because of it, whoever has published it.
fn is_grave(kind: &ProblemKind) -> bool {
    kind.is_permanent_error() || *kind == ProblemKind::EverybodyPasses
}

pub fn leads_to(term: &str, name: &str) -> bool {
    let target = term.split_once([':', '=']).map(|(_, target)| target.trim_end_matches('.'));
    target.is_some_and(|target| target.eq_ignore_ascii_case(name))
}

/// A text beside the record that is its rest, or a record that nobody takes for one.
fn is_stray(text: &str) -> bool {
    if postamt_mailauth::spf::is_record(text) {
        return false;
    }
    let is_misspelt = text.to_ascii_lowercase().contains("v=spf1");
    let rest = record::parse(&format!("v=spf1 {}", text.trim()));
    let says = |directive: &Directive| directive.text.contains(':') || directive.mechanism == Mechanism::All;
    is_misspelt || rest.is_ok_and(|record| record.directives.iter().any(says))
}

/// The terms of a text that is no record, without what should be its version.
fn terms_of(text: &str) -> Vec<String> {
    let text = text.replace(['"', ';', '\t'], " ");
    let lower = text.to_ascii_lowercase();
    let rest = lower.find("v=spf1").map_or(text.as_str(), |at| &text[at + "v=spf1".len()..]);
    rest.split_ascii_whitespace().flat_map(parted).collect()
}

/// The record with a space at each seam.
fn joined(text: &str) -> String {
    if !text.contains('"') && text.split(' ').all(|term| parted(term).len() < 2) {
        return text.to_owned();
    }
    text.replace('"', " ").split_ascii_whitespace().flat_map(parted).collect::<Vec<_>>().join(" ")
}

/// A term, at the seams that it must not have.
fn parted(term: &str) -> Vec<String> {
    let is_start = |at: usize| {
        let rest = &term[at..];
        let found = STARTS.iter().find(|start| begins_with(rest, start));
        // `-all` is an end only where nothing follows, or another term.
        found.is_some_and(|start| {
            !start.ends_with("all") || rest.len() == start.len() || parted_end(rest, start)
        })
    };
    let mut parts = vec![String::new()];
    for (at, letter) in term.char_indices() {
        let is_qualified = parts.last().is_some_and(|part| matches!(part.as_str(), "+" | "-" | "~" | "?"));
        if letter == '"' {
            parts.push(String::new());
            continue;
        }
        if at > 0 && is_start(at) && !is_qualified && !parts.last().is_some_and(String::is_empty) {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn parted_end(rest: &str, end: &str) -> bool {
    let behind = &rest[end.len()..];
    STARTS.iter().any(|start| begins_with(behind, start))
}

/// In whatever letters.
fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
}
