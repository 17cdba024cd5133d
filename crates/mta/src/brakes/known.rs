//! The recipients that an account has written to, as tags with the day of the last mail. Never more than [`MOST`]: the
//! oldest make room, and while all are of today, those beyond are not remembered and stay first-time ones.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Recipients of one account that are remembered: about a megabyte.
pub const MOST: usize = 50_000;
/// The day of the last mail is noted again when it is so many days later: few writes, and precise enough.
const AGAIN: u32 = 30;

/// See the head of this file.
#[derive(Debug, Default)]
pub struct KnownRecipients {
    days: HashMap<u64, u32>,
    /// Not written down yet.
    noted: Vec<u64>,
    /// Those of this day and before were forgotten, which is not written down yet.
    forgotten: Option<u32>,
}

impl KnownRecipients {
    /// As it was written down.
    pub fn recall(&mut self, tag: u64, day: u32) {
        self.days.insert(tag, day);
    }

    /// Those that are not known, each once.
    #[must_use]
    pub fn fresh(&self, tags: &[u64]) -> Vec<u64> {
        let mut fresh: Vec<u64> = tags.iter().copied().filter(|tag| !self.days.contains_key(tag)).collect();
        fresh.sort_unstable();
        fresh.dedup();
        fresh
    }

    /// How many are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// They are written to today.
    pub fn note(&mut self, tags: &[u64], today: u32) {
        for tag in tags {
            if self.days.len() >= MOST {
                self.make_room(today);
            }
            let is_full = self.days.len() >= MOST;
            match self.days.entry(*tag) {
                Entry::Occupied(mut day) => {
                    if today >= day.get().saturating_add(AGAIN) {
                        day.insert(today);
                        self.noted.push(*tag);
                    }
                }
                Entry::Vacant(_) if is_full => {}
                Entry::Vacant(place) => {
                    place.insert(today);
                    self.noted.push(*tag);
                }
            }
        }
    }

    /// They were not written to after all.
    pub fn take_back(&mut self, tags: &[u64]) {
        for tag in tags {
            self.days.remove(tag);
        }
    }

    /// Forgets those that were last written to before a day.
    pub fn forget_before(&mut self, day: u32) {
        self.days.retain(|_, last| *last >= day);
    }

    /// The older half makes room, but never those of today.
    fn make_room(&mut self, today: u32) {
        let mut days: Vec<u32> = self.days.values().copied().collect();
        let (_, median, _) = days.select_nth_unstable(MOST / 2);
        let last = (*median).min(today.saturating_sub(1));
        self.days.retain(|_, day| *day > last);
        self.forgotten = Some(self.forgotten.map_or(last, |before| before.max(last)));
    }

    /// What is to be written down: until which day all were forgotten, and who was written to.
    pub fn take_changes(&mut self) -> (Option<u32>, Vec<(u64, u32)>) {
        let noted = std::mem::take(&mut self.noted);
        let noted = noted.into_iter().filter_map(|tag| Some((tag, *self.days.get(&tag)?)));
        (self.forgotten.take(), noted.collect())
    }
}
