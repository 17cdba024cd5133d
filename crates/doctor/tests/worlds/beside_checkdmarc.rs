//! The doctor beside checkdmarc on the broken worlds of SPF, DKIM and DMARC: prints the table of docs/doctor.md.
//!
//! Run by `bench/checkdmarc/run.sh`, by hand only: it needs Python with checkdmarc (`CHECKDMARC_PYTHON` names the
//! interpreter). Each zone is served on a port of loopback; both see the same. What checkdmarc says of the healthy
//! world is left out everywhere, so that what stays is about the fault.

#![expect(dead_code, unused_imports, reason = "the worlds are judged by the test target `worlds`")]

mod dkim;
mod dmarc;
mod outside;
mod servers;
mod spf;
mod support;
mod zone;

use std::process::Command;

use postamt_lab::zones::DnsServer;
use serde_json::Value;

use support::{World, begin, cries, report_of, uncured};

/// Characters of what checkdmarc says that a cell shows.
const CELL: usize = 130;

struct Heard {
    version: String,
    said: Vec<String>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let python = std::env::var("CHECKDMARC_PYTHON").expect("CHECKDMARC_PYTHON names an interpreter");
    let healthy = ask(&python, &uncured("healthy", "", &[])).await;
    println!("checkdmarc {}; of the healthy zone it says: {:?}\n", healthy.version, healthy.said);
    for (name, worlds) in [("SPF", spf::WORLDS), ("DMARC", dmarc::WORLDS), ("DKIM", dkim::WORLDS)] {
        table(&python, name, worlds, &healthy.said).await;
    }
}

async fn table(python: &str, name: &str, worlds: &[World], usual: &[String]) {
    println!("| {name} | Postamt | checkdmarc |\n|---|---|---|");
    let (mut faults, mut ours, mut theirs, mut alarms) = (0, 0, 0, 0);
    // What is only on the host cannot be seen in the zone.
    for world in worlds.iter().filter(|world| !world.zone.is_empty()) {
        let found = cries(&report_of(world).await);
        let mut said = ask(python, world).await.said;
        said.retain(|line| !usual.contains(line));
        if world.finds.is_empty() {
            alarms += usize::from(!said.is_empty());
        } else {
            faults += 1;
            ours += usize::from(found == world.finds);
            theirs += usize::from(!said.is_empty());
        }
        println!("| {} | {} | {} |", world.name, cell(&found), cell(&said));
    }
    println!(
        "\n{name}: {faults} faults; Postamt names {ours}; checkdmarc says something of {theirs}, and of {alarms} worlds that are in order\n"
    );
}

fn cell<T: AsRef<str>>(lines: &[T]) -> String {
    if lines.is_empty() {
        return "–".to_owned();
    }
    let text =
        lines.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("; ").replace('|', "\\|").replace('\n', " ");
    let short: String = text.chars().take(CELL).collect();
    if short.len() < text.len() { format!("{short}…") } else { text }
}

async fn ask(python: &str, world: &World) -> Heard {
    let address = "127.0.0.1:0".parse().expect("an address");
    let server = DnsServer::start(address, begin(world).1.zones()).await.expect("a server");
    let mut state = support::healthy();
    (world.state)(&mut state);
    let domain = state.stranger.unwrap_or("example.test");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/checkdmarc/ask.py");
    let arguments = [script.to_owned(), server.address().port().to_string(), domain.to_owned()];
    let mut command = Command::new(python);
    command.args(arguments);
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("started");
    assert!(output.status.success(), "{}: {}", world.name, String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let said = answer["said"].as_array().expect("a list").iter();
    Heard {
        version: answer["version"].as_str().expect("a version").to_owned(),
        said: said.map(|line| line.as_str().expect("a line").to_owned()).collect(),
    }
}
