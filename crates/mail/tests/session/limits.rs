//! Sizes and counts.

use postamt_mail::server::{Security, ServerProfile, Violation};

use crate::order::dialogue;
use crate::support::{Host, profile};

fn host_with(rules: ServerProfile) -> Host {
    let mut host = Host::new(rules, Security::Clear);
    host.replies();
    host.command("EHLO client.test");
    host
}

fn message(host: &mut Host, content: &str) -> String {
    host.send(b"MAIL FROM:<>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n");
    host.output.clear();
    host.send(content.as_bytes());
    host.send(b".\r\n");
    let replies = host.replies();
    assert_eq!(replies.len(), 1, "{replies:?}");
    replies[0].trim_end().to_owned()
}

#[test]
fn declared_and_real_size() {
    let mut host = host_with(ServerProfile { size_limit: 1_000, ..profile() });
    dialogue(
        &mut host,
        &[
            ("MAIL FROM:<> SIZE=1001", "552 5.3.4"),
            ("MAIL FROM:<> SIZE=99999999999999999999", "552 5.3.4"),
            ("MAIL FROM:<> SIZE=1000", "250"),
            ("RSET", "250"),
        ],
    );
    let line = format!("{}\r\n", "x".repeat(98));
    assert!(message(&mut host, &line.repeat(10)).starts_with("250"));
    assert!(message(&mut host, &format!("{}y\r\n", line.repeat(10))).starts_with("552 5.3.4"));
    // Stuffed dots are not part of the message (RFC 1870 §5).
    assert!(message(&mut host, &format!("..{}", line.repeat(10).split_at(1).1)).starts_with("250"));
    assert!(message(&mut host, "Subject: x\r\n").starts_with("250"), "the session goes on");
    assert_eq!(host.messages.len(), 3);
    assert_eq!(host.messages[0].content.len(), 1_000);
}

#[test]
fn a_message_that_is_much_too_large_is_read_to_its_end() {
    let mut host = host_with(ServerProfile { size_limit: 1_000, ..profile() });
    let lines = "x".repeat(98) + "\r\n";
    assert!(message(&mut host, &lines.repeat(20_000)).starts_with("552 5.3.4"));
    assert!(host.command("NOOP").starts_with("250"));
}

#[test]
fn header_section() {
    let mut host = host_with(ServerProfile { header_limit: 200, ..profile() });
    let field = "X-Field: some text of forty octets here\r\n";
    assert!(message(&mut host, &format!("{}\r\n{}", field.repeat(4), field.repeat(40))).starts_with("250"));
    assert!(message(&mut host, &format!("{}\r\nbody\r\n", field.repeat(5))).starts_with("552 5.3.4"));
    assert!(message(&mut host, &field.repeat(5)).starts_with("552 5.3.4"));
    // Text without a header section has none that could be too long.
    assert!(message(&mut host, &"some text without a header\r\n".repeat(40)).starts_with("250"));
}

#[test]
fn too_many_recipients() {
    let mut host = host_with(ServerProfile { recipient_limit: 2, ..profile() });
    dialogue(
        &mut host,
        &[
            ("MAIL FROM:<>", "250"),
            ("RCPT TO:<a@example.test>", "250"),
            ("RCPT TO:<b@example.test>", "250"),
            ("RCPT TO:<c@example.test>", "452 4.5.3"),
            ("DATA", "354"),
            (".", "250"),
        ],
    );
    assert_eq!(host.messages[0].envelope.recipients.len(), 2);
}

#[test]
fn long_lines_by_kind_of_session() {
    let long = "x".repeat(600) + " " + &"y".repeat(600);
    let in_body = format!("Subject: x\r\n\r\n{long}\r\n");
    let in_header = format!("Subject: {long}\r\n\r\nbody\r\n");

    let mut inbound = host_with(profile());
    assert!(message(&mut inbound, &in_body).starts_with("250"));
    assert_eq!(
        (inbound.messages[0].longest_line, &inbound.messages[0].content[..]),
        (1_201, in_body.as_bytes())
    );

    let mut submission = Host::new(ServerProfile { auth_required: true, ..profile() }, Security::Tls);
    submission.command("EHLO client.test");
    submission.command("AUTH PLAIN AHVzZXJAdGVzdHNlcnZlcgBzZWNyZXRwYXNzd29yZA==");
    assert!(message(&mut submission, &in_body).starts_with("550 5.6.0"));
    assert!(message(&mut submission, &in_header).starts_with("250"));
    let folded = format!("Subject: {}\r\n {}\r\n\r\nbody\r\n", "x".repeat(600), "y".repeat(600));
    assert_eq!(submission.messages[0].content, folded);

    let mut local = host_with(ServerProfile { local: true, ..profile() });
    assert!(message(&mut local, &in_body).starts_with("250"));
    let broken = format!("Subject: x\r\n\r\n{} \r\n{}\r\n", "x".repeat(600), "y".repeat(600));
    assert_eq!(local.messages[0].content, broken);
}

#[test]
fn command_lines() {
    let mut host = host_with(profile());
    assert!(host.command(&format!("NOOP {}", "x".repeat(2_041))).starts_with("250"));
    assert!(host.command(&format!("NOOP {}", "x".repeat(2_042))).starts_with("500 5.5.2"));
    assert!(host.command(&format!("NOOP {}", "x".repeat(100_000))).starts_with("500 5.5.2"));
    assert_eq!(host.violations, [Violation::LineTooLong; 2]);
    // In pieces, so that the line is read over before it ends.
    host.output.clear();
    host.send(b"NOOP ");
    for _ in 0..50 {
        host.send(&[b'x'; 1_000]);
        assert!(host.input.is_empty() || host.input.len() <= 2_048, "nothing heaps up");
    }
    host.send(b"\r");
    host.send(b"\nNOOP\r\n");
    let replies = host.replies();
    assert_eq!(replies.len(), 2, "{replies:?}");
    assert!(replies[0].starts_with("500 5.5.2") && replies[1].starts_with("250"));
    // Without any end.
    for _ in 0..1_100 {
        host.send(&[b'x'; 1_000]);
    }
    assert!(host.closed);
}

#[test]
fn too_many_errors_end_the_session() {
    let mut host = host_with(profile());
    for _ in 0..19 {
        assert!(host.command("WHAT").starts_with("500"));
    }
    assert!(host.command("WHAT").starts_with("421 4.7.0"));
    assert_eq!((host.violations.as_slice(), host.closed), ([Violation::TooManyErrors].as_slice(), true));
}

#[test]
fn idling_ends_the_session_unless_mail_comes() {
    let mut host = host_with(profile());
    for _ in 0..3 {
        for _ in 0..190 {
            assert!(host.command("NOOP").starts_with("250"));
        }
        assert!(message(&mut host, "Subject: x\r\n").starts_with("250"));
    }
    let replies: Vec<String> = (0..201).map_while(|_| (!host.closed).then(|| host.command("NOOP"))).collect();
    assert_eq!(replies.len(), 201);
    assert!(replies[200].starts_with("421 4.7.0"), "{}", replies[200]);
}

#[test]
fn guessing_names_ends_the_session_unless_mail_comes() {
    let mut host = host_with(profile());
    for _ in 0..2 {
        assert!(host.command("MAIL FROM:<>").starts_with("250"));
        for _ in 0..99 {
            assert!(host.command("RCPT TO:<refused@example.test>").starts_with("550"));
        }
        assert!(host.command("RCPT TO:<a@example.test>").starts_with("250"));
        assert!(host.command("DATA").starts_with("354"));
        assert!(host.command(".").starts_with("250"));
    }
    host.command("MAIL FROM:<>");
    for _ in 0..99 {
        host.command("RCPT TO:<refused@example.test>");
    }
    let last = host.command("RCPT TO:<refused@example.test>");
    assert!(last.starts_with("421 4.7.0"), "{last}");
    assert!(host.closed);
}
