//! DMARC records with their faults, the tree walk of RFC 9989 where it differs from the list, and reports to others.

use postamt_mail::address::Domain;
use postamt_mailauth::dmarc::{
    Authorisation, Discovery, Method, Policy, ProblemKind, authorisation, discover, evaluate, parse,
};

use super::zone::Zone;

const RUA: &str = "rua=mailto:a@own.test";

fn domain(name: &str) -> Domain {
    Domain::new(name).expect("a domain")
}

#[test]
fn every_fault_is_named_at_its_tag() {
    let bad = |value: &str| ProblemKind::BadValue(value.to_owned());
    for (tags, expected) in [
        ("p=reject", vec![]),
        ("p=reject; sp=none; np=reject; adkim=s; aspf=r; t=n; psd=u; fo=1:d:s", vec![]),
        ("p=reject; policy=none", vec![("policy", 13 + 11, ProblemKind::UnknownTag)]),
        ("p=reject; sp", vec![("sp", 24, ProblemKind::NotATag)]),
        ("p=reject; =x", vec![("=x", 24, ProblemKind::NotATag)]),
        ("p=reject; p=none", vec![("p", 24, ProblemKind::Repeated)]),
        ("p=rejct", vec![("p", 14, bad("rejct"))]),
        ("p=none; sp=nothing", vec![("sp", 22, bad("nothing"))]),
        ("p=none; adkim=strict", vec![("adkim", 22, bad("strict"))]),
        ("p=none; t=yes", vec![("t", 22, bad("yes"))]),
        ("p=none; fo=2", vec![("fo", 22, bad("2"))]),
        ("p=none; pct=50", vec![("pct", 22, ProblemKind::Historic)]),
        ("p=none; pct=200", vec![("pct", 22, ProblemKind::Historic), ("pct", 22, bad("200"))]),
        ("sp=none; p=none", vec![("p", 23, ProblemKind::PolicyNotSecond)]),
        ("sp=none", vec![("p", 0, ProblemKind::NoPolicy)]),
        (
            "p=none; ruf=mailto:b@own.test!10m, ftp://own.test, c@own.test",
            vec![
                ("ruf", 22, ProblemKind::SizeLimit("mailto:b@own.test!10m".into())),
                ("ruf", 22, ProblemKind::BadUri("ftp://own.test".into())),
                ("ruf", 22, ProblemKind::BadUri("c@own.test".into())),
            ],
        ),
    ] {
        let record = parse(&format!("v=DMARC1; {}{tags}; {RUA}", "    ")).expect("a record");
        let found: Vec<_> =
            record.problems.iter().map(|it| (it.tag.as_str(), it.at, it.kind.clone())).collect();
        assert_eq!(found, expected, "{tags}");
    }
    let silent = parse("v=DMARC1; p=reject").expect("a record");
    assert_eq!(silent.problems[0].kind, ProblemKind::NoReports);
    // Neither a policy nor reports: ignored. With reports: it monitors.
    assert_eq!(parse("v=DMARC1; p=rejct"), None);
    assert_eq!(parse(&format!("v=DMARC1; p=rejct; {RUA}")).expect("a record").own_policy(), Policy::None);
    for other in ["v=dmarc1; p=none", "v=DMARC2; p=none", "p=none; v=DMARC1", "v=spf1 -all", ""] {
        assert_eq!(parse(other), None, "{other}");
    }
}

async fn found(zone: &Zone, method: Method, name: &str) -> Discovery {
    discover(zone, method, &domain(name)).await.expect("an answer")
}

#[tokio::test]
async fn the_tree_and_the_list_differ_where_they_should() {
    let zone = Zone::of_texts(&[
        ("_dmarc.firm.test", "v=DMARC1; p=reject; sp=quarantine"),
        ("_dmarc.unit.firm.test", "v=DMARC1; p=none"),
        ("_dmarc.own.unit.firm.test", "v=DMARC1; p=none; psd=n"),
        ("_dmarc.suffix.example", "v=DMARC1; p=reject; psd=y; np=reject; sp=none"),
    ]);
    let at = |found: &Discovery| found.found.as_ref().map(|found| found.at.clone());
    // The nearest record is not the one that holds: it is that of the organisation, the highest one.
    let tree = found(&zone, Method::TreeWalk, "a.unit.firm.test").await;
    assert_eq!((tree.organisational.as_str(), at(&tree).as_deref()), ("firm.test", Some("firm.test")));
    assert_eq!(tree.policy(true), Some(Policy::Quarantine));
    let list = found(&zone, Method::PublicSuffix, "a.unit.firm.test").await;
    assert_eq!((list.organisational.as_str(), at(&list).as_deref()), ("firm.test", Some("firm.test")));
    // psd=n ends the way up.
    let tree = found(&zone, Method::TreeWalk, "a.own.unit.firm.test").await;
    assert_eq!(tree.organisational, "own.unit.firm.test");
    let list = found(&zone, Method::PublicSuffix, "a.own.unit.firm.test").await;
    assert_eq!(list.organisational, "firm.test");
    // psd=y: the organisation is just below it, and the suffix's record holds where that has none.
    let tree = found(&zone, Method::TreeWalk, "a.b.suffix.example").await;
    assert_eq!(
        (tree.organisational.as_str(), at(&tree).as_deref()),
        ("b.suffix.example", Some("suffix.example"))
    );
    assert_eq!((tree.policy(true), tree.policy(false)), (Some(Policy::None), Some(Policy::Reject)));
    // Nothing at all: the domain is its own organisation.
    let none = found(&zone, Method::TreeWalk, "a.b.nothing.example").await;
    assert_eq!((none.organisational.as_str(), none.policy(true)), ("a.b.nothing.example", None));
    // A name of many labels is asked for itself, then from seven labels on.
    let long = found(&zone, Method::TreeWalk, &format!("{}firm.test", "a.".repeat(20))).await;
    assert_eq!(long.organisational, "firm.test");
}

#[tokio::test]
async fn np_holds_for_what_does_not_exist_and_t_lowers() {
    let mut zone = Zone::of_texts(&[
        ("_dmarc.firm.test", "v=DMARC1; p=reject; sp=quarantine; np=reject"),
        ("_dmarc.trial.test", "v=DMARC1; p=reject; t=y"),
    ]);
    zone.addresses.insert("there.firm.test".into(), vec!["192.0.2.1".parse().expect("an address")]);
    for (author, policy) in [
        ("firm.test", Policy::Reject),
        ("there.firm.test", Policy::Quarantine),
        ("gone.firm.test", Policy::Reject),
        ("trial.test", Policy::Quarantine),
    ] {
        let found = evaluate(&zone, Method::TreeWalk, &domain(author), &[], &[]).await.expect("an answer");
        assert_eq!((found.policy, found.passes()), (Some(policy), Some(false)), "{author}");
    }
}

#[tokio::test]
async fn two_records_are_none_and_are_told() {
    let zone =
        Zone::of_texts(&[("_dmarc.two.test", "v=DMARC1; p=none"), ("_dmarc.two.test", "v=DMARC1; p=reject")]);
    let two = found(&zone, Method::TreeWalk, "two.test").await;
    assert_eq!((two.found, two.several), (None, vec![("two.test".to_owned(), 2)]));
    let zone = Zone::of_texts(&[("_dmarc.odd.test", "v=DMARC1; p=rejct")]);
    assert_eq!(found(&zone, Method::TreeWalk, "odd.test").await.ignored, ["odd.test"]);
}

#[tokio::test]
async fn reports_go_to_others_only_where_they_want_them() {
    let mut zone = Zone::of_texts(&[
        ("_dmarc.own.test", "v=DMARC1; p=none"),
        ("own.test._report._dmarc.wants.test", "v=DMARC1"),
    ]);
    zone.silent.insert("own.test._report._dmarc.mute.test".into());
    let name = |receiver: &str| format!("own.test._report._dmarc.{receiver}");
    for (uri, expected) in [
        ("mailto:a@own.test", Authorisation::Own),
        ("mailto:a@reports.own.test", Authorisation::Own),
        ("mailto:a@wants.test", Authorisation::Granted(name("wants.test"))),
        ("mailto:a@stranger.test", Authorisation::Missing(name("stranger.test"))),
        ("mailto:a@mute.test", Authorisation::NoAnswer(name("mute.test"))),
        ("mailto:a@-.test", Authorisation::NoDomain),
    ] {
        let record = parse(&format!("v=DMARC1; p=none; rua={uri}")).expect("a record");
        let target = &record.aggregate[0];
        assert_eq!(
            authorisation(&zone, Method::TreeWalk, &domain("own.test"), target).await,
            expected,
            "{uri}"
        );
    }
}
