//! Sessions on the listening ports: limits, logins, line discipline, time, the end.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postamt_mail::sasl::Mechanism;
use postamt_mail::sasl::client::{ClientMechanism, Credentials};
use postamt_mail::sasl::scram::ClientBinding;
use postamt_mta::events::Event;
use postamt_mta::passwords::{PasswordCost, make_account};
use postamt_mta::settings::Purpose;
use postamt_store::accounts::{Accounts, SendAs};
use postamt_store::embedded::SqliteAccounts;

use crate::support::talk::{Talk, last_line};
use crate::support::{House, LOGIN, PASSWORD, message};

async fn submissions(house: &House) -> Talk {
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO client.test").await;
    talk
}

const HELLO: [&str; 4] =
    ["EHLO draussen.test", "MAIL FROM:<wer@draussen.test>", "RCPT TO:<postmaster@absender.test>", "DATA"];

#[tokio::test(flavor = "multi_thread")]
async fn one_peer_gets_no_more_than_its_share_of_sessions() {
    let house = House::build_with(|settings, _| settings.limits.sessions_per_peer = 2).await;
    let address = house.address(Purpose::Exchange);
    let first = Talk::open(address).await;
    let _second = Talk::open(address).await;
    let (mut third, greeting) = Talk::greeted(Talk::dial(address).await).await;
    assert!(greeting.starts_with("421 4.7.0 ") && greeting.contains("from your address"), "{greeting}");
    assert!(third.is_over().await);
    // A place that is given back is free again.
    let mut first = first;
    first.say("QUIT").await;
    assert!(first.is_over().await);
    loop {
        let (_talk, greeting) = Talk::greeted(Talk::dial(address).await).await;
        if greeting.starts_with("220 ") {
            break;
        }
    }
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_server_says_so() {
    let house = House::build_with(|settings, _| settings.limits.sessions = 1).await;
    let _first = Talk::open(house.address(Purpose::Exchange)).await;
    let (_, greeting) = Talk::greeted(Talk::dial(house.address(Purpose::Submission)).await).await;
    assert!(greeting.starts_with("421 4.7.0 ") && greeting.contains("too many sessions,"), "{greeting}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_finishes_what_is_open_and_sends_the_idle_away() {
    let house = House::build().await;
    let address = house.address(Purpose::Exchange);
    let mut idle = Talk::open(address).await;
    let mut open = Talk::open(address).await;
    open.say_all(&HELLO).await;
    open.send(b"Subject: angefangen\r\n").await;
    let running = house.running.clone();
    let shutdown = tokio::spawn(async move { running.shutdown().await });
    let goodbye = idle.hear().await;
    assert!(goodbye.starts_with("421 4.3.2 mail.absender.test is shutting down"), "{goodbye}");
    assert!(idle.is_over().await);
    let reply = open.say("\r\nund fertig\r\n.").await;
    let id = reply.strip_prefix("250 2.0.0 queued as ").expect("taken").to_owned();
    let goodbye = open.hear().await;
    assert!(goodbye.starts_with("421 4.3.2 "), "{goodbye}");
    shutdown.await.expect("stopped");
    // Taken is taken: it is delivered by now or after the next start.
    let house = house.restart().await;
    if house.entry(&id).await.is_some() {
        house.finished(&id).await;
    }
    assert_eq!(crate::support::mails_in(&house.directory.path().join("postmaster")).len(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_sent_away_in_commands_and_in_data() {
    let house = House::build_with(|settings, _| {
        settings.limits.command_timeout = Duration::from_millis(300);
        settings.limits.data_timeout = Duration::from_millis(300);
    })
    .await;
    let address = house.address(Purpose::Exchange);
    let mut silent = Talk::open(address).await;
    let mut stuck = Talk::open(address).await;
    stuck.say_all(&HELLO).await;
    stuck.send(b"Subject: und dann").await;
    for talk in [&mut silent, &mut stuck] {
        let reply = talk.hear().await;
        assert!(reply.starts_with("421 4.4.2 "), "{reply}");
        assert!(talk.is_over().await);
    }
    assert_eq!(house.running.figures().accepted, 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn submission_in_clear_gets_no_further_than_starttls() {
    let house = House::build().await;
    let mut talk = Talk::open(house.address(Purpose::Submission)).await;
    let offers = talk.say("EHLO client.test").await;
    assert!(offers.contains("STARTTLS") && !offers.contains("AUTH") && !offers.contains("REQUIRETLS"));
    assert!(talk.say("MAIL FROM:<anna@absender.test>").await.starts_with("530 5.7.0 "));
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("538 5.7.11 "));
    let (mut talk, offers) =
        Talk::open_starttls(house.address(Purpose::Submission), house.certificate()).await;
    assert!(offers.contains("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN"), "{offers}");
    assert!(!offers.contains("STARTTLS"));
    let reply = talk.say("MAIL FROM:<anna@absender.test>").await;
    assert!(reply.starts_with("530 5.7.0 "), "{reply}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_clear_behind_starttls_is_thrown_away() {
    let house = House::build().await;
    let pipelined = "MAIL FROM:<boese@draussen.test>\r\nRCPT TO:<postmaster@absender.test>\r\n";
    let (mut talk, _) =
        Talk::open_starttls_with(house.address(Purpose::Exchange), house.certificate(), pipelined).await;
    let reply = talk.say("RCPT TO:<postmaster@absender.test>").await;
    assert!(reply.starts_with("503 5.5.1 "), "the transaction in clear is forgotten: {reply}");
    house
        .events
        .wait_for(1, |event| matches!(event, Event::Session { what, .. } if what == "PipelinedBeforeTls"))
        .await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mechanism_logs_in() {
    let house = House::build().await;
    assert!(submissions(&house).await.log_in(LOGIN, PASSWORD).await.starts_with("235 2.7.0 "));

    let mut talk = submissions(&house).await;
    assert_eq!(talk.say("AUTH PLAIN").await, "334");
    let plain = STANDARD.encode(format!("\0{LOGIN}\0{PASSWORD}"));
    assert!(talk.say(&plain).await.starts_with("235 "));

    let mut talk = submissions(&house).await;
    assert_eq!(talk.say("AUTH LOGIN").await, "334 VXNlcm5hbWU6");
    assert_eq!(talk.say(&STANDARD.encode(LOGIN.to_uppercase())).await, "334 UGFzc3dvcmQ6");
    assert!(talk.say(&STANDARD.encode(PASSWORD)).await.starts_with("235 "), "names have no case");

    let mut talk = submissions(&house).await;
    assert!(scram(&mut talk, PASSWORD).await.starts_with("235 "));

    // The client of this house prefers the bound one.
    house.login().await.quit().await;
    let mechanisms = house.events.all().into_iter().filter_map(|event| match event {
        Event::Login { account, mechanism, .. } if account == LOGIN => Some(mechanism),
        _ => None,
    });
    let mechanisms = mechanisms.collect::<Vec<_>>();
    assert_eq!(mechanisms, ["PLAIN", "PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]);
    house.running.shutdown().await;
}

/// SCRAM-SHA-256 without binding; gives the last reply.
async fn scram(talk: &mut Talk, password: &str) -> String {
    let credentials = Credentials::new(LOGIN, password);
    let mut client = ClientMechanism::new(
        Mechanism::ScramSha256,
        &credentials,
        ClientBinding::Unsupported,
        "abcdefghijklmnop",
    )
    .expect("an exchange");
    let first = client.initial().expect("a first message");
    let mut reply = talk.say(&format!("AUTH SCRAM-SHA-256 {}", STANDARD.encode(&*first))).await;
    while let Some(challenge) = reply.strip_prefix("334 ") {
        let challenge = STANDARD.decode(challenge).expect("base64");
        let response = client.respond(&challenge).expect("a response");
        reply = talk.say(&STANDARD.encode(&*response)).await;
    }
    if reply.starts_with("235 ") {
        client.finish().expect("the server proved itself");
    }
    reply
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_the_client_hears_the_same() {
    let house = House::build().await;
    let accounts = SqliteAccounts::open(house.directory.path().join("accounts.db")).expect("accounts");
    let cheap = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };
    let mut disabled =
        make_account("aus@absender.test", PASSWORD, vec![SendAs::Any], 0, cheap).expect("an account");
    disabled.enabled = false;
    accounts.add(disabled).await.expect("added");
    for (login, password) in
        [(LOGIN, "falsch-falsch-falsch"), ("wer@absender.test", PASSWORD), ("aus@absender.test", PASSWORD)]
    {
        let reply = submissions(&house).await.log_in(login, password).await;
        assert_eq!(reply, "535 5.7.8 wrong login or password", "{login}");
    }
    let reply = scram(&mut submissions(&house).await, "falsch-falsch-falsch").await;
    assert_eq!(reply, "535 5.7.8 wrong login or password");
    // Nobody acts for somebody else.
    let other = STANDARD.encode(format!("chef@absender.test\0{LOGIN}\0{PASSWORD}"));
    let reply = submissions(&house).await.say(&format!("AUTH PLAIN {other}")).await;
    assert!(reply.starts_with("535 "), "{reply}");
    let failed = house.events.wait_for(5, |event| matches!(event, Event::LoginFailed { .. })).await;
    let reasons = failed.iter().map(|event| match event {
        Event::LoginFailed { reason, .. } => reason.as_str(),
        _ => "",
    });
    let reasons = reasons.collect::<Vec<_>>();
    assert_eq!(reasons[..3], ["wrong password", "unknown account", "the account is disabled"]);
    let told = format!("{:?}", house.events.all());
    assert!(!told.contains(PASSWORD) && !told.contains("falsch-falsch"), "no password in an event");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_ends_the_session() {
    let house = House::build().await;
    let mut talk = submissions(&house).await;
    let mut last = String::new();
    for attempt in 0..5 {
        last = talk.log_in(LOGIN, &format!("geraten-geraten-{attempt}")).await;
        assert!(last.starts_with("535 "), "{last}");
    }
    let end = talk.hear().await;
    assert!(end.starts_with("421 4.7.0 "), "{last} {end}");
    assert!(talk.is_over().await);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_crlf_dot_crlf_ends_a_message() {
    const ENDINGS: &str = include_str!("../../../mail/tests/data/smuggling/smuggling_eod.json");
    let lists: serde_json::Value = serde_json::from_str(ENDINGS).expect("JSON");
    let mut endings = Vec::new();
    for list in lists.as_object().expect("lists").values() {
        let texts: Vec<_> = match list {
            serde_json::Value::Object(named) => named.values().collect(),
            list => list.as_array().expect("a list").iter().collect(),
        };
        endings.extend(texts.into_iter().filter_map(|text| text.as_str().map(str::to_owned)));
    }
    endings.sort();
    endings.dedup();
    assert!(endings.len() >= 12, "{endings:?}");
    let house = House::build().await;
    for ending in endings {
        let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
        talk.say_all(&HELLO).await;
        let smuggled = "MAIL FROM:<boese@draussen.test>\r\nRCPT TO:<abuse@absender.test>\r\nDATA\r\n\
                        Subject: geschmuggelt\r\n\r\nx\r\n.\r\n";
        talk.send(format!("Subject: eins\r\n\r\nText{ending}{smuggled}").as_bytes()).await;
        let reply = talk.hear().await;
        assert!(reply.starts_with('5'), "{ending:?}: {reply}");
        let after = talk.say("NOOP").await;
        assert!(
            after.starts_with("250 ") || after.starts_with("421 "),
            "one reply only: {ending:?}: {after}"
        );
    }
    assert_eq!(house.running.figures().accepted, 0);
    house.running.shutdown().await;
}

fn new_certificate(directory: &Path, host: &str) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let parameters = rcgen::CertificateParams::new(vec![host.to_owned()]).expect("parameters");
    let certificate = parameters.self_signed(&key).expect("a certificate");
    std::fs::write(directory.join("tls/cert.pem"), certificate.pem()).expect("written");
    std::fs::write(directory.join("tls/key.pem"), key.serialize_pem()).expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_used_and_a_broken_one_is_not() {
    let house = House::build().await;
    assert!(house.running.has_self_signed_certificate());
    let old = house.directory.path().join("old.pem");
    std::fs::copy(house.certificate(), &old).expect("copied");
    new_certificate(house.directory.path(), "mail.absender.test");
    house.running.reload(house.settings.clone()).await;
    submissions(&house).await.say("NOOP").await;
    let new = house.directory.path().join("new.pem");
    std::fs::copy(house.certificate(), &new).expect("copied");
    assert_ne!(std::fs::read(&old).expect("read"), std::fs::read(&new).expect("read"));
    std::fs::write(house.certificate(), "kaputt").expect("written");
    house.running.reload(house.settings.clone()).await;
    house
        .events
        .wait_for(1, |event| matches!(event, Event::Warning { what } if what.contains("certificate")))
        .await;
    Talk::open_tls(house.address(Purpose::Submissions), &new).await.say("NOOP").await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_beyond_the_limits_is_refused_and_the_session_goes_on() {
    let house = House::build_with(|settings, _| {
        settings.limits.message_bytes = 10_000;
        settings.limits.recipients = 100;
    })
    .await;
    let mut talk = submissions(&house).await;
    talk.log_in(LOGIN, PASSWORD).await;
    let reply = talk.say("MAIL FROM:<anna@absender.test> SIZE=10001").await;
    assert!(reply.starts_with("552 5.3.4 "), "{reply}");
    let envelope = ["MAIL FROM:<anna@absender.test>", "RCPT TO:<da@streng.test>", "DATA"];
    talk.say_all(&envelope).await;
    let long = "x".repeat(76) + "\r\n";
    let reply = talk.say(&format!("From: {LOGIN}\r\n\r\n{}.", long.repeat(200))).await;
    assert!(reply.starts_with("552 5.3.4 "), "{reply}");
    talk.say_all(&envelope[..1]).await;
    for number in 0..101 {
        let reply = talk.say(&format!("RCPT TO:<nr{number}@streng.test>")).await;
        let expected = if number < 100 { "250 " } else { "452 4.5.3 " };
        assert!(last_line(&reply).starts_with(expected), "{number}: {reply}");
    }
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pipelines_chunks_is_served() {
    let house = House::build().await;
    let mut talk = submissions(&house).await;
    talk.log_in(LOGIN, PASSWORD).await;
    let text = format!("From: {LOGIN}\r\nSubject: Häppchen\r\n\r\nGuten Tag\r\n");
    let (first, second) = text.split_at(20);
    let commands = format!(
        "MAIL FROM:<{LOGIN}> SMTPUTF8 BODY=8BITMIME\r\nRCPT TO:<da@streng.test>\r\nBDAT {}\r\n{first}BDAT {} \
         LAST\r\n{second}",
        first.len(),
        second.len()
    );
    talk.send(commands.as_bytes()).await;
    for expected in ["250 2.1.0 ", "250 2.1.5 ", "250 2.0.0 20 octets", "250 2.0.0 queued as "] {
        let reply = talk.hear().await;
        assert!(reply.starts_with(expected), "{reply}");
    }
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "{}", receipt.reply);
    assert_eq!(receipt.header("Subject").as_deref(), Some("Häppchen"));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_takes_many_messages() {
    let house = House::build().await;
    let mut connection = house.login().await;
    for _ in 0..20 {
        let outcome = connection.deliver(&message(&["da@klartext.test"], "Hallo")).await;
        crate::support::id_of(&outcome);
    }
    connection.quit().await;
    house.events.wait_for(20, |event| matches!(event, Event::Finished { .. })).await;
    assert_eq!(house.running.figures().accepted, 20);
    house.running.shutdown().await;
}
