//! What a power cut may leave of a simulated disk: everything that was synced, and of the rest any part.
//!
//! Writes that were not synced survive or not sector by sector, in any order; directory changes that were not
//! synced survive up to some point, in order, as in a file system's journal.

use std::collections::BTreeMap;

use super::Event;

const SECTOR: usize = 512;

/// Pseudo-random numbers (xorshift); a test names its seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }
}

/// What of the things that were not synced survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survival {
    /// Nothing.
    Nothing,
    /// All, as when only the process is killed.
    Everything,
    /// The last write up to so many octets, everything before it.
    Prefix(usize),
    /// Any sectors.
    Some,
}

#[derive(Default)]
struct Image {
    names: BTreeMap<String, usize>,
    files: BTreeMap<usize, Vec<u8>>,
    pending_names: Vec<Event>,
    pending_writes: Vec<(usize, u64, Vec<u8>)>,
}

/// The files after a power cut behind these events.
pub fn leave(events: &[Event], survival: Survival, dice: &mut Dice) -> BTreeMap<String, Vec<u8>> {
    let mut image = Image::default();
    for event in events {
        image.take(event);
    }
    image.cut(survival, dice);
    let Image { names, mut files, .. } = image;
    names.into_iter().map(|(name, file)| (name, files.remove(&file).unwrap_or_default())).collect()
}

impl Image {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Create { .. } | Event::Rename { .. } | Event::Remove { .. } => {
                self.pending_names.push(event.clone());
            }
            Event::SyncDirectory => {
                for event in std::mem::take(&mut self.pending_names) {
                    self.name(&event);
                }
            }
            Event::Write { file, offset, octets } => {
                self.pending_writes.push((*file, *offset, octets.clone()));
            }
            Event::Sync { file } => {
                let (synced, rest) = std::mem::take(&mut self.pending_writes)
                    .into_iter()
                    .partition(|(number, ..)| number == file);
                self.pending_writes = rest;
                for (file, offset, octets) in synced {
                    self.write(file, offset, &octets);
                }
            }
            Event::Mark(_) => {}
        }
    }

    fn name(&mut self, event: &Event) {
        match event {
            Event::Create { name, file } => {
                self.names.insert(name.clone(), *file);
            }
            Event::Rename { from, to } => {
                if let Some(file) = self.names.remove(from) {
                    self.names.insert(to.clone(), file);
                }
            }
            Event::Remove { name } => {
                self.names.remove(name);
            }
            _ => {}
        }
    }

    fn write(&mut self, file: usize, offset: u64, octets: &[u8]) {
        let file = self.files.entry(file).or_default();
        let start = usize::try_from(offset).expect("small");
        let end = start + octets.len();
        file.resize(file.len().max(end), 0);
        file[start..end].copy_from_slice(octets);
    }

    fn cut(&mut self, survival: Survival, dice: &mut Dice) {
        let names = std::mem::take(&mut self.pending_names);
        let kept = match survival {
            Survival::Nothing => 0,
            Survival::Everything | Survival::Prefix(_) => names.len(),
            Survival::Some => dice.below(names.len() + 1),
        };
        names[..kept].iter().for_each(|event| self.name(event));
        let writes = std::mem::take(&mut self.pending_writes);
        let last = writes.len().saturating_sub(1);
        for (number, (file, offset, octets)) in writes.into_iter().enumerate() {
            match survival {
                Survival::Nothing => {}
                Survival::Prefix(length) if number == last => {
                    self.write(file, offset, &octets[..length.min(octets.len())]);
                }
                Survival::Everything | Survival::Prefix(_) => self.write(file, offset, &octets),
                Survival::Some => self.write_some(file, offset, &octets, dice),
            }
        }
    }

    fn write_some(&mut self, file: usize, offset: u64, octets: &[u8], dice: &mut Dice) {
        let mut start = 0;
        while start < octets.len() {
            let at = offset + start as u64;
            let sector_end = (at as usize + 1).next_multiple_of(SECTOR) - offset as usize;
            let end = sector_end.min(octets.len());
            if dice.roll().is_multiple_of(2) {
                self.write(file, at, &octets[start..end]);
            }
            start = end;
        }
    }
}
