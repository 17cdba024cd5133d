//! `kill -9` at named points, on a real directory. One check for each arrow of `docs/queue.md`.
//!
//! The test starts itself again as a child with the name of an arrow; the child works on a spool whose disk
//! kills the process at that point. What the child was told before it died stands in a ledger file.

use std::io::{self, IoSlice, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use postamt_store::embedded::spool::{Directory, Disk, DiskFile, SegmentSpool, SpoolSettings};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, Spool, Waiting};

use crate::suite::run;
use crate::suite::spool::message;

const ARROW: &str = "POSTAMT_STORE_TEST_ARROW";
const DIRECTORY: &str = "POSTAMT_STORE_TEST_DIRECTORY";
const SEGMENT: u64 = 64 << 10;

/// A point in the disk's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    BeforeWrite,
    AfterWrite,
    AfterSync,
    BeforeRename,
    AfterRename,
    AfterDirectorySync,
    AfterCreate,
}

/// Kills the process at the point, once it is armed; at the n-th time that it comes by.
struct Killer {
    point: Mutex<Option<Point>>,
    left: AtomicUsize,
}

impl Killer {
    fn arm(&self, point: Point, times: usize) {
        self.left.store(times, Ordering::SeqCst);
        *self.point.lock().expect("no panic") = Some(point);
    }

    fn pass(&self, point: Point) {
        let armed = *self.point.lock().expect("no panic") == Some(point);
        if armed && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::KILL).expect("we may kill ourselves");
        }
    }
}

struct KillingDisk {
    below: Directory,
    killer: Arc<Killer>,
}

struct KillingFile {
    below: Arc<dyn DiskFile>,
    killer: Arc<Killer>,
}

impl KillingDisk {
    fn file(&self, below: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(KillingFile { below, killer: Arc::clone(&self.killer) })
    }
}

impl Disk for KillingDisk {
    fn lock(&self) -> io::Result<bool> {
        self.below.lock()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.below.list()
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.file(self.below.open(name)?))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.below.create(name)?;
        self.killer.pass(Point::AfterCreate);
        Ok(self.file(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.killer.pass(Point::BeforeRename);
        self.below.rename(from, to)?;
        self.killer.pass(Point::AfterRename);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        // Giving a file up is one arrow, whether it is used again or not.
        self.killer.pass(Point::BeforeRename);
        self.below.remove(name)?;
        self.killer.pass(Point::AfterRename);
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.below.sync_directory()?;
        self.killer.pass(Point::AfterDirectorySync);
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.below.free_bytes()
    }
}

impl DiskFile for KillingFile {
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        self.killer.pass(Point::BeforeWrite);
        let count = self.below.write_at(parts, offset)?;
        self.killer.pass(Point::AfterWrite);
        Ok(count)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.below.read_at(buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.below.sync()?;
        self.killer.pass(Point::AfterSync);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        self.below.length()
    }
}

fn settings(directory: &Path) -> SpoolSettings {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    SpoolSettings { segment_bytes: SEGMENT, reserve_bytes: 0, ..SpoolSettings::new(directory, Arc::new(now)) }
}

/// The child's means.
struct Child {
    spool: SegmentSpool,
    killer: Arc<Killer>,
    ledger: Mutex<std::fs::File>,
}

impl Child {
    fn accept(&self, content: &[u8]) -> QueueId {
        let new = message(&self.spool, 2, content);
        let id = new.id;
        run(self.spool.accept(new)).expect("accepted");
        writeln!(self.ledger.lock().expect("no panic"), "{id}").expect("the ledger takes it");
        id
    }

    fn note(&self, change: Change) {
        self.spool.note(change);
        run(self.spool.flush()).expect("flushed");
    }

    fn arm(&self, point: Point) {
        self.killer.arm(point, 1);
    }

    /// Fills a segment and more with messages that are done at once.
    fn churn(&self) {
        for _ in 0..40 {
            let id = self.accept(&[b'y'; 9000]);
            self.spool.note(done(id, &[0, 1]));
        }
    }
}

fn done(id: QueueId, recipients: &[u16]) -> Change {
    Change::Done { id, recipients: recipients.to_vec() }
}

fn deferred(id: QueueId, attempts: u16) -> Change {
    Change::Deferred { id, recipients: vec![1], attempts, next: 77, delay_notified: true }
}

/// What the parent finds: the first message of the ledger, the other messages that wait.
type Judge = fn(first: Option<&Waiting>, others: &[&Waiting]);

/// An arrow of `docs/queue.md`: its name, what the child does with its first message until it dies, and what must be left.
struct Arrow {
    name: &'static str,
    act: fn(&Child, QueueId),
    judge: Judge,
}

fn attempts(waiting: Option<&Waiting>) -> Option<u16> {
    waiting?.recipients.iter().find(|recipient| recipient.number == 1).map(|recipient| recipient.attempts)
}

fn untouched(first: Option<&Waiting>, others: &[&Waiting]) {
    assert_eq!(attempts(first), Some(0));
    assert!(others.is_empty(), "{others:?}");
}

/// The first is there untouched; of the rest only messages that are as they were accepted.
fn first_and_perhaps_more(first: Option<&Waiting>, others: &[&Waiting]) {
    assert_eq!(attempts(first), Some(0));
    assert!(others.iter().all(|waiting| waiting.recipients.len() == 2), "{others:?}");
}

const ARROWS: &[Arrow] = &[
    Arrow {
        name: "handed in → written: before the write",
        act: |child, _| {
            child.arm(Point::BeforeWrite);
            child.accept(b"second");
        },
        judge: untouched,
    },
    Arrow {
        name: "written → durable: before the sync",
        act: |child, _| {
            child.arm(Point::AfterWrite);
            child.accept(b"second");
        },
        judge: first_and_perhaps_more,
    },
    Arrow {
        name: "durable → answered: before the answer",
        act: |child, _| {
            child.arm(Point::AfterSync);
            child.accept(b"second");
        },
        judge: |first, others| {
            assert_eq!(attempts(first), Some(0));
            assert_eq!(others.len(), 1, "it was durable, so it is delivered though nobody was told");
        },
    },
    Arrow {
        name: "answered → waiting: before anything is noted",
        act: |child, _| {
            child.accept(b"second");
            child.arm(Point::BeforeWrite);
            child.accept(b"third");
        },
        judge: |first, others| {
            assert_eq!(attempts(first), Some(0));
            assert_eq!(others.len(), 1);
        },
    },
    Arrow {
        name: "waiting → deferred: before the write",
        act: |child, first| {
            child.arm(Point::BeforeWrite);
            child.note(deferred(first, 4));
        },
        judge: untouched,
    },
    Arrow {
        name: "waiting → deferred: after the write",
        act: |child, first| {
            child.arm(Point::AfterWrite);
            child.note(deferred(first, 4));
        },
        judge: |first, _| assert_eq!(attempts(first), Some(4)),
    },
    Arrow {
        name: "waiting → partly done",
        act: |child, first| {
            child.arm(Point::AfterWrite);
            child.note(done(first, &[0]));
        },
        judge: |first, _| {
            let left: Vec<_> = first.expect("it waits").recipients.iter().map(|r| r.number).collect();
            assert_eq!(left, [1]);
        },
    },
    Arrow {
        name: "waiting → finished: before the write",
        act: |child, first| {
            child.arm(Point::BeforeWrite);
            child.note(done(first, &[0, 1]));
        },
        judge: untouched,
    },
    Arrow {
        name: "waiting → finished: after the write",
        act: |child, first| {
            child.arm(Point::AfterWrite);
            child.note(done(first, &[0, 1]));
        },
        judge: |first, others| assert!(first.is_none() && others.is_empty()),
    },
    Arrow {
        name: "waiting → held",
        act: |child, first| {
            child.arm(Point::AfterWrite);
            child.note(Change::Held { id: first, held: true });
        },
        judge: |first, _| assert!(first.expect("it waits").held),
    },
    Arrow {
        name: "held → waiting",
        act: |child, first| {
            child.note(Change::Held { id: first, held: true });
            child.arm(Point::AfterWrite);
            child.note(Change::Held { id: first, held: false });
        },
        judge: |first, _| assert!(!first.expect("it waits").held),
    },
    Arrow {
        name: "no segment → active: after the file is made",
        act: |child, _| {
            child.arm(Point::AfterCreate);
            child.churn();
        },
        judge: first_and_perhaps_more,
    },
    Arrow {
        name: "spare → active: after the directory is synced",
        act: |child, _| {
            child.killer.arm(Point::AfterDirectorySync, 3);
            child.churn();
        },
        judge: first_and_perhaps_more,
    },
    Arrow {
        name: "dead → spare: before the rename",
        act: |child, _| {
            child.killer.arm(Point::BeforeRename, 3);
            child.churn();
        },
        judge: first_and_perhaps_more,
    },
    Arrow {
        name: "dead → spare: after the rename",
        act: |child, _| {
            child.killer.arm(Point::AfterRename, 3);
            child.churn();
        },
        judge: first_and_perhaps_more,
    },
];

/// The arrows of copying on need a spool that does it: the first message stays, everything else passes by, and
/// the process dies at the n-th write, sync or rename, wherever that is.
const LIFE: [Point; 4] = [Point::BeforeWrite, Point::AfterWrite, Point::AfterSync, Point::AfterRename];

fn child(arrow: &str, directory: &Path) {
    let killer = Arc::new(Killer { point: Mutex::default(), left: AtomicUsize::new(0) });
    let below = Directory::open(&directory.join("spool")).expect("it opens");
    let disk = KillingDisk { below, killer: Arc::clone(&killer) };
    let (spool, _) = SegmentSpool::open_on(Arc::new(disk), settings(directory)).expect("it opens");
    let ledger = std::fs::File::create(directory.join("ledger")).expect("a ledger can be made");
    let child = Child { spool, killer, ledger: Mutex::new(ledger) };
    let first = child.accept(&[b'1'; 2000]);
    run(child.spool.flush()).expect("flushed");
    if let Some(arrow) = ARROWS.iter().find(|known| known.name == arrow) {
        (arrow.act)(&child, first);
        panic!("the child outlived {}", arrow.name);
    }
    let (point, times) = arrow.split_once(' ').expect("a point and a number");
    let point = LIFE.iter().find(|known| format!("{known:?}") == point).expect("a known point");
    child.killer.arm(*point, times.parse().expect("a number"));
    for _ in 0..1000 {
        child.churn();
    }
    panic!("the child outlived {arrow}");
}

/// Runs the child to its death; what it left: the spool, what waits, and the ids it was told of.
fn die(arrow: &str) -> (tempfile::TempDir, Vec<Waiting>, Vec<QueueId>) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let own: PathBuf = std::env::current_exe().expect("our own file is known");
    let output = Command::new(own)
        .args(["--exact", "kills::a_kill_on_any_arrow_loses_nothing", "--nocapture"])
        .env(ARROW, arrow)
        .env(DIRECTORY, directory.path())
        .output()
        .expect("the child can be started");
    assert_eq!(output.status.signal(), Some(9), "{arrow}: {}", String::from_utf8_lossy(&output.stderr));
    let ledger = std::fs::read_to_string(directory.path().join("ledger")).expect("there is a ledger");
    let told = ledger.lines().map(|line| line.parse().expect("an id")).collect();
    let settings = settings(&directory.path().join("spool"));
    let (spool, mut recovery) = SegmentSpool::open(settings).expect("it opens");
    let waiting: Vec<_> = recovery.by_ref().collect();
    assert_eq!(recovery.problems(), [], "{arrow}");
    for waiting in &waiting {
        run(spool.load(waiting.id)).unwrap_or_else(|error| panic!("{arrow}: {error}"));
    }
    (directory, waiting, told)
}

#[test]
fn a_kill_on_any_arrow_loses_nothing() {
    if let (Ok(arrow), Ok(directory)) = (std::env::var(ARROW), std::env::var(DIRECTORY)) {
        return child(&arrow, Path::new(&directory));
    }
    for arrow in ARROWS {
        println!("{}", arrow.name);
        let (_directory, waiting, told) = die(arrow.name);
        let first = waiting.iter().find(|waiting| waiting.id == told[0]);
        let others: Vec<_> = waiting.iter().filter(|waiting| waiting.id != told[0]).collect();
        (arrow.judge)(first, &others);
    }
}

#[test]
fn a_kill_anywhere_in_a_busy_life_loses_nothing() {
    for point in LIFE {
        for times in [1, 7, 40, 41, 42, 43, 150] {
            let arrow = format!("{point:?} {times}");
            let (_directory, waiting, told) = die(&arrow);
            let first = waiting.iter().find(|waiting| waiting.id == told[0]);
            assert_eq!(attempts(first), Some(0), "{arrow}: the one that stays");
            // Everything else was noted as done at once; only the last notes may be lost.
            assert!(waiting.len() <= 4, "{arrow}: {} wait", waiting.len());
        }
    }
}
