//! What the evaluator and the survey tell beside the result: which term, at which cost, and what is wrong where.

use postamt_mailauth::spf::record::Qualifier;
use postamt_mailauth::spf::{
    Evaluation, FaultKind, Place, ProblemKind, Query, QuestionOutcome, SpfResult, Survey, evaluate, survey,
};

use super::zone::Zone;

async fn evaluated(zone: &Zone, client: &str) -> Evaluation {
    let query = Query {
        client: client.parse().expect("an address"),
        sender: "anna@own.test",
        greeting: "mail.own.test",
        receiver: "mx.there.test",
        now: 0,
    };
    evaluate(zone, query).await
}

fn place(chain: &[&str], term: Option<&str>) -> Place {
    Place { chain: chain.iter().map(|&name| name.to_owned()).collect(), term: term.map(str::to_owned) }
}

fn host(zone: &mut Zone, name: &str, address: &str) {
    zone.addresses.entry(name.to_owned()).or_default().push(address.parse().expect("an address"));
}

#[tokio::test]
async fn the_term_that_matched_is_named_through_every_include() {
    let zone = Zone::of_texts(&[
        ("own.test", "v=spf1 ip4:192.0.2.1 include:a.test -all"),
        ("a.test", "v=spf1 include:no.test include:b.test ~all"),
        ("no.test", "v=spf1 ip4:203.0.113.1 -all"),
        ("b.test", "v=spf1 ip4:198.51.100.0/24 -all"),
    ]);
    let found = evaluated(&zone, "198.51.100.7").await;
    assert_eq!(found.result, SpfResult::Pass);
    let matched = found.matched.expect("a match");
    assert_eq!(matched.place, place(&["own.test"], Some("include:a.test")));
    assert_eq!(matched.inner, place(&["own.test", "a.test", "b.test"], Some("ip4:198.51.100.0/24")));
    assert_eq!(matched.qualifier, Qualifier::Pass);
    assert_eq!(
        found.lookups,
        [
            place(&["own.test"], Some("include:a.test")),
            place(&["own.test", "a.test"], Some("include:no.test")),
            place(&["own.test", "a.test"], Some("include:b.test")),
        ]
    );
    // Who is not named is refused by the outermost `all`, which has nothing to do with those of the includes.
    let found = evaluated(&zone, "192.0.2.99").await;
    assert_eq!(found.result, SpfResult::Fail);
    let matched = found.matched.expect("a match");
    assert_eq!(matched.place, place(&["own.test"], Some("-all")));
    assert_eq!(matched.inner, matched.place);
}

#[tokio::test]
async fn a_redirect_is_part_of_the_chain() {
    let zone =
        Zone::of_texts(&[("own.test", "v=spf1 redirect=_spf.own.test"), ("_spf.own.test", "v=spf1 ?all")]);
    let found = evaluated(&zone, "192.0.2.1").await;
    assert_eq!(found.result, SpfResult::Neutral);
    assert_eq!(found.matched.expect("a match").place, place(&["own.test", "_spf.own.test"], Some("?all")));
    assert_eq!(found.lookups, [place(&["own.test"], Some("redirect=_spf.own.test"))]);
    let dead = Zone::of_texts(&[("own.test", "v=spf1 redirect=nothing.test")]);
    let found = evaluated(&dead, "192.0.2.1").await;
    assert_eq!(found.result, SpfResult::PermError);
    assert_eq!(found.problems[0].place, place(&["own.test"], Some("redirect=nothing.test")));
    assert_eq!(found.problems[0].kind, ProblemKind::NothingAt("nothing.test".to_owned()));
}

#[tokio::test]
async fn names_with_underscores_are_looked_up() {
    let mut zone = Zone::of_texts(&[("own.test", "v=spf1 a:_mail.own.test exists:%{ir}._ok.%{d} -all")]);
    host(&mut zone, "_mail.own.test", "192.0.2.7");
    host(&mut zone, "9.2.0.192._ok.own.test", "127.0.0.2");
    assert_eq!(evaluated(&zone, "192.0.2.7").await.result, SpfResult::Pass);
    let found = evaluated(&zone, "192.0.2.9").await;
    assert_eq!(found.matched.expect("a match").place.term.as_deref(), Some("exists:%{ir}._ok.%{d}"));
}

#[tokio::test]
async fn void_look_ups_and_silence_have_their_places() {
    let zone =
        Zone::of_texts(&[("own.test", "v=spf1 a:x.own.test mx:y.own.test a:z.own.test ip4:192.0.2.1 -all")]);
    let found = evaluated(&zone, "192.0.2.1").await;
    assert_eq!((found.result, found.void_lookups), (SpfResult::PermError, 3));
    let last = found.problems.last().expect("a problem");
    assert_eq!(last.kind, ProblemKind::TooManyVoidLookups(3));
    assert_eq!(last.place, place(&["own.test"], Some("a:z.own.test")));
    assert_eq!(found.questions.iter().filter(|it| it.outcome == QuestionOutcome::Void).count(), 3);

    let mut zone = Zone::of_texts(&[("own.test", "v=spf1 include:mute.test -all")]);
    zone.silent.insert("mute.test".to_owned());
    let found = evaluated(&zone, "192.0.2.1").await;
    assert_eq!(found.result, SpfResult::TempError);
    assert_eq!(found.problems[0].kind, ProblemKind::NoAnswer("mute.test".to_owned()));
}

async fn surveyed(records: &[(&str, &str)]) -> Survey {
    let mut zone = Zone::of_texts(records);
    for name in ["own.test", "a.own.test"] {
        host(&mut zone, name, "192.0.2.1");
        zone.exchanges.entry(name.to_owned()).or_default().push((10, "a.own.test".to_owned()));
    }
    survey(&zone, "own.test").await
}

fn kinds(survey: &Survey) -> Vec<(Option<&str>, &ProblemKind)> {
    survey.problems.iter().map(|problem| (problem.place.term.as_deref(), &problem.kind)).collect()
}

#[tokio::test]
async fn a_survey_of_a_good_tree_finds_nothing() {
    let good = surveyed(&[
        (
            "own.test",
            "v=spf1 mx a:a.own.test include:_spf.relay.test exists:%{i}.own.test ip4:192.0.2.0/24 ~all",
        ),
        ("_spf.relay.test", "v=spf1 ip4:198.51.100.0/24 include:more.relay.test"),
        ("more.relay.test", "v=spf1 ip6:2001:db8::/32 -all"),
    ])
    .await;
    assert_eq!(kinds(&good), []);
    assert_eq!((good.lookups.len(), good.void_lookups, good.rest), (5, 0, Some(Qualifier::SoftFail)));
    let chains: Vec<_> = good.records.iter().map(|record| record.chain.len()).collect();
    assert_eq!(chains, [1, 2, 3]);
    assert!(!good.is_broken());
}

#[tokio::test]
async fn a_survey_names_what_is_wrong_and_where() {
    for (record, term, kind) in [
        ("v=spf1 +all", Some("+all"), ProblemKind::EverybodyPasses),
        ("v=spf1 ip4:0.0.0.0/0 -all", Some("ip4:0.0.0.0/0"), ProblemKind::EverybodyPasses),
        ("v=spf1 ptr -all", Some("ptr"), ProblemKind::UsesPtr),
        ("v=spf1 include:dead.test -all", None, ProblemKind::NothingAt("dead.test".to_owned())),
        ("v=spf1 a:dead.test -all", Some("a:dead.test"), ProblemKind::NobodyAt("dead.test".to_owned())),
        ("v=spf1 -all mx", Some("mx"), ProblemKind::BehindAll),
        ("v=spf1 ~all redirect=a.test", Some("redirect=a.test"), ProblemKind::UselessRedirect),
        ("v=spf1 mx", None, ProblemKind::NoEnd),
        (
            "v=spf1 include:own.test -all",
            Some("include:own.test"),
            ProblemKind::Circle("own.test".to_owned()),
        ),
    ] {
        let survey = surveyed(&[("own.test", record)]).await;
        assert_eq!(kinds(&survey), [(term, &kind)], "{record}");
    }
    let two = surveyed(&[("own.test", "v=spf1 -all"), ("own.test", "v=spf1 mx -all")]).await;
    assert_eq!(kinds(&two), [(None, &ProblemKind::SeveralRecords(2))]);
    assert!(two.is_broken());
    let many = format!("v=spf1 {}-all", "a:a.own.test ".repeat(11));
    let many = surveyed(&[("own.test", &many)]).await;
    assert_eq!(kinds(&many), [(None, &ProblemKind::TooManyLookups(11))]);
    let none = surveyed(&[]).await;
    assert!(none.records.is_empty() && none.problems.is_empty());
}

#[tokio::test]
async fn every_fault_of_the_grammar_is_found_at_its_place() {
    let record =
        "v=spf1 inclde:a.test  ip4:192.0.2.300 a:b.test/33 include: all:x a:museum exists:%{z}.a.test -all";
    let survey = surveyed(&[("own.test", record)]).await;
    let faults: Vec<_> = survey
        .problems
        .iter()
        .map(|problem| match &problem.kind {
            ProblemKind::Syntax(fault) => (fault.at, fault.kind),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        faults,
        [
            (7, FaultKind::UnknownMechanism),
            (22, FaultKind::Address),
            (38, FaultKind::Prefix),
            (50, FaultKind::MissingValue),
            (59, FaultKind::UnexpectedValue),
            (65, FaultKind::Domain),
            (74, FaultKind::Macro),
        ]
    );
    assert!(faults.iter().all(|(at, _)| record.as_bytes()[at - 1] == b' '));
}
