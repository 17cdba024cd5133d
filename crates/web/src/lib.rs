//! What this server says over HTTP: the MTA-STS policies of its domains, the settings of mail programs, and the answers
//! to a certificate authority's challenges.
//!
//! ```text
//! Listener ─▶ serve (connections, TLS, limits) ─▶ pages::answer (pure) ─▶ policy, autoconfig, autodiscover, profile
//! ```
//!
//! The only crate that names the HTTP server. Nothing here changes anything, and nobody logs in: whatever is asked, the
//! answer is made of the configuration.

mod clients;
mod listen;
mod pages;
mod site;

pub use listen::{BindError, Door, Encryption, adopt, bind, serve};
pub use pages::{Asked, Page, answer};
pub use site::{Challenges, Site};
