//! The TLSRPT record of a domain (RFC 8460 §3): where reports about TLS are to go. Pure.

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It does not begin with `v=TLSRPTv1`, in exactly these letters.
    #[error("the record does not begin with v=TLSRPTv1")]
    Version,
    /// It has no `rua`, or an empty one.
    #[error("the record has no rua")]
    NoTarget,
    /// A target that is neither `mailto:` an address nor `https:`.
    #[error("the target {0:?} is neither mailto: nor https:")]
    Target(String),
    /// A field that is no `name=value`.
    #[error("{0:?} is no field")]
    Field(String),
}

/// Where the record has reports sent: addresses with `mailto:`, pages with `https:`.
///
/// # Errors
/// The first thing that is wrong; senders then take the domain to have no record.
pub fn targets(record: &str) -> Result<Vec<String>, RecordError> {
    let mut fields = record.split(';').map(|field| field.trim_matches([' ', '\t']));
    if fields.next() != Some("v=TLSRPTv1") {
        return Err(RecordError::Version);
    }
    let mut targets = Vec::new();
    for field in fields.filter(|field| !field.is_empty()) {
        let Some((name, value)) = field.split_once('=') else {
            return Err(RecordError::Field(field.to_owned()));
        };
        if name.trim() != "rua" {
            continue; // Unknown fields are passed over.
        }
        for target in value.split(',').map(str::trim) {
            targets.push(checked(target)?);
        }
    }
    if targets.is_empty() { Err(RecordError::NoTarget) } else { Ok(targets) }
}

fn checked(target: &str) -> Result<String, RecordError> {
    let lower = target.to_ascii_lowercase();
    let is_good = match (lower.strip_prefix("mailto:"), lower.strip_prefix("https://")) {
        (Some(address), _) => {
            // Headers behind a question mark are no part of the address (RFC 6068 §2).
            let address = address.split('?').next().unwrap_or_default();
            crate::address::Address::new(address).is_ok_and(|address| address.domain().is_some())
        }
        (None, Some(rest)) => rest.split(['/', ':', '?']).next().is_some_and(|host| !host.is_empty()),
        (None, None) => false,
    };
    if is_good { Ok(target.to_owned()) } else { Err(RecordError::Target(target.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read() {
        let good = |text: &str, expected: &[&str]| {
            assert_eq!(
                targets(text).as_deref(),
                Ok(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{text}"
            )
        };
        good("v=TLSRPTv1; rua=mailto:tls@own.test", &["mailto:tls@own.test"]);
        good("v=TLSRPTv1;rua=https://own.test/v1/tlsrpt;", &["https://own.test/v1/tlsrpt"]);
        good(
            "v=TLSRPTv1; x=1; rua=mailto:a@own.test, https://own.test",
            &["mailto:a@own.test", "https://own.test"],
        );
        for (text, error) in [
            ("v=TLSRPTV1; rua=mailto:a@own.test", RecordError::Version),
            ("v=TLSRPTv1", RecordError::NoTarget),
            ("v=TLSRPTv1; rua=", RecordError::Target(String::new())),
            ("v=TLSRPTv1; rua=a@own.test", RecordError::Target("a@own.test".into())),
            ("v=TLSRPTv1; rua=mailto:own.test", RecordError::Target("mailto:own.test".into())),
            ("v=TLSRPTv1; rua=http://own.test/", RecordError::Target("http://own.test/".into())),
            ("v=TLSRPTv1 rua=mailto:a@own.test", RecordError::Version),
            ("v=TLSRPTv1; mailto:a@own.test", RecordError::Field("mailto:a@own.test".into())),
        ] {
            assert_eq!(targets(text), Err(error), "{text}");
        }
    }
}
