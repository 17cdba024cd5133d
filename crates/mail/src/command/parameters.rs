//! Parameters of MAIL and RCPT: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), REQUIRETLS (RFC 8689),
//! RET, ENVID, NOTIFY and ORCPT (RFC 3461), AUTH (RFC 4954). One that is unknown or comes twice is 555 5.5.4
//! (RFC 5321 §4.1.1.11), one whose value is wrong 501 5.5.4.

use super::SyntaxError;
use super::xtext::is_xtext;
use crate::envelope::{BodyType, Notify, ReturnContent};

/// What may follow `MAIL FROM:<…>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailParameters {
    /// `SIZE=`; what does not fit is `u64::MAX`.
    pub size: Option<u64>,
    /// `BODY=`.
    pub body: BodyType,
    /// `SMTPUTF8`.
    pub smtputf8: bool,
    /// `REQUIRETLS`.
    pub require_tls: bool,
    /// `RET=`.
    pub return_content: Option<ReturnContent>,
    /// `ENVID=`, in xtext.
    pub envelope_id: Option<String>,
    /// `AUTH=` as written.
    pub auth: Option<String>,
}

/// What may follow `RCPT TO:<…>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientParameters {
    /// `NOTIFY=`.
    pub notify: Option<Notify>,
    /// `ORCPT=`, in xtext.
    pub original: Option<String>,
}

/// Octets of `ENVID=` (RFC 3461 §4.4), `ORCPT=` (§4.2) and `AUTH=` (RFC 4954 §5).
const ENVELOPE_ID_LIMIT: usize = 100;
const ORIGINAL_LIMIT: usize = 500;
const AUTH_LIMIT: usize = 500;

const UNKNOWN: SyntaxError = SyntaxError::Reply("555 5.5.4 A parameter is not known here");
const TWICE: SyntaxError = SyntaxError::Reply("555 5.5.4 A parameter comes twice");
const BAD_VALUE: SyntaxError =
    SyntaxError::Reply("501 5.5.4 A parameter lacks its value or has one that is not valid");
const BAD_NOTIFY: SyntaxError =
    SyntaxError::Reply("501 5.5.4 NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY");

impl MailParameters {
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut parameters = Self::default();
        let mut seen = Seen::default();
        for word in words(text) {
            let (key, value) = split(word)?;
            if key.eq_ignore_ascii_case("SIZE") {
                seen.once(0)?;
                parameters.size = Some(size(value)?);
            } else if key.eq_ignore_ascii_case("BODY") {
                seen.once(1)?;
                parameters.body = body(value)?;
            } else if key.eq_ignore_ascii_case("SMTPUTF8") {
                seen.once(2)?;
                parameters.smtputf8 = flag(value)?;
            } else if key.eq_ignore_ascii_case("REQUIRETLS") {
                seen.once(3)?;
                parameters.require_tls = flag(value)?;
            } else if key.eq_ignore_ascii_case("RET") {
                seen.once(4)?;
                parameters.return_content = Some(return_content(value)?);
            } else if key.eq_ignore_ascii_case("ENVID") {
                seen.once(5)?;
                parameters.envelope_id = Some(bounded(value, ENVELOPE_ID_LIMIT, is_xtext)?);
            } else if key.eq_ignore_ascii_case("AUTH") {
                seen.once(6)?;
                parameters.auth = Some(bounded(value, AUTH_LIMIT, |value| !value.is_empty())?);
            } else {
                return Err(UNKNOWN);
            }
        }
        Ok(parameters)
    }
}

impl RecipientParameters {
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut parameters = Self::default();
        let mut seen = Seen::default();
        for word in words(text) {
            let (key, value) = split(word)?;
            if key.eq_ignore_ascii_case("NOTIFY") {
                seen.once(0)?;
                parameters.notify = Some(notify(value.ok_or(BAD_NOTIFY)?)?);
            } else if key.eq_ignore_ascii_case("ORCPT") {
                seen.once(1)?;
                parameters.original = Some(bounded(value, ORIGINAL_LIMIT, is_typed_address)?);
            } else {
                return Err(UNKNOWN);
            }
        }
        Ok(parameters)
    }
}

/// Which parameters have come, by their place in the list above.
#[derive(Default)]
struct Seen(u8);

impl Seen {
    fn once(&mut self, place: u8) -> Result<(), SyntaxError> {
        let bit = 1 << place;
        if self.0 & bit != 0 {
            return Err(TWICE);
        }
        self.0 |= bit;
        Ok(())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

/// `esmtp-param` (RFC 5321 §4.1.2).
fn split(word: &str) -> Result<(&str, Option<&str>), SyntaxError> {
    let (key, value) = match word.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (word, None),
    };
    let is_keyword = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if key.is_empty() || !is_keyword || value.is_some_and(|value| value.contains('=')) {
        return Err(SyntaxError::Reply("501 5.5.4 A parameter is KEYWORD or KEYWORD=value"));
    }
    Ok((key, value))
}

fn size(value: Option<&str>) -> Result<u64, SyntaxError> {
    let digits = value.ok_or(BAD_VALUE)?;
    if digits.is_empty() || digits.len() > 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BAD_VALUE);
    }
    // Twenty digits may be more than fits; that is then too large in any case.
    Ok(digits.parse().unwrap_or(u64::MAX))
}

fn body(value: Option<&str>) -> Result<BodyType, SyntaxError> {
    match value {
        Some(value) if value.eq_ignore_ascii_case("7BIT") => Ok(BodyType::SevenBit),
        Some(value) if value.eq_ignore_ascii_case("8BITMIME") => Ok(BodyType::EightBitMime),
        Some(value) if value.eq_ignore_ascii_case("BINARYMIME") => {
            Err(SyntaxError::Reply("555 5.5.4 BINARYMIME is not offered here"))
        }
        _ => Err(BAD_VALUE),
    }
}

fn flag(value: Option<&str>) -> Result<bool, SyntaxError> {
    if value.is_none() { Ok(true) } else { Err(BAD_VALUE) }
}

fn return_content(value: Option<&str>) -> Result<ReturnContent, SyntaxError> {
    match value {
        Some(value) if value.eq_ignore_ascii_case("FULL") => Ok(ReturnContent::Full),
        Some(value) if value.eq_ignore_ascii_case("HDRS") => Ok(ReturnContent::Headers),
        _ => Err(BAD_VALUE),
    }
}

fn bounded(value: Option<&str>, limit: usize, is_good: fn(&str) -> bool) -> Result<String, SyntaxError> {
    value.filter(|value| value.len() <= limit && is_good(value)).map(str::to_owned).ok_or(BAD_VALUE)
}

/// RFC 3461 §4.1: NEVER stands alone.
fn notify(value: &str) -> Result<Notify, SyntaxError> {
    if value.eq_ignore_ascii_case("NEVER") {
        return Ok(Notify::NEVER);
    }
    let mut notify = Notify::NEVER;
    for word in value.split(',') {
        if word.eq_ignore_ascii_case("SUCCESS") {
            notify.success = true;
        } else if word.eq_ignore_ascii_case("FAILURE") {
            notify.failure = true;
        } else if word.eq_ignore_ascii_case("DELAY") {
            notify.delay = true;
        } else {
            return Err(BAD_NOTIFY);
        }
    }
    Ok(notify)
}

/// `addr-type ";" xtext` (RFC 3461 §4.2); type `utf-8` also carries UTF-8 (RFC 6533 §3).
fn is_typed_address(value: &str) -> bool {
    let Some((kind, address)) = value.split_once(';') else { return false };
    let kind_is_atom =
        !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_text = if kind.eq_ignore_ascii_case("utf-8") {
        address.bytes().all(|byte| byte.is_ascii_graphic() || !byte.is_ascii())
    } else {
        is_xtext(address)
    };
    kind_is_atom && !address.is_empty() && is_text
}
