//! One target, one connection, one outcome.
//!
//! [`contact`] connects, speaks up to STARTTLS and EHLO where a mail server is expected, and leaves politely. Whatever
//! goes wrong is an [`Outcome`]; it never fails, and the budget ends it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use postamt_mail::address::Domain;
use postamt_net::dial::DialError;
use postamt_net::path::{Attempt, Failure, IcmpError, reach};
use postamt_net::smtp::{Problem, Stage, Survey, SurveySettings, Timeouts, TlsContext, survey};
use tokio::time::Instant;

use super::super::outcome::{Family, Icmp, Observation, Outcome, Role, Session, Tls};
use super::resolve::{Place, Target};
use super::settings::Budget;

/// What all contacts of a probe share.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) tls: TlsContext,
    pub(super) ehlo_name: String,
    pub(super) budget: Budget,
    /// How many connections of the path have been begun.
    pub(super) order: Arc<AtomicU32>,
}

/// Looks at one target from one source address.
pub(super) async fn contact(manner: Manner, target: Target, source: Option<IpAddr>) -> Observation {
    let began = Instant::now();
    let mut observation = Observation {
        operator: target.operator.name.clone(),
        name: target.name.clone(),
        host: None,
        address: None,
        role: target.role,
        offers_starttls: target.operator.offers_starttls,
        greets_as: target.operator.greets_as.iter().map(ToString::to_string).collect(),
        order: manner.order.fetch_add(1, Ordering::Relaxed),
        connect_milliseconds: 0,
        outcome: Outcome::Connected,
    };
    let place = match &target.place {
        Ok(place) => place,
        Err(problem) => {
            observation.outcome = Outcome::Dns { problem: *problem, name: target.name };
            return observation;
        }
    };
    observation.host = place.host.as_ref().map(ToString::to_string);
    observation.address = Some(place.address);
    // Nobody is expected at a canary, and an impostor is near.
    let patience = if target.role == Role::Canary { manner.budget.hop } else { manner.budget.connect };
    let attempt = Attempt { target: place.address, source, hops: None, patience };
    let connected = reach(&attempt).await;
    observation.connect_milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    observation.outcome = match connected {
        Err(failure) => failed(failure, target.family),
        Ok(_) if matches!(target.role, Role::Web | Role::Submission) => Outcome::Connected,
        Ok(stream) => seen(survey(stream, &manner.tls, &settings(&manner, place)).await, &target, place),
    };
    observation
}

fn settings(manner: &Manner, place: &Place) -> SurveySettings {
    let budget = &manner.budget;
    SurveySettings {
        ehlo_name: manner.ehlo_name.clone(),
        host: place.host.clone(),
        timeouts: Timeouts {
            greeting: budget.greeting,
            quit: budget.command / 4,
            ..Timeouts::all(budget.command)
        },
        whole: budget.conversation,
    }
}

fn failed(failure: Failure, family: Family) -> Outcome {
    if let Some(icmp) = failure.icmp {
        return if is_lost_neighbour(&icmp, family) {
            Outcome::NoRoute
        } else {
            Outcome::Icmp(seen_icmp(&icmp))
        };
    }
    match failure.error {
        DialError::Timeout => Outcome::Unanswered,
        DialError::Refused => Outcome::Reset,
        // A kernel that does not tell the sender: destination unreachable, host.
        DialError::Unreachable { .. } => {
            let (icmp_type, code) = match family {
                Family::Ipv4 => (3, 1),
                Family::Ipv6 => (1, 3),
            };
            Outcome::Icmp(Icmp { icmp_type, code, router: None, from_this_host: false })
        }
        DialError::Prohibited { code } => Outcome::LocalRefusal { code },
        DialError::NoRoute => Outcome::NoRoute,
        DialError::SourceUnavailable => Outcome::SourceUnavailable,
        DialError::Other(error) => Outcome::Failed { problem: error.to_string() },
    }
}

/// This host says "network or host unreachable" to itself when the next router does not answer: no filter.
fn is_lost_neighbour(icmp: &IcmpError, family: Family) -> bool {
    let unreachable = match family {
        Family::Ipv4 => icmp.icmp_type == 3 && matches!(icmp.code, 0 | 1),
        Family::Ipv6 => icmp.icmp_type == 1 && matches!(icmp.code, 0 | 3),
    };
    icmp.from_this_host && unreachable
}

/// In the words of the report.
pub(in super::super) fn seen_icmp(icmp: &IcmpError) -> Icmp {
    Icmp {
        icmp_type: icmp.icmp_type,
        code: icmp.code,
        router: icmp.router,
        from_this_host: icmp.from_this_host,
    }
}

fn seen(survey: Survey, target: &Target, place: &Place) -> Outcome {
    if let Some(refusal) = survey.refusal {
        return Outcome::Rejected { code: refusal.code.get(), text: refusal.text() };
    }
    let greeting = survey.greeting.as_ref().map(|greeting| greeting.text());
    let (Some(greeting), Some(offers)) = (greeting.clone(), survey.offers) else {
        return match survey.broken {
            Some(error) if error.stage == Stage::Greeting && error.problem == Problem::TimedOut => {
                Outcome::Silent
            }
            error => Outcome::Broken {
                problem: error.map(|error| error.to_string()).unwrap_or_default(),
                greeting,
            },
        };
    };
    let name = greeting.split_ascii_whitespace().next().unwrap_or_default().to_owned();
    let belongs = |name: &str| belongs(name, target, place);
    let mut session = Session {
        matches: belongs(&name) || belongs(offers.server_name()),
        greeting,
        name,
        offers: offers.answer.lines.into_iter().skip(1).collect(),
        tls: None,
    };
    match survey.tls {
        None => Outcome::Greeted(session),
        Some(Err(failure)) => Outcome::TlsFailed { session, problem: failure.to_string() },
        Some(Ok(facts)) => {
            session.tls = Some(Tls {
                version: facts.version.to_owned(),
                matches: facts.verified || facts.certificate_names.iter().any(|name| belongs(name)),
                certificate_names: facts.certificate_names,
                verified: facts.verified,
                problem: facts.problem.map(|problem| problem.to_string()),
            });
            Outcome::Greeted(session)
        }
    }
}

/// A name below the domain of the exchanger's host, or below one that its operator is known to use.
fn belongs(name: &str, target: &Target, place: &Place) -> bool {
    let Ok(name) = Domain::new(name.strip_prefix("*.").unwrap_or(name)) else { return false };
    let host = place.host.as_ref().is_some_and(|host| are_related(host.as_str(), name.as_str()));
    let domain = are_related(&target.name, name.as_str());
    host || domain || target.operator.greets_as.iter().any(|known| name.is_within(known))
}

/// Two hosts below one registrable domain may well be one company's, whatever a list says.
pub(in super::super) fn are_related(one: &str, other: &str) -> bool {
    match (Domain::new(one), Domain::new(other)) {
        (Ok(one), Ok(other)) => one.organisational() == other.organisational(),
        _ => one == other,
    }
}
