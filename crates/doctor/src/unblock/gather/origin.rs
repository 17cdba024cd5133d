//! Who announces an address: TXT records in the manner of Team Cymru, `24940 | 192.0.2.0/24 | DE | ripencc | 2011-01-01`
//! under the reversed address, and `24940 | DE | ripencc | 2002-06-03 | HETZNER-AS, DE` under `AS24940`.

use std::net::IpAddr;

use postamt_net::dns::Resolver;
use postamt_net::dns::record::reverse_name;

use super::super::clues::Origin;
use super::Services;

/// Asks for the origin and its name; `None` where nobody announces it or nobody answers.
pub(super) async fn ask(resolver: &dyn Resolver, services: &Services, address: IpAddr) -> Option<Origin> {
    let zone = if address.is_ipv4() { &services.origin } else { &services.origin6 };
    if zone.is_empty() {
        return None;
    }
    let reversed = reverse_name(address);
    let label = reversed.trim_end_matches(".in-addr.arpa").trim_end_matches(".ip6.arpa");
    let answer = resolver.txt(&format!("{label}.{zone}")).await.ok()?;
    // Several prefixes may hold it: the longest one is what routers go by.
    let mut found: Vec<Origin> = answer.records.iter().filter_map(|text| parse(text)).collect();
    found.sort_by_key(|origin| std::cmp::Reverse(length(&origin.prefix)));
    let mut origin = found.into_iter().next()?;
    let system = origin.asns.first().filter(|_| !services.systems.is_empty());
    if let Some(number) = system
        && let Ok(answer) = resolver.txt(&format!("AS{number}.{}", services.systems)).await
    {
        origin.name = answer.records.iter().find_map(|text| name(text));
    }
    Some(origin)
}

fn length(prefix: &str) -> u8 {
    prefix.split_once('/').and_then(|(_, length)| length.parse().ok()).unwrap_or_default()
}

fn parse(text: &str) -> Option<Origin> {
    let mut fields = text.split('|').map(str::trim);
    let asns: Vec<u32> = fields.next()?.split(' ').filter_map(|number| number.parse().ok()).collect();
    let prefix = fields.next()?.to_owned();
    (!asns.is_empty()).then_some(Origin { asns, prefix, name: None })
}

/// The last field, without the country at its end.
fn name(text: &str) -> Option<String> {
    let name = text.split('|').nth(4)?.trim();
    let name = match name.rsplit_once(", ") {
        Some((name, country)) if country.len() == 2 => name,
        _ => name,
    };
    (!name.is_empty()).then(|| name.to_owned())
}
