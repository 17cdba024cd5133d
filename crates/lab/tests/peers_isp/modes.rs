//! The table: every mode, both families, what the host sees of port 25, of the control ports and of DNS.

use postamt_lab::isp::{
    CANARY, DnsFault, Families, FilterPoint, HOST, HOST_SECOND, Hop, ISP_DOMAIN, Isp, Mode, ROUTERS, Rules,
};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::eyes::{
    ANSWER, Answer, Attempt, Ear, Icmp, SILENCE, Seen, StartTls, Talk, ask_dns, ask_dns_by_tcp,
    expect_greeting, target,
};

/// One cell.
struct Cell {
    smtp: Seen,
    /// 443 and 587.
    control: Seen,
    dns: Answer,
    icmp: Option<Icmp>,
    /// Whether the ISP sees the connection attempt at all.
    leaves: bool,
}

fn cell(isp: &Isp, mode: Mode, family: usize) -> Cell {
    let good = Cell {
        smtp: Seen::Greeted(isp.operators()[0].host.to_string(), StartTls::Offered),
        control: Seen::Connected,
        dns: Answer::Addresses(vec![target(isp, family)]),
        icmp: None,
        leaves: true,
    };
    let lost = |dns| Cell { smtp: Seen::Silence, control: Seen::Silence, dns, icmp: None, leaves: true };
    let prohibited = [(Seen::Unreachable, 3, 13), (Seen::Denied, 1, 1)][family].clone();
    let router = ROUTERS[1].addresses[family];
    match mode {
        Mode::Open | Mode::RateLimit { .. } => good,
        Mode::Drop => Cell { smtp: Seen::Silence, ..good },
        Mode::RejectReset => Cell { smtp: Seen::Reset, ..good },
        Mode::RejectProhibited => {
            Cell { smtp: prohibited.0, icmp: Some((router, prohibited.1, prohibited.2)), ..good }
        }
        Mode::Proxy => {
            let Seen::Greeted(name, _) = good.smtp else { unreachable!() };
            Cell { smtp: Seen::Greeted(name, StartTls::Masked), ..good }
        }
        Mode::Greeter => {
            Cell { smtp: Seen::Greeted(format!("mail.{ISP_DOMAIN}"), StartTls::Missing), ..good }
        }
        Mode::DnsHijack => Cell { dns: Answer::Addresses(vec![router]), ..good },
        Mode::DnsBroken(DnsFault::Silence) => Cell { dns: Answer::Silence, ..good },
        Mode::DnsBroken(DnsFault::ServerFailure) => Cell { dns: Answer::ServerFailure, ..good },
        Mode::DnsBroken(DnsFault::NoSuchName) => Cell { dns: Answer::NoSuchName, ..good },
        Mode::NoNetwork => lost(Answer::Silence),
        Mode::NoRoute => {
            Cell { smtp: Seen::NoRoute, control: Seen::NoRoute, leaves: false, ..lost(Answer::NoRoute) }
        }
        Mode::LocalDrop => Cell { smtp: Seen::Silence, leaves: false, ..good },
        Mode::LocalReset => Cell { smtp: Seen::Reset, leaves: false, ..good },
        Mode::LocalProhibited => Cell {
            smtp: prohibited.0,
            icmp: Some((HOST[family], prohibited.1, prohibited.2)),
            leaves: false,
            ..good
        },
    }
}

/// Every mode in both families.
pub async fn all(isp: &Isp) {
    for mode in Mode::ALL {
        isp.set(mode).await.unwrap();
        assert_eq!(isp.rules().mode, mode);
        for family in [0, 1] {
            check(isp, mode, family, cell(isp, mode, family)).await;
        }
    }
    isp.set(Mode::Open).await.unwrap();
    for family in [0, 1] {
        check(isp, Mode::Open, family, cell(isp, Mode::Open, family)).await;
    }
}

async fn check(isp: &Isp, mode: Mode, family: usize, expected: Cell) {
    let what = format!("{mode}, family {family}");
    let address = target(isp, family);
    let before = isp.connection_attempts().await.unwrap();
    let ear = Ear::open(family);
    let smtp = Attempt::at(address, 25).expecting(&expected.smtp);
    assert_eq!(smtp.smtp().await, expected.smtp, "{what}");
    if let Some(icmp) = expected.icmp {
        assert_eq!(ear.hear(ANSWER), Some(icmp), "{what}");
    }
    let after = isp.connection_attempts().await.unwrap();
    assert_eq!(after > before, expected.leaves, "{what}: {before} → {after}");
    if let Mode::RateLimit { per_minute } = mode {
        for _ in 1..per_minute {
            assert_eq!(smtp.smtp().await, expected.smtp, "{what}");
        }
        assert_eq!(smtp.expecting(&Seen::Silence).smtp().await, Seen::Silence, "{what}: one more");
    }
    for port in [443, 587] {
        let control = Attempt::at(address, port).expecting(&expected.control);
        assert_eq!(control.is_open().await, expected.control, "{what}, port {port}");
    }
    let patience = if expected.dns == Answer::Silence { SILENCE } else { ANSWER };
    assert_eq!(ask_dns("mx.merkur.test.", family, patience).await, expected.dns, "{what}");

    // Where nobody speaks SMTP, only an interceptor greets.
    let canary = match &expected.smtp {
        Seen::Greeted(name, _) if name.ends_with(ISP_DOMAIN) => expected.smtp.clone(),
        Seen::Greeted(..) => return,
        other => other.clone(),
    };
    assert_eq!(Attempt::at(CANARY[family], 25).expecting(&canary).smtp().await, canary, "{what}, canary");
}

/// Rules that do not mean everybody.
pub async fn parts(isp: &Isp) {
    for (rules, silent) in [("ipv4-only-drop", 0), ("ipv6-only-drop hop=1 at=forward", 1)] {
        isp.set(rules.parse::<Rules>().unwrap()).await.unwrap();
        expect_greeting(isp, 1 - silent).await;
        let attempt = Attempt::at(target(isp, silent), 25).expecting(&Seen::Silence);
        assert_eq!(attempt.smtp().await, Seen::Silence, "{rules}");
    }
    for family in [0, 1] {
        isp.set(Rules::from(Mode::RejectReset).from_source(HOST_SECOND[family])).await.unwrap();
        let attempt = Attempt::at(target(isp, family), 25);
        let from = |source| Attempt { source: Some(source), ..attempt };
        assert_eq!(from(HOST_SECOND[family]).is_open().await, Seen::Reset);
        assert_eq!(from(HOST[family]).is_open().await, Seen::Connected);
        expect_greeting(isp, family).await;
        expect_greeting(isp, 1 - family).await;
    }
    isp.set(Rules::from(Mode::RejectReset).on_ports([25, 465, 587])).await.unwrap();
    for (port, expected) in [(25, Seen::Reset), (587, Seen::Reset), (443, Seen::Connected)] {
        assert_eq!(Attempt::at(target(isp, 1), port).is_open().await, expected, "{port}");
    }
    isp.set(Mode::Open).await.unwrap();
}

/// What stands when the filter comes is cut off too, and goes on when it goes.
pub async fn under_way(isp: &Isp) {
    for point in [FilterPoint::Ingress, FilterPoint::Forward] {
        let stream = Attempt::at(target(isp, 0), 25).connect().await.unwrap();
        let mut talk = Talk(tokio::io::BufReader::new(stream));
        assert!(talk.line().await.starts_with("220 "));
        isp.set(Rules::from(Mode::Drop).at(Hop::First).filtered_at(point)).await.unwrap();
        talk.0.get_mut().write_all(b"NOOP\r\n").await.unwrap();
        assert!(timeout(SILENCE, talk.line()).await.is_err(), "{point:?}");
        isp.set(Mode::Open).await.unwrap();
        let answer = timeout(ANSWER, talk.line()).await.expect("TCP repeats what was lost");
        assert!(answer.starts_with("250 "), "{answer}");
    }
}

/// The details of the lies.
pub async fn names(isp: &Isp) {
    isp.set(Rules::from(Mode::DnsHijack).at(Hop::First)).await.unwrap();
    for family in [0, 1] {
        let own = Answer::Addresses(vec![ROUTERS[0].addresses[family]]);
        assert_eq!(ask_dns("gibtesnicht.invalid.", family, ANSWER).await, own);
        assert_eq!(ask_dns_by_tcp("mx.merkur.test.", family).await, own);
    }
    isp.set(Rules::from(Mode::DnsBroken(DnsFault::ServerFailure)).only(Families::V6)).await.unwrap();
    assert_eq!(ask_dns_by_tcp("mx.merkur.test.", 1).await, Answer::ServerFailure);
    assert_eq!(ask_dns("mx.merkur.test.", 0, ANSWER).await, Answer::Addresses(vec![target(isp, 0)]));
    isp.set(Mode::Open).await.unwrap();
    assert_eq!(ask_dns("gibtesnicht.invalid.", 0, ANSWER).await, Answer::NoSuchName);
    let resolver = postamt_net::dns::HickoryResolver::new(&postamt_net::dns::ResolverSettings {
        servers: Some(isp.dns_servers()),
        ..postamt_net::dns::ResolverSettings::default()
    })
    .unwrap();
    for router in ROUTERS {
        for address in router.addresses {
            let names = postamt_net::dns::Resolver::ptr(&resolver, address).await.unwrap().records;
            assert_eq!(names, [router.name], "{address}");
        }
    }
}
