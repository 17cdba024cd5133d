//! How a file looks: its header, its length, its citations, and what must not stay in it.

use super::source::Source;
use super::{Finding, finding};

const RULE: &str = "form";

/// Files aim at 300 lines; beyond this the header says why.
const LONG: usize = 500;

const LEFTOVERS: [(&str, &str); 5] = [
    ("todo!(", "finish it, or leave it out"),
    ("unimplemented!(", "finish it, or leave it out"),
    ("dbg!(", "take it out"),
    ("allow(dead_code", "take the dead code out"),
    ("#[ignore", "a test that is not run proves nothing"),
];

/// Judges a file.
pub fn judge(source: &Source) -> Vec<Finding> {
    let mut findings = header(source);
    for (index, line) in source.lines.iter().enumerate() {
        let number = index + 1;
        for (leftover, advice) in LEFTOVERS {
            if line.code.contains(leftover) {
                findings.push(finding(source, number, RULE, format!("`{leftover}`: {advice}")));
            }
        }
        if !source.test
            && let Some(text) = bad_citation(&line.comment)
        {
            findings.push(finding(source, number, RULE, text));
        }
    }
    findings
}

fn header(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let header: Vec<&str> = source.header().collect();
    if header.is_empty() && !source.test {
        findings.push(finding(
            source,
            1,
            RULE,
            "open with `//!`: what it is, how it is called, what can fail",
        ));
    }
    if source.lines.len() > LONG && !source.test && !header.iter().any(|line| line.contains("500 lines")) {
        let text = format!(
            "{} lines; past {LONG} the header says why (`Over 500 lines because …`)",
            source.lines.len()
        );
        findings.push(finding(source, 1, RULE, text));
    }
    findings
}

/// A clause is cited as `RFC 5321 §4.5.3.1`.
fn bad_citation(comment: &str) -> Option<String> {
    for (at, _) in comment.match_indices("RFC") {
        let after = &comment[at + 3..];
        if after.starts_with(|character: char| character.is_ascii_digit()) || after.starts_with("-") {
            return Some(format!("write `RFC 5321 §4.5.3.1`, not `RFC{}`", first_word(after)));
        }
        let Some(after) = after.strip_prefix(' ') else { continue };
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        if digits == 0 {
            continue;
        }
        let next = after[digits..].trim_start_matches([',', ' ']).to_ascii_lowercase();
        let spelled_out =
            ["section ", "sect.", "sec.", "sec ", "clause "].iter().any(|word| next.starts_with(word));
        let bare_clause = after[digits..].starts_with(' ') && is_clause(first_word(&next));
        if spelled_out || bare_clause {
            return Some(format!("write `RFC {} §…` for the clause", &after[..digits]));
        }
    }
    None
}

fn first_word(text: &str) -> &str {
    text.split([' ', ',', ';', ')', ':']).next().unwrap_or_default()
}

/// `4.5.3` is a clause's number; `2` or `4xx` alone is not.
fn is_clause(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    word.contains('.')
        && word.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
