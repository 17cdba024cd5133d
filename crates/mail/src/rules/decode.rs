//! Transfer encodings (RFC 2045 §6), decoded in windows: whoever looks at the octets never holds all of them.

use std::ops::ControlFlow;

/// Octets of a window.
const WINDOW: usize = 64 * 1024;
/// Octets of a window that the next one begins with, so that nothing is missed between them.
const OVERLAP: usize = 2 * 1024;

/// How a part's octets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As they are.
    None,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    pub(super) fn read(word: &str) -> Self {
        match word {
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            _ => Self::None,
        }
    }
}

/// Shows the decoded octets window by window, until `look` has seen enough.
pub(super) fn windows(encoding: Encoding, body: &[u8], look: impl FnMut(&[u8]) -> ControlFlow<()>) {
    let mut windows = Windows { octets: Vec::new(), fresh: 0, look };
    let flow = match encoding {
        // One window: it lies there already.
        Encoding::None => {
            let _ = (windows.look)(body);
            return;
        }
        Encoding::Base64 => base64(body, &mut windows),
        Encoding::QuotedPrintable => quoted_printable(body, &mut windows),
    };
    if flow.is_continue() && windows.fresh > 0 {
        let _ = (windows.look)(&windows.octets);
    }
}

/// The first octets, at most this many.
pub(super) fn head(encoding: Encoding, body: &[u8], size: usize) -> Vec<u8> {
    // Base64 grows by a third and line ends, quoted-printable to three times and more.
    let body = &body[..body.len().min(size * 4)];
    let mut head = Vec::new();
    windows(encoding, body, |window| {
        head.extend_from_slice(&window[..window.len().min(size)]);
        ControlFlow::Break(())
    });
    head
}

struct Windows<L> {
    octets: Vec<u8>,
    /// Octets that nobody has seen.
    fresh: usize,
    look: L,
}

impl<L: FnMut(&[u8]) -> ControlFlow<()>> Windows<L> {
    fn push(&mut self, octets: &[u8]) -> ControlFlow<()> {
        self.octets.extend_from_slice(octets);
        self.fresh += octets.len();
        if self.octets.len() < WINDOW {
            return ControlFlow::Continue(());
        }
        (self.look)(&self.octets)?;
        self.octets.drain(..self.octets.len() - OVERLAP);
        self.fresh = 0;
        ControlFlow::Continue(())
    }
}

fn base64<L: FnMut(&[u8]) -> ControlFlow<()>>(body: &[u8], windows: &mut Windows<L>) -> ControlFlow<()> {
    let mut line = Vec::with_capacity(1_024);
    let (mut bits, mut count) = (0_u32, 0_u8);
    for octet in body {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            // Padding: some writers put pieces that were padded one behind the other, and readers go on.
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            // Line ends, and what does not belong there (RFC 2045 §6.8: ignored).
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        // Two characters have the first octet, three the second, four the third.
        match count {
            2 => line.push((bits >> 4) as u8),
            3 => line.push((bits >> 2) as u8),
            4 => {
                line.push(bits as u8);
                (bits, count) = (0, 0);
            }
            _ => {}
        }
        if line.len() >= 1_000 {
            windows.push(&line)?;
            line.clear();
        }
    }
    windows.push(&line)
}

fn quoted_printable<L: FnMut(&[u8]) -> ControlFlow<()>>(
    body: &[u8],
    windows: &mut Windows<L>,
) -> ControlFlow<()> {
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        let text = line.trim_ascii_end();
        // A soft line break joins lines (RFC 2045 §6.7).
        if let Some(text) = text.strip_suffix(b"=") {
            windows.push(&super::parameters::unescaped(text, b'='))?;
        } else {
            windows.push(&super::parameters::unescaped(text, b'='))?;
            windows.push(&line[text.len()..])?;
        }
    }
    ControlFlow::Continue(())
}
