//! BDAT (RFC 3030).

use postamt_mail::server::{Security, ServerProfile, Violation};

use crate::order::dialogue;
use crate::support::{Host, profile};

fn opened(rules: ServerProfile) -> Host {
    let mut host = Host::new(rules, Security::Clear);
    host.send(b"EHLO client.test\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\n");
    host.output.clear();
    host.violations.clear();
    host
}

fn codes(host: &mut Host) -> Vec<String> {
    host.replies().iter().map(|reply| reply[..9].trim_end().to_owned()).collect()
}

#[test]
fn chunks_make_a_message() {
    let mut host = opened(profile());
    host.send(b"BDAT 14\r\nSubject: x\r\n\r\nBDAT 7\r\n.\r\nQUITBDAT 2 LAST\r\n\r\nNOOP\r\n");
    assert_eq!(codes(&mut host), ["250 2.0.0", "250 2.0.0", "250 2.6.0", "250 2.0.0"]);
    // Neither is a dot stuffing here, nor is text a command.
    assert_eq!(host.messages[0].content, "Subject: x\r\n\r\n.\r\nQUIT\r\n");
    assert!(host.violations.is_empty());
}

#[test]
fn an_empty_last_chunk_ends_and_a_missing_line_end_is_added() {
    let mut host = opened(profile());
    host.send(b"BDAT 3\r\na\r\nBDAT 1\r\nbBDAT 0 LAST\r\n");
    assert_eq!(codes(&mut host), ["250 2.0.0", "250 2.0.0", "250 2.6.0"]);
    assert_eq!(host.messages[0].content, "a\r\nb\r\n");
}

#[test]
fn a_crlf_may_be_torn_by_two_chunks() {
    let mut host = opened(profile());
    host.send(b"BDAT 2\r\na\rBDAT 1 LAST\r\n\n");
    assert_eq!(codes(&mut host), ["250 2.0.0", "250 2.6.0"]);
    assert_eq!(host.messages[0].content, "a\r\n");
    let mut host = opened(profile());
    host.send(b"BDAT 2\r\na\rBDAT 1 LAST\r\nb");
    assert_eq!(codes(&mut host), ["250 2.0.0", "550 5.6.0"]);
    let mut host = opened(profile());
    host.send(b"BDAT 2 LAST\r\na\r");
    assert_eq!(codes(&mut host), ["550 5.6.0"]);
}

#[test]
fn other_commands_between_chunks() {
    let mut host = opened(profile());
    host.send(b"BDAT 3\r\na\r\n");
    host.replies();
    dialogue(
        &mut host,
        &[
            ("MAIL FROM:<>", "503 5.5.1"),
            ("RCPT TO:<c@example.test>", "503 5.5.1"),
            ("DATA", "503 5.5.1"),
            ("NOOP", "250"),
            ("RSET", "250"),
            ("MAIL FROM:<>", "250"),
        ],
    );
    assert!(host.messages.is_empty());
}

#[test]
fn behind_a_failed_chunk_all_others_fail_and_are_swallowed() {
    let mut host = opened(profile());
    host.send(b"BDAT 4\r\na\nb\nBDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nRSET\r\nNOOP\r\n");
    assert_eq!(codes(&mut host), ["550 5.6.0", "503 5.5.1", "503 5.5.1", "250 2.0.0"]);
    assert_eq!(
        (host.violations.as_slice(), host.closed),
        ([Violation::BareLineEndingInData].as_slice(), false)
    );
    assert!(host.messages.is_empty());
}

#[test]
fn unwanted_chunks_are_swallowed_before_the_reply() {
    let mut host = Host::new(profile(), Security::Clear);
    host.send(b"EHLO client.test\r\n");
    host.replies();
    host.send(b"BDAT 6 LAST\r\nQU");
    assert_eq!(codes(&mut host), Vec::<String>::new());
    host.send(b"IT\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
    assert_eq!(codes(&mut host), ["503 5.5.1", "250 2.1.0", "554 5.5.1", "250 2.0.0"]);
}

#[test]
fn too_large_in_chunks() {
    let mut host = opened(ServerProfile { size_limit: 10, ..profile() });
    host.send(b"BDAT 10\r\n12345678\r\nBDAT 3\r\na\r\nBDAT 3 LAST\r\na\r\n");
    assert_eq!(codes(&mut host), ["250 2.0.0", "552 5.3.4", "503 5.5.1"]);
}

#[test]
fn a_size_that_cannot_be_read_ends_the_session() {
    for line in ["BDAT", "BDAT x", "BDAT -1", "BDAT 10 NOTLAST", "BDAT 99999999999999999999", "BDAT 1 LAST 2"]
    {
        let mut host = opened(profile());
        host.send(format!("{line}\r\nMAIL FROM:<x@example.test>\r\n").as_bytes());
        assert_eq!(codes(&mut host), ["501 5.5.4"], "{line}");
        assert_eq!((host.violations.as_slice(), host.closed), ([Violation::UnframedChunk].as_slice(), true));
    }
}
