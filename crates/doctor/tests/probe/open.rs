//! Port 25 is open, whatever one server or another thinks of us.

use postamt_doctor::port25::outcome::{Outcome, Role};
use postamt_doctor::port25::probe::ProbeSource;
use postamt_doctor::port25::{Confidence, Kind, Progress, Report, check};
use tokio::sync::mpsc;

use crate::support::{IPV4, Server, Street, exchanges, good};

#[tokio::test]
async fn servers_that_greet_are_described() {
    let street = Street::build(|authority, _, name| good(authority, name)).await;
    let path = street.verdict(Kind::Open).await;
    assert_eq!(path.verdict.confidence, Confidence::High);
    assert_eq!(path.observations.len(), 15);
    for exchange in exchanges(&path) {
        let session = exchange.outcome.session().unwrap();
        let tls = session.tls.as_ref().unwrap();
        assert_eq!(exchange.host.as_deref(), Some(session.name.as_str()));
        assert!(session.matches && session.offers_starttls());
        assert!(tls.verified && tls.matches && tls.version == "TLSv1.3", "{tls:?}");
        assert_eq!(tls.certificate_names, [session.name.as_str()]);
    }
}

#[tokio::test]
async fn nobody_is_asked_to_take_mail() {
    let mut street = Street::build(|authority, _, name| good(authority, name)).await;
    street.verdict(Kind::Open).await;
    let mut heard = Vec::new();
    while let Ok(command) = street.heard.try_recv() {
        heard.push(command);
    }
    for command in ["EHLO probe.test", "STARTTLS", "QUIT"] {
        let count = heard.iter().filter(|it| *it == command).count();
        assert_eq!(count, if command.starts_with("EHLO") { 10 } else { 5 }, "{command}: {heard:?}");
    }
    assert_eq!(heard.len(), 20, "nothing else is said: {heard:?}");
}

#[tokio::test]
async fn refusals_by_policy_mean_an_open_port() {
    let refuse = |_: &_, place: usize, _: &str| {
        let lines = ["554 5.7.1 not from your address", "421 4.7.0 try again later"];
        Server::Says(lines[place % 2].to_owned())
    };
    let street = Street::build(refuse).await;
    let path = street.verdict(Kind::Open).await;
    let outcomes: Vec<_> = exchanges(&path).iter().map(|it| it.outcome.clone()).collect();
    assert_eq!(outcomes[0], Outcome::Rejected { code: 554, text: "not from your address".to_owned() });
    assert!(matches!(outcomes[1], Outcome::Rejected { code: 421, .. }));
}

#[tokio::test]
async fn one_server_that_is_down_changes_nothing() {
    for down in [Server::Closed, Server::Hole, Server::Mute] {
        let street = Street::build(|authority, place, name| match place {
            1 => down.clone(),
            _ => good(authority, name),
        })
        .await;
        street.verdict(Kind::Open).await;
    }
}

#[tokio::test]
async fn each_source_address_has_its_verdict() {
    let mut street = Street::build(|authority, _, name| good(authority, name)).await;
    let sources = ["127.0.0.7".parse().unwrap(), "192.0.2.1".parse().unwrap()];
    street.settings.sources = sources.map(ProbeSource::from).to_vec();
    street.settings.sources[0].ehlo_name = Some("seven.test".to_owned());
    let report = street.check().await;
    let kinds: Vec<_> = report.paths.iter().map(|it| (it.path.source, it.verdict.kind)).collect();
    assert_eq!(kinds, [(Some(sources[0]), Kind::Open), (Some(sources[1]), Kind::NoNetwork)]);
    assert_eq!(street.heard.recv().await.as_deref(), Some("EHLO seven.test"));
}

#[tokio::test]
async fn progress_is_told_as_it_happens() {
    let street = Street::build(|authority, _, name| good(authority, name)).await;
    let (listener, mut heard) = mpsc::unbounded_channel();
    let report = check(&street.eyes(), &street.settings, Some(listener)).await;
    let mut told = Vec::new();
    while let Some(progress) = heard.recv().await {
        told.push(progress);
    }
    assert!(matches!(told.first(), Some(Progress::Resolved { targets: 15 })), "{told:?}");
    assert_eq!(told.iter().filter(|it| matches!(it, Progress::Seen { .. })).count(), 15);
    let Some(Progress::Judged { path, verdict }) = told.last() else { panic!("{told:?}") };
    assert_eq!((*path, verdict), (IPV4, &report.paths[0].verdict));
}

#[tokio::test]
async fn a_report_survives_json() {
    let street = Street::build(|authority, place, name| match place {
        0 => Server::Closed,
        1 => Server::Says("554 no".to_owned()),
        _ => good(authority, name),
    })
    .await;
    let report = street.check().await;
    let json = report.to_json().unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    assert!(json.contains(r#""kind": "open""#) && json.contains(r#""family": "ipv4""#), "{json}");
    assert!(report.paths[0].observations.iter().any(|it| it.role == Role::Web));
}
