//! What is known of the SMTP relays that people use: hosts, ports in the order to try, how to log in, how many DKIM
//! signatures they stand, what they rewrite, what SPF must say.
//!
//! [`find`] knows a relay by its short name, [`of_host`] by the host in a configuration. The facts lie in
//! `data/relays.toml`, compiled in like the catalogue of words, each entry with its sources; the tests judge them. They
//! are here because the server, the command line and the doctor all ask for them, and the doctor must not know the
//! server. "Unknown" is an answer: see [`Fact`]. Nothing here can fail for a caller.

mod profile;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use profile::{Confidence, Fact, Login, Port, Profile, RelaySignature, ReturnPath, Spf, SpfPlace};

/// Where a region stands in a host name.
const REGION: &str = "{region}";

/// All relays that are known, the most asked for first.
#[must_use]
pub fn profiles() -> &'static [Profile] {
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        let read = profile::read(include_str!("data/relays.toml"));
        debug_assert!(read.is_ok(), "data/relays.toml: {read:?}");
        // A table that cannot be read is a mistake of the build, which the tests find; every relay is then unknown.
        read.unwrap_or_default()
    });
    &PROFILES
}

/// The relay of this short name (`ses`) or one of its other names (`amazon-ses`).
#[must_use]
pub fn find(name: &str) -> Option<&'static Profile> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    profiles().iter().find(|profile| is(&profile.id) || profile.aliases.iter().any(|alias| is(alias)))
}

/// The relay that runs this host.
#[must_use]
pub fn of_host(host: &str) -> Option<&'static Profile> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    profiles().iter().find(|profile| profile.hosts.iter().any(|pattern| is_host(pattern, &host)))
}

/// `email-smtp.{region}.amazonaws.com` is matched by any one label in place of the region.
fn is_host(pattern: &str, host: &str) -> bool {
    match pattern.split_once(REGION) {
        None => pattern == host,
        Some((before, after)) => host
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|region| !region.is_empty() && !region.contains('.')),
    }
}
