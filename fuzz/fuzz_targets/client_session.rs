//! The sending side against a server that answers anything at all: one outcome per recipient, nothing on the wire
//! but our own commands, and no delivery without a word of the server for it.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postamt_mail::client::{
    Action, Capabilities, Delivery, Framing, Login, LoginStep, Opening, OpeningStep, Problem,
    RecipientOutcome, SessionFacts, StartTls, Transaction,
};
use postamt_mail::envelope::Recipient;
use postamt_mail::reply_parser::{Frame, ReplyParser};
use postamt_mail::sasl::client::Credentials;

/// What the server says, reply by reply.
struct Server<'d> {
    stream: &'d [u8],
    parser: ReplyParser,
}

impl<'d> Server<'d> {
    fn next(&mut self) -> Option<(Frame, &'d [u8])> {
        let frame = self.parser.frame(self.stream).ok()??;
        let (octets, rest) = self.stream.split_at(frame.length);
        self.stream = rest;
        Some((frame, octets))
    }
}

fn open(server: &mut Server<'_>, lmtp: bool) -> Option<Capabilities> {
    let mut opening = Opening::new("mail.client.test", lmtp, StartTls::IfOffered);
    let mut sent = Vec::new();
    let mut step = opening.first();
    while step != OpeningStep::Ready {
        step = match step {
            OpeningStep::Secure => opening.secured(&mut sent),
            _ => {
                let (frame, octets) = server.next()?;
                opening.handle(frame.code, octets, &mut sent).ok()?
            }
        };
        assert_commands(&sent);
    }
    opening.finish().map(|opened| opened.capabilities)
}

fn log_in(server: &mut Server<'_>, capabilities: &Capabilities) -> Option<()> {
    let mut sent = Vec::new();
    let credentials = Credentials::new("user", "secret password");
    let mut login =
        Login::start(capabilities, &credentials, None, "fyko+d2lbbFgONRv9qkxdawL", &mut sent).ok()?;
    loop {
        let (frame, octets) = server.next()?;
        // PBKDF2 with millions of rounds is what the limit of iterations is for, and not what is sought here.
        if octets.len() > 20 && octets.windows(2).any(|pair| pair == b"i=") {
            return None;
        }
        if login.handle(frame.code, octets, &mut sent).ok()? == LoginStep::Done {
            assert!(sent.ends_with(b"\r\n"));
            return Some(());
        }
    }
}

fn assert_commands(sent: &[u8]) {
    let text = std::str::from_utf8(sent).expect("commands are text");
    assert!(text.is_empty() || text.ends_with("\r\n"));
    for line in text.split_terminator("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        let verbs =
            ["EHLO ", "LHLO ", "HELO ", "STARTTLS", "MAIL FROM:<", "RCPT TO:<", "DATA", "BDAT ", "RSET", "."];
        assert!(verbs.iter().any(|verb| line.starts_with(verb)), "{line:?}");
    }
}

fuzz_target!(|data: &[u8]| {
    let [flags, stream @ ..] = data else { return };
    let lmtp = flags & 1 != 0;
    let mut server = Server { stream, parser: ReplyParser::default() };
    let Some(capabilities) = open(&mut server, lmtp) else { return };
    if flags & 2 != 0 && log_in(&mut server, &capabilities).is_none() {
        return;
    }
    let transaction = Transaction {
        sender: Some("sender@client.test".parse().expect("an address")),
        recipients: ["a@mx.test", "b@mx.test", "müller@mx.test"]
            .map(|address| Recipient::new(address.parse().expect("an address")))
            .to_vec(),
        smtputf8: flags & 4 != 0,
        require_tls: flags & 8 != 0,
        content: vec![Bytes::from_static(b"Subject: x\r\n\r\n.\r\nx\r\n")],
        ..Transaction::default()
    };
    let facts = SessionFacts {
        capabilities: &capabilities,
        lmtp,
        authenticated_peer: true,
        framing: if flags & 16 != 0 { Framing::Chunk } else { Framing::Lines },
        needs_reset: flags & 32 != 0,
    };
    let mut delivery = Delivery::new(&transaction, &facts);
    let mut sent = Vec::new();
    let (mut given_away, mut granted) = (false, 0);
    loop {
        let action = delivery.next(&mut sent);
        assert_commands(&sent);
        assert!(sent.len() < 4_096);
        match action {
            Action::Done => break,
            Action::Content(_) => given_away = true,
            Action::Read(_) => match server.next() {
                Some((frame, octets)) => {
                    granted += usize::from(given_away && frame.code.is_success());
                    delivery.handle(frame.code, octets);
                }
                None => delivery.abandon(Problem::Closed),
            },
        }
    }
    let outcome = delivery.finish();
    assert_eq!(outcome.recipients.len(), 3);
    let delivered = outcome.recipients.iter().filter(|outcome| outcome.is_delivered()).count();
    assert!(delivered == 0 || granted >= if lmtp { delivered } else { 1 });
    let uncertain = |outcome: &RecipientOutcome| matches!(outcome, RecipientOutcome::Uncertain(_));
    assert!(given_away || !outcome.recipients.iter().any(uncertain));
});
