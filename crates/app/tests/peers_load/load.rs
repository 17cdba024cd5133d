//! The messages: handed in at an even rate by one client, and noted when they arrive at an operator's server.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use postamt_lab::isp::Isp;
use postamt_lab::receiver::Receipt;
use postamt_mail::address::Address;
use postamt_mail::envelope::{BodyType, Recipient};
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{Connection, Hop, TlsContext, TlsPolicy, Transaction};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, timeout};

use super::case::{ENTRANCE, RELAY};

const SENDER: &str = "anna@absender.test";
/// Octets of a message's text.
const LINES: usize = 30;

/// The client.
pub struct Sender {
    isp: Arc<Isp>,
    tls: TlsContext,
    connection: Option<Connection>,
    /// Recipients and when their messages were accepted, by number.
    accepted: Vec<(String, Instant)>,
}

impl Sender {
    /// For the program that listens at the entrance.
    pub fn new(isp: &Arc<Isp>) -> Self {
        let tls = TlsContext::with_roots([]);
        Self { isp: Arc::clone(isp), tls, connection: None, accepted: Vec::new() }
    }

    /// One message after another, each at its time or as soon after it as the one before is accepted.
    pub async fn send(&mut self, messages: usize, per_second: u32, start: Instant) {
        for number in 0..messages {
            let due = Duration::from_secs(number as u64) / per_second;
            tokio::time::sleep_until(start + due).await;
            self.one().await;
        }
    }

    /// A few more, two a second, until this has come about.
    pub async fn trickle(&mut self, enough: impl Future<Output = ()>) {
        let mut enough = pin!(enough);
        let mut pace = interval(Duration::from_millis(500));
        loop {
            tokio::select! {
                () = &mut enough => return,
                _ = pace.tick() => {}
            }
            self.one().await;
        }
    }

    /// One to each operator.
    pub async fn some_more(&mut self) {
        for _ in 0..self.isp.operators().len() {
            self.one().await;
        }
    }

    /// What has been accepted.
    pub fn accepted(&self) -> &[(String, Instant)] {
        &self.accepted
    }

    /// Likewise, at the end.
    pub fn into_accepted(self) -> Vec<(String, Instant)> {
        self.accepted
    }

    async fn one(&mut self) {
        let number = self.accepted.len();
        let operators = self.isp.operators();
        let operator = &operators[number % operators.len()];
        let domain = &operator.domains[number / operators.len() % operator.domains.len()];
        let recipient = format!("m{number}@{domain}");
        let mut connection = match self.connection.take() {
            Some(connection) if connection.is_usable() => connection,
            _ => self.open().await,
        };
        let outcome = connection.deliver(&transaction(number, &recipient)).await;
        assert!(outcome.recipients.iter().all(|it| it.is_delivered()), "not accepted: {outcome:?}");
        self.accepted.push((recipient, Instant::now()));
        self.connection = Some(connection);
    }

    async fn open(&self) -> Connection {
        let hop =
            Hop { tls: TlsPolicy::None, ..Hop::new(ENTRANCE.parse().unwrap(), "notebook.absender.test") };
        Connection::open(&SystemDialer, &self.tls, &hop).await.unwrap()
    }
}

fn transaction(number: usize, recipient: &str) -> Transaction {
    let body = "Ein ganz gewöhnlicher Satz, wie er in vielen Briefen steht.\r\n".repeat(LINES);
    let message = format!(
        "From: Anna Absender <{SENDER}>\r\nTo: <{recipient}>\r\nSubject: Brief {number}\r\n\
         Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{number}@absender.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}"
    );
    Transaction {
        sender: Some(Address::new(SENDER).unwrap()),
        recipients: vec![Recipient::new(Address::new(recipient).unwrap())],
        body: BodyType::EightBitMime,
        smtputf8: false,
        require_tls: false,
        return_content: None,
        envelope_id: None,
        content: vec![Bytes::from(message)],
    }
}

/// A message at an operator's server.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// When it was seen.
    pub at: Instant,
    /// It came from the relay service.
    pub by_relay: bool,
}

/// Where each recipient's messages arrived.
pub type Arrived = HashMap<String, Vec<Arrival>>;

/// The arrivals, noted as they come.
pub struct Arrivals {
    seen: Arc<Mutex<Arrived>>,
    count: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Arrivals {
    /// Begins to watch.
    pub fn watch(isp: &Isp) -> Self {
        let mut stream = isp.world().receipts().stream();
        let relay = isp.relay(RELAY).unwrap().clone();
        let seen: Arc<Mutex<Arrived>> = Arc::default();
        let (sender, count) = watch::channel(0);
        let noted = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let receipt: Arc<Receipt> = stream.next().await;
                // What the relay service itself has taken is not there yet.
                if !receipt.accepted || receipt.server == relay.host {
                    continue;
                }
                let by_relay = relay.addresses.contains(&receipt.peer.ip().to_canonical());
                let arrival = Arrival { at: Instant::now(), by_relay };
                let mut seen = noted.lock().unwrap_or_else(PoisonError::into_inner);
                for recipient in &receipt.envelope.recipients {
                    seen.entry(recipient.address.to_string()).or_default().push(arrival);
                }
                sender.send_replace(seen.len());
            }
        });
        Self { seen, count, task }
    }

    /// Waits until so many different recipients have their message; the figures say it where they do not.
    pub async fn wait_for(&self, recipients: usize, patience: Duration) {
        let mut count = self.count.clone();
        let arrived = timeout(patience, count.wait_for(|arrived| *arrived >= recipients)).await;
        if arrived.is_err() {
            println!("waited in vain for {recipients} recipients");
        }
    }

    /// Everything so far.
    pub fn all(&self) -> Arrived {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
