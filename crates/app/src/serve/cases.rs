//! The watch over the requests to providers, blocklists and mailbox providers: confirms a case when its ways out are seen open,
//! its PTR records or the end of its entry are seen; writes the reminder when an answer is late; drafts the next request when
//! a permission is lost; and tells the operator. Has the ways probed at once when the provider says that they are open.
//!
//! DNS is asked politely: for a case once a day, and once more when something has happened in it.
//!
//! A reconciler: it takes no input but the store. Each of these is due once, since the step that it lays on the case ends
//! it; a step that somebody else has taken meanwhile is looked at again with the next ring.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::blocklists::{self, BlockList};
use postamt_doctor::unblock::case::seen::{self, Eyes};
use postamt_doctor::unblock::case::watch::{self, Due, Seen};
use postamt_doctor::unblock::case::{self as machine, notice, text};
use postamt_doctor::unblock::delisting::{Mailbox, mailboxes};
use postamt_mail::words::{Language, words};
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dns::Resolver;
use postamt_store::cases::{
    Case, CaseAbout, CaseError, CaseEvent, CaseId, CaseStage, CaseStep, CaseText, Cases,
};
use postamt_store::facts::Facts;
use postamt_store::history::History;
use tokio::sync::Notify;

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

/// When DNS was last asked about a case, and how many steps it had then.
type Asked = HashMap<CaseId, (u64, usize)>;

/// Cases for which a probe was asked for, and how many steps they had: once for each answer of the provider, or one way
/// that is never probed would have all others probed without end.
type Rung = HashSet<(CaseId, usize)>;

impl CaseWatch {
    /// Watches for ever; dropped at shutdown.
    pub async fn run(self) {
        let mut changes = self.facts.changes();
        let (mut asked, mut rung) = (Asked::new(), Rung::new());
        loop {
            changes.borrow_and_update();
            if let Err(error) = self.look(&mut asked, &mut rung).await {
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

    async fn look(&self, asked: &mut Asked, rung: &mut Rung) -> Result<(), CaseError> {
        let cases = self.cases.cases().await?;
        if cases.iter().all(|case| case.stage() == CaseStage::Closed) {
            return Ok(());
        }
        let broken = |error: postamt_store::facts::FactError| CaseError::Database(error.to_string());
        let paths = self.facts.paths().await.map_err(broken)?;
        let probes = self.facts.probes().await.map_err(broken)?;
        let ways = self.running.ways();
        let seen = Seen { ways: &ways, paths: &paths, probes: &probes };
        let now = SystemClock.unix_seconds();
        for case in cases.iter().filter(|case| watch::wants_a_look(case, &seen)) {
            if rung.insert((case.id, case.steps.len())) {
                self.look.notify_one();
            }
        }
        for case in &cases {
            let due = match case.subject.about {
                CaseAbout::Port25 => watch::due(case, &seen, now),
                _ => watch::due_when_seen(case, self.is_seen(case, asked, now).await, now),
            };
            let Some(due) = due else { continue };
            match self.go_on(case, due, &seen, &cases, now).await {
                Ok(case) => self.tell(due, &case).await,
                Err(CaseError::Moved(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether what a case asked for is there; not asked again too soon.
    async fn is_seen(&self, case: &Case, asked: &mut Asked, now: u64) -> bool {
        let last = asked.get(&case.id);
        let is_soon = last.is_some_and(|(at, steps)| now < at + ASK && *steps == case.steps.len());
        if !case.is_open() || is_soon {
            return false;
        }
        asked.insert(case.id, (now, case.steps.len()));
        let eyes = Eyes {
            resolver: &*self.resolver,
            history: &*self.history,
            lists: &self.known.lists,
            mailboxes: &self.known.mailboxes,
        };
        seen::is_seen(case, eyes, now).await
    }

    /// The case as it stands afterwards; where a permission was lost, the one that follows.
    async fn go_on(
        &self,
        case: &Case,
        due: Due,
        seen: &Seen<'_>,
        cases: &[Case],
        now: u64,
    ) -> Result<Case, CaseError> {
        let (event, texts, follower) = match due {
            Due::Opened => (CaseEvent::Opened, Vec::new(), None),
            Due::FollowUp => {
                (CaseEvent::FollowUpDue, text::both(case, |words| text::reminder(case, words)), None)
            }
            Due::Lost => {
                let follower = self.follower(case, seen, cases, now).await?;
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

    /// The draft that follows; one that was made before a crash is taken up.
    async fn follower(
        &self,
        case: &Case,
        seen: &Seen<'_>,
        cases: &[Case],
        now: u64,
    ) -> Result<Case, CaseError> {
        if let Some(there) = cases.iter().find(|other| other.subject.follows == Some(case.id)) {
            return Ok(there.clone());
        }
        let subject = watch::successor(case, seen);
        let old = case.letter().and_then(|letter| letter.language.parse().ok()).unwrap_or(Language::En);
        let addresses = subject.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let about = if addresses.is_empty() { subject.hostname.clone() } else { addresses };
        let letter = text::again(case, &about, words(old));
        let first = CaseStep::drafted(now, CaseText { language: old.tag().to_owned(), text: letter });
        self.cases.open_case(subject, first).await
    }

    async fn tell(&self, due: Due, case: &Case) {
        let id = case.id.to_string();
        self.events.event(Event::Case { id: id.clone(), stage: case.stage().name().to_owned() });
        let letter = |words: &postamt_mail::words::Words| notice::letter(due, case, words);
        self.running.tell_operator(&format!("case {id}"), letter).await;
    }
}
