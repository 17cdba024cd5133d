//! DATA (RFC 5321 §4.1.1.4, §4.5.2): finds the end, which is exactly CRLF.CRLF, and takes stuffed dots out.

use memchr::memmem;

use super::content::{Content, ContentFault, ContentRules, FinishedContent};

/// Takes the octets behind 354.
#[derive(Debug)]
pub struct DataDecoder {
    content: Content,
    position: Position,
}

/// Where in a line the next octet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// At its start: the line before ended with CRLF, or 354 was just said (RFC 5321 §4.1.1.4: that CRLF of the
    /// DATA command counts, so `.` CRLF at once is an empty message).
    Start,
    /// Behind a dot at its start, which is held back.
    Dot,
    /// Behind a dot and a CR at its start; the CR is held back too.
    DotReturn,
    /// Elsewhere.
    Inside,
    /// Elsewhere, behind a CR.
    Return,
    /// Behind the end of data.
    End,
}

impl DataDecoder {
    /// Prepares for a message.
    #[must_use]
    pub fn new(rules: ContentRules, declared_size: Option<u64>) -> Self {
        Self { content: Content::new(rules, declared_size), position: Position::Start }
    }

    /// Takes octets; returns how many belong to the message. When [`DataDecoder::is_complete`] turns true, the
    /// rest is commands.
    pub fn feed(&mut self, input: &[u8]) -> usize {
        let mut at = 0;
        while at < input.len() {
            at += match self.position {
                Position::Inside => self.span(&input[at..]),
                Position::End => return at,
                _ => self.octet(input[at]),
            };
        }
        at
    }

    /// Everything up to the next line that begins with a dot, in one piece.
    fn span(&mut self, rest: &[u8]) -> usize {
        let (length, position) = match memmem::find(rest, b"\r\n.") {
            Some(dot) => (dot + 2, Position::Start),
            None if rest.ends_with(b"\r\n") => (rest.len(), Position::Start),
            None if rest.ends_with(b"\r") => (rest.len(), Position::Return),
            None => (rest.len(), Position::Inside),
        };
        self.content.push(&rest[..length]);
        self.position = position;
        length
    }

    /// One octet where it matters which; returns whether it was used up.
    fn octet(&mut self, octet: u8) -> usize {
        let (position, used) = match (self.position, octet) {
            (Position::Start, b'.') => (Position::Dot, 1),
            (Position::Dot, b'\r') => (Position::DotReturn, 1),
            (Position::DotReturn, b'\n') => (Position::End, 1),
            (Position::DotReturn, _) => {
                // The dot was stuffing, and the CR behind it is bare.
                self.content.push(b"\r");
                (Position::Return, 0)
            }
            (Position::Return, b'\n') => {
                self.content.push(b"\n");
                (Position::Start, 1)
            }
            // RFC 5321 §4.5.2: a leading dot that is not alone is dropped.
            _ => (Position::Inside, 0),
        };
        self.position = position;
        used
    }

    /// True behind CRLF.CRLF.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.position == Position::End
    }

    /// What is wrong so far.
    #[must_use]
    pub fn fault(&self) -> Option<ContentFault> {
        self.content.fault()
    }

    /// Ends the message.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn finish(self) -> Result<FinishedContent, ContentFault> {
        self.content.finish()
    }
}
