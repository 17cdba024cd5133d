//! Every sentence for people is there in German and in English, with the same variables.
//!
//! Catalogues are Fluent files that lie side by side as `de.ftl` and `en.ftl`, or under `de/` and `en/` with the
//! same names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::Finding;
use super::workspace::{Document, Workspace};

const RULE: &str = "words";

/// A message: the line it stands in and the variables that it uses.
struct Message {
    line: usize,
    variables: BTreeSet<String>,
}

type Messages = BTreeMap<String, Message>;

/// Compares each pair of catalogues.
pub fn judge(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for catalogue in &workspace.catalogues {
        let Some(other_path) = other_language(&catalogue.path) else {
            findings.push(against(catalogue, 1, "a catalogue is called after its language, `de` or `en`"));
            continue;
        };
        let Some(other) = workspace.catalogues.iter().find(|it| it.path == other_path) else {
            findings.push(against(catalogue, 1, format!("{} is missing", other_path.display())));
            continue;
        };
        findings.extend(compare(catalogue, other));
    }
    findings
}

fn compare(catalogue: &Document, other: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (messages, others) = (parse(&catalogue.text), parse(&other.text));
    for (id, message) in &messages {
        let name = other.path.display();
        match others.get(id) {
            None => findings.push(against(catalogue, message.line, format!("`{id}` is missing in {name}"))),
            Some(counterpart) => {
                for variable in message.variables.difference(&counterpart.variables) {
                    let text = format!("`{id}` uses ${variable} here but not in {name}");
                    findings.push(against(catalogue, message.line, text));
                }
            }
        }
    }
    findings
}

fn other_language(path: &std::path::Path) -> Option<PathBuf> {
    let mut changed = false;
    let parts = path.iter().map(|part| {
        let text = part.to_str().unwrap_or_default();
        let other = match text.strip_suffix(".ftl").unwrap_or(text) {
            "de" => "en",
            "en" => "de",
            _ => return text.to_string(),
        };
        changed = true;
        if text.ends_with(".ftl") { format!("{other}.ftl") } else { other.to_string() }
    });
    let other: PathBuf = parts.collect();
    changed.then_some(other)
}

fn parse(text: &str) -> Messages {
    let mut messages = Messages::new();
    let mut current: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with(|character: char| character.is_ascii_alphabetic() || character == '-')
            && let Some((id, _)) = line.split_once('=')
        {
            let id = id.trim().to_string();
            messages.insert(id.clone(), Message { line: index + 1, variables: BTreeSet::new() });
            current = Some(id);
        }
        if line.starts_with('#') {
            continue;
        }
        if let Some(message) = current.as_ref().and_then(|id| messages.get_mut(id)) {
            message.variables.extend(variables(line));
        }
    }
    messages
}

/// `{ $name }` in a line.
fn variables(line: &str) -> Vec<String> {
    let is_name = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    line.match_indices('$').map(|(at, _)| line[at + 1..].chars().take_while(is_name).collect()).collect()
}

fn against(document: &Document, line: usize, text: impl Into<String>) -> Finding {
    Finding { path: document.path.clone(), line, rule: RULE, text: text.into() }
}
