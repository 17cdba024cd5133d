//! The unit of delivery: the recipients of one message that share a destination. Small, because a hundred
//! thousand of them may wait; the message itself stays in the spool.

use std::sync::Arc;

use postamt_store::queue_id::QueueId;

use super::place::Place;
use crate::flow::{Destination, Loaded};

/// Recipient numbers; most jobs have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbers {
    /// One recipient.
    One(u16),
    /// Several.
    Many(Box<[u16]>),
}

impl Numbers {
    /// The numbers as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[u16] {
        match self {
            Self::One(number) => std::slice::from_ref(number),
            Self::Many(numbers) => numbers,
        }
    }
}

impl From<Vec<u16>> for Numbers {
    fn from(numbers: Vec<u16>) -> Self {
        match numbers.as_slice() {
            [one] => Self::One(*one),
            _ => Self::Many(numbers.into_boxed_slice()),
        }
    }
}

/// Some recipients of a message on their way to one destination.
#[derive(Debug, Clone)]
pub struct Job {
    /// The message.
    pub id: QueueId,
    /// When it is due, seconds since 1970; 0 is at once.
    pub next: u64,
    /// Where to.
    pub destination: Destination,
    /// Which recipients.
    pub recipients: Numbers,
    /// Attempts made.
    pub attempts: u16,
    /// New connections tried for it within this attempt, after the one before broke.
    pub fresh_connections: u8,
    /// The sender has been told of the delay.
    pub delay_notified: bool,
    /// [`super::Queue::plannings`] when its way was chosen.
    pub planned: u32,
    /// Its way is closed and no detour takes it: only the relay of its provider may.
    pub without_way: bool,
    /// Its place in the trial of a way out. What waits or is held has none.
    pub place: Place,
    /// Its place in the trial of the direct way to its provider, likewise.
    pub provider_place: Place,
    /// The message, while it is held in memory.
    pub loaded: Option<Arc<Loaded>>,
}

impl Job {
    /// It is not on its way any more: it gives its places back.
    pub fn leave_trials(&mut self) {
        (self.place, self.provider_place) = (Place::default(), Place::default());
    }
}
