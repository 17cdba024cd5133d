//! What is in the hands of a task, so that a defect which ends the task ends nothing else: a panic is caught, the
//! jobs that the task had wait for another try, and a warning says so. Where it happened is on standard error, by
//! the panic hook; its text may quote a message and is not logged.
//!
//! A recipient may be tried again although the attempt had ended: a second copy is better than none.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use postamt_store::queue_id::QueueId;

use super::submit::{submit, wait_until};
use crate::context::Context;
use crate::events::Event;
use crate::queue::job::{Job, Numbers};
use crate::queue::site::Site;

/// Jobs wait this long after a defect.
const DEFECT_SECONDS: u64 = 300;

/// What a task works at.
#[derive(Debug, Default)]
pub(super) struct Hands(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    jobs: VecDeque<Job>,
    /// As the site has noted it in flight.
    noted: Option<(QueueId, Numbers)>,
    /// The site has been told that the connection is open, or cannot be opened.
    opened: bool,
}

impl Hands {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection does not count as opening any more.
    pub(super) fn opened(&self, site: &Site) {
        site.opened();
        self.lock().opened = true;
    }

    /// A job that the site has given out.
    pub(super) fn take(&self, job: &Job) {
        let mut held = self.lock();
        held.noted = Some((job.id, job.recipients.clone()));
        held.jobs.clear();
        held.jobs.push_back(job.clone());
    }

    /// What is left of the job.
    pub(super) fn keep(&self, job: &Job) {
        let mut held = self.lock();
        held.jobs.clear();
        held.jobs.push_back(job.clone());
    }

    /// Jobs that are dealt with one after the other; see [`Hands::next`].
    pub(super) fn take_all(&self, jobs: &[Job]) {
        self.lock().jobs.extend(jobs.iter().cloned());
    }

    /// The first job is where it belongs.
    pub(super) fn next(&self) {
        self.lock().jobs.pop_front();
    }

    /// The job of the site is where it belongs.
    pub(super) fn landed(&self, site: &Site) {
        let mut held = self.lock();
        held.jobs.clear();
        if let Some((id, recipients)) = held.noted.take() {
            drop(held);
            site.landed(id, &recipients);
        }
    }

    /// After a defect: what was in hand.
    pub(super) fn drain(&self) -> Vec<Job> {
        self.lock().jobs.drain(..).collect()
    }

    /// After a defect in a connection: the site's notes are put right, and the jobs wait. Where the connection had not
    /// come to a job yet, all that are ready wait, since the next connection would fare no better.
    pub(super) fn salvage(&self, context: &Arc<Context>, site: &Site) {
        let mut jobs = self.drain();
        self.landed(site);
        if !self.lock().opened {
            site.opened();
        }
        if jobs.is_empty() {
            jobs = site.extract(&|_| true);
        }
        put_off(context, jobs);
    }
}

/// Runs `work` to its end; false when a panic ended it.
pub(super) async fn caught(work: impl Future<Output = ()>) -> bool {
    let mut work = pin!(work);
    std::future::poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(task))) {
        Ok(poll) => poll.map(|()| true),
        Err(_) => Poll::Ready(false),
    })
    .await
}

/// Submits a job from a loop that must go on whatever happens.
pub(super) fn submit_guarded(context: &Arc<Context>, job: Job) {
    let kept = job.clone();
    if catch_unwind(AssertUnwindSafe(|| submit(context, job))).is_err() {
        put_off(context, vec![kept]);
        warn(context, "the planning of a message");
    }
}

/// Deals with one job in a task of its own.
pub(super) fn spawn_guarded(
    context: &Arc<Context>,
    what: &'static str,
    job: &Job,
    work: impl Future<Output = ()> + Send + 'static,
) {
    let (context, kept) = (context.clone(), Job { loaded: None, ..job.clone() });
    context.tasks.clone().spawn(async move {
        if !caught(work).await {
            put_off(&context, vec![kept]);
            warn(&context, what);
        }
    });
}

/// Jobs wait for another try, unless their message has ended.
pub(super) fn put_off(context: &Arc<Context>, mut jobs: Vec<Job>) {
    jobs.retain(|job| context.queue.contains(job.id));
    wait_until(context, jobs, context.now() + DEFECT_SECONDS);
}

/// Says that a defect was met.
pub(super) fn warn(context: &Context, what: &str) {
    let what = format!("{what} was cut short by a defect of this server; its mail waits {DEFECT_SECONDS} s");
    context.event(Event::Warning { what });
}
