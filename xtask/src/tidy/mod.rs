//! `cargo xtask tidy`: the rules of the house that no compiler knows.
//!
//! ```text
//! layers  which crate may depend on which (ARCHITECTURE.md)
//! stages  no stage of the pipeline reaches back
//! names   clock, sockets, databases, argv and output only where they belong
//! form    headers, sizes, citations, things that must not stay
//! paths   no machine's own paths
//! words   every sentence in both languages
//! ```
//!
//! A line that must break a rule says so, on itself or just above, in a comment: `tidy: allow(RULE), because …`.
//! Everything is read once and judged in memory; the only failures are unreadable files.

mod form;
mod layers;
mod names;
mod paths;
mod source;
mod stages;
mod words;
mod workspace;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use source::Source;
use workspace::Workspace;

/// Something against a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: PathBuf,
    line: usize,
    rule: &'static str,
    text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}: {}", self.path.display(), self.line, self.rule, self.text)
    }
}

/// Judges the workspace in `root`; prints every finding.
pub fn run(root: &Path) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let findings = judge(&workspace);
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    eprintln!("tidy: {} files in order", workspace.sources.len());
    Ok(())
}

fn judge(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = layers::judge(workspace);
    for source in &workspace.sources {
        let rules = [stages::judge, names::judge, form::judge, paths::judge];
        findings
            .extend(rules.iter().flat_map(|rule| rule(source)).filter(|finding| !allowed(source, finding)));
    }
    findings.extend(paths::judge_documents(workspace));
    findings.extend(words::judge(workspace));
    findings.sort();
    findings
}

/// True when the line of the finding, or the comment just above it, allows it and says why.
fn allowed(source: &Source, finding: &Finding) -> bool {
    let permit = format!("tidy: allow({})", finding.rule);
    let with_reason = |comment: &str| {
        comment.split_once(&permit).is_some_and(|(_, reason)| {
            reason
                .trim_start_matches([',', ' '])
                .strip_prefix("because")
                .is_some_and(|why| why.trim().len() > 5)
        })
    };
    let before = source.lines.iter().take(finding.line).rev();
    before
        .enumerate()
        .take_while(|(distance, line)| {
            *distance == 0 || line.code.trim().is_empty() && !line.comment.is_empty()
        })
        .any(|(_, line)| with_reason(&line.comment))
}

fn finding(source: &Source, line: usize, rule: &'static str, text: impl Into<String>) -> Finding {
    Finding { path: source.path.clone(), line, rule, text: text.into() }
}

/// True when `code` holds `word` (which may be a path such as `std::env`) not as part of a longer name.
fn names_word(code: &str, word: &str) -> bool {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_some_and(is_name);
        let after = word.chars().next_back().is_some_and(is_name)
            && code[at + word.len()..].chars().next().is_some_and(is_name);
        !before && !after
    })
}
