//! The whole tree of records of a domain, whoever sends: what receivers pay for it at the most, and what is wrong.
//!
//! Names that depend on the message (RFC 7208 §7) cannot be looked up without one; they are counted and passed over.

use postamt_net::PortFuture;
use postamt_net::dns::{Answer, DnsError, Resolver};
use serde::{Deserialize, Serialize};

use super::expand::Values;
use super::macros::MacroString;
use super::record::{self, Mechanism, Qualifier, Record};
use super::trace::{Place, Problem, ProblemKind};
use super::{LOOKUP_LIMIT, NAME_LIMIT, VOID_LIMIT, is_record, names};

/// Records that are read at the most. Far more than a usable tree has; a tree may be hostile.
const RECORD_LIMIT: usize = 50;

/// One record of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyedRecord {
    /// Whose, behind those that lead to it.
    pub chain: Vec<String>,
    /// As published.
    pub text: String,
    /// Terms of its own that count against [`LOOKUP_LIMIT`].
    pub lookups: usize,
}

/// What the tree is like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// Every record, as a receiver meets them; empty where the domain has none, and where it has several.
    pub records: Vec<SurveyedRecord>,
    /// Every term that counts against [`LOOKUP_LIMIT`]: what a client pays whom nothing matches.
    pub lookups: Vec<Place>,
    /// Names of terms at which nothing is.
    pub void_lookups: usize,
    /// What becomes of those whom nothing names, if the tree says so.
    pub rest: Option<Qualifier>,
    /// What is wrong, in the order of the tree.
    pub problems: Vec<Problem>,
}

impl Survey {
    /// Whether some receivers give a permanent error.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind.is_permanent_error())
    }
}

/// Reads the tree of a domain. DNS that does not answer is a problem of its place, and the rest is read on.
pub async fn survey(resolver: &dyn Resolver, domain: &str) -> Survey {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let mut reader = Reader { resolver, survey: Survey::default() };
    let chain = vec![domain.to_owned()];
    if let Some(record) = reader.record(chain.clone()).await {
        reader.survey.rest = reader.tree(record, chain).await;
    }
    let Survey { lookups, void_lookups, .. } = &reader.survey;
    let (lookups, void_lookups) = (lookups.len(), *void_lookups);
    let place = Place { chain: vec![domain.to_owned()], term: None };
    if lookups > LOOKUP_LIMIT {
        reader.tell(place.clone(), ProblemKind::TooManyLookups(lookups));
    }
    if void_lookups > VOID_LIMIT {
        reader.tell(place, ProblemKind::TooManyVoidLookups(void_lookups));
    }
    reader.survey
}

struct Reader<'a> {
    resolver: &'a dyn Resolver,
    survey: Survey,
}

impl Reader<'_> {
    fn tell(&mut self, place: Place, kind: ProblemKind) {
        self.survey.problems.push(Problem { place, kind });
    }

    /// The record of the last of the chain.
    async fn record(&mut self, chain: Vec<String>) -> Option<Record> {
        let place = Place { chain, term: None };
        let answer = self.resolver.txt(place.domain()).await;
        let Ok(answer) = answer else {
            let name = place.domain().to_owned();
            self.tell(place, ProblemKind::NoAnswer(name));
            return None;
        };
        let mut records: Vec<String> = answer.records.into_iter().filter(|text| is_record(text)).collect();
        if records.len() > 1 {
            self.tell(place, ProblemKind::SeveralRecords(records.len()));
            return None;
        }
        let Some(text) = records.pop() else {
            // The caller knows whether there must be one.
            if place.chain.len() > 1 {
                let name = place.domain().to_owned();
                self.tell(place, ProblemKind::NothingAt(name));
            }
            return None;
        };
        let parsed = record::parse(&text);
        let counted = |record: &Record| record.directives.iter().filter(|it| it.mechanism.looks_up()).count();
        let lookups = parsed.as_ref().map_or(0, counted);
        self.survey.records.push(SurveyedRecord { chain: place.chain.clone(), text, lookups });
        match parsed {
            Ok(record) => Some(record),
            Err(faults) => {
                for fault in faults {
                    let place = Place { term: Some(fault.term.clone()), ..place.clone() };
                    self.tell(place, ProblemKind::Syntax(fault));
                }
                None
            }
        }
    }

    /// A record and what it leads to; gives what it says of the rest.
    fn tree(&mut self, record: Record, chain: Vec<String>) -> PortFuture<'_, Option<Qualifier>> {
        Box::pin(async move {
            self.judge_form(&record, &chain);
            for directive in &record.directives {
                if directive.mechanism == Mechanism::All {
                    return Some(directive.qualifier);
                }
                let place = Place { chain: chain.clone(), term: Some(directive.text.clone()) };
                self.directive(&directive.mechanism, place).await;
            }
            let redirect = record.redirect?;
            let place = Place { chain, term: Some(redirect.text) };
            self.survey.lookups.push(place.clone());
            self.lead(&redirect.domain, place).await
        })
    }

    /// What is odd about the record by itself.
    fn judge_form(&mut self, record: &Record, chain: &[String]) {
        let place = |term: &str| Place { chain: chain.to_vec(), term: Some(term.to_owned()) };
        match record.all() {
            Some(all) => {
                if all.qualifier == Qualifier::Pass {
                    self.tell(place(&all.text), ProblemKind::EverybodyPasses);
                }
                if let Some(behind) = record.directives.iter().find(|directive| directive.at > all.at) {
                    self.tell(place(&behind.text), ProblemKind::BehindAll);
                }
                if let Some(redirect) = &record.redirect {
                    self.tell(place(&redirect.text), ProblemKind::UselessRedirect);
                }
            }
            // Records that are only included need no end: their rest is no match.
            None if record.redirect.is_none() && chain.len() == 1 => {
                self.tell(Place { chain: chain.to_vec(), term: None }, ProblemKind::NoEnd);
            }
            None => {}
        }
    }

    async fn directive(&mut self, mechanism: &Mechanism, place: Place) {
        if mechanism.looks_up() {
            self.survey.lookups.push(place.clone());
        }
        match mechanism {
            Mechanism::All => {}
            Mechanism::Ip4(_, 0) | Mechanism::Ip6(_, 0) => self.tell(place, ProblemKind::EverybodyPasses),
            Mechanism::Ip4(..) | Mechanism::Ip6(..) => {}
            Mechanism::Ptr(_) => self.tell(place, ProblemKind::UsesPtr),
            Mechanism::Include(spec) => {
                self.lead(spec, place).await;
            }
            Mechanism::A(spec, _) => {
                if let Some(name) = self.fixed_name(spec.as_ref(), &place) {
                    self.hosts(&name, place).await;
                }
            }
            Mechanism::Mx(spec, _) => {
                if let Some(name) = self.fixed_name(spec.as_ref(), &place) {
                    self.servers(&name, place).await;
                }
            }
            Mechanism::Exists(spec) => {
                if let Some(name) = self.fixed_name(Some(spec), &place) {
                    let found = self.resolver.addresses_of(&name, false).await;
                    self.expect(found, &name, place);
                }
            }
        }
    }

    /// Follows an `include` or `redirect`.
    async fn lead(&mut self, spec: &MacroString, place: Place) -> Option<Qualifier> {
        let name = self.fixed_name(Some(spec), &place)?;
        if place.chain.iter().any(|before| before.eq_ignore_ascii_case(&name)) {
            self.tell(place, ProblemKind::Circle(name));
            return None;
        }
        if self.survey.records.len() >= RECORD_LIMIT {
            return None;
        }
        let chain = [place.chain, vec![name]].concat();
        let record = self.record(chain.clone()).await?;
        self.tree(record, chain).await
    }

    /// The name, where it is the same for every message.
    fn fixed_name(&mut self, spec: Option<&MacroString>, place: &Place) -> Option<String> {
        let Some(spec) = spec else { return Some(place.domain().to_owned()) };
        if !spec.is_fixed() {
            return None;
        }
        let name = Values::of_nobody().expand_name(spec, place.domain(), "");
        if names::can_be_asked(&name) {
            return Some(name);
        }
        self.tell(place.clone(), ProblemKind::ImpossibleName(name));
        None
    }

    async fn hosts(&mut self, name: &str, place: Place) {
        let v4 = self.resolver.addresses_of(name, false).await;
        if matches!(&v4, Ok(answer) if answer.records.is_empty()) {
            let v6 = self.resolver.addresses_of(name, true).await;
            self.expect(v6, name, place);
        } else {
            self.expect(v4, name, place);
        }
    }

    async fn servers(&mut self, name: &str, place: Place) {
        let answer = self.resolver.exchanges_of(name).await;
        if let Ok(answer) = &answer
            && answer.records.len() > NAME_LIMIT
        {
            let count = answer.records.len();
            return self.tell(place, ProblemKind::TooManyExchanges(count));
        }
        self.expect(answer, name, place);
    }

    fn expect<T>(&mut self, answer: Result<Answer<T>, DnsError>, name: &str, place: Place) {
        match answer {
            Err(_) => self.tell(place, ProblemKind::NoAnswer(name.to_owned())),
            Ok(answer) if answer.records.is_empty() => {
                self.survey.void_lookups += 1;
                self.tell(place, ProblemKind::NobodyAt(name.to_owned()));
            }
            Ok(_) => {}
        }
    }
}
