//! However the network cuts the octets, the session does the same.

use postamt_mail::server::{Security, ServerProfile, Violation};
use proptest::prelude::*;

use crate::support::{Host, profile};

/// Pieces that, put together at random, reach every state of the machine, in and out of order.
const PIECES: &[&str] = &[
    "EHLO client.test\r\n",
    "HELO x\r\n",
    "MAIL FROM:<a@example.test>\r\n",
    "MAIL FROM:<> SIZE=30 BODY=8BITMIME\r\n",
    "RCPT TO:<b@example.test>\r\n",
    "RCPT TO:<postmaster> NOTIFY=NEVER\r\n",
    "RCPT TO:<nobody>\r\n",
    "DATA\r\n",
    "Subject: text\r\n\r\n",
    "..stuffed\r\n.also\r\n",
    "a line that makes the message longer than this test's limit\r\n",
    ".\r\n",
    "\r\n.\r\n",
    "\n.\r\n",
    "\r.\r\n",
    ".\r\r\n",
    "\r",
    "\0",
    "BDAT 5\r\nabc\r\n",
    "BDAT 7 LAST\r\nQUIT\r\n\r",
    "BDAT 0 LAST\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "AUTH PLAIN\r\nAHVzZXJAdGVzdHNlcnZlcgBzZWNyZXRwYXNzd29yZA==\r\n",
    "AUTH LOGIN\r\n*\r\n",
    "STARTTLS\r\n",
    "nonsense\r\n",
];

#[derive(Debug, PartialEq)]
struct Outcome {
    output: String,
    steps: Vec<String>,
    contents: Vec<bytes::Bytes>,
    violations: Vec<Violation>,
    closed: bool,
}

fn run<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let rules = ServerProfile { size_limit: 60, header_limit: 40, recipient_limit: 3, ..profile() };
    let mut host = Host::new(rules, Security::Tls);
    for piece in pieces {
        host.send(piece);
    }
    // Whether a client waited can be seen only in time, so it is not part of the outcome.
    host.violations.retain(|violation| *violation != Violation::Pipelining);
    Outcome {
        output: String::from_utf8(host.output).expect("UTF-8"),
        steps: host.steps,
        contents: host.messages.into_iter().map(|message| message.content).collect(),
        violations: host.violations,
        closed: host.closed,
    }
}

fn script() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        20 => proptest::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
        1 => (2_000_usize..2_100).prop_map(|length| [b"NOOP ".to_vec(), vec![b'x'; length], b"\r\n".to_vec()].concat()),
    ];
    let opening = b"EHLO client.test\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\n";
    (any::<bool>(), proptest::collection::vec(piece, 1..25)).prop_map(move |(opened, pieces)| {
        let mut script = if opened { opening.to_vec() } else { Vec::new() };
        script.extend(pieces.concat());
        script
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_split_gives_the_same(script in script(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let whole = run([script.as_slice()]);
        let octets = run(script.chunks(1));
        prop_assert_eq!(&whole, &octets);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(script.len() + 1)).collect();
        cuts.extend([0, script.len()]);
        cuts.sort_unstable();
        let pieces = run(cuts.windows(2).map(|cut| &script[cut[0]..cut[1]]));
        prop_assert_eq!(&whole, &pieces);
    }

    #[test]
    fn what_is_accepted_is_clean(script in script()) {
        for content in run([script.as_slice()]).contents {
            prop_assert!(content.len() <= 60);
            prop_assert!(!content.contains(&0));
            let text = content.as_ref();
            prop_assert!(text.is_empty() || text.ends_with(b"\r\n"));
            let lonely = text.iter().filter(|octet| **octet == b'\r').count();
            prop_assert_eq!(memchr::memmem::find_iter(text, b"\r\n").count(), lonely);
            prop_assert_eq!(text.iter().filter(|octet| **octet == b'\n').count(), lonely);
        }
    }
}
