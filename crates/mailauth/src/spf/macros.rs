//! Macro strings (RFC 7208 §7): read once, filled in by [`super::expand`].

use super::fault::FaultKind;

/// A string with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroString {
    /// As it was written.
    pub text: String,
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Macro(Macro),
}

/// `%{l1r-}`: a value, split, turned round, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Macro {
    /// Lower case.
    pub(super) letter: u8,
    /// The letter was upper case: the value is escaped for a URL.
    pub(super) escaped: bool,
    pub(super) keep: Option<usize>,
    pub(super) reversed: bool,
    pub(super) delimiters: String,
}

/// Where a macro string stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// In a record.
    Domain,
    /// In the text that `exp` names: `c`, `r` and `t` as well, and spaces.
    Explanation,
}

impl MacroString {
    /// Reads one.
    pub(super) fn parse(text: &str, used: Use) -> Result<Self, FaultKind> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            literal(&mut pieces, &rest[..at], used)?;
            let after = &rest[at + 1..];
            rest = match after.as_bytes().first() {
                Some(b'%') => fixed(&mut pieces, "%", after),
                Some(b'_') => fixed(&mut pieces, " ", after),
                Some(b'-') => fixed(&mut pieces, "%20", after),
                Some(b'{') => {
                    let end = after.find('}').ok_or(FaultKind::Macro)?;
                    pieces.push(Piece::Macro(Macro::parse(&after[1..end], used)?));
                    &after[end + 1..]
                }
                _ => return Err(FaultKind::Macro),
            };
        }
        literal(&mut pieces, rest, used)?;
        Ok(Self { text: text.to_owned(), pieces })
    }

    /// Reads a `domain-spec`: it ends in a name of at least two labels, or in a macro.
    pub(super) fn parse_domain(text: &str) -> Result<Self, FaultKind> {
        let parsed = Self::parse(text, Use::Domain)?;
        match parsed.pieces.last() {
            None => Err(FaultKind::MissingValue),
            // `%%`, `%_` and `%-` are literals here, but macros by the grammar (`macro-expand`).
            Some(Piece::Macro(_)) => Ok(parsed),
            Some(Piece::Literal(_)) if ["%%", "%_", "%-"].iter().any(|end| text.ends_with(end)) => Ok(parsed),
            Some(Piece::Literal(end)) if ends_in_top_label(end) => Ok(parsed),
            Some(Piece::Literal(_)) => Err(FaultKind::Domain),
        }
    }

    /// Whether it is the same for every message.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Literal(_) => true,
            Piece::Macro(one) => one.letter == b'd',
        })
    }

    /// Whether it needs the name of the client's address.
    pub(super) fn needs_client_name(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Macro(one) if one.letter == b'p'))
    }
}

fn fixed<'a>(pieces: &mut Vec<Piece>, text: &str, after: &'a str) -> &'a str {
    push(pieces, text);
    &after[1..]
}

fn push(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push_str(text),
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

fn literal(pieces: &mut Vec<Piece>, text: &str, used: Use) -> Result<(), FaultKind> {
    let allowed = |byte: u8| byte.is_ascii_graphic() || (byte == b' ' && used == Use::Explanation);
    if !text.bytes().all(allowed) {
        return Err(FaultKind::Character);
    }
    if !text.is_empty() {
        push(pieces, text);
    }
    Ok(())
}

impl Macro {
    /// Reads what stands between the braces.
    fn parse(text: &str, used: Use) -> Result<Self, FaultKind> {
        let first = *text.as_bytes().first().ok_or(FaultKind::Macro)?;
        let letter = first.to_ascii_lowercase();
        let is_known = match used {
            Use::Domain => b"slodipvh".contains(&letter),
            Use::Explanation => b"slodipvhcrt".contains(&letter),
        };
        if !is_known {
            return Err(FaultKind::Macro);
        }
        let digits = text[1..].len() - text[1..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (digits, mut rest) = text[1..].split_at(digits);
        let keep = match digits {
            "" => None,
            // Nothing at all cannot be wanted (RFC 7208 §7.1). A huge number keeps everything.
            digits if digits.bytes().all(|digit| digit == b'0') => return Err(FaultKind::Macro),
            digits => Some(digits.parse().unwrap_or(usize::MAX)),
        };
        let reversed = rest.starts_with(['r', 'R']);
        if reversed {
            rest = &rest[1..];
        }
        if !rest.bytes().all(|byte| b".-+,/_=".contains(&byte)) {
            return Err(FaultKind::Macro);
        }
        let delimiters = rest.to_owned();
        Ok(Self { letter, escaped: first.is_ascii_uppercase(), keep, reversed, delimiters })
    }
}

/// `domain-end` (RFC 7208 §7.1): a dot, a label that is not of digits alone, and perhaps a last dot.
fn ends_in_top_label(literal: &str) -> bool {
    let name = literal.strip_suffix('.').unwrap_or(literal);
    let Some((_, label)) = name.rsplit_once('.') else { return false };
    let bytes = label.as_bytes();
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && !bytes.iter().all(u8::is_ascii_digit)
}
