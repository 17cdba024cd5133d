//! The letter as it is sent: a ticket or an e-mail with its subject, the fields of a form to copy, or plain text. Lines are
//! not wrapped: forms and mail programs do that themselves.

use postamt_mail::words::Words;

use super::{LeftOut, Letter};

/// How it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A ticket: subject and text.
    Ticket,
    /// The fields of a form, one by one.
    Form,
    /// An e-mail: subject and text.
    Email,
    /// The text alone.
    Text,
}

/// Puts it into that form.
#[must_use]
pub fn render(letter: &Letter, form: Form, words: &Words) -> String {
    match form {
        Form::Text => body(letter, words),
        Form::Ticket | Form::Email => {
            let subject = words.get("letter-subject-line", &[("subject", (&letter.subject).into())]);
            format!("{subject}\n\n{}", body(letter, words))
        }
        Form::Form => fields(letter, words),
    }
}

fn body(letter: &Letter, words: &Words) -> String {
    let mut blocks = vec![words.get("letter-greeting", &[])];
    blocks.extend(letter.opening.iter().cloned());
    if letter.fields_are_the_providers && !letter.fields.is_empty() {
        let lines = letter
            .fields
            .iter()
            .map(|field| format!("* {}: {}", field.label, field.value.replace('\n', "; ")));
        blocks.push(block(&words.get("letter-fields-heading", &[]), lines));
    }
    if !letter.state.is_empty() {
        let lines = letter.state.iter().map(|place| format!("* {}", letter.claims[*place].text));
        blocks.push(block(&letter.state_heading, lines));
    }
    if !letter.promises.is_empty() {
        let promises = letter.promises.iter().map(|promise| format!("* {promise}"));
        blocks.push(block(&words.get("letter-promises-heading", &[]), promises));
    }
    blocks.extend(letter.closing.iter().cloned());
    if !letter.annex.is_empty() {
        let heading = words.get("letter-annex-heading", &[]);
        let line = "-".repeat(heading.chars().count());
        blocks.push(format!("{heading}\n{line}\n{}", letter.annex.join("\n").trim_end()));
    }
    blocks.join("\n\n")
}

fn block(heading: &str, lines: impl Iterator<Item = String>) -> String {
    [heading.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// Subject, the fields, and the whole text for the field that takes it.
fn fields(letter: &Letter, words: &Words) -> String {
    let subject = (words.get("letter-form-subject", &[]), letter.subject.clone());
    let rest = (words.get("letter-form-text", &[]), body(letter, words));
    let fields = letter.fields.iter().map(|field| (field.label.clone(), field.value.clone()));
    let told = [subject].into_iter().chain(fields).chain([rest]);
    told.map(|(label, value)| format!("[{label}]\n{value}")).collect::<Vec<_>>().join("\n\n")
}

/// What the user promises by sending the letter: for the user, who is to know it first.
#[must_use]
pub fn promises(letter: &Letter, words: &Words) -> String {
    let lines = letter.promised.iter().map(|promise| format!("  - {promise}"));
    let promised = block(&words.get("letter-promised-heading", &[]), lines);
    format!("{promised}\n{}", words.get("letter-promised-check", &[]))
}

/// What the letter leaves out and what to do about it, and what only the user knows: for the user, not the provider.
#[must_use]
pub fn for_the_user(letter: &Letter, words: &Words) -> String {
    let mut blocks = Vec::new();
    if !letter.left_out.is_empty() {
        let (unseen, seen): (Vec<&LeftOut>, Vec<&LeftOut>) =
            letter.left_out.iter().partition(|left| left.because.is_empty());
        let mut lines: Vec<String> = Vec::new();
        for (topics, because) in by_reason(&seen) {
            lines.extend(topics.iter().map(|topic| format!("  - {topic}")));
            lines.extend(because.iter().map(|line| format!("      {line}")));
        }
        lines.extend(unseen.iter().map(|left| format!("  - {}", left.topic)));
        if !unseen.is_empty() {
            let why = words.get("letter-not-looked-at", &[("count", unseen.len().into())]);
            lines.push(format!("      {why}"));
        }
        blocks.push(block(&words.get("letter-left-out-heading", &[]), lines.into_iter()));
    }
    if !letter.to_fill_in.is_empty() {
        let lines = letter.to_fill_in.iter().map(|blank| format!("  - {blank}"));
        blocks.push(block(&words.get("letter-to-fill-in-heading", &[]), lines));
    }
    blocks.join("\n\n")
}

/// Topics that miss for the same reasons stand together; nothing is said twice.
fn by_reason<'a>(left_out: &[&'a LeftOut]) -> Vec<(Vec<&'a str>, Vec<&'a str>)> {
    let mut groups: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for left in left_out {
        let reasons = reasons(left);
        match groups.iter_mut().find(|(_, known)| *known == reasons) {
            Some((topics, _)) => topics.push(&left.topic),
            None => groups.push((vec![&left.topic], reasons)),
        }
    }
    groups
}

fn reasons(left: &LeftOut) -> Vec<&str> {
    let mut said: Vec<Vec<&str>> = Vec::new();
    for evidence in &left.because {
        let told = [&evidence.told].into_iter().chain(&evidence.seen).chain(&evidence.remedy);
        let lines: Vec<&str> = told.flat_map(|text| text.lines()).collect();
        if !said.contains(&lines) {
            said.push(lines);
        }
    }
    said.concat()
}
