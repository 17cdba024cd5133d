//! The last way: WHOIS (RFC 3912). The first server refers to the registry's; its answer is read by the names of fields
//! that the registries use. Every answer is capped in size and time, and two referrals are followed at the most.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dial::{Dialer, OutwardDialer};
use postamt_net::dns::Resolver;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::super::clues::Network;

const TIME_LIMIT: Duration = Duration::from_secs(5);
const SIZE_LIMIT: u64 = 64 << 10;
const REFERRALS: usize = 2;

/// Asks; `None` where nobody answers or the answer names nobody.
pub(super) async fn ask(
    resolver: &dyn Resolver,
    dialer: Arc<dyn Dialer>,
    first: &(Domain, u16),
    address: IpAddr,
) -> Option<Network> {
    let (mut server, port) = first.clone();
    // A server out there does not send us to machines of our own network.
    let dialer = OutwardDialer::new(dialer);
    let mut best = None;
    for _ in 0..=REFERRALS {
        let asked = tokio::time::timeout(TIME_LIMIT, question(resolver, &dialer, (&server, port), address));
        let Ok(Some(text)) = asked.await else { break };
        let network = parse(&text);
        if !network.is_empty() {
            best = Some(network);
        }
        match referral(&text).filter(|next| *next != server) {
            Some(next) => server = next,
            None => break,
        }
    }
    best
}

async fn question(
    resolver: &dyn Resolver,
    dialer: &dyn Dialer,
    (server, port): (&Domain, u16),
    address: IpAddr,
) -> Option<String> {
    let (v4, v6) = tokio::join!(resolver.a(server), resolver.aaaa(server));
    let addresses = v4.into_iter().chain(v6).flat_map(|answer| answer.records);
    for target in addresses {
        let Ok(mut stream) = dialer.connect(SocketAddr::new(target, port), None, TIME_LIMIT).await else {
            continue;
        };
        // RFC 3912 §2: the question is a line, the answer ends with the connection.
        stream.write_all(format!("{address}\r\n").as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.take(SIZE_LIMIT).read_to_end(&mut answer).await.ok()?;
        return Some(String::from_utf8_lossy(&answer).into_owned());
    }
    None
}

fn fields(text: &str) -> impl Iterator<Item = (String, &str)> {
    let lines = text.lines().filter(|line| !line.starts_with(['%', '#']));
    lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        (!value.is_empty()).then(|| (name.trim().to_ascii_lowercase(), value))
    })
}

/// The server that knows more: `refer:` of IANA, `ReferralServer:` of ARIN.
fn referral(text: &str) -> Option<Domain> {
    let (_, value) =
        fields(text).find(|(name, _)| matches!(name.as_str(), "refer" | "referralserver" | "whois"))?;
    let host = value.trim_start_matches("whois://").trim_start_matches("rwhois://");
    Domain::new(host.split([':', '/']).next()?).ok()
}

pub(super) fn parse(text: &str) -> Network {
    let mut network = Network::default();
    for (name, value) in fields(text) {
        match name.as_str() {
            "netname" => network.name = Some(value.to_owned()),
            "org-name" | "orgname" | "owner" | "org" | "custname" => {
                let value = value.to_owned();
                if !network.organisations.contains(&value) {
                    network.organisations.push(value);
                }
            }
            "country" if value.len() == 2 => network.country = Some(value.to_ascii_uppercase()),
            "abuse-mailbox" | "orgabuseemail" => {
                network.abuse.get_or_insert_with(|| value.to_owned());
            }
            _ => {}
        }
    }
    // RIPE's remark: % Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@a.test'
    let remark = text.lines().find(|line| line.starts_with("% Abuse contact for"));
    if let Some(address) = remark.and_then(|line| line.rsplit('\'').nth(1)) {
        network.abuse.get_or_insert_with(|| address.to_owned());
    }
    network
}
