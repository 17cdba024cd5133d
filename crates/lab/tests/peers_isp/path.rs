//! Where packets end, by their hop count: what a hop search can find out.

use std::time::Duration;

use postamt_lab::isp::{Isp, Mode, ROUTERS, Rules};

use super::eyes::{ANSWER, Attempt, Ear, SILENCE, Seen, target};

/// What comes back from a hop count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Router 0 or 1 says that the count has run out.
    Expired(usize),
    /// Router 0 or 1 says that it is prohibited.
    Prohibited(usize),
    /// A connection.
    Connected,
    /// RST.
    Reset,
    /// Nothing.
    Silence,
}

use End::{Connected, Expired, Prohibited, Reset, Silence};

/// Rules, port, and what hop counts of 1, 2 and 3 lead to.
const PATHS: [(&str, u16, [End; 3]); 12] = [
    ("open", 25, [Expired(0), Expired(1), Connected]),
    ("open", 443, [Expired(0), Expired(1), Connected]),
    ("drop", 25, [Expired(0), Silence, Silence]),
    ("drop", 443, [Expired(0), Expired(1), Connected]),
    ("drop hop=1", 25, [Silence, Silence, Silence]),
    ("drop at=forward", 25, [Expired(0), Expired(1), Silence]),
    ("drop hop=1 at=forward", 25, [Expired(0), Silence, Silence]),
    ("reject-rst", 25, [Expired(0), Reset, Reset]),
    ("reject-icmp", 25, [Expired(0), Prohibited(1), Prohibited(1)]),
    ("reject-icmp hop=1", 25, [Prohibited(0), Prohibited(0), Prohibited(0)]),
    ("proxy", 25, [Expired(0), Connected, Connected]),
    ("greeter hop=1", 25, [Connected, Connected, Connected]),
];

pub async fn all(isp: &Isp) {
    for (rules, port, ends) in PATHS {
        isp.set(rules.parse::<Rules>().unwrap()).await.unwrap();
        for family in [0, 1] {
            for (hops, expected) in (1..).zip(ends) {
                let end = end(isp, family, port, hops, expected).await;
                assert_eq!(end, expected, "{rules}, family {family}, port {port}, {hops} hops");
            }
        }
    }
    isp.set(Mode::Open).await.unwrap();
}

async fn end(isp: &Isp, family: usize, port: u16, hops: u8, expected: End) -> End {
    let ear = Ear::open(family);
    let patience = match expected {
        Silence => SILENCE,
        // The attempt goes on whatever the router says; it need only begin.
        Expired(_) | Prohibited(_) => Duration::from_millis(10),
        _ => ANSWER,
    };
    let attempt = Attempt { hops: Some(hops), patience, ..Attempt::at(target(isp, family), port) };
    match attempt.is_open().await {
        Seen::Connected => return Connected,
        Seen::Reset => return Reset,
        _ => {}
    }
    let patience = if expected == Silence { Duration::from_millis(1) } else { ANSWER };
    let Some((from, kind, code)) = ear.hear(patience) else { return Silence };
    let router =
        ROUTERS.iter().position(|router| router.addresses[family] == from).expect("one of the routers");
    match (family, kind, code) {
        (0, 11, 0) | (1, 3, 0) => Expired(router),
        (0, 3, 13) | (1, 1, 1) => Prohibited(router),
        other => panic!("{other:?} from router {router}"),
    }
}
