//! Hosts that guess passwords are delayed, told so, banned, and let in again.

use std::time::Duration;

use postamt_mta::events::Event;
use postamt_mta::guard::{NotBanned, host_of};
use postamt_mta::settings::Purpose;
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
