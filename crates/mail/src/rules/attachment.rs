//! One part of a message that holds no other: is it a program, an archive with one, or a document with macros?
//!
//! Names are asked first, then the first octets; only what these show to be an archive or an old Office document is
//! read to its end.

use std::ops::ControlFlow;

use memchr::memmem;

use super::Rule;
use super::archive;
use super::decode::{Encoding, head, windows};
use super::names::{Within, holds_macros, is_macro_document, is_program};

/// Octets in which a Windows program shows that it is one.
const HEAD: usize = 4 * 1024;
/// Names of an archive that are looked at.
const NAMES: usize = 100_000;

/// The start of an OLE compound file: Word, Excel and PowerPoint until 2003.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// The start of a shortcut: its size and its class.
const SHORTCUT: &[u8] = &[0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0];

/// What it is, with the name that shows it.
pub(super) fn judge(names: &[String], encoding: Encoding, body: &[u8]) -> Vec<(Rule, String)> {
    let mut found = Vec::new();
    let name = names.first().cloned().unwrap_or_default();
    found.extend(
        names.iter().find(|it| is_program(it, Within::Message)).map(|it| (Rule::Executable, it.clone())),
    );
    found.extend(names.iter().find(|it| is_macro_document(it)).map(|it| (Rule::Macros, it.clone())));
    let head = head(encoding, body, HEAD);
    if is_windows_program(&head) || head.starts_with(SHORTCUT) {
        found.push((Rule::Executable, name));
    } else if head.starts_with(b"PK\x03\x04") {
        found.extend(in_archive(&name, encoding, body));
    } else if head.starts_with(OLE) && has_macro_stream(encoding, body) {
        found.push((Rule::Macros, name));
    }
    found
}

/// `MZ`, and where it points to, `PE`: the words of a text that begins with MZ do not.
fn is_windows_program(head: &[u8]) -> bool {
    let Some(pointer) = head.get(0x3C..).and_then(|rest| rest.first_chunk::<4>()) else { return false };
    let place = u32::from_le_bytes(*pointer) as usize;
    head.starts_with(b"MZ") && head.get(place..).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

fn in_archive(name: &str, encoding: Encoding, body: &[u8]) -> Vec<(Rule, String)> {
    let mut found: Vec<(Rule, String)> = Vec::new();
    let mut count = 0;
    windows(encoding, body, |window| {
        for entry in archive::names(window) {
            count += 1;
            let rule = if is_program(&entry, Within::Archive) {
                Rule::Executable
            } else if holds_macros(&entry) || is_macro_document(&entry) {
                Rule::Macros
            } else {
                continue;
            };
            if !found.iter().any(|(known, _)| *known == rule) {
                // A document is named itself, a program with the archive that it is in.
                let file = entry.rsplit(['/', '\\']).next().unwrap_or(&entry);
                let what = if holds_macros(&entry) { name.to_owned() } else { format!("{name}: {file}") };
                found.push((rule, what));
            }
        }
        if count > NAMES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if count > NAMES {
        found.push((Rule::Entangled, name.to_owned()));
    }
    found
}

/// The directory of a compound file has the names of its streams in UTF-16; every project of Visual Basic has this one
/// ([MS-OVBA] 2.2.1).
fn has_macro_stream(encoding: Encoding, body: &[u8]) -> bool {
    let needle: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut found = false;
    windows(encoding, body, |window| {
        found = memmem::find(window, &needle).is_some();
        if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found
}
