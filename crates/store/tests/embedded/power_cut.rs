//! Power cuts at every point of a busy spool's life: whatever the disk keeps of what was not synced, every
//! message that was answered for is there with its content, nothing finished for sure comes back, and no
//! torn tail is taken for damage.
//!
//! The spool runs once on a simulated disk that writes down every operation and what the outside was told;
//! then the disk is rebuilt as a power cut at any of these points might have left it, and opened.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use postamt_store::embedded::spool::{Recovery, SegmentSpool};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, NewMessage, Spool, Waiting};

use crate::suite::{self, run};
use crate::support::crash::{Dice, Survival, leave};
use crate::support::{self, Event, Mark, SimulatedDisk};

fn open(disk: &SimulatedDisk) -> (SegmentSpool, Recovery) {
    support::open(disk).expect("it opens whatever the crash left")
}

/// What was done to the spool in one run.
#[derive(Default)]
struct Story {
    contents: HashMap<u64, Vec<u8>>,
    recipients: HashMap<u64, u16>,
    changes: Vec<Change>,
}

/// Accepts in groups, defers, finishes and holds, until segments have been recycled and copied on.
async fn live(disk: &SimulatedDisk, spool: &Arc<SegmentSpool>, dice: &mut Dice, rounds: usize) -> Story {
    let mut story = Story::default();
    let mut alive: Vec<u64> = Vec::new();
    for _ in 0..rounds {
        let group: Vec<_> = (0..=dice.below(4))
            .map(|_| {
                let content: Vec<u8> = (0..dice.below(9000)).map(|_| dice.roll() as u8).collect();
                let recipients = 1 + dice.below(3) as u16;
                let content_octets = vec![Bytes::from(content.clone())];
                let new = NewMessage {
                    content: content_octets,
                    ..suite::spool::message(&**spool, recipients, b"")
                };
                story.recipients.insert(new.id.0, recipients);
                story.contents.insert(new.id.0, content);
                alive.push(new.id.0);
                let (disk, spool) = (disk.clone(), Arc::clone(spool));
                tokio::spawn(async move {
                    let id = new.id.0;
                    spool.accept(new).await.expect("accepted");
                    disk.mark(Mark::Accepted(id));
                })
            })
            .collect();
        for answered in group {
            answered.await.expect("no panic");
        }
        for _ in 0..dice.below(6) {
            let at = dice.below(alive.len());
            // A few messages stay for ever, so that segments have to be copied on.
            let Some(id) = alive.get(at).copied().filter(|_| at % 16 != 3) else { continue };
            let change = change(QueueId(id), story.recipients[&id], dice);
            if matches!(&change, Change::Done { recipients, .. } if recipients.len() > 1)
                || story.recipients[&id] == 1 && matches!(change, Change::Done { .. })
            {
                alive.remove(at);
            }
            disk.mark(Mark::Noted(story.changes.len()));
            story.changes.push(change.clone());
            spool.note(change);
        }
        if dice.below(3) == 0 {
            spool.flush().await.expect("flushed");
            disk.mark(Mark::Flushed(story.changes.len()));
        }
    }
    story
}

fn change(id: QueueId, recipients: u16, dice: &mut Dice) -> Change {
    let one = dice.below(usize::from(recipients)) as u16;
    match dice.below(8) {
        0..=3 => Change::Done { id, recipients: (0..recipients).collect() },
        4 => Change::Done { id, recipients: vec![one] },
        5 => Change::Held { id, held: dice.below(2) == 0 },
        _ => Change::Deferred {
            id,
            recipients: vec![one],
            attempts: dice.below(9) as u16,
            next: 1_790_000_000 + dice.below(100_000) as u64,
            delay_notified: dice.below(2) == 0,
        },
    }
}

/// What is left to do for a message: recipients with attempts, time and notice; held.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    recipients: BTreeMap<u16, (u16, u64, bool)>,
    held: bool,
}

impl Left {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Done { recipients, .. } => {
                self.recipients.retain(|number, _| !recipients.contains(number))
            }
            Change::Deferred { recipients, attempts, next, delay_notified, .. } => {
                for number in recipients {
                    if let Some(left) = self.recipients.get_mut(number) {
                        *left = (*attempts, *next, *delay_notified);
                    }
                }
            }
            Change::Held { held, .. } => self.held = *held,
        }
    }

    fn of(waiting: &Waiting) -> Self {
        let recipients = waiting.recipients.iter();
        Self {
            recipients: recipients.map(|r| (r.number, (r.attempts, r.next, r.delay_notified))).collect(),
            held: waiting.held,
        }
    }
}

/// What the outside had been told before a point of the log.
struct Told {
    accepted: Vec<u64>,
    noted: usize,
    durable: usize,
}

impl Told {
    fn before(log: &[Event]) -> Self {
        let mut told = Self { accepted: Vec::new(), noted: 0, durable: 0 };
        for event in log {
            match event {
                Event::Mark(Mark::Accepted(id)) => told.accepted.push(*id),
                Event::Mark(Mark::Noted(number)) => told.noted = number + 1,
                Event::Mark(Mark::Flushed(number)) => told.durable = *number,
                _ => {}
            }
        }
        told
    }
}

impl Story {
    /// The states in which a message may be found: every one from the last that is durable to the last that was noted.
    fn possible(&self, id: u64, told: &Told) -> Vec<Left> {
        let fresh = (0..self.recipients[&id]).map(|number| (number, (0, 0, false))).collect();
        let mut left = Left { recipients: fresh, held: false };
        let mut possible = vec![left.clone()];
        for (number, change) in self.changes[..told.noted].iter().enumerate() {
            let (Change::Done { id: of, .. } | Change::Deferred { id: of, .. } | Change::Held { id: of, .. }) =
                change;
            if of.0 != id {
                continue;
            }
            left.apply(change);
            if number < told.durable {
                possible.clear();
            }
            possible.push(left.clone());
        }
        possible
    }

    /// Opens what a power cut left, and judges it.
    fn judge(&self, files: BTreeMap<String, Vec<u8>>, told: &Told, what: &str) {
        let disk = SimulatedDisk::with(files);
        let (spool, mut recovery) = open(&disk);
        let found: HashMap<u64, Waiting> = recovery.by_ref().map(|waiting| (waiting.id.0, waiting)).collect();
        assert_eq!(recovery.problems(), [], "{what}: a torn tail is no damage");
        for id in &told.accepted {
            let left = found.get(id).map_or(Left { recipients: BTreeMap::new(), held: false }, Left::of);
            let possible = self.possible(*id, told);
            let matches =
                |state: &Left| *state == left || state.recipients.is_empty() && left.recipients.is_empty();
            assert!(possible.iter().any(matches), "{what}: {id} is {left:?}, not one of {possible:?}");
        }
        run(async {
            for id in found.keys() {
                let content =
                    self.contents.get(id).unwrap_or_else(|| panic!("{what}: {id} was never handed in"));
                let stored = spool.load(QueueId(*id)).await;
                let stored = stored.unwrap_or_else(|error| panic!("{what}: {id} cannot be read: {error}"));
                assert_eq!(stored.content, content, "{what}: the content of {id}");
            }
            self.go_on(&spool, found.len(), what).await;
        });
        drop(spool);
        let (_spool, recovery) = open(&disk);
        assert_eq!(recovery.count(), found.len() + 1, "{what}: after a second start");
    }

    async fn go_on(&self, spool: &SegmentSpool, waiting: usize, what: &str) {
        let new = suite::spool::message(spool, 1, b"after the crash");
        spool.accept(new).await.unwrap_or_else(|error| panic!("{what}: no mail after the crash: {error}"));
        assert_eq!(spool.figures().messages, waiting as u64 + 1, "{what}");
    }
}

fn tell(seed: u64, rounds: usize) -> (Vec<Event>, Story) {
    let disk = SimulatedDisk::default();
    let (spool, recovery) = open(&disk);
    assert_eq!(recovery.count(), 0);
    let spool = Arc::new(spool);
    let mut dice = Dice(seed);
    let story = run(live(&disk, &spool, &mut dice, rounds));
    drop(spool);
    (disk.log(), story)
}

#[test]
fn a_power_cut_at_any_point_loses_nothing() {
    let mut renames = 0;
    for seed in [3, 0x9e37_79b9, 77_777] {
        let (log, story) = tell(seed, 60);
        renames +=
            log.iter().filter(|event| matches!(event, Event::Rename { .. } | Event::Remove { .. })).count();
        let mut dice = Dice(seed);
        for point in 0..=log.len() {
            if matches!(log.get(point.wrapping_sub(1)), Some(Event::Mark(Mark::Noted(_)))) {
                continue;
            }
            let told = Told::before(&log[..point]);
            for survival in [Survival::Nothing, Survival::Everything, Survival::Some] {
                let files = leave(&log[..point], survival, &mut dice);
                story.judge(files, &told, &format!("seed {seed}, event {point}, {survival:?}"));
            }
        }
    }
    assert!(renames > 30, "segments were used again ({renames} times)");
}

#[test]
fn a_write_torn_at_any_octet_loses_nothing() {
    let (log, story) = tell(11, 4);
    let mut dice = Dice(1);
    for point in 1..=log.len() {
        let Event::Write { octets, .. } = &log[point - 1] else { continue };
        let told = Told::before(&log[..point]);
        let length = octets.len();
        let torn =
            (0..length.min(300)).chain((300..length).step_by(83)).chain(length.saturating_sub(60)..length);
        for length in torn {
            let files = leave(&log[..point], Survival::Prefix(length), &mut dice);
            story.judge(files, &told, &format!("event {point}, torn at {length}"));
        }
    }
}
