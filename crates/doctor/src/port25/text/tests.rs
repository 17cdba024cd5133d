//! The text of every verdict in both languages, and of every kind of evidence.

use postamt_mail::words::{Language, words};

use super::super::host::{HostFacts, LocalRule};
use super::super::outcome::{Family, Session, Tls};
use super::super::report::SCHEMA_VERSION;
use super::super::route::{self, Hop, HopAnswer, PathTrace, Route};
use super::super::verdict::judge;
use super::*;

const OPERATORS: [&str; 3] = ["Alpha", "Beta", "Gamma"];

fn session(operator: &str) -> Session {
    let name = format!("mx.{}.test", operator.to_lowercase());
    Session {
        greeting: format!("{name} ESMTP"),
        tls: Some(Tls {
            version: "TLSv1.3".to_owned(),
            certificate_names: vec![name.clone()],
            matches: true,
            verified: true,
            problem: None,
        }),
        name,
        offers: vec!["STARTTLS".to_owned()],
        matches: true,
    }
}

fn masked(operator: &str) -> Outcome {
    let mut session = session(operator);
    session.offers = vec!["XXXXXXXA".to_owned()];
    session.tls = None;
    Outcome::Greeted(session)
}

fn observation(place: usize, role: Role, outcome: Outcome) -> Observation {
    let (port, host) = match role {
        Role::Exchange | Role::Canary => (25, "mx"),
        Role::Web => (443, "www"),
        Role::Submission => (587, "smtp"),
    };
    let operator = OPERATORS[place % 3];
    let name = operator.to_lowercase();
    let host = (role != Role::Canary).then(|| format!("{host}.{name}.test"));
    Observation {
        operator: operator.to_owned(),
        name: format!("{name}.test"),
        host,
        address: Some(format!("198.51.100.{}:{port}", place + 1).parse().unwrap()),
        role,
        offers_starttls: true,
        greets_as: Vec::new(),
        order: u32::try_from(place).unwrap(),
        connect_milliseconds: 20,
        outcome,
    }
}

fn lost(problem: DnsProblem, place: usize) -> Observation {
    let name = format!("{}.test", OPERATORS[place].to_lowercase());
    let outcome = Outcome::Dns { problem, name };
    Observation { host: None, address: None, ..observation(place, Role::Exchange, outcome) }
}

fn icmp(code: u8, from_this_host: bool) -> Icmp {
    Icmp { icmp_type: 3, code, router: Some("203.0.113.10".parse().unwrap()), from_this_host }
}

/// Hops: 1 and 2 are routers, the rest as said.
fn trace(port: u16, answers: &[HopAnswer]) -> PathTrace {
    let hop = |(place, answer): (usize, &HopAnswer)| Hop {
        ttl: u8::try_from(place + 1).unwrap(),
        router: match (answer, place) {
            (HopAnswer::Router, 0) => Some("203.0.113.1".parse().unwrap()),
            (HopAnswer::Router | HopAnswer::Stopped, _) => Some("203.0.113.10".parse().unwrap()),
            _ => None,
        },
        name: (*answer == HopAnswer::Router && place == 1).then(|| "kern2.anbieter.test".to_owned()),
        icmp: (*answer == HopAnswer::Stopped).then(|| icmp(13, false)),
        answer: *answer,
        milliseconds: 1,
    };
    PathTrace { port, hops: answers.iter().enumerate().map(hop).collect() }
}

fn way(mail: &[HopAnswer]) -> Option<Route> {
    use HopAnswer::{Connected, Router};
    let control = trace(443, &[Router, Router, Connected]);
    Some(route::compare("198.51.100.1".parse().unwrap(), trace(25, mail), control))
}

/// A report whose verdict is `kind`, judged and not made up.
fn example(kind: Kind) -> Report {
    use HopAnswer::{Connected, Reset, Router, Silence, Stopped};
    let exchanges = |outcome: &dyn Fn(usize) -> Outcome| -> Vec<Observation> {
        (0..3).map(|place| observation(place, Role::Exchange, outcome(place))).collect()
    };
    let controls = |outcome: Outcome| -> Vec<Observation> {
        let web = (0..3).map(|place| observation(place, Role::Web, outcome.clone()));
        web.chain([observation(0, Role::Submission, outcome.clone())]).collect()
    };
    let mut host = HostFacts::default();
    let greeted = |place: usize| Outcome::Greeted(session(OPERATORS[place]));
    let reachable = || controls(Outcome::Connected);
    let (mut observations, route) = match kind {
        Kind::Open => {
            let refusal = Outcome::Rejected { code: 554, text: "not from your address".to_owned() };
            let mut seen = exchanges(&|place| if place == 2 { refusal.clone() } else { greeted(place) });
            seen.push(observation(7, Role::Canary, Outcome::Unanswered));
            ([seen, reachable()].concat(), None)
        }
        Kind::Dropped => {
            let seen = exchanges(&|_| Outcome::Unanswered);
            ([seen, reachable()].concat(), way(&[Router, Silence, Silence]))
        }
        Kind::Refused => ([exchanges(&|_| Outcome::Reset), reachable()].concat(), way(&[Router, Reset])),
        Kind::Prohibited => {
            let seen = exchanges(&|_| Outcome::Icmp(icmp(13, false)));
            ([seen, reachable()].concat(), way(&[Router, Stopped]))
        }
        Kind::LocalFirewall => {
            let text = "nftables: inet filter output: tcp dport 25 drop (handle 7)".to_owned();
            host.rules = vec![LocalRule { text, family: None }];
            ([exchanges(&|_| Outcome::Unanswered), reachable()].concat(), None)
        }
        Kind::Intercepted => {
            let seen = exchanges(&|place| masked(OPERATORS[place]));
            ([seen, reachable()].concat(), way(&[Router, Connected]))
        }
        Kind::Throttled => {
            let seen = exchanges(&|place| if place == 0 { greeted(0) } else { Outcome::Unanswered });
            ([seen, reachable()].concat(), way(&[Router, Router, Silence]))
        }
        Kind::NoNetwork => ([exchanges(&|_| Outcome::NoRoute), controls(Outcome::NoRoute)].concat(), None),
        Kind::DnsBroken => ((0..3).map(|place| lost(DnsProblem::Timeout, place)).collect(), None),
        Kind::Inconclusive => (exchanges(&|_| Outcome::Unanswered)[..1].to_vec(), None),
    };
    observations.iter_mut().enumerate().for_each(|(order, it)| it.order = u32::try_from(order).unwrap());
    let verdict = judge(&observations, &host);
    let path = PathKey { source: None, family: Family::Ipv4 };
    let path = PathReport { path, verdict, observations, route };
    Report {
        schema_version: SCHEMA_VERSION,
        at: 1_790_000_000,
        took_milliseconds: 4_200,
        host,
        paths: vec![path],
    }
}

#[test]
fn every_verdict_in_both_languages() {
    for kind in Kind::ALL {
        let example = example(kind);
        assert_eq!(example.paths[0].verdict.kind, kind);
        for language in Language::ALL {
            insta::assert_snapshot!(format!("{}_{language}", kind.name()), report(&example, words(language)));
        }
    }
}

#[test]
fn every_outcome_and_every_evidence_has_its_sentence() {
    let operators = || vec!["Alpha".to_owned(), "Beta".to_owned()];
    let text = || "some text".to_owned();
    let evidence = [
        Evidence::Greeted { operators: operators() },
        Evidence::Rejected { operators: operators(), text: text() },
        Evidence::Unanswered { operators: operators() },
        Evidence::Reset { operators: operators() },
        Evidence::Icmp { operators: operators(), icmp: icmp(3, false) },
        Evidence::Icmp { operators: operators(), icmp: icmp(1, true) },
        Evidence::Icmp { operators: operators(), icmp: Icmp { router: None, ..icmp(13, false) } },
        Evidence::Icmp { operators: operators(), icmp: Icmp { icmp_type: 11, ..icmp(0, false) } },
        Evidence::Silent { operators: operators() },
        Evidence::Broken { operators: operators(), problem: text() },
        Evidence::LocalRefusal { code: 1 },
        Evidence::LocalRule { rule: text() },
        Evidence::LocalDrops { count: 1 },
        Evidence::LocalDrops { count: 12 },
        Evidence::ControlReached { port: 443, operators: operators() },
        Evidence::ControlFailed { port: 587, operators: operators() },
        Evidence::DnsFailed { problem: DnsProblem::Bogus, names: operators() },
        Evidence::DnsFailed { problem: DnsProblem::NoRecords, names: operators() },
        Evidence::SameAddress { address: text(), operators: operators() },
        Evidence::SameGreeting { name: text(), operators: operators() },
        Evidence::ForeignName { name: text(), operators: operators() },
        Evidence::ForeignCertificate { names: operators(), operators: operators() },
        Evidence::UntrustedCertificates { operators: operators(), problem: text() },
        Evidence::TlsBroken { operators: operators(), problem: text() },
        Evidence::StarttlsMissing { operators: operators() },
        Evidence::Masked { text: text(), operators: operators() },
        Evidence::CanaryAnswered { address: text() },
        Evidence::Slow { operators: operators() },
        Evidence::NoRoute,
        Evidence::SourceUnavailable,
        Evidence::TooFew { operators: 1 },
    ];
    let outcomes = [
        Outcome::TlsFailed { session: session("Alpha"), problem: text() },
        Outcome::Silent,
        Outcome::Broken { problem: text(), greeting: None },
        Outcome::LocalRefusal { code: 13 },
        Outcome::SourceUnavailable,
        Outcome::Dns { problem: DnsProblem::NoSuchName, name: text() },
        Outcome::Dns { problem: DnsProblem::ServerFailure, name: text() },
        Outcome::Failed { problem: text() },
    ];
    for language in Language::ALL {
        let words = words(language);
        let mut lines: Vec<String> = evidence.iter().map(|it| sentence(it, words)).collect();
        lines.extend(outcomes.iter().map(|it| seen(&observation(0, Role::Exchange, it.clone()), words)));
        insta::assert_snapshot!(format!("sentences_{language}"), lines.join("\n"));
    }
}

/// Every sentence of the catalogue is named somewhere, here or in the command.
#[test]
fn no_sentence_is_left_over() {
    let sources = ["src", "../app/src/commands", "../app/src/serve"].map(|folder| {
        let mut text = String::new();
        read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
        text
    });
    // Prefixes to which a word is added at run time.
    let prefixes = ["port25-verdict-", "port25-meaning-", "port25-next-", "port25-advise-way-"];
    let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/../mail/src/words/en/port25.ftl");
    let catalogue = std::fs::read_to_string(catalogue).unwrap();
    let ids: Vec<&str> = catalogue.lines().filter_map(|line| Some(line.split_once(" =")?.0)).collect();
    let ids = ids.into_iter().filter(|id| id.starts_with("port25-"));
    for id in ids.filter(|id| !prefixes.iter().any(|prefix| id.starts_with(prefix))) {
        assert!(sources.iter().any(|text| text.contains(&format!("\"{id}\""))), "nobody says `{id}`");
    }
}

fn read(folder: &std::path::Path, text: &mut String) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            read(&path, text);
        } else if path.extension().is_some_and(|it| it == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
