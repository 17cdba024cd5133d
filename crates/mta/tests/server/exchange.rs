//! Port 25: what belongs here is taken and handed on, everything else is refused (DESIGN §2).

use std::path::Path;

use postamt_mail::address::{Address, Domain};
use postamt_mta::settings::{LocalDomain, LocalTarget, PostmasterTarget, Purpose, Settings};

use crate::support::peer::{Heard, Peer, polite};
use crate::support::talk::Talk;
use crate::support::{House, mails_in, place};

async fn exchange(house: &House) -> Talk {
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    talk.say_all(&["EHLO draussen.test"]).await;
    talk
}

/// Hands a small message in; gives the reply to its end.
async fn hand_in(talk: &mut Talk, sender: &str, recipients: &[&str]) -> String {
    talk.say_all(&[&format!("MAIL FROM:<{sender}>")]).await;
    for recipient in recipients {
        talk.say_all(&[&format!("RCPT TO:<{recipient}>")]).await;
    }
    talk.say_all(&["DATA"]).await;
    talk.say("From: wer@draussen.test\r\nSubject: Frage\r\n\r\nGuten Tag\r\n.").await
}

fn id(reply: &str) -> &str {
    reply.strip_prefix("250 2.0.0 queued as ").unwrap_or_else(|| panic!("not taken: {reply}"))
}

fn local(settings: &mut Settings, domain: &str, target: LocalTarget) {
    let domain = Domain::new(domain).expect("a domain");
    settings.local_domains.push(LocalDomain { domain, target });
}

fn maildir(directory: &Path) -> LocalTarget {
    LocalTarget::Maildir(format!("{}/{{local}}", directory.join("mail").display()))
}

fn only_mail(directory: &Path) -> String {
    let mails = mails_in(directory);
    assert_eq!(mails.len(), 1, "{}", directory.display());
    std::fs::read_to_string(&mails[0]).expect("a mail")
}

#[tokio::test(flavor = "multi_thread")]
async fn postmaster_and_abuse_of_own_domains_always_reach_somebody() {
    let house = House::build().await;
    let mut talk = exchange(&house).await;
    let roles =
        ["postmaster@absender.test", "Abuse@Absender.test", "postmaster@mail.absender.test", "Postmaster"];
    for role in roles {
        let reply = hand_in(&mut talk, "wer@draussen.test", &[role]).await;
        house.finished(id(&reply)).await;
    }
    let mails = mails_in(&house.directory.path().join("postmaster"));
    assert_eq!(mails.len(), roles.len());
    let mail = std::fs::read_to_string(&mails[0]).expect("a mail");
    assert!(mail.starts_with("Return-Path: <wer@draussen.test>\nDelivered-To: "), "{mail}");
    assert!(
        mail.contains("from draussen.test ([127.0.0.1])"),
        "the trace names who came from outside: {mail}"
    );
    assert!(!mail.contains("Message-ID"), "a receiving server adds nothing: {mail}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_to_the_postmaster_is_forwarded_where_that_is_wanted() {
    let house = House::build_with(|settings, _| {
        settings.postmaster = PostmasterTarget::Forward(Address::new("chef@klartext.test").expect("valid"));
    })
    .await;
    let mut talk = exchange(&house).await;
    talk.say_all(&[
        "MAIL FROM:<wer@draussen.test>",
        "RCPT TO:<abuse@absender.test>",
        "RCPT TO:<postmaster@absender.test>",
        "DATA",
    ])
    .await;
    let reply = talk.say("From: anna@absender.test\r\nSubject: Frage\r\n\r\nGuten Tag\r\n.").await;
    house.finished(id(&reply)).await;
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.klartext.test").await;
    assert!(receipt.accepted && receipt.envelope.sender.is_none(), "a failure must not come back");
    assert_eq!(receipt.envelope.recipients.len(), 1);
    assert_eq!(receipt.envelope.recipients[0].address.to_string(), "chef@klartext.test");
    let content = String::from_utf8_lossy(&receipt.content);
    assert!(!content.contains("DKIM-Signature"), "our key does not vouch for a stranger's From: {content}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_where_its_directory_is_and_nobody_else_is_known() {
    let house = House::build_with(|settings, directory| {
        local(settings, "verein.test", maildir(directory));
        std::fs::create_dir_all(directory.join("mail/anna")).expect("made");
        std::fs::write(directory.join("mail/datei"), "").expect("made");
    })
    .await;
    let mut talk = exchange(&house).await;
    talk.say_all(&["MAIL FROM:<wer@draussen.test>"]).await;
    for (recipient, start) in [
        ("anna@verein.test", "250"),
        ("ANNA+news@verein.test", "250"),
        ("bert@verein.test", "550 5.1.1 "),
        ("datei@verein.test", "550 5.1.1 "),
        ("..@verein.test", "5"),
        ("\"..\"@verein.test", "550 "),
        ("anna/../anna@verein.test", "5"),
        ("postmaster@verein.test", "250"),
        ("anna@sub.verein.test", "550 5.7.1 "),
        ("anna@streng.test", "550 5.7.1 "),
    ] {
        let reply = talk.say(&format!("RCPT TO:<{recipient}>")).await;
        assert!(reply.starts_with(start), "{recipient}: {reply}");
    }
    talk.say_all(&["RSET"]).await;
    let reply =
        hand_in(&mut talk, "wer@draussen.test", &["anna@verein.test", "postmaster@verein.test"]).await;
    house.finished(id(&reply)).await;
    let mail = only_mail(&house.directory.path().join("mail/anna"));
    assert!(
        mail.contains("\nDelivered-To: anna@verein.test\n") && mail.ends_with("\n\nGuten Tag\n"),
        "{mail}"
    );
    only_mail(&house.directory.path().join("mail/postmaster"));
    // Our own users write there, too, and are told the same.
    let id = house.submit(&["anna@verein.test"]).await;
    house.finished(&id).await;
    assert_eq!(mails_in(&house.directory.path().join("mail/anna")).len(), 2);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_handed_on_by_lmtp_recipient_by_recipient() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = place(&world, 100);
    let answer = |heard: &Heard| match heard.line.as_str() {
        "." => "250 2.0.0 stored\r\n550 5.2.2 full for good".to_owned(),
        _ => polite(heard),
    };
    let peer = Peer::start(at, answer).await;
    let house = House::build_in(world, |settings, _| {
        let target = LocalTarget::Lmtp { host: at.ip().to_string(), port: at.port() };
        local(settings, "verein.test", target);
    })
    .await;
    let mut talk = exchange(&house).await;
    let reply = hand_in(&mut talk, "anders@klartext.test", &["a@verein.test", "b@verein.test"]).await;
    let bounce = house.receipt(|receipt| receipt.server.as_str() == "mx.klartext.test").await;
    let bounces = postamt_lab::scenario::Bounce::read(&bounce);
    assert_eq!(bounces.len(), 1);
    assert_eq!(bounces[0].recipient, "b@verein.test");
    house.finished(id(&reply)).await;
    assert_eq!(peer.wait_for(1, "LHLO ").await.len(), 1);
    let messages = peer.messages();
    assert!(messages.len() == 1 && !messages[0].contains("DKIM-Signature"), "{messages:?}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_handed_on_to_another_host() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = place(&world, 100);
    let peer = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _| {
        local(settings, "firma.test", LocalTarget::Host { host: at.ip().to_string(), port: at.port() });
    })
    .await;
    let mut talk = exchange(&house).await;
    let reply = hand_in(&mut talk, "", &["wer@firma.test"]).await;
    house.finished(id(&reply)).await;
    peer.wait_for(1, "MAIL FROM:<>").await;
    peer.wait_for(1, "RCPT TO:<wer@firma.test>").await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_else_is_refused_notices_included() {
    let house = House::build().await;
    let mut talk = exchange(&house).await;
    for sender in ["", "wer@draussen.test"] {
        talk.say_all(&[&format!("MAIL FROM:<{sender}>")]).await;
        for recipient in ["anna@absender.test", "root@mail.absender.test", "da@streng.test"] {
            let reply = talk.say(&format!("RCPT TO:<{recipient}>")).await;
            assert!(reply.starts_with("550 5.7.1 "), "<{sender}> to {recipient}: {reply}");
        }
        talk.say_all(&["RSET"]).await;
    }
    let reply = hand_in(&mut talk, "", &["postmaster@absender.test"]).await;
    house.finished(id(&reply)).await;
    house.running.shutdown().await;
}
