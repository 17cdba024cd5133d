//! The events of a server under test: kept, and told to who waits for one.

use std::sync::Mutex;
use std::time::Duration;

use postamt_mta::events::{Event, EventSink};
use tokio::sync::Notify;

/// Keeps events and wakes who waits for one.
#[derive(Default)]
pub struct Events {
    seen: Mutex<Vec<Event>>,
    bell: Notify,
    reaction: Mutex<Option<Reaction>>,
}

/// Which event is meant, and what happens then, once, where it is told.
type Reaction = (fn(&Event) -> bool, Box<dyn FnOnce() + Send>);

impl EventSink for Events {
    fn event(&self, event: Event) {
        let reaction = self.reaction.lock().expect("not poisoned").take_if(|(wanted, _)| wanted(&event));
        self.seen.lock().expect("not poisoned").push(event);
        self.bell.notify_waiters();
        if let Some((_, react)) = reaction {
            react();
        }
    }
}

impl Events {
    /// Has the server interrupted at the next such event.
    pub fn react(&self, wanted: fn(&Event) -> bool, react: impl FnOnce() + Send + 'static) {
        *self.reaction.lock().expect("not poisoned") = Some((wanted, Box::new(react)));
    }

    /// Everything so far.
    pub fn all(&self) -> Vec<Event> {
        self.seen.lock().expect("not poisoned").clone()
    }

    /// Waits until `wanted` has been seen `count` times.
    pub async fn wait_for(&self, count: usize, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let found = async {
            loop {
                let notified = self.bell.notified();
                let matching: Vec<_> = self.all().into_iter().filter(|event| wanted(event)).collect();
                if matching.len() >= count {
                    return matching;
                }
                notified.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), found)
            .await
            .unwrap_or_else(|_| panic!("not seen {count} times; seen: {:#?}", self.all()))
    }
}
