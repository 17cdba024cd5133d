//! What the guard tells the operator and the owners of accounts, and that nobody can have it write without end.

use std::path::Path;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mta::events::Event;
use postamt_mta::settings::{LocalDomain, LocalTarget, Purpose};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::talk::Talk;
use crate::support::{House, LOGIN, PASSWORD, mails_in};

const HOUR: Duration = Duration::from_secs(3_600);

/// The letters about something, unfolded, once there are so many.
async fn letters(house: &House, about: &str, count: usize, directory: &Path) -> Vec<String> {
    let told = house.events.wait_for(count, |event| is_about(event, about)).await;
    let mut letters = Vec::new();
    for event in told {
        let Event::Told { id, .. } = event else { unreachable!() };
        house.finished(&id).await;
    }
    for path in mails_in(directory) {
        let letter = std::fs::read_to_string(path).expect("a letter").replace("=\n", "");
        // Where lines are broken says nothing.
        letters.push(letter.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    letters
}

fn is_about(event: &Event, wanted: &str) -> bool {
    matches!(event, Event::Told { about, .. } if about == wanted)
}

/// Guesses until the guard would ban: names that no account has.
async fn guess(house: &House, round: usize) {
    let before = house.events.all().iter().filter(|event| matches!(event, Event::BanSpared { .. })).count();
    for session in 0..2 {
        let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
        talk.say("EHLO client.test").await;
        for name in 0..3 {
            talk.log_in(&format!("info{round}{session}{name}"), "123456").await;
        }
    }
    house.events.wait_for(before + 1, |event| matches!(event, Event::BanSpared { .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_a_spared_host_once_an_hour_and_then_of_all_that_was() {
    let house = House::build().await;
    let postmaster = house.directory.path().join("postmaster");
    guess(&house, 0).await;
    let first = letters(&house, "guard spared", 1, &postmaster).await;
    assert!(first[0].contains("127.0.0.1: Anmeldungen mit Namen, die kein Konto hat: 6"), "{}", first[0]);
    assert!(first[0].contains("127.0.0.1: logins with names that no account has: 6"), "{}", first[0]);
    guess(&house, 1).await;
    guess(&house, 2).await;
    // The hour goes on over a restart.
    let spared = |events: &[Event]| events.iter().filter(|event| is_about(event, "guard spared")).count();
    assert_eq!(spared(&house.events.all()), 1);
    house.clock.pass(HOUR);
    guess(&house, 3).await;
    let both = letters(&house, "guard spared", 2, &postmaster).await;
    assert!(both.iter().any(|letter| letter.contains("that no account has: 18")), "{both:?}");
    let house = house.restart().await;
    guess(&house, 4).await;
    assert_eq!(spared(&house.events.all()), 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_a_siege_of_accounts_and_of_a_wave_of_bans_in_one_letter_each() {
    let house = House::build_with(|settings, _| settings.own_networks.clear()).await;
    let postmaster = house.directory.path().join("postmaster");
    let (exchange, submissions) = (house.address(Purpose::Exchange), house.address(Purpose::Submissions));
    let mut strangers = tokio::task::JoinSet::new();
    for network in 1..=22 {
        let certificate = house.certificate().to_owned();
        strangers.spawn(async move {
            let source = format!("127.0.{network}.1");
            let mut talk = Talk::open_tls_from(&source, submissions, &certificate).await;
            talk.say("EHLO client.test").await;
            talk.log_in(LOGIN, "123456").await;
            talk.log_in("see http://evil.example/", "123456").await;
            for _ in 0..3 {
                let mut stream = Talk::dial_from(&source, exchange).await;
                // Who is banned by now is not listened to.
                let _ = stream.write_all(b"GET / HTTP/1.1\r\n").await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
    }
    while let Some(stranger) = strangers.join_next().await {
        stranger.expect("a stranger");
    }
    letters(&house, "guard siege", 1, &postmaster).await;
    let all = letters(&house, "guard wave", 1, &postmaster).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let siege = all.iter().find(|letter| letter.contains("- anna@absender.test: ")).expect("the siege");
    assert!(!siege.contains("evil"), "{siege}");
    let wave =
        all.iter().find(|letter| letter.contains("bans\n") || letter.contains("Sperren")).expect("the wave");
    assert!(wave.contains("something that is not SMTP: "), "{wave}");
    house.running.shutdown().await;
}

async fn log_in_from(house: &House, source: &str) {
    let submissions = house.address(Purpose::Submissions);
    let mut talk = Talk::open_tls_from(source, submissions, house.certificate()).await;
    talk.say("EHLO client.test").await;
    let reply = talk.log_in(LOGIN, PASSWORD).await;
    assert!(reply.starts_with("235 "), "{source}: {reply}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_hears_of_a_login_from_a_new_network_and_a_new_country_but_not_of_every_one() {
    let house = House::build_with(|settings, directory| {
        let target = LocalTarget::Maildir(format!("{}/mail/{{local}}", directory.display()));
        std::fs::create_dir_all(directory.join("mail/anna/new")).expect("a directory");
        settings
            .local_domains
            .push(LocalDomain { domain: Domain::new("absender.test").expect("a domain"), target });
        let table = directory.join("countries.csv");
        std::fs::write(&table, "127.0.0.0/16,NL\n127.9.0.0,127.9.255.255,FR\n").expect("a table");
        settings.countries = Some(table);
    })
    .await;
    let mailbox = house.directory.path().join("mail/anna");
    log_in_from(&house, "127.0.0.1").await;
    log_in_from(&house, "127.9.9.9").await;
    let first = letters(&house, "new network", 1, &mailbox).await;
    assert!(
        first[0].contains("127.9.9.9 (network 127.9.9.0/24, country FR, for the first time)"),
        "{first:?}"
    );
    assert!(first[0].contains("To: <anna@absender.test>"), "{first:?}");
    let seen = house.events.wait_for(1, |event| matches!(event, Event::NewNetwork { .. })).await;
    assert!(
        matches!(&seen[0], Event::NewNetwork { country: Some(country), .. } if country == "FR"),
        "{seen:?}"
    );

    // Known networks are not told, and new ones of a known country within a day neither.
    house.clock.pass(HOUR);
    for source in ["127.0.0.7", "127.9.9.1", "127.9.8.1", "127.0.4.1"] {
        log_in_from(&house, source).await;
    }
    house.events.wait_for(3, |event| matches!(event, Event::NewNetwork { .. })).await;
    assert_eq!(letters(&house, "new network", 1, &mailbox).await.len(), 1);

    // A new country is told at once, with what has gathered; the table is a new one by now.
    let table = house.settings.countries.clone().expect("a table");
    std::fs::write(&table, "127.0.0.0/16,NL\n127.9.0.0/16,FR\n127.20.0.0/16,BE\n").expect("a table");
    house.running.reload(house.settings.clone()).await;
    log_in_from(&house, "127.20.1.1").await;
    let all = letters(&house, "new network", 2, &mailbox).await;
    let second = all.iter().find(|letter| letter.contains("127.20.1.1")).expect("the second");
    for line in
        ["country BE, for the first time", "127.9.8.1 (network 127.9.8.0/24, country FR)", "127.0.4.1"]
    {
        assert!(second.contains(line), "{line}: {second}");
    }

    // A table that is broken changes nothing.
    std::fs::write(&table, "127.0.0.0/16;NL\n").expect("a table");
    house.running.reload(house.settings.clone()).await;
    let refused =
        |event: &Event| matches!(event, Event::Warning { what } if what.contains("line 1 is neither"));
    house.events.wait_for(1, refused).await;
    log_in_from(&house, "127.20.2.1").await;
    let seen = house.events.wait_for(5, |event| matches!(event, Event::NewNetwork { .. })).await;
    assert!(
        matches!(&seen[4], Event::NewNetwork { country: Some(country), .. } if country == "BE"),
        "{seen:?}"
    );
    house.running.shutdown().await;
}
