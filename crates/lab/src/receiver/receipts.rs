//! What the receiving servers saw, in order, for the terminal and for tests.
//!
//! Nothing is lost to a slow reader: [`ReceiptStream`] reads from the whole record and waits only for what is
//! not there yet.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use postamt_mail::address::Domain;
use postamt_mail::envelope::Envelope;
use postamt_mail::reply::Reply;
use tokio::sync::watch;

use super::Judgement;

/// The version of TLS under which a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TlsVersion::Tls12 => "TLS1.2",
            TlsVersion::Tls13 => "TLS1.3",
        })
    }
}

/// One thing that a server saw: a message, taken or not, or a refusal before there was one.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The server's name.
    pub server: Domain,
    /// Who called.
    pub peer: SocketAddr,
    /// The name it gave; empty when it was refused before it could.
    pub hello: String,
    /// Under which TLS; `None` in clear.
    pub tls: Option<TlsVersion>,
    /// The envelope, as far as it had come; after a refused RCPT it holds just that recipient.
    pub envelope: Envelope,
    /// The message, empty when the refusal came before it.
    pub content: Bytes,
    /// What the server made of the message; `None` when it saw none.
    pub judgement: Option<Judgement>,
    /// Whether it took the message.
    pub accepted: bool,
    /// What it said.
    pub reply: Reply,
}

impl Receipt {
    /// Whether this is about a recipient in `domain`.
    #[must_use]
    pub fn is_for_domain(&self, domain: &Domain) -> bool {
        self.envelope.recipients.iter().any(|recipient| recipient.address.domain() == Some(domain))
    }

    /// The body of the first header field of that name, unfolded, or `None`.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.content, name)
    }
}

/// The record of a world. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Receipts {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    all: Mutex<Vec<Arc<Receipt>>>,
    count: watch::Sender<usize>,
}

impl Default for Receipts {
    fn default() -> Self {
        let shared = Shared { all: Mutex::default(), count: watch::Sender::new(0) };
        Self { shared: Arc::new(shared) }
    }
}

impl Receipts {
    /// Notes a receipt and wakes everybody who waits.
    pub fn note(&self, receipt: Receipt) {
        let count = {
            let mut all = self.shared.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Arc::new(receipt));
            all.len()
        };
        self.shared.count.send_replace(count);
    }

    /// Everything so far.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Receipt>> {
        self.shared.all.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A reader that begins with the first receipt.
    #[must_use]
    pub fn stream(&self) -> ReceiptStream {
        ReceiptStream { receipts: self.clone(), next: 0, count: self.shared.count.subscribe() }
    }

    /// Waits until there is a receipt for which `wanted` holds, and returns the first one. Put a timeout of
    /// your own around it.
    pub async fn wait_for(&self, mut wanted: impl FnMut(&Receipt) -> bool) -> Arc<Receipt> {
        let mut stream = self.stream();
        loop {
            let receipt = stream.next().await;
            if wanted(&receipt) {
                return receipt;
            }
        }
    }

    fn get(&self, number: usize) -> Option<Arc<Receipt>> {
        self.shared.all.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }
}

/// Reads the record, one receipt after another.
#[derive(Debug)]
pub struct ReceiptStream {
    receipts: Receipts,
    next: usize,
    count: watch::Receiver<usize>,
}

impl ReceiptStream {
    /// The next receipt; waits for it. May be dropped while it waits.
    pub async fn next(&mut self) -> Arc<Receipt> {
        loop {
            self.count.borrow_and_update();
            if let Some(receipt) = self.receipts.get(self.next) {
                self.next += 1;
                return receipt;
            }
            // The sender lives in `receipts`, which we hold, so this cannot fail.
            if self.count.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Reads one header field; unfolding is the removal of the line ends (RFC 5322 §2.2.3).
fn header(content: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(content);
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let Some((field, value)) = line.split_once(':') else { continue };
        if !field.trim_end().eq_ignore_ascii_case(name) {
            continue;
        }
        let mut value = value.trim_start().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            value.push_str(more);
        }
        return Some(value);
    }
    None
}
