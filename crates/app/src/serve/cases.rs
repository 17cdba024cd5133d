//! The watch over the requests to providers, blocklists and mailbox providers: confirms a case when its ways out are seen open,
//! its PTR records or the end of its entry are seen; writes the reminder when an answer is late; drafts the next request when
//! what was there is lost again; and tells the operator. Has the ways probed at once when the provider says that they are open.
//!
//! DNS is asked politely: for a case once a day, over restarts too, and once more when something has happened in it.
//!
//! A reconciler: it takes no input but the store. Each of these is due once, since the step that it lays on the case ends
//! it; a step that somebody else has taken meanwhile is looked at again with the next ring.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::blocklists::{self, BlockList};
use postamt_doctor::unblock::case::seen::{self, Eyes, Sight};
use postamt_doctor::unblock::case::watch::{self, Due, Ours, Seen};
use postamt_doctor::unblock::case::{self as machine, notice, text};
use postamt_doctor::unblock::delisting::{Mailbox, mailboxes};
use postamt_mail::words::{Language, words};
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dns::Resolver;
use postamt_store::cases::{
    Case, CaseAbout, CaseError, CaseEvent, CaseId, CaseLook, CaseStage, CaseStep, CaseSubject, CaseText,
    Cases,
};
use postamt_store::facts::Facts;
use postamt_store::history::History;
use tokio::sync::{Notify, watch as channel};

use super::probed::Current;
use crate::commands::provider;
use crate::config;

/// How often it looks when nothing rings.
const LOOK: Duration = Duration::from_secs(60);
/// How often DNS is asked about a case in which nothing happens, in seconds.
const ASK: u64 = 86_400;

/// Everything that the watch holds.
pub struct CaseWatch {
    /// The server.
    pub running: Running,
    /// What is known of the ways out.
    pub facts: Arc<dyn Facts>,
    /// The cases.
    pub cases: Arc<dyn Cases>,
    /// DNS.
    pub resolver: Arc<dyn Resolver>,
    /// What became of the mail.
    pub history: Arc<dyn History>,
    /// The blocklists and mailbox providers that cases are about.
    pub known: Known,
    /// The configuration.
    pub current: channel::Receiver<Arc<Current>>,
    /// Rung by commands that have changed one.
    pub ring: Arc<Notify>,
    /// Has the ways out probed.
    pub look: Arc<Notify>,
    /// Where troubles and changes go.
    pub events: Arc<dyn EventSink>,
}

/// The blocklists and mailbox providers that are known.
pub struct Known {
    lists: Vec<BlockList>,
    mailboxes: Vec<Mailbox>,
}

impl Known {
    /// Those that are compiled in.
    ///
    /// # Errors
    /// They are broken, which tests rule out.
    pub fn embedded() -> anyhow::Result<Self> {
        Ok(Self { lists: blocklists::embedded()?, mailboxes: mailboxes::embedded()? })
    }
}

/// Cases for which a probe was asked for, and how many steps they had: once for each answer of the provider, or one way
/// that is never probed would have all others probed without end.
type Rung = HashSet<(CaseId, usize)>;

impl CaseWatch {
    /// Watches for ever; dropped at shutdown.
    pub async fn run(self) {
        let mut changes = self.facts.changes();
        let mut rung = Rung::new();
        loop {
            changes.borrow_and_update();
            if let Err(error) = self.look(&mut rung).await {
                self.events.event(Event::Warning { what: error.to_string() });
            }
            tokio::select! {
                // The sender lives as long as the facts do.
                _ = changes.changed() => {}
                () = self.ring.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn look(&self, rung: &mut Rung) -> Result<(), CaseError> {
        let cases = self.cases.cases().await?;
        if cases.iter().all(|case| case.stage() == CaseStage::Closed) {
            return Ok(());
        }
        let broken = |error: postamt_store::facts::FactError| CaseError::Database(error.to_string());
        let paths = self.facts.paths().await.map_err(broken)?;
        let probes = self.facts.probes().await.map_err(broken)?;
        let ways = self.running.ways();
        let seen = Seen { ways: &ways, paths: &paths, probes: &probes };
        let (looks, ours) = (self.cases.looks().await?, self.ours());
        let now = SystemClock.unix_seconds();
        for case in cases.iter().filter(|case| watch::wants_a_look(case, &seen)) {
            if rung.insert((case.id, case.steps.len())) {
                self.look.notify_one();
            }
        }
        for case in &cases {
            let last = looks.iter().find(|look| look.id == case.id);
            let sight = self.sight(case, last, &ours, now).await?;
            let due = match case.subject.about {
                CaseAbout::Port25 => watch::due(case, &seen, now),
                _ => watch::due_when_seen(case, &sight, now),
            };
            let Some(due) = due else { continue };
            let successor = match sight {
                Sight::Lacking(about) => watch::successor_about(case, about),
                Sight::There | Sight::Unknown => watch::successor(case, &seen),
            };
            match self.go_on(case, due, successor, &cases, now).await {
                Ok(gone_on) => {
                    if due == Due::Opened {
                        // The step of its own is nothing that would have it look again.
                        let steps = gone_on.steps.len() as u64;
                        self.cases.save_look(CaseLook { id: case.id, at: now, steps }).await?;
                    }
                    self.tell(due, case.id, &gone_on).await;
                }
                Err(CaseError::Moved(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What is the server's own by the configuration of now.
    fn ours(&self) -> Ours {
        let config = &self.current.borrow().config;
        let sources = config::settings::outgoing(config).sources;
        let names = sources.into_iter().map(|source| source.ehlo_name.to_string());
        Ours {
            names: names.chain([config.server.hostname.to_string()]).collect(),
            addresses: provider::public_addresses(Some(config)),
            domains: config.server.domains.iter().map(ToString::to_string).collect(),
        }
    }

    /// How what a case asked for stands; not asked again too soon.
    async fn sight(
        &self,
        case: &Case,
        last: Option<&CaseLook>,
        ours: &Ours,
        now: u64,
    ) -> Result<Sight, CaseError> {
        let steps = case.steps.len() as u64;
        let is_soon = last.is_some_and(|last| last.steps == steps && (last.at..last.at + ASK).contains(&now));
        let about = match (case.stage(), &case.subject.about) {
            (CaseStage::Closed, _) | (_, CaseAbout::Port25) => None,
            (CaseStage::Confirmed, about) => ours.part_of(about),
            (_, about) => Some(about.clone()),
        };
        let Some(about) = about.filter(|_| !is_soon) else { return Ok(Sight::Unknown) };
        // Before the question: whatever becomes of it, it is not put more often.
        self.cases.save_look(CaseLook { id: case.id, at: now, steps }).await?;
        let eyes = Eyes {
            resolver: &*self.resolver,
            history: &*self.history,
            lists: &self.known.lists,
            mailboxes: &self.known.mailboxes,
        };
        Ok(seen::look(case, &about, eyes, now).await)
    }

    /// The case as it stands afterwards; where a permission was lost, the one that follows.
    async fn go_on(
        &self,
        case: &Case,
        due: Due,
        successor: CaseSubject,
        cases: &[Case],
        now: u64,
    ) -> Result<Case, CaseError> {
        let (event, texts, follower) = match due {
            Due::Opened => (CaseEvent::Opened, Vec::new(), None),
            Due::FollowUp => {
                (CaseEvent::FollowUpDue, text::both(case, |words| text::reminder(case, words)), None)
            }
            Due::Lost => {
                let follower = self.follower(case, successor, cases, now).await?;
                (CaseEvent::Lost { successor: follower.id }, Vec::new(), Some(follower))
            }
        };
        // `due` looks at the stages in which these can be.
        let Ok(mut step) = machine::step(case, event, now, None) else {
            return Err(CaseError::Moved(case.id));
        };
        step.texts = texts;
        let gone_on = self.cases.add_step(case.id, case.steps.len(), step).await?;
        Ok(follower.unwrap_or(gone_on))
    }

    /// The draft that follows. One that was made before a crash is taken up, and so is a request that the operator has
    /// begun meanwhile.
    async fn follower(
        &self,
        case: &Case,
        subject: CaseSubject,
        cases: &[Case],
        now: u64,
    ) -> Result<Case, CaseError> {
        let is_begun = |other: &&Case| {
            other.id > case.id && other.is_open() && machine::is_about_the_same(other, &subject)
        };
        let made = cases.iter().find(|other| other.subject.follows == Some(case.id));
        if let Some(there) = made.or_else(|| cases.iter().find(is_begun)) {
            return Ok(there.clone());
        }
        let old = case.letter().and_then(|letter| letter.language.parse().ok()).unwrap_or(Language::En);
        let letter = text::again(case, &subject, words(old));
        let first = CaseStep::drafted(now, CaseText { language: old.tag().to_owned(), text: letter });
        self.cases.open_case(subject, first).await
    }

    /// `old` is the case in which it was due, `case` the same or the one that follows.
    async fn tell(&self, due: Due, old: CaseId, case: &Case) {
        let id = case.id.to_string();
        self.events.event(Event::Case { id: id.clone(), stage: case.stage().name().to_owned() });
        // Whoever has begun the request that follows knows.
        if due == Due::Lost && case.subject.follows != Some(old) {
            return;
        }
        let letter = |words: &postamt_mail::words::Words| notice::letter(due, case, words);
        self.running.tell_operator(&format!("case {id}"), letter).await;
    }
}
