//! Sentences of fact, and what each rests on. A sentence is said only while every ground of it is good: what fails or
//! is not known is left out, and told to the user with its remedy.

use std::collections::BTreeSet;

use postamt_mail::words::{Value, Words};
use serde::Serialize;

use super::compose::list;
use super::evidence::{Evidence, State};
use super::{Case, Purpose};

/// What a sentence can rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Port 25 is blocked.
    Block,
    /// Other ports are not.
    Control,
    /// Each address has a name.
    Reverse,
    /// The name leads back, and is the one in HELO.
    Forward,
    /// The server's name is one in DNS.
    Hostname,
    /// Who may send is published.
    Spf,
    /// The keys of signatures are published.
    Dkim,
    /// What becomes of forged mail is published.
    Dmarc,
    /// No blocklist has it.
    Listed,
    /// It relays for nobody else.
    Relay,
    /// postmaster@ and abuse@ take mail.
    Abuse,
    /// The ports for users want a login under TLS.
    Submission,
    /// No network may send without login.
    Login,
    /// The certificate is good.
    Certificate,
    /// Receivers are spared.
    Pacing,
    /// There is a limit of messages a minute.
    Rate,
    /// Refused mail is given up and told.
    Bounces,
    /// No update for security waits.
    Updates,
}

impl Ground {
    /// The check whose findings it is made of.
    #[must_use]
    pub const fn check(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Control => "control",
            Self::Reverse | Self::Forward => "ptr",
            Self::Hostname => "hostname",
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
            Self::Listed => "blocklists",
            Self::Relay => "relay_test",
            Self::Abuse => "postmaster",
            Self::Submission => "submission",
            Self::Login => "login",
            Self::Certificate => "certificate",
            Self::Pacing => "pacing",
            Self::Rate => "rate",
            Self::Bounces => "bounces",
            Self::Updates => "updates",
        }
    }

    /// The evidence that counts for it.
    pub fn evidence(self, all: &[Evidence]) -> impl Iterator<Item = &Evidence> {
        all.iter().filter(move |it| it.check == self.check())
    }

    /// The worst of its evidence; not known where there is none.
    #[must_use]
    pub fn state(self, all: &[Evidence]) -> State {
        self.evidence(all).map(|it| self.state_of(it)).max().unwrap_or(State::Unknown)
    }

    /// An address has a name even where that does not lead back.
    fn state_of(self, evidence: &Evidence) -> State {
        let has_a_name =
            matches!(evidence.id.as_str(), "ptr.not-confirmed" | "ptr.other-name" | "ptr.generic");
        if self == Self::Reverse && has_a_name { State::Ok } else { evidence.state }
    }
}

/// Whether a sentence that nothing is known about is missed.
#[derive(Debug, PartialEq, Eq)]
enum Unseen {
    /// The user is told that it was not looked at.
    Told,
    /// It need not be there.
    Silent,
}

/// A sentence of fact.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: &'static str,
    rests_on: &'static [Ground],
    /// It is about Postamt's own work, and no other program's.
    only_own_mta: bool,
    unseen: Unseen,
}

const fn rule(id: &'static str, rests_on: &'static [Ground]) -> Rule {
    Rule { id, rests_on, only_own_mta: false, unseen: Unseen::Told }
}

const fn own(id: &'static str, rests_on: &'static [Ground], unseen: Unseen) -> Rule {
    Rule { id, rests_on, only_own_mta: true, unseen }
}

pub(super) static RULES: [Rule; 15] = [
    rule("block", &[Ground::Block]),
    rule("control", &[Ground::Block, Ground::Control]),
    rule("reverse", &[Ground::Reverse, Ground::Hostname, Ground::Forward]),
    rule("spf", &[Ground::Spf]),
    rule("dkim", &[Ground::Dkim]),
    rule("dmarc", &[Ground::Dmarc]),
    rule("listed", &[Ground::Listed]),
    rule("relay", &[Ground::Relay]),
    own("login", &[Ground::Submission, Ground::Login], Unseen::Told),
    own("tls", &[Ground::Certificate], Unseen::Told),
    own("pacing", &[Ground::Pacing], Unseen::Silent),
    own("rate", &[Ground::Rate], Unseen::Silent),
    own("bounces", &[Ground::Bounces], Unseen::Silent),
    rule("abuse", &[Ground::Abuse]),
    // Not every system tells.
    Rule { id: "updates", rests_on: &[Ground::Updates], only_own_mta: false, unseen: Unseen::Silent },
];

/// A sentence of fact that may be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Which.
    pub id: &'static str,
    /// The sentence.
    pub text: String,
    /// What proves it.
    pub backed_by: Vec<Backing>,
}

/// A finding that proves a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backing {
    /// The finding.
    pub id: String,
    /// What it is about.
    pub about: String,
    /// When it was seen, seconds since 1970.
    pub at: u64,
}

/// A sentence that is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Which.
    pub id: &'static str,
    /// What it would have been about.
    pub topic: String,
    /// What is in its way, with the remedies; empty where it was not looked at.
    pub because: Vec<Evidence>,
}

/// What may be said, and what not.
#[must_use]
pub fn judge(case: &Case<'_>, words: &Words) -> (Vec<Claim>, Vec<LeftOut>) {
    judge_others(case, &[], words)
}

/// The same for a letter about another matter, to which these sentences do not belong.
pub(in crate::unblock) fn judge_others(
    case: &Case<'_>,
    without: &[&str],
    words: &Words,
) -> (Vec<Claim>, Vec<LeftOut>) {
    let (mut claims, mut left_out) = (Vec::new(), Vec::new());
    for rule in RULES.iter().filter(|rule| !without.contains(&rule.id)) {
        if rule.only_own_mta && case.sender.purpose != Purpose::OwnMta {
            continue;
        }
        let mut grounds = rule.rests_on.iter();
        if grounds.clone().all(|ground| ground.state(case.evidence) == State::Ok) {
            claims.push(claim(rule, case, words));
        } else if rule.unseen == Unseen::Told
            || grounds.any(|ground| ground.evidence(case.evidence).next().is_some())
        {
            left_out.push(missing(rule, case, words));
        }
    }
    (claims, left_out)
}

fn missing(rule: &Rule, case: &Case<'_>, words: &Words) -> LeftOut {
    let mut because: Vec<Evidence> = Vec::new();
    for ground in rule.rests_on {
        for evidence in ground.evidence(case.evidence).filter(|it| ground.state_of(it) != State::Ok) {
            if !because.contains(evidence) {
                because.push(evidence.clone());
            }
        }
    }
    LeftOut { id: rule.id, topic: words.get(&format!("letter-topic-{}", rule.id), &[]), because }
}

fn claim(rule: &Rule, case: &Case<'_>, words: &Words) -> Claim {
    let mut backed_by: Vec<Backing> = Vec::new();
    for evidence in rule.rests_on.iter().flat_map(|ground| ground.evidence(case.evidence)) {
        let backing = Backing { id: evidence.id.clone(), about: evidence.about.clone(), at: evidence.at };
        if !backed_by.contains(&backing) {
            backed_by.push(backing);
        }
    }
    Claim { id: rule.id, text: sentence(rule, case, words), backed_by }
}

fn sentence(rule: &Rule, case: &Case<'_>, words: &Words) -> String {
    let first = rule.rests_on.last().copied().unwrap_or(Ground::Block);
    let evidence: Vec<&Evidence> = first.evidence(case.evidence).collect();
    let abouts: BTreeSet<&str> = evidence.iter().map(|it| it.about.as_str()).collect();
    let abouts: Vec<String> = abouts.into_iter().map(str::to_owned).collect();
    let at = evidence.iter().map(|it| it.at).min().unwrap_or(case.at);
    let number = match rule.id {
        "control" => control_ports(case).len() as u64,
        _ => evidence.iter().filter_map(|it| it.count).sum::<u64>(),
    };
    let id = match (rule.id, case.sender.purpose) {
        ("dkim", Purpose::Application) => "letter-claim-dkim-application".to_owned(),
        (id, _) => format!("letter-claim-{id}"),
    };
    let values: Vec<(&str, Value<'_>)> = vec![
        ("time", words.time(at).into()),
        ("names", list(&abouts, words).into()),
        ("count", abouts.len().into()),
        ("number", number.into()),
        ("pairs", pairs(case, words).into()),
        ("ports", list(&control_ports(case), words).into()),
    ];
    words.get(&id, &values)
}

/// Addresses with their names.
fn pairs(case: &Case<'_>, words: &Words) -> String {
    let named = Ground::Forward.evidence(case.evidence).filter_map(|it| {
        let name = it.name.as_ref()?;
        Some(words.get("letter-pair", &[("address", (&it.about).into()), ("name", name.into())]))
    });
    list(&named.collect::<Vec<_>>(), words)
}

fn control_ports(case: &Case<'_>) -> Vec<String> {
    let ports: BTreeSet<String> = Ground::Control
        .evidence(case.evidence)
        .flat_map(|it| it.about.split(", "))
        .map(str::to_owned)
        .collect();
    ports.into_iter().collect()
}
