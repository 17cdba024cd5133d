//! A Maildir that tells when mail comes in, by inotify(7).

use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};

use super::PATIENCE;

/// What comes in from now on.
pub struct Inbox {
    new: PathBuf,
    events: OwnedFd,
}

impl Inbox {
    /// Makes the Maildir's `new`, if need be, and begins to watch it.
    pub fn watch(maildir: PathBuf) -> Self {
        let new = maildir.join("new");
        fs::create_dir_all(&new).unwrap();
        let events = init(CreateFlags::CLOEXEC).unwrap();
        // A Maildir is filled by renaming.
        add_watch(&events, &new, WatchFlags::MOVED_TO).unwrap();
        Self { new, events }
    }

    /// The next mail that comes in.
    pub async fn next(self) -> String {
        tokio::task::spawn_blocking(move || self.wait()).await.unwrap()
    }

    fn wait(self) -> String {
        let limit = Timespec { tv_sec: PATIENCE.as_secs().cast_signed(), tv_nsec: 0 };
        let ready = poll(&mut [PollFd::new(&self.events, PollFlags::IN)], Some(&limit)).unwrap();
        let there = || {
            let entries = fs::read_dir(&self.new).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
        };
        assert_eq!(ready, 1, "nothing came into {}; there is {:?}", self.new.display(), there());
        let mut buffer = [MaybeUninit::uninit(); 1024];
        let mut events = Reader::new(&self.events, &mut buffer);
        let event = events.next().unwrap();
        let name = event.file_name().unwrap().to_str().unwrap();
        fs::read_to_string(self.new.join(name)).unwrap()
    }
}
