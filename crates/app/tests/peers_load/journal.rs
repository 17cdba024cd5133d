//! What the server's own log tells: when its ways out changed, and which attempts failed how.
//!
//! [`Log::follow`] reads the server's standard error line by line as it is written; [`Log::wait_until_direct`] wakes at
//! a change of a way out. It fails with the ways as they are then.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

/// One event, as the log has it.
#[derive(Debug)]
pub struct Entry {
    /// When it was noted.
    pub at: Timestamp,
    /// All of it.
    pub event: Value,
}

/// The log.
#[derive(Debug, Default)]
pub struct Journal {
    /// Its events.
    pub entries: Vec<Entry>,
    /// Lines that are no events.
    pub others: Vec<String>,
}

/// The state of each way out that has ever changed.
type Ways = BTreeMap<String, String>;

impl Journal {
    /// Events of a name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.entries.iter().filter(move |entry| entry.event["event"] == name)
    }

    /// Changes of ways out to a state.
    pub fn changes_to<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.named("path_changed").filter(move |entry| entry.event["state"] == state)
    }

    fn take(&mut self, line: String) -> Option<&Entry> {
        let Some(entry) = entry(&line) else {
            self.others.push(line);
            return None;
        };
        self.entries.push(entry);
        self.entries.last()
    }
}

fn entry(line: &str) -> Option<Entry> {
    let event: Value = serde_json::from_str(line).ok()?;
    let at = event["time"].as_str()?.parse().ok()?;
    Some(Entry { at, event })
}

/// The log of a server that runs.
pub struct Log {
    journal: Arc<Mutex<Journal>>,
    ways: watch::Receiver<Ways>,
    reader: JoinHandle<()>,
}

impl Log {
    /// Reads until the server ends.
    pub fn follow(pipe: impl Read + Send + 'static) -> Self {
        let journal = Arc::<Mutex<Journal>>::default();
        let (tell, ways) = watch::channel(Ways::new());
        let noted = Arc::clone(&journal);
        let read = move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if let Some(entry) = lock(&noted).take(line)
                    && entry.event["event"] == "path_changed"
                {
                    let text = |key: &str| entry.event[key].as_str().unwrap_or_default().to_owned();
                    tell.send_modify(|ways| drop(ways.insert(text("path"), text("state"))));
                }
            }
        };
        Self { journal, ways, reader: std::thread::spawn(read) }
    }

    /// Waits until no way out is closed any more and mail goes directly. Where one family is direct, mail need not
    /// take the other, which is then open but stays on trial.
    pub async fn wait_until_direct(&self, patience: Duration) {
        let mut ways = self.ways.clone();
        let is_back = |ways: &Ways| {
            ways.values().any(|state| state == "direct") && ways.values().all(|state| state != "relay")
        };
        let back = timeout(patience, ways.wait_for(is_back)).await.map(|waited| waited.is_ok());
        assert_eq!(back, Ok(true), "direct delivery does not come back: {:?}\n{self}", self.ways.borrow());
    }

    /// Everything that was written, once the server has ended.
    pub fn into_journal(self) -> Journal {
        self.reader.join().unwrap();
        std::mem::take(&mut *lock(&self.journal))
    }
}

impl fmt::Display for Log {
    /// The ways' changes and what is no event: what a failing test needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let journal = lock(&self.journal);
        journal.named("path_changed").try_for_each(|entry| writeln!(f, "{} {}", entry.at, entry.event))?;
        journal.others.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn lock(journal: &Mutex<Journal>) -> MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}
