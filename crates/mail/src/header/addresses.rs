//! Address fields: `From`, `Sender`, `To` … (RFC 5322 §3.4), with groups, comments, quoted names and the obsolete
//! white space around dots.
//!
//! Only the addresses are wanted, so display names are passed over and encoded words need no decoding. What is no
//! address is counted: whoever checks a `From` must not believe a field that was understood in part. For the same
//! reason an address that stands unquoted as a display name (`victim@a <own@b>`) is told apart, since some readers
//! believe that one; one in a group's name, or a comment without an end, in which addresses could hide, is malformed.

use crate::address::Address;

/// What an address field holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressList {
    /// The addresses, in order, those of groups included.
    pub addresses: Vec<Address>,
    /// How many entries could not be read as an address.
    pub malformed: usize,
    /// Addresses that stand as a display name without quotes.
    pub posing: Vec<Address>,
}

impl AddressList {
    /// Adds what another field holds.
    pub fn append(&mut self, mut other: Self) {
        self.addresses.append(&mut other.addresses);
        self.malformed += other.malformed;
        self.posing.append(&mut other.posing);
    }
}

/// The addresses of a field's value; entries that are none are left out (see [`mailboxes`]).
#[must_use]
pub fn address_list(value: impl AsRef<[u8]>) -> Vec<Address> {
    mailboxes(value).addresses
}

/// The addresses of a field's value and the number of entries that are none.
#[must_use]
pub fn mailboxes(value: impl AsRef<[u8]>) -> AddressList {
    let mut reader = Reader::default();
    let mut rest = value.as_ref();
    while let Some((&first, tail)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' => {
                reader.space = true;
                tail
            }
            b'(' => {
                reader.space = true;
                skip_comment(tail).unwrap_or_else(|| {
                    reader.broken = true;
                    &[]
                })
            }
            b'"' => {
                let length = quoted_length(rest);
                reader.word(&rest[..length]);
                &rest[length..]
            }
            b'[' => {
                let length = memchr::memchr(b']', rest).map_or(rest.len(), |end| end + 1);
                reader.word(&rest[..length]);
                &rest[length..]
            }
            // A closing parenthesis or bracket that nothing opened is an error, as any special in a wrong place.
            b'<' | b'>' | b',' | b';' | b':' | b')' => {
                reader.special(first);
                tail
            }
            _ => {
                // At least one octet, so that the reading always ends.
                let length = atom_length(rest).max(1);
                reader.word(&rest[..length]);
                &rest[length..]
            }
        };
    }
    reader.end_entry();
    reader.list
}

/// Where the reader stands within an entry.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before any angle bracket: a display name, or an address without brackets.
    #[default]
    Outside,
    /// Between `<` and `>`.
    Inside,
    /// Behind `>`.
    Behind,
}

#[derive(Debug, Default)]
struct Reader {
    list: AddressList,
    entry: Vec<u8>,
    place: Place,
    /// White space or a comment stood before the next token.
    space: bool,
    broken: bool,
}

impl Reader {
    /// An atom, quoted string or literal, or one of `.` and `@`.
    fn word(&mut self, token: &[u8]) {
        if self.place == Place::Behind {
            self.broken = true;
        }
        // White space may surround dots and the @ (RFC 5322 §4.4), but it parts two words. Within an address that
        // is an error, which the space kept here brings to light.
        let joins = |byte: Option<&u8>| matches!(byte, None | Some(b'.' | b'@'));
        if self.space && !joins(self.entry.last()) && !joins(token.first()) {
            self.entry.push(b' ');
        }
        self.space = false;
        self.entry.extend_from_slice(token);
    }

    fn special(&mut self, special: u8) {
        self.space = false;
        match (special, self.place) {
            (b'<', Place::Outside) => {
                self.phrase_that_is_an_address();
                self.entry.clear();
                self.place = Place::Inside;
            }
            (b'>', Place::Inside) => self.place = Place::Behind,
            // A route, `<@a,@b:c@d>` (RFC 5322 §4.4): kept as text, so that the address is refused as one.
            (b',' | b':', Place::Inside) => self.entry.push(special),
            (b',' | b';', Place::Outside | Place::Behind) => self.end_entry(),
            // The name of a group ends here.
            (b':', Place::Outside) => {
                self.broken |= self.entry.contains(&b'@');
                self.entry.clear();
            }
            _ => self.broken = true,
        }
    }

    /// `a@b <c@d>`: no display name by the grammar (RFC 5322 §3.2.5: `@` must be quoted), but many programs write
    /// their own address so.
    fn phrase_that_is_an_address(&mut self) {
        if !self.entry.contains(&b'@') {
            return;
        }
        let phrase = std::str::from_utf8(&self.entry).ok();
        self.list.posing.extend(phrase.and_then(|phrase| Address::new(phrase).ok()));
    }

    fn end_entry(&mut self) {
        let entry = std::mem::take(&mut self.entry);
        let place = std::mem::take(&mut self.place);
        let broken = std::mem::take(&mut self.broken) || place == Place::Inside;
        self.space = false;
        // Empty entries are allowed (RFC 5322 §4.4, obs-addr-list); `<>` is not an empty entry.
        if entry.is_empty() && place == Place::Outside && !broken {
            return;
        }
        let text = std::str::from_utf8(&entry).ok().filter(|_| !broken);
        match text.and_then(|text| Address::new(&unquoted(text)).ok()) {
            Some(address) => self.list.addresses.push(address),
            None => self.list.malformed += 1,
        }
    }
}

/// `"john"@x` and `john@x` are one address (RFC 5322 §3.2.4): quotes that protect nothing are dropped.
fn unquoted(text: &str) -> std::borrow::Cow<'_, str> {
    let bare = text.strip_prefix('"').and_then(|rest| rest.split_once("\"@"));
    match bare {
        Some((local, host)) if Address::new(&format!("{local}@{host}")).is_ok_and(|a| a.local() == local) => {
            format!("{local}@{host}").into()
        }
        _ => text.into(),
    }
}

fn atom_length(rest: &[u8]) -> usize {
    rest.iter().position(|b| b" \t\r\n()\"[<>,;:".contains(b)).unwrap_or(rest.len())
}

/// The length of the quoted string at the start, both quotes included.
fn quoted_length(rest: &[u8]) -> usize {
    let mut position = 1;
    while let Some(offset) = memchr::memchr2(b'"', b'\\', rest.get(position..).unwrap_or_default()) {
        position += offset + 1;
        if rest[position - 1] == b'"' {
            return position;
        }
        position += 1;
    }
    rest.len()
}

/// What follows the comment whose opening parenthesis has been read, `None` when it has no end; comments nest
/// (RFC 5322 §3.2.2).
fn skip_comment(mut rest: &[u8]) -> Option<&[u8]> {
    let mut depth = 1_usize;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\\' => rest = rest.get(1..).unwrap_or_default(),
            _ => {}
        }
        if depth == 0 {
            return Some(rest);
        }
    }
    None
}
