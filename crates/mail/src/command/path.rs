//! Paths of MAIL and RCPT (RFC 5321 §4.1.2).

use crate::address::{Address, AddressError, split_local};
use crate::envelope::ReversePath;

/// The path of RCPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForwardPath {
    /// `<Postmaster>` without a domain: the postmaster of this host (RFC 5321 §4.5.1).
    Postmaster,
    /// Any other.
    Address(Address),
}

/// Why a path is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `<>` where a recipient must be.
    #[error("the null path is no recipient")]
    Null,
    /// The address is wrong.
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl PathError {
    pub(super) const fn sender_reply(self) -> &'static str {
        match self {
            Self::Null | Self::Address(AddressError::Empty | AddressError::NoAt) => {
                "501 5.1.7 The sender must be <user@domain> or <>"
            }
            Self::Address(AddressError::LocalPart) => {
                "501 5.1.7 The sender's local part has a character that is not allowed there"
            }
            Self::Address(AddressError::TooLong) => "501 5.1.7 The sender's address is too long",
            Self::Address(AddressError::Domain) => "501 5.1.8 The sender's domain is not a valid host name",
            Self::Address(AddressError::Literal) => "501 5.1.7 The sender's address literal is not valid",
            Self::Address(AddressError::SourceRoute) => "501 5.1.7 Source routes are not accepted",
        }
    }

    pub(super) const fn recipient_reply(self) -> &'static str {
        match self {
            Self::Null | Self::Address(AddressError::Empty | AddressError::NoAt) => {
                "501 5.1.3 The recipient must be <user@domain>"
            }
            Self::Address(AddressError::LocalPart) => {
                "501 5.1.3 The recipient's local part has a character that is not allowed there"
            }
            Self::Address(AddressError::TooLong) => "501 5.1.3 The recipient's address is too long",
            Self::Address(AddressError::Domain) => {
                "501 5.1.2 The recipient's domain is not a valid host name"
            }
            Self::Address(AddressError::Literal) => "501 5.1.3 The recipient's address literal is not valid",
            Self::Address(AddressError::SourceRoute) => "501 5.1.3 Source routes are not accepted",
        }
    }
}

/// Splits the path off and returns what is in its brackets, and the parameters behind it.
///
/// Two liberties are taken, as by most servers, because old devices need them: spaces between the colon and the
/// path, and a path without brackets.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(' ');
    let (inner, rest) = match text.strip_prefix('<') {
        Some(bracketed) => {
            let end = local_end(bracketed)? + bracketed[local_end(bracketed)?..].find('>')?;
            (&bracketed[..end], &bracketed[end + 1..])
        }
        None => {
            let start = local_end(text)?;
            let end = text[start..].find(' ').map_or(text.len(), |space| start + space);
            (&text[..end], &text[end..])
        }
    };
    let is_unbracketed_and_odd = !text.starts_with('<') && (inner.is_empty() || inner.contains(['<', '>']));
    if is_unbracketed_and_odd || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    Some((inner, rest))
}

/// Where a quoted local part ends, in which brackets and spaces mean nothing; 0 where there is none.
fn local_end(text: &str) -> Option<usize> {
    if !text.starts_with('"') {
        return Some(0);
    }
    split_local(text).ok().map(|(local, _)| local.len())
}

pub(super) fn reverse(inner: &str) -> Result<ReversePath, PathError> {
    if inner.is_empty() { Ok(None) } else { Ok(Some(Address::new(inner)?)) }
}

pub(super) fn forward(inner: &str) -> Result<ForwardPath, PathError> {
    if inner.is_empty() {
        return Err(PathError::Null);
    }
    if inner.eq_ignore_ascii_case("postmaster") {
        return Ok(ForwardPath::Postmaster);
    }
    Ok(ForwardPath::Address(Address::new(inner)?))
}
