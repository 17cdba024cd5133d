//! Content filters at the end of DATA: what they refuse is refused by name, what they hold can be released, and while they
//! are down mail fares as the settings say.

use std::path::Path;
use std::time::Duration;

use postamt_mail::envelope::Recipient;
use postamt_mail::reply::Reply;
use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction;
use postamt_mta::settings::{FilterKind, FilterSettings, Purpose, Reaction, Unfiltered};
use postamt_net::smtp::{RecipientOutcome, Transaction};
use postamt_store::queue_id::QueueId;

use crate::support::clamd::{Clamd, Script, clamav};
use crate::support::talk::{Talk, last_line};
use crate::support::{House, message};

/// Finds what calls itself a virus.
const SCRIPT: Script = |message| match message {
    message if message.contains("EICAR") => Some("stream: Eicar-Test-Signature FOUND"),
    message if message.contains("too long") => Some("INSTREAM size limit exceeded. ERROR"),
    message if message.contains("silent") => None,
    _ => Some("stream: OK"),
};

fn socket(directory: &Path) -> std::path::PathBuf {
    directory.join("clamd.ctl")
}

async fn house(change: impl FnOnce(&mut FilterSettings)) -> House {
    House::build_with(|settings, directory| {
        let mut filter = clamav(&socket(directory));
        change(&mut filter);
        settings.filters = vec![filter];
    })
    .await
}

fn subject(subject: &str) -> Transaction {
    message(&["empfang@streng.test"], subject)
}

/// What the server says to a message.
async fn reply(house: &House, transaction: &Transaction) -> Reply {
    let mut connection = house.login().await;
    let outcome = connection.deliver(transaction).await;
    connection.quit().await;
    match &outcome.recipients[0] {
        RecipientOutcome::Delivered(reply) | RecipientOutcome::Refused { reply, .. } => reply.clone(),
        other => panic!("no reply: {other:?}"),
    }
}

async fn said(house: &House, transaction: &Transaction) -> String {
    reply(house, transaction).await.to_string()
}

fn is_filtered(event: &Event, wanted: &str) -> bool {
    matches!(event, Event::Filtered { verdict, .. } if *verdict == wanted)
}

#[tokio::test]
async fn infected_mail_is_refused_by_the_name_of_the_virus() {
    let house = house(|_| {}).await;
    let clamd = Clamd::start(&socket(house.directory.path()), SCRIPT);
    let said = said(&house, &subject("EICAR")).await;
    assert_eq!(said, "550 5.7.1 the message contains a virus: Eicar-Test-Signature");
    house.events.wait_for(1, |event| is_filtered(event, "reject")).await;
    let id = house.submit(&["empfang@streng.test"]).await;
    house.finished(&id).await;
    assert_eq!(clamd.asked(), 2);
    // A clean message is nothing to tell.
    assert_eq!(house.events.all().iter().filter(|event| matches!(event, Event::Filtered { .. })).count(), 1);
}

#[tokio::test]
async fn who_may_not_send_is_refused_before_any_filter_is_asked() {
    let house = house(|_| {}).await;
    let clamd = Clamd::start(&socket(house.directory.path()), SCRIPT);
    let mut foreign = subject("EICAR");
    foreign.content = vec!["From: someone@elsewhere.test\r\n\r\nEICAR\r\n".into()];
    assert!(said(&house, &foreign).await.starts_with("550 5.7.1 anna@absender.test may not send as"));
    assert_eq!(clamd.asked(), 0);
}

#[tokio::test]
async fn held_mail_says_why_and_goes_on_when_it_is_released() {
    let hold = |filter: &mut FilterSettings| {
        if let FilterKind::ClamAv { infected, .. } = &mut filter.kind {
            *infected = Reaction::Hold;
        }
    };
    let house = house(hold).await;
    let _clamd = Clamd::start(&socket(house.directory.path()), SCRIPT);
    let id = house.send(&subject("EICAR")).await;
    let held = |event: &Event| matches!(event, Event::Held { reason: Some(reason), .. } if reason == "clamav: virus found: Eicar-Test-Signature");
    house.events.wait_for(1, held).await;
    assert_eq!(house.entry(&id).await.expect("in the queue").state, "held");
    let why = house.running.why(id.parse::<QueueId>().expect("an id")).await.expect("known");
    let attempt = why.history.expect("recorded").attempts.pop().expect("one");
    assert_eq!((attempt.outcome.as_str(), attempt.route.as_str()), ("held", "filter clamav"));
    assert_eq!(attempt.reply, "virus found: Eicar-Test-Signature");

    // It is still held after a restart, and for the same reason.
    let house = house.restart().await;
    assert_eq!(house.entry(&id).await.expect("in the queue").state, "held");
    let why = house.running.why(id.parse().expect("an id")).await.expect("known");
    assert_eq!(why.history.expect("recorded").attempts.len(), 1);
    house.act(QueueAction::Release, &id).await;
    house.finished(&id).await;
    let why = house.running.why(id.parse().expect("an id")).await.expect("known");
    let outcomes: Vec<String> =
        why.history.expect("recorded").attempts.into_iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, ["held", "delivered"]);
}

#[tokio::test]
async fn while_clamd_is_down_mail_fares_as_the_settings_say() {
    let cases = [
        (Unfiltered::Defer, "451 4.7.1 the content filter clamav cannot be asked now, try again later"),
        (Unfiltered::Accept, "250 2.0.0 queued as"),
        (Unfiltered::Hold, "250 2.0.0 queued as"),
        (Unfiltered::Reject, "550 5.7.1 the content filter clamav cannot be asked"),
    ];
    for (when_down, expected) in cases {
        let house = house(|filter| filter.when_down = when_down).await;
        let said = said(&house, &subject("Hallo")).await;
        assert!(said.starts_with(expected), "{when_down:?}: {said}");
        house.events.wait_for(1, |event| matches!(event, Event::FilterChanged { state: "down", .. })).await;
        let told = |event: &Event| matches!(event, Event::Filtered { details, .. } if details.starts_with("not asked: the socket"));
        house.events.wait_for(1, told).await;
        let held = house.running.list().await.iter().filter(|entry| entry.state == "held").count();
        assert_eq!(held, usize::from(when_down == Unfiltered::Hold));
    }
}

#[tokio::test]
async fn a_silent_clamd_is_not_waited_for_by_each_message_anew() {
    let house = house(|filter| filter.time_limit = Duration::from_secs(1)).await;
    let hung: Script = |message| message.contains("Hallo").then_some("stream: OK");
    let clamd = Clamd::start(&socket(house.directory.path()), hung);
    for _ in 0..3 {
        assert!(said(&house, &subject("silent")).await.starts_with("451 4.7.1"));
    }
    house.events.wait_for(1, |event| matches!(event, Event::FilterChanged { state: "down", .. })).await;
    assert_eq!(clamd.asked(), 3);
    assert!(said(&house, &subject("Hallo")).await.starts_with("451 4.7.1"));
    assert_eq!(clamd.asked(), 3, "it is left alone");
    // After a reload nothing bad is known of it.
    house.running.reload(house.settings.clone()).await;
    let id = house.send(&subject("Hallo")).await;
    house.finished(&id).await;
    assert_eq!(clamd.asked(), 4);
}

#[tokio::test]
async fn messages_that_clamd_cannot_digest_do_not_stop_the_mail_of_others() {
    let house = house(|filter| filter.time_limit = Duration::from_secs(1)).await;
    let clamd = Clamd::start(&socket(house.directory.path()), SCRIPT);
    for _ in 0..4 {
        assert!(said(&house, &subject("silent")).await.starts_with("451 4.7.1"));
    }
    let id = house.send(&subject("Hallo")).await;
    house.finished(&id).await;
    assert_eq!(clamd.asked(), 5);
    assert!(!house.events.all().iter().any(|event| matches!(event, Event::FilterChanged { .. })));
}

#[tokio::test]
async fn what_is_too_large_for_it_fares_as_the_settings_say() {
    let small = |filter: &mut FilterSettings| {
        (filter.when_too_large, filter.size_limit) = (Unfiltered::Reject, 100_000);
    };
    let house = house(small).await;
    let clamd = Clamd::start(&socket(house.directory.path()), SCRIPT);
    let mut large = subject("Hallo");
    large.content.extend((0..2_000).map(|_| bytes::Bytes::from("x".repeat(70) + "\r\n")));
    assert_eq!(
        said(&house, &large).await,
        "552 5.3.4 the message is too large for the content filter clamav"
    );
    assert_eq!(clamd.asked(), 0);
    // And where clamd itself takes less than the settings say.
    assert!(said(&house, &subject("too long")).await.starts_with("552 5.3.4"));
    assert_eq!(clamd.asked(), 1);
}

#[tokio::test]
async fn mail_from_outside_is_filtered_but_not_what_is_for_the_postmaster_alone() {
    let house = house(|_| {}).await;
    let clamd = Clamd::start(&socket(house.directory.path()), SCRIPT);
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    talk.say("EHLO mx.streng.test").await;
    for (recipients, expected) in [
        (vec!["abuse@absender.test"], "250 2.0.0"),
        (vec!["abuse@absender.test", "postmaster@absender.test"], "250 2.0.0"),
    ] {
        talk.say("MAIL FROM:<bert@streng.test>").await;
        for recipient in recipients {
            let said = talk.say(&format!("RCPT TO:<{recipient}>")).await;
            assert!(said.starts_with("250"), "{said}");
        }
        talk.say("DATA").await;
        let said = talk.say("From: bert@streng.test\r\nSubject: Bericht\r\n\r\nEICAR\r\n.").await;
        assert!(last_line(&said).starts_with(expected), "{said}");
    }
    assert_eq!(clamd.asked(), 0);
    let recipient = Recipient::new("empfang@streng.test".parse().expect("an address"));
    let mut sent = subject("EICAR");
    sent.recipients = vec![recipient];
    assert!(said(&house, &sent).await.starts_with("550 5.7.1"));
}
