//! Who needs port 25 at all: a decision from facts, with its reasons.
//!
//! [`decide`] is pure. [`findings`] reads the facts from a host: configurations of mail programs, sockets on port 25.
//! What cannot be read is not found; nothing fails. Whoever wants a mail server of their own needs port 25, whatever
//! is found; a mail program never does.

mod configurations;
mod sockets;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::Path;

use postamt_mail::words::{Value, Words};
use serde::{Deserialize, Serialize};

/// What somebody says about their plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// A mail server of their own that delivers to everybody.
    OwnServer,
    /// An application that delivers by itself.
    DirectApplication,
    /// Everything through a relay.
    Relay,
    /// Only mail programs: Thunderbird, Outlook, a phone.
    OnlyClients,
}

/// Something on this host that has to do with sending mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// A mail server; with the relay that it hands everything to, if it has one.
    MailServer {
        /// Which program.
        program: String,
        /// The file that says so.
        place: String,
        /// Its relay.
        relay: Option<String>,
    },
    /// A program that only hands mail on, like msmtp.
    Forwarder {
        /// Which program.
        program: String,
        /// The file that says so.
        place: String,
        /// Where it hands it.
        relay: String,
    },
    /// A process with a connection to somebody's port 25.
    Connection {
        /// Its name; a question mark where it may not be seen.
        program: String,
        /// The other end.
        remote: SocketAddr,
    },
    /// A process that takes mail.
    Listener {
        /// Its name; a question mark where it may not be seen.
        program: String,
        /// On which port.
        port: u16,
    },
}

/// Whether port 25 is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "need", rename_all = "snake_case")]
pub enum Need {
    /// For a mail server that delivers itself.
    OwnServer,
    /// For an application that delivers itself.
    DirectApplication,
    /// Not: a relay does it.
    NotWithRelay {
        /// Which relay, where that is known.
        relay: Option<String>,
    },
    /// Not: mail programs use 587 and 465.
    NotForClients,
    /// It cannot be said.
    Unsure,
}

impl Need {
    /// `None` where it cannot be said.
    #[must_use]
    pub const fn is_needed(&self) -> Option<bool> {
        match self {
            Self::OwnServer | Self::DirectApplication => Some(true),
            Self::NotWithRelay { .. } | Self::NotForClients => Some(false),
            Self::Unsure => None,
        }
    }
}

/// The answer and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The answer.
    #[serde(flatten)]
    pub need: Need,
    /// What was said.
    pub plan: Option<Plan>,
    /// What was found and speaks for the answer; everything that was found where nothing was said.
    pub findings: Vec<Finding>,
}

/// Decides. What somebody wants weighs more than what is there: a mail server can be left over from an installation.
#[must_use]
pub fn decide(plan: Option<Plan>, findings: &[Finding]) -> Advice {
    let is_direct =
        |it: &&Finding| matches!(it, Finding::MailServer { relay: None, .. } | Finding::Connection { .. });
    let is_relayed =
        |it: &&Finding| matches!(it, Finding::MailServer { relay: Some(_), .. } | Finding::Forwarder { .. });
    let pick = |keep: &dyn Fn(&&Finding) -> bool| findings.iter().filter(keep).cloned().collect::<Vec<_>>();
    let (need, findings) = match plan {
        Some(Plan::OwnServer) => (Need::OwnServer, pick(&|it| is_direct(it))),
        Some(Plan::DirectApplication) => (Need::DirectApplication, pick(&|it| is_direct(it))),
        Some(Plan::Relay) => (Need::NotWithRelay { relay: relay(findings) }, pick(&|it| is_relayed(it))),
        Some(Plan::OnlyClients) => (Need::NotForClients, Vec::new()),
        None => match found(findings) {
            Some(need) => (need, findings.to_vec()),
            None => (Need::Unsure, findings.to_vec()),
        },
    };
    Advice { need, plan, findings }
}

/// From what is there alone: a server without relay delivers itself, and so does whoever talks to port 25.
fn found(findings: &[Finding]) -> Option<Need> {
    let has = |test: &dyn Fn(&Finding) -> bool| findings.iter().any(test);
    if has(&|it| matches!(it, Finding::MailServer { relay: None, .. })) {
        return Some(Need::OwnServer);
    }
    let relays: Vec<&str> = relays(findings).collect();
    if has(&|it| matches!(it, Finding::Connection { .. })) && relays.is_empty() {
        return Some(Need::DirectApplication);
    }
    (!relays.is_empty()).then(|| Need::NotWithRelay { relay: relay(findings) })
}

fn relays(findings: &[Finding]) -> impl Iterator<Item = &str> {
    findings.iter().filter_map(|it| match it {
        Finding::MailServer { relay: Some(relay), .. } | Finding::Forwarder { relay, .. } => {
            Some(relay.as_str())
        }
        _ => None,
    })
}

fn relay(findings: &[Finding]) -> Option<String> {
    relays(findings).next().map(ToOwned::to_owned)
}

/// Looks at a host. `root` is `/`, or a folder that stands for it. Reads files: call it on a thread that may block.
#[must_use]
pub fn findings(root: &Path) -> Vec<Finding> {
    findings_with(root, &root.join("etc/postamt/postamt.toml"))
}

/// Likewise, where Postamt's configuration is this file.
#[must_use]
pub fn findings_with(root: &Path, own: &Path) -> Vec<Finding> {
    let mut found = configurations::read(root, own);
    found.extend(sockets::read(root));
    found
}

/// The advice in words.
#[must_use]
pub fn text(advice: &Advice, words: &Words) -> String {
    let get = |id: &str| words.get(id, &[]);
    let (answer, way) = match &advice.need {
        Need::OwnServer => (get("port25-advise-needed-own-mta"), "needed"),
        Need::DirectApplication => (get("port25-advise-needed-application"), "needed"),
        Need::NotWithRelay { relay: Some(relay) } => {
            (words.get("port25-advise-not-needed-relay", &[("relay", relay.into())]), "not-needed")
        }
        Need::NotWithRelay { relay: None } => (get("port25-advise-not-needed-relay-unnamed"), "not-needed"),
        Need::NotForClients => (get("port25-advise-not-needed-clients"), "not-needed"),
        Need::Unsure => (get("port25-advise-unsure"), "unsure"),
    };
    let mut lines = vec![answer, String::new()];
    let reasons = reasons(advice, words);
    if !reasons.is_empty() {
        lines.push(get("port25-advise-reason-heading"));
        lines.extend(reasons.into_iter().map(|it| format!("  - {it}")));
        lines.push(String::new());
    }
    lines.push(get("port25-advise-way-heading"));
    lines.extend(get(&format!("port25-advise-way-{way}")).lines().map(|line| format!("  {line}")));
    lines.join("\n") + "\n"
}

fn reasons(advice: &Advice, words: &Words) -> Vec<String> {
    let plan = advice.plan.map(|plan| match plan {
        Plan::OwnServer => words.get("port25-advise-reason-wants-own", &[]),
        Plan::DirectApplication => words.get("port25-advise-reason-application", &[]),
        Plan::Relay => words.get("port25-advise-reason-wants-relay", &[]),
        Plan::OnlyClients => words.get("port25-advise-reason-clients", &[]),
    });
    plan.into_iter().chain(advice.findings.iter().map(|it| reason(it, words))).collect()
}

fn reason(finding: &Finding, words: &Words) -> String {
    let say = |id: &str, values: &[(&str, &str)]| {
        let values: Vec<(&str, Value<'_>)> = values.iter().map(|(name, it)| (*name, (*it).into())).collect();
        words.get(id, &values)
    };
    match finding {
        Finding::MailServer { program, place, relay: None } => {
            say("port25-advise-reason-mta", &[("program", program), ("place", place)])
        }
        Finding::MailServer { program, place, relay: Some(relay) } => {
            say("port25-advise-reason-mta-relay", &[("program", program), ("place", place), ("relay", relay)])
        }
        Finding::Forwarder { program, relay, place } => {
            say("port25-advise-reason-forwarder", &[("program", program), ("relay", relay), ("place", place)])
        }
        Finding::Connection { program, remote } => say(
            "port25-advise-reason-connection",
            &[("program", program), ("remote", &remote.ip().to_string())],
        ),
        Finding::Listener { program, port } => {
            say("port25-advise-reason-listener", &[("program", program), ("port", &port.to_string())])
        }
    }
}
