//! What must survive: the mail spool, accounts, bans, facts, cases, the TLS of others, what others report, and the
//! history of each message.
//!
//! One port per noun ([`spool::Spool`], [`accounts::Accounts`], [`bans::Bans`], [`facts::Facts`], [`cases::Cases`],
//! [`transport::TransportMemory`], [`reports::Reports`], [`history::History`]); `embedded/` implements
//! them on one machine without a database server. The spool is the truth about what still has to be
//! delivered; the history is written behind it and may lag after a crash.

pub mod accounts;
pub mod bans;
pub mod cases;
pub mod conduct;
pub mod facts;
pub mod history;
pub mod queue_id;
pub mod reports;
pub mod spool;
pub mod transport;

pub mod embedded;

/// A future that a port returns; the ports are used as `Arc<dyn …>`.
pub type PortFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
