//! What operators ask of a running server: the queue, one message, and what to do with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use postamt_mail::address::{Address, Domain};
use postamt_store::facts::PathState;
use postamt_store::history::{HistoryError, MessageRecord, Query};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, SpoolError, Stored};
use serde::{Deserialize, Serialize};

use super::Running;
use crate::breaker::detour::{self, Detour};
use crate::events::Event;
use crate::flow::{Destination, Plan, path_text};
use crate::handle::{QueueAction, QueueEntry, QueueRecipient, Why};
use crate::plan::routes;
use crate::queue::Intent;
use crate::queue::job::Job;
use crate::queue::site::Site;
use crate::quota::QuotaState;
use crate::run;
use crate::run::rehearse::{Question, Rehearsal};
use crate::transport::Refusal;

/// Which messages an operator means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These.
    Ids(Vec<String>),
    /// All.
    All,
    /// With a recipient in this domain.
    Domain(String),
    /// From this envelope sender.
    Sender(String),
}

impl Running {
    /// Rehearses a delivery: the plan and the conversation of now, ended before a message is handed over.
    pub async fn rehearse(&self, question: &Question) -> Rehearsal {
        run::rehearse::rehearse(&self.context, question).await
    }

    /// The queue, oldest first.
    pub async fn list(&self) -> Vec<QueueEntry> {
        let ids = self.context.queue.ids();
        self.entries(&ids).await
    }

    async fn entries(&self, ids: &[QueueId]) -> Vec<QueueEntry> {
        let wanted: HashSet<QueueId> = ids.iter().copied().collect();
        let mut jobs: HashMap<QueueId, Vec<(Job, &'static str)>> = HashMap::new();
        for (job, state) in self.context.queue.jobs_of(&wanted) {
            jobs.entry(job.id).or_default().push((job, state));
        }
        let mut flying: HashMap<QueueId, Vec<(u16, u16)>> = HashMap::new();
        for site in self.context.queue.sites() {
            site.visit(&mut |id, numbers, attempts| {
                if wanted.contains(&id) {
                    let recipients = flying.entry(id).or_default();
                    recipients
                        .extend(numbers.as_slice().iter().map(|number| (*number, attempts.unwrap_or(0))));
                }
            });
        }
        let mut entries = Vec::with_capacity(ids.len());
        for id in ids {
            // A message may end while the list is made.
            let Ok(stored) = self.context.ports.spool.load_envelope(*id).await else { continue };
            let jobs = jobs.remove(id).unwrap_or_default();
            let mut entry = self.entry(*id, &stored, &jobs, flying.remove(id).unwrap_or_default());
            if entry.state == "held" {
                entry.held_by = self.held_by(*id).await;
            }
            entries.push(entry);
        }
        entries
    }

    fn entry(
        &self,
        id: QueueId,
        stored: &Stored,
        jobs: &[(Job, &'static str)],
        flying: Vec<(u16, u16)>,
    ) -> QueueEntry {
        let settings = self.context.settings();
        let describe = |number: u16, attempts: u16, next: u64| {
            let recipient = stored.envelope.recipients.get(usize::from(number))?;
            let question = routes::Question {
                account: stored.origin.account.as_deref(),
                channel: &stored.origin.channel,
                sender: stored.envelope.sender.as_ref(),
                recipient: &recipient.address,
                past_hold: false,
            };
            let route = routes::choose(&settings, question).to_string();
            Some(QueueRecipient { address: recipient.address.to_string(), attempts, next, route })
        };
        let mut recipients: Vec<QueueRecipient> = jobs
            .iter()
            .flat_map(|(job, _)| {
                job.recipients.as_slice().iter().map(move |number| (*number, job.attempts, job.next))
            })
            .filter_map(|(number, attempts, next)| describe(number, attempts, next))
            .collect();
        let is_flying = !flying.is_empty();
        recipients.extend(flying.into_iter().filter_map(|(number, attempts)| describe(number, attempts, 0)));
        let state = match jobs.first() {
            _ if is_flying => "active",
            Some((_, state)) => state,
            None => "active",
        };
        QueueEntry {
            id: id.to_string(),
            received_at: stored.received_at,
            sender: path_text(stored.envelope.sender.as_ref()),
            size: stored.size,
            state: state.to_owned(),
            recipients,
            account: stored.origin.account.clone(),
            held_by: None,
        }
    }

    /// The content filter that holds a message, and its reason, unless something has happened since.
    pub async fn held_by(&self, id: QueueId) -> Option<String> {
        let record = self.context.ports.history.find(id).await.ok()??;
        let last = record.attempts.last().filter(|last| last.outcome == "held")?;
        last.route.strip_prefix("filter ").map(|name| format!("{name}: {}", last.reply))
    }

    /// Everything known of a message.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn why(&self, id: QueueId) -> Result<Why, HistoryError> {
        let waiting = if self.context.queue.contains(id) { self.entries(&[id]).await.pop() } else { None };
        let history = self.context.ports.history.find(id).await?;
        let jobs = self.context.queue.jobs_of(&HashSet::from([id]));
        let now = self.context.now();
        let site = jobs
            .first()
            .and_then(|(job, _)| self.context.queue.site_of(&job.destination))
            .or_else(|| self.site_at_work(id))
            .map(|site| site.state(now));
        let paths = match &waiting {
            Some(_) => self.context.breaker.facts(),
            None => Vec::new(),
        };
        let paths: Vec<_> = paths.into_iter().filter(|fact| fact.state != PathState::Direct).collect();
        let detour = self.detour_of(&jobs);
        let providers = self.context.providers.facts();
        let relays = self.context.settings().relays.iter().map(|relay| relay.name.clone()).collect();
        let refusals = self.refusals_of(&jobs);
        let quota = jobs.iter().find_map(|(job, _)| self.full_quota(job));
        Ok(Why { waiting, history, site, paths, detour, providers, quota, relays, refusals })
    }

    /// Domains of these jobs for which mail waits, since TLS is not as it must be.
    fn refusals_of(&self, jobs: &[(Job, &'static str)]) -> Vec<Refusal> {
        let refusal = |(job, _): &(Job, &str)| {
            job.destination.direct().and_then(|domain| self.context.transport.refusal(domain))
        };
        jobs.iter().filter_map(refusal).collect()
    }

    /// The quota of the relay that a job would go by, while that is used up.
    fn full_quota(&self, job: &Job) -> Option<QuotaState> {
        let (context, settings) = (&self.context, self.context.settings());
        let relay = match &job.destination {
            Destination::Relay(name) => settings.relay(name)?.clone(),
            other => match context.breaker.closed_since(&settings).map(|_| detour::of(context, other)) {
                Some(Ok(relay)) => relay,
                // The way is open, or only the relay of its provider may take it.
                Some(Err(_)) | None => {
                    let site = context.queue.site_of(other).filter(|_| other.may_take_relay())?;
                    let (domain, Plan::Direct(hosts)) = (other.direct()?, &site.plan) else { return None };
                    settings.relay(&context.providers.covering(domain, hosts)?.relay)?.clone()
                }
            },
        };
        let states = context.quotas.states(&relay, context.now()).into_iter();
        states.filter(|state| state.full_until.is_some()).max_by_key(|state| state.full_until)
    }

    /// What becomes of the direct ones of these jobs, once nothing goes directly.
    fn detour_of(&self, jobs: &[(Job, &'static str)]) -> Option<Detour> {
        self.context.breaker.closed_since(&self.context.settings())?;
        let direct = jobs.iter().find(|(job, _)| job.destination.direct().is_some());
        direct.map(|(job, _)| detour::shown(&self.context, &job.destination))
    }

    /// The site that has the message now.
    fn site_at_work(&self, id: QueueId) -> Option<Arc<Site>> {
        self.context.queue.sites().into_iter().find(|site| {
            let mut found = false;
            site.visit(&mut |other, _, _| found |= other == id);
            found
        })
    }

    /// A message that waits, with its content.
    ///
    /// # Errors
    /// As [`postamt_store::spool::Spool::load`].
    pub async fn content(&self, id: QueueId) -> Result<Stored, SpoolError> {
        self.context.ports.spool.load(id).await
    }

    /// Looks into the history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(&self, query: Query) -> Result<Vec<MessageRecord>, HistoryError> {
        self.context.ports.history.search(query).await
    }

    /// Acts on messages; returns how many there were.
    pub async fn act(&self, action: QueueAction, selection: &Selection) -> usize {
        let ids = self.select(selection).await;
        for id in &ids {
            self.context.event(Event::Operator { id: id.to_string(), action: action_name(action) });
        }
        let intent = match action {
            QueueAction::Hold => Intent::Hold,
            QueueAction::Cancel => Intent::Cancel,
            QueueAction::Retry | QueueAction::Release => Intent::None,
        };
        match action {
            QueueAction::Retry => self.retry(&ids),
            QueueAction::Hold | QueueAction::Release | QueueAction::Cancel => {
                self.recall(&ids).await;
                let jobs = self.context.queue.extract(&ids, intent);
                self.put(action, &ids, jobs).await;
            }
        }
        ids.len()
    }

    fn retry(&self, ids: &HashSet<QueueId>) {
        // Held messages stay held: `release` is the word for them.
        let jobs = self.context.queue.extract_unheld(ids);
        for job in jobs {
            if let Some(site) = self.context.queue.site_of(&job.destination) {
                site.resume();
            }
            run::submit(&self.context, Job { next: 0, ..job });
        }
    }

    /// What was held for its sender's or its content's sake before a restart has a record that later ones are added to.
    async fn recall(&self, ids: &HashSet<QueueId>) {
        for id in ids.iter().filter(|id| self.context.queue.is_unrecorded(**id)) {
            if matches!(self.context.ports.history.find(*id).await, Ok(Some(_))) {
                self.context.queue.mark_recorded(*id);
            }
        }
    }

    async fn put(&self, action: QueueAction, ids: &HashSet<QueueId>, jobs: Vec<Job>) {
        let spool = &self.context.ports.spool;
        match action {
            QueueAction::Hold => {
                ids.iter().for_each(|id| spool.note(Change::Held { id: *id, held: true }));
                run::hold(&self.context, jobs);
            }
            QueueAction::Release | QueueAction::Retry => {
                ids.iter().for_each(|id| spool.note(Change::Held { id: *id, held: false }));
                for job in jobs {
                    self.release(job).await;
                }
            }
            QueueAction::Cancel => {
                for job in jobs {
                    run::cancel(&self.context, job).await;
                }
            }
        }
    }

    /// A released job goes by today's rules, past those that hold.
    async fn release(&self, job: Job) {
        let Ok(stored) = self.context.ports.spool.load_envelope(job.id).await else {
            return run::submit(&self.context, Job { next: 0, ..job });
        };
        for (destination, numbers) in run::destinations(&self.context, &stored, job.recipients.as_slice()) {
            run::submit(
                &self.context,
                Job { next: 0, destination, recipients: numbers.into(), ..job.clone() },
            );
        }
    }

    /// What is held of an account, but for what a rule or a content filter holds.
    pub(super) async fn held_of(&self, account: &str) -> Result<Vec<String>, HistoryError> {
        let mut held = Vec::new();
        for entry in self.list().await.into_iter().filter(|entry| entry.state == "held") {
            let by_rule = entry.recipients.iter().any(|recipient| recipient.route == "hold");
            if entry.account.as_deref() != Some(account) || by_rule {
                continue;
            }
            let Ok(id) = entry.id.parse::<QueueId>() else { continue };
            let record = self.context.ports.history.find(id).await?;
            let mut attempts = record.iter().flat_map(|record| &record.attempts);
            if !attempts.any(|attempt| attempt.outcome == "held" && attempt.route.starts_with("filter ")) {
                held.push(entry.id);
            }
        }
        Ok(held)
    }

    async fn select(&self, selection: &Selection) -> HashSet<QueueId> {
        let all = self.context.queue.ids();
        match selection {
            Selection::All => all.into_iter().collect(),
            Selection::Ids(ids) => ids
                .iter()
                .filter_map(|id| id.parse().ok())
                .filter(|id| self.context.queue.contains(*id))
                .collect(),
            Selection::Domain(name) => {
                let Ok(domain) = Domain::new(name) else { return HashSet::new() };
                self.filter(all, |stored| {
                    stored
                        .envelope
                        .recipients
                        .iter()
                        .any(|recipient| recipient.address.domain() == Some(&domain))
                })
                .await
            }
            Selection::Sender(text) => {
                let sender = Address::new(text).ok();
                self.filter(all, |stored| {
                    stored.envelope.sender == sender && (sender.is_some() || text.is_empty())
                })
                .await
            }
        }
    }

    async fn filter(&self, ids: Vec<QueueId>, matches: impl Fn(&Stored) -> bool) -> HashSet<QueueId> {
        let mut found = HashSet::new();
        for id in ids {
            if self.context.ports.spool.load_envelope(id).await.is_ok_and(|stored| matches(&stored)) {
                found.insert(id);
            }
        }
        found
    }
}

const fn action_name(action: QueueAction) -> &'static str {
    match action {
        QueueAction::Retry => "retry",
        QueueAction::Hold => "hold",
        QueueAction::Release => "release",
        QueueAction::Cancel => "cancel",
    }
}
