//! STARTTLS and implicit TLS: what each policy demands, what it forgives, and what it never does.

use std::sync::Arc;
use std::time::Duration;

use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    CertificateProblem, Connection, Hop, OpenFailure, Stage, TlsContext, TlsFailure, TlsPolicy, Verify,
};
use rustls::HandshakeKind;

use crate::support::{Authority, Door, MODERN, Peer, Server, broken_at, message, open, words};

const WITH_TLS: &str = "250-mx.test\r\n250-SIZE 1\r\n250-AUTH PLAIN\r\n250 STARTTLS";

async fn starttls(door: &Door) -> Peer {
    let mut peer = door.accept().await;
    peer.greet(WITH_TLS).await;
    peer.ask("STARTTLS", "220 2.0.0 go").await;
    peer
}

fn hop(server: &Server, tls: TlsPolicy) -> Hop {
    let mut hop = server.hop();
    hop.host = Some("mx.test".parse().unwrap());
    hop.tls = tls;
    hop
}

fn webpki(names: &[&str]) -> Verify {
    Verify::WebPki { names: names.iter().map(|name| (*name).to_owned()).collect(), extra_roots: None }
}

#[tokio::test]
async fn opportunistic_tls_takes_any_certificate_and_forgets_what_was_said_before() {
    let acceptor = Authority::new().issue(&["other.test"]).acceptor();
    let server = Server::start(move |door| async move {
        let mut peer = starttls(&door).await.secure(&acceptor).await;
        peer.ask("EHLO client.test", "250-mx.test\r\n250 8BITMIME").await;
        peer.ask("MAIL FROM:<sender@client.test>", "250 ok").await;
        peer.ask("RCPT TO:<a@mx.test>", "250 ok").await;
        peer.ask("DATA", "354 go").await;
        assert_eq!(peer.content().await, "..x\r\n.\r\n");
        peer.say("250 ok").await;
        peer.quit().await;
    })
    .await;
    let mut connection = open(&hop(&server, TlsPolicy::Opportunistic)).await.unwrap();
    let facts = connection.facts();
    assert_eq!((facts.capabilities.size, facts.capabilities.mechanisms.len()), (None, 0));
    let tls = facts.tls.clone().unwrap();
    assert_eq!((tls.version, tls.verified), ("TLSv1.3", false));
    assert!(tls.cipher.starts_with("TLS_AES_"), "{}", tls.cipher);
    assert_eq!(tls.certificate_names, ["other.test"]);
    assert!(tls.problem.unwrap().to_string().contains("not trusted"));
    assert_eq!(facts.tls_fallback, None);
    assert_eq!(words(&connection.deliver(&message(&["a@mx.test"], ".x\r\n")).await), ["delivered"]);
    connection.quit().await;
    server.done().await;
}

/// Opens with these demands a session at a server that shows a certificate for `names`.
async fn judged(demand: &[&str], names: &[&str], expired: bool) -> Result<bool, TlsFailure> {
    let authority = Authority::new();
    let identity = authority.issue_with(names, |params| {
        if expired {
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        }
    });
    let acceptor = identity.acceptor();
    let server = Server::start(move |door| async move {
        let mut peer = starttls(&door).await.secure(&acceptor).await;
        // A client that does not like the certificate says nothing more.
        let _ = peer.hear_or_end().await;
        let _ = peer.try_say(MODERN).await;
    })
    .await;
    let context = TlsContext::with_roots([authority.root.clone()]);
    let hop = hop(&server, TlsPolicy::Required(webpki(demand)));
    let result = Connection::open(&SystemDialer, &context, &hop).await;
    let verdict = match &result {
        Ok(connection) => Ok(connection.facts().tls.as_ref().unwrap().verified),
        Err(OpenFailure::Tls(failure)) => Err(failure.clone()),
        Err(other) => panic!("{other:?}"),
    };
    drop(result);
    server.done().await;
    verdict
}

#[tokio::test]
async fn a_policy_is_satisfied_by_the_right_certificate_only() {
    assert_eq!(judged(&["mx.test"], &["mx.test"], false).await, Ok(true));
    assert_eq!(judged(&["a.test", "mx.test"], &["www.test", "mx.test"], false).await, Ok(true));
    assert_eq!(judged(&["*.hoster.test"], &["mx1.hoster.test"], false).await, Ok(true));
    assert_eq!(judged(&["mx.hoster.test"], &["*.hoster.test"], false).await, Ok(true));
    for (demand, names) in
        [("mx.test", "other.test"), ("*.hoster.test", "a.b.hoster.test"), ("*.hoster.test", "hoster.test")]
    {
        let expected = CertificateProblem::HostMismatch {
            expected: vec![demand.to_owned()],
            found: vec![names.to_owned()],
        };
        assert_eq!(judged(&[demand], &[names], false).await, Err(TlsFailure::Certificate(expected)));
    }
    let expired = judged(&["mx.test"], &["mx.test"], true).await;
    assert!(matches!(expired, Err(TlsFailure::Certificate(CertificateProblem::Expired(_)))), "{expired:?}");
}

#[tokio::test]
async fn a_root_of_the_relay_counts_for_the_relay() {
    let authority = Authority::new();
    let acceptor = authority.issue(&["mx.test"]).acceptor();
    let untrusted = acceptor.clone();
    let server = Server::start(move |door| async move {
        let mut peer = door.accept_tls(&acceptor).await;
        peer.greet(MODERN).await;
        peer.quit().await;
        let mut peer = door.accept_tls(&untrusted).await;
        let _ = peer.try_say("220 mx.test").await;
        peer.closed().await;
    })
    .await;
    let names = vec!["mx.test".to_owned()];
    let extra_roots = Some(Arc::new(vec![authority.root.clone()]));
    let with_root = TlsPolicy::Implicit(Verify::WebPki { names, extra_roots });
    let connection = open(&hop(&server, with_root)).await.unwrap();
    assert!(connection.facts().tls.as_ref().unwrap().verified);
    connection.quit().await;
    let failure = open(&hop(&server, TlsPolicy::Implicit(webpki(&["mx.test"])))).await.unwrap_err();
    assert!(
        matches!(failure, OpenFailure::Tls(TlsFailure::Certificate(CertificateProblem::NotTrusted(_)))),
        "{failure:?}"
    );
    server.done().await;
}

#[tokio::test]
async fn demanded_tls_that_is_not_offered_ends_the_session() {
    let server = Server::start(|door| async move {
        for offers in [MODERN, WITH_TLS] {
            let mut peer = door.accept().await;
            peer.greet(offers).await;
            if offers == WITH_TLS {
                peer.ask("STARTTLS", "454 4.7.0 not today").await;
            }
            peer.closed().await;
        }
    })
    .await;
    let hop = hop(&server, TlsPolicy::Required(Verify::Encrypt));
    assert!(matches!(open(&hop).await, Err(OpenFailure::TlsUnavailable)));
    assert!(matches!(open(&hop).await, Err(OpenFailure::Tls(TlsFailure::Refused(_)))));
    server.done().await;
}

#[tokio::test]
async fn opportunistic_tls_goes_on_when_starttls_is_refused() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(WITH_TLS).await;
        peer.ask("STARTTLS", "454 4.7.0 not today").await;
        peer.quit().await;
    })
    .await;
    let connection = open(&hop(&server, TlsPolicy::Opportunistic)).await.unwrap();
    let reason = connection.facts().tls_fallback.clone().unwrap();
    assert!(reason.contains("454 4.7.0 not today"), "{reason}");
    connection.quit().await;
    server.done().await;
}

/// What follows the 220 in the same packet came unprotected; it must not become the answer to EHLO under TLS.
#[tokio::test]
async fn replies_injected_behind_starttls_end_the_session() {
    for tls in [TlsPolicy::Opportunistic, TlsPolicy::Required(Verify::Encrypt)] {
        let server = Server::start(|door| async move {
            let mut peer = door.accept().await;
            peer.greet(WITH_TLS).await;
            peer.expect("STARTTLS").await;
            peer.send(b"220 go\r\n250-mx.test\r\n250 AUTH PLAIN\r\n").await;
            peer.closed().await;
        })
        .await;
        let failure = open(&hop(&server, tls)).await.unwrap_err();
        assert!(matches!(failure, OpenFailure::Protocol(_)), "{failure:?}");
        assert_eq!(broken_at(&failure).0, Stage::StartTls);
        server.done().await;
    }
}

/// One connection on which the handshake fails in its own way, and then one without TLS.
async fn falls_back(garbage: &'static [u8], expected: &str) {
    let server = Server::start(move |door| async move {
        let mut first = starttls(&door).await;
        first.send(garbage).await;
        let mut second = door.accept().await;
        second.greet(WITH_TLS).await;
        second.quit().await;
        drop(first);
    })
    .await;
    let mut hop = hop(&server, TlsPolicy::Opportunistic);
    hop.timeouts.tls = Duration::from_millis(100);
    let connection = open(&hop).await.unwrap();
    assert!(connection.facts().tls.is_none());
    let reason = connection.facts().tls_fallback.clone().unwrap();
    assert!(reason.contains(expected), "{reason}");
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn opportunistic_tls_that_stalls_or_fails_is_followed_by_one_try_without() {
    falls_back(b"", "stalled").await;
    // A fatal alert: handshake_failure.
    falls_back(b"\x15\x03\x03\x00\x02\x02\x28", "handshake failed").await;
}

/// Some firewalls let EHLO through and choke on STARTTLS.
#[tokio::test]
async fn a_connection_that_dies_over_starttls_counts_as_failed_tls() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet(WITH_TLS).await;
        peer.expect("STARTTLS").await;
        drop(peer);
        let mut peer = door.accept().await;
        peer.greet(WITH_TLS).await;
        peer.quit().await;
    })
    .await;
    let connection = open(&hop(&server, TlsPolicy::Opportunistic)).await.unwrap();
    assert!(connection.facts().tls_fallback.is_some());
    connection.quit().await;
    server.done().await;
}

#[tokio::test]
async fn demanded_tls_that_stalls_is_followed_by_nothing() {
    for tls in [TlsPolicy::Required(Verify::Encrypt), TlsPolicy::Required(webpki(&["mx.test"]))] {
        let server = Server::start(|door| async move {
            let peer = starttls(&door).await;
            // The next one to come is the test itself.
            let mut next = door.accept().await;
            next.expect("it is me").await;
            drop(peer);
        })
        .await;
        let mut hop = hop(&server, tls);
        hop.timeouts.tls = Duration::from_millis(50);
        assert!(matches!(open(&hop).await, Err(OpenFailure::Tls(TlsFailure::Stalled))));
        let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"it is me\r\n").await.unwrap();
        server.done().await;
    }
}

/// A certificate that is not the server's own: worth nothing as proof, and still better than no encryption.
#[tokio::test]
async fn a_server_that_cannot_prove_its_certificate_is_encrypted_to_and_never_verified() {
    let authority = Authority::new();
    let mut identity = authority.issue(&["mx.test"]);
    identity.key = authority.issue(&["mx.test"]).key;
    let acceptor = identity.acceptor();
    let server = Server::start(move |door| async move {
        starttls(&door).await.fail_to_secure(&acceptor).await;
        let mut peer = starttls(&door).await.secure(&acceptor).await;
        peer.ask("EHLO client.test", MODERN).await;
        peer.quit().await;
        // Where the name must be proven, the first failure is the last.
        starttls(&door).await.fail_to_secure(&acceptor).await;
    })
    .await;
    let context = TlsContext::with_roots([authority.root.clone()]);
    let lax = hop(&server, TlsPolicy::Opportunistic);
    let connection = Connection::open(&SystemDialer, &context, &lax).await.unwrap();
    let tls = connection.facts().tls.clone().unwrap();
    assert!(!tls.verified);
    assert!(tls.problem.unwrap().to_string().contains("could not prove"));
    connection.quit().await;
    let strict = hop(&server, TlsPolicy::Required(webpki(&["mx.test"])));
    let failure = Connection::open(&SystemDialer, &context, &strict).await.unwrap_err();
    assert!(matches!(failure, OpenFailure::Tls(TlsFailure::Unusable(_))), "{failure:?}");
    server.done().await;
}

#[tokio::test]
async fn sessions_are_resumed_and_still_judged() {
    let authority = Authority::new();
    let acceptor = authority.issue(&["mx.test"]).acceptor();
    let server = Server::start(move |door| async move {
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let stream = acceptor.accept(door.socket().await).await.unwrap();
            assert_eq!(stream.get_ref().1.handshake_kind(), Some(expected));
            let mut peer = Peer::new(stream);
            peer.greet(MODERN).await;
            peer.quit().await;
        }
        let mut peer = door.accept_tls(&acceptor).await;
        peer.closed().await;
    })
    .await;
    let context = TlsContext::with_roots([authority.root.clone()]);
    let good = hop(&server, TlsPolicy::Implicit(webpki(&["mx.test"])));
    for _ in 0..2 {
        let connection = Connection::open(&SystemDialer, &context, &good).await.unwrap();
        assert!(connection.facts().tls.as_ref().unwrap().verified);
        connection.quit().await;
    }
    let other = hop(&server, TlsPolicy::Implicit(webpki(&["other.test"])));
    let failure = Connection::open(&SystemDialer, &context, &other).await.unwrap_err();
    assert!(matches!(failure, OpenFailure::Tls(TlsFailure::Certificate(_))), "{failure:?}");
    server.done().await;
}

#[tokio::test]
async fn requiretls_goes_to_an_authenticated_server_that_offers_it() {
    let authority = Authority::new();
    let acceptor = authority.issue(&["mx.test"]).acceptor();
    let server = Server::start(move |door| async move {
        let mut peer = starttls(&door).await.secure(&acceptor).await;
        peer.ask("EHLO client.test", "250-mx.test\r\n250 REQUIRETLS").await;
        peer.ask("MAIL FROM:<sender@client.test> REQUIRETLS", "250 ok").await;
        peer.ask("RCPT TO:<a@mx.test>", "250 ok").await;
        peer.ask("DATA", "354 go").await;
        peer.content().await;
        peer.say("250 ok").await;
        peer.quit().await;
        let mut peer = starttls(&door).await.secure(&acceptor).await;
        peer.ask("EHLO client.test", "250-mx.test\r\n250 REQUIRETLS").await;
        peer.quit().await;
    })
    .await;
    let mut transaction = message(&["a@mx.test"], "x\r\n");
    transaction.require_tls = true;
    for (roots, expected) in [(vec![authority.root.clone()], "delivered"), (vec![], "impossible 5.7.30")] {
        let context = TlsContext::with_roots(roots);
        let hop = hop(&server, TlsPolicy::Opportunistic);
        let mut connection = Connection::open(&SystemDialer, &context, &hop).await.unwrap();
        assert_eq!(words(&connection.deliver(&transaction).await), [expected]);
        connection.quit().await;
    }
    server.done().await;
}
