//! Nobody relays who may not: every form of address that relay tests know, on every port, before and after STARTTLS,
//! without and with a login. Loopback has no privilege: all of these clients come from it.

use postamt_mta::events::Event;
use postamt_mta::settings::{Network, Purpose};
use serde::Deserialize;

use crate::support::talk::{Talk, last_line};
use crate::support::{House, LOGIN, PASSWORD};

const FORMS: &str = include_str!("../../../mail/tests/data/smuggling/relay_forms_nmap.json");

#[derive(Deserialize)]
struct Form {
    mail_from: String,
    rcpt_to: String,
}

fn forms(house: &House) -> Vec<(String, String)> {
    let ip = house.address(Purpose::Exchange).ip().to_string();
    let fill = |text: &str| {
        [
            ("{from}", "tester"),
            ("{to}", "opfer"),
            ("{domain}", "streng.test"),
            ("{srvname}", "mail.absender.test"),
        ]
        .into_iter()
        .fold(text.replace("{ip}", &ip), |text, (key, value)| text.replace(key, value))
    };
    let forms: Vec<Form> = serde_json::from_str(FORMS).expect("forms");
    assert!(forms.len() >= 16);
    forms.iter().map(|form| (fill(&form.mail_from), fill(&form.rcpt_to))).collect()
}

/// How a client gets to a port.
#[derive(Debug, Clone, Copy)]
enum Way {
    Clear(Purpose),
    StartTls(Purpose),
    Implicit,
}

async fn go(house: &House, way: Way) -> Talk {
    match way {
        Way::Clear(purpose) => clear(house, purpose).await,
        Way::StartTls(purpose) => Talk::open_starttls(house.address(purpose), house.certificate()).await.0,
        Way::Implicit => {
            let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
            talk.say("EHLO client.test").await;
            talk
        }
    }
}

async fn clear(house: &House, purpose: Purpose) -> Talk {
    let mut talk = Talk::open(house.address(purpose)).await;
    let offers = talk.say("EHLO client.test").await;
    assert!(!offers.contains("AUTH"), "no login in clear: {offers}");
    talk
}

#[tokio::test(flavor = "multi_thread")]
async fn no_port_is_an_open_relay_with_or_without_tls() {
    let house = House::build().await;
    let ways = [
        Way::Clear(Purpose::Exchange),
        Way::StartTls(Purpose::Exchange),
        Way::Clear(Purpose::Submission),
        Way::StartTls(Purpose::Submission),
        Way::Implicit,
    ];
    for way in ways {
        // Each form must be refused at MAIL or at RCPT, and DATA must never be granted.
        for (sender, recipient) in forms(&house) {
            let mut talk = go(&house, way).await;
            let mail = talk.say(&format!("MAIL FROM:<{sender}>")).await;
            let reply = talk.say(&format!("RCPT TO:<{recipient}>")).await;
            assert!(!reply.starts_with('2'), "{way:?}: <{sender}> ({mail}) to <{recipient}>: {reply}");
            assert!(!talk.say("DATA").await.starts_with('3'), "{way:?}: <{sender}> to <{recipient}>");
        }
    }
    assert!(house.running.list().await.is_empty() && house.world.receipts().all().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_helps_nobody_to_send_as_somebody_else() {
    let house = House::build().await;
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO client.test").await;
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    for foreign in ["tester@streng.test", "tester@mail.absender.test", "anna@absender.test.streng.test"] {
        let reply = talk.say(&format!("MAIL FROM:<{foreign}>")).await;
        assert!(reply.starts_with("550 5.7.1 "), "{foreign}: {reply}");
    }
    // Its own envelope, but somebody else's From.
    for from in [
        "chef@streng.test",
        "anna@absender.test, chef@streng.test",
        "\"anna@absender.test\" <chef@streng.test>",
    ] {
        talk.say_all(&["MAIL FROM:<anna@absender.test>", "RCPT TO:<da@streng.test>", "DATA"]).await;
        let reply = talk.say(&format!("From: {from}\r\n\r\nHallo\r\n.")).await;
        assert!(reply.starts_with("550 5.7.1 "), "{from}: {reply}");
    }
    // What is its own passes, address tricks do not.
    talk.say_all(&["MAIL FROM:<anna@absender.test>"]).await;
    for (recipient, start) in [
        ("opfer@[127.0.0.1]", "550"),
        ("@streng.test:opfer@nein.test", "5"),
        ("opfer@streng.test@nein.test", "5"),
        ("da@streng.test", "250"),
    ] {
        let reply = talk.say(&format!("RCPT TO:<{recipient}>")).await;
        assert!(reply.starts_with(start), "{recipient}: {reply}");
    }
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_outside_writes_as_our_users() {
    let house = House::build().await;
    let mut talk = clear(&house, Purpose::Exchange).await;
    for own in ["anna@absender.test", "x@mail.absender.test", "ANNA@Absender.TEST"] {
        let reply = talk.say(&format!("MAIL FROM:<{own}>")).await;
        assert!(reply.starts_with("550 5.7.1 "), "{own}: {reply}");
    }
    let refused = house.events.wait_for(3, |event| matches!(event, Event::Refused { .. })).await;
    assert!(matches!(&refused[0], Event::Refused { sender, .. } if sender == "anna@absender.test"));
    talk.say_all(&["MAIL FROM:<anna@sub.absender.test>", "RCPT TO:<postmaster@absender.test>"]).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_the_operator_names_may_relay_and_only_there() {
    let house = House::build_with(|settings, _| {
        let loopback = Network { address: [127, 0, 0, 0].into(), prefix: 8 };
        settings.listeners[0].relay_networks = vec![loopback];
    })
    .await;
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    let mail = "From: Drucker <scan@absender.test>\r\nSubject: Scan\r\n\r\nHallo\r\n.";
    talk.say_all(&[
        "EHLO drucker.test",
        "MAIL FROM:<scan@absender.test>",
        "RCPT TO:<da@streng.test>",
        "DATA",
    ])
    .await;
    let reply = talk.say(mail).await;
    assert!(reply.starts_with("250 2.0.0 queued as "), "{reply}");
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "signed as the domain's other mail: {}", receipt.reply);
    let mut talk = clear(&house, Purpose::Submission).await;
    let reply = talk.say("MAIL FROM:<scan@absender.test>").await;
    assert!(last_line(&reply).starts_with("530 5.7.0 "), "587 was not named: {reply}");
    house.running.shutdown().await;
}
