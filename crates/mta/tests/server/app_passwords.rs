//! App passwords on the real ports: a device may less than its account, its use is kept, and what is taken from it is
//! gone while its session is still open.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postamt_mail::sasl::Mechanism;
use postamt_mail::sasl::client::{ClientMechanism, Credentials};
use postamt_mail::sasl::scram::ClientBinding;
use postamt_mta::events::Event;
use postamt_mta::passwords::{PasswordCost, devices, generate};
use postamt_mta::settings::Purpose;
use postamt_store::accounts::{Accounts, AppPassword, SendAs};
use postamt_store::embedded::SqliteAccounts;

use crate::support::talk::Talk;
use crate::support::{House, LOGIN};

struct Device {
    accounts: Arc<SqliteAccounts>,
    password: String,
}

/// Gives the house's account an app password `scanner`, with these limits.
async fn device(house: &House, limit: impl FnOnce(&mut AppPassword)) -> Device {
    let accounts = SqliteAccounts::open(house.directory.path().join("accounts.db")).expect("accounts");
    let cheap = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };
    let password = generate();
    let mut made = devices::make(LOGIN, "scanner", &password, 0, cheap).expect("an app password");
    limit(&mut made);
    accounts.add_app_password(made).await.expect("added");
    Device { accounts: Arc::new(accounts), password }
}

async fn hello(house: &House) -> Talk {
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO scanner.test").await;
    talk
}

async fn scram(talk: &mut Talk, login: &str, password: &str) -> String {
    let credentials = Credentials::new(login, password);
    let binding = ClientBinding::Unsupported;
    let mut client = ClientMechanism::new(Mechanism::ScramSha256, &credentials, binding, "abcdefghijklmnop")
        .expect("an exchange");
    let first = client.initial().expect("a first message");
    let mut reply = talk.say(&format!("AUTH SCRAM-SHA-256 {}", STANDARD.encode(&*first))).await;
    while let Some(challenge) = reply.strip_prefix("334 ") {
        let challenge = STANDARD.decode(challenge).expect("base64");
        let response = client.respond(&challenge).expect("a response");
        reply = talk.say(&STANDARD.encode(&*response)).await;
    }
    reply
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_sends_as_what_it_may_and_its_use_is_kept() {
    let house = House::build().await;
    let scan = SendAs::Address("scan@absender.test".to_owned());
    let device = device(&house, |made| made.send_as = vec![scan]).await;
    let mut talk = hello(&house).await;
    assert!(talk.log_in(LOGIN, &device.password).await.starts_with("235 "));
    let reply = talk.say(&format!("MAIL FROM:<{LOGIN}>")).await;
    let expected = format!("550 5.7.1 the app password scanner of {LOGIN} may not send as {LOGIN}");
    assert_eq!(reply, expected);
    talk.say_all(&["MAIL FROM:<scan@absender.test>", "RCPT TO:<da@streng.test>", "DATA"]).await;
    let reply = talk.say(&format!("From: {LOGIN}\r\n\r\nHallo\r\n.")).await;
    assert!(reply.starts_with(&format!("{expected} (From field)")), "{reply}");
    talk.say_all(&["MAIL FROM:<scan@absender.test>", "RCPT TO:<da@streng.test>", "DATA"]).await;
    let reply = talk.say("From: scan@absender.test\r\n\r\nHallo\r\n.").await;
    assert!(reply.starts_with("250 2.0.0 queued as "), "{reply}");
    house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;

    // By SCRAM under the device's own name; under the account's, SCRAM means the account's password.
    let login = format!("{LOGIN}/scanner");
    assert!(scram(&mut hello(&house).await, &login, &device.password).await.starts_with("235 "));
    let reply = scram(&mut hello(&house).await, LOGIN, &device.password).await;
    assert_eq!(reply, "535 5.7.8 wrong login or password");
    house.running.shutdown().await;
    let kept = device.accounts.app_passwords(LOGIN).await.expect("read");
    let last = kept[0].last_use.expect("used");
    assert!(last.at > 0 && last.from.is_some_and(|from: IpAddr| from.is_loopback()), "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_logs_in_from_its_networks_and_until_its_day_and_hears_why_not() {
    let house = House::build().await;
    let elsewhere = "192.0.2.0/24".parse().expect("a network");
    let bound = device(&house, |made| made.networks = vec![elsewhere]).await;
    for login in [LOGIN.to_owned(), format!("{LOGIN}/scanner")] {
        let reply = hello(&house).await.log_in(&login, &bound.password).await;
        assert!(reply.starts_with("535 5.7.8 the app password scanner may not be used from 127."), "{reply}");
    }
    // Before the server has proven itself, too.
    let reply = scram(&mut hello(&house).await, &format!("{LOGIN}/scanner"), &bound.password).await;
    assert!(reply.contains("may not be used from"), "{reply}");
    let reply = hello(&house).await.log_in(LOGIN, "falsch-falsch-falsch").await;
    assert_eq!(reply, "535 5.7.8 wrong login or password", "who guesses learns nothing");
    let failed = house.events.wait_for(4, |event| matches!(event, Event::LoginFailed { .. })).await;
    assert!(
        failed.iter().all(|event| matches!(event, Event::LoginFailed { account, .. } if account == LOGIN))
    );

    bound.accounts.remove_app_password(LOGIN, "scanner").await.expect("removed");
    let over = device(&house, |made| made.until = Some(1_000)).await;
    let reply = hello(&house).await.log_in(LOGIN, &over.password).await;
    assert_eq!(reply, "535 5.7.8 the app password scanner has expired: make a new one");
    let unused = over.accounts.app_passwords(LOGIN).await.expect("read");
    assert_eq!(unused[0].last_use, None, "what is refused is no use");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_from_a_device_is_gone_in_its_open_session() {
    let house = House::build().await;
    let device = device(&house, |_| {}).await;
    let mut talk = hello(&house).await;
    assert!(talk.log_in(LOGIN, &device.password).await.starts_with("235 "));
    talk.say_all(&[&format!("MAIL FROM:<{LOGIN}>"), "RSET"]).await;
    device.accounts.remove_app_password(LOGIN, "scanner").await.expect("removed");
    // The account is looked up again when five seconds have passed.
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    let reply = loop {
        let reply = talk.say(&format!("MAIL FROM:<{LOGIN}>")).await;
        if !reply.starts_with("250 ") {
            break reply;
        }
        assert!(tokio::time::Instant::now() < end, "still let in");
        talk.say("RSET").await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    assert!(reply.starts_with("421 4.7.0 the account has changed"), "{reply}");
    house.running.shutdown().await;
}
