//! What DNS takes as a name. Wider than a host name: underscores and more are usual in SPF.

use std::net::IpAddr;

/// Octets of a name (RFC 7208 §7.3).
pub(super) const LIMIT: usize = 253;
const LABEL_LIMIT: usize = 63;

/// Whether it can be asked for at all.
pub(super) fn can_be_asked(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LIMIT
        && name.split('.').all(|label| !label.is_empty() && label.len() <= LABEL_LIMIT)
}

/// Whether it can have mail (RFC 7208 §4.3): a name of more than one label.
pub(super) fn is_mail_domain(name: &str) -> bool {
    can_be_asked(name) && name.contains('.') && name.is_ascii() && !name.starts_with('[')
}

/// Whether `name` is `above`, or below it.
pub(super) fn is_within(name: &str, above: &str) -> bool {
    let (name, above) = (name.to_ascii_lowercase(), above.to_ascii_lowercase());
    name == above || name.strip_suffix(&above).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether both addresses are the same in their first bits.
pub(crate) fn is_in_network(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    let (difference, width) = match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u128::from(one.to_bits() ^ other.to_bits()), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits(), 128),
        _ => return false,
    };
    // A prefix of nothing holds everybody; a shift by the whole width is none.
    difference.checked_shr(width - u32::from(prefix)).unwrap_or(0) == 0
}
