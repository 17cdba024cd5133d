//! The spool as a log of segments: one writer thread, one sync for all that wait, an index in memory.
//!
//! [`SegmentSpool::open`] scans the directory and gives the spool and the messages that wait.
//! `docs/queue.md` has the frames, the states and what a crash leaves of each.
//!
//! ```text
//!  tasks ──accept, note──▶ queue ──▶ writer ──▶ batch ──▶ segment file
//!    ▲                                 │                     ▲
//!    └────────── answer ◀── sync ──────┤                     │
//!               index ◀────────────────┴── clean, retire ──▶ pool of spares
//! ```

mod batch;
mod clean;
mod disk;
mod frame;
mod index;
mod log;
mod metadata;
mod names;
mod pool;
mod queue;
mod recovery;
mod scan;
mod shared;
mod slice;
mod state;
mod writer;

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub use disk::{Directory, Disk, DiskFile};
pub use recovery::{Problem, Recovery};

use self::pool::Pool;
use self::queue::{Accept, Command};
use self::shared::{ReadError, Shared, Wanted};
use self::writer::Writer;
use crate::PortFuture;
use crate::queue_id::QueueId;
use crate::spool::{Change, NewMessage, Spool, SpoolError, SpoolFigures, Stored};

/// How the spool uses its directory.
#[derive(Clone)]
pub struct SpoolSettings {
    /// Where the segments are; made with mode 0700 when it is missing.
    pub directory: PathBuf,
    /// Octets of a segment. A message that is larger gets a segment of its own.
    pub segment_bytes: u64,
    /// So many octets of the file system are left free: new mail is refused instead. Notes of what was delivered may use them.
    pub reserve_bytes: u64,
    /// At most so many empty segments are kept for use.
    pub spare_segments: usize,
    /// Tells the time since 1970, for ids.
    pub now: Now,
}

/// A clock as the spool needs it: the store itself does not ask for the time.
pub type Now = Arc<dyn Fn() -> Duration + Send + Sync>;

impl SpoolSettings {
    /// The defaults: segments of 64 MiB, 64 MiB kept free, up to four spare segments.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>, now: Now) -> Self {
        Self {
            directory: directory.into(),
            segment_bytes: 64 << 20,
            reserve_bytes: 64 << 20,
            spare_segments: 4,
            now,
        }
    }
}

impl std::fmt::Debug for SpoolSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpoolSettings")
            .field("directory", &self.directory)
            .field("segment_bytes", &self.segment_bytes)
            .field("reserve_bytes", &self.reserve_bytes)
            .field("spare_segments", &self.spare_segments)
            .finish_non_exhaustive()
    }
}

/// Why the spool could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("the spool is in use by another server")]
    InUse,
    /// The system refused.
    #[error("cannot {operation}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A segment holds frames that this version does not know.
    #[error("the spool segment {segment} was written by a newer version")]
    Newer {
        /// The file's name.
        segment: String,
    },
    /// A size that cannot be.
    #[error("segments must have between 64 KiB and 1 GiB")]
    SegmentSize,
}

impl OpenError {
    fn during(operation: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { operation, source }
    }
}

/// The most that a message may have: offsets in a segment are 32 bits wide.
const CONTENT_LIMIT: usize = 1 << 30;

/// The embedded spool. Dropping it finishes the last batch, as [`SegmentSpool::close`] does, without telling the result.
pub struct SegmentSpool {
    shared: Arc<Shared>,
    now: Now,
    threads: Mutex<Option<Threads>>,
}

struct Threads {
    writer: JoinHandle<Result<(), SpoolError>>,
    spares: JoinHandle<()>,
    pool: Arc<Pool>,
}

impl SegmentSpool {
    /// Opens the directory, takes its lock, and finds what waits. Blocks: call it off the async threads.
    ///
    /// # Errors
    /// Another server has the directory, the system refuses, or a newer version has written there. Damage is
    /// no error but a [`Problem`] in the [`Recovery`].
    pub fn open(settings: SpoolSettings) -> Result<(Self, Recovery), OpenError> {
        let directory =
            Directory::open(&settings.directory).map_err(OpenError::during("open the spool directory"))?;
        Self::open_on(Arc::new(directory), settings)
    }

    /// The same on any [`Disk`]; `settings.directory` is not looked at.
    ///
    /// # Errors
    /// As [`SegmentSpool::open`].
    pub fn open_on(disk: Arc<dyn Disk>, settings: SpoolSettings) -> Result<(Self, Recovery), OpenError> {
        if !(64 << 10..=1 << 30).contains(&settings.segment_bytes) {
            return Err(OpenError::SegmentSize);
        }
        if !disk.lock().map_err(OpenError::during("lock the spool directory"))? {
            return Err(OpenError::InUse);
        }
        let pool = Arc::new(Pool::new(
            Arc::clone(&disk),
            settings.segment_bytes,
            settings.reserve_bytes,
            settings.spare_segments,
        ));
        let found = recovery::scan(&*disk, &pool)?;
        let shared = Arc::new(Shared::new(found.index, pool.disk_bytes(), found.quarantined, found.last_id));
        let recovery = Recovery::new(Arc::clone(&shared), found.problems);
        let now = Arc::clone(&settings.now);
        let writer = Writer::new(Arc::clone(&shared), disk, Arc::clone(&pool), settings, found.newest);
        let start = OpenError::during("start the spool's threads");
        let spares = pool.start().map_err(&start)?;
        let writer = std::thread::Builder::new()
            .name("spool-writer".into())
            .spawn(move || writer.run())
            .map_err(&start)?;
        Ok((Self { shared, now, threads: Mutex::new(Some(Threads { writer, spares, pool })) }, recovery))
    }

    /// Takes nothing more, writes and syncs what there is, and lets go of the directory.
    ///
    /// # Errors
    /// When the last state could not be made durable; a second call does nothing.
    pub async fn close(&self) -> Result<(), SpoolError> {
        let Some(threads) = self.stop() else { return Ok(()) };
        let joined = tokio::task::spawn_blocking(move || threads.join()).await;
        joined.map_err(|_| SpoolError::Closed)?
    }

    /// Reads a message on a blocking thread.
    fn read(&self, id: QueueId, wanted: Wanted) -> PortFuture<'_, Result<Stored, SpoolError>> {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || load(&shared, id.0, wanted)).await;
            read.map_err(|_| SpoolError::Closed)?
        })
    }

    fn stop(&self) -> Option<Threads> {
        self.shared.queue.close();
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Threads {
    fn join(self) -> Result<(), SpoolError> {
        self.pool.close();
        let written = self.writer.join().map_err(|_| SpoolError::Closed)?;
        self.spares.join().map_err(|_| SpoolError::Closed)?;
        written
    }
}

impl Drop for SegmentSpool {
    fn drop(&mut self) {
        if let Some(threads) = self.stop() {
            // Nobody can be told any more; recovery finds the same state.
            drop(threads.join());
        }
    }
}

impl Spool for SegmentSpool {
    fn next_id(&self) -> QueueId {
        let now = u64::try_from((self.now)().as_micros()).unwrap_or(0);
        let next = |last: u64| Some(now.max(last + 1));
        let last = self.shared.last_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        QueueId(now.max(last.unwrap_or_else(|last| last) + 1))
    }

    fn accept(&self, message: NewMessage) -> PortFuture<'_, Result<(), SpoolError>> {
        Box::pin(async move {
            let id = message.id;
            let (answer, receiver) = oneshot::channel();
            let command = Command::Accept(Box::new(prepare(message, answer)?));
            if self.shared.queue.push(command).is_err() {
                return Err(SpoolError::Closed);
            }
            Answered { shared: &self.shared, id, receiver: Some(receiver) }.await
        })
    }

    fn note(&self, change: Change) {
        // After the end of the writer a change is lost, as in a crash: its step is taken again.
        drop(self.shared.queue.push(Command::Change(change)));
    }

    fn flush(&self) -> PortFuture<'_, Result<(), SpoolError>> {
        Box::pin(async move {
            let (answer, receiver) = oneshot::channel();
            if self.shared.queue.push(Command::Flush(answer)).is_err() {
                return Err(SpoolError::Closed);
            }
            receiver.await.map_err(|_| SpoolError::Closed)?
        })
    }

    fn load(&self, id: QueueId) -> PortFuture<'_, Result<Stored, SpoolError>> {
        self.read(id, Wanted::Everything)
    }

    fn load_envelope(&self, id: QueueId) -> PortFuture<'_, Result<Stored, SpoolError>> {
        self.read(id, Wanted::Metadata)
    }

    fn figures(&self) -> SpoolFigures {
        self.shared.figures()
    }
}

/// Does everything for an accept that needs no order: the envelope's octets and the content's checksum.
fn prepare(
    message: NewMessage,
    answer: oneshot::Sender<Result<(), SpoolError>>,
) -> Result<Accept, SpoolError> {
    let invalid =
        |reason: &str| SpoolError::Io(Arc::new(io::Error::new(io::ErrorKind::InvalidInput, reason)));
    let NewMessage { id, received_at, envelope, origin, content, held } = message;
    let recipients = u16::try_from(envelope.recipients.len())
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| invalid("a message has between 1 and 65,535 recipients"))?;
    let length: usize = content.iter().map(bytes::Bytes::len).sum();
    if length > CONTENT_LIMIT {
        return Err(invalid("the spool takes messages of up to 1 GiB"));
    }
    let mut check = crc32fast::Hasher::new();
    content.iter().for_each(|piece| check.update(piece));
    Ok(Accept {
        id: id.0,
        metadata: metadata::write_letter(&envelope, &origin, received_at, held),
        recipients,
        held,
        content,
        content_length: length as u32,
        content_check: check.finalize(),
        answer,
    })
}

/// Waits for the writer's answer. Dropped before it was taken, the message is forgotten again: whoever handed
/// it in never hears of it, so nobody would ever deliver or settle it.
struct Answered<'a> {
    shared: &'a Shared,
    id: QueueId,
    receiver: Option<oneshot::Receiver<Result<(), SpoolError>>>,
}

impl Future for Answered<'_> {
    type Output = Result<(), SpoolError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(receiver) = self.receiver.as_mut() else { return Poll::Ready(Err(SpoolError::Closed)) };
        let Poll::Ready(answer) = Pin::new(receiver).poll(context) else { return Poll::Pending };
        self.receiver = None;
        Poll::Ready(answer.unwrap_or(Err(SpoolError::Closed)))
    }
}

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        let Some(receiver) = self.receiver.as_mut() else { return };
        receiver.close();
        // If the answer is still to come, the writer finds nobody there and forgets the message itself.
        if let Ok(Ok(())) = receiver.try_recv() {
            drop(self.shared.queue.push(Command::Forget(self.id)));
        }
    }
}

fn load(shared: &Shared, id: u64, wanted: Wanted) -> Result<Stored, SpoolError> {
    // The message may be copied on and its file used again while it is read.
    let mut tries = 3;
    loop {
        let (source, place) = shared.locate(id).ok_or(SpoolError::Unknown)?;
        let damaged =
            || SpoolError::Damaged { segment: source.name.clone(), offset: u64::from(place.offset) };
        let stored = match shared::read_frame(&source, id, place, wanted) {
            Err(ReadError::Io(error)) => Err(SpoolError::Io(Arc::new(error))),
            Err(ReadError::Damaged) => Err(damaged()),
            Ok(frame) if wanted == Wanted::Everything && !frame.content_is_sound() => Err(damaged()),
            Ok(frame) => {
                frame.letter().and_then(metadata::read_letter).ok_or_else(damaged).map(|letter| Stored {
                    received_at: letter.received_at,
                    envelope: letter.envelope,
                    origin: letter.origin,
                    size: u64::from(place.content),
                    content: frame.content,
                })
            }
        };
        tries -= 1;
        if stored.is_ok() || tries == 0 {
            return stored;
        }
    }
}

impl SegmentSpool {
    /// Write, sync and rename errors since the start, for metrics.
    #[must_use]
    pub fn write_errors(&self) -> u64 {
        self.shared.write_errors.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for SegmentSpool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentSpool").field("figures", &self.figures()).finish_non_exhaustive()
    }
}
