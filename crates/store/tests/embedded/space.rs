//! Space: dead segments are used again, mostly dead ones are cleaned, and no finished message comes back.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use postamt_store::embedded::spool::{Recovery, SegmentSpool, SpoolSettings};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, Spool};

use crate::suite::run;
use crate::suite::spool::message;
use crate::support::{self, Call, SimulatedDisk, input_output};

const SEGMENT: u64 = 64 << 10;

fn open(directory: &Path) -> (SegmentSpool, Recovery) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let settings = SpoolSettings {
        segment_bytes: SEGMENT,
        reserve_bytes: 0,
        ..SpoolSettings::new(directory, Arc::new(now))
    };
    SegmentSpool::open(settings).expect("it opens")
}

async fn accept(spool: &SegmentSpool, size: usize) -> QueueId {
    let new = message(spool, 1, &vec![b'x'; size]);
    let id = new.id;
    spool.accept(new).await.expect("accepted");
    id
}

fn done(id: QueueId) -> Change {
    Change::Done { id, recipients: vec![0] }
}

fn deferred(id: QueueId, attempts: u16) -> Change {
    Change::Deferred { id, recipients: vec![0], attempts, next: 7, delay_notified: false }
}

fn disk_use(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory).expect("it can be listed");
    files.map(|file| file.expect("a file").metadata().expect("its length").len()).sum()
}

#[test]
fn mail_that_passes_through_takes_little_room() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let (spool, _) = open(directory.path());
    run(async {
        for _ in 0..1000 {
            let id = accept(&spool, 4000).await;
            spool.note(done(id));
        }
        spool.flush().await.expect("flushed");
    });
    let used = disk_use(directory.path());
    assert!(used <= 7 * SEGMENT, "{used} octets for nothing that waits");
    assert!(spool.figures().disk_bytes <= 7 * SEGMENT);
    run(spool.close()).expect("closed");
    drop(spool);
    let (_spool, recovery) = open(directory.path());
    assert_eq!(recovery.count(), 0);
}

#[test]
fn a_few_that_stay_do_not_hold_the_rest() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let (spool, _) = open(directory.path());
    let mut stay = Vec::new();
    run(async {
        for number in 0..3000_u16 {
            let id = accept(&spool, 4000).await;
            if number % 150 == 0 {
                stay.push(id);
            } else {
                spool.note(done(id));
            }
            // Those that stay are tried again and again, so that newer segments know something of them.
            if number % 10 == 0 {
                spool.note(deferred(stay[usize::from(number / 10) % stay.len()], number));
            }
        }
        for (number, id) in (0..).zip(&stay) {
            spool.note(deferred(*id, number));
        }
        spool.flush().await.expect("flushed");
    });
    let used = disk_use(directory.path());
    assert!(used <= 12 * SEGMENT, "{used} octets for {} messages of 4000", stay.len());
    run(spool.close()).expect("closed");
    drop(spool);
    let (spool, recovery) = open(directory.path());
    let mut waiting: Vec<_> = recovery.map(|waiting| (waiting.id, waiting.recipients[0].attempts)).collect();
    waiting.sort_unstable();
    assert_eq!(waiting, stay.iter().copied().zip(0..).collect::<Vec<_>>());
    for id in stay {
        assert_eq!(run(spool.load(id)).expect("it can be read").content, vec![b'x'; 4000]);
    }
}

#[test]
fn a_finished_message_stays_finished_when_its_note_is_old() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let (spool, _) = open(directory.path());
    let (stays, many) = run(async {
        let stays = accept(&spool, 100).await;
        let mut many = Vec::new();
        for _ in 0..50 {
            many.push(accept(&spool, 100).await);
        }
        // Each is finished in another segment; its first frame lies beside the one that stays.
        for id in &many {
            for _ in 0..20 {
                let passing = accept(&spool, 6000).await;
                spool.note(done(passing));
            }
            spool.note(done(*id));
        }
        (stays, many)
    });
    run(spool.close()).expect("closed");
    drop(spool);
    let (_spool, recovery) = open(directory.path());
    assert_eq!(recovery.map(|waiting| waiting.id).collect::<Vec<_>>(), [stays], "and none of {}", many.len());
}

#[test]
fn a_copied_message_stays_finished_while_its_first_place_is_still_there() {
    let disk = SimulatedDisk::default();
    let (spool, _) = support::open(&disk).expect("it opens");
    run(async {
        let mut copied = Vec::new();
        for _ in 0..10 {
            copied.push(accept(&spool, 100).await);
        }
        // The first segment is not trusted any more, so it is copied on; but one message cannot be read, so it stays.
        let (name, octets) = disk.files().into_iter().next().expect("there is a file");
        let unreadable = copied.remove(4);
        let frame = (0..octets.len() - 24)
            .step_by(8)
            .find(|at| octets[at + 16..at + 24] == unreadable.0.to_le_bytes());
        disk.corrupt(&name, frame.expect("its frame is there") + 50);
        let mut left = 1;
        disk.fail(move |call| {
            left -= i32::from(call == Call::Sync);
            (call == Call::Sync && left == 0).then(input_output)
        });
        spool.accept(message(&spool, 1, b"refused")).await.expect_err("the sync failed");
        disk.work_again();
        for _ in 0..3 {
            spool.flush().await.expect("flushed");
        }
        copied.into_iter().for_each(|id| spool.note(done(id)));
        for _ in 0..100 {
            let passing = accept(&spool, 6000).await;
            spool.note(done(passing));
        }
    });
    run(spool.close()).expect("closed");
    drop(spool);
    assert!(disk.files().keys().any(|name| name.ends_with(".sealed")), "{:?}", disk.files().keys());
    let (_spool, mut recovery) = support::open(&disk).expect("it opens");
    assert_eq!(
        recovery.by_ref().map(|waiting| waiting.id).collect::<Vec<_>>(),
        [],
        "all that can be read is done"
    );
    assert_eq!(recovery.problems().len(), 1, "the one that cannot be read is told");
}

#[test]
fn reading_and_copying_on_at_the_same_time() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let (spool, _) = open(directory.path());
    let spool = Arc::new(spool);
    run(async {
        let kept = accept(&spool, 3000).await;
        let reader = {
            let spool = Arc::clone(&spool);
            tokio::spawn(async move {
                for _ in 0..300 {
                    let stored = spool.load(kept).await.expect("it can always be read");
                    assert_eq!(stored.content, vec![b'x'; 3000]);
                }
            })
        };
        while !reader.is_finished() {
            let id = accept(&spool, 9000).await;
            spool.note(done(id));
        }
        reader.await.expect("no panic");
    });
}

#[test]
fn a_hundred_starts_leave_no_litter() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let mut last = None;
    for _ in 0..100 {
        let (spool, recovery) = open(directory.path());
        assert_eq!(
            recovery.map(|waiting| waiting.id).collect::<Vec<_>>(),
            last.into_iter().collect::<Vec<_>>()
        );
        let next = run(accept(&spool, 100));
        last.into_iter().for_each(|id| spool.note(done(id)));
        last = Some(next);
    }
    let files = std::fs::read_dir(directory.path()).expect("it can be listed").count();
    assert!(files <= 4, "{files} files");
}
