//! Who takes the mail of a domain, as the checks of transport see it. What is wrong with that is told by `mx` alone.

use postamt_mail::address::Domain;
use postamt_net::dns::DnssecStatus;

use super::context::Context;

/// Hosts that are looked at; a domain with more is a mistake.
const HOST_LIMIT: usize = 6;

/// The exchangers of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchangers {
    /// The preferred ones first; never empty.
    pub(super) hosts: Vec<Domain>,
    /// An MX record names them; otherwise the domain's own address must do.
    pub(super) is_named: bool,
    /// What DNSSEC says of the answer.
    pub(super) dnssec: DnssecStatus,
}

impl Exchangers {
    /// Whether it is this host and nobody else.
    pub(super) fn is_ours(&self, context: &Context) -> bool {
        context.host().is_some_and(|host| self.hosts.iter().all(|name| *name == host.hostname))
    }
}

/// The exchangers; `None` for a domain that takes no mail, or of which nobody knows.
pub(super) async fn of(context: &Context, domain: &Domain) -> Option<Exchangers> {
    let mut answer = context.resolver.mx(domain).await.ok()?;
    if answer.records.is_empty() {
        // Implicit MX (RFC 5321 §5.1).
        let addresses = context.addresses(domain).await.ok()?;
        let hosts = vec![domain.clone()];
        return (!addresses.all.is_empty()).then_some(Exchangers {
            hosts,
            is_named: false,
            dnssec: answer.dnssec,
        });
    }
    answer.records.sort_by_key(|mx| mx.preference);
    let mut hosts = Vec::new();
    for host in answer.records.into_iter().filter_map(|mx| mx.exchange).take(HOST_LIMIT) {
        // What has no address takes nothing, and `mx` says so.
        if !context.addresses(&host).await.is_ok_and(|found| found.all.is_empty()) {
            hosts.push(host);
        }
    }
    (!hosts.is_empty()).then_some(Exchangers { hosts, is_named: true, dnssec: answer.dnssec })
}
