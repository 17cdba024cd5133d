//! What the name of a file tells: whether it is one that runs when it is opened, or a document with macros.
//!
//! The lists follow what large receivers refuse as attachments, but for what people do send each other. `.com` is left
//! out, since files are named after domains and a program of that name is known by its octets; sources of scripts, and
//! libraries, count only as attachments of their own: archives of software are full of them, and nobody opens them by
//! mistake in there.

/// Run when they are opened, wherever they are.
const PROGRAMS: [&str; 34] = [
    "exe",
    "scr",
    "pif",
    "lnk",
    "vbs",
    "vbe",
    "jse",
    "wsf",
    "wsh",
    "wsc",
    "sct",
    "hta",
    "msi",
    "msp",
    "mst",
    "msix",
    "msixbundle",
    "appx",
    "appxbundle",
    "application",
    "appref-ms",
    "cpl",
    "chm",
    "iso",
    "img",
    "vhd",
    "vhdx",
    "scf",
    "ade",
    "adp",
    "mde",
    "xll",
    "diagcab",
    "settingcontent-ms",
];

/// Run when they are opened as an attachment.
const SCRIPTS: [&str; 13] =
    ["bat", "cmd", "js", "jar", "jnlp", "ps1", "psm1", "reg", "vb", "dll", "sys", "drv", "msc"];

/// Documents and templates whose format is there for macros.
const MACRO_DOCUMENTS: [&str; 11] =
    ["docm", "dotm", "xlsm", "xltm", "xlam", "xlm", "pptm", "potm", "ppam", "ppsm", "sldm"];

/// Characters of a name that are shown.
const SHOWN: usize = 80;

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Message,
    Archive,
}

/// Whether a file of this name runs when it is opened.
pub(super) fn is_program(name: &str, within: Within) -> bool {
    let ending = ending(name);
    PROGRAMS.contains(&ending.as_str()) || within == Within::Message && SCRIPTS.contains(&ending.as_str())
}

/// Whether it is a document with macros by its name.
pub(super) fn is_macro_document(name: &str) -> bool {
    MACRO_DOCUMENTS.contains(&ending(name).as_str())
}

/// Entries of an OOXML document that hold macros: Visual Basic, or the older ones of Excel.
pub(super) fn holds_macros(entry: &str) -> bool {
    let entry = entry.to_ascii_lowercase().replace('\\', "/");
    entry.ends_with("vbaproject.bin") || entry.contains("xl/macrosheets/")
}

/// What stands behind the last dot, in lower case. Windows drops dots and spaces at the end of a name.
fn ending(name: &str) -> String {
    let name: String = name.chars().filter(|it| !is_invisible(*it)).collect();
    let name = name.trim_end_matches(|it: char| it == '.' || it.is_whitespace());
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// A name for replies, logs and letters: nothing in it that turns the line around or ends it.
pub(super) fn harmless(name: &str) -> String {
    let mut shown: String = name
        .chars()
        .filter(|it| !is_invisible(*it))
        .map(|it| if matches!(it, '"' | '\\' | '<' | '>' | '{' | '}') { '_' } else { it })
        .take(SHOWN + 1)
        .collect();
    if shown.chars().count() > SHOWN {
        shown = shown.chars().take(SHOWN - 1).chain(['…']).collect();
    }
    shown.trim().to_owned()
}

/// Controls, marks of writing direction, and characters without width.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}
