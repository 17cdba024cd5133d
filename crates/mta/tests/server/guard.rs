//! Hosts that guess passwords are delayed, told so, banned, and let in again.

use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mta::events::Event;
use postamt_mta::guard::{NotBanned, host_of};
use postamt_mta::settings::{LocalDomain, LocalTarget, Purpose};
use postamt_store::bans::{BanReason, Offence};

use crate::support::talk::Talk;
use crate::support::{House, LOGIN, PASSWORD};

async fn submissions(house: &House) -> Talk {
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO client.test").await;
    talk
}

/// Guesses names until the server has had enough: the last reply.
async fn guess(house: &House) -> String {
    for round in 0..4 {
        let mut talk = submissions(house).await;
        // A session ends after five wrong logins in any case.
        for name in 0..5 {
            let reply = talk.log_in(&format!("info{round}{name}@absender.test"), "123456").await;
            if !reply.starts_with("535 ") {
                assert!(talk.is_over().await);
                return reply;
            }
        }
    }
    panic!("nobody minds");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_banned_even_over_a_restart_until_the_time_is_over_or_the_operator_lifts_it() {
    let house = House::build_with(|settings, _| settings.own_networks.clear()).await;
    let reply = guess(&house).await;
    assert!(reply.starts_with("421 4.7.0 ") && reply.contains("too many offences"), "{reply}");
    let bans = house.events.wait_for(1, |event| matches!(event, Event::Banned { .. })).await;
    let [Event::Banned { network, times: 1, reason, .. }] = &bans[..] else { panic!("{bans:?}") };
    assert_eq!((network.as_str(), reason.as_str()), ("127.0.0.1/32", "unknown_account:6"));

    let house = house.restart().await;
    let exchange = house.address(Purpose::Exchange);
    let (mut talk, greeting) = Talk::greeted(Talk::dial(exchange).await).await;
    assert!(greeting.starts_with("421 4.7.0 ") && greeting.contains("for a while"), "{greeting}");
    assert!(talk.is_over().await);
    // Nothing that can be read is said on a port that begins with TLS.
    let (bans, host) = (house.running.bans(), host_of([127, 0, 0, 1].into()));
    let [ban] = &bans[..] else { panic!("{bans:?}") };
    let BanReason::Offences { counts, names: 6 } = &ban.reason else { panic!("{ban:?}") };
    assert_eq!(counts[&Offence::UnknownAccount], 6);

    assert_eq!(house.running.lift_bans(host).await.expect("lifted").len(), 1);
    assert!(submissions(&house).await.log_in(LOGIN, PASSWORD).await.starts_with("235 "));

    house.running.ban(host, Some(600), "a trial".to_owned()).await.expect("banned");
    let (_, greeting) = Talk::greeted(Talk::dial(exchange).await).await;
    assert!(greeting.starts_with("421 "), "{greeting}");
    house.clock.pass(Duration::from_secs(600));
    let (_, greeting) = Talk::greeted(Talk::dial(exchange).await).await;
    assert!(greeting.starts_with("220 "), "{greeting}");
    house.running.shutdown().await;
}

fn new_password() -> String {
    rand::random::<u64>().to_string()
}

/// A stranger's session in which this is done once.
async fn offend(house: &House, offence: Offence) {
    let exchange = house.address(Purpose::Exchange);
    let opened = |lines: &'static [&'static str]| async move {
        let mut talk = Talk::open(exchange).await;
        for line in lines {
            talk.say(line).await;
        }
    };
    match offence {
        // The same guess again would weigh little.
        Offence::WrongPassword => drop(submissions(house).await.log_in(LOGIN, &new_password()).await),
        Offence::UnknownAccount => {
            submissions(house).await.log_in("info@absender.test", &new_password()).await;
        }
        Offence::LoginNotOffered => opened(&["EHLO a.test", "AUTH PLAIN AGEAYQ=="]).await,
        Offence::UnknownRecipient => {
            opened(&["EHLO a.test", "MAIL FROM:<a@fremd.test>", "RCPT TO:<nobody@hier.test>"]).await;
        }
        Offence::RelayAttempt => {
            opened(&["EHLO a.test", "MAIL FROM:<a@fremd.test>", "RCPT TO:<b@fremd.test>"]).await;
        }
        Offence::Impatience => {
            let mut stream = Talk::dial(exchange).await;
            tokio::io::AsyncWriteExt::write_all(&mut stream, b"EHLO a.test\r\n").await.expect("written");
            let _ = Talk::greeted(stream).await;
        }
        Offence::Smuggling => opened(&["EHLO a.test", "STARTTLS\r\nEHLO b.test"]).await,
        Offence::ForeignProtocol => opened(&["GET / HTTP/1.1"]).await,
        Offence::Scan => drop(submissions(house).await.say("QUIT").await),
    }
}

/// Offends until it is banned, and is kept out of every port then. What is not enough by itself leads to a ban with
/// little else.
async fn offend_until_banned(offence: Offence, is_banned_for_it: bool) {
    let house = House::build_with(|settings, directory| {
        settings.own_networks.clear();
        let target = LocalTarget::Maildir(format!("{}/mail/{{local}}", directory.display()));
        std::fs::create_dir_all(directory.join("mail")).expect("a directory");
        settings
            .local_domains
            .push(LocalDomain { domain: Domain::new("hier.test").expect("a domain"), target });
    })
    .await;
    offend(&house, offence).await;
    let then = if is_banned_for_it { offence } else { Offence::ForeignProtocol };
    let mut times = 1;
    while house.running.bans().is_empty() {
        assert!(times < 40, "{offence:?} does not count");
        offend(&house, then).await;
        times += 1;
    }
    let [ban] = &house.running.bans()[..] else { panic!("{offence:?}") };
    let BanReason::Offences { counts, .. } = &ban.reason else { panic!("{ban:?}") };
    let is_counted =
        counts.get(&offence).is_some_and(|count| if is_banned_for_it { *count > 2 } else { *count == 1 });
    assert!(is_counted, "{offence:?}: {ban:?}");

    let house = house.restart().await;
    let before = house.running.bans()[0].knocks;
    for purpose in [Purpose::Exchange, Purpose::Submission] {
        let (_, greeting) = Talk::greeted(Talk::dial(house.address(purpose)).await).await;
        assert!(greeting.starts_with("421 4.7.0 "), "{offence:?}: {greeting}");
    }
    let mut silent = Talk::dial(house.address(Purpose::Submissions)).await;
    let read = tokio::io::AsyncReadExt::read(&mut silent, &mut [0; 8]).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    assert_eq!(house.running.bans()[0].knocks, before + 3);
    // Those, too, are known after the next restart.
    let house = house.restart().await;
    assert_eq!(house.running.bans()[0].knocks, before + 3);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_abuse_counts_and_its_ban_holds_at_every_port_over_a_restart() {
    let mut kinds = tokio::task::JoinSet::new();
    for (offence, is_banned_for_it) in [
        (Offence::WrongPassword, true),
        (Offence::UnknownAccount, true),
        (Offence::LoginNotOffered, true),
        (Offence::UnknownRecipient, false),
        (Offence::RelayAttempt, false),
        (Offence::Impatience, true),
        (Offence::Smuggling, false),
        (Offence::ForeignProtocol, true),
        (Offence::Scan, true),
    ] {
        kinds.spawn(offend_until_banned(offence, is_banned_for_it));
    }
    while let Some(kind) = kinds.join_next().await {
        kind.expect("a kind of abuse");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_with_an_old_password_waits_and_is_not_banned() {
    let house = House::build_with(|settings, _| settings.own_networks.clear()).await;
    for _ in 0..15 {
        let reply = submissions(&house).await.log_in(LOGIN, "das-alte-passwort").await;
        assert!(reply.starts_with("535 "), "{reply}");
    }
    assert_eq!(house.running.bans(), []);
    assert!(submissions(&house).await.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_open_ends_with_the_ban() {
    let house = House::build_with(|settings, _| settings.own_networks.clear()).await;
    let mut talk = submissions(&house).await;
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    house.running.ban(host_of([127, 0, 0, 1].into()), None, String::new()).await.expect("banned");
    let reply = talk.say("MAIL FROM:<anna@absender.test>").await;
    assert!(reply.starts_with("421 4.7.0 "), "{reply}");
    assert!(talk.is_over().await);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_own_network_is_told_of_and_stays() {
    let house = House::build().await;
    for round in 0..2 {
        // A session ends after five wrong logins, whosesoever it is.
        let mut talk = submissions(&house).await;
        for name in ["a", "b", "c", "d", "e"] {
            talk.log_in(&format!("{name}{round}"), "123456").await;
        }
    }
    let spared = house.events.wait_for(1, |event| matches!(event, Event::BanSpared { .. })).await;
    assert_eq!(spared[0].to_string(), "ban_spared offence=unknown_account peer=127.0.0.1");
    assert!(submissions(&house).await.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    let refused = house.running.ban("127.0.0.0/9".parse().expect("a network"), None, String::new()).await;
    assert!(matches!(refused, Err(NotBanned::Own(_))), "{refused:?}");
    assert_eq!(house.running.bans(), []);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_users_have_addresses_wrong_is_slowed_down_and_not_banned() {
    let house = House::build_with(|settings, _| settings.own_networks.clear()).await;
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    talk.say("EHLO mx.fremd.test").await;
    talk.say("MAIL FROM:<wer@fremd.test>").await;
    for name in 0..6 {
        let reply = talk.say(&format!("RCPT TO:<{name}@anderswo.test>")).await;
        assert!(reply.starts_with("550 5.7.1 "), "{reply}");
    }
    let reply = talk.say("RCPT TO:<postmaster@absender.test>").await;
    assert!(reply.starts_with("250 "), "{reply}");
    assert_eq!(house.running.bans(), []);
    house.running.shutdown().await;
}
