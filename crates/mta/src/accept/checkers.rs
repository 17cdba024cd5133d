//! Threads that do nothing but check passwords. One check takes tens of megabytes and as many milliseconds; on the
//! threads that the runtime lends, of which there may be hundreds, each would keep that memory for the next.
//!
//! [`Checkers::run`] queues work and waits for what it gives. A caller that goes away takes its work with it, unless
//! that has begun; so there is never more work than there are callers. Dropping the pool ends the threads after the
//! work at hand.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The way to the threads.
#[derive(Debug)]
pub struct Checkers {
    jobs: Sender<Job>,
}

impl Checkers {
    /// Starts the threads, at least one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(threads: usize) -> io::Result<Self> {
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads.max(1) {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new().name(format!("password-{number}")).spawn(move || {
                while let Some(job) = next(&waiting) {
                    job()
                }
            })?;
        }
        Ok(Self { jobs })
    }

    /// Runs work on one of the threads; `None` when it panicked.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (answer, given) = oneshot::channel();
        let job = move || {
            if !answer.is_closed() {
                let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
                // The caller may have gone meanwhile.
                let _ = worked.map(|worked| answer.send(worked));
            }
        };
        self.jobs.send(Box::new(job)).ok()?;
        given.await.ok()
    }
}

/// The next work; `None` when the pool is gone.
fn next(waiting: &Mutex<Receiver<Job>>) -> Option<Job> {
    // Nothing is left half done by whoever held it.
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn work_of_callers_that_went_away_is_left_out() {
        let checkers = Arc::new(Checkers::new(1).expect("a thread"));
        let (go, gate) = channel::<()>();
        let first = checkers.clone();
        let first = tokio::spawn(async move { first.run(move || gate.recv().is_ok()).await });
        tokio::task::yield_now().await;
        let done = Arc::new(AtomicUsize::new(0));
        let count = |done: &Arc<AtomicUsize>| {
            let done = done.clone();
            move || done.fetch_add(1, Ordering::SeqCst)
        };
        {
            let mut abandoned = Box::pin(checkers.run(count(&done)));
            // Asked once, so that it stands in the line.
            assert!(
                std::future::Future::poll(
                    abandoned.as_mut(),
                    &mut std::task::Context::from_waker(std::task::Waker::noop())
                )
                .is_pending()
            );
        }
        go.send(()).expect("it waits");
        assert_eq!(first.await.expect("no panic"), Some(true));
        assert_eq!(checkers.run(count(&done)).await, Some(0), "only the last was done");
    }

    #[tokio::test]
    async fn a_panic_ends_its_work_only() {
        let checkers = Checkers::new(1).expect("a thread");
        assert_eq!(checkers.run(|| -> u8 { panic!("on purpose") }).await, None);
        assert_eq!(checkers.run(|| 7).await, Some(7));
    }
}
