//! No path of one particular machine: neither in a string of product code nor in a document.
//!
//! The system's standard places (`/etc`, `/var/lib`, …) are fine; somebody's home, a scratch folder or a
//! checkout's place is not. A document may say `/tmp`.

use super::source::Source;
use super::workspace::Workspace;
use super::{Finding, finding};

const RULE: &str = "paths";

const STANDARD: [&str; 12] =
    ["etc", "var", "run", "dev", "proc", "sys", "usr", "bin", "sbin", "lib", "opt", "srv"];

/// Judges the strings of a file. HTTP paths in `web` look like files and are left alone.
pub fn judge(source: &Source) -> Vec<Finding> {
    if source.package == "web" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in source.product_lines() {
        for text in line.strings.iter().filter(|text| is_foreign(text, &STANDARD)) {
            findings.push(finding(source, number, RULE, format!("{text:?} is a path of one machine")));
        }
    }
    findings
}

/// Judges the documents.
pub fn judge_documents(workspace: &Workspace) -> Vec<Finding> {
    let known: Vec<&str> = STANDARD.iter().copied().chain(["tmp", "root"]).collect();
    let mut findings = Vec::new();
    for document in &workspace.documents {
        for (index, line) in document.text.lines().enumerate() {
            let words = line.split([' ', '`', '"', '\'', '(', ')', '=', '<', '>']);
            for word in words.filter(|word| is_foreign(word, &known)) {
                let text = format!("{word} is a path of one machine");
                findings.push(Finding { path: document.path.clone(), line: index + 1, rule: RULE, text });
            }
        }
    }
    findings
}

/// An absolute path of two parts and more whose first part is not in `known`.
fn is_foreign(text: &str, known: &[&str]) -> bool {
    let Some((first, rest)) = text.strip_prefix('/').and_then(|path| path.split_once('/')) else {
        return false;
    };
    let is_name = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_lowercase());
    is_name
        && rest.starts_with(|character: char| character.is_ascii_alphanumeric())
        && !known.contains(&first)
}
