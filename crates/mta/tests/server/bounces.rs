//! What the sender hears of mail that does not arrive, and when it hears nothing (RFC 3461, RFC 3464, RFC 6522).

use std::time::Duration;

use postamt_lab::receiver::{Character, Receipt, Refusal};
use postamt_lab::scenario::Bounce;
use postamt_lab::zones::Misbehaviour;
use postamt_mail::envelope::{Notify, ReturnContent};
use postamt_mail::reply::EnhancedCode;
use postamt_mta::events::Event;
use postamt_net::smtp::Transaction;

use crate::support::peer::{Heard, polite};
use crate::support::{House, LOGIN, mails_in, message};

fn code(class: u8, subject: u16, detail: u16) -> EnhancedCode {
    EnhancedCode::new(class, subject, detail)
}

fn text(receipt: &Receipt) -> String {
    String::from_utf8_lossy(&receipt.content).replace("=\r\n", "")
}

/// Every notice that has arrived so far.
fn notices(house: &House) -> usize {
    house.world.receipts().all().iter().filter(|receipt| !Bounce::read(receipt).is_empty()).count()
}

fn with_notify(mut transaction: Transaction, notify: Notify) -> Transaction {
    for recipient in &mut transaction.recipients {
        recipient.notify = notify;
        recipient.explicit_notify = true;
    }
    transaction
}

const SUCCESS: Notify = Notify { success: true, failure: true, delay: false };

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_is_told_to_the_sender_in_both_languages_and_signed() {
    let house = House::build().await;
    let id = house.submit(&["wer@nein.test"]).await;
    let (receipt, bounce) = house.notice("wer@nein.test").await;
    assert_eq!(receipt.envelope.sender, None, "a null return path");
    assert_eq!(receipt.envelope.recipients[0].address.to_string(), LOGIN);
    assert_eq!((bounce.action.as_str(), bounce.status), ("failed", code(5, 1, 1)));
    let diagnostic = bounce.diagnostic.expect("the remote's words");
    assert!(diagnostic.contains("there is nobody of that name here"), "{diagnostic}");
    let judgement = receipt.judgement.as_ref().expect("judged").to_string();
    assert!(judgement.contains("dkim=pass") && judgement.contains("dmarc=pass"), "{judgement}");
    let text = text(&receipt);
    for expected in ["Hier ist der Mailserver", "This is the mail server", &id, "Subject: Hallo"] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    assert!(!text.contains("Guten Tag"), "only the headers are given back unless the sender asks for more");
    assert_eq!(receipt.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_notice_gets_none() {
    let house = House::build().await;
    let id = house.send(&with_notify(message(&["still@nein.test"], "Hallo"), Notify::NEVER)).await;
    house.finished(&id).await;
    let reasons = house.events.wait_for(1, |event| matches!(event, Event::NoNotice { .. })).await;
    assert_eq!(reasons[0], Event::NoNotice { id: id.clone(), reason: "the sender asked for no such notice" });
    // A later notice has arrived, and it is the only one.
    house.submit(&["laut@nein.test"]).await;
    house.notice("laut@nein.test").await;
    assert_eq!(notices(&house), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_return_path_never_bounces() {
    let house = House::build().await;
    let id = house.send(&Transaction { sender: None, ..message(&["wer@nein.test"], "Hallo") }).await;
    house.finished(&id).await;
    let events = house.events.all();
    assert!(events.contains(&Event::NoNotice { id, reason: "null return path" }), "{events:#?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Notice { .. })));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_cannot_be_delivered_is_not_bounced() {
    let house = House::build().await;
    // The sender's own mailbox refuses: anna's domain is moved to the server that refuses every recipient.
    house.world.zones().remove("absender.test");
    house.exchanger("absender.test", "mx.nein.test", 0);
    let id = house.submit(&["wer@nein.test"]).await;
    house.finished(&id).await;
    let found = house.events.wait_for(2, |event| matches!(event, Event::Failed { .. })).await;
    let Event::Failed { attempt, .. } = &found[1] else { panic!("{found:?}") };
    assert_eq!(attempt.recipients, [LOGIN]);
    house.finished(&attempt.id).await;
    let notices = house.events.all().into_iter().filter(|event| matches!(event, Event::Notice { .. }));
    assert_eq!(notices.count(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_is_left_to_a_server_that_can_and_made_here_for_one_that_cannot() {
    let house = House::build().await;
    let _peer = house.peer("alt.test", 100, polite).await;
    let id = house.send(&with_notify(message(&["da@streng.test"], "Hallo"), SUCCESS)).await;
    house.finished(&id).await;
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.envelope.recipients[0].notify.success, "the wish is passed on");
    house.send(&with_notify(message(&["da@alt.test"], "Hallo"), SUCCESS)).await;
    let (_, bounce) = house.notice("da@alt.test").await;
    assert_eq!((bounce.action.as_str(), bounce.status.class), ("relayed", 2));
    assert_eq!(notices(&house), 1, "none for the server that confirms by itself");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sender_named_is_echoed_and_what_it_wants_back_is_given_back() {
    let house = House::build().await;
    for (wanted, is_full) in [(ReturnContent::Full, true), (ReturnContent::Headers, false)] {
        let name = if is_full { "ganz@nein.test" } else { "kopf@nein.test" };
        let mut transaction = message(&[name], "Hallo");
        transaction.return_content = Some(wanted);
        transaction.envelope_id = Some("Vorgang+2B7".to_owned());
        transaction.recipients[0].original = Some("rfc822;Alias+2BX@nein.test".to_owned());
        house.send(&transaction).await;
        let (receipt, _) = house.notice(name).await;
        let text = text(&receipt);
        assert_eq!(text.contains("Guten Tag"), is_full, "{text}");
        assert!(text.contains("Original-Envelope-Id: Vorgang+7"), "{text}");
        assert!(text.contains("Original-Recipient: rfc822; Alias+X@nein.test"), "{text}");
    }
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_too_long_is_given_up_with_the_last_words_heard() {
    let mut house = House::build().await;
    house.receiver("voll.test", 100, Character::Refuser(Refusal::MailboxFull)).await;
    let id = house.submit(&["voll@voll.test"]).await;
    house.deferred(&id, 1).await;
    let (receipt, bounce) = house.notice("voll@voll.test").await;
    assert_eq!((bounce.action.as_str(), bounce.status), ("failed", code(5, 4, 7)));
    assert!(bounce.diagnostic.expect("words").contains("the mailbox is full"));
    assert!(receipt.header("In-Reply-To").is_some(), "the notice belongs to a thread");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_is_told_once_and_about_the_right_message() {
    let mut house = House::build_with(|settings, _| {
        settings.retry.delay_notice = Some(Duration::ZERO);
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    house.receiver("voll.test", 100, Character::Refuser(Refusal::MailboxFull)).await;
    let id = house.submit(&["voll@voll.test"]).await;
    let (receipt, bounce) = house.notice("voll@voll.test").await;
    assert_eq!((bounce.action.as_str(), bounce.status.class), ("delayed", 4));
    assert!(text(&receipt).contains(&id));
    house.deferred(&id, 3).await;
    let told = house.events.all().into_iter().filter(|event| matches!(event, Event::Notice { .. })).count();
    assert_eq!(told, 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_without_any_connection_is_told_too() {
    let house = House::build_with(|settings, _| {
        settings.retry.delay_notice = Some(Duration::ZERO);
        settings.retry.lifetime = Duration::from_secs(3600);
        // No room in memory: the message has to be read back for the notice.
        settings.limits.content_cache_bytes = 0;
    })
    .await;
    let id = house.submit(&["jemand@schwarzesloch.test"]).await;
    let (receipt, bounce) = house.notice("jemand@schwarzesloch.test").await;
    assert_eq!(bounce.action, "delayed");
    let text = text(&receipt);
    assert!(text.contains(&id) && text.contains("Subject: Hallo"), "{text}");
    assert!(receipt.header("In-Reply-To").is_some());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_that_take_no_mail_or_do_not_exist_are_told_apart() {
    let house = House::build().await;
    for (recipient, status) in
        [("wer@keinepost.test", code(5, 1, 10)), ("wer@gibtesnicht.test", code(5, 1, 2))]
    {
        house.submit(&[recipient]).await;
        let (_, bounce) = house.notice(recipient).await;
        assert_eq!(bounce.status, status, "{recipient}");
    }
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_dns_is_no_reason_to_give_up() {
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(3600)).await;
    let zones = house.world.zones();
    zones.misbehave("streng.test", Some(Misbehaviour::ServerFailure));
    let id = house.submit(&["da@streng.test"]).await;
    house.deferred(&id, 1).await;
    let entry = house.entry(&id).await.expect("it waits");
    assert_eq!(entry.recipients[0].attempts, 1);
    zones.misbehave("streng.test", None);
    house.receipt(|receipt| receipt.accepted && receipt.server.as_str() == "mx.streng.test").await;
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_postmaster_gets_a_copy_where_that_is_wanted() {
    let house = House::build_with(|settings, _| settings.notices.postmaster_copy = true).await;
    let id = house.submit(&["wer@nein.test"]).await;
    house.notice("wer@nein.test").await;
    house.finished(&id).await;
    // The message and its notice with both addresses.
    house.events.wait_for(2, |event| matches!(event, Event::Finished { .. })).await;
    let mails = mails_in(&house.directory.path().join("postmaster"));
    assert_eq!(mails.len(), 1);
    let mail = std::fs::read_to_string(&mails[0]).expect("a mail");
    assert!(mail.starts_with("Return-Path: <>\n") && mail.contains("wer@nein.test"), "{mail}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_of_one_message_are_told_of_separately() {
    let house = House::build().await;
    let answer = |heard: &Heard| match heard.line.contains("<weg@") {
        true => "550 5.1.1 gone".to_owned(),
        false => polite(heard),
    };
    let peer = house.peer("halb.test", 100, answer).await;
    let id = house.submit(&["da@halb.test", "weg@halb.test"]).await;
    let (receipt, bounce) = house.notice("weg@halb.test").await;
    assert_eq!(bounce.status, code(5, 1, 1));
    assert_eq!(Bounce::read(&receipt).len(), 1, "the other one has arrived");
    house.finished(&id).await;
    assert_eq!(peer.wait_for(1, "MAIL FROM").await.len(), 1, "in one transaction");
    assert_eq!(peer.messages().len(), 1);
    house.running.shutdown().await;
}
