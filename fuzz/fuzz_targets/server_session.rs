//! The server's side of an SMTP or LMTP session: whatever a client sends, however it is cut, the session does the
//! same, ends, answers in whole lines, and takes no message in which another could hide.
#![no_main]

use std::sync::Arc;

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use postamt_mail::reply::Reply;
use postamt_mail::sasl::PlainMessage;
use postamt_mail::server::{Mechanism, Security, Server, ServerProfile, Step, Violation};

#[derive(Debug, Default, PartialEq)]
struct Story {
    output: Vec<u8>,
    contents: Vec<Vec<u8>>,
    violations: Vec<Violation>,
    authenticated: bool,
    closed: bool,
}

fn profile(flags: u8) -> ServerProfile {
    ServerProfile {
        hostname: "mail.server.test".to_owned(),
        greeting: "ESMTP".to_owned(),
        size_limit: 200,
        recipient_limit: 3,
        header_limit: 100,
        starttls: flags & 1 != 0,
        mechanisms: vec![Mechanism::Plain, Mechanism::Login],
        auth_required: flags & 2 != 0,
        starttls_required: flags & 4 != 0,
        lmtp: flags & 8 != 0,
        local: flags & 16 != 0,
    }
}

fn run(flags: u8, pieces: &[&[u8]]) -> Story {
    let security = if flags & 32 != 0 { Security::Tls } else { Security::Clear };
    let rules = Arc::new(profile(flags));
    let mut server = Server::new(rules.clone(), security);
    server.greet();
    let mut story = Story::default();
    let mut input = BytesMut::new();
    let mut steps = 0;
    for piece in pieces {
        input.extend_from_slice(piece);
        while !story.closed {
            let left = input.len();
            steps += 1;
            assert!(steps <= 8 * (pieces.concat().len() + pieces.len() + 8), "the session does not end");
            match server.advance(&mut input) {
                Step::NeedInput => break,
                Step::Mail(request) => {
                    assert!(!rules.auth_required || rules.local || server.is_authenticated());
                    assert!(request.declared_size.is_none_or(|size| size <= rules.size_limit));
                    server.answer(Reply::new(250, (2, 1, 0), "Ok"));
                }
                Step::Recipient(recipient) => {
                    let refused = recipient.address.local() == "refused";
                    server.answer(match refused {
                        true => Reply::new(550, (5, 1, 1), "No such user"),
                        false => Reply::new(250, (2, 1, 5), "Ok"),
                    });
                }
                Step::Authenticate { initial: None, .. } => server.challenge(b""),
                Step::Authenticate { initial: Some(response), .. } | Step::AuthenticateResponse(response) => {
                    assert_eq!(server.security(), Security::Tls, "a login in clear");
                    match PlainMessage::parse(&response) {
                        Ok(_) => server.authenticated(Reply::new(235, (2, 7, 0), "Ok")),
                        Err(_) => server.authentication_failed(Reply::new(535, (5, 7, 8), "No")),
                    }
                    story.authenticated |= server.is_authenticated();
                }
                Step::Message(message) => {
                    let recipients = message.envelope.recipients.len();
                    assert!((1..=rules.recipient_limit).contains(&recipients));
                    story.contents.push(message.content.to_vec());
                    match rules.lmtp {
                        true => server.answer_each(vec![Reply::new(250, (2, 6, 0), "Ok"); recipients]),
                        false => server.answer(Reply::new(250, (2, 6, 0), "Ok")),
                    }
                }
                Step::StartTls => {
                    // RFC 3207 §4.2: nothing that was sent in clear survives.
                    input.clear();
                    server.tls_established();
                    assert!(!server.is_authenticated() && server.hello().is_none());
                }
                // Whether a client waited can be seen only in time.
                Step::Violation(Violation::Pipelining) => {}
                Step::Violation(violation) => story.violations.push(violation),
                Step::Close => story.closed = true,
            }
            assert!(input.len() <= left);
        }
        story.output.append(server.output());
    }
    story
}

fn assert_clean(story: &Story) {
    let text = std::str::from_utf8(&story.output).expect("replies are text");
    assert!(text.is_empty() || text.ends_with("\r\n"));
    for line in text.split_terminator("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
        assert!(code.is_some_and(|code| (200..600).contains(&code)), "{line:?}");
    }
    for content in &story.contents {
        let ends = content.windows(2).filter(|pair| pair == b"\r\n").count();
        assert!(content.len() <= 200 && !content.contains(&0));
        assert_eq!(content.iter().filter(|octet| **octet == b'\r').count(), ends);
        assert_eq!(content.iter().filter(|octet| **octet == b'\n').count(), ends);
    }
}

fuzz_target!(|data: &[u8]| {
    let [flags, cut, stream @ ..] = data else { return };
    let whole = run(*flags, &[stream]);
    assert_clean(&whole);
    // What stands behind STARTTLS is thrown away, so there a cut does make a difference, as it must.
    if *flags & 1 == 0 {
        let (first, second) = stream.split_at(usize::from(*cut).min(stream.len()));
        assert_eq!(whole, run(*flags, &[first, second]));
    }
});
