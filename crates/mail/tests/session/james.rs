//! The SMTP dialogues of Apache James (data/james), driven against our session. They are adapted by these rules:
//!
//! * Lines `C:` up to the next `S:` are sent together, since these dialogues pipeline, and the replies are taken
//!   in order; of an expected reply only the first digit counts, and the extensions that EHLO lists are our own.
//! * James lets a client log in without TLS and without EHLO. Where a dialogue logs in, the session runs under TLS
//!   and says EHLO before.
//! * The account is ours: its name and password take the place of James's.
//! * [`OTHERWISE`] lists what differs on purpose.

use std::path::{Path, PathBuf};

use crate::support::{Host, PASSWORD, USER, profile};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postamt_mail::server::{Security, Violation};

/// File, expected reply, our first digit, reason.
const OTHERWISE: &[(&str, &str, char, &str)] = &[(
    "starttls_with_injection",
    "451 Unable to process request",
    '2',
    "the injected octets are dropped instead of the session, as RFC 3207 §6 has it; checked below",
)];

#[test]
fn all_dialogues() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/james");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the dialogues are there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "test"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 8);
    for file in files {
        run(&file);
    }
}

fn run(file: &Path) {
    let name = file.file_stem().expect("a name").to_string_lossy();
    let script = std::fs::read_to_string(file).expect("readable");
    let logs_in = script.contains("AUTH LOGIN\n") && script.contains("C: AUTH");
    let mut host = Host::new(profile(), if logs_in { Security::Tls } else { Security::Clear });
    let mut replies: Vec<String> = host.replies();
    if logs_in && !script.contains("ehlo") {
        host.send(b"EHLO client.test\r\n");
        host.replies();
    }
    for exchange in exchanges(&script) {
        host.send(&exchange.sent);
        replies.extend(host.replies());
        assert_eq!(
            replies.len(),
            exchange.expected.len(),
            "{name}: {:?}, not {replies:?}",
            exchange.expected
        );
        for (reply, expected) in replies.drain(..).zip(&exchange.expected) {
            let otherwise = OTHERWISE.iter().find(|(file, reply, ..)| *file == name && reply == expected);
            let wanted = otherwise.map_or_else(|| expected.chars().next(), |(_, _, digit, _)| Some(*digit));
            assert_eq!(reply.chars().next(), wanted, "{name}: {expected:?}, not {reply:?}");
        }
    }
    check_outcome(&name, &mut host);
}

fn check_outcome(name: &str, host: &mut Host) {
    match name {
        "starttls_with_injection" => {
            assert_eq!(host.violations, [Violation::PipelinedBeforeTls]);
            assert_eq!(host.handshakes, 1);
            assert!(host.steps.iter().all(|step| !step.starts_with("Mail")), "{:?}", host.steps);
            // What was said in clear is forgotten.
            assert!(host.command("MAIL FROM:<a@example.test>").starts_with("503"));
        }
        "starttls" => assert_eq!(host.handshakes, 1),
        "authplain" | "starttls_session_fixation" => assert!(host.server.is_authenticated()),
        _ => {
            assert_eq!(host.messages.len(), 1, "{name}");
            assert_eq!(host.handshakes, 0, "{name}: text is no command");
        }
    }
}

#[derive(Default)]
struct Exchange {
    sent: Vec<u8>,
    expected: Vec<String>,
}

fn exchanges(script: &str) -> Vec<Exchange> {
    let mut exchanges = vec![Exchange::default()];
    let mut continued = false;
    for line in script.lines().filter(|line| !line.is_empty()) {
        let (side, text) = line.split_once(':').expect("C: or S:");
        let text = text.strip_prefix(' ').unwrap_or(text);
        let current = exchanges.last_mut().expect("there is always one");
        if side == "C" {
            if !current.expected.is_empty() {
                exchanges.push(Exchange::default());
            }
            let sent = translate(text).replace("\\r\\n", "\r\n");
            let current = exchanges.last_mut().expect("there is always one");
            current.sent.extend_from_slice(sent.as_bytes());
            current.sent.extend_from_slice(b"\r\n");
            continued = false;
        } else if !continued {
            // `250.*` is the first line of a reply of several.
            continued = text == "250.*";
            current.expected.push(text.to_owned());
        } else {
            continued = text.as_bytes().get(3) == Some(&b'-');
        }
    }
    exchanges
}

fn translate(line: &str) -> String {
    if line == STANDARD.encode("bob@mydomain.tld") {
        STANDARD.encode(USER)
    } else if line == STANDARD.encode("secret") {
        STANDARD.encode(PASSWORD)
    } else {
        line.to_owned()
    }
}
