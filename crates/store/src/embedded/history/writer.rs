//! The history's writer thread and the list of what it has to write.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::rows;
use crate::history::{HistoryError, Note};

/// How long notes are gathered.
const GATHER: Duration = Duration::from_millis(500);
/// So many notes are written without waiting any longer.
const AT_ONCE: usize = 4096;
/// How long to wait after the database failed.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Notes that are kept while the database fails; beyond that the oldest are given up.
pub const KEPT: usize = 100_000;
/// Rows deleted in one transaction, so that notes do not wait long.
const DELETED_AT_ONCE: u32 = 5000;

/// Something for the writer.
pub(super) enum Command {
    Note(Note),
    Flush(oneshot::Sender<()>),
    Expire(u64, oneshot::Sender<Result<u64, HistoryError>>),
}

#[derive(Default)]
struct Inner {
    commands: Vec<Command>,
    urgent: bool,
    closing: bool,
}

/// The list.
#[derive(Default)]
pub(super) struct Mailbox {
    inner: Mutex<Inner>,
    wake: Condvar,
    lost: AtomicU64,
}

impl Mailbox {
    /// Adds to the list; after the end it is dropped.
    pub fn push(&self, command: Command) {
        let mut inner = self.lock();
        if inner.closing {
            return;
        }
        let first = inner.commands.is_empty();
        let was_urgent = inner.urgent;
        inner.urgent |= !matches!(command, Command::Note(_)) || inner.commands.len() >= AT_ONCE;
        inner.commands.push(command);
        let wakes = first || inner.urgent && !was_urgent;
        drop(inner);
        if wakes {
            self.wake.notify_one();
        }
    }

    /// Asks the writer to write what there is and to end.
    pub fn close(&self) {
        self.lock().closing = true;
        self.wake.notify_one();
    }

    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits for something, then for company. `longest` bounds the first wait.
    fn take(&self, longest: Option<Duration>) -> (Vec<Command>, bool) {
        let inner = self.lock();
        let nothing = |inner: &mut Inner| inner.commands.is_empty() && !inner.closing;
        let inner = match longest {
            None => self.wake.wait_while(inner, nothing).unwrap_or_else(PoisonError::into_inner),
            Some(longest) => self.wait(inner, longest, nothing),
        };
        let mut inner = self.wait(inner, GATHER, |inner| !inner.urgent && !inner.closing);
        inner.urgent = false;
        (std::mem::take(&mut inner.commands), inner.closing)
    }

    fn wait<'a>(
        &self,
        inner: MutexGuard<'a, Inner>,
        longest: Duration,
        condition: impl FnMut(&mut Inner) -> bool,
    ) -> MutexGuard<'a, Inner> {
        let waited = self.wake.wait_timeout_while(inner, longest, condition);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer.
pub(super) struct Writer {
    mailbox: Arc<Mailbox>,
    connection: Connection,
    /// Notes that the database did not take yet.
    notes: VecDeque<Note>,
}

impl Writer {
    pub fn new(mailbox: Arc<Mailbox>, connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(16);
        Self { mailbox, connection, notes: VecDeque::new() }
    }

    /// Works until the history is closed.
    pub fn run(mut self) {
        loop {
            let longest = if self.notes.is_empty() { None } else { Some(TRY_AGAIN) };
            let (commands, closing) = self.mailbox.take(longest);
            let mut flushes = Vec::new();
            let mut expiries = Vec::new();
            for command in commands {
                match command {
                    Command::Note(note) => self.notes.push_back(note),
                    Command::Flush(answer) => flushes.push(answer),
                    Command::Expire(before, answer) => expiries.push((before, answer)),
                }
            }
            self.write();
            // Answered even when the database failed: the look-up behind it then says so itself.
            for answer in flushes {
                let _nobody_waits = answer.send(());
            }
            for (before, answer) in expiries {
                drop(answer.send(self.expire(before)));
            }
            if closing {
                return;
            }
        }
    }

    fn write(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        if self.try_to_write().is_ok() {
            self.notes.clear();
            self.notes.shrink_to(AT_ONCE);
            return;
        }
        let too_many = self.notes.len().saturating_sub(KEPT);
        self.notes.drain(..too_many);
        self.mailbox.lost.fetch_add(too_many as u64, Ordering::Relaxed);
    }

    fn try_to_write(&mut self) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        for note in &self.notes {
            match note {
                Note::Whole(message) => rows::write(&transaction, message)?,
                Note::Attempt { id, attempt, finished_at } => {
                    rows::add_attempt(&transaction, *id, attempt, *finished_at)?;
                }
            }
        }
        transaction.commit()
    }

    fn expire(&mut self, finished_before: u64) -> Result<u64, HistoryError> {
        let mut total = 0;
        loop {
            let deleted = rows::expire(&self.connection, finished_before, DELETED_AT_ONCE)
                .map_err(|error| HistoryError(error.to_string()))?;
            if deleted == 0 {
                return Ok(total);
            }
            total += deleted as u64;
        }
    }
}
