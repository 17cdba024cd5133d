//! MAIL and RCPT: pipelining, a reply per recipient, parameters, and what a peer cannot take.

use bytes::Bytes;
use postamt_mail::envelope::{BodyType, Notify, ReturnContent};
use postamt_net::smtp::{Chunking, ConnectionState};

use crate::support::{MODERN, Server, message, open, words};

const TEXT: &str = "Subject: x\r\n\r\nHello\r\n";

#[tokio::test]
async fn pipelines_and_tells_each_recipient_its_own_reply() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        // All four before the first reply.
        peer.expect("MAIL FROM:<sender@client.test> SIZE=21").await;
        peer.expect("RCPT TO:<a@mx.test>").await;
        peer.expect("RCPT TO:<b@mx.test>").await;
        peer.expect("RCPT TO:<c@mx.test>").await;
        peer.expect("DATA").await;
        peer.send(b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n550-5.1.1 no\r\n550 5.1.1 such user\r\n").await;
        peer.send(b"451 4.2.2 later\r\n354 go\r\n").await;
        assert_eq!(peer.content().await, format!("{TEXT}.\r\n"));
        peer.say("250 2.0.0 queued as 1").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test", "b@mx.test", "c@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["delivered", "550 at RCPT TO", "451 at RCPT TO"]);
    let text = format!("{:?}", outcome.recipients[1]);
    assert!(text.contains("\"no\", \"such user\""), "{text}");
    assert_eq!(outcome.connection, ConnectionState::Usable);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn without_pipelining_each_command_waits() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250 mx.test").await;
        for (command, reply) in [
            ("MAIL FROM:<sender@client.test>", "250 ok"),
            ("RCPT TO:<a@mx.test>", "550 no"),
            ("RCPT TO:<b@mx.test>", "250 ok"),
            ("DATA", "354 go"),
        ] {
            peer.expect(command).await;
            peer.heard_nothing_else();
            peer.say(reply).await;
        }
        peer.content().await;
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test", "b@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["550 at RCPT TO", "delivered"]);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn a_lone_dot_ends_a_data_that_nobody_wants() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        for _ in 0..3 {
            peer.hear().await;
        }
        peer.send(b"250 ok\r\n550 5.1.1 no\r\n354 go on then\r\n").await;
        peer.ask(".", "554 5.5.1 no valid recipients").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["550 at RCPT TO"]);
    assert!(connection.is_usable());
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn a_refused_sender_or_data_is_told_to_all_recipients() {
    for (replies, expected) in [
        ("550 5.7.1 sender\r\n503 no mail\r\n503 no mail\r\n503 no mail\r\n", "550 at MAIL FROM"),
        ("250 ok\r\n250 ok\r\n250 ok\r\n452 4.3.1 full\r\n", "452 at DATA"),
    ] {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.greet(MODERN).await;
            for _ in 0..4 {
                peer.hear().await;
            }
            peer.send(replies.as_bytes()).await;
            peer.quit().await;
        })
        .await;
        let mut connection = open(&server.hop()).await.unwrap();
        let outcome = connection.deliver(&message(&["a@mx.test", "b@mx.test"], TEXT)).await;
        assert_eq!(words(&outcome), [expected, expected]);
        connection.quit().await;
        server.done().await;
    }
}

#[tokio::test]
async fn many_recipients_go_in_groups_that_cannot_deadlock() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        let mut count = 0;
        loop {
            let line = peer.hear().await;
            match line.split(' ').next().unwrap() {
                "MAIL" => peer.say("250 ok").await,
                "RCPT" => {
                    count += 1;
                    peer.say(&format!("250 {}", "word ".repeat(300))).await;
                }
                _ => break,
            }
        }
        assert_eq!(count, 1_000);
        peer.say("354 go").await;
        peer.content().await;
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let recipients: Vec<String> = (0..1_000).map(|number| format!("r{number}@mx.test")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&recipients, TEXT)).await;
    assert!(outcome.recipients.iter().all(|recipient| recipient.is_delivered()));
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn parameters_go_where_they_are_offered() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        peer.expect("MAIL FROM:<> SIZE=25 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+3D").await;
        peer.expect("RCPT TO:<grüße@mx.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;old@mx.test").await;
        peer.expect("RCPT TO:<b@mx.test> NOTIFY=NEVER").await;
        peer.expect("DATA").await;
        peer.send(b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n").await;
        peer.content().await;
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut transaction = message(&["grüße@mx.test", "b@mx.test"], "Subject: x\r\n\r\nGrüße\r\n\r\n");
    transaction.sender = None;
    transaction.return_content = Some(ReturnContent::Headers);
    transaction.envelope_id = Some("QQ+3D".to_owned());
    transaction.recipients[0].notify = Notify { success: true, failure: false, delay: true };
    transaction.recipients[0].explicit_notify = true;
    transaction.recipients[0].original = Some("rfc822;old@mx.test".to_owned());
    transaction.recipients[1].notify = Notify::NEVER;
    transaction.recipients[1].explicit_notify = true;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&transaction).await;
    assert_eq!(words(&outcome), ["delivered", "delivered"]);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn a_value_that_could_end_its_line_is_left_out() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        peer.expect("MAIL FROM:<sender@client.test> SIZE=21").await;
        peer.expect("RCPT TO:<a@mx.test>").await;
        peer.expect("DATA").await;
        peer.send(b"250 ok\r\n250 ok\r\n354 go\r\n").await;
        peer.content().await;
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut transaction = message(&["a@mx.test"], TEXT);
    transaction.envelope_id = Some("x\r\nRSET".to_owned());
    transaction.recipients[0].original = Some("rfc822;a b".to_owned());
    let mut connection = open(&server.hop()).await.unwrap();
    assert_eq!(words(&connection.deliver(&transaction).await), ["delivered"]);
    connection.quit().await;
    server.done().await;
}

/// The peer hears nothing of a message that it cannot take.
#[tokio::test]
async fn what_the_peer_lacks_is_decided_here() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250-CHUNKING\r\n250 SIZE 40").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let large = message(&["a@mx.test"], &"a line\r\n".repeat(6));
    let eight_bit = message(&["a@mx.test"], "\r\nGrüße\r\n");
    let unicode = message(&["grüße@mx.test"], TEXT);
    let mut header = message(&["a@mx.test"], "Subject: ü\r\n\r\nx\r\n");
    header.smtputf8 = true;
    let mut binary = message(&["a@mx.test"], TEXT);
    binary.body = BodyType::BinaryMime;
    let mut require_tls = message(&["a@mx.test"], TEXT);
    require_tls.require_tls = true;
    for (transaction, expected) in [
        (large, "impossible 5.3.4"),
        (eight_bit, "impossible 5.6.3"),
        (unicode, "impossible 5.6.7"),
        (header, "impossible 5.6.7"),
        (binary, "impossible 5.6.3"),
        (require_tls, "impossible 5.7.30"),
    ] {
        let outcome = connection.deliver(&transaction).await;
        assert_eq!(
            (words(&outcome), outcome.connection),
            (vec![expected.to_owned()], ConnectionState::Usable)
        );
    }
    connection.quit().await;
    server.done().await;
}

/// A recipient that needs SMTPUTF8 does not keep the others from their mail.
#[tokio::test]
async fn only_the_unicode_recipient_is_impossible() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250 PIPELINING").await;
        peer.expect("MAIL FROM:<sender@client.test>").await;
        peer.expect("RCPT TO:<a@mx.test>").await;
        peer.expect("RCPT TO:<c@mx.test>").await;
        peer.expect("DATA").await;
        peer.send(b"250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n").await;
        peer.content().await;
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test", "ü@mx.test", "c@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["delivered", "impossible 5.6.7", "550 at RCPT TO"]);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn lmtp_has_a_reply_for_each_recipient() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.say("220 mx.test LMTP").await;
        peer.ask("LHLO client.test", MODERN).await;
        for _ in 0..5 {
            peer.hear().await;
        }
        peer.send(b"250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n").await;
        peer.content().await;
        peer.send(b"250 2.0.0 first\r\n452 4.2.2 over quota\r\n").await;
        peer.quit().await;
    })
    .await;
    let mut hop = server.hop();
    hop.lmtp = true;
    let mut connection = open(&hop).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test", "b@mx.test", "c@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["delivered", "550 at RCPT TO", "452 at end of data"]);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn bdat_carries_the_content_as_it_is_and_only_when_somebody_wants_it() {
    const CONTENT: &str = ".dot\r\n..\r\nno end";
    let offers = "250-mx.test\r\n250-PIPELINING\r\n250 CHUNKING";
    let server = Server::start(move |door| async move {
        let mut peer = door.accept().await;
        peer.greet(offers).await;
        peer.expect("MAIL FROM:<sender@client.test>").await;
        peer.ask("RCPT TO:<a@mx.test>", "250 ok\r\n550 no").await;
        // Nobody wants it: no BDAT, and the next transaction starts afresh.
        for command in ["RSET", "MAIL FROM:<sender@client.test>", "RCPT TO:<a@mx.test>"] {
            peer.ask(command, "250 ok").await;
        }
        peer.expect("BDAT 16 LAST").await;
        assert_eq!(peer.octets(16).await, CONTENT.as_bytes());
        peer.heard_nothing_else();
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let mut transaction = message(&["a@mx.test"], "");
    transaction.content =
        [".dot\r", "\n..\r\n", "", "no end"].map(|piece| Bytes::from_static(piece.as_bytes())).into();
    assert_eq!(words(&connection.deliver(&transaction).await), ["550 at RCPT TO"]);
    assert_eq!(words(&connection.deliver(&transaction).await), ["delivered"]);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn data_is_used_where_bdat_is_not_wanted() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250-PIPELINING\r\n250 CHUNKING").await;
        peer.hear().await;
        peer.hear().await;
        peer.expect("DATA").await;
        peer.send(b"250 ok\r\n250 ok\r\n354 go\r\n").await;
        assert_eq!(peer.content().await, "..dot\r\nno end\r\n.\r\n");
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut hop = server.hop();
    hop.chunking = Chunking::Never;
    let mut connection = open(&hop).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test"], ".dot\r\nno end")).await;
    assert_eq!(words(&outcome), ["delivered"]);
    connection.quit().await;
    server.done().await;
}
