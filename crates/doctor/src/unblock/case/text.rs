//! A case in words: a line, the file in full, the reminder, and what else can be done when a provider refuses.

use postamt_mail::words::{Language, Value, Words, words};
use postamt_store::cases::{Case, CaseAbout, CaseEvent, CaseStep, CaseSubject, CaseText, Lister, WantedName};

use crate::unblock::base::{Base, Policy, Provider};
use crate::unblock::letter::compose::{blank, list};

/// Other providers that are named.
const OTHERS: usize = 5;

/// A text in both languages, German first where the case is German.
pub fn both(case: &Case, write: impl Fn(&Words) -> String) -> Vec<CaseText> {
    let is_german = case.letter().is_some_and(|letter| letter.language == Language::De.tag());
    let first = if is_german { Language::De } else { Language::En };
    let text =
        |language| CaseText { language: Language::tag(language).to_owned(), text: write(words(language)) };
    vec![text(first), text(first.other())]
}

/// The text of a step in this language, or else the first.
#[must_use]
pub fn in_language<'a>(step: &'a CaseStep, words: &Words) -> Option<&'a CaseText> {
    let fits = |text: &&CaseText| text.language == words.language().tag();
    step.texts.iter().find(fits).or_else(|| step.texts.first())
}

/// The sentence for what this case is about: one that ends in its kind, where there is one.
#[must_use]
pub fn said(id: &str, case: &Case, values: &[(&str, Value<'_>)], words: &Words) -> String {
    let own = format!("{id}-{}", case.subject.about.name());
    let id = if words.has(&own) { &own } else { id };
    let whom = match &case.subject.about {
        CaseAbout::Delisting { name, .. } => name.as_str(),
        CaseAbout::Port25 | CaseAbout::Ptr { .. } => "",
    };
    let values: Vec<_> = values.iter().cloned().chain([("whom", whom.into())]).collect();
    words.get(id, &values)
}

/// How it stands, in a few words.
#[must_use]
pub fn stage(case: &Case, words: &Words) -> String {
    said(&format!("case-stage-{}", dashed(case.stage().name())), case, &[], words)
}

/// How it stands, as one line.
#[must_use]
pub fn line(case: &Case, words: &Words) -> String {
    let stage = stage(case, words);
    let since = case.steps.iter().rev().find(|step| !matches!(step.event, CaseEvent::Noted));
    let since = since.or(case.steps.last()).map(|step| words.time(step.at)).unwrap_or_default();
    let values = [("id", case.id.to_string().into()), ("stage", stage.into()), ("since", Value::from(since))];
    let mut line = words.get("case-line", &values);
    if let Some(ticket) = case.ticket() {
        line.push_str(&format!(" {}", words.get("case-line-ticket", &[("ticket", ticket.into())])));
    }
    if let Some(at) = case.follow_up_at() {
        line.push_str(&format!(" {}", words.get("case-line-follow-up", &[("at", words.time(at).into())])));
    }
    line
}

/// How an open case stands, as one sentence for who wonders why mail waits: when it was sent, and when an answer is due.
#[must_use]
pub fn brief(case: &Case, provider: Option<&Provider>, words: &Words) -> String {
    let id = format!("case-brief-{}", dashed(case.stage().name()));
    let time = |at: Option<u64>| Value::from(at.map(|at| words.time(at)).unwrap_or_default());
    let name = provider.map(|it| it.name.clone()).or_else(|| case.subject.provider.clone());
    let values = [
        ("id", case.id.to_string().into()),
        ("provider", name.unwrap_or_else(|| words.get("case-brief-provider", &[])).into()),
        ("since", time(case.since())),
        ("sent", time(case.last_sent_at())),
        ("due", time(case.due_at())),
    ];
    words.get(&id, &values)
}

/// What to do next, in a sentence or two.
#[must_use]
pub fn next(case: &Case, words: &Words) -> String {
    let id = format!("case-next-{}", dashed(case.stage().name()));
    said(&id, case, &[("id", case.id.to_string().into())], words)
}

/// Everything, as plain text; with the texts in all their languages where it is to be handed on.
#[must_use]
pub fn file(case: &Case, provider: Option<&Provider>, all_languages: bool, words: &Words) -> String {
    let heading = words.get("case-heading", &[("id", case.id.to_string().into())]);
    let mut lines = vec![heading.clone(), "=".repeat(heading.chars().count()), line(case, words)];
    let subject = &case.subject;
    let mut say = |id: &str, value: String| {
        if !value.is_empty() {
            lines.push(words.get(id, &[("text", value.into())]));
        }
    };
    let name = provider.map(|provider| provider.name.clone()).or_else(|| subject.provider.clone());
    say("case-provider", name.unwrap_or_default());
    say("case-host", subject.hostname.clone());
    match &subject.about {
        CaseAbout::Port25 => say("case-addresses", joined(&subject.addresses)),
        CaseAbout::Ptr { wanted } => {
            say("case-wanted", wanted.iter().map(pair).collect::<Vec<_>>().join(", "));
        }
        CaseAbout::Delisting { name, listed, .. } => {
            say("case-lister", name.clone());
            say("case-listed", listed.join(", "));
        }
    }
    say("case-ways", joined(&subject.paths));
    say("case-follows", subject.follows.map(|id| id.to_string()).unwrap_or_default());
    for step in &case.steps {
        lines.push(format!("\n{}", happened(case, step, words)));
        lines.extend(step.note.iter().map(|note| indented(note)));
        let texts: Vec<&CaseText> = if all_languages {
            step.texts.iter().collect()
        } else {
            in_language(step, words).into_iter().collect()
        };
        for text in texts {
            let language = if step.texts.len() > 1 && all_languages {
                format!("[{}]\n", text.language)
            } else {
                String::new()
            };
            lines.push(format!("\n{}", indented(&format!("{language}{}", text.text))));
        }
    }
    lines.push(format!("\n{}", next(case, words)));
    lines.join("\n")
}

/// A step as one line.
#[must_use]
pub fn happened(case: &Case, step: &CaseStep, words: &Words) -> String {
    let at = ("at", Value::from(words.time(step.at)));
    let id = format!("case-event-{}", dashed(step.event.name()));
    let line = match &step.event {
        CaseEvent::Sent { channel } => {
            let by = words.get(&format!("case-channel-{}", channel.name()), &[]);
            words.get(&id, &[at, ("by", by.into())])
        }
        CaseEvent::Lost { successor } => said(&id, case, &[at, ("id", successor.to_string().into())], words),
        _ => said(&id, case, &[at], words),
    };
    match &step.ticket {
        Some(ticket) => format!("{line} {}", words.get("case-line-ticket", &[("ticket", ticket.into())])),
        None => line,
    }
}

/// What else can be done where PTR records or an entry are the matter.
#[must_use]
pub fn alternatives_of(case: &Case, provider: Option<&Provider>, base: &Base, words: &Words) -> String {
    let ids = match case.subject.about {
        CaseAbout::Port25 => return alternatives(provider, base, words),
        CaseAbout::Ptr { .. } => ["case-way-relay-meanwhile", "case-way-move-ptr", "case-way-ask-again"],
        CaseAbout::Delisting { .. } => {
            ["case-way-relay-meanwhile", "case-way-other-address", "case-way-ask-again"]
        }
    };
    numbered(ids.map(|id| words.get(id, &[])).to_vec(), words)
}

/// The letter that asks again.
#[must_use]
pub fn reminder(case: &Case, words: &Words) -> String {
    let sent = case.sent_at().map(|at| words.date(at)).unwrap_or_default();
    let parts = vec![
        said("case-reminder-asked", case, &[("sent", sent.into()), ("addresses", about(case).into())], words),
        words.get("case-reminder-wish", &[]),
        words.get("case-reminder-thanks", &[]),
    ];
    to_provider(case, &about(case), parts, words)
}

/// The letter that asks once more for what was there before; `lost` is what the next case is about.
#[must_use]
pub fn again(case: &Case, lost: &CaseSubject, words: &Words) -> String {
    let about = about_of(lost);
    let whom = match &lost.about {
        CaseAbout::Delisting { name, .. } => name.as_str(),
        CaseAbout::Port25 | CaseAbout::Ptr { .. } => "",
    };
    let (id, records) = match &lost.about {
        CaseAbout::Port25 => ("case-again", Vec::new()),
        CaseAbout::Ptr { wanted } => ("case-again-ptr", wanted.iter().map(pair).collect()),
        CaseAbout::Delisting { by: Lister::List(_), listed, .. } => ("case-again-list", listed.clone()),
        CaseAbout::Delisting { by: Lister::Mailbox(_), listed, .. } => ("case-again-mailbox", listed.clone()),
    };
    let values = [
        ("addresses", Value::from(if records.is_empty() { about.clone() } else { list(&records, words) })),
        ("whom", whom.into()),
        ("count", records.len().into()),
        ("records", list(&records, words).into()),
    ];
    let mut parts = vec![words.get(id, &values)];
    if let CaseAbout::Delisting { .. } = lost.about {
        let blank = |id: &str| Value::from(blank(&words.get(id, &[]), words));
        let values = [("cause", blank("delist-blank-cause")), ("done", blank("delist-blank-done"))];
        parts.push(words.get("delist-cause", &values));
    }
    parts.push(words.get("case-again-below", &[]));
    let mut text = to_provider(case, &about, parts, words);
    if let Some(letter) = case.letter() {
        let heading = words.get("case-again-heading", &[]);
        let line = "-".repeat(heading.chars().count());
        text.push_str(&format!("\n\n{heading}\n{line}\n{}", letter.text));
    }
    text
}

/// What else can be done, in order: a relay, another plan, another provider.
#[must_use]
pub fn alternatives(provider: Option<&Provider>, base: &Base, words: &Words) -> String {
    let relay = provider.and_then(|provider| provider.relay.as_ref()).map(|it| it.get(words.language()));
    let mut ways = vec![match relay {
        Some(relay) => words.get("case-way-relay-there", &[("text", relay.into())]),
        None => words.get("case-way-relay", &[]),
    }];
    if let Some(provider) = provider.filter(|it| matches!(it.policy, Policy::Upgrade | Policy::Mixed)) {
        let detail = provider.detail.as_ref().map_or("", |it| it.get(words.language()));
        let text = words.get("case-way-plan", &[("name", (&provider.name).into()), ("text", detail.into())]);
        ways.push(text.trim_end().to_owned());
    }
    let others = base.others(provider, OTHERS);
    ways.push(match others.is_empty() {
        true => words.get("case-way-move", &[]),
        false => words.get("case-way-move-to", &[("names", others.join("; ").into())]),
    });
    ways.push(words.get("case-way-ask-again", &[]));
    numbered(ways, words)
}

fn numbered(ways: Vec<String>, words: &Words) -> String {
    let ways = ways.iter().enumerate().map(|(place, way)| format!("{}. {way}", place + 1));
    format!("{}\n{}", words.get("case-ways-intro", &[]), ways.collect::<Vec<_>>().join("\n"))
}

/// A letter to the provider with its subject line, greeting and end; the name below is left to the user.
pub(super) fn to_provider(case: &Case, about: &str, parts: Vec<String>, words: &Words) -> String {
    let subject = match case.ticket() {
        Some(ticket) => {
            let values = [("ticket", ticket.into()), ("addresses", about.into())];
            said("case-subject-ticket", case, &values, words)
        }
        None => said("case-subject", case, &[("addresses", about.into())], words),
    };
    let name = words.get("letter-blank", &[("what", words.get("letter-blank-name", &[]).into())]);
    let end = format!("{}\n{name}", words.get("letter-regards", &[]));
    let all = [subject, words.get("letter-greeting", &[])].into_iter().chain(parts).chain([end]);
    all.collect::<Vec<_>>().join("\n\n")
}

/// What the request is about: the addresses, or the name of this host.
#[must_use]
pub fn about(case: &Case) -> String {
    about_of(&case.subject)
}

fn about_of(subject: &CaseSubject) -> String {
    let addresses = match &subject.about {
        CaseAbout::Delisting { listed, .. } => listed.join(", "),
        CaseAbout::Port25 | CaseAbout::Ptr { .. } => joined(&subject.addresses),
    };
    if addresses.is_empty() { subject.hostname.clone() } else { addresses }
}

fn pair(it: &WantedName) -> String {
    format!("{}: {}", it.address, it.name)
}

fn joined<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Ids of the catalogue have dashes.
fn dashed(name: &str) -> String {
    name.replace('_', "-")
}
