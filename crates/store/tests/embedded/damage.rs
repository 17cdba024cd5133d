//! Damage: octets that were durable once and are not any more. It is reported, never skipped in silence; what
//! can be read is kept, and the file is set aside.

use std::collections::BTreeMap;

use postamt_store::embedded::spool::{OpenError, Problem, SegmentSpool};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, Spool, SpoolError};

use crate::suite::run;
use crate::suite::spool::message;
use crate::support::{Call, SimulatedDisk, input_output, open};

const HEADER: usize = 48;

/// A spool of ten messages, closed in good order; the ids and the one file.
fn ten_messages() -> (Vec<QueueId>, String, Vec<u8>) {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let ids = (0..10_u8).map(|number| accept(&spool, &[number; 1000])).collect();
    run(spool.close()).expect("closed");
    let mut files: Vec<_> = disk.files().into_iter().collect();
    assert_eq!(files.len(), 1);
    let (name, octets) = files.remove(0);
    (ids, name, octets)
}

fn accept(spool: &SegmentSpool, content: &[u8]) -> QueueId {
    let new = message(spool, 1, content);
    let id = new.id;
    run(spool.accept(new)).expect("accepted");
    id
}

/// Where a message's frame starts.
fn frame_of(octets: &[u8], id: QueueId) -> usize {
    let is_frame =
        |at: &usize| octets[*at..].starts_with(b"PMS1") && octets[at + 16..at + 24] == id.0.to_le_bytes();
    (0..octets.len() - HEADER).step_by(8).find(is_frame).expect("its frame is there")
}

fn disk_with(name: &str, octets: &[u8]) -> SimulatedDisk {
    SimulatedDisk::with(BTreeMap::from([(name.to_owned(), octets.to_vec())]))
}

#[test]
fn a_bad_frame_in_the_middle_is_reported_and_the_rest_kept() {
    let (ids, name, octets) = ten_messages();
    let at = frame_of(&octets, ids[4]);
    // Magic, kind, tag, id, lengths, checksum, metadata.
    for octet in [0, 4, 8, 16, 28, 32, 40, HEADER + 5] {
        let mut damaged = octets.clone();
        damaged[at + octet] ^= 0x5a;
        let disk = disk_with(&name, &damaged);
        let (spool, mut recovery) = open(&disk).expect("it opens");
        let waiting: Vec<_> = recovery.by_ref().map(|waiting| waiting.id).collect();
        let expected: Vec<_> = ids.iter().copied().filter(|id| *id != ids[4]).collect();
        assert_eq!(waiting, expected, "octet {octet}");
        let [Problem::Damaged { segment, from, to }] = recovery.problems() else {
            panic!("octet {octet}: {:?}", recovery.problems());
        };
        assert_eq!((segment, *from as usize, *to as usize), (&name, at, frame_of(&octets, ids[5])));
        assert_eq!(spool.figures().quarantined, 1);

        // What can be read is copied on as soon as the spool has something to do; then the file is set aside.
        while !disk.files().keys().any(|name| name.ends_with(".damaged")) {
            run(spool.flush()).expect("flushed");
        }
        for (number, id) in ids.iter().enumerate().filter(|(_, id)| **id != ids[4]) {
            assert_eq!(run(spool.load(*id)).expect("it can be read").content, vec![number as u8; 1000]);
        }
        run(spool.close()).expect("closed");
        drop(spool);
        let (spool, mut recovery) = open(&disk).expect("it opens");
        assert_eq!(recovery.by_ref().map(|waiting| waiting.id).collect::<Vec<_>>(), expected);
        assert_eq!(recovery.problems(), [], "what was set aside is not looked at again");
        assert_eq!(spool.figures().quarantined, 1);
        assert_eq!(
            disk.files().iter().find(|(name, _)| name.ends_with(".damaged")).expect("it is kept").1,
            &damaged
        );
    }
}

#[test]
fn a_lost_stretch_is_one_problem() {
    let (ids, name, mut octets) = ten_messages();
    let (from, to) = (frame_of(&octets, ids[2]) + 500, frame_of(&octets, ids[7]) + 50);
    octets[from..to].fill(0);
    let (_spool, mut recovery) = open(&disk_with(&name, &octets)).expect("it opens");
    let waiting: Vec<_> = recovery.by_ref().map(|waiting| waiting.id).collect();
    // Message 2 lost only content, which is seen when it is read.
    assert_eq!(waiting, [ids[0], ids[1], ids[2], ids[8], ids[9]]);
    assert_eq!(recovery.problems().len(), 1);
}

#[test]
fn damaged_content_is_told_when_it_is_read() {
    let (ids, name, mut octets) = ten_messages();
    let next = frame_of(&octets, ids[4]);
    octets[next - 100] ^= 1;
    let (spool, mut recovery) = open(&disk_with(&name, &octets)).expect("it opens");
    assert_eq!(recovery.by_ref().count(), 10);
    assert_eq!(recovery.problems(), []);
    let damaged = run(spool.load(ids[3]));
    assert!(matches!(&damaged, Err(SpoolError::Damaged { segment, .. }) if *segment == name), "{damaged:?}");
    run(spool.load_envelope(ids[3])).expect("the envelope is sound");
    run(spool.load(ids[2])).expect("the others are sound");
}

#[test]
fn a_lost_end_of_an_older_segment_is_damage() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let first = accept(&spool, &[1; 40_000]);
    let last = accept(&spool, &[2; 10_000]);
    let next = accept(&spool, &[3; 40_000]);
    run(spool.close()).expect("closed");
    let mut files = disk.files();
    let (name, octets) = files.iter_mut().next().expect("there is a file");
    let name = name.clone();
    let at = frame_of(octets, last);
    octets.truncate(at);
    let (_spool, mut recovery) = open(&SimulatedDisk::with(files)).expect("it opens");
    assert_eq!(recovery.by_ref().map(|waiting| waiting.id).collect::<Vec<_>>(), [first, next]);
    let [Problem::Damaged { segment, from, .. }] = recovery.problems() else {
        panic!("{:?}", recovery.problems());
    };
    assert_eq!((segment, *from as usize), (&name, at));
}

#[test]
fn a_lost_note_means_that_its_step_is_taken_again() {
    let disk = SimulatedDisk::default();
    let (spool, _) = open(&disk).expect("it opens");
    let id = accept(&spool, b"x");
    run(spool.flush()).expect("flushed");
    let length = disk.files().values().next().expect("there is a file").len();
    spool.note(Change::Deferred { id, recipients: vec![0], attempts: 3, next: 9, delay_notified: false });
    run(spool.close()).expect("closed");
    let mut files = disk.files();
    let octets = files.values_mut().next().expect("there is a file");
    let note =
        (0..length).step_by(8).filter(|at| octets[*at..].starts_with(b"PMS1")).nth(2).expect("a third frame");
    octets[note + 41] ^= 1;
    let (_spool, mut recovery) = open(&SimulatedDisk::with(files)).expect("it opens");
    let waiting: Vec<_> = recovery.by_ref().collect();
    assert_eq!((waiting[0].id, waiting[0].recipients[0].attempts), (id, 0));
    assert_eq!(recovery.problems().len(), 1);
}

#[test]
fn an_unreadable_file_does_not_keep_the_server_from_starting() {
    let (_, name, octets) = ten_messages();
    // Nothing can be read at all; or what was read once cannot be read again.
    for good in [0, 1, 2] {
        let disk = disk_with(&name, &octets);
        let mut reads = 0;
        disk.fail(move |call| {
            reads += usize::from(call == Call::Read);
            (call == Call::Read && reads > good).then(input_output)
        });
        let (spool, mut recovery) = open(&disk).expect("it opens");
        assert_eq!(recovery.by_ref().count(), 0);
        assert_eq!(recovery.problems().len(), 1, "{:?}", recovery.problems());
        assert_eq!(spool.figures().quarantined, 1);
        disk.work_again();
        accept(&spool, b"new mail");
        run(spool.flush()).expect("flushed");
        let kept = disk.files().into_iter().find(|(name, _)| name.ends_with(".damaged"));
        assert!(kept.expect("it is set aside").1 == octets, "as it was");
    }
}

#[test]
fn a_newer_version_is_not_guessed_at() {
    let (ids, name, mut octets) = ten_messages();
    let at = frame_of(&octets, ids[4]);
    octets[at + 4] = 200;
    let metadata = u32::from_le_bytes(octets[at + 28..at + 32].try_into().expect("four")) as usize;
    let mut check = crc32fast::Hasher::new();
    check.update(&octets[at..at + 40]);
    check.update(&octets[at + HEADER..at + HEADER + metadata]);
    octets[at + 40..at + 44].copy_from_slice(&check.finalize().to_le_bytes());
    let refused = open(&disk_with(&name, &octets));
    assert!(matches!(&refused, Err(OpenError::Newer { segment }) if *segment == name), "{:?}", refused.err());
}

#[test]
fn foreign_files_are_left_alone() {
    let files = BTreeMap::from([
        ("notes.txt".to_owned(), b"mine".to_vec()),
        ("1-2.segment".to_owned(), b"not a name of ours".to_vec()),
        ("00000001-0000000000000002.segment".to_owned(), Vec::new()),
        ("0000000000000003.new".to_owned(), vec![0; 100]),
    ]);
    let disk = SimulatedDisk::with(files);
    let (spool, mut recovery) = open(&disk).expect("it opens");
    assert_eq!(recovery.by_ref().count(), 0);
    assert_eq!(recovery.problems(), []);
    run(spool.close()).expect("closed");
    assert_eq!(disk.files().keys().collect::<Vec<_>>(), ["1-2.segment", "notes.txt"]);
}
