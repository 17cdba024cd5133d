//! What a message carries: its size, HTML without a text beside it, attachments of types that receivers refuse.

use mail_parser::{MessagePart, MimeHeaders as _, PartType};

use super::{LARGEST, Letter, MOST_PARTS};
use crate::checks::{Finding, Kind};

/// Large receivers take 25 MB, many take less.
const LARGE: usize = 20 << 20;
/// Endings that Google refuses, which is the longest list that is published.
const REFUSED: &str = "ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe \
    hta img ins iso isp jar jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct shb sys vb \
    vbe vbs vhd vxd wsc wsf wsh xll";

static LARGE_MESSAGE: Kind = Kind::warning("message.large", "RFC 5321 §4.5.3.1.7");
static HTML_ALONE: Kind = Kind::warning("message.html-alone", "RFC 2046 §5.1.4");
static REFUSED_TYPE: Kind =
    Kind::error("message.attachment-refused", "https://support.google.com/mail/answer/6590");
static NOT_READ: Kind = Kind::unknown("message.not-taken-apart");
static GOOD: Kind = Kind::ok("message.body-good");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[&LARGE_MESSAGE, &HTML_ALONE, &REFUSED_TYPE, &NOT_READ, &GOOD];

pub(super) fn judge(letter: &Letter<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let size = letter.octets.len();
    if size > LARGE {
        let megabytes = (size as u64).div_ceil(1_000_000);
        found.push(Finding::new(&LARGE_MESSAGE, "size").with_number("megabytes", megabytes));
    }
    let Some(mime) = &letter.mime else {
        let limit = (LARGEST >> 20) as u64;
        found.push(Finding::new(&NOT_READ, "body").with_number("megabytes", limit));
        return found;
    };
    let parts = || mime.parts.iter().take(MOST_PARTS);
    let has =
        |wanted: fn(&PartType<'_>) -> bool| parts().any(|part| wanted(&part.body) && !is_attachment(part));
    if has(|body| matches!(body, PartType::Html(_))) && !has(|body| matches!(body, PartType::Text(_))) {
        found.push(Finding::new(&HTML_ALONE, "body"));
    }
    for part in parts() {
        let Some(name) = part.attachment_name() else { continue };
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        if REFUSED.split_whitespace().any(|refused| refused == ending) {
            found.push(Finding::new(&REFUSED_TYPE, name).with("ending", ending).seen(name));
        }
    }
    if found.is_empty() {
        found.push(Finding::new(&GOOD, "body"));
    }
    found
}

fn is_attachment(part: &MessagePart<'_>) -> bool {
    part.content_disposition().is_some_and(|disposition| disposition.is_attachment())
}
