//! SMTP replies: the three digits, the enhanced code, the words (RFC 5321 §4.2, RFC 3463, RFC 2034).

use std::fmt;

/// The three digits of a reply, 200 to 599.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplyCode(u16);

impl ReplyCode {
    /// Takes a number that a reply may have (RFC 5321 §4.2: first digit 2 to 5, second 0 to 5).
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        if code >= 200 && code < 600 { Some(Self(code)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// 2yz: done.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 / 100 == 2
    }

    /// 3yz: go on.
    #[must_use]
    pub const fn is_intermediate(self) -> bool {
        self.0 / 100 == 3
    }

    /// 4yz: not now.
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        self.0 / 100 == 4
    }

    /// 5yz: not at all.
    #[must_use]
    pub const fn is_permanent(self) -> bool {
        self.0 / 100 == 5
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An enhanced status code, as 5.7.1 (RFC 3463; registry of RFC 5248).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnhancedCode {
    /// 2, 4 or 5.
    pub class: u8,
    /// 0 to 999.
    pub subject: u16,
    /// 0 to 999.
    pub detail: u16,
}

impl EnhancedCode {
    /// From three numbers, for the constants of our own replies.
    #[must_use]
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// Reads a code at the start of a reply's text and returns it with what follows the space behind it.
    #[must_use]
    pub fn split(text: &str) -> Option<(Self, &str)> {
        let (token, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut numbers = token.split('.');
        let class = numbers.next()?;
        let subject = numbers.next()?;
        let detail = numbers.next()?;
        if numbers.next().is_some() || !matches!(class, "2" | "4" | "5") {
            return None;
        }
        let number =
            |digits: &str| (1..=3).contains(&digits.len()).then(|| digits.parse::<u16>().ok()).flatten();
        Some((Self::new(class.as_bytes()[0] - b'0', number(subject)?, number(detail)?), rest))
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// A whole reply. `lines` are without code, enhanced code and line ends; there is always at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: ReplyCode,
    /// The enhanced code, if the reply has one.
    pub enhanced: Option<EnhancedCode>,
    /// The text, line by line.
    pub lines: Vec<String>,
}

impl Reply {
    /// A reply of one line, for our own constants.
    ///
    /// # Panics
    /// When `code` is no reply code: the codes are constants of the source.
    #[must_use]
    pub fn new(code: u16, enhanced: (u8, u16, u16), text: impl Into<String>) -> Self {
        Self {
            code: ReplyCode::new(code).expect("reply codes in the source are valid"),
            enhanced: Some(EnhancedCode::new(enhanced.0, enhanced.1, enhanced.2)),
            lines: vec![text.into()],
        }
    }

    /// A reply that has no enhanced code: 220, 250 to EHLO, 334, 354 (RFC 2034 §4).
    ///
    /// # Panics
    /// As [`Reply::new`].
    #[must_use]
    pub fn plain(code: u16, lines: Vec<String>) -> Self {
        Self {
            code: ReplyCode::new(code).expect("reply codes in the source are valid"),
            enhanced: None,
            lines: if lines.is_empty() { vec![String::new()] } else { lines },
        }
    }

    /// Appends the reply in wire form, each line ended by CRLF. Control characters in the text become `?`,
    /// so that no text can end a line early.
    pub fn write(&self, out: &mut Vec<u8>) {
        let last = self.lines.len().saturating_sub(1);
        for (number, line) in self.lines.iter().enumerate() {
            let separator = if number == last { ' ' } else { '-' };
            push_number(out, self.code.0);
            out.push(separator as u8);
            if let Some(enhanced) = self.enhanced {
                push_number(out, enhanced.class.into());
                out.push(b'.');
                push_number(out, enhanced.subject);
                out.push(b'.');
                push_number(out, enhanced.detail);
                out.push(b' ');
            }
            push_text(out, line);
            out.extend_from_slice(b"\r\n");
        }
    }

    /// The words in one line, for logs, notices and DSN fields.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }
}

/// Octets of text in one line that we write: code, enhanced code and CRLF fit in 512 with it (RFC 5321
/// §4.5.3.1.5).
const TEXT_LIMIT: usize = 480;

fn push_text(out: &mut Vec<u8>, line: &str) {
    let mut end = line.len().min(TEXT_LIMIT);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let start = out.len();
    out.extend_from_slice(&line.as_bytes()[..end]);
    for byte in &mut out[start..] {
        if byte.is_ascii_control() {
            *byte = b'?';
        }
    }
}

/// Writes a number below 1,000 without an allocation.
fn push_number(out: &mut Vec<u8>, number: u16) {
    let digit = |value: u16| b'0' + (value % 10) as u8;
    if number >= 100 {
        out.push(digit(number / 100));
    }
    if number >= 10 {
        out.push(digit(number / 10));
    }
    out.push(digit(number));
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        write!(f, " {}", self.text())
    }
}

#[cfg(test)]
mod tests;
