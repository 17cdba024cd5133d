//! A disk that fails: nobody is told 250 for what is not safe, what was safe stays, what was refused does not
//! come back, and the spool works again when the disk does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use postamt_store::embedded::spool::{Disk, OpenError, SegmentSpool, SpoolSettings};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, Spool, SpoolError, Waiting};

use crate::suite::run;
use crate::suite::spool::message;
use crate::support::crash::{Dice, Survival, leave};
use crate::support::{Call, Event, SimulatedDisk, input_output, no_space, open};

fn accept(spool: &SegmentSpool, content: &[u8]) -> Result<QueueId, SpoolError> {
    let new = message(spool, 1, content);
    let id = new.id;
    run(spool.accept(new)).map(|()| id)
}

fn deferred(id: QueueId, attempts: u16) -> Change {
    Change::Deferred { id, recipients: vec![0], attempts, next: 5, delay_notified: false }
}

fn done(id: QueueId) -> Change {
    Change::Done { id, recipients: vec![0] }
}

/// What is found on a disk with these files: ids with attempts of the first recipient.
fn found(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<QueueId, u16> {
    let (_spool, mut recovery) = open(&SimulatedDisk::with(files)).expect("it opens");
    let waiting: Vec<Waiting> = recovery.by_ref().collect();
    assert_eq!(recovery.problems(), []);
    waiting.iter().map(|waiting| (waiting.id, waiting.recipients[0].attempts)).collect()
}

fn after_kill(disk: &SimulatedDisk) -> BTreeMap<QueueId, u16> {
    found(leave(&disk.log(), Survival::Everything, &mut Dice(1)))
}

fn after_power_cut(disk: &SimulatedDisk) -> BTreeMap<QueueId, u16> {
    found(leave(&disk.log(), Survival::Nothing, &mut Dice(1)))
}

/// The first call of this kind fails, those behind it work.
fn once(call: Call, error: fn() -> std::io::Error) -> impl FnMut(Call) -> Option<std::io::Error> + Send {
    let mut left = 1;
    move |now| {
        (now == call && left > 0).then(|| {
            left -= 1;
            error()
        })
    }
}

#[test]
fn a_failed_sync_or_write_is_told_and_does_not_come_back() {
    for call in [Call::Sync, Call::Write] {
        let disk = SimulatedDisk::default();
        let (spool, _) = open(&disk).expect("it opens");
        let first = accept(&spool, b"first").expect("accepted");
        disk.fail(once(call, input_output));
        // The change rides with the accept that fails.
        spool.note(deferred(first, 7));
        let refused = accept(&spool, b"refused");
        assert!(matches!(refused, Err(SpoolError::Io(_))), "{call:?}: {refused:?}");
        assert_eq!(
            after_kill(&disk).keys().copied().collect::<Vec<_>>(),
            [first],
            "{call:?}: only the first"
        );

        let second = accept(&spool, b"second").expect("a new segment takes over");
        assert!(spool.figures().accepting);
        assert!(spool.write_errors() > 0);
        run(spool.flush()).expect("the change is told again");
        let expected = BTreeMap::from([(first, 7), (second, 0)]);
        assert_eq!(after_kill(&disk), expected, "{call:?}");
        assert_eq!(after_power_cut(&disk), expected, "{call:?}");
        assert_eq!(run(spool.load(first)).expect("it can be read").content, &b"first"[..]);
    }
}

#[test]
fn a_segment_that_failed_is_not_trusted_again() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let first = accept(&spool, b"first").expect("accepted");
    disk.fail(once(Call::Sync, input_output));
    accept(&spool, b"refused").expect_err("the sync failed");
    accept(&spool, b"second").expect("accepted");
    run(spool.flush()).expect("flushed");
    run(spool.close()).expect("closed");
    assert!(
        !disk.files().keys().any(|name| name.ends_with(".sealed")),
        "copied on and removed: {:?}",
        disk.files().keys()
    );
    let failed = disk
        .log()
        .iter()
        .position(|event| matches!(event, Event::Rename { to, .. } if to.ends_with(".sealed")));
    let written_again = disk.log()[failed.expect("it was sealed")..]
        .iter()
        .any(|event| matches!(event, Event::Write { file: 0, .. } | Event::Sync { file: 0 }));
    assert!(!written_again);
    assert!(found(disk.files()).contains_key(&first));
}

#[test]
fn a_note_that_was_written_but_not_synced_is_told_again() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let id = accept(&spool, b"first").expect("accepted");
    let writes =
        |disk: &SimulatedDisk| disk.log().iter().filter(|event| matches!(event, Event::Write { .. })).count();
    let before = writes(&disk);
    spool.note(deferred(id, 7));
    while writes(&disk) == before {
        std::thread::yield_now();
    }
    // For want of room a segment is only closed: its messages are not copied on, which would tell their state too.
    disk.fail(once(Call::Write, no_space));
    accept(&spool, b"refused").expect_err("there is no room");
    accept(&spool, b"second").expect("accepted");
    run(spool.flush()).expect("flushed");
    assert_eq!(after_power_cut(&disk).get(&id), Some(&7));
}

#[test]
fn changes_are_kept_while_nothing_can_be_written() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let ids: Vec<_> = (0..3).map(|_| accept(&spool, b"x").expect("accepted")).collect();
    disk.fail(|call| matches!(call, Call::Write | Call::Create).then(input_output));
    spool.note(deferred(ids[0], 1));
    spool.note(done(ids[1]));
    run(spool.flush()).expect_err("nothing can be written");
    spool.note(deferred(ids[0], 2));
    run(spool.flush()).expect_err("nothing can be written");
    accept(&spool, b"y").expect_err("nothing can be written");
    assert!(!spool.figures().accepting);
    assert_eq!(spool.figures().messages, 2, "what was noted holds in memory");
    disk.work_again();
    run(spool.flush()).expect("it is told now");
    let expected = BTreeMap::from([(ids[0], 2), (ids[2], 0)]);
    assert_eq!(after_power_cut(&disk), expected);
    accept(&spool, b"z").expect("accepted");
    assert!(spool.figures().accepting);
}

#[test]
fn a_directory_that_cannot_be_synced_accepts_nothing() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    disk.fail(|call| (call == Call::SyncDirectory).then(input_output));
    let refused = accept(&spool, b"x");
    assert!(matches!(refused, Err(SpoolError::Io(_))), "{refused:?}");
    disk.work_again();
    let id = accept(&spool, b"y").expect("accepted");
    assert_eq!(after_power_cut(&disk), BTreeMap::from([(id, 0)]));
}

#[test]
fn the_reserve_is_for_notes_only() {
    let disk = SimulatedDisk::default();
    let settings = SpoolSettings { reserve_bytes: 20_000, ..crate::support::settings(&disk) };
    let (spool, _) = SegmentSpool::open_on(Arc::new(disk.clone()), settings).expect("it opens");
    disk.limit(Some(40_000));
    let mut ids = Vec::new();
    let refused = loop {
        match accept(&spool, &[b'x'; 4000]) {
            Ok(id) => ids.push(id),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, SpoolError::Full), "{refused:?}");
    assert!(ids.len() >= 2 && ids.len() <= 5, "{} messages", ids.len());
    let id = ids[0];
    spool.note(deferred(id, 3));
    run(spool.flush()).expect("a note fits into the reserve");
    assert_eq!(after_power_cut(&disk).get(&id), Some(&3));
}

/// Fills a disk that takes about 2 MiB, empties the queue, and fills it again.
fn fill_and_empty(disk: Arc<dyn Disk>) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let settings = SpoolSettings {
        segment_bytes: 256 << 10,
        reserve_bytes: 64 << 10,
        ..SpoolSettings::new("", Arc::new(now))
    };
    let (spool, _) = SegmentSpool::open_on(Arc::clone(&disk), settings.clone()).expect("it opens");
    let mut waiting = Vec::new();
    for round in 0..3 {
        // What was given back comes bit by bit, as segments are copied on.
        let mut refusals = 0;
        while waiting.len() < 60 || refusals == 0 {
            match accept(&spool, &[b'x'; 16 << 10]) {
                Ok(id) => waiting.push(id),
                Err(SpoolError::Full) => refusals += 1,
                Err(error) => panic!("round {round}: {error}"),
            }
            assert!(waiting.len() < 130, "round {round}: no more than that fit");
            assert!(refusals < 1000, "round {round}: only {} messages fit", waiting.len());
        }
        for id in &waiting {
            assert_eq!(run(spool.load(*id)).expect("it can be read").size, 16 << 10);
        }
        // What stays is scattered over all segments.
        let (stays, goes): (Vec<_>, Vec<_>) =
            waiting.iter().enumerate().partition(|(number, _)| number % 20 == 0);
        goes.into_iter().for_each(|(_, id)| spool.note(done(*id)));
        run(spool.flush()).expect("notes still fit");
        waiting = stays.into_iter().map(|(_, id)| *id).collect();
        // Nobody has to be refused for the spool to notice that there is room.
        while !spool.figures().accepting {
            std::thread::yield_now();
        }
    }
    accept(&spool, b"again").expect("there is room again");
    run(spool.close()).expect("closed");
    drop(spool);
    let (_spool, recovery) = SegmentSpool::open_on(disk, settings).expect("it opens");
    assert_eq!(recovery.count(), waiting.len() + 1);
}

#[test]
fn a_full_disk_refuses_and_resumes() {
    let disk = SimulatedDisk::default();
    disk.limit(Some(2 << 20));
    fill_and_empty(Arc::new(disk));
}

/// A small file system of its own, if we may mount one.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m,mode=0700", "postamt-test"]).arg(directory.path());
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(directory))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

#[test]
fn a_full_file_system_refuses_and_resumes() {
    // Without the right to mount one, the simulated disk that runs out in the middle of a write has to do.
    let Some(tmpfs) = Tmpfs::mount() else {
        let disk = SimulatedDisk::default();
        disk.limit(Some(1_999_999));
        return fill_and_empty(Arc::new(disk));
    };
    let disk = postamt_store::embedded::spool::Directory::open(&tmpfs.0.path().join("spool"));
    fill_and_empty(Arc::new(disk.expect("the directory opens")));
}

#[test]
fn no_space_in_the_middle_of_a_write_is_full() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let first = accept(&spool, b"first").expect("accepted");
    disk.fail(once(Call::Write, no_space));
    let refused = accept(&spool, b"refused");
    assert!(matches!(refused, Err(SpoolError::Full)), "{refused:?}");
    let second = accept(&spool, b"second").expect("accepted");
    assert_eq!(after_kill(&disk), BTreeMap::from([(first, 0), (second, 0)]));
}

#[test]
fn two_servers_do_not_share_a_directory() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let settings = SpoolSettings::new(directory.path().join("spool"), Arc::new(std::time::Duration::default));
    let (spool, _) = SegmentSpool::open(settings.clone()).expect("it opens");
    assert!(matches!(SegmentSpool::open(settings.clone()), Err(OpenError::InUse)));
    run(spool.close()).expect("closed");
    assert!(matches!(run(spool.accept(message(&spool, 1, b"x"))), Err(SpoolError::Closed)));
    assert!(matches!(run(spool.flush()), Err(SpoolError::Closed)));
    drop(spool);
    SegmentSpool::open(settings).expect("the lock is free again");
}
