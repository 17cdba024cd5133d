//! AUTH (RFC 4954).

use postamt_mail::reply::Reply;
use postamt_mail::server::{Mechanism, Phase, Security, Server, ServerProfile, Step, Violation};

use crate::order::dialogue;
use crate::support::{Host, profile};

const GOOD: &str = "AHVzZXJAdGVzdHNlcnZlcgBzZWNyZXRwYXNzd29yZA==";
const WRONG: &str = "AHVzZXJAdGVzdHNlcnZlcgB3cm9uZ3Bhc3N3b3Jk";

fn host() -> Host {
    let mut host = Host::new(ServerProfile { auth_required: true, ..profile() }, Security::Tls);
    host.command("EHLO client.test");
    host
}

#[test]
fn plain_with_and_without_an_initial_response() {
    let mut host = host();
    dialogue(
        &mut host,
        &[
            ("MAIL FROM:<a@example.test>", "530 5.7.0"),
            (&format!("AUTH PLAIN {WRONG}"), "535 5.7.8"),
            ("AUTH plain", "334"),
            (GOOD, "235 2.7.0"),
            ("AUTH PLAIN", "503 5.5.1"),
            ("MAIL FROM:<a@example.test>", "250"),
        ],
    );
    assert_eq!(host.server.protocol(false), "ESMTPSA");
    assert!(host.steps.iter().all(|step| !step.contains("secret")));
}

#[test]
fn login_asks_twice() {
    let mut host = host();
    dialogue(
        &mut host,
        &[
            ("AUTH LOGIN", "334 VXNlcm5hbWU6"),
            ("dXNlckB0ZXN0c2VydmVy", "334 UGFzc3dvcmQ6"),
            ("c2VjcmV0cGFzc3dvcmQ=", "235"),
        ],
    );
    let mut host = self::host();
    dialogue(
        &mut host,
        &[("AUTH LOGIN dXNlckB0ZXN0c2VydmVy", "334 UGFzc3dvcmQ6"), ("c2VjcmV0cGFzc3dvcmQ=", "235")],
    );
}

#[test]
fn a_client_may_change_its_mind() {
    let mut host = host();
    dialogue(
        &mut host,
        &[
            ("AUTH LOGIN", "334"),
            ("*", "501 5.7.0"),
            ("NOOP", "250"),
            ("AUTH PLAIN", "334"),
            ("not base64!", "501 5.5.2"),
            ("AUTH PLAIN not!", "501 5.5.2"),
            ("AUTH CRAM-MD5", "504 5.5.4"),
            ("AUTH SCRAM-SHA-256", "504 5.5.4"),
            ("AUTH", "501 5.5.4"),
            ("AUTH PLAIN =", "501 5.5.2"),
        ],
    );
    assert_eq!(host.server.phase(), Phase::Command);
}

#[test]
fn never_in_clear_and_never_in_a_transaction() {
    let mut host = Host::new(profile(), Security::Clear);
    host.command("EHLO client.test");
    assert!(host.command(&format!("AUTH PLAIN {GOOD}")).starts_with("538 5.7.11"));
    assert!(host.steps.is_empty(), "the driver never sees what came in clear");
    let mut host = Host::new(profile(), Security::Tls);
    host.command("EHLO client.test");
    dialogue(&mut host, &[("MAIL FROM:<>", "250"), ("AUTH PLAIN", "503 5.5.1")]);
    let mut host = Host::new(ServerProfile { mechanisms: Vec::new(), ..profile() }, Security::Tls);
    host.command("EHLO client.test");
    assert!(host.command("AUTH PLAIN").starts_with("502 5.5.1"));
}

#[test]
fn long_responses() {
    let mut host = host();
    // Decodes to no login, but fits.
    assert!(host.command(&format!("AUTH PLAIN {}", "AAAA".repeat(3_000))).starts_with("501 5.5.2"));
    assert!(host.command(&format!("AUTH PLAIN {}", "AAAA".repeat(3_100))).starts_with("500 5.5.6"));
    host.command("AUTH PLAIN");
    assert!(host.command(&"A".repeat(13_000)).starts_with("500 5.5.6"));
    assert!(host.command("NOOP").starts_with("250"), "the exchange is over");
    assert_eq!(host.violations, [Violation::LineTooLong; 2]);
}

#[test]
fn guessing_ends_the_session() {
    let mut host = host();
    for _ in 0..4 {
        assert!(host.command(&format!("AUTH PLAIN {WRONG}")).starts_with("535"));
    }
    host.output.clear();
    host.send(format!("AUTH PLAIN {WRONG}\r\nAUTH PLAIN {GOOD}\r\n").as_bytes());
    let replies = host.replies();
    assert_eq!(replies.len(), 2);
    assert!(replies[0].starts_with("535") && replies[1].starts_with("421 4.7.0"));
    assert!(host.closed && !host.server.is_authenticated());
}

#[test]
fn last_words_of_the_server_come_before_235() {
    let mechanisms = vec![Mechanism::ScramSha256];
    let rules = ServerProfile { mechanisms, ..profile() };
    for (line, is_good) in [("\r\n", true), ("eA==\r\n", false)] {
        let mut server = Server::new(std::sync::Arc::new(rules.clone()), Security::Tls);
        server.greet();
        let mut input = bytes::BytesMut::from("EHLO x\r\n");
        assert!(matches!(server.advance(&mut input), Step::NeedInput));
        input.extend_from_slice(b"AUTH scram-sha-256 bixhPWI=\r\n");
        let step = server.advance(&mut input);
        let Step::Authenticate { mechanism: Mechanism::ScramSha256, initial: Some(first) } = step else {
            panic!("{step:?}");
        };
        assert_eq!(first, b"n,a=b");
        server.output().clear();
        server.authentication_final(b"v=abc");
        assert_eq!(server.output(), b"334 dj1hYmM=\r\n");
        assert_eq!(server.phase(), Phase::Authentication);
        input.extend_from_slice(line.as_bytes());
        let step = server.advance(&mut input);
        if is_good {
            assert!(matches!(step, Step::AuthenticateResponse(response) if response.is_empty()));
            server.authenticated(Reply::new(235, (2, 7, 0), "Ok"));
        } else {
            assert!(matches!(step, Step::NeedInput));
        }
        assert_eq!(server.is_authenticated(), is_good);
    }
}
