//! What MAIL and RCPT say to this peer: the parameters that it understands, or why it cannot take the message.

use std::io::Write;

use super::Capabilities;
use super::delivery::{Framing, SessionFacts};
use super::outcome::Cause;
use super::transaction::Transaction;
use crate::envelope::{BodyType, Notify, Recipient, ReturnContent};

/// The parameters of MAIL and RCPT that this peer understands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    size: Option<u64>,
    body: Option<&'static str>,
    pub(super) smtputf8: bool,
    require_tls: bool,
    dsn: bool,
}

impl Parameters {
    pub(super) const NONE: Self =
        Self { size: None, body: None, smtputf8: false, require_tls: false, dsn: false };

    /// The parameters to use, or why this peer cannot take the message at all.
    pub(super) fn choose(
        transaction: &Transaction,
        session: &SessionFacts<'_>,
        framing: Framing,
    ) -> Result<Self, Cause> {
        let offers = session.capabilities;
        let size = transaction.size();
        // RFC 1870 §6.1; 0 stands for no fixed limit.
        if let Some(limit) = offers.size.filter(|limit| *limit > 0 && *limit < size) {
            return Err(Cause::TooLarge { size, limit });
        }
        if transaction.require_tls && !(offers.require_tls && session.authenticated_peer) {
            return Err(Cause::NeedsRequireTls);
        }
        let needs_smtputf8 = transaction.needs_smtputf8();
        if needs_smtputf8 && !offers.smtputf8 {
            return Err(Cause::NeedsSmtpUtf8);
        }
        let any_unicode = needs_smtputf8
            || transaction.recipients.iter().any(|recipient| recipient.address.needs_smtputf8());
        Ok(Self {
            size: offers.size.map(|_| size),
            body: Self::body(transaction, offers, framing)?,
            smtputf8: any_unicode && offers.smtputf8,
            require_tls: transaction.require_tls,
            dsn: offers.dsn,
        })
    }

    fn body(
        transaction: &Transaction,
        offers: &Capabilities,
        framing: Framing,
    ) -> Result<Option<&'static str>, Cause> {
        if transaction.body == BodyType::BinaryMime {
            // RFC 3030 §3: only BDAT can carry it.
            let possible = offers.binary_mime && framing == Framing::Chunk;
            return if possible {
                Ok(Some("BINARYMIME"))
            } else {
                Err(Cause::NeedsBody { extension: "BINARYMIME" })
            };
        }
        if offers.eight_bit_mime && transaction.body == BodyType::EightBitMime {
            return Ok(Some("8BITMIME"));
        }
        // Undeclared octets above 127 are declared here, and a declaration without any need not bind us.
        match (transaction.has_eight_bit_content(), offers.eight_bit_mime) {
            (false, _) => Ok(None),
            (true, true) => Ok(Some("8BITMIME")),
            (true, false) => Err(Cause::NeedsBody { extension: "8BITMIME" }),
        }
    }

    pub(super) fn write_mail(&self, transaction: &Transaction, out: &mut Vec<u8>) {
        match &transaction.sender {
            Some(sender) => append(out, format_args!("MAIL FROM:<{sender}>")),
            None => out.extend_from_slice(b"MAIL FROM:<>"),
        }
        if let Some(size) = self.size {
            append(out, format_args!(" SIZE={size}"));
        }
        if let Some(body) = self.body {
            append(out, format_args!(" BODY={body}"));
        }
        if self.smtputf8 {
            out.extend_from_slice(b" SMTPUTF8");
        }
        if self.require_tls {
            out.extend_from_slice(b" REQUIRETLS");
        }
        if self.dsn {
            match transaction.return_content {
                Some(ReturnContent::Headers) => out.extend_from_slice(b" RET=HDRS"),
                Some(ReturnContent::Full) => out.extend_from_slice(b" RET=FULL"),
                None => {}
            }
            // RFC 3461 §4.4: at most 100 characters.
            if let Some(id) = transaction.envelope_id.as_deref().filter(|id| is_parameter(id, 100)) {
                append(out, format_args!(" ENVID={id}"));
            }
        }
        out.extend_from_slice(b"\r\n");
    }

    pub(super) fn write_recipient(&self, recipient: &Recipient, out: &mut Vec<u8>) {
        append(out, format_args!("RCPT TO:<{}>", recipient.address));
        if self.dsn {
            if recipient.explicit_notify {
                write_notify(recipient.notify, out);
            }
            // RFC 3461 §4.2: at most 500 characters.
            if let Some(original) = recipient.original.as_deref().filter(|text| is_parameter(text, 500)) {
                append(out, format_args!(" ORCPT={original}"));
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}

fn write_notify(notify: Notify, out: &mut Vec<u8>) {
    let wanted = [(notify.success, "SUCCESS"), (notify.failure, "FAILURE"), (notify.delay, "DELAY")];
    let mut separator = " NOTIFY=";
    for (_, name) in wanted.into_iter().filter(|(is_wanted, _)| *is_wanted) {
        append(out, format_args!("{separator}{name}"));
        separator = ",";
    }
    if separator == " NOTIFY=" {
        out.extend_from_slice(b" NOTIFY=NEVER");
    }
}

/// A value that cannot end its parameter or its line early (`esmtp-value` of RFC 5321 §4.1.2).
fn is_parameter(text: &str, limit: usize) -> bool {
    !text.is_empty() && text.len() <= limit && text.bytes().all(|octet| octet.is_ascii_graphic())
}

/// Appends a part of a command.
pub(super) fn append(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing into a Vec cannot fail.
    let _ = out.write_fmt(text);
}
