//! Blocklists: each is proved by its test points first (RFC 5782 §5), then asked for every address that mail leaves
//! from, and for every domain.
//!
//! A refusal is no listing. A list that lists everything is dead, one whose test entry is missing refuses our
//! resolver: neither is asked further, and both are told in one finding each, not one per address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::Resolver;
use tokio::task::JoinSet;

use super::context::Context;
use super::finding::{Datum, Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};
use super::{dns, exchangers};
use crate::blocklists::{Advice, BlockList, Importance, Lists, Meaning};

static CLEAN: Kind = Kind::ok("blocklists.clean");
static LISTED: Kind = Kind::error("blocklists.listed", "RFC 5782 §2.1");
static REFUSED: Kind = Kind::unknown("blocklists.refused");
static DEAD: Kind = Kind::unknown("blocklists.dead");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "blocklists",
    scope: Scope::Both,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(90),
    kinds: &[&CLEAN, &LISTED, &REFUSED, &DEAD],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

/// What came of one list.
struct Outcome {
    name: String,
    state: State,
    listings: Vec<Finding>,
}

/// Whether a list can be believed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Its test points are as they must be.
    Answers,
    /// It does not answer us.
    Refuses(String),
    /// It lists what it must not.
    Dead(String),
}

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let addresses = Arc::new(addresses(&context).await);
    let mut asking = JoinSet::new();
    for place in 0..context.blocklists.len() {
        let (context, addresses) = (Arc::clone(&context), Arc::clone(&addresses));
        asking.spawn(async move { (place, ask(&context, &context.blocklists[place], &addresses).await) });
    }
    let mut outcomes = asking.join_all().await;
    outcomes.sort_by_key(|(place, _)| *place);
    let outcomes: Vec<Outcome> = outcomes.into_iter().filter_map(|(_, outcome)| outcome).collect();
    let mut found: Vec<Finding> = Vec::new();
    found.extend(unusable(&REFUSED, &outcomes));
    found.extend(unusable(&DEAD, &outcomes));
    let answering = outcomes.iter().filter(|outcome| outcome.state == State::Answers).count();
    found.extend(outcomes.into_iter().flat_map(|outcome| outcome.listings));
    // Of a host whose addresses nobody knows, only the domains were looked up.
    let was_asked = context.host().is_none() || !addresses.is_empty();
    if was_asked && answering > 0 && !found.iter().any(|finding| finding.kind == &LISTED) {
        found.push(Finding::new(&CLEAN, context.subject.name()).with_number("lists", answering as u64));
    }
    found
}

/// Where mail leaves from, or at a foreign domain: where it is taken.
async fn addresses(context: &Context) -> Vec<IpAddr> {
    if context.host().is_some() {
        return context.public_sources().await.into_iter().map(|source| source.address).collect();
    }
    let mut found = Vec::new();
    for domain in context.domains() {
        let exchangers = exchangers::of(context, domain).await;
        for host in exchangers.into_iter().flat_map(|exchangers| exchangers.hosts) {
            found.extend(context.addresses(&host).await.map(|answer| answer.all).unwrap_or_default());
        }
    }
    found.sort();
    found.dedup();
    found
}

/// `None` for a list that is not to be asked, or has nothing to say here.
async fn ask(context: &Context, list: &BlockList, addresses: &[IpAddr]) -> Option<Outcome> {
    let zone = list.zone.as_ref()?;
    let asked: Vec<(String, String)> = match list.lists {
        Lists::Addresses { .. } => addresses
            .iter()
            .filter_map(|address| Some((address.to_string(), list.address_label(*address)?)))
            .collect(),
        Lists::Domains => {
            context.domains().iter().map(|domain| (domain.to_string(), domain.to_string())).collect()
        }
    };
    if asked.is_empty() {
        return None;
    }
    let mut outcome = Outcome {
        name: list.name.clone(),
        state: prove(&*context.resolver, list, zone).await,
        listings: Vec::new(),
    };
    if outcome.state != State::Answers {
        return Some(outcome);
    }
    for (about, label) in asked {
        let answers = match look(&*context.resolver, &label, zone).await {
            Ok(answers) => answers,
            Err(error) => {
                outcome.state = State::Refuses(error);
                continue;
            }
        };
        for answer in answers {
            match list.meaning(answer) {
                Meaning::Listed { text, advice } => {
                    outcome.listings.push(listed(list, &about, &label, zone, answer, &text, advice));
                }
                Meaning::Refused(text) => outcome.state = State::Refuses(text),
                Meaning::Foreign => outcome.state = State::Dead(answer.to_string()),
            }
        }
    }
    Some(outcome)
}

/// The test points. A list without any is believed.
pub(crate) async fn prove(resolver: &dyn Resolver, list: &BlockList, zone: &Domain) -> State {
    if let Some(label) = list.test_unlisted.as_deref().map(|point| list.test_label(point)) {
        let answers = look(resolver, &label, zone).await.unwrap_or_default();
        match answers.first().map(|answer| list.meaning(*answer)) {
            Some(Meaning::Refused(text)) => return State::Refuses(text),
            Some(_) => return State::Dead(format!("{label}.{zone}. IN A {}", answers[0])),
            None => {}
        }
    }
    let Some(label) = list.test_listed.as_deref().map(|point| list.test_label(point)) else {
        return State::Answers;
    };
    let answers = match look(resolver, &label, zone).await {
        Ok(answers) => answers,
        Err(error) => return State::Refuses(error),
    };
    match answers.first().map(|answer| list.meaning(*answer)) {
        Some(Meaning::Listed { .. }) => State::Answers,
        Some(Meaning::Refused(text)) => State::Refuses(text),
        Some(Meaning::Foreign) => State::Dead(format!("{label}.{zone}. IN A {}", answers[0])),
        None => State::Refuses(format!("{label}.{zone}. A: -")),
    }
}

/// What a list answers to a label.
pub(crate) async fn look(resolver: &dyn Resolver, label: &str, zone: &Domain) -> Result<Vec<IpAddr>, String> {
    let name = Domain::new(&format!("{label}.{zone}")).map_err(|error| error.to_string())?;
    resolver.a(&name).await.map(|answer| answer.records).map_err(|error| error.to_string())
}

fn listed(
    list: &BlockList,
    about: &str,
    label: &str,
    zone: &Domain,
    answer: IpAddr,
    text: &str,
    advice: Advice,
) -> Finding {
    let severity = match list.importance {
        Importance::Critical | Importance::High => Severity::Error,
        Importance::Medium => Severity::Warning,
        Importance::Low | Importance::Informational => Severity::Note,
    };
    let finding = Finding::new(&LISTED, about)
        .with("list", &list.name)
        .with_datum("advice", Datum::Sentence(sentence(advice)))
        .severity(severity)
        .seen(format!("{label}.{zone}. IN A {answer}"));
    let finding = if text.is_empty() { finding } else { finding.seen(text) };
    let finding = match list.sources.iter().find(|source| source.starts_with("https://")) {
        Some(source) => finding.source(source.split(' ').next().unwrap_or(source)),
        None => finding,
    };
    match &list.lookup_url {
        Some(url) => finding.remedy(Remedy::Page { url: url.clone() }),
        None => finding,
    }
}

const fn sentence(advice: Advice) -> &'static str {
    match advice {
        Advice::SelfService => "doctor-blocklists-advice-self-service",
        Advice::Expires => "doctor-blocklists-advice-expires",
        Advice::Form => "doctor-blocklists-advice-form",
        Advice::Account => "doctor-blocklists-advice-account",
        Advice::Provider => "doctor-blocklists-advice-provider",
        Advice::Policy => "doctor-blocklists-advice-policy",
        Advice::Exploited => "doctor-blocklists-advice-exploited",
        Advice::Backscatter => "doctor-blocklists-advice-backscatter",
        Advice::Move => "doctor-blocklists-advice-move",
        Advice::Nothing => "doctor-blocklists-advice-nothing",
    }
}

/// One finding for all lists that refuse, one for all that are dead.
fn unusable(kind: &'static Kind, outcomes: &[Outcome]) -> Option<Finding> {
    let concerned: Vec<(&str, &str)> = outcomes
        .iter()
        .filter_map(|outcome| match &outcome.state {
            State::Refuses(text) if kind == &REFUSED => Some((outcome.name.as_str(), text.as_str())),
            State::Dead(text) if kind == &DEAD => Some((outcome.name.as_str(), text.as_str())),
            _ => None,
        })
        .collect();
    if concerned.is_empty() {
        return None;
    }
    let names: Vec<&str> = concerned.iter().map(|(name, _)| *name).collect();
    let finding = Finding::new(kind, names.join(", "));
    Some(concerned.iter().fold(finding, |finding, (name, text)| finding.seen(format!("{name}: {text}"))))
}
