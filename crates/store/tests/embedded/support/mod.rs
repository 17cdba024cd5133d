//! A simulated disk for the spool: it knows what would survive a power cut, writes down everything that
//! happens, and fails when it is told to.

pub mod crash;

use std::collections::BTreeMap;
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard};

use std::time::Duration;

use postamt_store::embedded::spool::{Disk, DiskFile, OpenError, Recovery, SegmentSpool, SpoolSettings};

/// Small segments, no reserve; the clock has gone on when there is something on the disk already.
pub fn settings(disk: &SimulatedDisk) -> SpoolSettings {
    let seconds = if disk.files().is_empty() { 1_790_000_000 } else { 1_790_000_060 };
    let now = move || Duration::from_secs(seconds);
    SpoolSettings { segment_bytes: 64 << 10, reserve_bytes: 0, ..SpoolSettings::new("", Arc::new(now)) }
}

/// Opens a spool with [`settings`].
pub fn open(disk: &SimulatedDisk) -> Result<(SegmentSpool, Recovery), OpenError> {
    SegmentSpool::open_on(Arc::new(disk.clone()), settings(disk))
}

/// Something that happened, in order.
#[derive(Debug, Clone)]
pub enum Event {
    Create {
        name: String,
        file: usize,
    },
    Rename {
        from: String,
        to: String,
    },
    Remove {
        name: String,
    },
    SyncDirectory,
    Write {
        file: usize,
        offset: u64,
        octets: Vec<u8>,
    },
    Sync {
        file: usize,
    },
    /// The test's own mark, as "this message was answered with 250".
    Mark(Mark),
}

/// What the outside knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// `accept` has answered `Ok`.
    Accepted(u64),
    /// A change was noted.
    Noted(usize),
    /// `flush` came back: every change noted before the mark of this number is durable.
    Flushed(usize),
}

/// A call that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Create,
    Rename,
    Remove,
    SyncDirectory,
    Write,
    Sync,
    Read,
}

type Fault = Box<dyn FnMut(Call) -> Option<io::Error> + Send>;

#[derive(Default)]
struct State {
    names: BTreeMap<String, usize>,
    files: Vec<Vec<u8>>,
    log: Vec<Event>,
    fault: Option<Fault>,
    capacity: Option<u64>,
}

impl State {
    fn used(&self) -> u64 {
        self.names.values().map(|file| self.files[*file].len() as u64).sum()
    }

    fn call(&mut self, call: Call) -> io::Result<()> {
        match self.fault.as_mut().and_then(|fault| fault(call)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// The disk. Clones are the same disk.
#[derive(Clone, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    /// A disk with these files.
    pub fn with(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut state = State::default();
        for (number, (name, octets)) in files.into_iter().enumerate() {
            state.names.insert(name, number);
            state.files.push(octets);
        }
        Self(Arc::new(Mutex::new(state)))
    }

    /// What is in the files now.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        state.names.iter().map(|(name, file)| (name.clone(), state.files[*file].clone())).collect()
    }

    /// Changes an octet of a file behind everybody's back.
    pub fn corrupt(&self, name: &str, offset: usize) {
        let mut state = self.state();
        let file = state.names[name];
        state.files[file][offset] ^= 0x5a;
    }

    pub fn mark(&self, mark: Mark) {
        self.state().log.push(Event::Mark(mark));
    }

    pub fn log(&self) -> Vec<Event> {
        self.state().log.clone()
    }

    /// From now on this decides which calls fail.
    pub fn fail(&self, fault: impl FnMut(Call) -> Option<io::Error> + Send + 'static) {
        self.state().fault = Some(Box::new(fault));
    }

    pub fn work_again(&self) {
        self.state().fault = None;
    }

    /// So many octets fit; `None`: any number.
    pub fn limit(&self, capacity: Option<u64>) {
        self.state().capacity = capacity;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the disk")
    }
}

/// ENOSPC.
pub fn no_space() -> io::Error {
    rustix::io::Errno::NOSPC.into()
}

/// EIO.
pub fn input_output() -> io::Error {
    rustix::io::Errno::IO.into()
}

struct File {
    disk: SimulatedDisk,
    number: usize,
}

impl Disk for SimulatedDisk {
    fn lock(&self) -> io::Result<bool> {
        Ok(true)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().names.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let number = *self.state().names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(File { disk: self.clone(), number }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        state.call(Call::Create)?;
        let number = state.files.len();
        assert!(state.names.insert(name.to_owned(), number).is_none(), "{name} is there already");
        state.files.push(Vec::new());
        state.log.push(Event::Create { name: name.to_owned(), file: number });
        Ok(Arc::new(File { disk: self.clone(), number }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call(Call::Rename)?;
        let number = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        assert!(state.names.insert(to.to_owned(), number).is_none(), "{to} is there already");
        state.log.push(Event::Rename { from: from.to_owned(), to: to.to_owned() });
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call(Call::Remove)?;
        state.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
        state.log.push(Event::Remove { name: name.to_owned() });
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        let mut state = self.state();
        state.call(Call::SyncDirectory)?;
        state.log.push(Event::SyncDirectory);
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let state = self.state();
        Ok(state.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(state.used())))
    }
}

impl DiskFile for File {
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        state.call(Call::Write)?;
        let mut octets: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let start = usize::try_from(offset).expect("small");
        if let Some(capacity) = state.capacity {
            let free = usize::try_from(capacity.saturating_sub(state.used())).unwrap_or(usize::MAX);
            let most = state.files[self.number].len().saturating_add(free).saturating_sub(start);
            octets.truncate(most);
            if octets.is_empty() {
                return Err(no_space());
            }
        }
        let file = &mut state.files[self.number];
        let end = start + octets.len();
        file.resize(file.len().max(end), 0);
        file[start..end].copy_from_slice(&octets);
        let written = octets.len();
        state.log.push(Event::Write { file: self.number, offset, octets });
        Ok(written)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        state.call(Call::Read)?;
        let file = &state.files[self.number];
        let start = usize::try_from(offset).expect("small").min(file.len());
        let count = buffer.len().min(file.len() - start);
        buffer[..count].copy_from_slice(&file[start..start + count]);
        Ok(count)
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.call(Call::Sync)?;
        state.log.push(Event::Sync { file: self.number });
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.number].len() as u64)
    }
}
