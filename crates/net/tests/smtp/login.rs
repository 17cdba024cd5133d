//! AUTH: the strongest mechanism, the server's proof, refusals, and never in the clear.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postamt_mail::sasl::scram::{self, BindingKind, ChannelBinding, EXPORTER_LABEL, ServerStart};
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    ClearLogin, Connection, Credentials, Hop, Mechanism, OpenFailure, Secret, TlsContext, TlsPolicy, Verify,
};
use tokio_rustls::TlsAcceptor;

use crate::support::{Authority, Door, Peer, Server, open};

fn with_login(mut hop: Hop, without_tls: ClearLogin) -> Hop {
    hop.credentials =
        Some(Credentials { login: "user".to_owned(), password: Secret::new("pencil"), without_tls });
    hop
}

async fn outcome(
    offers: &'static str,
    script: &'static [(&'static str, &'static str)],
) -> Result<Mechanism, OpenFailure> {
    let server = Server::start(move |door| async move {
        let mut peer = door.accept().await;
        peer.greet(&format!("250-mx.test\r\n250 AUTH {offers}")).await;
        for (command, reply) in script {
            peer.ask(command, reply).await;
        }
    })
    .await;
    let result = open(&with_login(server.hop(), ClearLogin::Allow)).await;
    server.done().await;
    result.map(|connection| connection.facts().authenticated.unwrap())
}

#[tokio::test]
async fn plain_and_login() {
    // NUL user NUL pencil
    let plain = &[("AUTH PLAIN AHVzZXIAcGVuY2ls", "235 2.7.0 welcome")];
    assert_eq!(outcome("LOGIN PLAIN", plain).await.unwrap(), Mechanism::Plain);
    let login = &[("AUTH LOGIN", "334 VXNlcm5hbWU6"), ("dXNlcg==", "334 Password:"), ("cGVuY2ls", "235 ok")];
    assert_eq!(outcome("LOGIN", login).await.unwrap(), Mechanism::Login);
}

#[tokio::test]
async fn refusals() {
    let refused = &[("AUTH PLAIN AHVzZXIAcGVuY2ls", "535 5.7.8 no")];
    match outcome("PLAIN", refused).await {
        Err(OpenFailure::Authentication(reply)) => assert_eq!(reply.to_string(), "535 5.7.8 no"),
        other => panic!("{other:?}"),
    }
    let none = outcome("GSSAPI NTLM", &[]).await;
    assert!(matches!(none, Err(OpenFailure::Login(_))), "{none:?}");
}

#[tokio::test]
async fn a_password_never_goes_out_in_the_clear() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250 AUTH PLAIN").await;
        peer.closed().await;
    })
    .await;
    let hop = with_login(server.hop(), ClearLogin::Refuse);
    assert!(!format!("{hop:?}").contains("pencil"));
    assert!(matches!(open(&hop).await, Err(OpenFailure::LoginNeedsTls)));
    server.done().await;
}

/// A SCRAM server; `password` is what it believes the password to be.
async fn scram(peer: &mut Peer, password: &str, plus: Option<ChannelBinding>) {
    let mechanism = if plus.is_some() { Mechanism::ScramSha256Plus } else { Mechanism::ScramSha256 };
    let line = peer.hear().await;
    let initial = line.strip_prefix(&format!("AUTH {mechanism} ")).unwrap().to_owned();
    let bindings: Vec<_> = plus.clone().into_iter().collect();
    let decode = |text: &str| STANDARD.decode(text).unwrap();
    let start = ServerStart::parse(&decode(&initial), mechanism, plus.is_some(), &bindings).unwrap();
    assert_eq!(start.user(), "user");
    let keys = scram::derive(password, b"some salt of ours", 4_096).unwrap();
    let (last, challenge) = start.challenge(keys, "a-nonce-of-the-server").unwrap();
    peer.say(&format!("334 {}", STANDARD.encode(challenge))).await;
    match last.finish(&decode(&peer.hear().await)) {
        Ok(proof) => {
            peer.say(&format!("334 {}", STANDARD.encode(proof))).await;
            peer.ask("", "235 2.7.0 welcome").await;
        }
        Err(_) => peer.say("535 5.7.8 wrong").await,
    }
}

#[tokio::test]
async fn scram_proves_both_sides() {
    for (password, succeeds) in [("pencil", true), ("crayon", false)] {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.greet("250-mx.test\r\n250 AUTH PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS").await;
            // Without TLS there is nothing to bind to, so -PLUS is not for us.
            scram(&mut peer, password, None).await;
        })
        .await;
        let result = open(&with_login(server.hop(), ClearLogin::Allow)).await;
        server.done().await;
        match (result, succeeds) {
            (Ok(connection), true) => {
                assert_eq!(connection.facts().authenticated, Some(Mechanism::ScramSha256));
            }
            (Err(OpenFailure::Authentication(reply)), false) => assert_eq!(reply.code.get(), 535),
            (other, _) => panic!("{other:?}"),
        }
    }
}

/// RFC 5802 §5: a server that says yes without its own proof does not know the password.
#[tokio::test]
async fn a_server_without_proof_is_not_believed() {
    let server = Server::start(|door| async move {
        let mut peer = door.accept().await;
        peer.greet("250-mx.test\r\n250 AUTH SCRAM-SHA-256").await;
        peer.hear().await;
        peer.say("235 2.7.0 come in").await;
    })
    .await;
    let result = open(&with_login(server.hop(), ClearLogin::Allow)).await;
    assert!(matches!(result, Err(OpenFailure::Login(_))), "{result:?}");
    server.done().await;
}

async fn scram_plus(door: Door, acceptor: TlsAcceptor, kind: BindingKind, certificate_hash: Vec<u8>) {
    let socket = door.socket().await;
    let stream = acceptor.accept(socket).await.unwrap();
    let data = match kind {
        BindingKind::TlsExporter => {
            stream.get_ref().1.export_keying_material([0; 32], EXPORTER_LABEL, Some(b"")).unwrap().to_vec()
        }
        BindingKind::TlsServerEndPoint => certificate_hash,
    };
    let mut peer = Peer::new(stream);
    peer.greet("250-mx.test\r\n250 AUTH PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS").await;
    scram(&mut peer, "pencil", Some(ChannelBinding { kind, data })).await;
    peer.quit().await;
}

#[tokio::test]
async fn under_tls_scram_is_bound_to_the_channel() {
    let authority = Authority::new();
    for (version, kind) in [
        (&rustls::version::TLS13, BindingKind::TlsExporter),
        (&rustls::version::TLS12, BindingKind::TlsServerEndPoint),
    ] {
        let identity = authority.issue(&["mx.test"]);
        let hash =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &identity.chain[0]).as_ref().to_vec();
        let acceptor = identity.acceptor_with(&[version]);
        let server = Server::start(move |door| scram_plus(door, acceptor, kind, hash)).await;
        let mut hop = with_login(server.hop(), ClearLogin::Refuse);
        hop.tls = TlsPolicy::Implicit(Verify::Encrypt);
        let connection = Connection::open(&SystemDialer, &TlsContext::with_roots([]), &hop).await.unwrap();
        assert_eq!(connection.facts().authenticated, Some(Mechanism::ScramSha256Plus));
        connection.quit().await;
        server.done().await;
    }
}
