//! Notices as they go out (snapshots), their encodings, and what refusals are taken for.

use bytes::Bytes;

use super::encode::{fold, from_xtext, quoted_printable, unstructured, utf8_address};
use super::*;
use crate::envelope::BodyType;
use crate::header::{Message, address_list};
use crate::words::words;

fn address(text: &str) -> Address {
    Address::new(text).unwrap()
}

fn report(kind: Kind, recipients: Vec<RecipientReport>) -> DeliveryReport {
    DeliveryReport {
        kind,
        language: Language::En,
        reporting_host: "mail.sender.test".into(),
        from: address("postmaster@sender.test"),
        to: address("alice@sender.test"),
        now: 1_790_000_600,
        message_id: "<6ab13d00.01h2x3y4z5a6c@mail.sender.test>".into(),
        boundary: "postamt-0123456789abcdef".into(),
        queue_id: "01h2x3y4z5a6b".into(),
        original_message_id: Some("<1@sender.test>".into()),
        arrival: 1_790_000_000,
        envelope_id: None,
        recipients,
        original: ReturnedContent::Headers(Bytes::from_static(
            b"From: alice@sender.test\r\nTo: bob@receiver.test\r\nSubject: Lunch\r\n",
        )),
    }
}

fn refused() -> RecipientReport {
    RecipientReport {
        remote: Some("mx.receiver.test".into()),
        diagnostic: Some(Reply {
            lines: vec!["The email account that you tried to reach".into(), "does not exist here.".into()],
            ..Reply::new(550, (5, 1, 1), "")
        }),
        last_attempt: Some(1_790_000_590),
        original_recipient: Some("rfc822;bob+2Bx@receiver.test".into()),
        ..RecipientReport::new(address("bob@receiver.test"), Action::Failed, EnhancedCode::new(5, 1, 1))
    }
}

fn built(report: &DeliveryReport) -> String {
    let text = String::from_utf8(report.build().pieces.concat()).unwrap();
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n']) && line.len() <= 998);
    }
    text.replace("\r\n", "\n")
}

#[test]
fn a_refusal_english_first() {
    let mut report = report(Kind::Failed, vec![refused()]);
    report.envelope_id = Some("QQ+2B314159".into());
    insta::assert_snapshot!(built(&report));
}

#[test]
fn a_refusal_german_first() {
    let mut report = report(Kind::Failed, vec![refused()]);
    report.language = Language::De;
    insta::assert_snapshot!(built(&report));
}

#[test]
fn a_delay_of_several_recipients() {
    let silent = RecipientReport {
        remote: Some("mx.silent.test".into()),
        will_retry_until: Some(1_790_432_000),
        last_attempt: Some(1_790_000_590),
        ..RecipientReport::new(address("carol@silent.test"), Action::Delayed, EnhancedCode::new(4, 4, 1))
    };
    let ours = RecipientReport {
        diagnostic: Some(Reply::new(451, (4, 7, 5), "the TLSA record of mx.secure.test does not match")),
        diagnostic_is_ours: true,
        ..silent.clone()
    };
    let ours =
        RecipientReport { address: address("dave@secure.test"), status: EnhancedCode::new(4, 7, 5), ..ours };
    insta::assert_snapshot!(built(&report(Kind::Delayed, vec![silent, ours])));
}

/// One recipient per kind of refusal: by a blocklist, by a provider, for want of a reverse name, since full.
#[test]
fn refusals_are_explained_to_sender_and_operator() {
    let refused = |host: &str, to: &str, reply: Reply| RecipientReport {
        remote: Some(host.into()),
        status: reply.enhanced.unwrap_or(EnhancedCode::new(5, 0, 0)),
        diagnostic: Some(reply),
        ..RecipientReport::new(address(to), Action::Failed, EnhancedCode::new(5, 0, 0))
    };
    let listed = "Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org";
    let telekom = "IP=192.0.2.25 - None/bad reputation. Ask your postmaster@rx.t-online.de for help. (NOWL)";
    let recipients = vec![
        refused("mx.receiver.test", "bob@receiver.test", Reply::new(554, (5, 7, 1), listed)),
        refused("mx00.t-online.de", "carol@big.test", Reply::plain(554, vec![telekom.into()])),
        refused("mx.strict.test", "dave@strict.test", Reply::new(550, (5, 7, 25), "no name")),
        refused("mx.full.test", "erin@full.test", Reply::new(552, (5, 2, 2), "Mailbox full")),
    ];
    let mut report = report(Kind::Failed, recipients);
    let text = |report: &DeliveryReport| human::text(report);
    insta::assert_snapshot!("refusals_explained_english_first", text(&report));
    report.language = Language::De;
    insta::assert_snapshot!("refusals_explained_german_first", text(&report));
}

#[test]
fn a_confirmation() {
    let delivered = RecipientReport {
        remote: Some("mx.receiver.test".into()),
        ..RecipientReport::new(address("bob@receiver.test"), Action::Delivered, EnhancedCode::new(2, 0, 0))
    };
    let mut report = report(Kind::Delivered, vec![delivered]);
    report.original = ReturnedContent::Full(vec![Bytes::from_static(b"Subject: x\r\n\r\nHi\r\n")]);
    insta::assert_snapshot!(built(&report));
}

#[test]
fn an_address_beyond_ascii_is_told_in_ascii() {
    let recipient =
        RecipientReport::new(address("jörg@müller.test"), Action::Failed, EnhancedCode::new(5, 6, 7));
    let mut report = report(Kind::Failed, vec![recipient]);
    report.original =
        ReturnedContent::Headers(Bytes::from_static("Subject: Grüße\r\nTo: jörg@müller.test\r\n".as_bytes()));
    let notice = report.build();
    assert!(notice.pieces.iter().all(|piece| piece.is_ascii()));
    assert_eq!((notice.body, notice.smtputf8), (BodyType::SevenBit, false));
    let text = built(&report);
    assert!(text.contains("\nFinal-Recipient: utf-8; j\\x{F6}rg@xn--mller-kva.test\n"), "{text}");
    assert!(
        text.contains("Content-Type: message/global-headers\nContent-Transfer-Encoding: base64\n"),
        "{text}"
    );
    assert!(text.contains("\nSubject: =?utf-8?B?"), "{text}");
}

#[test]
fn returned_messages_keep_their_encoding() {
    let encoding = |pieces: &[&'static str]| {
        let mut report = report(Kind::Failed, vec![refused()]);
        report.original =
            ReturnedContent::Full(pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect());
        let notice = report.build();
        let text = built(&report);
        let (_, part) = text.rsplit_once("Content-Type: message/").unwrap();
        let kind = part.lines().next().unwrap().to_owned();
        let encoding = part.lines().nth(1).unwrap().split_once(": ").unwrap().1.to_owned();
        let eight = notice.body == BodyType::EightBitMime;
        assert_eq!(
            eight,
            text.contains("\nContent-Transfer-Encoding: 8bit\n\n"),
            "the part and the whole agree"
        );
        (kind, encoding)
    };
    let expected = |kind: &str, encoding: &str| (kind.to_owned(), encoding.to_owned());
    assert_eq!(encoding(&["A: b\r\n\r\nHi\r\n"]), expected("rfc822", "7bit"));
    assert_eq!(encoding(&["A: b\r\n\r\nKöln\r\n"]), expected("rfc822", "8bit"));
    assert_eq!(encoding(&["A: b\r", "\n", "\r\nKöln\r\n"]), expected("rfc822", "8bit"));
    assert_eq!(encoding(&["A: b\r\n", "\r\nKöln\r\n"]), expected("rfc822", "8bit"));
    assert_eq!(encoding(&["A: Köln\r\n\r\nHi\r\n"]), expected("global", "base64"));
    assert_eq!(encoding(&["A: b\r\n", "B: Köln\r\n\r\nHi\r\n"]), expected("global", "base64"));
}

#[test]
fn no_answer_can_break_the_notice() {
    let mut recipient = refused();
    recipient.diagnostic =
        Some(Reply::new(550, (5, 1, 1), "x\r\n--postamt-0123456789abcdef\r\nSubject: y ä"));
    recipient.remote = Some("mx\r\nX: y".into());
    recipient.original_recipient = Some("rfc822;a+0D+0AX:+20y@x.test".into());
    let text = built(&report(Kind::Failed, vec![recipient]));
    assert_eq!(text.matches("\n--postamt-0123456789abcdef\n").count(), 3, "{text}");
    assert!(!text.contains("\nX: y"), "{text}");
    assert!(text.contains("y \\x{E4}"), "{text}");
}

#[test]
fn the_header_can_be_read_back() {
    let text = report(Kind::Failed, vec![refused()]).build().pieces.concat();
    let section = Message::split(&text);
    assert_eq!(
        address_list(section.find("From").unwrap().value_octets()),
        [address("postmaster@sender.test")]
    );
    assert_eq!(address_list(section.find("To").unwrap().value_octets()), [address("alice@sender.test")]);
    assert_eq!(section.find("Auto-Submitted").unwrap().text(), "auto-replied");
    assert_eq!(section.find("References").unwrap().text(), "<1@sender.test>");
}

#[test]
fn encodings() {
    let quoted = |text: &str| {
        let mut out = Vec::new();
        quoted_printable(text, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(quoted("Grüße = x\n.dot end \n"), "Gr=C3=BC=C3=9Fe =3D x\r\n=2Edot end=20\r\n\r\n");
    let long = quoted(&"ä".repeat(60));
    assert!(long.split("\r\n").all(|line| line.len() <= 76), "{long}");
    assert_eq!(quoted(&"a".repeat(76)), format!("{}\r\n", "a".repeat(76)));
    assert_eq!(quoted(&"a".repeat(77)), format!("{}=\r\naa\r\n", "a".repeat(75)));

    assert_eq!(unstructured("plain"), "plain");
    assert_eq!(unstructured("Grüße"), "=?utf-8?B?R3LDvMOfZQ==?=");
    assert!(unstructured(&"ä".repeat(60)).split("\r\n ").all(|word| word.len() <= 75));
    assert_eq!(fold("one two three", 8), "one two\r\n three");
    assert_eq!(from_xtext("a+2Bb+3Dc+zz+2"), "a+b=c+zz+2");
    assert_eq!(from_xtext("+0D+0A"), "??");
    assert_eq!(utf8_address("jö+rg@x.test"), "j\\x{F6}\\x{2B}rg@x.test");
}

/// What servers really write; the texts are shortened.
#[test]
fn causes_of_real_refusals() {
    for (answer, cause) in [
        ("550 5.1.1 <spam@x.test>: Recipient address rejected: User unknown", Cause::UnknownMailbox),
        ("550 5.1.1 The email account that you tried to reach does not exist.", Cause::UnknownMailbox),
        ("550 No such user here", Cause::UnknownMailbox),
        ("550 5.1.1 user not listed in public Name & Address Book", Cause::UnknownMailbox),
        (
            "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org",
            Cause::Blocklist,
        ),
        ("554 5.7.1 Client host rejected: cannot find your reverse hostname", Cause::ReverseDns),
        ("550 5.7.25 The IP address sending this message does not have a PTR record", Cause::ReverseDns),
        ("550 5.7.26 This message does not pass authentication checks", Cause::Authentication),
        (
            "550 5.7.1 Unauthenticated email from x.test is not accepted due to DMARC policy",
            Cause::Authentication,
        ),
        ("554 5.7.1 <b@y.test>: Relay access denied", Cause::RelayDenied),
        ("450 4.2.0 <b@y.test>: Recipient address rejected: Greylisted", Cause::Greylisted),
        ("451 4.7.1 Greylisting in action, please come back later", Cause::Greylisted),
        ("452 4.2.2 The email account that you tried to reach is over quota", Cause::MailboxFull),
        ("552 5.2.2 Mailbox full", Cause::MailboxFull),
        ("552 5.3.4 Message size exceeds fixed limit", Cause::TooBig),
        ("552 message too large", Cause::TooBig),
        ("421 4.7.28 Gmail has detected an unusual rate of mail", Cause::RateLimit),
        ("421 too many connections from your host", Cause::RateLimit),
        ("421 4.3.2 Service shutting down", Cause::Busy),
        ("550 5.7.1 Message rejected as spam by content filtering", Cause::Spam),
        ("550 5.6.1 eight bit data not allowed", Cause::Content),
        ("550 5.6.7 SMTPUTF8 needed", Cause::Smtputf8),
        ("530 5.7.0 Must issue a STARTTLS command first", Cause::EncryptionRequired),
        ("530 Must issue a STARTTLS command first", Cause::EncryptionRequired),
        ("535 5.7.8 Authentication credentials invalid", Cause::Credentials),
        ("550 5.4.4 no mail server", Cause::NoSuchDomain),
        ("556 5.1.10 null MX", Cause::NoMailDomain),
        ("451 4.4.1 no answer", Cause::NoAnswer),
        ("550 5.7.30 REQUIRETLS support required", Cause::RequireTls),
        ("554 5.4.7 gave up", Cause::Expired),
        ("554 Transaction failed", Cause::Permanent),
        ("471 whatever", Cause::Temporary),
        ("550 5.0.0 greylisted for ever", Cause::Permanent),
    ] {
        let (code, text) = answer.split_once(' ').unwrap();
        let (enhanced, text) = match EnhancedCode::split(text) {
            Some((enhanced, text)) => (Some(enhanced), text),
            None => (None, text),
        };
        let reply = Reply { enhanced, ..Reply::plain(code.parse().unwrap(), vec![text.to_owned()]) };
        assert_eq!(Cause::of(None, Some(&reply)), cause, "{answer}");
    }
    assert_eq!(Cause::of(None, None), Cause::Temporary);
    assert_eq!(Cause::of(Some(EnhancedCode::new(5, 0, 0)), None), Cause::Permanent);
}

#[test]
fn every_cause_has_its_sentences() {
    for language in Language::ALL {
        for cause in Cause::ALL {
            let words = words(language);
            assert!(words.has(&format!("explain-{}", cause.key())), "{language} {cause:?}");
            assert!(cause.meaning(words).ends_with('.') && cause.next(words).ends_with('.'));
        }
    }
    let text = explain(Some(EnhancedCode::new(5, 1, 1)), None, words(Language::De));
    assert!(text.starts_with("Der empfangende Server kennt diese Adresse nicht. Prüfen Sie"), "{text}");
}

#[test]
fn an_identifier_beyond_ascii_does_not_make_the_notice_international() {
    let recipient = RecipientReport::new(address("bob@far.test"), Action::Failed, EnhancedCode::new(5, 1, 1));
    let mut report = report(Kind::Failed, vec![recipient]);
    report.original_message_id = Some("<ä@sender.test>".into());
    let notice = report.build();
    assert!(!notice.smtputf8);
    assert!(notice.pieces.iter().all(|piece| piece.is_ascii()));
}
