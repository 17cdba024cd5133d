//! A relay that mail is moved to: by the breaker while port 25 is blocked, by a rule, or by the operator's decision on
//! single providers. What is known of it, and the letter when it cannot carry the mail or can again.

use std::sync::Arc;

use postamt_mail::dsn::Letter;
use postamt_mail::refusals;
use postamt_mail::words::Words;

use crate::context::Context;
use crate::send::preflight::{self, PreflightVerdict};

/// A relay and what it is for.
pub(super) struct Carrier {
    pub(super) relay: String,
    /// It takes direct mail over while port 25 is blocked.
    pub(super) takes_detours: bool,
    /// It carries the mail of these providers even now, as the operator has decided.
    pub(super) providers: Vec<String>,
    pub(super) state: State,
}

/// What is known of a relay.
pub(super) enum State {
    /// Nobody has looked at it yet.
    Unknown,
    /// The settings have none of this name, as seen now.
    Missing(u64),
    /// By its latest preflight.
    Judged(Arc<PreflightVerdict>),
}

/// The relays that mail is to be moved to by today's settings and decisions.
pub(super) fn wanted(context: &Context) -> Vec<Carrier> {
    let settings = context.settings();
    let mut carriers: Vec<Carrier> = Vec::new();
    let new = |relay: &str, takes_detours| Carrier {
        relay: relay.to_owned(),
        takes_detours,
        providers: Vec::new(),
        state: match (settings.relay(relay), context.preflights.verdict(relay)) {
            (None, _) => State::Missing(context.now()),
            (Some(_), None) => State::Unknown,
            (Some(_), Some(verdict)) => State::Judged(verdict),
        },
    };
    for relay in settings.detours() {
        if !carriers.iter().any(|carrier| carrier.relay == relay.name) {
            carriers.push(new(&relay.name, true));
        }
    }
    for fact in context.providers.facts() {
        let provider = refusals::find(&fact.provider).map_or(fact.provider, |known| known.name.clone());
        match carriers.iter_mut().find(|carrier| carrier.relay == fact.relay) {
            Some(carrier) => carrier.providers.push(provider),
            None => carriers.push(Carrier { providers: vec![provider], ..new(&fact.relay, false) }),
        }
    }
    carriers
}

impl Carrier {
    /// The key under which is kept what was told.
    pub(super) fn about(&self) -> String {
        format!("relay {}", self.relay)
    }

    /// Whether there is anything to tell.
    pub(super) const fn is_known(&self) -> bool {
        !matches!(self.state, State::Unknown)
    }

    /// Since when it cannot carry the mail.
    pub(super) fn wrong_since(&self) -> Option<u64> {
        match &self.state {
            State::Unknown => None,
            State::Missing(since) => Some(*since),
            State::Judged(verdict) => verdict.obstacle().map(|_| verdict.checked_at),
        }
    }

    pub(super) fn letter(&self, host: &str, words: &Words) -> Letter {
        let [host, relay, providers] = [
            ("host", host.into()),
            ("relay", (&self.relay).into()),
            ("providers", self.providers.join(", ").into()),
        ];
        let State::Judged(verdict) = &self.state else {
            return Letter {
                subject: words.get("notice-missing-subject", &[host.clone(), relay.clone()]),
                paragraphs: vec![
                    words.get("notice-missing-intro", &[host, relay.clone(), providers.clone()]),
                    words.get("notice-unfit-meaning-providers", &[providers]),
                    words.get("notice-missing-next", &[relay]),
                    words.get("notice-unfit-next-providers", &[]),
                ],
            };
        };
        let time = ("time", words.time(verdict.checked_at).into());
        let Some(finding) = verdict.obstacle() else {
            let intro = if self.takes_detours {
                words.get("notice-fit-intro", &[host.clone(), relay.clone(), time])
            } else {
                words.get("notice-fit-intro-providers", &[host.clone(), relay.clone(), time, providers])
            };
            return Letter {
                subject: words.get("notice-fit-subject", &[host, relay]),
                paragraphs: vec![intro],
            };
        };
        let finding = ("finding", preflight::text::sentence(finding, words).into());
        let subject = words.get("notice-unfit-subject", &[host.clone(), relay.clone()]);
        let mut paragraphs = if self.takes_detours {
            vec![
                words.get("notice-unfit-intro", &[host, relay.clone(), time, finding]),
                words.get("notice-unfit-meaning", &[]),
            ]
        } else {
            let values = [host, relay.clone(), time, finding, providers.clone()];
            vec![
                words.get("notice-unfit-intro-providers", &values),
                words.get("notice-unfit-meaning-providers", std::slice::from_ref(&providers)),
            ]
        };
        if self.takes_detours && !self.providers.is_empty() {
            paragraphs.push(words.get("notice-unfit-meaning-too", &[providers]));
        }
        paragraphs.push(words.get("notice-unfit-next", &[relay]));
        if !self.providers.is_empty() {
            paragraphs.push(words.get("notice-unfit-next-providers", &[]));
        }
        Letter { subject, paragraphs }
    }
}
