//! A row per rule and per trap.

use super::super::host::LocalRule;
use super::super::outcome::{Outcome, Role, Session, Tls};
use super::*;

const FIVE: [&str; 5] = ["alpha", "beta", "gamma", "delta", "epsilon"];

fn observation(operator: &str, place: usize, role: Role, outcome: Outcome) -> Observation {
    let port = match role {
        Role::Exchange | Role::Canary => 25,
        Role::Web => 443,
        Role::Submission => 587,
    };
    Observation {
        operator: operator.to_owned(),
        name: format!("{operator}.test"),
        host: Some(format!("mx.{operator}.test")),
        address: Some(format!("192.0.2.{}:{port}", place + 1).parse().unwrap()),
        role,
        offers_starttls: true,
        greets_as: Vec::new(),
        order: u32::try_from(place).unwrap(),
        connect_milliseconds: 20,
        outcome,
    }
}

/// A session of the exchanger `mx.<operator>.test` in good order.
fn session(operator: &str) -> Session {
    let name = format!("mx.{operator}.test");
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
        offers: vec!["PIPELINING".to_owned(), "STARTTLS".to_owned()],
        matches: true,
    }
}

fn greeted(operator: &str) -> Outcome {
    Outcome::Greeted(session(operator))
}

/// The session, changed.
fn odd(operator: &str, change: impl Fn(&mut Session)) -> Outcome {
    let mut session = session(operator);
    change(&mut session);
    Outcome::Greeted(session)
}

fn rejected(text: &str) -> Outcome {
    Outcome::Rejected { code: 554, text: text.to_owned() }
}

fn icmp(from_this_host: bool) -> Outcome {
    Outcome::Icmp(Icmp {
        icmp_type: 3,
        code: 13,
        router: Some("192.0.2.254".parse().unwrap()),
        from_this_host,
    })
}

fn dns(problem: DnsProblem) -> Outcome {
    Outcome::Dns { problem, name: "mx.test".to_owned() }
}

/// Five operators' exchangers, seen so.
fn exchanges(outcome: impl Fn(usize, &str) -> Outcome) -> Vec<Observation> {
    let seen = |(place, operator): (usize, &&str)| {
        observation(operator, place, Role::Exchange, outcome(place, operator))
    };
    FIVE.iter().enumerate().map(seen).collect()
}

/// Their web and submission servers, seen so.
fn controls(outcome: &Outcome) -> Vec<Observation> {
    let seen =
        |role| move |(place, operator): (usize, &&str)| observation(operator, place, role, outcome.clone());
    let web = FIVE.iter().enumerate().map(seen(Role::Web));
    web.chain(FIVE.iter().enumerate().map(seen(Role::Submission))).collect()
}

/// The exchangers so, everything else reachable.
fn seen(outcome: impl Fn(usize, &str) -> Outcome) -> Vec<Observation> {
    [exchanges(outcome), controls(&Outcome::Connected)].concat()
}

fn check(what: &str, observations: &[Observation], expected: (Kind, Confidence)) -> Verdict {
    let verdict = judge(observations, &HostFacts::default());
    assert_eq!((verdict.kind, verdict.confidence), expected, "{what}: {:#?}", verdict.evidence);
    verdict
}

#[test]
fn each_rule_on_a_clean_scene() {
    use Confidence::{High, Low, Medium};
    for (what, observations, expected) in [
        ("all greet", seen(|_, o| greeted(o)), (Kind::Open, High)),
        ("all greet, nothing else passes", exchanges(|_, o| greeted(o)), (Kind::Open, High)),
        ("no answer", seen(|_, _| Outcome::Unanswered), (Kind::Dropped, High)),
        ("RST", seen(|_, _| Outcome::Reset), (Kind::Refused, High)),
        ("RST, no controls", exchanges(|_, _| Outcome::Reset), (Kind::Refused, Low)),
        ("a router says no", seen(|_, _| icmp(false)), (Kind::Prohibited, High)),
        ("EPERM", seen(|_, _| Outcome::LocalRefusal { code: 1 }), (Kind::LocalFirewall, High)),
        ("this host says no", seen(|_, _| icmp(true)), (Kind::LocalFirewall, High)),
        ("silence after TCP", seen(|_, _| Outcome::Silent), (Kind::Intercepted, Medium)),
        (
            "nothing passes",
            [exchanges(|_, _| Outcome::Unanswered), controls(&Outcome::Unanswered)].concat(),
            (Kind::NoNetwork, High),
        ),
        (
            "no route",
            [exchanges(|_, _| Outcome::NoRoute), controls(&Outcome::NoRoute)].concat(),
            (Kind::NoNetwork, High),
        ),
        (
            "the source address is gone",
            [exchanges(|_, _| Outcome::SourceUnavailable), controls(&Outcome::SourceUnavailable)].concat(),
            (Kind::NoNetwork, High),
        ),
        (
            "SERVFAIL",
            [exchanges(|_, _| dns(DnsProblem::ServerFailure)), controls(&dns(DnsProblem::ServerFailure))]
                .concat(),
            (Kind::DnsBroken, High),
        ),
        ("NXDOMAIN", exchanges(|_, _| dns(DnsProblem::NoSuchName)), (Kind::DnsBroken, High)),
        ("nothing was asked", Vec::new(), (Kind::Inconclusive, Low)),
    ] {
        check(what, &observations, expected);
    }
}

/// Without DNS only anchors are left, whose addresses are known.
#[test]
fn lost_names_are_told_from_a_lost_network() {
    use Confidence::{High, Medium};
    let anchors = |outcome: Outcome| -> Vec<Observation> {
        let anchor = |place| observation("anchor", place, Role::Web, outcome.clone());
        [exchanges(|_, _| dns(DnsProblem::Timeout)), (0..3).map(anchor).collect()].concat()
    };
    for (what, observations, expected) in [
        ("anchors are reached", anchors(Outcome::Connected), (Kind::DnsBroken, High)),
        ("anchors are silent", anchors(Outcome::Unanswered), (Kind::NoNetwork, Medium)),
        ("anchors have no route", anchors(Outcome::NoRoute), (Kind::NoNetwork, High)),
    ] {
        check(what, &observations, expected);
    }
}

#[test]
fn one_witness_is_not_enough() {
    use Confidence::{High, Low, Medium};
    for (what, observations, expected) in [
        (
            "one target is down",
            seen(|n, o| if n == 0 { Outcome::Unanswered } else { greeted(o) }),
            (Kind::Open, High),
        ),
        (
            "one target sends RST",
            seen(|n, o| if n == 4 { Outcome::Reset } else { greeted(o) }),
            (Kind::Open, High),
        ),
        (
            "two of five are down",
            seen(|n, o| if n < 2 { Outcome::Unanswered } else { greeted(o) }),
            (Kind::Open, Medium),
        ),
        (
            "one target, and it is down",
            [exchanges(|_, _| Outcome::Unanswered)[..1].to_vec(), controls(&Outcome::Connected)].concat(),
            (Kind::Inconclusive, Low),
        ),
        ("one target, and it greets", exchanges(|_, o| greeted(o))[..1].to_vec(), (Kind::Open, Low)),
        (
            "the rest of the names is lost",
            exchanges(|n, o| if n == 0 { greeted(o) } else { dns(DnsProblem::Timeout) }),
            (Kind::Open, Low),
        ),
        (
            "silence and nothing to compare it with",
            exchanges(|_, _| Outcome::Unanswered),
            (Kind::Inconclusive, Low),
        ),
        (
            "contradictions",
            seen(|n, _| {
                [Outcome::Unanswered, Outcome::Reset, icmp(false), Outcome::Silent, Outcome::NoRoute][n]
                    .clone()
            }),
            (Kind::Inconclusive, Low),
        ),
        (
            "most of one kind",
            seen(|n, _| if n == 0 { Outcome::Reset } else { Outcome::Unanswered }),
            (Kind::Dropped, Medium),
        ),
    ] {
        check(what, &observations, expected);
    }
}

#[test]
fn two_servers_of_one_operator_are_one_witness() {
    let mut observations = seen(|_, _| Outcome::Unanswered);
    for observation in &mut observations {
        "alpha".clone_into(&mut observation.operator);
    }
    check("all of one operator", &observations, (Kind::Inconclusive, Confidence::Low));
}

#[test]
fn refusals_by_policy_are_open() {
    let open = (Kind::Open, Confidence::High);
    let same = "your address is not welcome here";
    let verdict = check("the same words everywhere", &seen(|_, _| rejected(same)), open);
    assert!(matches!(&verdict.evidence[0], Evidence::Rejected { operators, text }
        if operators.len() == 5 && text.starts_with("554 ")));
    let own = |_: usize, o: &str| rejected(&format!("mx.{o}.test no mail from here"));
    check("each with its name", &seen(own), open);
    let one = |_: usize, _: &str| rejected("filter.isp.test no mail from here");
    check("one name for all", &seen(one), (Kind::Intercepted, Confidence::High));
}

#[test]
fn interception_needs_unrelated_witnesses() {
    use Confidence::{High, Medium};
    let proxy = |session: &mut Session| {
        "proxy.isp.test".clone_into(&mut session.name);
        "proxy.isp.test ESMTP".clone_into(&mut session.greeting);
        session.matches = false;
        session.tls = None;
    };
    let no_starttls = |session: &mut Session| {
        session.offers.pop();
        session.tls = None;
    };
    let masked = |session: &mut Session| {
        "XXXXXXXA".clone_into(&mut session.offers[1]);
        session.tls = None;
    };
    let foreign = |session: &mut Session| {
        let tls = session.tls.as_mut().unwrap();
        tls.certificate_names = vec!["proxy.isp.test".to_owned()];
        (tls.matches, tls.verified) = (false, false);
    };
    let untrusted = |session: &mut Session| session.tls.as_mut().unwrap().verified = false;
    let at = |bad: usize, change: fn(&mut Session)| {
        seen(move |n, o| if n < bad { odd(o, change) } else { greeted(o) })
    };
    for (what, observations, expected) in [
        ("one greeting for all", at(5, proxy), (Kind::Intercepted, High)),
        ("a foreign name at one", at(1, proxy), (Kind::Open, High)),
        ("STARTTLS gone everywhere", at(5, no_starttls), (Kind::Intercepted, Medium)),
        ("STARTTLS gone at one", at(1, no_starttls), (Kind::Open, High)),
        ("STARTTLS gone at two of five", at(2, no_starttls), (Kind::Open, High)),
        ("masked offers, which also hide STARTTLS", at(5, masked), (Kind::Intercepted, High)),
        ("masked offers at one", at(1, masked), (Kind::Open, High)),
        ("certificates of a stranger", at(5, foreign), (Kind::Intercepted, Medium)),
        ("a certificate of a stranger at one", at(1, foreign), (Kind::Open, High)),
        ("certificates of an unknown authority everywhere", at(5, untrusted), (Kind::Intercepted, Medium)),
        ("certificates of an unknown authority at four", at(4, untrusted), (Kind::Open, High)),
    ] {
        check(what, &observations, expected);
    }
}

#[test]
fn what_is_odd_at_one_operator_is_a_note() {
    let observations =
        seen(|n, o| if n == 2 { odd(o, |session| session.offers.clear()) } else { greeted(o) });
    let verdict = check("STARTTLS gone at one", &observations, (Kind::Open, Confidence::High));
    assert_eq!(verdict.evidence[0], Evidence::StarttlsMissing { operators: vec!["gamma".to_owned()] });
}

#[test]
fn operators_that_need_not_offer_starttls_say_nothing_without_it() {
    let mut observations = seen(|_, o| {
        odd(o, |session| {
            session.offers.clear();
            session.tls = None;
        })
    });
    for observation in &mut observations {
        observation.offers_starttls = false;
    }
    check("nobody is known to offer it", &observations, (Kind::Open, Confidence::High));
}

#[test]
fn one_hosters_name_for_its_customers_is_no_interception() {
    let mut observations = seen(|_, o| odd(o, |session| "host.hoster.test".clone_into(&mut session.name)));
    for observation in &mut observations {
        observation.host = Some("mx1.hoster.test".to_owned());
    }
    check("all are customers of one hoster", &observations, (Kind::Open, Confidence::High));
}

#[test]
fn a_greeting_where_nobody_can_be_is_proof() {
    let canary = |outcome| {
        let mut observations = seen(|_, o| greeted(o));
        observations.push(observation("192.0.2.25", 9, Role::Canary, outcome));
        observations
    };
    let intercepted = (Kind::Intercepted, Confidence::High);
    let verdict = check("a greeting", &canary(greeted("proxy")), intercepted);
    assert!(matches!(verdict.evidence[0], Evidence::CanaryAnswered { .. }));
    check("only TCP", &canary(Outcome::Silent), intercepted);
    check("nobody there", &canary(Outcome::Unanswered), (Kind::Open, Confidence::High));
    check("a RST", &canary(Outcome::Reset), (Kind::Open, Confidence::High));
}

#[test]
fn a_greeter_that_stalls_behind_220_is_found() {
    let stalled = || Outcome::Broken {
        problem: "no answer".to_owned(),
        greeting: Some("hole.isp.test ESMTP".to_owned()),
    };
    let observations = seen(|_, _| stalled());
    check("one name, then nothing", &observations, (Kind::Intercepted, Confidence::High));
}

#[test]
fn broken_tls_everywhere_is_somebody_in_between() {
    let broken = |o: &str| {
        let mut session = session(o);
        session.tls = None;
        Outcome::TlsFailed { session, problem: "handshake".to_owned() }
    };
    let all = seen(|_, o| broken(o));
    check("everywhere", &all, (Kind::Intercepted, Confidence::Medium));
    let one = seen(|n, o| if n == 0 { broken(o) } else { greeted(o) });
    check("at one", &one, (Kind::Open, Confidence::High));
}

#[test]
fn the_first_pass_and_the_rest_does_not() {
    use Confidence::{High, Low, Medium};
    let first =
        |pass: usize, rest: Outcome| seen(move |n, o| if n < pass { greeted(o) } else { rest.clone() });
    let throttled = |confidence| (Kind::Throttled, confidence);
    check("two, then silence", &first(2, Outcome::Unanswered), throttled(Medium));
    check("one, then RST", &first(1, Outcome::Reset), throttled(Medium));
    let scattered = seen(|n, o| if n == 3 { greeted(o) } else { Outcome::Unanswered });
    check("one in between", &scattered, throttled(Low));
    check("three, then silence", &first(3, Outcome::Unanswered), throttled(Low));
    check("four, then silence", &first(4, Outcome::Unanswered), (Kind::Open, High));
    let mut slow = seen(|_, o| greeted(o));
    for observation in slow.iter_mut().filter(|it| it.role == Role::Exchange && it.order > 0) {
        observation.connect_milliseconds = 1_050;
    }
    check("only the first at once", &slow, throttled(Medium));
    let mut lossy = slow.clone();
    lossy.iter_mut().for_each(|it| it.connect_milliseconds = 1_050);
    check("a line that loses everything", &lossy, (Kind::Open, High));
    lossy.iter_mut().filter(|it| it.order == 0 && it.role == Role::Exchange).for_each(|it| {
        it.connect_milliseconds = 20;
    });
    check("other ports are slow as well", &lossy, (Kind::Open, High));
}

#[test]
fn names_that_all_lead_to_one_address_are_a_matter_of_dns() {
    let mut observations = seen(|_, o| odd(o, |session| "hole.isp.test".clone_into(&mut session.name)));
    for observation in &mut observations {
        observation.address = Some("192.0.2.66:25".parse().unwrap());
    }
    let verdict = check("one address", &observations, (Kind::DnsBroken, Confidence::High));
    assert!(matches!(&verdict.evidence[0], Evidence::SameAddress { operators, .. } if operators.len() == 5));
}

#[test]
fn rules_of_this_host_are_named_for_their_family() {
    let rule = |family| HostFacts {
        rules: vec![LocalRule { text: "nftables: inet f out: drop".to_owned(), family }],
        local_drops: 0,
    };
    for outcome in [Outcome::Unanswered, Outcome::Reset, icmp(false)] {
        let observations = seen(|_, _| outcome.clone());
        let verdict = judge(&observations, &rule(None));
        assert_eq!((verdict.kind, verdict.confidence), (Kind::LocalFirewall, Confidence::High));
        assert!(matches!(&verdict.evidence[0], Evidence::LocalRule { rule } if rule.contains("out: drop")));
        let other_family = judge(&observations, &rule(Some(super::super::outcome::Family::Ipv6)));
        assert_ne!(other_family.kind, Kind::LocalFirewall);
    }
    let passing = judge(&seen(|_, o| greeted(o)), &rule(None));
    assert_eq!(passing.kind, Kind::Open, "a rule that stops nothing is no verdict");
}

#[test]
fn packets_that_never_left_are_this_hosts_matter() {
    let facts = |local_drops| HostFacts { rules: Vec::new(), local_drops };
    let observations = seen(|_, _| Outcome::Unanswered);
    let verdict = judge(&observations, &facts(10));
    assert_eq!((verdict.kind, verdict.confidence), (Kind::LocalFirewall, Confidence::Medium));
    assert_eq!(judge(&observations, &facts(2)).kind, Kind::Dropped);
}

#[test]
fn a_network_without_port_587_is_told() {
    let mut observations = seen(|_, _| Outcome::Unanswered);
    for observation in observations.iter_mut().filter(|it| it.role == Role::Submission) {
        observation.outcome = Outcome::Unanswered;
    }
    let verdict = check("587 is blocked, too", &observations, (Kind::Dropped, Confidence::High));
    assert!(verdict.evidence.iter().any(|it| matches!(it, Evidence::ControlFailed { port: 587, .. })));
    assert!(verdict.evidence.iter().any(|it| matches!(it, Evidence::ControlReached { port: 443, .. })));
}

#[test]
fn the_order_of_the_targets_does_not_matter() {
    let mut observations = seen(|n, o| if n == 1 { Outcome::Unanswered } else { greeted(o) });
    let forward = judge(&observations, &HostFacts::default()).kind;
    observations.reverse();
    assert_eq!(judge(&observations, &HostFacts::default()).kind, forward);
}
