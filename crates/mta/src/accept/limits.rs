//! How many sessions there are, in total and of one peer. A place is given back when its guard is dropped.
//!
//! A peer is an IPv4 address, an IPv6 network of 64 bits (every host has as many addresses in it as it likes), or a
//! user of this host.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postamt_mail::reply::Reply;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A host, by its address or network.
    Host(IpAddr),
    /// A user of this host.
    User(u32),
}

impl Owner {
    /// The owner of a connection from this address.
    #[must_use]
    pub fn of(peer: IpAddr) -> Self {
        Self::Host(match peer.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
            v4 => v4,
        })
    }
}

/// Counts sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_peer: HashMap<Owner, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The server is full.
    Total,
    /// This peer has its share.
    Peer,
}

/// A place for a session.
#[derive(Debug)]
pub struct Place {
    sessions: Arc<Sessions>,
    peer: Owner,
}

impl Sessions {
    /// Takes a place.
    ///
    /// # Errors
    /// [`Full`].
    pub fn enter(self: &Arc<Self>, peer: Owner, total: usize, per_peer: usize) -> Result<Place, Full> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.total >= total {
            return Err(Full::Total);
        }
        let of_peer = counts.by_peer.entry(peer).or_default();
        if *of_peer >= per_peer {
            return Err(Full::Peer);
        }
        *of_peer += 1;
        counts.total += 1;
        Ok(Place { sessions: self.clone(), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.sessions.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total = counts.total.saturating_sub(1);
        if let Some(of_peer) = counts.by_peer.get_mut(&self.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                counts.by_peer.remove(&self.peer);
            }
        }
    }
}

/// A connection that gets 421 instead of a session.
pub async fn turn_away<S: AsyncWrite + Unpin>(stream: &mut S, hostname: &str, why: &str) {
    let mut line = Vec::with_capacity(96);
    Reply::new(421, (4, 7, 0), format!("{hostname} {why}, try again later")).write(&mut line);
    let write = async {
        stream.write_all(&line).await?;
        stream.shutdown().await
    };
    // The peer may be gone, or not reading: both are fine.
    let _ = tokio::time::timeout(Duration::from_secs(5), write).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(text: &str) -> Owner {
        Owner::of(text.parse().expect("an address"))
    }

    #[test]
    fn a_host_is_its_ipv6_network() {
        assert_eq!(owner("2001:db8::1"), owner("2001:db8::ffff:0:0:2"));
        assert_ne!(owner("2001:db8::1"), owner("2001:db8:0:1::1"));
        assert_eq!(owner("::ffff:127.0.0.1"), owner("127.0.0.1"));
        assert_ne!(owner("127.0.0.1"), owner("127.0.0.2"));
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let sessions = Arc::new(Sessions::default());
        let [a, b] = ["127.0.0.1", "127.0.0.2"].map(owner);
        let first = sessions.enter(a, 2, 1).expect("a place");
        assert_eq!(sessions.enter(a, 2, 1).err(), Some(Full::Peer));
        let second = sessions.enter(b, 2, 1).expect("a place");
        assert_eq!(sessions.enter(b, 2, 9).err(), Some(Full::Total));
        drop((first, second));
        assert!(sessions.enter(a, 2, 1).is_ok());
    }
}
