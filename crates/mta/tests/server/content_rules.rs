//! The rules that need no filter: what they refuse is refused by name, what they hold can be released, and mail from
//! outside is none of their business.

use std::time::Duration;

use postamt_mail::words::Language;
use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction;
use postamt_mta::settings::{FilterKind, FilterSettings, Purpose, RuleAction, RuleActions, Unfiltered};
use postamt_net::smtp::{RecipientOutcome, Transaction};

use crate::support::talk::{Talk, last_line};
use crate::support::{House, message};

async fn house() -> House {
    House::build_with(|settings, _| {
        settings.filters = vec![FilterSettings {
            name: "content_rules".to_owned(),
            kind: FilterKind::Rules {
                actions: RuleActions { macros: RuleAction::Hold, ..RuleActions::default() },
                language: Language::En,
            },
            when_down: Unfiltered::Defer,
            when_too_large: Unfiltered::Accept,
            size_limit: u64::MAX,
            time_limit: Duration::from_secs(30),
        }];
    })
    .await
}

fn with_attachment(name: &str, body: &str) -> Transaction {
    let mut transaction = message(&["empfang@streng.test"], "attachment");
    let content = format!(
        "From: anna@absender.test\r\nSubject: attachment\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\n\r\n{body}\r\n"
    );
    transaction.content = vec![content.into()];
    transaction
}

async fn said(house: &House, transaction: &Transaction) -> String {
    let mut connection = house.login().await;
    let outcome = connection.deliver(transaction).await;
    connection.quit().await;
    match &outcome.recipients[0] {
        RecipientOutcome::Delivered(reply) | RecipientOutcome::Refused { reply, .. } => reply.to_string(),
        other => panic!("no reply: {other:?}"),
    }
}

#[tokio::test]
async fn programs_are_refused_by_name_and_macros_wait() {
    let house = house().await;
    let reply = said(&house, &with_attachment("Rechnung.pdf.exe", "x")).await;
    assert!(reply.starts_with("550 5.7.1 The attachment \"Rechnung.pdf.exe\" is a program"), "{reply}");
    // As large as it goes to a thread of its own.
    let reply = said(&house, &with_attachment("x.scr", &"0123456789\r\n".repeat(20_000))).await;
    assert!(reply.starts_with("550 5.7.1 The attachment \"x.scr\""), "{reply}");
    let told = |event: &Event| matches!(event, Event::Filtered { verdict: "reject", details, .. } if details == "executables: x.scr");
    house.events.wait_for(1, told).await;

    let id = house.send(&with_attachment("budget.xlsm", "x")).await;
    let held = |event: &Event| matches!(event, Event::Held { reason: Some(reason), .. } if reason.contains("budget.xlsm"));
    house.events.wait_for(1, held).await;
    house.act(QueueAction::Release, &id).await;
    house.finished(&id).await;
    assert!(said(&house, &with_attachment("report.pdf", "x")).await.starts_with("250"));
}

#[tokio::test]
async fn what_strangers_send_is_not_judged() {
    let house = house().await;
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    talk.say("EHLO stranger.test").await;
    talk.say("MAIL FROM:<someone@streng.test>").await;
    let reply = talk.say("RCPT TO:<postmaster@absender.test>").await;
    assert!(last_line(&reply).starts_with("250"), "{reply}");
    talk.say("DATA").await;
    let reply = talk.say("Subject: one\r\nSubject: two\r\nContent-Type: x/y; name=a.exe\r\n\r\nx\r\n.").await;
    assert!(last_line(&reply).starts_with("250"), "{reply}");
}
