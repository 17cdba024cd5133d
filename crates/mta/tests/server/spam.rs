//! Rspamd at the end of DATA: each action does what the settings say, the header fields that it wants are written, and it
//! is told who sends what to whom.

use postamt_mail::reply::Reply;
use postamt_mta::events::Event;
use postamt_mta::settings::{FilterKind, Reaction};
use postamt_net::smtp::{Connection, RecipientOutcome};

use crate::support::clamd::{Clamd, clamav};
use crate::support::rspamd::Rspamd;
use crate::support::{House, LOGIN, message};

/// Answers by the subject.
fn script(message: &str) -> &'static str {
    let wanted =
        message.split("Subject: ").nth(1).unwrap_or_default().split("\r\n").next().unwrap_or_default();
    match wanted {
        "reject" => r#"{"score":20,"required_score":15,"action":"reject","symbols":{"BAD":{"score":20}}}"#,
        "soft" => r#"{"score":20,"required_score":15,"action":"soft reject","symbols":{}}"#,
        "greylist" => r#"{"score":5,"required_score":15,"action":"greylist","symbols":{}}"#,
        "mark" => r#"{"score":7,"required_score":15,"action":"add header","symbols":{"A":{"score":7}}}"#,
        "rename" => {
            r#"{"score":7,"required_score":15,"action":"rewrite subject","subject":"*** Grüße ***","symbols":{}}"#
        }
        "edit" => {
            r#"{"score":0,"required_score":15,"action":"no action","symbols":{},"milter":{
               "add_headers":{"X-Rspamd-Score":"0.0\r\nBcc: x@elsewhere.test"},"remove_headers":{"X-Old":0,"From":0}}}"#
        }
        "broken" => "this is no JSON",
        _ => r#"{"score":0,"required_score":15,"action":"no action","symbols":{}}"#,
    }
}

async fn house(rspamd: &Rspamd) -> House {
    let filter = rspamd.filter();
    House::build_with(|settings, _| settings.filters = vec![filter]).await
}

async fn deliver(connection: &mut Connection, subject: &str) -> Reply {
    let mut sent = message(&["empfang@streng.test"], subject);
    sent.content.insert(0, "X-Old: 1\r\nx-old: 2\r\n".into());
    let outcome = connection.deliver(&sent).await;
    match &outcome.recipients[0] {
        RecipientOutcome::Delivered(reply) | RecipientOutcome::Refused { reply, .. } => reply.clone(),
        other => panic!("no reply: {other:?}"),
    }
}

/// The message of this subject as the receiver got it.
async fn arrived(house: &House, wanted: &'static str) -> String {
    let receipt = house.receipt(|receipt| String::from_utf8_lossy(&receipt.content).contains(wanted)).await;
    String::from_utf8_lossy(&receipt.content).into_owned()
}

#[tokio::test]
async fn each_action_does_what_the_settings_say() {
    let rspamd = Rspamd::start(script, true).await;
    let house = house(&rspamd).await;
    let mut connection = house.login().await;
    for (subject, expected) in [
        ("reject", "550 5.7.1 the spam filter takes this message for spam (reject)"),
        ("soft", "451 4.7.1 the spam filter does not take this message now (soft reject), try again later"),
        ("greylist", "250 2.0.0 queued as"),
        ("mark", "250 2.0.0 queued as"),
        ("rename", "250 2.0.0 queued as"),
        ("broken", "451 4.7.1 the content filter rspamd cannot be asked now, try again later"),
    ] {
        let said = deliver(&mut connection, subject).await.to_string();
        assert!(said.starts_with(expected), "{subject}: {said}");
    }
    connection.quit().await;
    let marked = arrived(&house, "Subject: mark").await;
    assert!(marked.contains("\r\nX-Spam: Yes\r\n"), "{marked}");
    let renamed = arrived(&house, "Subject: =?utf-8?B?").await;
    assert!(!renamed.contains("Subject: rename") && !renamed.contains("X-Spam"), "{renamed}");
    let told = house.events.all().into_iter().filter_map(|event| match event {
        Event::Filtered { verdict: "reject", details, .. } => Some(details),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["reject 20.0/15.0: BAD(20.0)"]);
}

#[tokio::test]
async fn the_header_is_as_rspamd_wants_it_and_no_field_is_smuggled() {
    let rspamd = Rspamd::start(script, true).await;
    let house = house(&rspamd).await;
    let mut connection = house.login().await;
    assert!(deliver(&mut connection, "edit").await.code.is_success());
    connection.quit().await;
    let mail = arrived(&house, "Subject: edit").await;
    assert!(mail.contains("\r\nX-Rspamd-Score: 0.0\r\n\tBcc: x@elsewhere.test\r\n"), "{mail}");
    assert!(!mail.to_ascii_lowercase().contains("x-old"), "{mail}");
    assert!(mail.contains(&format!("\r\nFrom: Anna <{LOGIN}>\r\n")), "{mail}");
    // What was changed is what was signed.
    let receipt =
        house.receipt(|receipt| String::from_utf8_lossy(&receipt.content).contains("Subject: edit")).await;
    assert!(String::from_utf8_lossy(&receipt.content).contains("DKIM-Signature: "), "signed");
}

#[tokio::test]
async fn it_is_told_how_the_message_came_and_keeps_its_connection() {
    let rspamd = Rspamd::start(script, true).await;
    let house = house(&rspamd).await;
    let mut connection = house.login().await;
    for _ in 0..3 {
        assert!(deliver(&mut connection, "Hallo").await.code.is_success());
    }
    connection.quit().await;
    let asked = rspamd.asked();
    assert_eq!(asked.iter().map(|asked| asked.connection).collect::<Vec<_>>(), [1, 1, 1]);
    for part in [
        "post /checkv2 http/1.1\r\n",
        "from: anna@absender.test\r\n",
        "rcpt: empfang@streng.test\r\n",
        "ip: 127.0.0.1\r\n",
        "helo: laptop.absender.test\r\n",
        "user: anna@absender.test\r\n",
        "password: sesam\r\n",
        "queue-id: ",
        "tls-version: ",
    ] {
        assert!(asked[0].head.contains(part), "{part}: {}", asked[0].head);
    }
}

#[tokio::test]
async fn one_that_closes_each_connection_is_asked_by_new_ones() {
    let rspamd = Rspamd::start(script, false).await;
    let house = house(&rspamd).await;
    let mut connection = house.login().await;
    for _ in 0..3 {
        assert!(deliver(&mut connection, "Hallo").await.code.is_success());
    }
    connection.quit().await;
    assert_eq!(rspamd.asked().iter().map(|asked| asked.connection).collect::<Vec<_>>(), [1, 2, 3]);
}

#[tokio::test]
async fn filters_are_asked_in_their_order_and_the_first_that_refuses_is_the_last() {
    let rspamd = Rspamd::start(script, true).await;
    let mut held = rspamd.filter();
    if let FilterKind::Rspamd { actions, .. } = &mut held.kind {
        actions.reject = Reaction::Hold;
    }
    let house = House::build_with(|settings, directory| {
        settings.filters = vec![clamav(&directory.join("clamd.ctl")), held];
    })
    .await;
    let clamd = Clamd::start(&house.directory.path().join("clamd.ctl"), |message| {
        Some(if message.contains("EICAR") { "stream: Eicar FOUND" } else { "stream: OK" })
    });
    let mut connection = house.login().await;
    assert!(deliver(&mut connection, "EICAR").await.to_string().contains("virus"));
    assert_eq!((clamd.asked(), rspamd.asked().len()), (1, 0));
    assert!(deliver(&mut connection, "reject").await.code.is_success());
    assert_eq!((clamd.asked(), rspamd.asked().len()), (2, 1));
    connection.quit().await;
    let queue = house.running.list().await;
    assert_eq!(queue[0].held_by.as_deref(), Some("rspamd: reject 20.0/15.0: BAD(20.0)"));
}
