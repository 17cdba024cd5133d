//! Names that only some crates may use: the clock, sockets, files, databases, argv, output.
//!
//! Judged in product code only; a test may open a socket. Names inside comments and strings do not count.

use super::source::Source;
use super::{Finding, finding, names_word};

const RULE: &str = "names";

/// Who a rule speaks to.
enum Scope {
    /// Everybody but these.
    Except(&'static [&'static str]),
    /// Only these.
    Only(&'static [&'static str]),
}

use Scope::{Except, Only};

const OUTSIDE: Scope = Except(&["net", "xtask"]);
const TERMINAL: Scope = Except(&["app", "xtask"]);
const PURE: Scope = Only(&["mail"]);

const RULES: [(&str, Scope, &str); 26] = [
    ("SystemTime::now", OUTSIDE, "ask `net::clock::Clock` for the time"),
    ("std::time::Instant", OUTSIDE, "ask `net::clock::Clock`, or wait with tokio::time"),
    ("TcpStream::connect", OUTSIDE, "only `net` opens outgoing connections"),
    ("TcpSocket", Except(&["net", "mta", "lab"]), "only `net` opens outgoing connections"),
    ("UdpSocket", Except(&["net", "lab"]), "only `net` and the lab speak UDP"),
    ("rusqlite", Except(&["store"]), "only `store` names a database"),
    ("mail_auth", Except(&["mailauth"]), "only `mailauth` names mail-auth"),
    ("hickory_resolver", Except(&["net", "mailauth", "lab"]), "DNS is behind `net::dns`"),
    ("hickory_proto", Except(&["net", "mailauth", "lab"]), "DNS is behind `net::dns`"),
    ("println!", TERMINAL, "only `app` writes to the terminal"),
    ("print!", TERMINAL, "only `app` writes to the terminal"),
    ("eprintln!", TERMINAL, "only `app` writes to the terminal"),
    ("eprint!", TERMINAL, "only `app` writes to the terminal"),
    ("std::env", TERMINAL, "only `app` reads arguments and environment"),
    ("process::exit", TERMINAL, "only `app` ends the process"),
    ("std::io::stdout", TERMINAL, "only `app` writes to the terminal"),
    ("std::fs", PURE, "`mail` opens no file"),
    ("std::net::TcpStream", PURE, "`mail` opens no socket"),
    ("TcpListener", PURE, "`mail` opens no socket"),
    ("SystemTime", PURE, "`mail` does not ask for the time"),
    ("Instant", PURE, "`mail` does not ask for the time"),
    ("async fn", PURE, "`mail` never waits"),
    (".await", PURE, "`mail` never waits"),
    ("thread::spawn", PURE, "`mail` starts no thread"),
    ("thread::sleep", Except(&["xtask"]), "wait for an event, or with tokio::time"),
    ("static mut", Except(&[]), "no ambient state"),
];

/// Judges a file.
pub fn judge(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in source.product_lines() {
        let grouped = grouped_import(&line.code);
        for (word, scope, why) in &RULES {
            let named = names_word(&line.code, word) || grouped.iter().any(|path| names_word(path, word));
            if named && scope.holds(&source.package) {
                findings.push(finding(source, number, RULE, format!("`{word}`: {why}")));
            }
        }
    }
    findings
}

impl Scope {
    fn holds(&self, package: &str) -> bool {
        match self {
            Except(packages) => !packages.contains(&package),
            Only(packages) => packages.contains(&package),
        }
    }
}

/// `use std::time::{Duration, Instant};` names `std::time::Duration` and `std::time::Instant`.
fn grouped_import(code: &str) -> Vec<String> {
    let Some((prefix, group)) = code.trim().strip_prefix("use ").and_then(|rest| rest.split_once('{')) else {
        return Vec::new();
    };
    group.split(',').map(|name| format!("{}{}", prefix.trim(), name.trim_matches([' ', '}', ';']))).collect()
}
