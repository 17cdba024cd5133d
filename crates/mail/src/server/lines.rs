//! Command lines: found, bounded, and ended by CRLF only (RFC 5321 §2.3.8).

use memchr::memchr;

use super::Security;

/// Octets of a command line with CRLF: the 512 of RFC 5321 §4.5.3.1.4 and what the extensions add to MAIL
/// (SIZE 26, BODY 17, SMTPUTF8 10, REQUIRETLS 11, AUTH 500, RET and ENVID 115) and RCPT (ORCPT and NOTIFY 540),
/// rounded up; for an internationalised path of several octets a character there is room besides.
const COMMAND_LIMIT: usize = 2_048;
/// Octets of AUTH and its responses: what RFC 4954 §4 calls sufficient.
const AUTH_LIMIT: usize = 12_288;
/// Octets of a line that is too long which are still read to find its end.
const DISCARD_LIMIT: usize = 1024 * 1024;
/// The first octets of a TLS record that carries a handshake (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// Finds the next line.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    /// Octets of the input that hold no LF.
    scanned: usize,
    /// A line that is too long is being read over.
    discarding: Option<Discarding>,
}

#[derive(Debug, Clone, Copy)]
struct Discarding {
    octets: usize,
    ends_with_return: bool,
    is_authentication: bool,
}

/// What was found at the front of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing whole yet. So many octets can be dropped: they belong to a line that is too long.
    Partial { drop: usize },
    /// A line of `length` octets, followed by CRLF.
    Line { length: usize },
    /// The end of a line that was too long; `length` octets with its line ending.
    TooLong { length: usize, is_authentication: bool },
    /// An LF without CR before it.
    BareNewline,
    /// So much without any line ending that there is no point in waiting.
    Endless,
    /// A TLS handshake.
    Tls,
}

impl LineReader {
    /// Looks at the input. `in_login` tells that a response is due, `fresh` that no command was accepted yet.
    pub(super) fn find(&mut self, input: &[u8], in_login: bool, fresh: Option<Security>) -> Found {
        if fresh == Some(Security::Clear) && input.first() == Some(&TLS_HANDSHAKE) {
            return Found::Tls;
        }
        if let Some(discarding) = self.discarding {
            return self.discard(input, discarding);
        }
        let is_authentication = in_login || starts_with_auth(input);
        let limit = if is_authentication { AUTH_LIMIT } else { COMMAND_LIMIT };
        match memchr(b'\n', &input[self.scanned.min(input.len())..]) {
            Some(offset) => {
                let newline = self.scanned + offset;
                self.scanned = 0;
                if newline == 0 || input[newline - 1] != b'\r' {
                    Found::BareNewline
                } else if newline + 1 > limit {
                    Found::TooLong { length: newline + 1, is_authentication }
                } else {
                    Found::Line { length: newline - 1 }
                }
            }
            None if input.len() > limit => {
                self.scanned = 0;
                let start = Discarding { octets: 0, ends_with_return: false, is_authentication };
                self.discard(input, start)
            }
            None => {
                self.scanned = input.len();
                Found::Partial { drop: 0 }
            }
        }
    }

    fn discard(&mut self, input: &[u8], mut state: Discarding) -> Found {
        self.discarding = None;
        let Some(newline) = memchr(b'\n', input) else {
            state.octets += input.len();
            state.ends_with_return = input.last().map_or(state.ends_with_return, |last| *last == b'\r');
            if state.octets > DISCARD_LIMIT {
                return Found::Endless;
            }
            self.discarding = Some(state);
            return Found::Partial { drop: input.len() };
        };
        let after_return = match newline.checked_sub(1) {
            Some(before) => input[before] == b'\r',
            None => state.ends_with_return,
        };
        if after_return {
            Found::TooLong { length: newline + 1, is_authentication: state.is_authentication }
        } else {
            Found::BareNewline
        }
    }
}

fn starts_with_auth(input: &[u8]) -> bool {
    input.get(..5).is_some_and(|head| head.eq_ignore_ascii_case(b"AUTH "))
}
