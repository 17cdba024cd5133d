//! The way onward from a relay service, or from the ISP's own mail server: to the recipients' mail servers, and back to
//! the sender with a DSN where that fails for good.
//!
//! Kept as simple as a lab allows: every domain of a message is tried a few times within a quarter of a minute, in
//! memory, in the order of its MX records; a service that ends forgets what it has.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::dsn::{Action, DeliveryReport, Kind, RecipientReport, ReturnedContent};
use postamt_mail::envelope::{BodyType, Envelope, Recipient, ReversePath};
use postamt_mail::header::{Message, message_id};
use postamt_mail::reply::{EnhancedCode, Reply};
use postamt_mail::words::Language;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dial::SystemDialer;
use postamt_net::dns::Resolver;
use postamt_net::smtp::{Connection, Hop, OpenFailure, RecipientOutcome, TlsContext, Transaction};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::zones::{StaticResolver, Zones};

/// Pauses before the second attempt and each further one.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

/// A message on its way.
#[derive(Debug, Clone)]
pub(in crate::isp) struct Consignment {
    /// `MAIL FROM` from here on.
    pub(in crate::isp) sender: ReversePath,
    /// As the customer gave it: its sender hears of failures.
    pub(in crate::isp) envelope: Envelope,
    pub(in crate::isp) content: Bytes,
    pub(in crate::isp) number: u64,
}

/// Delivers what a service has taken.
#[derive(Debug)]
pub(in crate::isp) struct Forwarder {
    courier: Arc<Courier>,
    under_way: Mutex<JoinSet<()>>,
}

struct Courier {
    host: Domain,
    domain: Domain,
    addresses: [IpAddr; 2],
    resolver: StaticResolver,
    tls: TlsContext,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Forwarder {
    pub(in crate::isp) fn new(host: Domain, domain: Domain, addresses: [IpAddr; 2], zones: &Zones) -> Self {
        let resolver = StaticResolver::new(zones.clone());
        // Opportunistic TLS trusts everybody, so no roots are needed.
        let tls = TlsContext::with_roots([]);
        let courier = Courier { host, domain, addresses, resolver, tls };
        Self { courier: Arc::new(courier), under_way: Mutex::default() }
    }

    /// Takes responsibility. Must be called in the Internet.
    pub(in crate::isp) fn take(&self, consignment: Consignment) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        while under_way.try_join_next().is_some() {}
        let courier = Arc::clone(&self.courier);
        under_way.spawn(async move { courier.carry(consignment).await });
    }
}

/// What became of recipients that did not get it.
struct Failure {
    recipient: Recipient,
    remote: Option<String>,
    reply: Reply,
}

impl Failure {
    fn is_final(&self) -> bool {
        self.reply.code.is_permanent()
    }
}

impl Courier {
    async fn carry(&self, consignment: Consignment) {
        let mut failures = Vec::new();
        for (domain, recipients) in by_domain(&consignment.envelope.recipients) {
            failures.append(&mut self.carry_to(&consignment, &domain, recipients).await);
        }
        if let (false, Some(sender)) = (failures.is_empty(), consignment.envelope.sender.clone()) {
            self.report(&consignment, sender, failures).await;
        }
    }

    /// Delivers to one domain, again and again, and returns who did not get it in the end.
    async fn carry_to(
        &self,
        consignment: &Consignment,
        domain: &Domain,
        mut recipients: Vec<Recipient>,
    ) -> Vec<Failure> {
        let mut given_up = Vec::new();
        let mut pauses = PAUSES.iter();
        loop {
            let sender = consignment.sender.clone();
            let content = vec![consignment.content.clone()];
            let failures = self.attempt(domain, transaction(sender, recipients, content)).await;
            let (last, again): (Vec<_>, Vec<_>) = failures.into_iter().partition(Failure::is_final);
            given_up.extend(last);
            if again.is_empty() {
                return given_up;
            }
            let Some(pause) = pauses.next() else {
                given_up.extend(again);
                return given_up;
            };
            recipients = again.into_iter().map(|failure| failure.recipient).collect();
            sleep(*pause).await;
        }
    }

    /// One attempt at the domain's servers in their order.
    async fn attempt(&self, domain: &Domain, transaction: Transaction) -> Vec<Failure> {
        let mut reply = Reply::new(550, (5, 1, 2), format!("{domain} takes no mail"));
        let mut remote = None;
        for (host, address) in self.servers(domain).await {
            remote = Some(host.to_string());
            let hop = Hop {
                source: Some(self.addresses[usize::from(address.is_ipv6())]),
                host: Some(host),
                ..Hop::new(SocketAddr::new(address, 25), self.host.to_string())
            };
            match Connection::open(&SystemDialer, &self.tls, &hop).await {
                Ok(mut connection) => {
                    let outcome = connection.deliver(&transaction).await;
                    connection.quit().await;
                    let outcomes = transaction.recipients.into_iter().zip(outcome.recipients);
                    return outcomes.filter_map(|(recipient, it)| failure(recipient, it, &remote)).collect();
                }
                Err(error) => reply = refusal(&error),
            }
        }
        let failed = |recipient| Failure { recipient, remote: remote.clone(), reply: reply.clone() };
        transaction.recipients.into_iter().map(failed).collect()
    }

    /// Hosts and addresses in the order in which they are tried (RFC 5321 §5.1).
    async fn servers(&self, domain: &Domain) -> Vec<(Domain, IpAddr)> {
        let mut exchanges = match self.resolver.mx(domain).await {
            Ok(answer) => answer.records,
            Err(_) => return Vec::new(),
        };
        exchanges.sort_by_key(|mx| mx.preference);
        let is_implicit = exchanges.is_empty();
        let mut hosts: Vec<Domain> = exchanges.into_iter().filter_map(|mx| mx.exchange).collect();
        if is_implicit {
            hosts.push(domain.clone());
        }
        let mut servers = Vec::new();
        for host in hosts {
            for found in [self.resolver.a(&host).await, self.resolver.aaaa(&host).await] {
                let addresses = found.map(|answer| answer.records).unwrap_or_default();
                servers.extend(addresses.into_iter().map(|address| (host.clone(), address)));
            }
        }
        servers
    }

    /// Tells the sender.
    async fn report(&self, consignment: &Consignment, sender: Address, failures: Vec<Failure>) {
        // A host name and a word make an address.
        let Ok(from) = Address::from_parts("mailer-daemon", &self.domain) else { return };
        let Some(domain) = sender.domain().cloned() else { return };
        let now = SystemClock.unix_seconds();
        let header = Message::split(&consignment.content);
        let identifier = header.find("Message-ID").and_then(|field| message_id(field.value_octets()));
        let report = DeliveryReport {
            kind: Kind::Failed,
            language: Language::En,
            reporting_host: self.host.to_string(),
            from,
            to: sender.clone(),
            now,
            message_id: format!("<bounce-{:016x}@{}>", consignment.number, self.domain),
            boundary: format!("=_relay_{:016x}", consignment.number),
            queue_id: format!("{:016x}", consignment.number),
            original_message_id: identifier.map(str::to_owned),
            arrival: now,
            envelope_id: consignment.envelope.envelope_id.clone(),
            recipients: failures.into_iter().map(recipient_report).collect(),
            original: ReturnedContent::Headers(consignment.content.slice(..header.end)),
        };
        let notice = report.build();
        let notice = transaction(None, vec![Recipient::new(sender)], notice.pieces);
        // A notice that cannot be delivered is the end of it (RFC 5321 §4.5.5).
        let _ = self.attempt(&domain, notice).await;
    }
}

fn by_domain(recipients: &[Recipient]) -> BTreeMap<Domain, Vec<Recipient>> {
    let mut groups: BTreeMap<Domain, Vec<Recipient>> = BTreeMap::new();
    for recipient in recipients {
        // An address literal leads nowhere from here.
        if let Some(domain) = recipient.address.domain() {
            groups.entry(domain.clone()).or_default().push(recipient.clone());
        }
    }
    groups
}

fn transaction(sender: ReversePath, recipients: Vec<Recipient>, content: Vec<Bytes>) -> Transaction {
    Transaction {
        sender,
        recipients,
        body: BodyType::EightBitMime,
        smtputf8: false,
        require_tls: false,
        return_content: None,
        envelope_id: None,
        content,
    }
}

fn failure(recipient: Recipient, outcome: RecipientOutcome, remote: &Option<String>) -> Option<Failure> {
    let reply = match outcome {
        RecipientOutcome::Delivered(_) => return None,
        RecipientOutcome::Refused { reply, .. } => reply,
        RecipientOutcome::Unsent(error) | RecipientOutcome::Uncertain(error) => {
            Reply::new(451, (4, 4, 2), error.to_string())
        }
        RecipientOutcome::Impossible(cause) => Reply::new(554, (5, 6, 0), cause.to_string()),
    };
    Some(Failure { recipient, remote: remote.clone(), reply })
}

fn refusal(error: &OpenFailure) -> Reply {
    match error {
        OpenFailure::Greeting(reply) => reply.clone(),
        other => Reply::new(451, (4, 4, 1), other.to_string()),
    }
}

fn recipient_report(failure: Failure) -> RecipientReport {
    // What could not be done in the end has failed for good, whatever the last answer was.
    let said = failure.reply.enhanced.unwrap_or(EnhancedCode::new(5, 0, 0));
    let status = EnhancedCode::new(5, said.subject, said.detail);
    let mut report = RecipientReport::new(failure.recipient.address, Action::Failed, status);
    report.original_recipient = failure.recipient.original;
    report.diagnostic_is_ours = failure.remote.is_none();
    report.remote = failure.remote;
    report.diagnostic = Some(failure.reply);
    report
}
