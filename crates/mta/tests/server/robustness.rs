//! Defects of our own and of the disk: they end one task at most. What it had in hand waits for another try, its site
//! goes on, and what an operator asked meanwhile is done.

use std::sync::atomic::{AtomicBool, Ordering};

use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction;
use postamt_mta::settings::Purpose;
use postamt_net::clock::{Clock, SystemClock};

use crate::support::peer::{Heard, polite};
use crate::support::talk::Talk;
use crate::support::{House, LOGIN, PASSWORD, mails_in};

fn tells_of_a_defect(event: &Event) -> bool {
    matches!(event, Event::Warning { what } if what.contains("defect"))
}

fn is_pause(event: &Event) -> bool {
    matches!(event, Event::SitePaused { .. })
}

fn defect() {
    panic!("a defect that the test has asked for");
}

/// A server that opens one connection to a site: a count that is not given back would be the end of it.
async fn house() -> House {
    House::build_with(|settings, _| {
        settings.pacing.initial_connections = 1;
        settings.pacing.connections = 1;
    })
    .await
}

/// Writes as a user of this host; gives the id of the message.
async fn from_this_host(house: &House, sender: &str, recipient: &str) -> String {
    let mut talk = Talk::open_local(&house.settings.local_submission.socket).await;
    talk.say("EHLO localhost").await;
    let (mail, recipient) = (format!("MAIL FROM:<{sender}>"), format!("RCPT TO:<{recipient}>"));
    talk.say_all(&[mail.as_str(), recipient.as_str(), "DATA"]).await;
    let reply = talk.say("From: cron@absender.test\r\n\r\nx\r\n.").await;
    reply.trim_end().strip_prefix("250 2.0.0 queued as ").expect("taken").to_owned()
}

/// A defect was told, the message waits for some minutes, and no attempt was counted.
async fn waits_after_a_defect(house: &House, id: &str) {
    house.events.wait_for(1, tells_of_a_defect).await;
    let entry = house.entry(id).await.expect("it waits");
    assert_eq!(entry.state, "waiting");
    assert_eq!(entry.recipients.len(), 1);
    assert_eq!(entry.recipients[0].attempts, 0);
    assert!(entry.recipients[0].next > SystemClock.unix_seconds() + 200, "{entry:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_while_connecting_leaves_the_mail_waiting_and_the_site_open() {
    let house = house().await;
    let peer = house.peer("offen.test", 100, polite).await;
    house.path.break_once();
    let id = house.submit(&["da@offen.test"]).await;
    waits_after_a_defect(&house, &id).await;
    assert_eq!(peer.connections(), 0);
    house.act(QueueAction::Retry, &id).await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_amid_a_message_leaves_it_waiting_and_the_site_open() {
    let house = house().await;
    let is_first = AtomicBool::new(true);
    let answer = move |heard: &Heard| match heard.line.starts_with("RCPT") {
        true if is_first.swap(false, Ordering::SeqCst) => "450 4.7.1 rate limit".to_owned(),
        _ => polite(heard),
    };
    let peer = house.peer("eilig.test", 100, answer).await;
    house.events.react(is_pause, defect);
    let id = house.submit(&["da@eilig.test"]).await;
    waits_after_a_defect(&house, &id).await;
    house.act(QueueAction::Retry, &id).await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_after_silence_leaves_all_that_was_ready_waiting() {
    let house = house().await;
    // Nobody listens there.
    house.exchanger("stumm.test", "mx.stumm.test", 100);
    house.events.react(is_pause, defect);
    let id = house.submit(&["da@stumm.test"]).await;
    waits_after_a_defect(&house, &id).await;
    house.act(QueueAction::Retry, &id).await;
    house.deferred(&id, 1).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_in_a_look_up_leaves_the_mail_of_the_domain_waiting() {
    let house = house().await;
    house.events.react(|event| matches!(event, Event::NoNotice { .. }), defect);
    let id = from_this_host(&house, "", "da@gibt-es-nicht.test").await;
    waits_after_a_defect(&house, &id).await;
    house.act(QueueAction::Retry, &id).await;
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_while_it_cannot_be_read_ends() {
    let house = House::build_with(|settings, _| settings.limits.content_cache_bytes = 0).await;
    let peer = house.peer("offen.test", 100, polite).await;
    let (seen, mut is_seen) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let cannot_be_read =
        |event: &Event| matches!(event, Event::Warning { what } if what.contains("cannot be read now"));
    house.events.react(cannot_be_read, move || {
        seen.send(()).expect("the test listens");
        may_go_on.recv().expect("the test goes on");
    });
    house.disk.fail_reads();
    let id = house.submit(&["da@offen.test"]).await;
    is_seen.recv().await.expect("the read failed");
    house.act(QueueAction::Cancel, &id).await;
    go_on.send(()).expect("the server waits");
    house.finished(&id).await;
    assert!(peer.messages().is_empty());
    assert_eq!(house.running.figures().messages, 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_requires_tls_waits_where_tls_fails() {
    let house = House::build().await;
    let answer = |heard: &Heard| match heard.line.split(' ').next() {
        Some("EHLO") => "250-peer.test\r\n250-STARTTLS\r\n250 REQUIRETLS".to_owned(),
        Some("STARTTLS") => "454 4.7.0 no certificate just now".to_owned(),
        _ => polite(heard),
    };
    let peer = house.peer("unsicher.test", 100, answer).await;
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO client.test").await;
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    let mail = format!("MAIL FROM:<{LOGIN}> REQUIRETLS");
    talk.say_all(&[mail.as_str(), "RCPT TO:<da@unsicher.test>", "DATA"]).await;
    assert!(talk.say(&format!("From: {LOGIN}\r\n\r\nx\r\n.")).await.starts_with("250 "));
    let deferred = house.events.wait_for(1, |event| matches!(event, Event::Deferred { .. })).await;
    let Event::Deferred { attempt, .. } = &deferred[0] else { panic!("{deferred:?}") };
    assert!(attempt.reply.contains("must not travel without TLS"), "{}", attempt.reply);
    assert!(peer.heard().iter().all(|heard| !heard.line.starts_with("MAIL")));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_that_users_of_this_host_cannot_get_go_to_the_postmaster() {
    let house = House::build().await;
    let root = format!("root@{}", house.settings.hostname);
    from_this_host(&house, &root, "da@gibt-es-nicht.test").await;
    // The message, the notice about it, and the notice about that.
    house.events.wait_for(3, |event| matches!(event, Event::Finished { .. })).await;
    let mails = mails_in(&house.directory.path().join("postmaster"));
    assert_eq!(mails.len(), 1);
    let notice = std::fs::read_to_string(&mails[0]).expect("read");
    assert!(notice.contains(&root) && notice.contains("da@gibt-es-nicht.test"), "{notice}");
    house.running.shutdown().await;
}
