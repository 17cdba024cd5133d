//! Whether the client is meant by a mechanism (RFC 7208 §5).

use std::net::IpAddr;

use super::evaluate::{Stop, Walk};
use super::record::{MacroString, Mechanism, Prefixes};
use super::trace::{ProblemKind, SpfResult};
use super::{NAME_LIMIT, names};

impl Walk<'_> {
    pub(super) async fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Result<bool, Stop> {
        if mechanism.looks_up() {
            self.count()?;
        }
        let client = self.values.client;
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4(network, prefix) => Ok(names::is_in_network(client, (*network).into(), *prefix)),
            Mechanism::Ip6(network, prefix) => Ok(names::is_in_network(client, (*network).into(), *prefix)),
            Mechanism::Include(spec) => self.include(spec, domain).await,
            Mechanism::A(spec, prefixes) => {
                let name = self.name(spec.as_ref(), domain).await;
                let addresses = self.addresses(&name).await?;
                Ok(self.holds(&addresses, *prefixes))
            }
            Mechanism::Mx(spec, prefixes) => {
                let name = self.name(spec.as_ref(), domain).await;
                self.mx(&name, *prefixes).await
            }
            Mechanism::Ptr(spec) => {
                let name = self.name(spec.as_ref(), domain).await;
                self.tell(ProblemKind::UsesPtr);
                Ok(self.client_names().await?.iter().any(|known| names::is_within(known, &name)))
            }
            Mechanism::Exists(spec) => {
                let name = self.name(Some(spec), domain).await;
                // RFC 7208 §5.7: IPv4 is asked for, whatever the client uses.
                Ok(!self.look_up(&name, false).await?.is_empty())
            }
        }
    }

    /// RFC 7208 §5.2.
    async fn include(&mut self, spec: &MacroString, domain: &str) -> Result<bool, Stop> {
        let name = self.name(Some(spec), domain).await;
        let term = self.place.term.clone();
        let result = self.check(name.clone()).await?;
        self.place.term = term;
        if result != SpfResult::Pass {
            self.forget_match();
        }
        match result {
            SpfResult::Pass => Ok(true),
            SpfResult::None => Err(self.fail(ProblemKind::NothingAt(name))),
            _ => Ok(false),
        }
    }

    /// RFC 7208 §5.4.
    async fn mx(&mut self, name: &str, prefixes: Prefixes) -> Result<bool, Stop> {
        if !names::can_be_asked(name) {
            self.tell(ProblemKind::ImpossibleName(name.to_owned()));
            return Ok(false);
        }
        let answer = self.resolver().exchanges_of(name).await;
        let servers = self.ask(name, "MX", answer)?;
        if servers.is_empty() {
            self.tell(ProblemKind::NobodyAt(name.to_owned()));
            self.count_void()?;
        }
        if servers.len() > NAME_LIMIT {
            return Err(self.fail(ProblemKind::TooManyExchanges(servers.len())));
        }
        for server in servers {
            let addresses = self.addresses(&server).await?;
            if self.holds(&addresses, prefixes) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The addresses of a name in the client's family.
    async fn addresses(&mut self, name: &str) -> Result<Vec<IpAddr>, Stop> {
        self.look_up(name, self.values.client.is_ipv6()).await
    }

    async fn look_up(&mut self, name: &str, is_ipv6: bool) -> Result<Vec<IpAddr>, Stop> {
        if !names::can_be_asked(name) {
            // RFC 7208 §4.8: as if there were no such name.
            self.tell(ProblemKind::ImpossibleName(name.to_owned()));
            return Ok(Vec::new());
        }
        let answer = self.resolver().addresses_of(name, is_ipv6).await;
        let addresses = self.ask(name, if is_ipv6 { "AAAA" } else { "A" }, answer)?;
        if addresses.is_empty() {
            self.tell(ProblemKind::NobodyAt(name.to_owned()));
            self.count_void()?;
        }
        Ok(addresses)
    }

    fn holds(&self, addresses: &[IpAddr], prefixes: Prefixes) -> bool {
        let client = self.values.client;
        let prefix = if client.is_ipv4() { prefixes.v4 } else { prefixes.v6 };
        addresses.iter().any(|address| names::is_in_network(client, *address, prefix))
    }

    /// The names of the client's address that lead back to it (RFC 7208 §5.5). DNS that fails shortens the list.
    async fn client_names(&mut self) -> Result<Vec<String>, Stop> {
        let client = self.values.client;
        let answer = self.resolver().ptr(client).await;
        let Ok(mut candidates) = self.ask(&client.to_string(), "PTR", answer) else { return Ok(Vec::new()) };
        if candidates.is_empty() {
            self.count_void()?;
        }
        // RFC 7208 §4.6.4: those behind are not looked at.
        candidates.truncate(NAME_LIMIT);
        let mut confirmed = Vec::new();
        for name in candidates {
            let answer = self.resolver().addresses_of(&name, client.is_ipv6()).await;
            let record = if client.is_ipv6() { "AAAA" } else { "A" };
            if self.ask(&name, record, answer).is_ok_and(|addresses| addresses.contains(&client)) {
                confirmed.push(name);
            }
        }
        Ok(confirmed)
    }

    /// What `%{p}` stands for (RFC 7208 §7.3): the domain itself, else a name below it, else any.
    pub(super) async fn client_name(&mut self, domain: &str) -> String {
        let names = self.client_names().await.unwrap_or_default();
        let best = names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(domain))
            .or_else(|| names.iter().find(|name| names::is_within(name, domain)))
            .or_else(|| names.first());
        best.map_or_else(|| "unknown".to_owned(), Clone::clone)
    }
}
