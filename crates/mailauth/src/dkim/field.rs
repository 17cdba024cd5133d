//! Writing a `DKIM-Signature` field: tags in order, folded so that no line passes 77 characters where the syntax
//! lets it be folded (RFC 6376 §3.2 allows white space between tags, around the colons of `h=` and within base64).

/// The longest line that we make, without CRLF.
const WIDTH: usize = 77;

/// A field in the making.
pub(super) struct FieldWriter {
    text: Vec<u8>,
    column: usize,
}

impl FieldWriter {
    /// Starts with the name.
    pub(super) fn new(capacity: usize) -> Self {
        let mut text = Vec::with_capacity(capacity);
        text.extend_from_slice(b"DKIM-Signature: v=1;");
        Self { column: text.len(), text }
    }

    /// One whole tag with its semicolon, after a space or on a new line.
    pub(super) fn tag(&mut self, tag: &str) {
        if self.column + 1 + tag.len() > WIDTH {
            self.fold();
        } else {
            self.push(b" ");
        }
        self.push(tag.as_bytes());
    }

    /// The tag `h=` with its names.
    pub(super) fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.fold();
        self.push(b"h=");
        let mut first = true;
        for name in names {
            if !std::mem::take(&mut first) {
                self.push(b":");
            }
            // Room for the colon or semicolon behind the name.
            if self.column + name.len() + 1 > WIDTH {
                self.fold();
            }
            self.push(name.as_bytes());
        }
        self.push(b";");
    }

    /// The tag `b=`, empty and last, as it is signed (RFC 6376 §3.5).
    pub(super) fn empty_signature(&mut self) {
        self.fold();
        self.push(b"b=");
    }

    /// The field so far: its value, behind `DKIM-Signature:`.
    pub(super) fn value(&self) -> &[u8] {
        &self.text["DKIM-Signature:".len()..]
    }

    /// Fills `b=` in and ends the field.
    pub(super) fn finish(mut self, signature: &str) -> Vec<u8> {
        let mut rest = signature;
        while !rest.is_empty() {
            if self.column >= WIDTH {
                self.fold();
            }
            let (line, behind) = rest.split_at(rest.len().min(WIDTH - self.column));
            self.push(line.as_bytes());
            rest = behind;
        }
        self.text.extend_from_slice(b"\r\n");
        self.text
    }

    fn fold(&mut self) {
        self.text.extend_from_slice(b"\r\n\t");
        self.column = 1;
    }

    fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.column += text.len();
    }
}
