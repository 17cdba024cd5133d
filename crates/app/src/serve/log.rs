//! The log of events: one line each, JSON or text, written by a thread of its own.
//!
//! [`EventLog::event`] only takes the time and puts the event on a list, so that no task waits for a disk. The
//! thread is woken by the first event of a batch, lets more come for a moment, and writes them together. Nothing
//! is dropped: the list grows while the disk is slow, and [`EventLog::close`] waits until everything is written.
//! What cannot be written at all goes to stderr.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};

use super::{fail2ban, line};
use crate::config::LogFormat;
use crate::privileges;

/// How long a batch gathers: short enough for who watches the log, long enough to wake the thread seldom.
const GATHERING: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
struct Pending {
    events: Vec<(Duration, Event)>,
    reopen: bool,
    closed: bool,
}

#[derive(Debug, Default)]
struct Shared {
    pending: Mutex<Pending>,
    something: Condvar,
}

/// The log. Clones write to the same place.
#[derive(Debug, Clone)]
pub struct EventLog {
    shared: Arc<Shared>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// A log that is open but has no thread yet: opened by root, started by the server's user.
#[derive(Debug)]
pub struct Opened {
    format: LogFormat,
    output: Output,
    fail2ban: Option<Output>,
}

impl Opened {
    /// Opens the file, or stderr without one.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn new(format: LogFormat, file: Option<&Path>) -> io::Result<Self> {
        Ok(Self { format, output: Output::open(file.map(Path::to_path_buf))?, fail2ban: None })
    }

    /// Writes lines for fail2ban to a file, too.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn with_fail2ban(self, file: &Path) -> io::Result<Self> {
        Ok(Self { fail2ban: Some(Output::open(Some(file.to_path_buf()))?), ..self })
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(self) -> io::Result<EventLog> {
        let shared = Arc::new(Shared::default());
        let Self { format, output, fail2ban } = self;
        let (stamp, json) = (Stamp::default(), Vec::new());
        let writer = Writer { shared: shared.clone(), output, fail2ban, format, stamp, json };
        let thread = std::thread::Builder::new().name("log".into()).spawn(move || writer.run())?;
        Ok(EventLog { shared, thread: Arc::new(Mutex::new(Some(thread))) })
    }
}

impl EventLog {
    /// Opens the file again by its name, after everything noted so far is written (SIGHUP, for logrotate).
    pub fn reopen(&self) {
        self.change(|pending| pending.reopen = true);
    }

    /// Writes what is left and ends the thread. Later events are not written.
    pub fn close(&self) {
        self.change(|pending| pending.closed = true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A writer that panicked has already said so on stderr.
            let _ = thread.join();
        }
    }

    fn change(&self, change: impl FnOnce(&mut Pending)) {
        // A writer that panicked leaves a list that is still good.
        change(&mut self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.something.notify_one();
    }
}

impl EventSink for EventLog {
    fn event(&self, event: Event) {
        let now = SystemClock.since_epoch();
        let mut pending = self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.closed {
            return;
        }
        pending.events.push((now, event));
        let first = pending.events.len() == 1;
        drop(pending);
        // Whoever adds to a list that is not empty need not wake anybody: the thread is on its way.
        if first {
            self.shared.something.notify_one();
        }
    }
}

/// Where lines go.
#[derive(Debug)]
struct Output {
    path: Option<PathBuf>,
    file: Option<File>,
}

impl Output {
    fn open(path: Option<PathBuf>) -> io::Result<Self> {
        let file = path.as_deref().map(append).transpose()?;
        Ok(Self { path, file })
    }

    fn reopen(&mut self) {
        let Some(path) = &self.path else { return };
        match append(path) {
            Ok(file) => self.file = Some(file),
            // The old one is still good for writing.
            Err(error) => complain(&format!("the log {} cannot be opened: {error}", path.display())),
        }
    }

    fn write(&mut self, lines: &[u8]) {
        let written = match &mut self.file {
            Some(file) => file.write_all(lines),
            None => io::stderr().lock().write_all(lines),
        };
        if let Err(error) = written {
            complain(&format!("the log cannot be written: {error}; its lines follow"));
            complain(&String::from_utf8_lossy(lines));
        }
    }
}

fn append(path: &Path) -> io::Result<File> {
    privileges::open_to_append(path, 0o640)
}

fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

struct Writer {
    shared: Arc<Shared>,
    output: Output,
    fail2ban: Option<Output>,
    format: LogFormat,
    stamp: Stamp,
    /// The event at hand.
    json: Vec<u8>,
}

impl Writer {
    fn run(mut self) {
        let (mut lines, mut for_fail2ban) = (Vec::with_capacity(64 * 1024), Vec::new());
        loop {
            let batch = self.take();
            for (time, event) in &batch.events {
                self.line(*time, event, &mut lines);
                if self.fail2ban.is_some()
                    && let Some(line) = fail2ban::line(event, std::process::id())
                {
                    self.stamp.write(*time, &mut for_fail2ban);
                    // Writing to a Vec cannot fail.
                    let _ = writeln!(for_fail2ban, " {line}");
                }
            }
            if let Some(output) = self.fail2ban.as_mut().filter(|_| !for_fail2ban.is_empty()) {
                output.write(&for_fail2ban);
                for_fail2ban.clear();
            }
            if !lines.is_empty() {
                self.output.write(&lines);
                lines.clear();
            }
            if batch.reopen {
                self.fail2ban.iter_mut().for_each(Output::reopen);
                self.output.reopen();
            }
            if batch.closed {
                return;
            }
        }
    }

    /// Waits for something, lets it gather, and takes all of it.
    fn take(&self) -> Pending {
        let idle = |pending: &mut Pending| pending.events.is_empty() && !pending.reopen && !pending.closed;
        let pending = self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = self.shared.something.wait_while(pending, idle).unwrap_or_else(PoisonError::into_inner);
        // A request to reopen or to close is not kept waiting.
        let gathering = |pending: &mut Pending| !pending.reopen && !pending.closed;
        let (mut pending, _) = self
            .shared
            .something
            .wait_timeout_while(pending, GATHERING, gathering)
            .unwrap_or_else(PoisonError::into_inner);
        let closed = pending.closed;
        let taken = std::mem::take(&mut *pending);
        pending.closed = closed;
        taken
    }

    fn line(&mut self, time: Duration, event: &Event, lines: &mut Vec<u8>) {
        self.json.clear();
        // Writing to a Vec cannot fail, and events are plain structures.
        let _ = serde_json::to_writer(&mut self.json, event);
        match self.format {
            LogFormat::Text => {
                self.stamp.write(time, lines);
                lines.push(b' ');
                line::write_text(&self.json, lines);
            }
            LogFormat::Json => {
                lines.extend_from_slice(b"{\"time\":\"");
                self.stamp.write(time, lines);
                lines.extend_from_slice(b"\",");
                // An event is a JSON object: what follows its brace follows ours.
                lines.extend_from_slice(self.json.strip_prefix(b"{").unwrap_or(&self.json));
            }
        }
        lines.push(b'\n');
    }
}

/// `2026-11-24T07:03:11.042Z`; the text of the last second is kept.
#[derive(Debug, Default)]
struct Stamp {
    second: u64,
    text: String,
}

impl Stamp {
    fn write(&mut self, time: Duration, lines: &mut Vec<u8>) {
        if self.second != time.as_secs() || self.text.is_empty() {
            self.second = time.as_secs();
            let second = i64::try_from(self.second).unwrap_or(i64::MAX);
            let timestamp = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
            self.text = timestamp.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        }
        // Writing to a Vec cannot fail.
        let _ = write!(lines, "{}.{:03}Z", self.text, time.subsec_millis());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(what: &str) -> Event {
        Event::Warning { what: what.into() }
    }

    #[test]
    fn writes_everything_before_it_closes_and_follows_a_moved_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("log");
        let moved = directory.path().join("log.1");
        let log = Opened::new(LogFormat::Json, Some(&path)).and_then(Opened::start).expect("a log");
        for number in 0..1_000 {
            log.event(warning(&number.to_string()));
        }
        std::fs::rename(&path, &moved).expect("moved");
        log.reopen();
        // The writer takes what came before the request first; wait until the new file is there.
        while !path.exists() {
            std::thread::yield_now();
        }
        log.event(warning("last"));
        log.close();
        let first = std::fs::read_to_string(moved).expect("text");
        let last = std::fs::read_to_string(path).expect("text");
        assert_eq!(first.lines().count(), 1_000);
        let line: serde_json::Value = serde_json::from_str(last.trim()).expect("one line of JSON");
        assert_eq!((&line["event"], &line["what"]), (&"warning".into(), &"last".into()));
        assert!(line["time"].as_str().is_some_and(|time| time.ends_with('Z')));
    }

    #[test]
    fn stamps_have_milliseconds() {
        let mut stamp = Stamp::default();
        let mut text = Vec::new();
        stamp.write(Duration::from_millis(1_790_000_000_042), &mut text);
        assert_eq!(String::from_utf8(text).as_deref(), Ok("2026-09-21T14:13:20.042Z"));
    }
}
