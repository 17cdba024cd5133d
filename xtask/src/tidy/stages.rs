//! No stage of the pipeline reaches back: it may call on a later one, never on an earlier one.
//!
//! A stage is a folder or file of `crates/mta/src` with one of the names below. Its tests may name any stage.

use super::source::Source;
use super::{Finding, finding, names_word};

const RULE: &str = "stages";

/// In the order mail travels.
const STAGES: [&str; 6] = ["accept", "admit", "enqueue", "plan", "send", "settle"];

/// The one arrow that leads back: a notice is a new message.
const BACK: (&str, &str) = ("settle", "enqueue");

/// Judges a file of the pipeline.
pub fn judge(source: &Source) -> Vec<Finding> {
    let Some(own) = stage_of(source) else { return Vec::new() };
    let mut findings = Vec::new();
    for (number, line) in source.product_lines() {
        for other in STAGES.iter().take_while(|stage| **stage != own) {
            if (own, *other) != BACK && names_word(&line.code, &format!("crate::{other}")) {
                let text = format!("stage `{own}` reaches back to `{other}`: take a value of flow.rs");
                findings.push(finding(source, number, RULE, text));
            }
        }
    }
    findings
}

fn stage_of(source: &Source) -> Option<&'static str> {
    let inside = source.path.strip_prefix("crates/mta/src").ok()?;
    let first = inside.iter().next()?.to_str()?;
    STAGES.into_iter().find(|stage| first.trim_end_matches(".rs") == *stage)
}
