//! May an app password be used from here, and now? A pure function; asked at the login, and again while a session lasts.

use std::net::IpAddr;

use postamt_store::accounts::AppPassword;

/// Why it may not. Whoever hears it has the right password, so it may be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutOfScope {
    /// Its time is over.
    #[error("the app password {device} has expired: make a new one")]
    Expired {
        /// The device.
        device: String,
    },
    /// It is bound to networks, and the client is in none of them.
    #[error("the app password {device} may not be used from {peer}")]
    Network {
        /// The device.
        device: String,
        /// The client.
        peer: IpAddr,
    },
}

/// A client on a local socket (`peer` is `None`) is on this host, wherever that is.
///
/// # Errors
/// [`OutOfScope`].
pub fn may_log_in(device: &AppPassword, peer: Option<IpAddr>, now: u64) -> Result<(), OutOfScope> {
    if device.until.is_some_and(|until| now >= until) {
        return Err(OutOfScope::Expired { device: device.name.clone() });
    }
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else { return Ok(()) };
    if device.networks.is_empty() || device.networks.iter().any(|network| network.contains(&peer)) {
        return Ok(());
    }
    Err(OutOfScope::Network { device: device.name.clone(), peer })
}
