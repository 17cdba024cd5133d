//! No room, and a file system that has become read-only: 452 or 451, nothing lost, and the service resumes.

use std::collections::HashSet;
use std::fs;

use crate::crash::{numbered, relay_configuration};
use crate::support::recorder::Recorder;
use crate::support::server::{DOMAIN, Server};
use crate::support::session::Session;
use crate::support::{in_world, place, run};

const DOOR: &str = "127.0.0.1:2525";
/// Where the state is in these tests.
fn disk() -> String {
    place("disk")
}

/// An ext4 file system of its own for the state.
fn make_disk(megabytes: u32) -> String {
    let image = place("disk.img");
    run("truncate", &["-s", &format!("{megabytes}M"), &image]);
    run("mkfs.ext4", &["-q", "-F", "-m", "0", &image]);
    fs::create_dir_all(disk()).unwrap();
    run("mount", &["-o", "loop,errors=remount-ro", &image, &disk()]);
    format!("{}/state", disk())
}

/// Hands in messages from `first` until one is refused; the accepted numbers and the refusal.
fn hand_in_until_refused(first: usize, at_most: usize) -> (Vec<usize>, Option<String>) {
    let mut session = Session::open(DOOR).unwrap();
    let mut accepted = Vec::new();
    for number in first..first + at_most {
        let reply =
            session.send(&format!("anna@{DOMAIN}"), "reader@recorder.test", &numbered(number)).unwrap();
        if !reply.starts_with("250 ") {
            return (accepted, Some(reply));
        }
        accepted.push(number);
    }
    (accepted, None)
}

fn collect(recorder: &Recorder, accepted: &[usize]) {
    let mut missing: HashSet<usize> = accepted.iter().copied().collect();
    while !missing.is_empty() {
        missing.remove(&recorder.next().fields("X-Number")[0].parse().unwrap());
    }
}

#[test]
fn a_full_disk_refuses_and_resumes() {
    in_world("room::a_full_disk_refuses_and_resumes", || {
        let recorder = Recorder::listen("127.0.0.1:0");
        let state = make_disk(400);
        let configuration = relay_configuration(&state, &recorder.address);
        let server = Server::start(&configuration);
        let (mut accepted, refusal) = hand_in_until_refused(0, 10);
        assert_eq!(refusal, None);

        // Somebody else fills the disk.
        let filler = format!("{}/filler", disk());
        let written = std::process::Command::new("dd")
            .args(["if=/dev/zero", &format!("of={filler}"), "bs=1M", "status=none"])
            .status()
            .unwrap();
        assert!(!written.success(), "the disk is full now");
        // What is already set aside may still be used; then there is no room.
        let (more, refusal) = hand_in_until_refused(10, 100_000);
        accepted.extend(more);
        let refusal = refusal.expect("a full disk refuses");
        assert!(refusal.starts_with("452 4.3.1"), "{refusal}");
        collect(&recorder, &accepted);

        fs::remove_file(filler).unwrap();
        crate::support::until("room again", || hand_in_until_refused(500_000, 1).1.is_none());
        let (more, refusal) = hand_in_until_refused(600_000, 10);
        assert_eq!((more.len(), refusal), (10, None));
        collect(&recorder, &more);
        server.stop();
    });
}

#[test]
fn a_read_only_file_system_refuses_and_keeps_everything() {
    in_world("room::a_read_only_file_system_refuses_and_keeps_everything", || {
        let recorder = Recorder::listen("127.0.0.1:0");
        let state = make_disk(400);
        let configuration = relay_configuration(&state, &recorder.address);
        let server = Server::start(&configuration);
        let (accepted, refusal) = hand_in_until_refused(0, 50);
        assert_eq!(refusal, None);

        // What the kernel does when the disk fails: the file system turns read-only under its users.
        let device = run("findmnt", &["--noheadings", "--output", "SOURCE", &disk()]);
        let device = device.trim().trim_start_matches("/dev/");
        fs::write(format!("/sys/fs/ext4/{device}/trigger_fs_error"), "1").unwrap();
        let (more, refusal) = hand_in_until_refused(1_000, 10);
        let refusal = refusal.expect("a read-only spool refuses");
        assert!(refusal.starts_with("451 4.3.0") || refusal.starts_with("452 4.3.1"), "{refusal}");
        assert_eq!(more, [0; 0], "250 after the file system failed");
        server.kill();

        run("umount", &[&disk()]);
        // 1: errors were corrected.
        let repair =
            std::process::Command::new("e2fsck").args(["-p", "-f", &place("disk.img")]).output().unwrap();
        assert!(matches!(repair.status.code(), Some(0 | 1)), "{repair:?}");
        run("mount", &["-o", "loop", &place("disk.img"), &disk()]);
        let server = Server::start(&configuration);
        let (more, refusal) = hand_in_until_refused(2_000, 10);
        assert_eq!((more.len(), refusal), (10, None));
        collect(&recorder, &[accepted, more].concat());
        server.stop();
    });
}
