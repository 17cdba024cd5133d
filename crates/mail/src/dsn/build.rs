//! The notice as a message: header, the three parts, the boundaries between them (RFC 6522 §3).

use bytes::Bytes;

use super::encode::{base64_lines, quoted_printable, unstructured};
use super::{DeliveryReport, ReturnedContent, human, status};
use crate::date;
use crate::envelope::BodyType;
use crate::words::words;

/// A finished notice, and what it asks of the way to its reader.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The message, CRLF line ends.
    pub pieces: Vec<Bytes>,
    /// Eight-bit only when a whole message is given back that is.
    pub body: BodyType,
    /// True when the reader's own address is beyond ASCII.
    pub smtputf8: bool,
}

/// How the returned message is wrapped.
struct Wrapping {
    content_type: &'static str,
    encoding: &'static str,
}

impl DeliveryReport {
    /// Makes the message. The returned content is not copied unless it must be encoded.
    #[must_use]
    pub fn build(&self) -> Notice {
        let mut head = Vec::with_capacity(4096);
        self.write_header(&mut head);
        self.open_part(&mut head, "text/plain; charset=utf-8", "quoted-printable");
        quoted_printable(&human::text(self), &mut head);
        self.open_part(&mut head, "message/delivery-status", "7bit");
        status::write(self, &mut head);
        let wrapping = self.wrapping();
        self.open_part(&mut head, wrapping.content_type, wrapping.encoding);
        let mut pieces = vec![Bytes::from(head)];
        self.push_original(&wrapping, &mut pieces);
        // The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
        pieces.push(Bytes::from(format!("\r\n--{}--\r\n", self.boundary)));
        let eight_bit = wrapping.encoding == "8bit";
        Notice {
            pieces,
            body: if eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
            smtputf8: self.to.needs_smtputf8() || self.from.needs_smtputf8(),
        }
    }

    fn write_header(&self, out: &mut Vec<u8>) {
        let name = unstructured(&words(self.language).get("dsn-from", &[]));
        let mut text = format!(
            "From: {name} <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: {}\r\n",
            self.from,
            self.to,
            unstructured(&human::subject(self)),
            date::rfc5322(self.now),
            self.message_id,
        );
        // One that is too long for a line is not worth folding, and one that is not ASCII would make the whole notice
        // need SMTPUTF8: nothing but the thread hangs on it.
        if let Some(id) = self.original_message_id.as_ref().filter(|id| id.len() < 900 && id.is_ascii()) {
            text.push_str(&format!("In-Reply-To: {id}\r\nReferences: {id}\r\n"));
        }
        // RFC 3834 §5: so that no vacation programme answers.
        text.push_str("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n");
        text.push_str("Content-Type: multipart/report; report-type=delivery-status;\r\n");
        text.push_str(&format!("\tboundary=\"{}\"\r\n", self.boundary));
        if self.wrapping().encoding == "8bit" {
            text.push_str("Content-Transfer-Encoding: 8bit\r\n");
        }
        out.extend_from_slice(text.as_bytes());
    }

    fn open_part(&self, out: &mut Vec<u8>, content_type: &str, encoding: &str) {
        let part = format!(
            "\r\n--{}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n",
            self.boundary,
        );
        out.extend_from_slice(part.as_bytes());
    }

    fn wrapping(&self) -> Wrapping {
        let (content_type, encoding) = match &self.original {
            ReturnedContent::Headers(headers) if headers.is_ascii() => ("text/rfc822-headers", "7bit"),
            // RFC 6533 §5: header sections in UTF-8.
            ReturnedContent::Headers(_) => ("message/global-headers", "base64"),
            ReturnedContent::Full(pieces) if pieces.iter().all(|piece| piece.is_ascii()) => {
                ("message/rfc822", "7bit")
            }
            ReturnedContent::Full(pieces) if has_ascii_header(pieces) => ("message/rfc822", "8bit"),
            // RFC 6532 §3.7: such a message may be encoded, which spares the notice SMTPUTF8.
            ReturnedContent::Full(_) => ("message/global", "base64"),
        };
        Wrapping { content_type, encoding }
    }

    fn push_original(&self, wrapping: &Wrapping, pieces: &mut Vec<Bytes>) {
        let original = match &self.original {
            ReturnedContent::Headers(headers) => std::slice::from_ref(headers),
            ReturnedContent::Full(pieces) => pieces,
        };
        if wrapping.encoding == "base64" {
            let mut encoded = Vec::new();
            base64_lines(&original.concat(), &mut encoded);
            pieces.push(encoded.into());
        } else {
            pieces.extend_from_slice(original);
        }
    }
}

/// Whether the octets above 127 are all in the body.
fn has_ascii_header(pieces: &[Bytes]) -> bool {
    let mut before = [0_u8; 3];
    for piece in pieces {
        // The blank line may lie across the seam of two pieces.
        let seam = [&before[..], &piece[..piece.len().min(3)]].concat();
        if memchr::memmem::find(&seam, b"\r\n\r\n").is_some() {
            return true;
        }
        if let Some(blank) = memchr::memmem::find(piece, b"\r\n\r\n") {
            return piece[..blank].is_ascii();
        }
        if !piece.is_ascii() {
            return false;
        }
        let tail = piece.len().min(3);
        before.rotate_left(tail);
        before[3 - tail..].copy_from_slice(&piece[piece.len() - tail..]);
    }
    true
}
