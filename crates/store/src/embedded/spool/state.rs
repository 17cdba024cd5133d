//! What is still to be done for a message, as small as it can be kept: 16 octets for the usual message with
//! one recipient, and a list only for those with several that went different ways.

use super::metadata::{Reader, write_number};
use crate::spool::{UnixSeconds, WaitingRecipient};

/// Attempts made, time of the next one, whether the sender has been told.
pub(super) type Delay = (u16, UnixSeconds, bool);

/// The recipients of a message that are not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// All of the first so many recipients wait, none was tried. 0: finished.
    Fresh(u16),
    /// One is left.
    One(Place),
    /// Several are left.
    Many(Box<Many>),
}

/// A recipient that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    next: UnixSeconds,
    number: u16,
    attempts: u16,
    delay_notified: bool,
}

/// Several recipients, by number; those that are done stay as gaps until half of the list is gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Many {
    places: Vec<Option<Place>>,
    numbers: Vec<u16>,
    left: usize,
}

impl State {
    /// True when nothing is left to do.
    pub fn is_finished(&self) -> bool {
        *self == Self::Fresh(0)
    }

    /// Takes out recipients that are done; unknown numbers are ignored, since a change may be repeated.
    pub fn done(&mut self, recipients: &[u16]) {
        match self {
            Self::Fresh(1) if recipients.contains(&0) => *self = Self::Fresh(0),
            Self::One(place) if recipients.contains(&place.number) => *self = Self::Fresh(0),
            Self::Fresh(0 | 1) | Self::One(_) => {}
            Self::Fresh(_) | Self::Many(_) => {
                let many = self.expand();
                for number in recipients {
                    many.remove(*number);
                }
                self.shrink();
            }
        }
    }

    /// Notes that some recipients wait.
    pub fn deferred(&mut self, recipients: &[u16], delay: Delay) {
        let (attempts, next, delay_notified) = delay;
        let place = |number| Place { next, number, attempts, delay_notified };
        match self {
            Self::Fresh(1) if recipients.contains(&0) => *self = Self::One(place(0)),
            Self::One(old) if recipients.contains(&old.number) => *old = place(old.number),
            Self::Fresh(0 | 1) | Self::One(_) => {}
            Self::Fresh(_) | Self::Many(_) => {
                let many = self.expand();
                for number in recipients {
                    if let Some(old) = many.place(*number) {
                        *old = place(*number);
                    }
                }
            }
        }
    }

    /// The recipients that wait, by number.
    pub fn recipients(&self) -> Vec<WaitingRecipient> {
        self.places().map(Place::to_port).collect()
    }

    /// Appends the whole state.
    pub fn write(&self, held: bool, out: &mut Vec<u8>) {
        out.push(u8::from(held));
        write_number(self.places().count() as u64, out);
        for place in self.places() {
            write_number(u64::from(place.number), out);
            write_number(u64::from(place.attempts), out);
            out.push(u8::from(place.delay_notified));
            write_number(place.next, out);
        }
    }

    /// Reads a state and whether the message is held.
    pub fn read(octets: &[u8]) -> Option<(Self, bool)> {
        let mut reader = Reader(octets);
        let held = reader.octet()? != 0;
        let count = usize::try_from(reader.number()?).ok()?;
        let mut places = Vec::with_capacity(count.min(octets.len()));
        for _ in 0..count {
            places.push(Some(Place {
                number: u16::try_from(reader.number()?).ok()?,
                attempts: u16::try_from(reader.number()?).ok()?,
                delay_notified: reader.octet()? != 0,
                next: reader.number()?,
            }));
        }
        let mut state = Self::Many(Box::new(Many::new(places)));
        state.shrink();
        Some((state, held))
    }

    fn places(&self) -> Box<dyn Iterator<Item = Place> + '_> {
        match self {
            Self::Fresh(count) => Box::new((0..*count).map(Place::fresh)),
            Self::One(place) => Box::new(std::iter::once(*place)),
            Self::Many(many) => Box::new(many.places.iter().filter_map(|place| *place)),
        }
    }

    fn expand(&mut self) -> &mut Many {
        if !matches!(self, Self::Many(_)) {
            *self = Self::Many(Box::new(Many::new(self.places().map(Some).collect())));
        }
        match self {
            Self::Many(many) => many,
            Self::Fresh(_) | Self::One(_) => unreachable!("it was made Many above"),
        }
    }

    fn shrink(&mut self) {
        let Self::Many(many) = self else { return };
        match many.left {
            0 => *self = Self::Fresh(0),
            1 => {
                if let Some(place) = many.places.iter().find_map(|place| *place) {
                    *self = Self::One(place);
                }
            }
            left if left * 2 < many.places.len() => {
                **many = Many::new(many.places.iter().filter(|place| place.is_some()).copied().collect());
            }
            _ => {}
        }
    }
}

impl Place {
    fn fresh(number: u16) -> Self {
        Self { next: 0, number, attempts: 0, delay_notified: false }
    }

    fn to_port(self) -> WaitingRecipient {
        WaitingRecipient {
            number: self.number,
            attempts: self.attempts,
            next: self.next,
            delay_notified: self.delay_notified,
        }
    }
}

impl Many {
    /// `places` are all there and ordered by number.
    fn new(places: Vec<Option<Place>>) -> Self {
        let numbers: Vec<u16> = places.iter().flatten().map(|place| place.number).collect();
        Self { left: numbers.len(), numbers, places }
    }

    fn place(&mut self, number: u16) -> Option<&mut Place> {
        let at = self.numbers.binary_search(&number).ok()?;
        self.places[at].as_mut()
    }

    fn remove(&mut self, number: u16) {
        if let Ok(at) = self.numbers.binary_search(&number)
            && self.places[at].take().is_some()
        {
            self.left -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
