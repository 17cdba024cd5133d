//! What tasks hand to the writer thread: one list under one short lock, taken whole.
//!
//! An accept wakes the writer at once if it sleeps. Changes wait up to [`COALESCE`] for an accept to ride with;
//! they wake it only when it has nothing at all to do, so that it starts counting.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::queue_id::QueueId;
use crate::spool::{Change, SpoolError};

/// How long changes wait for company.
pub(super) const COALESCE: Duration = Duration::from_millis(50);
/// So many changes are written without waiting any longer; bounds the memory that they take.
const CHANGES_AT_ONCE: usize = 4096;

/// A message ready to be written: everything that can be computed outside the writer is.
pub(super) struct Accept {
    pub id: u64,
    pub metadata: Vec<u8>,
    pub recipients: u16,
    pub held: bool,
    pub content: Vec<Bytes>,
    pub content_length: u32,
    pub content_check: u32,
    pub answer: oneshot::Sender<Result<(), SpoolError>>,
}

/// Something for the writer.
pub(super) enum Command {
    Accept(Box<Accept>),
    Change(Change),
    /// Nobody waits for this message's id any more, so nobody can have answered for it.
    Forget(QueueId),
    Flush(oneshot::Sender<Result<(), SpoolError>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sleeper {
    Awake,
    WantsAnything,
    WantsUrgent,
}

struct Inner {
    commands: Vec<Command>,
    urgent: bool,
    closing: bool,
    sleeper: Sleeper,
}

/// The list.
pub(super) struct Queue {
    inner: Mutex<Inner>,
    wake: Condvar,
}

/// What the writer found when it looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// True when the spool is to be closed after this.
    pub closing: bool,
}

impl Queue {
    pub fn new() -> Self {
        let inner = Inner { commands: Vec::new(), urgent: false, closing: false, sleeper: Sleeper::Awake };
        Self { inner: Mutex::new(inner), wake: Condvar::new() }
    }

    /// Hands a command over; gives it back when the writer has stopped.
    pub fn push(&self, command: Command) -> Result<(), Command> {
        let mut inner = self.lock();
        if inner.closing {
            return Err(command);
        }
        let urgent = matches!(command, Command::Accept(_) | Command::Flush(_));
        inner.urgent |= urgent || inner.commands.len() >= CHANGES_AT_ONCE;
        inner.commands.push(command);
        let wakes = match inner.sleeper {
            Sleeper::Awake => false,
            Sleeper::WantsAnything => true,
            Sleeper::WantsUrgent => inner.urgent,
        };
        if wakes {
            inner.sleeper = Sleeper::Awake;
            drop(inner);
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Asks the writer to finish what there is and to stop.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closing = true;
        inner.sleeper = Sleeper::Awake;
        drop(inner);
        self.wake.notify_one();
    }

    /// The writer says that it has stopped: whatever is still listed is dropped, and with it the answers' senders.
    pub fn stopped(&self) {
        let mut inner = self.lock();
        inner.closing = true;
        inner.commands.clear();
    }

    /// Moves everything listed into `commands`. Sleeps up to `idle` (`None`: as long as it takes) when there
    /// is nothing, then up to [`COALESCE`] when there are only changes.
    pub fn take(&self, commands: &mut Vec<Command>, idle: Option<Duration>) -> Taken {
        let mut inner = self.lock();
        if inner.commands.is_empty() && !inner.closing {
            inner = self.sleep(inner, Sleeper::WantsAnything, idle);
        }
        if !inner.commands.is_empty() && !inner.urgent && !inner.closing {
            inner = self.sleep(inner, Sleeper::WantsUrgent, Some(COALESCE));
        }
        inner.urgent = false;
        std::mem::swap(commands, &mut inner.commands);
        Taken { closing: inner.closing }
    }

    fn sleep<'a>(
        &self,
        mut inner: MutexGuard<'a, Inner>,
        until: Sleeper,
        longest: Option<Duration>,
    ) -> MutexGuard<'a, Inner> {
        inner.sleeper = until;
        let asleep = |inner: &mut Inner| inner.sleeper != Sleeper::Awake;
        let mut inner = match longest {
            None => self.wake.wait_while(inner, asleep).unwrap_or_else(PoisonError::into_inner),
            Some(longest) => {
                self.wake.wait_timeout_while(inner, longest, asleep).unwrap_or_else(PoisonError::into_inner).0
            }
        };
        inner.sleeper = Sleeper::Awake;
        inner
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
