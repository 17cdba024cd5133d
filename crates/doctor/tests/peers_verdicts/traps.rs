//! What must not be taken for a blocked port, and what must be told apart.

use postamt_doctor::port25::outcome::{Family, PathKey};
use postamt_doctor::port25::probe::ProbeSource;
use postamt_doctor::port25::verdict::Evidence;
use postamt_doctor::port25::{Kind, ProbeSettings};
use postamt_lab::isp::{Families, HOST, HOST_SECOND, Isp, Mode, Mood, Rules};

use super::eyes::{FAMILIES, path, probe, settings, unprivileged_root};

pub async fn one_target_is_down(isp: &Isp) {
    for mood in [Mood::Closed, Mood::Gone, Mood::Silent, Mood::Busy] {
        isp.set_mood("mars", mood).await.unwrap();
        let report = probe(isp, &settings(isp)).await;
        for family in FAMILIES {
            let path = path(&report, family);
            assert_eq!(path.verdict.kind, Kind::Open, "{mood}: {path:#?}");
        }
        println!("test one target is {mood} ... ok");
    }
    isp.set_mood("mars", Mood::Serving).await.unwrap();
}

pub async fn everybody_refuses(isp: &Isp) {
    for operator in isp.operators() {
        isp.set_mood(operator.name, Mood::Banned).await.unwrap();
    }
    let report = probe(isp, &settings(isp)).await;
    for family in FAMILIES {
        let path = path(&report, family);
        assert_eq!(path.verdict.kind, Kind::Open, "{path:#?}");
        assert!(
            matches!(&path.verdict.evidence[0], Evidence::Rejected { operators, .. } if operators.len() == 5)
        );
    }
    for operator in isp.operators() {
        isp.set_mood(operator.name, Mood::Serving).await.unwrap();
    }
    println!("test everybody refuses ... ok");
}

pub async fn sources_and_families(isp: &Isp) {
    let sources = [HOST, HOST_SECOND].concat().into_iter().map(ProbeSource::from).collect();
    let settings = ProbeSettings { sources, ..settings(isp) };
    for (rules, blocked) in [
        (Rules::from(Mode::Drop).from_source(HOST_SECOND[0]), vec![HOST_SECOND[0]]),
        (Rules::from(Mode::RejectReset).only(Families::V6), vec![HOST[1], HOST_SECOND[1]]),
    ] {
        isp.set(rules.clone()).await.unwrap();
        let report = probe(isp, &settings).await;
        assert_eq!(report.paths.len(), 4);
        for path in &report.paths {
            let is_blocked = path.path.source.is_some_and(|source| blocked.contains(&source));
            assert_eq!(path.verdict.kind.is_blocked(), is_blocked, "{rules}: {path:#?}");
            assert_eq!(path.verdict.kind == Kind::Open, !is_blocked, "{rules}: {path:#?}");
        }
        println!("test {rules} ... ok");
    }
    isp.set(Mode::Open).await.unwrap();
}

/// Without the right to read the rules, the kernel's counter and its own ICMP still tell.
pub async fn a_firewall_that_cannot_be_read(isp: &Isp) {
    let root = unprivileged_root();
    let settings = ProbeSettings { root: root.path().to_owned(), ..settings(isp) };
    for (mode, kind) in [
        (Mode::LocalDrop, Kind::LocalFirewall),
        (Mode::LocalProhibited, Kind::LocalFirewall),
        // A RST looks the same wherever it comes from; the hops lead to this host or the first router.
        (Mode::LocalReset, Kind::Refused),
        (Mode::Drop, Kind::Dropped),
    ] {
        isp.set(mode).await.unwrap();
        let report = probe(isp, &settings).await;
        for family in FAMILIES {
            let path = report.path(PathKey { source: None, family }).unwrap();
            assert_eq!(path.verdict.kind, kind, "{mode}: {path:#?}\n{:?}", report.host);
        }
        println!("test {mode}, rules not readable ... ok");
    }
    isp.set(Rules::from(Mode::LocalDrop).only(Families::V4)).await.unwrap();
    let report = probe(isp, &settings).await;
    let kind = |family| report.path(PathKey { source: None, family }).unwrap().verdict.kind;
    assert_eq!((kind(Family::Ipv4), kind(Family::Ipv6)), (Kind::LocalFirewall, Kind::Open));
    isp.set(Mode::Open).await.unwrap();
}
