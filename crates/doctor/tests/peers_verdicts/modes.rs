//! The table: every mode of the ISP, both families.

use postamt_doctor::port25::route::Suspect;
use postamt_doctor::port25::{Kind, PathReport};
use postamt_lab::isp::{DnsFault, FilterPoint, Hop, Isp, Mode, ROUTERS, Rules};

use super::eyes::{FAMILIES, path, probe, settings};

/// What must be said of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blocker {
    /// The hops are not searched.
    None,
    /// One of two routers, this one among them.
    Among(usize),
    /// This router and no other.
    Exactly(usize),
}

use Blocker::{Among, Exactly, None};

fn cells() -> Vec<(Rules, Kind, Blocker)> {
    let mut cells: Vec<(Rules, Kind, Blocker)> =
        Mode::ALL.into_iter().map(|mode| (mode.into(), expected(mode).0, expected(mode).1)).collect();
    for mode in [Mode::Drop, Mode::RejectReset] {
        let kind = expected(mode).0;
        cells.push((Rules::from(mode).filtered_at(FilterPoint::Forward), kind, Among(1)));
        cells.push((Rules::from(mode).at(Hop::First), kind, Among(0)));
        cells.push((Rules::from(mode).at(Hop::First).filtered_at(FilterPoint::Forward), kind, Among(0)));
    }
    cells.push((Rules::from(Mode::RejectProhibited).at(Hop::First), Kind::Prohibited, Exactly(0)));
    cells.push((Rules::from(Mode::Greeter).at(Hop::First), Kind::Intercepted, Exactly(0)));
    cells.push((Rules::from(Mode::Drop).on_ports([25, 465, 587]), Kind::Dropped, Among(1)));
    cells
}

fn expected(mode: Mode) -> (Kind, Blocker) {
    match mode {
        Mode::Open => (Kind::Open, None),
        Mode::Drop => (Kind::Dropped, Among(1)),
        Mode::RejectReset => (Kind::Refused, Among(1)),
        Mode::RejectProhibited => (Kind::Prohibited, Exactly(1)),
        Mode::Proxy | Mode::Greeter => (Kind::Intercepted, Exactly(1)),
        Mode::RateLimit { .. } => (Kind::Throttled, Among(1)),
        Mode::DnsHijack
        | Mode::DnsBroken(DnsFault::Silence | DnsFault::ServerFailure | DnsFault::NoSuchName) => {
            (Kind::DnsBroken, None)
        }
        Mode::NoNetwork | Mode::NoRoute => (Kind::NoNetwork, None),
        Mode::LocalDrop | Mode::LocalReset | Mode::LocalProhibited => (Kind::LocalFirewall, None),
    }
}

pub async fn all(isp: &Isp) {
    for (rules, kind, blocker) in cells() {
        isp.set(rules.clone()).await.unwrap();
        let report = probe(isp, &settings(isp)).await;
        for (place, family) in FAMILIES.into_iter().enumerate() {
            let path = path(&report, family);
            assert_eq!(path.verdict.kind, kind, "{rules}, {family}: {path:#?}");
            check_blocker(path, place, blocker, &format!("{rules}, {family}"));
        }
        println!("test {rules} ... ok: {} in {} ms", kind.name(), report.took_milliseconds);
    }
    isp.set(Mode::Open).await.unwrap();
}

fn check_blocker(path: &PathReport, family: usize, blocker: Blocker, what: &str) {
    let Some(route) = &path.route else {
        assert_eq!(blocker, None, "{what}: the hops were not searched");
        return;
    };
    let found: Vec<_> = route.routers().iter().map(|hop| (hop.router, hop.name.clone())).collect();
    let wanted =
        |router: usize| (Some(ROUTERS[router].addresses[family]), Some(ROUTERS[router].name.to_owned()));
    match blocker {
        None => panic!("{what}: hops were searched: {route:#?}"),
        Among(router) => assert!(found.contains(&wanted(router)), "{what}: {found:?} of {route:#?}"),
        Exactly(router) => {
            assert_eq!(found, [wanted(router)], "{what}: {route:#?}");
            assert!(matches!(route.suspect, Suspect::Router(_) | Suspect::Impostor(_)), "{what}");
        }
    }
}
