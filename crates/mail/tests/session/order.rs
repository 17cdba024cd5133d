//! Which command may come when (RFC 5321 §4.1.4), and what each is answered.

use postamt_mail::reply::Reply;
use postamt_mail::server::{Phase, Security, Server, ServerProfile, Step, Violation};

use crate::support::{Host, profile};

fn host() -> Host {
    let mut host = Host::new(profile(), Security::Clear);
    host.output.clear();
    host
}

/// Each line with the beginning of the reply that it gets.
pub fn dialogue(host: &mut Host, lines: &[(&str, &str)]) {
    for (line, expected) in lines {
        let reply = host.command(line);
        assert!(reply.starts_with(expected), "{line:?}: {expected:?}, not {reply:?}");
    }
}

#[test]
fn a_message_goes_through() {
    let mut host = host();
    dialogue(
        &mut host,
        &[
            ("EHLO client.test", "250-mail.example.test"),
            ("MAIL FROM:<a@example.test> SIZE=100 BODY=8BITMIME", "250 2.1.0"),
            ("RCPT TO:<b@example.test>", "250 2.1.5"),
            ("rcpt to:<c@example.test>", "250 2.1.5"),
            ("DATA", "354 "),
        ],
    );
    assert_eq!(host.server.phase(), Phase::DataBlock);
    dialogue(&mut host, &[("Subject: x\r\n\r\n..dot\r\n.", "250 2.6.0"), ("QUIT", "221 2.0.0")]);
    assert!(host.closed);
    let message = &host.messages[0];
    assert_eq!(message.content, "Subject: x\r\n\r\n.dot\r\n");
    let recipients: Vec<_> = message.envelope.recipients.iter().map(|r| r.address.to_string()).collect();
    assert_eq!(recipients, ["b@example.test", "c@example.test"]);
    assert_eq!(message.longest_line, 10);
}

#[test]
fn out_of_order() {
    dialogue(
        &mut host(),
        &[
            ("MAIL FROM:<a@example.test>", "503 5.5.1"),
            ("RCPT TO:<a@example.test>", "503 5.5.1"),
            ("DATA", "503 5.5.1"),
            ("EHLO client.test", "250-"),
            ("RCPT TO:<a@example.test>", "503 5.5.1"),
            ("DATA", "503 5.5.1"),
            ("MAIL FROM:<>", "250"),
            ("MAIL FROM:<a@example.test>", "503 5.5.1"),
            ("DATA", "554 5.5.1"),
            ("RSET", "250 2.0.0"),
            ("MAIL FROM:<a@example.test>", "250"),
            ("RCPT TO:<a@example.test>", "250"),
            ("EHLO client.test", "250-"),
            ("DATA", "503 5.5.1"),
        ],
    );
}

#[test]
fn commands_without_a_state() {
    dialogue(
        &mut host(),
        &[
            ("NOOP", "250 2.0.0"),
            ("noop with words", "250 2.0.0"),
            ("HELP", "214 2.0.0"),
            ("VRFY postmaster", "252 2."),
            ("VRFY", "501 5.5.4"),
            ("EXPN list", "502 5.5.1"),
            ("ETRN example.test", "502 5.5.1"),
            ("WHATISTHIS", "500 5.5.1"),
            ("", "500 5.5.1"),
            ("RSET now", "501 5.5.4"),
            ("DATA now", "501 5.5.4"),
            ("QUIT now", "501 5.5.4"),
            ("LHLO client.test", "500 5.5.1"),
            ("HELO client.test", "250 mail.example.test"),
            ("RSET  ", "250 2.0.0"),
        ],
    );
}

#[test]
fn parameters_are_judged() {
    let mut host = host();
    host.command("EHLO client.test");
    dialogue(
        &mut host,
        &[
            ("MAIL FROM:<a@example.test> FOO=bar", "555 5.5.4"),
            ("MAIL FROM:<a@example.test> BODY=BINARYMIME", "555 5.5.4"),
            ("MAIL FROM:<a@example.test> REQUIRETLS", "555 5.5.4"),
            ("MAIL FROM:<a@example.test> SIZE=1 SIZE=1", "555 5.5.4"),
            ("MAIL FROM:<a@example.test> SIZE=x", "501 5.5.4"),
            ("MAIL FROM:<a@example.test> SIZE", "501 5.5.4"),
            ("MAIL FROM:<a@example.test> RET=SOME", "501 5.5.4"),
            ("MAIL FROM:<a@example.test> ENVID=a=b", "501 5.5.4"),
            ("MAIL FROM:<a@example.test> SMTPUTF8=1", "501 5.5.4"),
            ("MAIL FROM:<a@example.test>SIZE=1", "501 5.1.7"),
            ("MAIL FROM:<ü@example.test>", "553 5.6.7"),
            ("MAIL FROM:<a@example.test> RET=HDRS ENVID=Q+2B1 AUTH=<>", "250"),
            ("RCPT TO:<b@example.test> NOTIFY=NEVER,DELAY", "501 5.5.4"),
            ("RCPT TO:<b@example.test> NOTIFY=", "501 5.5.4"),
            ("RCPT TO:<b@example.test> ORCPT=b@example.test", "501 5.5.4"),
        ],
    );
}

#[test]
fn recipients_are_judged() {
    let mut host = host();
    host.command("EHLO client.test");
    host.command("MAIL FROM:<a@example.test>");
    dialogue(
        &mut host,
        &[
            ("RCPT TO:<>", "501 5.1.3"),
            ("RCPT TO:<b>", "501 5.1.3"),
            ("RCPT TO:<b@-bad.test>", "501 5.1.2"),
            ("RCPT TO:<@relay.test:b@example.test>", "501 5.1.3"),
            ("RCPT TO:<b@example.test> FOO=1", "555 5.5.4"),
            ("RCPT TO:<b@example.test> NOTIFY=DELAY NOTIFY=DELAY", "555 5.5.4"),
            ("RCPT TO:<ü@example.test>", "553 5.6.7"),
            ("RCPT TO:<\"a> b\"@example.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bx@example.test", "250"),
            ("RCPT TO:<Postmaster>", "250"),
            ("DATA", "354"),
            (".", "250"),
        ],
    );
    let recipients = &host.messages[0].envelope.recipients;
    assert_eq!(recipients[0].address.local(), "\"a> b\"");
    assert!(recipients[0].explicit_notify && recipients[0].notify.success && !recipients[0].notify.delay);
    assert_eq!(recipients[0].original.as_deref(), Some("rfc822;b+2Bx@example.test"));
    assert_eq!(recipients[1].address.to_string(), "postmaster@mail.example.test");
    assert!(host.messages[0].content.is_empty());
}

#[test]
fn the_driver_decides() {
    let mut server = Server::new(std::sync::Arc::new(profile()), Security::Clear);
    server.greet();
    let mut input = bytes::BytesMut::from(
        "EHLO x\r\nMAIL FROM:<a@b.test>\r\nMAIL FROM:<c@b.test>\r\nRCPT TO:<d@b.test>\r\n",
    );
    assert!(matches!(server.advance(&mut input), Step::Violation(Violation::Pipelining)));
    assert!(matches!(server.advance(&mut input), Step::Mail(_)));
    assert_eq!(server.phase(), Phase::Answer);
    // It waits for the answer, whatever else is there.
    assert!(matches!(server.advance(&mut input), Step::NeedInput));
    server.answer(Reply::new(550, (5, 7, 1), "Not you"));
    assert!(!server.is_in_transaction());
    let Step::Mail(request) = server.advance(&mut input) else { panic!("the second MAIL") };
    assert_eq!(request.sender.map(|sender| sender.to_string()), Some("c@b.test".to_owned()));
    server.answer(Reply::new(250, (2, 1, 0), "Ok"));
    assert!(server.is_in_transaction());
    assert!(matches!(server.advance(&mut input), Step::Recipient(_)));
    server.answer(Reply::new(450, (4, 2, 1), "Later"));
    input.extend_from_slice(b"DATA\r\n");
    server.output().clear();
    assert!(matches!(server.advance(&mut input), Step::NeedInput));
    assert_eq!(server.output(), b"554 5.5.1 No valid recipients\r\n");
    server.close(Reply::new(421, (4, 3, 2), "Shutting down"));
    assert!(matches!(server.advance(&mut input), Step::Close));
    assert!(!server.is_in_transaction());
    assert_eq!(server.phase(), Phase::Closed);
}

#[test]
fn a_421_of_the_driver_ends_the_session() {
    let mut server = Server::new(std::sync::Arc::new(profile()), Security::Clear);
    server.greet();
    let mut input = bytes::BytesMut::from("HELO x\r\nMAIL FROM:<a@b.test>\r\n");
    while !matches!(server.advance(&mut input), Step::Mail(_)) {}
    server.answer(Reply::new(421, (4, 3, 2), "Shutting down"));
    assert!(matches!(server.advance(&mut input), Step::Close));
}

#[test]
fn who_speaks_first_is_noted() {
    let mut server = Server::new(std::sync::Arc::new(profile()), Security::Clear);
    let mut input = bytes::BytesMut::from("EHLO x\r\n");
    assert!(matches!(server.advance(&mut input), Step::Violation(Violation::EarlyTalker)));
    assert!(matches!(server.advance(&mut input), Step::NeedInput));
    server.refuse(Reply::new(554, (5, 7, 1), "Wait for the greeting"));
    assert!(matches!(server.advance(&mut input), Step::Close));
    assert_eq!(server.output(), b"554 5.7.1 Wait for the greeting\r\n");
}

#[test]
fn other_protocols_are_shown_the_door() {
    for line in
        ["GET / HTTP/1.1", "POST /x HTTP/1.1", "CONNECT a.test:25 HTTP/1.1", "Host: mail.example.test"]
    {
        let mut host = host();
        assert!(host.command(line).starts_with("554 5.7.0"), "{line}");
        assert_eq!(
            (host.violations.as_slice(), host.closed),
            ([Violation::ForeignProtocol].as_slice(), true)
        );
    }
    let mut host = host();
    host.send(b"\x16\x03\x01\x02\x00\x01");
    assert!(host.replies()[0].starts_with("554 5.5.1"));
    assert_eq!((host.violations.as_slice(), host.closed), ([Violation::UnexpectedTls].as_slice(), true));
}

#[test]
fn only_crlf_ends_a_command() {
    let mut host = host();
    host.send(b"EHLO client.test\nMAIL FROM:<a@example.test>\r\n");
    let replies = host.replies();
    assert_eq!(replies.len(), 1);
    assert!(replies[0].starts_with("500 5.5.2"));
    assert_eq!((host.violations.as_slice(), host.closed), ([Violation::BareLineEnding].as_slice(), true));
    let mut host = self::host();
    host.command("EHLO client.test");
    dialogue(
        &mut host,
        &[
            ("NOOP\rMAIL FROM:<a@example.test>", "500 5.5.2"),
            ("NOOP\0", "500 5.5.2"),
            ("NO\u{7}OP", "500 5.5.2"),
            ("NOOP", "250"),
        ],
    );
    assert_eq!(host.violations, [Violation::BareLineEnding, Violation::NulOctet]);
    host.send(b"MAIL FROM:<\xFF@example.test> SMTPUTF8\r\n");
    assert!(host.replies()[0].starts_with("500 5.5.2"));
}

#[test]
fn lmtp_answers_for_each_recipient() {
    let mut host = Host::new(ServerProfile { lmtp: true, ..profile() }, Security::Clear);
    host.replies();
    dialogue(
        &mut host,
        &[
            ("EHLO client.test", "500 5.5.1"),
            ("HELO client.test", "500 5.5.1"),
            ("LHLO client.test", "250-"),
            ("MAIL FROM:<a@example.test>", "250"),
            ("DATA", "503 5.5.1"),
            ("RCPT TO:<b@example.test>", "250"),
            ("RCPT TO:<c@example.test>", "250"),
            ("DATA", "354"),
        ],
    );
    host.send(b"Subject: x\r\n\r\n.\r\n");
    assert_eq!(host.replies().len(), 2);
    assert_eq!(host.server.protocol(false), "LMTP");
    // One that the session itself refuses, too (RFC 2033 §4.2).
    host.send(b"MAIL FROM:<>\r\nRCPT TO:<b@example.test>\r\nRCPT TO:<c@example.test>\r\nDATA\r\n");
    host.replies();
    host.send(b"bare\ncr\r\n.\r\n");
    let replies = host.replies();
    assert_eq!(replies.len(), 2, "{replies:?}");
    assert!(replies.iter().all(|reply| reply.starts_with("550 5.6.0")));
}

#[test]
fn lmtp_replies_may_differ() {
    let mut server =
        Server::new(std::sync::Arc::new(ServerProfile { lmtp: true, ..profile() }), Security::Clear);
    server.greet();
    let script = "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nRCPT TO:<c@b.test>\r\nRCPT TO:<d@b.test>\r\nDATA\r\n.\r\n";
    let mut input = bytes::BytesMut::from(script);
    loop {
        match server.advance(&mut input) {
            Step::Mail(_) | Step::Recipient(_) => server.answer(Reply::new(250, (2, 0, 0), "Ok")),
            Step::Message(_) => break,
            Step::Violation(_) => {}
            step => panic!("{step:?}"),
        }
    }
    server.output().clear();
    server.answer_each(vec![Reply::new(250, (2, 0, 0), "Ok"), Reply::new(452, (4, 2, 2), "Full")]);
    let text = String::from_utf8(server.output().clone()).unwrap();
    assert_eq!(text, "250 2.0.0 Ok\r\n452 4.2.2 Full\r\n452 4.2.2 Full\r\n");
}
