//! Threads that do nothing but sign, so that the async threads never wait for an RSA key.
//!
//! [`SigningPool::sign`] queues a job and waits for its fields. The queue is bounded: when it is full the caller
//! waits, which slows submission down to what the processors can sign. A caller that goes away cancels its job if
//! that has not begun. Dropping the pool ends the threads after the job at hand.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::key::SigningKey;
use super::sign::{SignError, SignOptions, sign};

/// How many jobs may wait for each thread; a job holds only references.
const WAITING_PER_THREAD: usize = 64;

/// A message to sign.
#[derive(Debug, Clone)]
pub struct SigningJob {
    /// The keys of its domain.
    pub keys: Vec<Arc<SigningKey>>,
    /// Its pieces.
    pub content: Vec<Bytes>,
    /// Time, lifetime, profile.
    pub options: SignOptions,
}

/// The threads and their queue.
#[derive(Debug)]
pub struct SigningPool {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: VecDeque<Queued>,
    closed: bool,
}

#[derive(Debug)]
struct Queued {
    job: SigningJob,
    answer: oneshot::Sender<Result<Bytes, SignError>>,
    /// Given back when the job is done or dropped.
    _room: OwnedSemaphorePermit,
}

impl SigningPool {
    /// Starts the threads, at least one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let threads = threads.max(1);
        let shared = Arc::new(Shared { queue: Mutex::default(), filled: Condvar::new() });
        let mut pool = Self {
            shared: Arc::clone(&shared),
            room: Arc::new(Semaphore::new(threads * WAITING_PER_THREAD)),
            threads: Vec::with_capacity(threads),
        };
        for number in 0..threads {
            let shared = Arc::clone(&shared);
            let builder = std::thread::Builder::new().name(format!("dkim-{number}"));
            pool.threads.push(builder.spawn(move || shared.work())?);
        }
        Ok(pool)
    }

    /// Signs a message on one of the threads.
    ///
    /// # Errors
    /// Those of [`sign`], and [`SignError::Ended`].
    pub async fn sign(&self, job: SigningJob) -> Result<Bytes, SignError> {
        if job.options.profile.choose(&job.keys).next().is_none() {
            return Ok(Bytes::new());
        }
        let room = Arc::clone(&self.room).acquire_owned().await.map_err(|_| SignError::Ended)?;
        let (answer, result) = oneshot::channel();
        self.shared.lock().jobs.push_back(Queued { job, answer, _room: room });
        self.shared.filled.notify_one();
        result.await.map_err(|_| SignError::Ended)?
    }
}

impl Drop for SigningPool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.filled.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing to say any more; its callers got `Ended`.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The queue is whole between any two of its operations, so a poisoned lock loses nothing.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(Queued { job, answer, _room }) = self.next() {
            if !answer.is_closed() {
                // The caller may have gone meanwhile.
                let _ = answer.send(sign(&job.keys, &job.content, &job.options));
            }
        }
    }

    fn next(&self) -> Option<Queued> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
