//! Rules for what our users send that need no filter: attachments that are programs or hold macros, header sections
//! that receivers refuse, and structures that cannot be looked through.
//!
//! [`inspect`] reads a message that lies in pieces and gives what it found, at most one finding for each rule.
//! Nothing is unpacked: of an archive only the names are read, of a document only the names of its streams. Depth,
//! parts and names have limits; a message beyond them is a finding itself ([`Rule::Entangled`]), since a program could
//! hide behind them. What becomes of a finding is for the caller to decide.
//!
//! What is done elsewhere and not here again: `From` that a login may not use, and lines over 998 octets, in `admit`;
//! the number of recipients, by the session; `Date` and `Message-ID`, which are added where they are missing.

mod archive;
mod attachment;
mod decode;
mod mime;
mod names;
mod parameters;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use crate::header::{HeaderSection, Message};
use crate::milter::mail::part;
use crate::words::{Language, words};

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// An attachment is a program, or an archive with one in it.
    Executable,
    /// An attachment is a document with macros.
    Macros,
    /// A field that may stand once stands more often (RFC 5322 §3.6).
    RepeatedField,
    /// There is no `From`.
    MissingFrom,
    /// A header field has characters beyond ASCII, and SMTPUTF8 was not asked for (RFC 6532 §3).
    BareHeader,
    /// More parts or levels than mail has.
    Entangled,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Executable,
        Self::Macros,
        Self::RepeatedField,
        Self::MissingFrom,
        Self::BareHeader,
        Self::Entangled,
    ];

    /// The name in the configuration, in logs and of the sentence about it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Executable => "executables",
            Self::Macros => "macros",
            Self::RepeatedField => "repeated_fields",
            Self::MissingFrom => "missing_from",
            Self::BareHeader => "non_ascii_header",
            Self::Entangled => "entangled",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Executable => "rules-executables",
            Self::Macros => "rules-macros",
            Self::RepeatedField => "rules-repeated-fields",
            Self::MissingFrom => "rules-missing-from",
            Self::BareHeader => "rules-non-ascii-header",
            Self::Entangled => "rules-entangled",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The attachment's file name, made harmless, or the field's name; empty where neither is meant.
    pub what: String,
}

impl Finding {
    /// A sentence about it.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        words(language).get(self.rule.sentence(), &[("what", self.what.as_str().into())])
    }
}

/// What [`inspect`] needs to know of the envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderCharacters {
    /// SMTPUTF8 was given: header fields may have any (RFC 6532).
    Utf8,
    /// ASCII only.
    Ascii,
}

/// Looks for what the wanted rules are about.
#[must_use]
pub fn inspect(pieces: &[Bytes], characters: HeaderCharacters, wanted: &[Rule]) -> Vec<Finding> {
    let (header, body) = part(pieces);
    let section = Message::split(&header);
    let mut findings = Vec::new();
    for rule in wanted {
        let what = match rule {
            Rule::RepeatedField => repeated(&section),
            Rule::MissingFrom => (section.count("From") == 0).then(String::new),
            Rule::BareHeader if characters == HeaderCharacters::Ascii => bare(&section),
            _ => None,
        };
        findings.extend(what.map(|what| Finding { rule: *rule, what }));
    }
    let of_parts = [Rule::Executable, Rule::Macros, Rule::Entangled];
    if of_parts.iter().any(|rule| wanted.contains(rule)) {
        let body: Cow<'_, [u8]> = match body.as_slice() {
            [only] => Cow::Borrowed(only),
            pieces => pieces.concat().into(),
        };
        let found = mime::walk(&section, &body);
        findings.extend(found.into_iter().filter(|finding| wanted.contains(&finding.rule)));
    }
    findings
}

/// Fields whose repetition large receivers refuse, or which readers and signatures may take for different ones; more
/// than one `To` or `Cc` is wrong as well, but is shown and delivered everywhere.
fn repeated(section: &HeaderSection<'_>) -> Option<String> {
    const ONCE: [&str; 5] = ["From", "Sender", "Date", "Subject", "Message-ID"];
    ONCE.into_iter().find(|name| section.count(name) > 1).map(str::to_owned)
}

fn bare(section: &HeaderSection<'_>) -> Option<String> {
    section
        .fields
        .iter()
        .find(|field| !field.value_octets().is_ascii())
        .map(|field| names::harmless(field.name))
}
