//! A milter that answers anything at all: the conversation ends, and what its changes leave is a message still.
#![no_main]

use std::net::IpAddr;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::header::Message;
use postamt_mail::milter::{Client, Conversation, Login, Mail, Session, Step};

const BODY_LIMIT: usize = 10_000;

fuzz_target!(|data: &[u8]| {
    let session = Session {
        hostname: "mail.client.test".to_owned(),
        channel: "submission".to_owned(),
        queue_id: "0000000000001".to_owned(),
        client: Client::Host(IpAddr::from([192, 0, 2, 7])),
        greeting: Some("laptop".to_owned()),
        tls: Some(("TLSv1.3".to_owned(), "TLS13_AES_256_GCM_SHA384".to_owned())),
        login: Some(Login { name: "anna@client.test".to_owned(), mechanism: "PLAIN".to_owned() }),
    };
    let address = |text: &str| text.parse().expect("an address");
    let envelope = Envelope {
        sender: Some(address("anna@client.test")),
        recipients: vec![Recipient::new(address("x@a.test")), Recipient::new(address("y@b.test"))],
        ..Envelope::default()
    };
    let message = Bytes::from_static(b"From: anna@client.test\r\nSubject: two\r\n words\r\n\r\nbody\r\n");
    let mut mail = Mail::new(envelope, &[message]);
    let mut conversation = Conversation::new(&session, &mail, &[], BODY_LIMIT);
    // An answer at a time, as a milter gives it: a length, and so many octets.
    let mut answers = data;
    loop {
        let mut output = Vec::new();
        match conversation.step(&mut output) {
            Err(_) => return,
            Ok(Step::Done) => break,
            Ok(Step::Send) => {}
            Ok(Step::Receive(_)) => {
                let Some((length, _)) = answers.split_first_chunk::<4>() else { return };
                let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
                let (answer, rest) = answers.split_at(length.saturating_add(4).min(answers.len()));
                conversation.input().extend_from_slice(answer);
                answers = rest;
            }
        }
    }
    let outcome = conversation.outcome();
    assert!(outcome.refused.keys().all(|number| *number < 2));
    if mail.apply(&outcome.changes, outcome.leading_space).is_ok() {
        let written = mail.pieces().concat();
        let section = Message::split(&written);
        assert_eq!(section.fields.len(), mail.fields().len(), "a field was broken in two");
        for pair in section.octets().split_inclusive(|octet| *octet == b'\n') {
            assert!(
                pair.ends_with(b"\r\n") && !pair[..pair.len() - 2].contains(&b'\r'),
                "a bare line ending"
            );
        }
        assert!(written.len() <= BODY_LIMIT + data.len() + 1_000);
    }
});
