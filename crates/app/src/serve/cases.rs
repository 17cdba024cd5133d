//! The watch over the requests to providers: confirms a case when its ways out are seen open, writes the reminder when
//! an answer is late, and drafts the next request when a permission is lost; and tells the operator. Has the ways probed
//! at once when the provider says that they are open.
//!
//! A reconciler: it takes no input but the store. Each of these is due once, since the step that it lays on the case ends
//! it; a step that somebody else has taken meanwhile is looked at again with the next ring.

use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::unblock::case::watch::{self, Due, Seen};
use postamt_doctor::unblock::case::{self as machine, notice, text};
use postamt_mail::words::{Language, words};
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{Case, CaseError, CaseEvent, CaseStage, CaseStep, CaseText, Cases};
use postamt_store::facts::Facts;
use tokio::sync::Notify;

/// How often it looks when nothing rings.
const LOOK: Duration = Duration::from_secs(60);

/// Everything that the watch holds.
pub struct CaseWatch {
    /// The server.
    pub running: Running,
    /// What is known of the ways out.
    pub facts: Arc<dyn Facts>,
    /// The cases.
    pub cases: Arc<dyn Cases>,
    /// Rung by commands that have changed one.
    pub ring: Arc<Notify>,
    /// Has the ways out probed.
    pub look: Arc<Notify>,
    /// Where troubles and changes go.
    pub events: Arc<dyn EventSink>,
}

impl CaseWatch {
    /// Watches for ever; dropped at shutdown.
    pub async fn run(self) {
        let mut changes = self.facts.changes();
        loop {
            changes.borrow_and_update();
            if let Err(error) = self.look().await {
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

    async fn look(&self) -> Result<(), CaseError> {
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
        if cases.iter().any(|case| watch::wants_a_look(case, &seen)) {
            self.look.notify_one();
        }
        for case in &cases {
            let Some(due) = watch::due(case, &seen, now) else { continue };
            match self.go_on(case, due, &seen, &cases, now).await {
                Ok(case) => self.tell(due, &case).await,
                Err(CaseError::Moved(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
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
