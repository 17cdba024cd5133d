//! The name of a message in the queue, the log, the `Received` field and every command that takes one.

use std::fmt;
use std::str::FromStr;

/// A queue id: grows with time, never used twice by one store, written as 13 characters of Crockford's
/// base 32 without the letters that are mistaken for digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueId(pub u64);

impl QueueId {
    /// When its message was accepted, seconds since 1970: ids are made of the time in microseconds. Approximate where
    /// clocks have jumped.
    #[must_use]
    pub const fn accepted_at(self) -> u64 {
        self.0 / 1_000_000
    }
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 13];
        let mut rest = self.0;
        for place in text.iter_mut().rev() {
            *place = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        f.write_str(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

/// The text is not a queue id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a queue id is 13 letters and digits, as `postamt queue list` shows them")]
pub struct NotAQueueId;

impl FromStr for QueueId {
    type Err = NotAQueueId;

    fn from_str(text: &str) -> Result<Self, NotAQueueId> {
        if text.len() != 13 {
            return Err(NotAQueueId);
        }
        let mut value: u64 = 0;
        for byte in text.bytes() {
            let digit = ALPHABET.iter().position(|a| *a == byte.to_ascii_lowercase()).ok_or(NotAQueueId)?;
            value = value.checked_mul(32).ok_or(NotAQueueId)? | digit as u64;
        }
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_agree() {
        for value in [0, 1, 31, 32, 1_790_000_000_000_000, u64::MAX] {
            assert_eq!(QueueId(value).to_string().parse(), Ok(QueueId(value)));
        }
        assert_eq!("zzzzzzzzzzzzz".parse::<QueueId>(), Err(NotAQueueId));
        assert_eq!("short".parse::<QueueId>(), Err(NotAQueueId));
    }
}
