//! How many sessions there are, in total and of one peer. A place is given back when its guard is dropped.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_peer: HashMap<IpAddr, usize>,
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
    peer: IpAddr,
}

impl Sessions {
    /// Takes a place.
    ///
    /// # Errors
    /// [`Full`].
    pub fn enter(self: &Arc<Self>, peer: IpAddr, total: usize, per_peer: usize) -> Result<Place, Full> {
        let peer = peer.to_canonical();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let sessions = Arc::new(Sessions::default());
        let [a, b]: [IpAddr; 2] = ["127.0.0.1", "127.0.0.2"].map(|text| text.parse().expect("an address"));
        let first = sessions.enter(a, 2, 1).expect("a place");
        assert_eq!(sessions.enter(a, 2, 1).err(), Some(Full::Peer));
        let second = sessions.enter(b, 2, 1).expect("a place");
        assert_eq!(sessions.enter(b, 2, 9).err(), Some(Full::Total));
        drop((first, second));
        assert!(sessions.enter(a, 2, 1).is_ok());
    }
}
