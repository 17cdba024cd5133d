//! The machine against milters of every kind, written as scripts: what it sends is read back packet by packet, what it
//! hears is what the script says. Then the changes, and what hostile milters send.

use std::net::IpAddr;

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;
use crate::address::Address;
use crate::envelope::{Envelope, Recipient};
use crate::reply::Reply;

const NO_ACTIONS: u32 = 0;
const ALL_ACTIONS: u32 = 0x1FF;

fn session() -> Session {
    Session {
        hostname: "mail.own.test".to_owned(),
        channel: "submission".to_owned(),
        queue_id: "0000000000001".to_owned(),
        client: Client::Host(IpAddr::from([192, 0, 2, 7])),
        greeting: Some("laptop".to_owned()),
        tls: Some(("TLSv1.3".to_owned(), "TLS13_AES_256_GCM_SHA384".to_owned())),
        login: Some(Login { name: "anna@own.test".to_owned(), mechanism: "PLAIN".to_owned() }),
    }
}

fn address(text: &str) -> Address {
    Address::new(text).expect("an address")
}

fn mail_of(message: &str) -> Mail {
    let envelope = Envelope {
        sender: Some(address("anna@own.test")),
        recipients: vec![Recipient::new(address("x@a.test")), Recipient::new(address("y@b.test"))],
        ..Envelope::default()
    };
    Mail::new(envelope, &[Bytes::from(message.replace('\n', "\r\n"))])
}

fn mail() -> Mail {
    mail_of("From: anna@own.test\nSubject:  two\n words\nMessage-ID: <1@own.test>\n\nbody\n")
}

fn packet(code: u8, content: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    super::packet::put(&mut octets, code, &[content]);
    octets
}

fn options(version: u32, actions: u32, steps: u32) -> Vec<u8> {
    packet(b'O', &[version.to_be_bytes(), actions.to_be_bytes(), steps.to_be_bytes()].concat())
}

/// What the machine sent, macros apart: code and content.
#[derive(Default)]
struct Seen {
    commands: Vec<(char, String)>,
    macros: Vec<String>,
}

impl Seen {
    fn letters(&self) -> String {
        self.commands.iter().map(|(code, _)| *code).collect()
    }
}

/// Leads a conversation with a milter that says `answers` one after the other whenever it is waited for; behind the last one
/// it goes on saying continue.
fn converse(
    mail: &Mail,
    refused_before: &[(Address, Reply)],
    answers: &[Vec<u8>],
) -> (Result<Outcome, Fault>, Seen) {
    let session = session();
    let mut machine = Conversation::new(&session, mail, refused_before, 1_000_000);
    let mut answers = answers.iter();
    let mut sent = BytesMut::new();
    let result = loop {
        let mut output = Vec::new();
        let step = machine.step(&mut output);
        output.iter().for_each(|piece| sent.extend_from_slice(piece));
        match step {
            Err(fault) => break Err(fault),
            Ok(Step::Send) => {}
            Ok(Step::Done) => break Ok(machine.outcome()),
            Ok(Step::Receive(_)) => {
                let next = answers.next().cloned().unwrap_or_else(|| packet(b'c', b""));
                machine.input().extend_from_slice(&next);
            }
        }
    };
    let mut seen = Seen::default();
    while let Some(packet) = Packet::take(&mut sent).expect("we send what can be read") {
        let text = String::from_utf8_lossy(&packet.content).replace('\0', "|");
        if packet.code == b'D' { seen.macros.push(text) } else { seen.commands.push((packet.letter(), text)) }
    }
    assert!(sent.is_empty(), "half a packet was sent");
    (result, seen)
}

#[test]
fn a_milter_hears_everything_in_order() {
    let (outcome, seen) = converse(&mail(), &[], &[options(6, NO_ACTIONS, 0)]);
    assert_eq!(outcome.expect("understood").verdict, Verdict::Accept);
    assert_eq!(seen.letters(), "OCHMRRTLLLNBEQ");
    let content: Vec<&str> = seen.commands.iter().map(|(_, content)| content.as_str()).collect();
    assert_eq!(content[1], "[192.0.2.7]|4||192.0.2.7|");
    assert_eq!(content[2], "laptop|");
    assert_eq!(content[3], format!("<anna@own.test>|SIZE={}|", mail().size()));
    assert_eq!((content[4], content[5]), ("<x@a.test>|", "<y@b.test>|"));
    assert_eq!((content[7], content[8]), ("From|anna@own.test|", "Subject|two\n words|"));
    assert_eq!(content[11], "body\r\n");
    let macros = seen.macros.join("\n");
    for expected in [
        "Cj|mail.own.test|_|unknown [192.0.2.7]|",
        "{client_addr}|192.0.2.7|",
        "H{tls_version}|TLSv1.3|{cipher}|TLS13_AES_256_GCM_SHA384|{cipher_bits}|256|",
        "Mi|0000000000001|{auth_type}|PLAIN|{auth_authen}|anna@own.test|",
        "{mail_addr}|anna@own.test|",
        "Ri|0000000000001|{rcpt_mailer}|smtp|{rcpt_host}|b.test|{rcpt_addr}|y@b.test|",
        "Ei|0000000000001|{msg_id}|<1@own.test>|",
    ] {
        assert!(macros.contains(expected), "{expected} is not in\n{macros}");
    }
}

#[test]
fn what_a_milter_does_not_want_is_left_out() {
    let (outcome, seen) = converse(&mail(), &[], &[options(6, NO_ACTIONS, 0x27F)]);
    assert_eq!(outcome.expect("understood").verdict, Verdict::Accept);
    assert_eq!(seen.letters(), "OEQ");
    // The macros are not: it may ask for them at the end.
    assert!(seen.macros.iter().any(|text| text.starts_with("Cj|mail.own.test|")), "{:?}", seen.macros);
    // Everything but the end goes without an answer, and the first one is for the end.
    let unanswered = 0x000D_F080;
    let answers = [options(6, NO_ACTIONS, unanswered), packet(b'r', b"")];
    let (outcome, seen) = converse(&mail(), &[], &answers);
    assert_eq!(seen.letters(), "OCHMRRTLLLNBEQ");
    assert_eq!(outcome.expect("understood").verdict, Verdict::Refuse { permanent: true, reply: None });
    // Version 2 knows no DATA.
    assert_eq!(converse(&mail(), &[], &[options(2, NO_ACTIONS, 0)]).1.letters(), "OCHMRRLLLNBEQ");
    // The space behind the colon, when it is wanted.
    let (_, seen) = converse(&mail(), &[], &[options(6, NO_ACTIONS, 0x0010_0000)]);
    assert_eq!(seen.commands[8].1, "Subject|  two\n words|");
}

#[test]
fn macros_are_those_that_a_milter_asks_for() {
    let wanted = [&6_u32.to_be_bytes()[..], &0x100_u32.to_be_bytes(), &0_u32.to_be_bytes()].concat();
    let list =
        [&2_u32.to_be_bytes()[..], b"j {client_addr}, i {nothing}\0", &3_u32.to_be_bytes(), b"\0"].concat();
    let (_, seen) = converse(&mail(), &[], &[packet(b'O', &[wanted, list].concat())]);
    assert!(seen.macros.contains(&"Mj|mail.own.test|{client_addr}|192.0.2.7|i|0000000000001|".to_owned()));
    assert_eq!(seen.macros.iter().filter(|text| *text == "R").count(), 2);
}

#[test]
fn a_body_comes_in_chunks_that_every_milter_has_room_for() {
    let message = format!("From: a@own.test\n\n{}", "0123456789abcde\n".repeat(10_000));
    let mail = mail_of(&message);
    let (outcome, seen) = converse(&mail, &[], &[options(6, NO_ACTIONS, 0)]);
    assert!(outcome.is_ok());
    let chunks: Vec<&str> =
        seen.commands.iter().filter(|(code, _)| *code == 'B').map(|(_, text)| text.as_str()).collect();
    assert_eq!(chunks.iter().map(|chunk| chunk.len()).collect::<Vec<_>>(), [65_535, 65_535, 38_930]);
    assert_eq!(chunks.concat(), message.split_once("\n\n").expect("a body").1.replace('\n', "\r\n"));
    // Enough after the first.
    let mut answers = vec![options(6, NO_ACTIONS, 0x0004_0400 | 0xF080 | 0x0001_0000)];
    answers.push(packet(b's', b""));
    let (outcome, seen) = converse(&mail, &[], &answers);
    assert!(outcome.is_ok());
    assert!(seen.letters().ends_with("NBEQ"), "{}", seen.letters());
}

#[test]
fn a_recipient_can_be_refused_alone() {
    let go_on = packet(b'c', b"");
    let until_recipients = [options(6, NO_ACTIONS, 0x7), packet(b'y', b"550 5.1.1 no such user\0")];
    let (outcome, seen) = converse(&mail(), &[], &until_recipients);
    let outcome = outcome.expect("understood");
    assert_eq!(outcome.verdict, Verdict::Accept);
    let reply = Reply::new(550, (5, 1, 1), "no such user");
    assert_eq!(outcome.refused, [(0, Verdict::Refuse { permanent: true, reply: Some(reply) })].into());
    assert!(seen.letters().ends_with("EQ"));
    // All of them: that is the message, for now if one is.
    let all = [&until_recipients[..], &[packet(b't', b"")]].concat();
    let (outcome, seen) = converse(&mail(), &[], &all);
    assert_eq!(outcome.expect("understood").verdict, Verdict::Refuse { permanent: false, reply: None });
    assert_eq!(seen.letters(), "ORRAQ");
    // One that was refused before is shown to those that want to see it, and cannot be refused again.
    let refused = [(address("z@c.test"), Reply::new(550, (5, 7, 1), "no"))];
    let answers = [options(6, NO_ACTIONS, 0x807), go_on.clone(), go_on, packet(b'r', b"")];
    let (outcome, seen) = converse(&mail(), &refused, &answers);
    assert!(outcome.expect("understood").refused.is_empty());
    assert!(
        seen.macros
            .contains(&"Ri|0000000000001|{rcpt_mailer}|error|{rcpt_host}|5.7.1|{rcpt_addr}|no|".to_owned())
    );
    assert!(!converse(&mail(), &refused, &[options(6, NO_ACTIONS, 0)]).1.letters().contains("RRR"));
}

#[test]
fn words_and_verdicts_are_read() {
    let early = |answer: Vec<u8>| converse(&mail(), &[], &[options(6, NO_ACTIONS, 0), answer]).0;
    let verdict = |answer: Vec<u8>| early(answer).map(|outcome| outcome.verdict);
    assert_eq!(verdict(packet(b'a', b"")), Ok(Verdict::Accept));
    assert_eq!(verdict(packet(b'd', b"")), Ok(Verdict::Discard));
    assert_eq!(verdict(packet(b't', b"")), Ok(Verdict::Refuse { permanent: false, reply: None }));
    let lines = packet(b'y', b"451-4.7.1 one\r\n451 4.7.1 two\0");
    let mut reply = Reply::new(451, (4, 7, 1), "one");
    reply.lines.push("two".to_owned());
    assert_eq!(verdict(lines), Ok(Verdict::Refuse { permanent: false, reply: Some(reply) }));
    let farewell = Reply { enhanced: None, ..Reply::new(451, (4, 7, 0), "bye") };
    let expected = Verdict::Refuse { permanent: false, reply: Some(farewell) };
    assert_eq!(verdict(packet(b'y', b"421 bye\0")), Ok(expected));
    for text in [
        &b"250 fine\0"[..],
        b"55\0",
        b"550 no end",
        b"550-5.1.1 a\r\n450 b\0",
        b"\0",
        "5\u{e4}0 x\0".as_bytes(),
    ] {
        assert!(matches!(verdict(packet(b'y', text)), Err(Fault::Malformed { code: 'y', .. })), "{text:?}");
    }
    assert_eq!(verdict(packet(b'f', b"")), Err(Fault::Declined));
    assert_eq!(
        verdict(packet(b's', b"")),
        Err(Fault::Unexpected { code: 's', stage: "the client's address" })
    );
}

/// The end of a conversation in which only the end is asked about.
fn at_end(actions: u32, answers: &[Vec<u8>]) -> Result<Outcome, Fault> {
    let first = options(6, actions, 0x27F);
    let answers = [&[first], answers].concat();
    converse(&mail(), &[], &answers).0
}

fn text_of(mail: &Mail) -> String {
    String::from_utf8_lossy(&mail.pieces().concat()).into_owned()
}

#[test]
fn changes_are_made_in_their_order() {
    let number = |number: u32, rest: &[u8]| [&number.to_be_bytes()[..], rest].concat();
    let answers = [
        packet(b'h', b"X-Last\0one\n\ttwo\0"),
        packet(b'p', b""),
        packet(b'i', &number(1, b"DKIM-Signature\0v=1;\r\n b=abc\0")),
        packet(b'i', &number(99, b"X-Far\0below\0")),
        packet(b'm', &number(1, b"subject\0new\0")),
        packet(b'm', &number(1, b"Message-ID\0\0")),
        packet(b'm', &number(7, b"From\0\0")),
        packet(b'b', b"new\nbo"),
        packet(b'b', b"dy\r\nend"),
        packet(b'e', b"<bounces@own.test>\0RET=HDRS\0"),
        packet(b'+', b"<z@c.test>\0"),
        packet(b'2', b"w@d.test\0NOTIFY=NEVER\0"),
        packet(b'-', b"<X@A.test>\0"),
        packet(b'q', b"look at it\0"),
        packet(b'c', b""),
    ];
    let outcome = at_end(ALL_ACTIONS, &answers).expect("understood");
    assert_eq!((outcome.verdict, outcome.quarantine.as_deref()), (Verdict::Accept, Some("look at it")));
    let mut changed = mail();
    assert!(changed.apply(&outcome.changes, outcome.leading_space).expect("good").has_changed);
    assert_eq!(
        text_of(&changed),
        "DKIM-Signature: v=1;\r\n b=abc\r\nFrom: anna@own.test\r\nsubject: new\r\nX-Last: one\r\n\ttwo\r\n\
         X-Far: below\r\n\r\nnew\r\nbody\r\nend\r\n"
    );
    let envelope = &changed.envelope;
    assert_eq!(envelope.sender, Some(address("bounces@own.test")));
    let recipients: Vec<String> = envelope.recipients.iter().map(|it| it.address.to_string()).collect();
    assert_eq!(recipients, ["y@b.test", "z@c.test", "w@d.test"]);
    assert!(envelope.recipients[2].explicit_notify && !envelope.recipients[2].notify.failure);
    let mut same = mail();
    assert!(!same.apply(&[], mail::LeadingSpace::Ours).expect("good").has_changed);
}

#[test]
fn no_change_breaks_a_message() {
    let field = |value: &str| Change::AddField {
        name: "X".to_owned(),
        value: Bytes::copy_from_slice(value.as_bytes()),
    };
    let applied = |change: Change| {
        let mut mail = mail_of("From: a@own.test\n\nbody\n");
        mail.apply(&[change], mail::LeadingSpace::Ours).map(|_| text_of(&mail))
    };
    // Nothing ends the header section or begins another field.
    let text = applied(field("one\n\nBcc: x@y.test\n \n\tz")).expect("mended");
    assert_eq!(text, "From: a@own.test\r\nX: one\r\n\tBcc: x@y.test\r\n\tz\r\n\r\nbody\r\n");
    let too_long = "x".repeat(1_000);
    for change in [
        field("a\rb"),
        field(&too_long),
        Change::Body(Bytes::from_static(b"a\0b")),
        Change::Body(Bytes::from_static(b"a\rb")),
        Change::Body(Bytes::from(too_long.clone())),
    ] {
        assert!(matches!(applied(change.clone()), Err(Fault::BadChange(_))), "{change:?}");
    }
    assert_eq!(applied(Change::Body(Bytes::new())).expect("empty"), "From: a@own.test\r\n\r\n");
}

#[test]
fn hostile_milters_are_told_apart() {
    let first = |answer: Vec<u8>| converse(&mail(), &[], &[answer]).0.expect_err("a fault");
    assert_eq!(first(vec![0xFF; 8]), Fault::PacketTooLarge(u32::MAX));
    assert_eq!(first(vec![0; 4]), Fault::EmptyPacket);
    assert_eq!(first(options(1, 0, 0)), Fault::Version(1));
    assert_eq!(first(options(7, 0, 0)), Fault::Version(7));
    assert_eq!(
        first(options(6, 0x8000, 0x4000_0000)),
        Fault::Unoffered { actions: 0x8000, steps: 0x4000_0000 }
    );
    assert!(matches!(first(packet(b'O', b"short")), Fault::Malformed { code: 'O', .. }));
    assert!(matches!(first(packet(b'c', b"")), Fault::Unexpected { code: 'c', .. }));
    // Two answers to one question.
    let twice = [options(6, 0, 0), packet(b'c', b"")].concat();
    assert_eq!(first(twice), Fault::Unexpected { code: 'c', stage: "nothing" });
    // Changes that were not announced, or before the end.
    assert_eq!(at_end(0, &[packet(b'h', b"X\0y\0")]), Err(Fault::NotAnnounced('h')));
    assert_eq!(at_end(0, &[packet(b'q', b"x\0")]), Err(Fault::NotAnnounced('q')));
    let early = [options(6, ALL_ACTIONS, 0), packet(b'h', b"X\0y\0")];
    assert!(matches!(converse(&mail(), &[], &early).0, Err(Fault::Unexpected { code: 'h', .. })));
    // Without end.
    let changes = vec![packet(b'h', b"X\0y\0"); 10_001];
    assert_eq!(at_end(ALL_ACTIONS, &changes), Err(Fault::TooMany("changes")));
    let progress = vec![packet(b'p', b""); 10_001];
    assert_eq!(at_end(ALL_ACTIONS, &progress), Err(Fault::TooMany("requests for time")));
    let body = vec![packet(b'b', &[b'x'; 65_535]); 16];
    assert_eq!(at_end(ALL_ACTIONS, &body), Err(Fault::TooMany("octets of a new body")));
    // Names and addresses that are none.
    for (code, content) in [
        (b'h', &b"X Y\0z\0"[..]),
        (b'h', b"\0z\0"),
        (b'h', b"X:\0z\0"),
        (b'h', b"X\0z"),
        (b'i', b"\0\0"),
        (b'e', b"<a b>\0"),
        (b'+', b"<a@b.test>\r\nDATA\0"),
        (b'+', b"<>\0"),
        (b'2', b"a@b.test\0SIZE=1\0"),
    ] {
        let result = at_end(ALL_ACTIONS, &[packet(code, content)]);
        assert!(matches!(result, Err(Fault::Malformed { .. })), "{code} {content:?}: {result:?}");
    }
    assert_eq!(
        at_end(ALL_ACTIONS, &[packet(b'Z', b"")]).expect_err("a fault").to_string(),
        "it answered 'Z' to the end of the message"
    );
}

proptest! {
    /// Whatever comes, the machine ends, in an outcome or a fault, and what it makes of the changes is a message.
    #[test]
    fn any_octets_are_survived(
        answers in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..60)), 0..30),
        steps in 0_u32..=0x001F_FFFF,
    ) {
        let mut script = vec![options(6, ALL_ACTIONS, steps)];
        script.extend(answers.iter().map(|(code, content)| packet(*code, content)));
        if let Ok(outcome) = converse(&mail(), &[], &script).0 {
            let mut changed = mail();
            if changed.apply(&outcome.changes, outcome.leading_space).is_ok() {
                let text = changed.pieces().concat();
                prop_assert!(text.windows(4).any(|octets| octets == b"\r\n\r\n"));
                prop_assert_eq!(memchr::memchr_iter(b'\n', &text).count(), memchr::memmem::find_iter(&text, b"\r\n").count());
            }
        }
    }

    /// Packets are cut from any split of the octets.
    #[test]
    fn packets_survive_any_split(
        contents in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..100)), 0..10),
        size in 1_usize..50,
    ) {
        let octets: Vec<u8> = contents.iter().flat_map(|(code, content)| packet(*code, content)).collect();
        let (mut input, mut found) = (BytesMut::new(), Vec::new());
        for piece in octets.chunks(size) {
            input.extend_from_slice(piece);
            while let Some(packet) = Packet::take(&mut input).expect("good packets") {
                found.push((packet.code, packet.content.to_vec()));
            }
        }
        prop_assert_eq!(found, contents);
    }

    /// The parting of pieces does not matter for what is read.
    #[test]
    fn pieces_may_be_cut_anywhere(cuts in prop::collection::vec(0_usize..90, 0..6)) {
        let whole = Bytes::from_static(b"From: anna@own.test\r\nSubject: x\r\n y\r\n\r\nbody\r\n\r\nmore\r\n");
        let mut places: Vec<usize> = cuts.into_iter().map(|cut| cut.min(whole.len())).collect();
        places.extend([0, whole.len()]);
        places.sort_unstable();
        let pieces: Vec<Bytes> = places.windows(2).map(|pair| whole.slice(pair[0]..pair[1])).collect();
        let mail = Mail::new(Envelope::default(), &pieces);
        prop_assert_eq!(mail.fields().len(), 2);
        prop_assert_eq!(mail.body().concat(), b"body\r\n\r\nmore\r\n");
        prop_assert_eq!(mail.pieces().concat(), whole.to_vec());
    }
}
