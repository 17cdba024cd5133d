//! Somebody else's time, to judge the own clock by: one question of SNTP (RFC 5905 §14), never to set a clock.
//!
//! `SntpServers::new(resolver, names)` asks the first of the names that answers. An answer of a server that is itself
//! not in step is no answer.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use tokio::net::UdpSocket;

use crate::PortFuture;
use crate::clock::{Clock, ClockOffset, TimeError, TimeSource};
use crate::dns::Resolver;

/// RFC 5905 §6: seconds since 1900 in the packets.
const FROM_1900_TO_1970: u64 = 2_208_988_800;
const PORT: u16 = 123;
const PACKET: usize = 48;

/// Servers to ask, in this order.
#[derive(Clone)]
pub struct SntpServers {
    resolver: Arc<dyn Resolver>,
    clock: Arc<dyn Clock>,
    names: Vec<Domain>,
    port: u16,
    timeout: Duration,
}

impl std::fmt::Debug for SntpServers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SntpServers").field("names", &self.names).finish_non_exhaustive()
    }
}

impl SntpServers {
    /// Servers by name; each may take `timeout`.
    #[must_use]
    pub fn new(
        resolver: Arc<dyn Resolver>,
        clock: Arc<dyn Clock>,
        names: Vec<Domain>,
        timeout: Duration,
    ) -> Self {
        Self { resolver, clock, names, port: PORT, timeout }
    }

    /// On another port than 123.
    #[must_use]
    pub fn on_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    async fn ask(&self, name: &Domain) -> Result<ClockOffset, TimeError> {
        let failed = |reason: String| TimeError { server: name.to_string(), reason };
        let (v4, v6) = tokio::join!(self.resolver.a(name), self.resolver.aaaa(name));
        let found = v4.into_iter().chain(v6).flat_map(|answer| answer.records).next();
        let address = found.ok_or_else(|| failed("no address".to_owned()))?;
        let exchange = self.exchange(SocketAddr::new(address, self.port));
        match tokio::time::timeout(self.timeout, exchange).await {
            Ok(Ok(milliseconds)) => Ok(ClockOffset { server: name.to_string(), milliseconds }),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed("no answer in time".to_owned())),
        }
    }

    async fn exchange(&self, server: SocketAddr) -> std::io::Result<i64> {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(server).await?;
        // RFC 5905 §7.3: no leap warning, version 4, client. The transmit timestamp comes back as the origin; it
        // is a number of chance, so that nobody can answer who has not seen the question, and tells no time.
        let mut question = [0; PACKET];
        question[0] = 0b00_100_011;
        question[40..].copy_from_slice(&self.clock.random().to_be_bytes());
        let began = self.clock.since_epoch();
        socket.send(&question).await?;
        let mut answer = [0; PACKET];
        loop {
            let length = socket.recv(&mut answer).await?;
            if length == PACKET && answer[24..32] == question[40..] {
                break;
            }
        }
        let ended = self.clock.since_epoch();
        offset(&answer, began, ended).ok_or_else(|| std::io::Error::other("the server is not in step"))
    }
}

impl TimeSource for SntpServers {
    fn offset(&self) -> PortFuture<'_, Result<ClockOffset, TimeError>> {
        Box::pin(async move {
            let mut last = TimeError { server: String::new(), reason: "no server is named".to_owned() };
            for name in &self.names {
                match self.ask(name).await {
                    Ok(offset) => return Ok(offset),
                    Err(error) => last = error,
                }
            }
            Err(last)
        })
    }
}

/// By how much our clock is ahead (RFC 5905 §8, with the sign turned): the middle between question and answer
/// against the middle of the server's two times. `None` for a server that is not in step (§7.3).
fn offset(answer: &[u8; PACKET], began: Duration, ended: Duration) -> Option<i64> {
    let (leap, mode, stratum) = (answer[0] >> 6, answer[0] & 7, answer[1]);
    if leap == 3 || mode != 4 || !(1..=15).contains(&stratum) {
        return None;
    }
    let theirs = i64::midpoint(timestamp(&answer[32..40])?, timestamp(&answer[40..48])?);
    let milliseconds = |time: Duration| i64::try_from(time.as_millis()).ok();
    Some(i64::midpoint(milliseconds(began)?, milliseconds(ended)?) - theirs)
}

/// Milliseconds since 1970; the era that begins in 2036 counts from there (RFC 5905 §6).
fn timestamp(octets: &[u8]) -> Option<i64> {
    let seconds = u64::from(u32::from_be_bytes(octets[..4].try_into().ok()?));
    let fraction = u64::from(u32::from_be_bytes(octets[4..8].try_into().ok()?));
    let seconds = if seconds < FROM_1900_TO_1970 { seconds + (1 << 32) } else { seconds };
    let since_1970 = (seconds - FROM_1900_TO_1970) * 1000 + ((fraction * 1000) >> 32);
    i64::try_from(since_1970).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(first: u8, stratum: u8, seconds_since_1900: u32) -> [u8; PACKET] {
        let mut packet = [0; PACKET];
        (packet[0], packet[1]) = (first, stratum);
        for place in [32, 40] {
            packet[place..place + 4].copy_from_slice(&seconds_since_1900.to_be_bytes());
            packet[place + 4] = 0x80;
        }
        packet
    }

    #[test]
    fn the_offset_is_between_the_middles() {
        let (began, ended) =
            (Duration::from_millis(1_790_000_000_000), Duration::from_millis(1_790_000_000_100));
        let theirs = u32::try_from(1_790_000_000 - 10 + FROM_1900_TO_1970).unwrap();
        assert_eq!(offset(&answer(0b00_100_100, 2, theirs), began, ended), Some(10_050 - 500));
        assert_eq!(offset(&answer(0b11_100_100, 2, theirs), began, ended), None, "not in step");
        assert_eq!(offset(&answer(0b00_100_100, 0, theirs), began, ended), None, "kiss of death");
        assert_eq!(offset(&answer(0b00_100_011, 2, theirs), began, ended), None, "no server");
        // 2036-02-07 06:28:16: the seconds begin anew.
        let (began, ended) = (Duration::from_secs(2_085_978_496), Duration::from_secs(2_085_978_497));
        assert_eq!(offset(&answer(0b00_100_100, 1, 0), began, ended), Some(0));
    }
}
