//! A message's pieces as they travel after DATA: a dot doubled at the start of a line, and the end mark
//! (RFC 5321 §4.5.2).
//!
//! [`Stuffed`] yields slices of the pieces themselves and of constants, never a copy, so that they can be given
//! to one vectored write. The pieces together are lines ended by CRLF; the cuts between pieces may lie
//! anywhere. A last line that lacks its CRLF gets it. Nothing can fail.

use bytes::Bytes;
use memchr::memmem::Finder;

/// Where the next octet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    AfterCarriageReturn,
    WithinLine,
}

/// The slices to be sent after the 354 reply.
#[derive(Debug)]
pub struct Stuffed<'a> {
    pieces: std::slice::Iter<'a, Bytes>,
    rest: &'a [u8],
    place: Place,
    ended: bool,
    line_with_dot: Finder<'static>,
}

impl<'a> Stuffed<'a> {
    /// Over all pieces.
    #[must_use]
    pub fn new(pieces: &'a [Bytes]) -> Self {
        Self {
            pieces: pieces.iter(),
            rest: &[],
            place: Place::LineStart,
            ended: false,
            line_with_dot: Finder::new(b"\r\n."),
        }
    }

    /// The end of data, completing the last line where that is missing.
    fn end(&mut self) -> Option<&'static [u8]> {
        if std::mem::replace(&mut self.ended, true) {
            return None;
        }
        Some(match self.place {
            Place::LineStart => b".\r\n",
            Place::AfterCarriageReturn => b"\n.\r\n",
            Place::WithinLine => b"\r\n.\r\n",
        })
    }

    /// Octets of `rest` before the next dot that must be doubled.
    fn before_dot(&self) -> Option<usize> {
        match self.place {
            Place::LineStart if self.rest[0] == b'.' => Some(0),
            Place::AfterCarriageReturn if self.rest.starts_with(b"\n.") => Some(1),
            _ => self.line_with_dot.find(self.rest).map(|position| position + 2),
        }
    }

    fn place_after(&self, slice: &[u8]) -> Place {
        if slice.ends_with(b"\r\n") || (slice == b"\n" && self.place == Place::AfterCarriageReturn) {
            Place::LineStart
        } else if slice.ends_with(b"\r") {
            Place::AfterCarriageReturn
        } else {
            Place::WithinLine
        }
    }
}

impl<'a> Iterator for Stuffed<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while self.rest.is_empty() {
            match self.pieces.next() {
                Some(piece) => self.rest = piece,
                None => return self.end(),
            }
        }
        let length = self.before_dot().unwrap_or(self.rest.len());
        if length == 0 {
            self.place = Place::WithinLine;
            return Some(b".");
        }
        let (slice, rest) = self.rest.split_at(length);
        self.place = self.place_after(slice);
        self.rest = rest;
        Some(slice)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wire(pieces: &[&[u8]]) -> Vec<u8> {
        let pieces: Vec<Bytes> = pieces.iter().map(|piece| Bytes::copy_from_slice(piece)).collect();
        Stuffed::new(&pieces).collect::<Vec<_>>().concat()
    }

    /// What a server makes of it (RFC 5321 §4.5.2), written line by line to share nothing with the code above.
    fn unstuff(wire: &[u8]) -> Vec<u8> {
        let text = String::from_utf8(wire.to_vec()).unwrap();
        let mut lines = text.split("\r\n");
        let mut content = String::new();
        for line in lines.by_ref() {
            if line == "." {
                break;
            }
            content.push_str(line.strip_prefix('.').unwrap_or(line));
            content.push_str("\r\n");
        }
        assert_eq!(lines.next(), Some(""), "nothing follows the end of data");
        assert_eq!(lines.next(), None);
        content.into_bytes()
    }

    #[test]
    fn doubles_dots_wherever_the_pieces_are_cut() {
        let expected = b"..a\r\n..\r\n...b\r\nc.d\r\n.\r\n";
        let content = b".a\r\n.\r\n..b\r\nc.d\r\n";
        for first in 0..=content.len() {
            for second in first..=content.len() {
                let cut = [&content[..first], &content[first..second], &content[second..]];
                assert_eq!(wire(&cut), expected, "cut at {first} and {second}");
            }
        }
    }

    #[test]
    fn completes_the_last_line() {
        assert_eq!(wire(&[]), b".\r\n");
        assert_eq!(wire(&[b"a"]), b"a\r\n.\r\n");
        assert_eq!(wire(&[b"a\r"]), b"a\r\n.\r\n");
        assert_eq!(wire(&[b"."]), b"..\r\n.\r\n");
    }

    #[test]
    fn an_ordinary_message_is_one_slice_and_the_end() {
        let pieces = [Bytes::from_static(b"Subject: x\r\n\r\nHello. World.\r\n")];
        assert_eq!(Stuffed::new(&pieces).count(), 2);
    }

    proptest! {
        #[test]
        fn comes_back_as_it_was(
            lines in proptest::collection::vec("[.a-c ]{0,6}", 0..12),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
        ) {
            let content: Vec<u8> = lines.iter().flat_map(|line| format!("{line}\r\n").into_bytes()).collect();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(content.len() + 1)).collect();
            cuts.push(content.len());
            cuts.sort_unstable();
            let (mut pieces, mut start) = (Vec::new(), 0);
            for cut in cuts {
                pieces.push(&content[start..cut]);
                start = cut;
            }
            prop_assert_eq!(unstuff(&wire(&pieces)), content);
        }
    }
}
