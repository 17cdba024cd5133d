//! Places in a trial: so many messages at a time may use a way that may still be closed.
//!
//! [`Places`] gives a [`Place`] out, and counts it as taken for as long as it exists: who drops it has given it back,
//! on whatever path that happens. It cannot be shared, since a copy of it is empty.
//!
//! A message whose host has been silent for long keeps its place, which then counts no more: it takes it from nobody. A
//! place that was spent stays taken, where a trial is of so many messages in all.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// A place; empty where no trial is on.
#[derive(Debug, Default)]
pub struct Place(Option<Arc<Token>>);

/// Places that were given out and are not given back.
#[derive(Debug, Clone, Default)]
pub struct Places {
    given: Vec<Weak<Token>>,
    spent: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Token {
    /// The connection that its message waits for has had no answer for long.
    is_silent: AtomicBool,
    spent: Arc<AtomicUsize>,
}

impl Clone for Place {
    /// Empty: a place is in one pair of hands.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Place {
    /// Whether it is one, counted or not.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.0.is_some()
    }

    /// Whether it counts no more.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.0.as_ref().is_some_and(|token| token.is_silent.load(Ordering::Relaxed))
    }

    /// The host that its message waits for has been silent for long: it counts no more.
    pub fn fell_silent(&self) {
        self.set_silent(true);
    }

    /// That host has answered, or another connection has the message: it counts again.
    pub fn speaks(&self) {
        self.set_silent(false);
    }

    /// Its message was tried: it stays taken until all are forgotten.
    pub fn spend(&mut self) {
        if let Some(token) = self.0.take() {
            token.spent.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn set_silent(&self, is_silent: bool) {
        if let Some(token) = &self.0 {
            token.is_silent.store(is_silent, Ordering::Relaxed);
        }
    }
}

impl Places {
    /// How many are taken.
    pub fn taken(&mut self) -> usize {
        self.given.retain(|token| token.strong_count() > 0);
        let counts =
            |token: &&Weak<Token>| token.upgrade().is_some_and(|it| !it.is_silent.load(Ordering::Relaxed));
        self.given.iter().filter(counts).count() + self.spent.load(Ordering::Relaxed)
    }

    /// Gives one out.
    pub fn give(&mut self) -> Place {
        let token = Arc::new(Token { is_silent: AtomicBool::new(false), spent: self.spent.clone() });
        self.given.push(Arc::downgrade(&token));
        Place(Some(token))
    }

    /// Those that were given out count no more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_for_as_long_as_it_exists_and_a_copy_is_none() {
        let mut places = Places::default();
        let (one, other) = (places.give(), places.give());
        let copy = one.clone();
        assert_eq!((places.taken(), one.is_taken(), copy.is_taken()), (2, true, false));
        drop(one);
        assert_eq!(places.taken(), 1);
        places.forget();
        let next = places.give();
        drop(other);
        assert_eq!(places.taken(), 1, "one of before is not given back in place of it");
        drop(next);
        assert_eq!(places.taken(), 0);
    }

    #[test]
    fn a_place_that_was_spent_stays_taken_until_all_are_forgotten() {
        let mut places = Places::default();
        let (mut one, mut other) = (places.give(), places.give());
        one.spend();
        one.spend();
        assert_eq!((places.taken(), one.is_taken()), (2, false));
        drop(one);
        assert_eq!(places.taken(), 2);
        places.forget();
        other.spend();
        assert_eq!(places.taken(), 0, "one of before is not spent in place of a new one");
    }

    #[test]
    fn who_waits_for_a_silent_host_takes_nothing_from_others_until_it_answers() {
        let mut places = Places::default();
        let place = places.give();
        place.fell_silent();
        place.fell_silent();
        assert_eq!((places.taken(), place.is_silent()), (0, true));
        let other = places.give();
        assert_eq!(places.taken(), 1);
        place.speaks();
        assert_eq!((places.taken(), place.is_silent()), (2, false));
        place.fell_silent();
        drop(place);
        assert_eq!(places.taken(), 1, "it is not given back twice");
        drop(other);
        assert_eq!(places.taken(), 0);
    }
}
