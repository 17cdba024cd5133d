//! Sessions that break: what is certain, what is not, and what is no SMTP.

use std::time::Duration;

use postamt_net::smtp::{ConnectionState, Outcome, Problem, RecipientOutcome, Stage};

use tokio::io::AsyncWriteExt;

use crate::support::{MODERN, Peer, Server, broken_at, message, open, words};

const TEXT: &str = "Subject: x\r\n\r\nHello\r\n";

/// More than the sockets of both sides hold.
fn large() -> String {
    ".a line of a large message, and it begins with a dot\r\n".repeat(600_000)
}

async fn after_three(peer: &mut Peer, replies: &str) {
    for _ in 0..3 {
        peer.hear().await;
    }
    peer.send(replies.as_bytes()).await;
}

#[tokio::test]
async fn goodbye_half_way_is_told_to_all_that_wait() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        for _ in 0..5 {
            peer.hear().await;
        }
        peer.send(b"250 ok\r\n550 5.1.1 no\r\n250 ok\r\n421 4.3.2 shutting down\r\n").await;
        peer.closed().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test", "b@mx.test", "c@mx.test"], TEXT)).await;
    assert_eq!(words(&outcome), ["550 at RCPT TO", "421 at RCPT TO", "421 at RCPT TO"]);
    assert_eq!(outcome.connection, ConnectionState::Closed);
    assert!(!connection.is_usable());
    let again = connection.deliver(&message(&["a@mx.test"], TEXT)).await;
    assert_eq!(words(&again), ["unsent at MAIL FROM"]);
    connection.quit().await;
    server.done().await;
}

/// Breaks the connection after this many replies to MAIL, RCPT, DATA.
async fn broken_after(replies: &'static str, take_content: bool) -> Outcome {
    let server = Server::start(move |door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        after_three(&mut peer, replies).await;
        if take_content {
            peer.content().await;
        }
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test"], TEXT)).await;
    assert!(!connection.is_usable());
    server.done().await;
    outcome
}

#[tokio::test]
async fn a_lost_connection_is_uncertain_only_after_the_end_of_data() {
    let early = broken_after("250 ok\r\n250 ok\r\n", false).await;
    assert_eq!(early.recipients, [RecipientOutcome::Unsent(Problem::Closed.at(Stage::Data))]);
    let late = broken_after("250 ok\r\n250 ok\r\n354 go\r\n", true).await;
    assert_eq!(late.recipients, [RecipientOutcome::Uncertain(Problem::Closed.at(Stage::EndOfData))]);
}

/// Gives the attempt up when the server has said `replies` to MAIL, RCPT and DATA, or, where it has granted DATA, when
/// it has the whole content; then it answers.
async fn given_up_after(replies: &'static str, granted: bool) -> Outcome {
    let (said, is_said) = tokio::sync::oneshot::channel();
    let server = Server::start(move |door| async move {
        let mut peer = door.accept().await;
        peer.greet(MODERN).await;
        after_three(&mut peer, replies).await;
        if granted {
            peer.content().await;
        }
        said.send(()).unwrap();
        if granted {
            peer.say("250 taken").await;
            peer.quit().await;
        } else {
            peer.closed().await;
        }
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let given_up = std::pin::pin!(async { is_said.await.unwrap() });
    let outcome = connection.deliver_unless(&message(&["a@mx.test"], TEXT), given_up).await;
    connection.quit().await;
    server.done().await;
    outcome
}

#[tokio::test]
async fn an_attempt_is_given_up_only_before_the_end_of_data() {
    for replies in ["", "250 ok\r\n", "250 ok\r\n250 ok\r\n"] {
        let outcome = given_up_after(replies, false).await;
        let [RecipientOutcome::Unsent(error)] = &outcome.recipients[..] else { panic!("{outcome:?}") };
        assert_eq!(error.problem, Problem::GivenUp);
        assert_eq!(outcome.connection, ConnectionState::Closed);
    }
    let outcome = given_up_after("250 ok\r\n250 ok\r\n354 go\r\n", true).await;
    assert_eq!(words(&outcome), ["delivered"]);
}

#[tokio::test]
async fn a_connection_lost_within_the_content_is_certainly_not_delivered() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250-PIPELINING\r\n250 8BITMIME").await;
        after_three(&mut peer, "250 ok\r\n250 ok\r\n354 go\r\n").await;
        peer.octets(1_000).await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test"], &large())).await;
    assert_eq!(words(&outcome), ["unsent at DATA"]);
    server.done().await;
}

#[tokio::test]
async fn the_words_of_a_server_that_stops_reading_are_heard() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250 PIPELINING").await;
        after_three(&mut peer, "250 ok\r\n250 ok\r\n354 go\r\n").await;
        peer.octets(1_000).await;
        peer.say("552 5.3.4 too much").await;
        // It reads no more; the client's patience with a write ends this.
        let _ = door.socket().await;
    })
    .await;
    let mut hop = server.hop();
    hop.timeouts.data_block = Duration::from_millis(100);
    let mut connection = open(&hop).await.unwrap();
    let outcome = connection.deliver(&message(&["a@mx.test"], &large())).await;
    assert_eq!(words(&outcome), ["552 at end of data"]);
    assert_eq!(outcome.connection, ConnectionState::Closed);
    drop(tokio::net::TcpStream::connect(server.address).await.unwrap());
    server.done().await;
}

#[tokio::test]
async fn every_step_has_its_time_limit() {
    type Adjust = fn(&mut postamt_net::smtp::Timeouts, Duration);
    let steps: [(&str, Adjust, &str); 4] = [
        ("", |limits, short| limits.mail = short, "unsent at MAIL FROM"),
        ("250 ok\r\n", |limits, short| limits.recipient = short, "unsent at RCPT TO"),
        ("250 ok\r\n250 ok\r\n", |limits, short| limits.data_initiation = short, "unsent at DATA"),
        (
            "250 ok\r\n250 ok\r\n354 go\r\n",
            |limits, short| limits.data_termination = short,
            "uncertain at end of data",
        ),
    ];
    for (replies, adjust, expected) in steps {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.greet(MODERN).await;
            after_three(&mut peer, replies).await;
            let _ = door.socket().await;
        })
        .await;
        let mut hop = server.hop();
        adjust(&mut hop.timeouts, Duration::from_millis(30));
        let mut connection = open(&hop).await.unwrap();
        let outcome = connection.deliver(&message(&["a@mx.test"], TEXT)).await;
        assert_eq!(words(&outcome), [expected]);
        drop(tokio::net::TcpStream::connect(server.address).await.unwrap());
        server.done().await;
    }
}

#[tokio::test]
async fn replies_that_do_not_fit_end_the_session() {
    for (replies, expected) in [
        ("250 ok\r\n250-ok\r\n251 ok\r\n", "unsent at RCPT TO"),
        ("250 ok\r\n354 go\r\n", "unsent at RCPT TO"),
        ("250 ok\r\n250 ok\r\n250 ok\r\n", "unsent at DATA"),
        ("250 ok\r\n250 ok\r\n354 go\r\n250 already\r\n", "unsent at DATA"),
        ("what?\r\n", "unsent at MAIL FROM"),
    ] {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.greet(MODERN).await;
            after_three(&mut peer, replies).await;
            peer.closed().await;
        })
        .await;
        let mut connection = open(&server.hop()).await.unwrap();
        let outcome = connection.deliver(&message(&["a@mx.test"], TEXT)).await;
        assert_eq!(words(&outcome), [expected], "{replies:?}");
        assert!(!connection.is_usable());
        drop(connection);
        server.done().await;
    }
}

#[tokio::test]
async fn reply_bombs_end_the_session() {
    for (start, more) in [("220-bomb\r\n", "220-bomb\r\n".repeat(10_000)), ("220 ", "x".repeat(100_000))] {
        let server = Server::start(move |door| async move {
            let mut socket = door.socket().await;
            let _ = socket.write_all(start.as_bytes()).await;
            // A gigabyte at most; the client has enough much earlier.
            for _ in 0..10_000 {
                if socket.write_all(more.as_bytes()).await.is_err() {
                    return;
                }
            }
            panic!("the client took it all");
        })
        .await;
        let failure = open(&server.hop()).await.unwrap_err();
        let (stage, text) = broken_at(&failure);
        assert_eq!(stage, Stage::Greeting);
        assert!(text.contains("longer than"), "{text}");
        server.done().await;
    }
}
