//! SASLprep (RFC 4013): names and passwords in the one form that can be compared, so that a password typed on
//! a telephone equals the one typed at a desk. ASCII without control characters is already in that form.

use std::borrow::Cow;

use super::SaslError;

/// Prepares a name or a password as a *query* string (RFC 4013 §2.5 leaves unassigned code points alone for
/// these; stored strings come through the same door, so both always agree).
///
/// # Errors
/// [`SaslError::Forbidden`] for control characters and the others of RFC 4013 §2.3, or when nothing is left.
pub fn prepare(text: &str) -> Result<String, SaslError> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Ok(text.to_owned());
    }
    match stringprep::saslprep(text) {
        Ok(prepared) if !prepared.is_empty() => Ok(Cow::into_owned(prepared)),
        _ => Err(SaslError::Forbidden),
    }
}
