//! Postamt beside Postfix: the same case with both, as ratios.
//!
//! A case is a process of its own and hands its [`Summary`] on as a line of its output, which [`Summary::read`] takes
//! out again. [`text`] says nothing of cases that only one of them went through.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Begins the line; nothing else does.
const MARK: &str = "summary: ";
const POSTAMT: &str = "postamt ";
const POSTFIX: &str = "postfix ";

/// What is compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// The case, as on the command line.
    pub case: String,
    /// From the first message until all of the load were delivered.
    pub seconds: f64,
    /// SYNs to port 25 while it was blocked.
    pub in_vain: u64,
    /// Messages of the load that waited longer than a minute.
    pub long: usize,
}

impl Summary {
    /// To be handed on.
    pub fn line(&self) -> String {
        format!("{MARK}{}", serde_json::to_string(self).unwrap())
    }

    /// From such a line.
    pub fn read(line: &str) -> Option<Self> {
        Some(serde_json::from_str(line.strip_prefix(MARK)?).unwrap())
    }
}

/// The ratios of each case that both went through.
pub fn text(summaries: &[Summary]) -> String {
    let mut text = String::new();
    for postamt in summaries {
        let Some(case) = postamt.case.strip_prefix(POSTAMT) else { continue };
        let other = |it: &&Summary| it.case.strip_prefix(POSTFIX) == Some(case);
        let Some(postfix) = summaries.iter().find(other) else { continue };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "Postamt : Postfix, {case}\n  until all were delivered, s     {}\n  connections tried in vain (SYN) {}\n  \
             waiting longer than 60 s        {}",
            ratio(postamt.seconds, postfix.seconds, 1),
            ratio(postamt.in_vain as f64, postfix.in_vain as f64, 0),
            ratio(postamt.long as f64, postfix.long as f64, 0),
        );
    }
    text
}

/// Both, and how often the smaller one is in the larger one.
fn ratio(postamt: f64, postfix: f64, places: usize) -> String {
    let both = format!("{postamt:.places$} : {postfix:.places$}");
    let (less, more) = (postamt.min(postfix), postamt.max(postfix));
    match (more / less, postamt <= postfix) {
        (times, _) if !times.is_finite() => both,
        (times, true) => format!("{both} = 1 : {times:.1}"),
        (times, false) => format!("{both} = {times:.1} : 1"),
    }
}
