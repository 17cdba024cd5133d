//! What EHLO offers, TLS, and what TLS makes of the session.

use postamt_mail::envelope::{BodyType, ReturnContent};
use postamt_mail::server::{Mechanism, Phase, Security, ServerProfile, Violation};

use crate::order::dialogue;
use crate::support::{Host, profile};

fn offered(host: &mut Host) -> Vec<String> {
    host.output.clear();
    host.send(b"EHLO client.test\r\n");
    let replies = host.replies();
    replies[0].split_inclusive("\r\n").skip(1).map(|line| line[4..].trim_end().to_owned()).collect()
}

#[test]
fn clear_and_tls_offer_what_they_may() {
    let mut host = Host::new(profile(), Security::Clear);
    let clear = offered(&mut host);
    let common = [
        "PIPELINING",
        "SIZE 1048576",
        "8BITMIME",
        "SMTPUTF8",
        "DSN",
        "CHUNKING",
        "ENHANCEDSTATUSCODES",
        "LIMITS RCPTMAX=100",
    ];
    assert!(common.iter().all(|name| clear.iter().any(|line| line == name)), "{clear:?}");
    assert!(clear.iter().any(|line| line == "STARTTLS"));
    assert!(
        !clear.iter().any(|line| line.starts_with("AUTH") || line == "REQUIRETLS" || line == "BINARYMIME")
    );
    host.command("STARTTLS");
    let tls = offered(&mut host);
    assert!(common.iter().all(|name| tls.iter().any(|line| line == name)), "{tls:?}");
    assert!(tls.iter().any(|line| line == "AUTH PLAIN LOGIN"));
    assert!(tls.iter().any(|line| line == "REQUIRETLS"));
    assert!(!tls.iter().any(|line| line == "STARTTLS"));
}

#[test]
fn a_local_session_has_no_login() {
    let rules = ServerProfile { local: true, auth_required: true, starttls: false, ..profile() };
    let mut host = Host::new(rules, Security::Clear);
    assert!(!offered(&mut host).iter().any(|line| line.starts_with("AUTH") || line == "STARTTLS"));
    dialogue(
        &mut host,
        &[("AUTH PLAIN", "503 5.5.1"), ("STARTTLS", "502 5.5.1"), ("MAIL FROM:<a@example.test>", "250")],
    );
}

#[test]
fn tls_forgets_everything() {
    let mut host = Host::new(profile(), Security::Clear);
    host.command("EHLO client.test");
    host.command("MAIL FROM:<a@example.test>");
    host.command("RCPT TO:<b@example.test>");
    dialogue(&mut host, &[("STARTTLS now", "501 5.5.4"), ("STARTTLS", "220 2.0.0")]);
    assert_eq!((host.handshakes, host.server.phase()), (1, Phase::Command));
    assert_eq!((host.server.hello(), host.server.is_in_transaction()), (None, false));
    dialogue(
        &mut host,
        &[
            ("DATA", "503 5.5.1"),
            ("MAIL FROM:<a@example.test>", "503 5.5.1"),
            ("STARTTLS", "503 5.5.1"),
            ("EHLO client.test", "250-"),
            ("MAIL FROM:<a@example.test> REQUIRETLS", "250"),
        ],
    );
    assert_eq!(host.server.protocol(false), "ESMTPS");
}

#[test]
fn what_was_pipelined_behind_starttls_is_thrown_away() {
    let mut host = Host::new(profile(), Security::Clear);
    host.command("EHLO client.test");
    host.output.clear();
    host.send(b"NOOP\r\nSTARTTLS\r\nRSET\r\nMAIL FROM:<evil@example.test>\r\nEHLO");
    let replies = host.replies();
    assert_eq!(replies.len(), 2, "{replies:?}");
    assert!(replies[1].starts_with("220"));
    assert_eq!(host.violations, [Violation::PipelinedBeforeTls]);
    assert!(host.command("NOOP").starts_with("250"), "the half line before is gone, too");
}

#[test]
fn where_tls_is_a_must() {
    let rules = ServerProfile { starttls_required: true, auth_required: true, ..profile() };
    let mut host = Host::new(rules, Security::Clear);
    host.replies();
    dialogue(
        &mut host,
        &[
            ("EHLO client.test", "250-"),
            ("MAIL FROM:<a@example.test>", "530 5.7.0"),
            ("RCPT TO:<a@example.test>", "530 5.7.0"),
            ("DATA", "530 5.7.0"),
            ("VRFY a", "530 5.7.0"),
            ("AUTH PLAIN", "538 5.7.11"),
            ("NOOP", "250"),
            ("HELP", "214"),
            ("STARTTLS", "220"),
            ("EHLO client.test", "250-"),
            ("MAIL FROM:<a@example.test>", "530 5.7.0"),
        ],
    );
}

#[test]
fn the_envelope_keeps_what_was_said() {
    let mut host = Host::new(profile(), Security::Tls);
    host.command("EHLO client.test");
    dialogue(
        &mut host,
        &[
            ("MAIL FROM:<jörg@bücher.test> SMTPUTF8 REQUIRETLS RET=FULL ENVID=QQ314159 BODY=8BITMIME", "250"),
            ("RCPT TO:<zoë@example.test> NOTIFY=NEVER ORCPT=utf-8;zoë@example.test", "250"),
            ("DATA", "354"),
            ("Subject: ü\r\n\r\n.", "250"),
        ],
    );
    let envelope = &host.messages[0].envelope;
    assert_eq!(envelope.sender.as_ref().map(ToString::to_string), Some("jörg@xn--bcher-kva.test".to_owned()));
    assert!(envelope.smtputf8 && envelope.require_tls);
    assert_eq!(envelope.body, BodyType::EightBitMime);
    assert_eq!(envelope.return_content, Some(ReturnContent::Full));
    assert_eq!(envelope.envelope_id.as_deref(), Some("QQ314159"));
    assert_eq!(envelope.recipients[0].original.as_deref(), Some("utf-8;zoë@example.test"));
    assert_eq!(host.server.protocol(true), "UTF8SMTPS");
}

#[test]
fn undeclared_eight_bit_is_marked() {
    let mut host = Host::new(profile(), Security::Clear);
    host.command("EHLO client.test");
    host.send(b"MAIL FROM:<>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n");
    host.send("Subject: x\r\n\r\nGrüße\r\n.\r\n".as_bytes());
    assert_eq!(host.messages[0].envelope.body, BodyType::EightBitMime);
    host.send(b"MAIL FROM:<>\r\nRCPT TO:<b@example.test>\r\nDATA\r\nplain\r\n.\r\n");
    assert_eq!(host.messages[1].envelope.body, BodyType::SevenBit);
}

#[test]
fn mechanisms_come_in_the_operators_order() {
    let mechanisms = vec![Mechanism::ScramSha256Plus, Mechanism::ScramSha256, Mechanism::Plain];
    let mut host = Host::new(ServerProfile { mechanisms, ..profile() }, Security::Tls);
    assert!(offered(&mut host).iter().any(|line| line == "AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN"));
}
