//! Several messages over one connection, and connections that a server closes in between.

use postamt_net::smtp::{ConnectionState, Problem, RecipientOutcome, Stage};

use crate::support::{MODERN, Peer, Server, message, open, words};

const TEXT: &str = "Subject: x\r\n\r\nHello\r\n";

async fn take(peer: &mut Peer) {
    for command in ["MAIL FROM:<sender@client.test> SIZE=21", "RCPT TO:<a@mx.test>", "DATA"] {
        peer.expect(command).await;
    }
    peer.send(b"250 ok\r\n250 ok\r\n354 go\r\n").await;
    peer.content().await;
    peer.say("250 ok").await;
}

#[tokio::test]
async fn a_completed_transaction_needs_no_reset_and_a_failed_one_does() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        take(&mut peer).await;
        take(&mut peer).await;
        for _ in 0..3 {
            peer.hear().await;
        }
        peer.send(b"250 ok\r\n550 no\r\n503 no recipients\r\n").await;
        peer.expect("RSET").await;
        peer.send(b"250 ok\r\n").await;
        take(&mut peer).await;
        take(&mut peer).await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let transaction = message(&["a@mx.test"], TEXT);
    for expected in ["delivered", "delivered", "550 at RCPT TO", "delivered", "delivered"] {
        assert_eq!(words(&connection.deliver(&transaction).await), [expected]);
    }
    assert_eq!(connection.transactions(), 5);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn a_probe_leaves_no_trace() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        peer.ask("MAIL FROM:<>", "250 ok").await;
        peer.ask("RCPT TO:<a@mx.test>", "550 5.7.1 relaying denied").await;
        peer.ask("RSET", "250 ok").await;
        peer.ask("MAIL FROM:<s@client.test>", "553 5.7.1 not yours").await;
        peer.ask("RSET", "250 ok").await;
        take(&mut peer).await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let recipient = "a@mx.test".parse().unwrap();
    let probe = connection.probe(&None, &recipient).await.unwrap();
    assert_eq!(
        (probe.mail.code.get(), probe.recipient.unwrap().to_string().as_str()),
        (250, "550 5.7.1 relaying denied")
    );
    let probe = connection.probe(&Some("s@client.test".parse().unwrap()), &recipient).await.unwrap();
    assert_eq!((probe.mail.code.get(), probe.recipient), (553, None));
    assert_eq!(words(&connection.deliver(&message(&["a@mx.test"], TEXT)).await), ["delivered"]);
    connection.quit().await;
    server.done().await;
}

/// The end of an idle connection is seen before the message is on its way, so that it can go out on another
/// connection at once.
#[tokio::test]
async fn a_connection_closed_while_idle_is_no_failure_of_the_message() {
    for farewell in ["421 4.4.2 idle too long\r\n", ""] {
        let (gone, is_gone) = tokio::sync::oneshot::channel();
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.greet(MODERN).await;
            take(&mut peer).await;
            peer.send(farewell.as_bytes()).await;
            drop(peer);
            gone.send(()).unwrap();
        })
        .await;
        let mut connection = open(&server.hop()).await.unwrap();
        let transaction = message(&["a@mx.test"], TEXT);
        assert_eq!(words(&connection.deliver(&transaction).await), ["delivered"]);
        is_gone.await.unwrap();
        let outcome = connection.deliver(&transaction).await;
        assert_eq!(outcome.recipients, [RecipientOutcome::Unsent(Problem::IdleClosed.at(Stage::Mail))]);
        assert_eq!(outcome.connection, ConnectionState::Closed);
        assert!(!connection.is_usable());
        server.done().await;
    }
}

/// RFC 9422: what the server announces is kept without anybody asking.
#[tokio::test]
async fn announced_limits_are_kept() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250 LIMITS RCPTMAX=2 MAILMAX=2").await;
        for recipients in [&["a@mx.test", "b@mx.test"][..], &["c@mx.test"]] {
            peer.ask("MAIL FROM:<sender@client.test>", "250 ok").await;
            for recipient in recipients {
                let reply = if *recipient == "b@mx.test" { "550 no" } else { "250 ok" };
                peer.ask(&format!("RCPT TO:<{recipient}>"), reply).await;
            }
            peer.ask("DATA", "354 go").await;
            assert_eq!(peer.content().await, format!("{TEXT}.\r\n"));
            peer.say("250 ok").await;
        }
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test", "b@mx.test", "c@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["delivered", "550 at RCPT TO", "delivered"]);
    assert!(!connection.is_usable(), "two messages are enough");
    connection.quit().await;
    server.done().await;
}

/// Whoever gives up waiting must not go on with a connection whose replies belong to another message.
#[tokio::test]
async fn a_dropped_delivery_ends_the_connection() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        for _ in 0..3 {
            peer.hear().await;
        }
        peer.closed().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let transaction = message(&["a@mx.test"], TEXT);
    let short = std::time::Duration::from_millis(20);
    assert!(tokio::time::timeout(short, connection.deliver(&transaction)).await.is_err());
    assert!(!connection.is_usable());
    assert_eq!(words(&connection.deliver(&transaction).await), ["unsent at MAIL FROM"]);
    connection.quit().await;
    server.done().await;
}
