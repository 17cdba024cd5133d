//! `check_host` (RFC 7208 §4), one term after another.

use std::net::IpAddr;

use postamt_net::PortFuture;
use postamt_net::dns::{DnsError, Resolver};

use super::expand::Values;
use super::macros::{MacroString, Use};
use super::names;
use super::record::{self, Directive, Modifier, Qualifier, Record};
use super::trace::{Evaluation, Matched, Place, Problem, ProblemKind, Question, QuestionOutcome, SpfResult};
use super::{LOOKUP_LIMIT, VOID_LIMIT, is_record};

/// A delivery, as far as SPF looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Whose right to send is in question.
    pub client: IpAddr,
    /// The envelope sender; empty for a notice, whose sender is then postmaster@ `greeting` (RFC 7208 §2.4).
    pub sender: &'a str,
    /// The name given to EHLO.
    pub greeting: &'a str,
    /// The receiving host, for explanations.
    pub receiver: &'a str,
    /// Seconds since 1970, for explanations.
    pub now: u64,
}

/// Evaluates the record of the sender's domain. Takes as long as DNS does, and never fails: that is a result.
pub async fn evaluate(resolver: &dyn Resolver, query: Query<'_>) -> Evaluation {
    let (local, domain) = match query.sender.rsplit_once('@') {
        Some((local, domain)) => (local, domain),
        None if query.sender.is_empty() => ("", query.greeting),
        None => ("", query.sender),
    };
    // RFC 7208 §4.3.
    let local = if local.is_empty() { "postmaster" } else { local };
    let domain = domain.strip_suffix('.').unwrap_or(domain).to_owned();
    let values = Values {
        client: query.client.to_canonical(),
        local: local.to_owned(),
        sender_domain: domain.clone(),
        greeting: query.greeting.to_owned(),
        receiver: query.receiver.to_owned(),
        now: query.now,
    };
    let mut walk = Walk::new(resolver, values);
    let result = if names::is_mail_domain(&domain) { walk.outermost(&domain).await } else { SpfResult::None };
    let explanation = if result == SpfResult::Fail { walk.explanation().await } else { None };
    Evaluation {
        domain,
        result,
        matched: walk.matched,
        explanation,
        lookups: walk.lookups,
        void_lookups: walk.void_lookups,
        questions: walk.questions,
        problems: walk.problems,
    }
}

/// Why there is no result but an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Temporary,
    Permanent,
}

impl From<Stop> for SpfResult {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Temporary => Self::TempError,
            Stop::Permanent => Self::PermError,
        }
    }
}

pub(super) struct Walk<'a> {
    resolver: &'a dyn Resolver,
    pub(super) values: Values,
    /// Where it is.
    pub(super) place: Place,
    pub(super) lookups: Vec<Place>,
    void_lookups: usize,
    questions: Vec<Question>,
    pub(super) problems: Vec<Problem>,
    matched: Option<Matched>,
    /// Of the record that decided: the modifier and whose it is.
    explains: Option<(Modifier, String)>,
}

impl<'a> Walk<'a> {
    fn new(resolver: &'a dyn Resolver, values: Values) -> Self {
        Self {
            resolver,
            values,
            place: Place::default(),
            lookups: Vec::new(),
            void_lookups: 0,
            questions: Vec::new(),
            problems: Vec::new(),
            matched: None,
            explains: None,
        }
    }

    pub(super) fn resolver(&self) -> &'a dyn Resolver {
        self.resolver
    }

    async fn outermost(&mut self, domain: &str) -> SpfResult {
        match self.check(domain.to_owned()).await {
            Ok(result) => result,
            Err(stop) => stop.into(),
        }
    }

    /// The record of a domain and those that it redirects to. Boxed, since `include` comes here again.
    pub(super) fn check(&mut self, mut domain: String) -> PortFuture<'_, Result<SpfResult, Stop>> {
        Box::pin(async move {
            let depth = self.place.chain.len();
            let mut redirected_by = None;
            let result = loop {
                let Some(found) = self.record(&domain).await? else {
                    match redirected_by {
                        // RFC 7208 §6.1.
                        Some(place) => return Err(self.fail_at(place, ProblemKind::NothingAt(domain))),
                        None => break SpfResult::None,
                    }
                };
                self.place.chain.push(domain.clone());
                let outcome = self.read(&found, &domain).await?;
                let (Outcome::Nothing, Some(redirect)) = (outcome, &found.redirect) else {
                    self.explains = found.explanation.map(|modifier| (modifier, domain));
                    break outcome.result();
                };
                self.place.term = Some(redirect.text.clone());
                self.count()?;
                domain = self.name(Some(&redirect.domain), &domain).await;
                redirected_by = Some(self.place.clone());
                self.place.term = None;
            };
            self.place.chain.truncate(depth);
            Ok(result)
        })
    }

    async fn read(&mut self, found: &Record, domain: &str) -> Result<Outcome, Stop> {
        for directive in &found.directives {
            self.place.term = Some(directive.text.clone());
            let place = self.place.clone();
            let matches = self.matches(&directive.mechanism, domain).await?;
            self.place = place;
            if matches {
                self.note_match(directive);
                return Ok(Outcome::Matched(directive.qualifier));
            }
        }
        self.place.term = None;
        Ok(Outcome::Nothing)
    }

    /// The innermost term is noted first; those that include it are put around it.
    fn note_match(&mut self, directive: &Directive) {
        let is_around = |inner: &Place| inner.chain.len() > self.place.chain.len();
        let inner = self.matched.take().map(|matched| matched.inner).filter(is_around);
        self.matched = Some(Matched {
            inner: inner.unwrap_or_else(|| self.place.clone()),
            place: self.place.clone(),
            qualifier: directive.qualifier,
        });
    }

    /// What an `include` found does not count when it is no pass.
    pub(super) fn forget_match(&mut self) {
        self.matched = None;
    }

    async fn record(&mut self, domain: &str) -> Result<Option<Record>, Stop> {
        if !names::can_be_asked(domain) {
            self.tell(ProblemKind::ImpossibleName(domain.to_owned()));
            return Ok(None);
        }
        let resolver = self.resolver;
        let texts = self.ask(domain, "TXT", resolver.txt(domain).await)?;
        let mut records: Vec<String> = texts.into_iter().filter(|text| is_record(text)).collect();
        if records.len() > 1 {
            let place = self.place_of(domain);
            return Err(self.fail_at(place, ProblemKind::SeveralRecords(records.len())));
        }
        let Some(text) = records.pop() else { return Ok(None) };
        match record::parse(&text) {
            Ok(record) => Ok(Some(record)),
            // RFC 7208 §4.6: syntax is looked at before anything else.
            Err(faults) => {
                for fault in faults {
                    let place = Place { term: Some(fault.term.clone()), ..self.place_of(domain) };
                    self.fail_at(place, ProblemKind::Syntax(fault));
                }
                Err(Stop::Permanent)
            }
        }
    }

    fn place_of(&self, domain: &str) -> Place {
        let chain = [self.place.chain.as_slice(), &[domain.to_owned()]].concat();
        Place { chain, term: None }
    }

    /// Notes a question and what came of it.
    pub(super) fn ask<T>(
        &mut self,
        name: &str,
        record: &str,
        answer: Result<postamt_net::dns::Answer<T>, DnsError>,
    ) -> Result<Vec<T>, Stop> {
        let outcome = match &answer {
            Ok(answer) if answer.records.is_empty() => QuestionOutcome::Void,
            Ok(answer) => QuestionOutcome::Found(answer.records.len()),
            Err(_) => QuestionOutcome::Failed,
        };
        let (place, name) = (self.place.clone(), name.to_owned());
        self.questions.push(Question { place, name: name.clone(), record: record.to_owned(), outcome });
        match answer {
            Ok(answer) => Ok(answer.records),
            Err(_) => {
                self.tell(ProblemKind::NoAnswer(name));
                Err(Stop::Temporary)
            }
        }
    }

    /// Counts a question that found nothing (RFC 7208 §4.6.4).
    pub(super) fn count_void(&mut self) -> Result<(), Stop> {
        self.void_lookups += 1;
        let count = self.void_lookups;
        if count > VOID_LIMIT { Err(self.fail(ProblemKind::TooManyVoidLookups(count))) } else { Ok(()) }
    }

    /// Counts a term that looks something up (RFC 7208 §4.6.4).
    pub(super) fn count(&mut self) -> Result<(), Stop> {
        self.lookups.push(self.place.clone());
        let count = self.lookups.len();
        if count > LOOKUP_LIMIT { Err(self.fail(ProblemKind::TooManyLookups(count))) } else { Ok(()) }
    }

    pub(super) fn tell(&mut self, kind: ProblemKind) {
        self.problems.push(Problem { place: self.place.clone(), kind });
    }

    pub(super) fn fail(&mut self, kind: ProblemKind) -> Stop {
        self.fail_at(self.place.clone(), kind)
    }

    fn fail_at(&mut self, place: Place, kind: ProblemKind) -> Stop {
        self.problems.push(Problem { place, kind });
        Stop::Permanent
    }

    /// The name that a term means; without one, the domain itself.
    pub(super) async fn name(&mut self, spec: Option<&MacroString>, domain: &str) -> String {
        let Some(spec) = spec else { return domain.to_owned() };
        let client_name =
            if spec.needs_client_name() { self.client_name(domain).await } else { String::new() };
        self.values.expand_name(spec, domain, &client_name)
    }

    /// The domain's own words (RFC 7208 §6.2). Whatever goes wrong, there are just none.
    async fn explanation(&mut self) -> Option<String> {
        let (modifier, domain) = self.explains.take()?;
        let name = self.name(Some(&modifier.domain), &domain).await;
        if !names::can_be_asked(&name) {
            return None;
        }
        let mut texts = self.resolver.txt(&name).await.ok()?.records;
        let text = texts.pop().filter(|text| texts.is_empty() && text.is_ascii())?;
        let text = MacroString::parse(&text, Use::Explanation).ok()?;
        let client_name =
            if text.needs_client_name() { self.client_name(&domain).await } else { String::new() };
        Some(self.values.expand(&text, &domain, &client_name))
    }
}

/// What a record says.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Matched(Qualifier),
    Nothing,
}

impl Outcome {
    fn result(self) -> SpfResult {
        match self {
            Self::Matched(qualifier) => qualifier.into(),
            // RFC 7208 §4.7.
            Self::Nothing => SpfResult::Neutral,
        }
    }
}
