//! The places of a filter: so many messages are with it at a time, and of one origin only a part of them, so that who sends
//! what takes it long does not stop the mail of all others.
//!
//! [`Places::take`] waits for one; how long is the caller's matter. A place is given back when it is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Messages that are with one filter at a time; clamd has ten threads unless it is told otherwise.
const PLACES: usize = 16;
/// Of one account, of one host that relays, and of all strangers together.
const SHARE: usize = 4;

/// See the head of this file.
#[derive(Debug)]
pub struct Places {
    all: Semaphore,
    /// Of those that have a message with it, or wait.
    shares: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// A place that is taken.
#[derive(Debug)]
pub struct Place<'a> {
    _all: SemaphorePermit<'a>,
    _share: OwnedSemaphorePermit,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Semaphore::new(PLACES), shares: Mutex::default() }
    }
}

impl Places {
    /// Waits for a place.
    pub async fn take(&self, origin: &str) -> Option<Place<'_>> {
        // Nobody closes them.
        let share = self.share(origin).acquire_owned().await.ok()?;
        Some(Place { _all: self.all.acquire().await.ok()?, _share: share })
    }

    fn share(&self, origin: &str) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(origin).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(Semaphore::new(SHARE));
        shares.insert(origin.to_owned(), Arc::downgrade(&share));
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place, if one is free.
    async fn now<'a>(places: &'a Places, origin: &str) -> Option<Place<'a>> {
        let place = places.take(origin);
        tokio::select! {
            biased;
            place = place => place,
            () = std::future::ready(()) => None,
        }
    }

    #[tokio::test]
    async fn one_origin_leaves_places_to_others() {
        let places = Places::default();
        let mut taken = Vec::new();
        for _ in 0..SHARE {
            taken.push(now(&places, "").await.expect("a place"));
        }
        assert!(now(&places, "").await.is_none(), "no more for strangers");
        assert!(now(&places, "anna").await.is_some(), "but for others");
        taken.pop();
        assert!(now(&places, "").await.is_some(), "it was given back");
        taken.clear();
        assert!(now(&places, "berta").await.is_some());
        assert_eq!(places.shares.lock().expect("whole").len(), 1, "who has nothing with it is forgotten");
    }
}
