//! A letter to the operator: what this server has seen of itself, in both languages, the wanted one first. It is about
//! no message, so it is a plain text and no delivery report.

use bytes::Bytes;

use super::encode::{quoted_printable, unstructured, wrap};
use crate::address::Address;
use crate::date;
use crate::words::{Language, Words, words};

const WIDTH: usize = 72;
const LINE: &str = "----------------------------------------";

/// What is written, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// Paragraphs; each line of one is wrapped by itself.
    pub paragraphs: Vec<String>,
}

/// Head and address of a letter.
#[derive(Debug, Clone)]
pub struct OperatorNotice {
    /// The language that comes first.
    pub language: Language,
    /// `postmaster@` our host.
    pub from: Address,
    /// Whom it is for.
    pub to: Address,
    /// When it is made, in seconds since 1970.
    pub now: u64,
    /// Its identifier, with angle brackets.
    pub message_id: String,
}

impl OperatorNotice {
    /// Makes the message, CRLF line ends.
    #[must_use]
    pub fn build(&self, write: impl Fn(&Words) -> Letter) -> Bytes {
        let (first, second) = (words(self.language), words(self.language.other()));
        let letter = write(first);
        let mut out = Vec::with_capacity(4096);
        let header = format!(
            "From: {} <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: {}\r\n",
            unstructured(&first.get("notice-from", &[])),
            self.from,
            self.to,
            unstructured(&letter.subject),
            date::rfc5322(self.now),
            self.message_id,
        );
        out.extend_from_slice(header.as_bytes());
        // RFC 3834 §5: so that no vacation programme answers.
        out.extend_from_slice(b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
        out.extend_from_slice(b"Content-Type: text/plain; charset=utf-8\r\n");
        out.extend_from_slice(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        let mut text = String::with_capacity(2048);
        paragraph(&mut text, &first.get("dsn-other-language-below", &[]));
        letter.paragraphs.iter().for_each(|one| paragraph(&mut text, one));
        text.push_str(LINE);
        text.push_str("\n\n");
        write(second).paragraphs.iter().for_each(|one| paragraph(&mut text, one));
        quoted_printable(text.trim_end(), &mut out);
        out.into()
    }
}

fn paragraph(text: &mut String, paragraph: &str) {
    for line in paragraph.lines().flat_map(|line| wrap(line, WIDTH)) {
        text.push_str(&line);
        text.push('\n');
    }
    text.push('\n');
}
