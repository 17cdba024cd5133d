//! The history in a SQLite file of its own: one row a message, attempts in it as lines of JSON.
//!
//! Notes are gathered for up to half a second and written in one transaction by one thread; a crash loses at
//! most the last second or so, the file itself stays sound. [`History::note`] never waits. A look-up first
//! has everything written that was noted before it.
//!
//! The writer takes more than 100,000 notes a second, several times what the spool accepts, so the list of
//! what is not written yet stays short. When the database *fails* (disk full) notes are kept and tried
//! again each second; beyond [`KEPT`] of them the oldest are given up and counted in
//! [`SqliteHistory::lost`], since memory must not grow without end. Mail does not depend on them.
//!
//! Look-ups: by id the primary key, by Message-ID an index over a 64-bit hash of it (short, so that noting
//! stays cheap). *Contains* cannot use an index: it goes through the rows, newest first, up to the limit.

mod rows;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use self::writer::{Command, Mailbox};
use super::database::{self, Durability};
use crate::PortFuture;
use crate::history::{History, HistoryError, MessageRecord, Note, Query};
use crate::queue_id::QueueId;

pub use super::database::DatabaseError;
pub use writer::KEPT;

const MIGRATIONS: &[&str] = &["CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,
    finished_at INTEGER,
    size INTEGER NOT NULL,
    message_key INTEGER,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    account TEXT,
    channel TEXT NOT NULL,
    message_id TEXT,
    attempts TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_key ON messages (message_key) WHERE message_key IS NOT NULL;"];

/// The embedded history. Dropping it writes what was noted.
pub struct SqliteHistory {
    mailbox: Arc<Mailbox>,
    reader: Arc<Mutex<Connection>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    path: PathBuf,
}

impl SqliteHistory {
    /// Opens or creates the file (mode 0600) and starts its writer. Blocks.
    ///
    /// # Errors
    /// The system or SQLite refuses, or a newer version has changed the file's form.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        let path = path.as_ref().to_owned();
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| DatabaseError::Open {
            path: path.clone(),
            source,
        };
        let connection = database::open(&path, Durability::Late, MIGRATIONS)?;
        let reader = database::connect(&path).map_err(|error| failed(error.into()))?;
        let mailbox = Arc::new(Mailbox::default());
        let writer = writer::Writer::new(Arc::clone(&mailbox), connection);
        let thread = std::thread::Builder::new()
            .name("history-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| failed(error.into()))?;
        Ok(Self {
            mailbox,
            reader: Arc::new(Mutex::new(reader)),
            writer: Mutex::new(Some(thread)),
            path: path.clone(),
        })
    }

    /// Notes that were given up because the database failed for too long.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.mailbox.lost()
    }

    /// Runs a look-up on a blocking thread, after everything noted before it is written.
    fn look_up<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> PortFuture<'_, Result<T, HistoryError>> {
        let reader = Arc::clone(&self.reader);
        Box::pin(async move {
            self.flush().await;
            let done = tokio::task::spawn_blocking(move || {
                step(&reader.lock().unwrap_or_else(PoisonError::into_inner))
            });
            let result = done.await.map_err(|error| HistoryError(error.to_string()))?;
            result.map_err(|error| HistoryError(error.to_string()))
        })
    }
}

impl History for SqliteHistory {
    fn note(&self, note: Note) {
        self.mailbox.push(Command::Note(note));
    }

    fn find(&self, id: QueueId) -> PortFuture<'_, Result<Option<MessageRecord>, HistoryError>> {
        self.look_up(move |connection| rows::find(connection, id))
    }

    fn search(&self, query: Query) -> PortFuture<'_, Result<Vec<MessageRecord>, HistoryError>> {
        self.look_up(move |connection| rows::search(connection, &query))
    }

    fn flush(&self) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let (answer, written) = oneshot::channel();
            self.mailbox.push(Command::Flush(answer));
            // The writer drops the sender when it ends; then nothing is left to wait for.
            drop(written.await);
        })
    }

    fn expire(&self, finished_before: u64) -> PortFuture<'_, Result<u64, HistoryError>> {
        Box::pin(async move {
            let (answer, done) = oneshot::channel();
            self.mailbox.push(Command::Expire(finished_before, answer));
            done.await.map_err(|_| HistoryError("the history is closed".into()))?
        })
    }
}

impl Drop for SqliteHistory {
    fn drop(&mut self) {
        self.mailbox.close();
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic there has been reported by the thread itself.
            drop(thread.join());
        }
    }
}

impl std::fmt::Debug for SqliteHistory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteHistory").field("path", &self.path).finish_non_exhaustive()
    }
}
