//! Greeting, EHLO and HELO, and what a session knows of the server.

use postamt_net::smtp::{OpenFailure, Stage};

use crate::support::{Server, broken_at, message, open, words};

#[tokio::test]
async fn the_facts_say_what_was_heard() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.say("220-mx.test ESMTP\r\n220 welcome").await;
        peer.ask(
            "EHLO client.test",
            "250-mx.test at your service\r\n250-size\r\n250-AUTH LOGIN PLAIN SCRAM-SHA-256 GSSAPI\r\n250-AUTH=PLAIN\r\n\
             250-LIMITS MAILMAX=100 RCPTMAX=50 RCPTDOMAINMAX=0\r\n250-X-UNKNOWN thing\r\n250 Pipelining",
        )
        .await;
        peer.quit().await;
    })
    .await;
    let connection = open(&server.hop()).await.unwrap();
    let facts = connection.facts();
    assert_eq!((facts.remote, facts.local.ip()), (server.address, server.address.ip()));
    assert_eq!(facts.greeting.to_string(), "220 mx.test ESMTP welcome");
    let offers = &facts.capabilities;
    assert_eq!(offers.server_name(), "mx.test");
    assert_eq!((offers.size, offers.pipelining, offers.chunking), (Some(0), true, false));
    let names: Vec<_> = offers.mechanisms.iter().map(|mechanism| mechanism.name()).collect();
    assert_eq!(names, ["LOGIN", "PLAIN", "SCRAM-SHA-256"]);
    let limits = offers.limits;
    assert_eq!(
        (limits.mail_max, limits.recipient_max, limits.recipient_domain_max),
        (Some(100), Some(50), None)
    );
    assert!(facts.tls.is_none() && facts.authenticated.is_none());
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn a_server_without_ehlo_gets_helo() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.say("220 old").await;
        peer.ask("EHLO client.test", "502 what?").await;
        peer.ask("HELO client.test", "250 old").await;
        peer.ask("MAIL FROM:<sender@client.test>", "250").await;
        peer.ask("RCPT TO:<a@mx.test>", "250").await;
        peer.ask("DATA", "354").await;
        peer.content().await;
        peer.say("250").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&server.hop()).await.unwrap();
    assert!(!connection.facts().capabilities.extended);
    assert_eq!(words(&connection.deliver(&message(&["a@mx.test"], "x\r\n")).await), ["delivered"]);
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn refusals_are_told_with_the_servers_words() {
    for (greeting, ehlo, helo, expected) in [
        ("554 5.7.1 your address is listed", "", "", "554 5.7.1 your address is listed"),
        ("421 busy", "", "", "421 busy"),
        ("220 hi", "451 later", "", "451 later"),
        ("220 hi", "550 no", "550 5.7.1 never", "550 5.7.1 never"),
    ] {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.say(greeting).await;
            if !ehlo.is_empty() {
                peer.ask("EHLO client.test", ehlo).await;
            }
            if !helo.is_empty() {
                peer.ask("HELO client.test", helo).await;
            }
            peer.closed().await;
        })
        .await;
        match open(&server.hop()).await {
            Err(OpenFailure::Greeting(reply)) => assert_eq!(reply.to_string(), expected),
            other => panic!("{other:?}"),
        }
        server.done().await;
    }
}

/// RFC 2033 §4.1: there is no HELO to fall back to.
#[tokio::test]
async fn lmtp_has_no_helo() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.say("220 lmtp").await;
        peer.ask("LHLO client.test", "500 what?").await;
        peer.closed().await;
    })
    .await;
    let mut hop = server.hop();
    hop.lmtp = true;
    assert!(matches!(open(&hop).await, Err(OpenFailure::Greeting(reply)) if reply.code.get() == 500));
    server.done().await;
}

#[tokio::test]
async fn what_is_no_session_is_told_by_its_step() {
    // Silence, an end, and a server that speaks before it is asked.
    for (octets, expected) in [
        ("220 hi", (Stage::Greeting, "the peer closed the connection")),
        ("220 hi\r\n", (Stage::Ehlo, "the peer closed the connection")),
        ("220 hi\r\n250 hello to you\r\n", (Stage::Ehlo, "the peer sent a reply before the command")),
        ("SSH-2.0-server\r\n", (Stage::Greeting, "the line has no reply code")),
    ] {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.send(octets.as_bytes()).await;
            if expected.1.contains("closed") && octets.ends_with('\n') {
                peer.expect("EHLO client.test").await;
            }
        })
        .await;
        let (stage, text) = broken_at(&open(&server.hop()).await.unwrap_err());
        assert_eq!(stage, expected.0);
        let words = expected.1.replace("the line has no", "no");
        assert!(text.contains(&words), "{text}");
        server.done().await;
    }
}
