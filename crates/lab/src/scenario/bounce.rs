//! Reads a failure notice (RFC 3464) as its addressee would: which recipient, what became of it, why.
//!
//! Independent of the code that writes notices, so that a mistake there does not hide itself.

use postamt_mail::reply::EnhancedCode;

use crate::receiver::Receipt;

/// One recipient in a failure notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// `Final-Recipient`, without its type.
    pub recipient: String,
    /// `Action`, lower case.
    pub action: String,
    /// `Status`.
    pub status: EnhancedCode,
    /// `Diagnostic-Code`, unfolded.
    pub diagnostic: Option<String>,
}

impl Bounce {
    /// Every recipient that a receipt reports on; none unless it was taken, has no sender and is a
    /// `multipart/report` with a `message/delivery-status` part.
    #[must_use]
    pub fn read(receipt: &Receipt) -> Vec<Self> {
        let is_report = receipt
            .header("Content-Type")
            .is_some_and(|value| value.to_ascii_lowercase().starts_with("multipart/report"));
        if !receipt.accepted || receipt.envelope.sender.is_some() || !is_report {
            return Vec::new();
        }
        let text = String::from_utf8_lossy(&receipt.content);
        let Some(part) = delivery_status(&text) else { return Vec::new() };
        // Groups of fields, separated by empty lines; the first is about the message (RFC 3464 §2.1).
        part.split("\r\n\r\n").filter_map(recipient_fields).collect()
    }
}

/// The content of the `message/delivery-status` part, up to the next boundary.
fn delivery_status(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let at =
        ["\r\ncontent-type: message/delivery-status", "\r\ncontent-type: message/global-delivery-status"]
            .iter()
            .find_map(|field| lower.find(field))?;
    let body = at + text.get(at..)?.find("\r\n\r\n")? + 4;
    let rest = text.get(body..)?;
    Some(rest.find("\r\n--").map_or(rest, |end| &rest[..end]))
}

fn recipient_fields(group: &str) -> Option<Bounce> {
    let unfolded = group.replace("\r\n\t", " ").replace("\r\n ", " ");
    let field = |name: &str| {
        unfolded.split("\r\n").find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let recipient = field("Final-Recipient")?;
    let status = field("Status")?;
    Some(Bounce {
        recipient: recipient.split_once(';').map_or(recipient.as_str(), |(_, r)| r).trim().to_owned(),
        action: field("Action")?.to_ascii_lowercase(),
        status: EnhancedCode::split(&status)?.0,
        diagnostic: field("Diagnostic-Code"),
    })
}
