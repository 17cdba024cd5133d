//! The scanner, address fields, trace fields and the preparation of messages.

use bytes::Bytes;
use proptest::prelude::*;

use super::prepare::{Prepare, Prepared, prepare};
use super::received::{Peer, Protocol, Received};
use super::*;
use crate::address::Address;

fn names(content: &str) -> Vec<&str> {
    Message::split(content.as_bytes()).fields.into_iter().map(|field| field.name).collect()
}

#[test]
fn fields_folding_and_body() {
    let content = b"From: a@x.test\r\nSubject: one\r\n two\r\n\tthree\r\nEmpty:\r\nObsolete : x\r\n\r\nBody: not a field\r\n";
    let section = Message::split(content);
    assert_eq!(section.fields.len(), 4);
    let subject = section.find("SUBJECT").unwrap();
    assert_eq!(subject.octets(), b"Subject: one\r\n two\r\n\tthree\r\n");
    assert_eq!(subject.value_octets(), b" one\r\n two\r\n\tthree");
    assert_eq!(subject.text(), "one two\tthree");
    assert_eq!(section.find("Empty").unwrap().value_octets(), b"");
    assert_eq!(section.find("obsolete").unwrap().text(), "x");
    assert_eq!(section.body(), b"Body: not a field\r\n");
    assert!(section.has_blank_line());
}

#[test]
fn header_sections_that_are_none() {
    assert_eq!(names(""), [""; 0]);
    assert_eq!(names("\r\nFrom: a@x.test\r\n"), [""; 0]);
    assert_eq!(names(" From: a@x.test\r\n"), [""; 0]);
    assert_eq!(names("no field\r\nFrom: a@x.test\r\n"), [""; 0]);
    assert_eq!(names(": x\r\n"), [""; 0]);
    assert_eq!(names("Gr\u{fc}\u{df}e: x\r\n"), [""; 0]);
    assert_eq!(names("From: a@x.test"), ["From"]);
    assert_eq!(names("From"), [""; 0]);
    let section = Message::split(b"From: a@x.test\r\nstray line\r\nTo: b@x.test\r\n\r\nbody");
    assert_eq!(section.fields.len(), 1);
    assert!(!section.has_blank_line());
    assert_eq!(section.body(), b"stray line\r\nTo: b@x.test\r\n\r\nbody");
    let section = Message::split(b"From: a@x.test\n\nbare line feeds\n");
    assert_eq!((section.fields.len(), section.body()), (1, &b"bare line feeds\n"[..]));
}

#[test]
fn identifiers() {
    assert_eq!(message_id(b" <a.b@x.test>\r\n"), Some("<a.b@x.test>"));
    assert_eq!(message_id(b" (comment) <a@x.test> more"), Some("<a@x.test>"));
    assert_eq!(message_id(b"a@x.test"), None);
    assert_eq!(message_id(b"<>"), None);
    assert_eq!(message_id(b"<a b@x.test>"), None);
}

#[test]
fn address_fields() {
    let check = |value: &str, expected: &[&str], malformed: usize| {
        let list = mailboxes(value);
        let found: Vec<_> = list.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{value}");
        assert_eq!(list.malformed, malformed, "{value}");
    };
    check("a@x.test", &["a@x.test"], 0);
    check(" Jo Q. Public <jo@x.test>, \"Doe, J <d@y.test>\" <j@x.test>", &["jo@x.test", "j@x.test"], 0);
    check("=?utf-8?q?J=C3=BCrgen?=\r\n <j@X.Test>", &["j@x.test"], 0);
    check("Team: a@x.test, B <b@x.test>;, c@x.test", &["a@x.test", "b@x.test", "c@x.test"], 0);
    check("undisclosed-recipients:;", &[], 0);
    check("(a (nested\\)) comment) a@x.test (b@y.test)", &["a@x.test"], 0);
    check("a . b (x) @ x . test", &["a.b@x.test"], 0);
    check("\"j\u{f6}rg\" <jörg@müller.test>", &["jörg@xn--mller-kva.test"], 0);
    check("\"john\"@x.test", &["john@x.test"], 0);
    check("\"john doe\"@x.test", &["\"john doe\"@x.test"], 0);
    check("a@[192.0.2.1]", &["a@[192.0.2.1]"], 0);
    check(", ,a@x.test,", &["a@x.test"], 0);
    // What a display name says is no address, and what stands behind the brackets is an error.
    check("\"ceo@bank.test\" <a@x.test>", &["a@x.test"], 0);
    check("ceo@bank.test <a@x.test>", &["a@x.test"], 0);
    check("<a@x.test> b@y.test", &[], 1);
    check("<a@x.test> <b@y.test>", &[], 1);
    check("a@x.test b@y.test", &[], 1);
    check("a b@x.test", &[], 1);
    check("<@relay.test,@other.test:a@x.test>", &[], 1);
    check("<a@x.test", &[], 1);
    check("<>", &[], 1);
    check("no address", &[], 1);
    check("a@x.test, nonsense", &["a@x.test"], 1);
    check("\"open <a@x.test>", &[], 1);
    check("(open a@x.test", &[], 1);
    // Where one reader sees a comment or the name of a group, another sees a second address.
    check("a@x.test (open, ceo@bank.test", &[], 1);
    check("ceo@bank.test: a@x.test;", &[], 1);
    check("ceo@bank.test:;", &[], 1);
    assert_eq!(mailboxes("ceo@bank.test <a@x.test>").posing, address_list("ceo@bank.test"));
    assert_eq!(mailboxes("\"ceo@bank.test\" <a@x.test>").posing, []);
    check(")", &[], 1);
    check("a@x.test)", &[], 1);
    check("", &[], 0);
}

fn prepared(content: &[u8]) -> Prepared {
    prepare(
        &Bytes::copy_from_slice(content),
        Prepare {
            hostname: "mail.sender.test",
            queue_id: "01h2x3y4z5a6b",
            now: 1_790_000_000,
            add_message_id_and_date: true,
            received: "Received: by us\r\n".into(),
        },
    )
}

fn text(prepared: &Prepared) -> String {
    let octets = prepared.pieces.concat();
    assert_eq!(octets.len(), prepared.size);
    String::from_utf8(octets).unwrap()
}

#[test]
fn a_complete_message_keeps_its_octets() {
    let content =
        b"From: a@x.test\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@x.test>\r\n\r\nHi\r\n";
    let prepared = prepared(content);
    assert_eq!(text(&prepared), format!("Received: by us\r\n{}", std::str::from_utf8(content).unwrap()));
    assert_eq!(prepared.pieces.len(), 2, "ours, and the message in one slice");
    assert_eq!(prepared.message_id.as_deref(), Some("<1@x.test>"));
    assert_eq!(prepared.from, [Address::new("a@x.test").unwrap()]);
    assert_eq!((prepared.from_fields, prepared.from_malformed, prepared.received_count), (1, 0, 0));
    assert!(!prepared.has_eight_bit_header && !prepared.has_eight_bit_body);
}

#[test]
fn what_is_missing_is_added_and_what_is_secret_removed() {
    let prepared = prepared(
        b"Return-Path: <x@x.test>\r\nBCC: secret@x.test,\r\n more@x.test\r\nFrom: a@x.test\r\nReceived: 1\r\n\
          resent-bcc: s@x.test\r\nReceived: 2\r\nSender: s@x.test\r\nBcc:\r\n\r\nBcc: stays\r\n",
    );
    assert_eq!(
        text(&prepared),
        "Received: by us\r\nFrom: a@x.test\r\nReceived: 1\r\nReceived: 2\r\nSender: s@x.test\r\n\
         Date: Mon, 21 Sep 2026 14:13:20 +0000\r\nMessage-ID: <6ab13b80.01h2x3y4z5a6b@mail.sender.test>\r\n\
         \r\nBcc: stays\r\n"
    );
    assert_eq!(prepared.message_id.as_deref(), Some("<6ab13b80.01h2x3y4z5a6b@mail.sender.test>"));
    assert_eq!(prepared.received_count, 2);
    assert_eq!(prepared.sender, Some(Address::new("s@x.test").unwrap()));
}

#[test]
fn broken_messages_become_well_formed() {
    let added =
        "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\nMessage-ID: <6ab13b80.01h2x3y4z5a6b@mail.sender.test>\r\n";
    for (content, expected) in [
        ("", format!("{added}\r\n")),
        ("\r\nbody\r\n", format!("{added}\r\nbody\r\n")),
        ("just text\r\n", format!("{added}\r\njust text\r\n")),
        ("From: a@x.test", format!("From: a@x.test\r\n{added}\r\n")),
        ("From: a@x.test\r\n", format!("From: a@x.test\r\n{added}\r\n")),
        ("From: a@x.test\r\nstray\r\n", format!("From: a@x.test\r\n{added}\r\nstray\r\n")),
        ("From: a@x.test\r\n\r\nno end", format!("From: a@x.test\r\n{added}\r\nno end\r\n")),
        ("Bcc: a@x.test", format!("{added}\r\n")),
    ] {
        let prepared = prepared(content.as_bytes());
        let text = text(&prepared);
        assert_eq!(text, format!("Received: by us\r\n{expected}"), "{content:?}");
        assert!(Message::split(text.as_bytes()).has_blank_line());
    }
}

#[test]
fn a_relay_adds_nothing_but_its_trace() {
    let content = Bytes::from_static(b"From: a@x.test\r\n\r\nHi\r\n");
    let options = Prepare {
        hostname: "mail.sender.test",
        queue_id: "1",
        now: 0,
        add_message_id_and_date: false,
        received: String::new(),
    };
    let prepared = prepare(&content, options);
    assert_eq!(prepared.pieces, [content]);
    assert_eq!(prepared.message_id, None);
}

#[test]
fn the_facts_about_octets() {
    let prepared = prepared("From: a@x.test\r\nSubject: Grüße\r\n\r\nköln\r\n1234567890\r\n12345".as_bytes());
    assert!(prepared.has_eight_bit_header && prepared.has_eight_bit_body);
    assert_eq!(prepared.longest_line, 16);
    assert_eq!(self::prepared(b"From: a@x.test\r\n\r\n12345678901234567890").longest_line, 20);
}

#[test]
fn trace_fields() {
    let recipient = Address::new("b@y.test").unwrap();
    let protocol =
        |tls, authenticated, utf8| Protocol { extended: true, tls, authenticated, utf8, lmtp: false };
    assert_eq!(Protocol::default().to_string(), "SMTP");
    assert_eq!(protocol(false, false, false).to_string(), "ESMTP");
    assert_eq!(protocol(true, true, false).to_string(), "ESMTPSA");
    assert_eq!(protocol(true, true, true).to_string(), "UTF8SMTPSA");
    let submission = Received {
        from: None,
        by: "mail.sender.test",
        protocol: Some(protocol(true, true, false)),
        tls: Some(("TLS1.3", "TLS_AES_256_GCM_SHA384")),
        id: "01h2x3y4z5a6b",
        recipient: Some(&recipient),
        now: 1_790_000_000,
    };
    assert_eq!(
        submission.field(),
        "Received: by mail.sender.test (Postamt) with ESMTPSA id 01h2x3y4z5a6b\r\n\
         \t(TLS1.3 TLS_AES_256_GCM_SHA384)\r\n\tfor <b@y.test>;\r\n\tMon, 21 Sep 2026 14:13:20 +0000\r\n"
    );
    let peer = Peer {
        greeting: "evil)\r\nX: y (",
        address: "2001:db8::1".parse().unwrap(),
        name: Some("mx.x.test"),
    };
    let relayed = Received {
        from: Some(peer),
        protocol: Some(protocol(false, false, false)),
        tls: None,
        recipient: None,
        ..submission
    };
    assert_eq!(
        relayed.field(),
        "Received: from evil???X:?y?? (mx.x.test [IPv6:2001:db8::1])\r\n\
         \tby mail.sender.test (Postamt) with ESMTP id 01h2x3y4z5a6b;\r\n\tMon, 21 Sep 2026 14:13:20 +0000\r\n"
    );
}

/// Messages of the pieces on which the scanner turns.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"From: "[..],
        b"Bcc:",
        b"Message-ID:<",
        b"Date: x",
        b"Received:",
        b"a@x.test",
        b"\r\n",
        b"\r\n ",
        b"\r",
        b"\n",
        b"\t",
        b" ",
        b":",
        b">",
        b"\"",
        b"(",
        b")",
        b"\\",
        b",",
        b";",
        b"\xff",
        b"\xc3\xa4",
        b"[",
        b"<",
        b"",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn fields_and_body_are_the_message(content in anything()) {
        let section = Message::split(&content);
        let mut position = 0;
        for field in &section.fields {
            prop_assert_eq!(field.raw.start, position);
            position = field.raw.end;
            prop_assert!(field.value.end <= field.raw.end && field.value.start <= field.value.end);
            prop_assert_eq!(Message::split(field.octets()).fields.len(), 1);
        }
        prop_assert_eq!(section.end, position);
        prop_assert!(matches!(&content[section.end..section.body_start], b"" | b"\n" | b"\r\n"));
    }

    #[test]
    fn what_is_prepared_is_well_formed_and_stays_so(content in anything()) {
        let first = prepared(&content);
        let octets = first.pieces.concat();
        let section = Message::split(&octets);
        prop_assert!(section.has_blank_line());
        prop_assert!(section.find("Bcc").is_none());
        prop_assert_eq!(section.count("Date"), Message::split(&content).count("Date").max(1));
        prop_assert_eq!(section.count("Received"), first.received_count + 1);
        let from = section.addresses("From");
        prop_assert_eq!([from.addresses, from.posing].concat(), first.from);
        // A second server adds its trace and nothing else.
        let second = prepared(&octets).pieces.concat();
        prop_assert_eq!(second, [&b"Received: by us\r\n"[..], &octets].concat());
    }

    #[test]
    fn addresses_are_never_made_up(value in anything()) {
        for address in mailboxes(&value).addresses {
            prop_assert_eq!(Address::new(&address.to_string()), Ok(address));
        }
    }
}
