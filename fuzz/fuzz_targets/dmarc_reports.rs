//! Aggregate reports of DMARC (RFC 7489, RFC 9990), as whole mails: MIME, base64, gzip, zip and XML of strangers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::dmarc_reports::{may_hold_one, read};

fuzz_target!(|data: &[u8]| {
    let Some((&form, document)) = data.split_first() else { return };
    let kind = match form % 4 {
        0 => {
            let _ = may_hold_one(document);
            let _ = read(document);
            return;
        }
        1 => "application/zip",
        2 => "application/gzip",
        _ => "text/xml",
    };
    let mut mail = format!("From: r@receiver.test\r\nContent-Type: {kind}\r\n\r\n").into_bytes();
    mail.extend_from_slice(document);
    if let Ok(report) = read(&mail) {
        assert!(!report.domain.as_str().is_empty());
    }
});
