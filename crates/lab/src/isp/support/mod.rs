//! The ISP's support desk: a mailbox, and somebody who reads what comes in, decides by the desk's [`Attitude`], opens
//! port 25 in the ISP's firewall, and answers by mail.
//!
//! ```text
//! mail to support@anbieter.test ─▶ Incoming ─▶ Reading, names from DNS ─▶ Decision ─▶ Isp::set, and a mail in answer
//! ```
//!
//! [`Desk::open`] sets it up beside an ISP that stands. What has one ticket is read together, so that an answer to a
//! question need not say everything again. Bounces and what programs write are not answered. [`Desk::close`] tells why
//! a desk has ended by itself: the firewall could not be changed.

mod letters;
mod policy;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mailauth::verify::Verifier;
use postamt_net::clock::{Clock as _, SystemClock};
use tokio::task::JoinSet;

use super::relay::forward::{Consignment, Forwarder};
use super::topology::internet_host;
use super::{Families, ISP_DOMAIN, Isp, IspError, Mode, Rules};
use crate::certificates::{CertificateKind, TlsVersions};
use crate::receiver::{Character, Judge, Receipt, Receiver, ReceiverSettings};
use crate::zones::{Record, StaticResolver, Zones};

use letters::{Answer, Incoming};
pub use policy::{Attitude, AttitudeError};
use policy::{Decision, Reading};

/// Where the ISP's customers write to.
pub const SUPPORT_ADDRESS: &str = "support@anbieter.test";
/// The ISP's own mail server.
pub const SUPPORT_HOST: &str = "post.anbieter.test";

/// Its host number in the Internet.
const NUMBER: u8 = 80;
const SMTP: u16 = 25;
/// The first ticket.
const FIRST_TICKET: usize = 1001;

/// The addresses that the Internet must have.
pub(super) fn addresses() -> [IpAddr; 2] {
    internet_host(NUMBER)
}

/// The names of the ISP's mail.
pub(super) fn publish(zones: &Zones) {
    for address in addresses() {
        zones.add_host(SUPPORT_HOST, address);
    }
    zones.add(ISP_DOMAIN, Record::Mx { preference: 10, exchange: SUPPORT_HOST.to_owned() });
    for name in [ISP_DOMAIN, SUPPORT_HOST] {
        zones.add(name, Record::Text(super::spf_of(&addresses())));
    }
}

/// A desk with somebody at it; both go when this is dropped.
#[derive(Debug)]
pub struct Desk {
    _receivers: Vec<Receiver>,
    work: JoinSet<Result<(), IspError>>,
}

impl Desk {
    /// Takes mail for [`SUPPORT_ADDRESS`] from now on, and answers it with the attitude that [`Isp::set_support`] has
    /// set.
    ///
    /// # Errors
    /// The address cannot be listened on: another desk of this ISP is open.
    pub async fn open(isp: Arc<Isp>) -> Result<Self, IspError> {
        let host = Domain::new(SUPPORT_HOST)?;
        let world = isp.world();
        let judge = || {
            let resolver = Arc::new(StaticResolver::new(world.zones().clone()));
            Verifier::new(&[world.dns_server()]).map(|verifier| Arc::new(Judge::new(verifier, resolver)))
        };
        let judge = judge()?;
        let tls =
            world.authority().server_config(SUPPORT_HOST, CertificateKind::Good, TlsVersions::Current)?;
        let mut receivers = Vec::new();
        for address in addresses() {
            let address = SocketAddr::new(address, SMTP);
            let settings =
                ReceiverSettings::new(host.clone(), address, Character::Mailbox).with_tls(tls.clone());
            let started = Receiver::start(settings, Arc::clone(&judge), world.receipts().clone());
            receivers.push(isp.run_in_internet(started).await??);
        }
        let forwarder = Forwarder::new(host, Domain::new(ISP_DOMAIN)?, addresses(), world.zones());
        let clerk = Clerk { isp, judge, forwarder: Arc::new(forwarder), tickets: HashMap::new() };
        let mut work = JoinSet::new();
        work.spawn(clerk.work());
        Ok(Self { _receivers: receivers, work })
    }

    /// Closes it.
    ///
    /// # Errors
    /// Why it had ended already.
    pub async fn close(mut self) -> Result<(), IspError> {
        match self.work.try_join_next() {
            Some(ended) => ended.unwrap_or(Err(IspError::Ended { space: "support" })),
            None => {
                self.work.shutdown().await;
                Ok(())
            }
        }
    }
}

/// Who sits there.
struct Clerk {
    isp: Arc<Isp>,
    judge: Arc<Judge>,
    forwarder: Arc<Forwarder>,
    /// What has been written about each, and by whom it was opened.
    tickets: HashMap<String, String>,
}

impl Clerk {
    async fn work(mut self) -> Result<(), IspError> {
        let support = Address::new(SUPPORT_ADDRESS)?;
        let mut mail = self.isp.world().receipts().stream();
        loop {
            let receipt = mail.next().await;
            if is_for(&receipt, &support)
                && let Some(letter) = Incoming::read(&receipt)
            {
                self.handle(&letter, &support).await?;
            }
        }
    }

    async fn handle(&mut self, letter: &Incoming, support: &Address) -> Result<(), IspError> {
        let (ticket, reading) = self.file(letter);
        let mut named = Vec::new();
        for address in &reading.addresses {
            named.extend(self.judge.confirmed_name(*address).await.map(|name| (*address, name)));
        }
        let decision = reading.decide(self.isp.support(), &named);
        if let Decision::Granted(addresses) = &decision {
            let rules = opened(&self.isp.rules(), addresses);
            self.isp.set(rules).await?;
        }
        let number = rand::random();
        let answer = Answer {
            to: letter,
            ticket: &ticket,
            decision: &decision,
            reading: &reading,
            named: &named,
            now: SystemClock.unix_seconds(),
            number,
        };
        let recipients = vec![Recipient::new(letter.from.clone())];
        let envelope = Envelope { sender: Some(support.clone()), recipients, ..Envelope::default() };
        let consignment =
            Consignment { sender: Some(support.clone()), envelope, content: answer.message(), number };
        let forwarder = Arc::clone(&self.forwarder);
        self.isp.run_in_internet(async move { forwarder.take(consignment) }).await
    }

    /// Puts a letter to its ticket, a new one where it names none that there is, and reads all that the ticket holds.
    fn file(&mut self, letter: &Incoming) -> (String, Reading) {
        let known = letter.ticket.clone().filter(|ticket| self.tickets.contains_key(ticket));
        let ticket = known.unwrap_or_else(|| letters::ticket(FIRST_TICKET + self.tickets.len()));
        let file = self.tickets.entry(ticket.clone()).or_default();
        file.push_str(&letter.text);
        file.push('\n');
        let reading = Reading::of(file);
        (ticket, reading)
    }
}

fn is_for(receipt: &Receipt, support: &Address) -> bool {
    receipt.accepted
        && receipt.server.as_str() == SUPPORT_HOST
        && receipt.envelope.recipients.iter().any(|recipient| recipient.address == *support)
}

/// The rules without what keeps these addresses from port 25. Whatever else the ISP does to its customer, it goes on.
fn opened(rules: &Rules, addresses: &[IpAddr]) -> Rules {
    let is_about_port_25 = matches!(
        rules.mode,
        Mode::Drop
            | Mode::RejectReset
            | Mode::RejectProhibited
            | Mode::Proxy
            | Mode::Greeter
            | Mode::RateLimit { .. }
    );
    if !is_about_port_25 {
        return rules.clone();
    }
    let is_left =
        |is_blocked: bool, is_family: fn(&IpAddr) -> bool| is_blocked && !addresses.iter().any(is_family);
    let v4 = is_left(rules.families.has_v4(), IpAddr::is_ipv4);
    let v6 = is_left(rules.families.has_v6(), IpAddr::is_ipv6);
    match (v4, v6) {
        (false, false) => Mode::Open.into(),
        (true, false) => rules.clone().only(Families::V4),
        (false, true) => rules.clone().only(Families::V6),
        (true, true) => rules.clone(),
    }
}
