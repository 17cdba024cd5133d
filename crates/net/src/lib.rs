//! The outside world behind small ports: DNS answers, connections, TLS, documents over HTTPS, and the clock.
//!
//! The only crate that opens outgoing connections or asks the time. Real adapters live beside the port they
//! serve; the lab brings others.

pub mod acme;
pub mod clock;
pub mod dns;
pub mod dial;
pub mod interfaces;
pub mod network_watch;
pub mod path;
pub mod service;
pub mod clamd;
pub mod rspamd;
pub mod milter;
pub mod time_server;
pub mod tls;
pub mod fetch;
mod http;
mod https;
pub mod documents;
pub mod smtp;
mod together;

pub use together::together;

/// A future that a port returns; the ports are used as `Arc<dyn …>`.
pub type PortFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
