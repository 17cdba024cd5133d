//! What both sides agree on at the beginning (`SMFIC_OPTNEG`): the version, the actions that the milter may take, the
//! steps that it wants to be left out or needs not answer, and the macros that it asks for.
//!
//! The protocol has these as bits, so they are sets here, with the names of `mfapi.h` and `mfdef.h` beside ours.

use super::Fault;
use super::packet::Packet;

/// The version that we speak.
pub const VERSION: u32 = 6;
/// The oldest that any milter speaks.
const OLDEST: u32 = 2;
/// Macro names that a milter may ask for at one step.
const MACROS_LIMIT: usize = 128;

/// What a milter may do (`SMFIF_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actions(pub(super) u32);

impl Actions {
    /// `SMFIF_ADDHDRS`: add and insert header fields.
    pub const ADD_FIELDS: Self = Self(0x01);
    /// `SMFIF_CHGBODY`.
    pub const REPLACE_BODY: Self = Self(0x02);
    /// `SMFIF_ADDRCPT`.
    pub const ADD_RECIPIENTS: Self = Self(0x04);
    /// `SMFIF_DELRCPT`.
    pub const REMOVE_RECIPIENTS: Self = Self(0x08);
    /// `SMFIF_CHGHDRS`.
    pub const CHANGE_FIELDS: Self = Self(0x10);
    /// `SMFIF_QUARANTINE`.
    pub const QUARANTINE: Self = Self(0x20);
    /// `SMFIF_CHGFROM`.
    pub const CHANGE_SENDER: Self = Self(0x40);
    /// `SMFIF_ADDRCPT_PAR`.
    pub const ADD_RECIPIENTS_WITH_PARAMETERS: Self = Self(0x80);
    /// `SMFIF_SETSYMLIST`: name the macros that it wants.
    pub const CHOOSE_MACROS: Self = Self(0x100);
    /// All that we offer.
    pub const ALL: Self = Self(0x1FF);

    /// Whether all of these are agreed on.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What is left out or goes without an answer (`SMFIP_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps(pub(super) u32);

impl Steps {
    /// `SMFIP_NOCONNECT`: the client's name and address are not sent.
    pub const NO_CONNECT: Self = Self(0x01);
    /// `SMFIP_NOHELO`.
    pub const NO_GREETING: Self = Self(0x02);
    /// `SMFIP_NOMAIL`.
    pub const NO_SENDER: Self = Self(0x04);
    /// `SMFIP_NORCPT`.
    pub const NO_RECIPIENTS: Self = Self(0x08);
    /// `SMFIP_NOBODY`.
    pub const NO_BODY: Self = Self(0x10);
    /// `SMFIP_NOHDRS`.
    pub const NO_FIELDS: Self = Self(0x20);
    /// `SMFIP_NOEOH`.
    pub const NO_END_OF_HEADER: Self = Self(0x40);
    /// `SMFIP_NR_HDR`: header fields go without an answer.
    pub const UNANSWERED_FIELDS: Self = Self(0x80);
    /// `SMFIP_NODATA`.
    pub const NO_DATA: Self = Self(0x200);
    /// `SMFIP_SKIP`: the milter may have enough of the body.
    pub const SKIP: Self = Self(0x400);
    /// `SMFIP_RCPT_REJ`: it wants to see refused recipients, too.
    pub const REFUSED_RECIPIENTS: Self = Self(0x800);
    /// `SMFIP_NR_CONN`.
    pub const UNANSWERED_CONNECT: Self = Self(0x1000);
    /// `SMFIP_NR_HELO`.
    pub const UNANSWERED_GREETING: Self = Self(0x2000);
    /// `SMFIP_NR_MAIL`.
    pub const UNANSWERED_SENDER: Self = Self(0x4000);
    /// `SMFIP_NR_RCPT`.
    pub const UNANSWERED_RECIPIENTS: Self = Self(0x8000);
    /// `SMFIP_NR_DATA`.
    pub const UNANSWERED_DATA: Self = Self(0x0001_0000);
    /// `SMFIP_NR_EOH`.
    pub const UNANSWERED_END_OF_HEADER: Self = Self(0x0004_0000);
    /// `SMFIP_NR_BODY`.
    pub const UNANSWERED_BODY: Self = Self(0x0008_0000);
    /// `SMFIP_HDR_LEADSPC`: values keep the space behind the colon.
    pub const LEADING_SPACE: Self = Self(0x0010_0000);
    /// `SMFI_CURR_PROT`: all that we offer. Commands that we do not know (`SMFIP_NOUNKNOWN`) are never told anyway, and
    /// larger packets (`SMFIP_MDS_*`) are not offered.
    pub const ALL: Self = Self(0x001F_FFFF);

    /// Whether all of these are agreed on.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What both sides agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiation {
    /// The version that the milter speaks.
    pub version: u32,
    /// What it may do.
    pub actions: Actions,
    /// What is left out.
    pub steps: Steps,
    /// The macros that it wants at a step (`SMFIM_*`), where it does not want the usual ones.
    pub macros: Vec<(u32, Vec<String>)>,
}

impl Negotiation {
    /// Our offer.
    #[must_use]
    pub fn offer() -> [u8; 12] {
        let mut octets = [0; 12];
        octets[..4].copy_from_slice(&VERSION.to_be_bytes());
        octets[4..8].copy_from_slice(&Actions::ALL.0.to_be_bytes());
        octets[8..].copy_from_slice(&Steps::ALL.0.to_be_bytes());
        octets
    }

    /// Reads the milter's answer to it.
    ///
    /// # Errors
    /// [`Fault::Malformed`], [`Fault::Version`], [`Fault::Unoffered`], [`Fault::TooMany`].
    pub fn read(packet: &Packet) -> Result<Self, Fault> {
        let cut = Fault::Malformed { code: packet.letter(), reason: "it is cut off" };
        let (numbers, mut rest) = packet.content.split_first_chunk::<12>().ok_or(cut)?;
        let number =
            |at: usize| u32::from_be_bytes([numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3]]);
        let (version, actions, steps) = (number(0), number(4), number(8));
        if !(OLDEST..=VERSION).contains(&version) {
            return Err(Fault::Version(version));
        }
        let (actions_too_many, steps_too_many) = (actions & !Actions::ALL.0, steps & !Steps::ALL.0);
        if actions_too_many != 0 || steps_too_many != 0 {
            return Err(Fault::Unoffered { actions: actions_too_many, steps: steps_too_many });
        }
        let mut macros = Vec::new();
        while let Some((stage, behind)) = rest.split_first_chunk::<4>() {
            let end = memchr::memchr(0, behind)
                .ok_or(Fault::Malformed { code: packet.letter(), reason: "a list of macros has no end" })?;
            macros.push((u32::from_be_bytes(*stage), names(&behind[..end])?));
            // There are seven steps that can have a list.
            if macros.len() > 16 {
                return Err(Fault::TooMany("lists of macros"));
            }
            rest = &behind[end + 1..];
        }
        Ok(Self { version, actions: Actions(actions), steps: Steps(steps), macros })
    }

    /// The macros that the milter wants at a step, if it has said so.
    #[must_use]
    pub fn wanted(&self, stage: u32) -> Option<&[String]> {
        self.macros.iter().find(|(number, _)| *number == stage).map(|(_, names)| names.as_slice())
    }
}

/// `j {client_addr} …`, some with commas between them.
fn names(list: &[u8]) -> Result<Vec<String>, Fault> {
    let text = String::from_utf8_lossy(list);
    let names: Vec<String> = text
        .split([' ', '\t', ','])
        .filter(|name| !name.is_empty())
        .map(|name| name.trim_matches(['{', '}']).to_owned())
        .take(MACROS_LIMIT + 1)
        .collect();
    if names.len() > MACROS_LIMIT { Err(Fault::TooMany("names of macros")) } else { Ok(names) }
}
