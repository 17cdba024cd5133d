//! Under load, the provider begins to block port 25, and ends it again: what becomes of the messages, with Postamt
//! and beside it with Postfix and its `smtp_fallback_relay`, in the same network and with the same script.
//!
//! ```text
//! sender ─▶ Postamt (the real `serve`) or Postfix ─▶ the lab's ISP ─▶ 25 operators with 8 domains each
//!                                                                └─▶ relay service ─▶ the same operators
//! ```
//!
//! Each case is a process in namespaces of its own; by default all run side by side, Postamt's full size for `drop`.
//! With `-- --full` each runs alone and in full, and the comparison with Postfix is made: `cargo xtask bench blocked`.
//! Needs root, `nft` and the other mail programs' file tree, so its name begins with `peers`.

#![allow(clippy::unwrap_used, reason = "a test")]

mod case;
mod figures;
mod journal;
mod load;
mod post_office;
mod postfix;
mod ratios;

use std::process::{Child, Command, ExitCode, Stdio};

use case::{Case, Mta, Trouble};
use ratios::Summary;

const INSIDE: &str = "--inside";
const FULL: &str = "--full";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == INSIDE) {
        case::run(arguments.get(1).unwrap().parse().unwrap());
        return ExitCode::SUCCESS;
    }
    if arguments.first().is_some_and(|first| first == FULL) {
        return full(&arguments[1..]);
    }
    // The other modes have to live through the first wait for a probe, too: a minute.
    let short =
        |mta, trouble| Case { mta, trouble, messages: 900, per_second: 10, block_at: 10, open_at: 30 };
    let cases = [
        Case::full(Mta::Postamt, Trouble::Drop),
        short(Mta::Postamt, Trouble::Reset),
        short(Mta::Postamt, Trouble::Prohibited),
        short(Mta::Postamt, Trouble::Proxy),
        Case { messages: 400, open_at: 30, ..short(Mta::Postfix, Trouble::Drop) },
    ];
    let running: Vec<(Case, Child)> = cases.into_iter().map(|case| (case, start(case))).collect();
    finished(running, &mut Vec::new())
}

/// One after another: those that are named, or all.
fn full(named: &[String]) -> ExitCode {
    let all = || {
        let modes = Trouble::ALL.map(|trouble| Case::full(Mta::Postamt, trouble));
        // Five minutes, as it may well be for ever.
        let long = |mta| Case { open_at: 315, ..Case::full(mta, Trouble::Drop) };
        modes.into_iter().chain([long(Mta::Postamt), long(Mta::Postfix)]).collect()
    };
    let cases: Vec<Case> =
        if named.is_empty() { all() } else { named.iter().map(|case| case.parse().unwrap()).collect() };
    let mut failed = false;
    let mut summaries = Vec::new();
    for case in cases {
        failed |= finished(vec![(case, start(case))], &mut summaries) != ExitCode::SUCCESS;
    }
    print!("{}", ratios::text(&summaries));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// When it ends, however it ends, the kernel takes everything away.
fn start(case: Case) -> Child {
    let itself = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "--ipc", "--pid", "--fork", "--kill-child"]);
    command.arg("--mount-proc").arg(itself).args([INSIDE, &case.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("unshare runs")
}

/// Shows what they say; what can be compared is added to `summaries`.
fn finished(running: Vec<(Case, Child)>, summaries: &mut Vec<Summary>) -> ExitCode {
    let mut failed = Vec::new();
    // All are waited for at the same time: a full pipe would stop a case.
    let waiting: Vec<_> = running
        .into_iter()
        .map(|(case, child)| std::thread::spawn(move || (case, child.wait_with_output().unwrap())))
        .collect();
    for thread in waiting {
        let (case, output) = thread.join().unwrap();
        println!("test {case} ... {}", if output.status.success() { "ok" } else { "FAILED" });
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            match Summary::read(line) {
                Some(summary) => summaries.push(summary),
                None => println!("{line}"),
            }
        }
        println!();
        if !output.status.success() {
            println!("{}", String::from_utf8_lossy(&output.stderr));
            failed.push(case.to_string());
        }
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("failed: {}", failed.join("; "));
    ExitCode::FAILURE
}
