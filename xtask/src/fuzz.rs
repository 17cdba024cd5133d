//! `cargo xtask fuzz [TARGET …] [--seconds N]`: runs the fuzz targets, each for N seconds (ten minutes unless told).
//!
//! ```text
//! fuzz/fuzz_targets/  one file per target
//! fuzz/corpus/        what the fuzzer has found so far; it begins with the cases of the tests
//! fuzz/artifacts/     inputs that broke something
//! ```
//!
//! Needs cargo-fuzz. It asks for a nightly compiler only for its flags, so the stable one is told to take them.
//! Fails when a target finds something; its name and the input are shown.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{command, is_installed, run as run_command};

/// The targets that need only `mail`, which is built in a minute; these run unless others are named.
const TARGETS: [&str; 12] = [
    "address",
    "client_session",
    "command",
    "content",
    "dmarc_reports",
    "headers",
    "milter",
    "policies",
    "replies",
    "rules",
    "sasl",
    "server_session",
];
/// Those that need `mailauth` and all below it.
const TARGETS_OF_MAILAUTH: [&str; 1] = ["records"];
/// Seconds for each target.
const SECONDS: u32 = 600;

/// Runs the targets that are named, or all that need only `mail`.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (names, seconds) = read_arguments(arguments)?;
    if !is_installed("cargo-fuzz") {
        bail!("cargo-fuzz is not installed: cargo install --locked cargo-fuzz");
    }
    let mut failed = Vec::new();
    for name in names {
        seed(root, name)?;
        if let Err(error) = fuzz(root, name, seconds) {
            eprintln!("{name}: {error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("broken: {}", failed.join(", ")) }
}

fn read_arguments(arguments: &[String]) -> Result<(Vec<&'static str>, u32)> {
    let (mut names, mut seconds) = (Vec::new(), SECONDS);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            let number = words.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            seconds = number.context("--seconds wants a number above 0")?;
        } else {
            let known = TARGETS.iter().chain(&TARGETS_OF_MAILAUTH).find(|name| *name == word);
            names.push(
                *known
                    .with_context(|| format!("there is no target {word}; there are {}", all().join(", ")))?,
            );
        }
    }
    if names.is_empty() {
        names.extend(TARGETS);
    }
    Ok((names, seconds))
}

fn all() -> Vec<&'static str> {
    [&TARGETS[..], &TARGETS_OF_MAILAUTH].concat()
}

fn fuzz(root: &Path, name: &str, seconds: u32) -> Result<()> {
    let corpus = format!("fuzz/corpus/{name}");
    let time = format!("-max_total_time={seconds}");
    let mut words = vec!["cargo", "fuzz", "run"];
    if TARGETS_OF_MAILAUTH.contains(&name) {
        words.extend(["--features", "mailauth"]);
    }
    // The same seed: what is found once is found again.
    words.extend([
        name,
        &corpus,
        "--",
        &time,
        "-seed=1",
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-max_len=4096",
    ]);
    if ["server_session", "client_session", "command", "replies", "content"].contains(&name) {
        words.push("-dict=fuzz/smtp.dict");
    }
    let mut fuzzer = command(root, &words);
    fuzzer.env("RUSTC_BOOTSTRAP", "1").env("CARGO_INCREMENTAL", "0");
    run_command(fuzzer)
}

/// Makes inputs of a target from a file with cases of a test.
type Make = fn(&[u8]) -> Vec<Vec<u8>>;

/// Puts the cases of the tests into the corpus of a target.
fn seed(root: &Path, name: &str) -> Result<()> {
    let corpus = root.join("fuzz/corpus").join(name);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let data = root.join("crates/mail/tests/data");
    let (folder, make): (_, Make) = match name {
        "server_session" => {
            (data.join("chasquid"), |case| said(case, b"c -> ", &[&[32, 9], &[40, 0], &[1, 0]]))
        }
        "content" => (data.join("chasquid"), |case| said(case, b"c -> ", &[&[0], &[1], &[2]])),
        "client_session" => (data.join("james"), |case| said(case, b"S: ", &[&[0], &[0b01_0011]])),
        "replies" => (data.join("james"), |case| said(case, b"S: ", &[&[1]])),
        "command" => (data.join("james"), |case| lines(case, b"C: ").map(<[u8]>::to_vec).collect()),
        "address" => (data.join("isemail"), quoted),
        "dmarc_reports" => {
            (data.join("dmarc-reports"), |case| (0..4).map(|form| [&[form], case].concat()).collect())
        }
        "headers" => (data.join("dmarc-reports"), |case| vec![case.to_vec()]),
        _ => return Ok(()),
    };
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (number, input) in make(&fs::read(&path)?).into_iter().enumerate() {
            fs::write(corpus.join(format!("{file}-{number}")), input)?;
        }
    }
    Ok(())
}

/// One side of a dialogue, with each of these heads in front of it.
fn said(case: &[u8], mark: &[u8], heads: &[&[u8]]) -> Vec<Vec<u8>> {
    let stream: Vec<u8> = lines(case, mark).flat_map(|line| [line, b"\r\n"].concat()).collect();
    heads.iter().map(|head| [head, &stream[..]].concat()).collect()
}

fn lines<'c>(case: &'c [u8], mark: &'c [u8]) -> impl Iterator<Item = &'c [u8]> {
    case.split(|octet| *octet == b'\n').filter_map(|line| line.trim_ascii_end().strip_prefix(mark))
}

/// What stands between `<address>` and `</address>`.
fn quoted(case: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(case);
    let addresses = text.split("<address>").skip(1).filter_map(|rest| rest.split_once("</address>"));
    addresses.map(|(address, _)| address.as_bytes().to_vec()).collect()
}
