//! The dialogues of chasquid (data/chasquid), driven against our session. They are adapted by these rules:
//!
//! * `tcp_connect` opens a session in clear, `tls_connect` one under TLS; the size limit is chasquid's 1 MiB.
//! * Words and enhanced codes differ between servers; of an expected reply only the first digit counts.
//! * After 421 everything counts as refused. Where 421 is expected because of too many errors, the line before it
//!   may be repeated, since the number of errors that is too many differs.
//! * A `.verify` file is what the message must be, apart from line ends and empty lines at its end; a file without
//!   250 behind its data must leave no message.
//! * [`OTHERWISE`] lists the replies that differ on purpose.

use std::path::{Path, PathBuf};

use crate::support::{Host, PASSWORD, USER, profile};
use postamt_mail::server::Security;

/// File, expected reply, our first digit, reason.
const OTHERWISE: &[(&str, &str, char, &str)] = &[(
    "bad_data",
    "554 5.6.0 Error parsing message",
    '2',
    "the session judges the transport; malformed headers are judged where messages are admitted",
)];

#[test]
fn all_dialogues() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/chasquid");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the dialogues are there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cmy"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 17);
    for file in files {
        Dialogue::new(&file).run();
    }
}

struct Dialogue {
    name: String,
    script: String,
    verify: Option<String>,
    host: Host,
    last_sent: Vec<u8>,
    accepted_messages: usize,
}

impl Dialogue {
    fn new(file: &Path) -> Self {
        let verify = file.with_extension("cmy.verify");
        Self {
            name: file.file_stem().expect("a name").to_string_lossy().into_owned(),
            script: std::fs::read_to_string(file).expect("readable"),
            verify: std::fs::read_to_string(verify).ok(),
            host: Host::new(profile(), Security::Clear),
            last_sent: Vec::new(),
            accepted_messages: 0,
        }
    }

    fn run(mut self) {
        // The account that the suite's own script makes.
        assert_eq!((USER, PASSWORD), ("user@testserver", "secretpassword"));
        let script = std::mem::take(&mut self.script);
        for line in script.lines().filter_map(|line| line.strip_prefix("c ")) {
            self.line(line);
        }
        let expected = usize::from(script.contains("c -> .\nc <~ 250") || self.name == "bad_data");
        assert_eq!(self.accepted_messages + self.host.messages.len(), expected, "{}: messages", self.name);
        if let Some(verify) = &self.verify {
            let content = String::from_utf8(self.host.messages[0].content.to_vec()).expect("text");
            assert_eq!(content.replace("\r\n", "\n").trim_end(), verify.trim_end(), "{}", self.name);
        }
    }

    fn line(&mut self, line: &str) {
        let (operation, argument) = line.split_once(' ').unwrap_or((line, ""));
        match operation {
            "tcp_connect" => self.connect(Security::Clear),
            "tls_connect" => self.connect(Security::Tls),
            "close" => {}
            "->" => self.send(format!("{argument}\r\n").into_bytes()),
            "~>" => self.send(evaluate(argument)),
            "<~" | "<-" | "<..." => self.expect(argument),
            _ => panic!("{}: cannot read {line:?}", self.name),
        }
    }

    fn connect(&mut self, security: Security) {
        self.accepted_messages += self.host.messages.len();
        self.host = Host::new(profile(), security);
    }

    fn send(&mut self, octets: Vec<u8>) {
        self.host.send(&octets);
        self.last_sent = octets;
    }

    fn expect(&mut self, expected: &str) {
        let otherwise = OTHERWISE.iter().find(|(name, reply, ..)| *name == self.name && *reply == expected);
        let wanted = otherwise.map_or_else(|| expected.chars().next(), |(_, _, digit, _)| Some(*digit));
        let mut replies = self.host.replies();
        if expected.starts_with("421") {
            for _ in 0..20 {
                if replies.iter().any(|reply| reply.starts_with("421")) {
                    return;
                }
                let again = self.last_sent.clone();
                self.host.send(&again);
                replies.extend(self.host.replies());
            }
            panic!("{}: no 421", self.name);
        }
        let [reply] = replies.as_slice() else {
            panic!("{}: one reply was expected ({expected}), not {replies:?}", self.name);
        };
        assert_eq!(reply.chars().next(), wanted, "{}: {expected:?}, not {reply:?}", self.name);
    }
}

/// The few expressions of Python that the dialogues use: strings, `+`, `*` and brackets.
fn evaluate(text: &str) -> Vec<u8> {
    let mut rest = text.trim();
    let octets = sum(&mut rest);
    assert!(rest.is_empty(), "cannot evaluate {text:?}");
    octets
}

fn sum(rest: &mut &str) -> Vec<u8> {
    let mut octets = product(rest);
    while let Some(next) = rest.strip_prefix('+') {
        *rest = next.trim_start();
        octets.extend(product(rest));
    }
    octets
}

fn product(rest: &mut &str) -> Vec<u8> {
    let octets = if let Some(next) = rest.strip_prefix('(') {
        *rest = next;
        let octets = sum(rest);
        *rest = rest.strip_prefix(')').expect("a closing bracket").trim_start();
        octets
    } else {
        let (literal, next) =
            rest.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).expect("a string");
        *rest = next.trim_start();
        literal.replace("\\r", "\r").replace("\\n", "\n").into_bytes()
    };
    let Some(next) = rest.strip_prefix('*') else { return octets };
    let next = next.trim_start();
    let end = next.find(|c: char| !c.is_ascii_digit()).unwrap_or(next.len());
    let times = next[..end].parse().expect("a number");
    *rest = next[end..].trim_start();
    octets.repeat(times)
}
