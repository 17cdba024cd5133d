//! The delivery machine against peers that answer anything at all. The dialogues with sense in them are tested
//! with sockets, in `crates/net/tests/smtp`.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::envelope::{BodyType, Recipient};
use crate::reply::{Reply, ReplyCode};

fn transaction(recipients: usize) -> Transaction {
    Transaction {
        sender: Some("s@client.test".parse().unwrap()),
        recipients: (0..recipients)
            .map(|number| Recipient::new(format!("r{number}@mx.test").parse().unwrap()))
            .collect(),
        content: vec![Bytes::from_static(b"Subject: x\r\n\r\nx\r\n")],
        ..Transaction::default()
    }
}

fn offers(keywords: &[&str]) -> Capabilities {
    let mut lines = vec!["mx.test".to_owned()];
    lines.extend(keywords.iter().map(|keyword| (*keyword).to_owned()));
    Capabilities::from_ehlo(Reply::plain(250, lines))
}

fn session(capabilities: &Capabilities, lmtp: bool) -> SessionFacts<'_> {
    SessionFacts {
        capabilities,
        lmtp,
        authenticated_peer: false,
        framing: Framing::Chunk,
        needs_reset: false,
    }
}

/// Runs the machine with these codes for replies; returns the outcome and all that it sent.
fn run(mut delivery: Delivery<'_>, codes: &[u16]) -> (Outcome, String) {
    let mut codes = codes.iter();
    let (mut out, mut sent) = (Vec::new(), Vec::new());
    loop {
        let action = delivery.next(&mut out);
        sent.append(&mut out);
        match action {
            Action::Done => break,
            Action::Content(_) => sent.extend_from_slice(b"<content>\r\n"),
            Action::Read(_) => match codes.next() {
                Some(code) => {
                    let frame = format!("{code} word\r\n");
                    delivery.handle(ReplyCode::new(*code).unwrap(), frame.as_bytes());
                }
                None => delivery.abandon(Problem::Closed),
            },
        }
    }
    (delivery.finish(), String::from_utf8(sent).unwrap())
}

#[test]
fn groups_hold_a_hundred_commands() {
    let (transaction, offers) = (transaction(150), offers(&["PIPELINING"]));
    let mut delivery = Delivery::new(&transaction, &session(&offers, false));
    let mut out = Vec::new();
    assert_eq!(delivery.next(&mut out), Action::Read(Stage::Mail));
    assert_eq!(out.iter().filter(|octet| **octet == b'\n').count(), 100);
    out.clear();
    for _ in 0..100 {
        delivery.handle(ReplyCode::new(250).unwrap(), b"250 ok\r\n");
    }
    assert_eq!(delivery.next(&mut out), Action::Read(Stage::Recipient));
    // The remaining 51 recipients, and DATA with them.
    assert_eq!(out.iter().filter(|octet| **octet == b'\n').count(), 52);
    assert!(out.ends_with(b"DATA\r\n"));
}

#[test]
fn a_refused_sender_spares_the_later_groups() {
    let (transaction, offers) = (transaction(150), offers(&["PIPELINING"]));
    let delivery = Delivery::new(&transaction, &session(&offers, false));
    let (outcome, sent) = run(delivery, &[&[550_u16][..], &[503; 99]].concat());
    assert_eq!(sent.lines().count(), 100);
    assert!(outcome.recipients.iter().all(|recipient| matches!(
        recipient,
        RecipientOutcome::Refused { stage: Stage::Mail, reply } if reply.code.get() == 550
    )));
    assert_eq!(outcome.connection, ConnectionState::Usable);
}

/// A DATA that is granted although nobody stands would leave an LMTP server without a reply to wait for.
#[test]
fn lmtp_closes_where_smtp_sends_a_lone_dot() {
    let (transaction, offers) = (transaction(1), offers(&["PIPELINING"]));
    for (lmtp, connection) in [(true, ConnectionState::Closed), (false, ConnectionState::Usable)] {
        let delivery = Delivery::new(&transaction, &session(&offers, lmtp));
        let (outcome, sent) = run(delivery, &[250, 550, 354, 250]);
        assert_eq!((outcome.connection, sent.ends_with("DATA\r\n.\r\n")), (connection, !lmtp));
        assert!(matches!(outcome.recipients[0], RecipientOutcome::Refused { stage: Stage::Recipient, .. }));
    }
}

#[test]
fn lmtp_replies_that_stop_leave_only_the_rest_uncertain() {
    let (transaction, offers) = (transaction(3), offers(&["PIPELINING"]));
    let delivery = Delivery::new(&transaction, &session(&offers, true));
    let (outcome, _) = run(delivery, &[250, 250, 550, 250, 354, 250]);
    assert!(outcome.recipients[0].is_delivered());
    assert!(matches!(outcome.recipients[1], RecipientOutcome::Refused { .. }));
    assert!(matches!(outcome.recipients[2], RecipientOutcome::Uncertain(_)));
}

/// Its 5yz is about the command, not about the message, so nothing bounces.
#[test]
fn a_server_that_does_not_know_the_bdat_it_offers_refuses_nothing() {
    let (transaction, offers) = (transaction(1), offers(&["CHUNKING"]));
    for (code, is_refusal) in [(502, false), (503, false), (550, true), (554, true)] {
        let delivery = Delivery::new(&transaction, &session(&offers, false));
        let (outcome, sent) = run(delivery, &[250, 250, code]);
        assert!(sent.contains("BDAT 17 LAST"));
        match &outcome.recipients[0] {
            RecipientOutcome::Refused { stage: Stage::EndOfData, .. } => assert!(is_refusal, "{code}"),
            RecipientOutcome::Unsent(error) => {
                assert!(!is_refusal && matches!(error.problem, Problem::UnexpectedReply(_)), "{code}");
                assert_eq!(outcome.connection, ConnectionState::Closed);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn undeclared_eight_bit_content_is_declared() {
    let offers = offers(&["8BITMIME", "PIPELINING"]);
    for (content, declared, expected) in [
        (&b"\r\n\xc3\xa4\r\n"[..], BodyType::SevenBit, "MAIL FROM:<s@client.test> BODY=8BITMIME"),
        (b"\r\nx\r\n", BodyType::EightBitMime, "MAIL FROM:<s@client.test> BODY=8BITMIME"),
        (b"\r\nx\r\n", BodyType::SevenBit, "MAIL FROM:<s@client.test>"),
    ] {
        let mut transaction = transaction(1);
        transaction.content = vec![Bytes::from_static(content)];
        transaction.body = declared;
        let (_, sent) = run(Delivery::new(&transaction, &session(&offers, false)), &[]);
        assert_eq!(sent.lines().next(), Some(expected));
    }
}

/// A body with octets above 127 does not make a header that needs SMTPUTF8.
#[test]
fn smtputf8_is_for_the_header_only() {
    let offers = offers(&["8BITMIME", "SMTPUTF8"]);
    for (content, expected) in [("Subject: ä\r\n\r\nx\r\n", true), ("Subject: a\r\n\r\nä\r\n", false)] {
        let mut transaction = transaction(1);
        transaction.content = vec![Bytes::copy_from_slice(content.as_bytes())];
        transaction.smtputf8 = true;
        let (_, sent) = run(Delivery::new(&transaction, &session(&offers, false)), &[]);
        assert_eq!(sent.contains(" SMTPUTF8"), expected, "{content}");
    }
}

proptest! {
    /// Whatever a peer answers: the machine ends, each recipient has one outcome, and nobody counts as delivered
    /// unless the content went out and was accepted.
    #[test]
    fn any_replies_lead_to_an_end(
        count in 0_usize..130,
        codes in proptest::collection::vec(
            prop_oneof![
                6 => Just(250_u16), 2 => Just(354), 1 => Just(421), 1 => Just(450), 1 => Just(550), 1 => 200_u16..600
            ],
            0..300,
        ),
        pipelining in any::<bool>(),
        chunking in any::<bool>(),
        lmtp in any::<bool>(),
        needs_reset in any::<bool>(),
    ) {
        let mut keywords = vec!["SIZE"];
        keywords.extend(pipelining.then_some("PIPELINING"));
        keywords.extend(chunking.then_some("CHUNKING"));
        let (transaction, offers) = (transaction(count), offers(&keywords));
        let facts = SessionFacts { needs_reset, ..session(&offers, lmtp) };
        let (outcome, sent) = run(Delivery::new(&transaction, &facts), &codes);
        prop_assert_eq!(outcome.recipients.len(), count);
        let content_went_out = sent.contains("<content>");
        for recipient in &outcome.recipients {
            let may_have_arrived =
                matches!(recipient, RecipientOutcome::Delivered(_) | RecipientOutcome::Uncertain(_));
            prop_assert!(content_went_out || !may_have_arrived);
            if let RecipientOutcome::Delivered(reply) = recipient {
                prop_assert!(reply.code.is_success());
            }
        }
    }
}
