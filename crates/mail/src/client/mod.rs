//! The sending side of SMTP and LMTP as machines without sockets: replies in, commands out.
//!
//! ```text
//! Opening   greeting ─▶ EHLO (or HELO) ─▶ STARTTLS ─▶ EHLO again ─▶ Capabilities
//! Login     AUTH with the strongest mechanism both sides know
//! Delivery  [RSET] MAIL RCPT… DATA ─▶ content ─▶ one RecipientOutcome per recipient
//! ```
//!
//! Each machine appends commands to a buffer that the driver writes before its next read, and says which reply
//! it waits for; time limits, sockets and TLS are the driver's (`postamt_net::smtp`). A machine fails only by
//! [`TransportError`]; a refusal by the peer is an outcome, not an error.

mod capabilities;
mod delivery;
mod login;
mod opening;
mod outcome;
mod parameters;
mod transaction;

pub use capabilities::{Capabilities, Limits};
pub use delivery::{Action, Delivery, Framing, SessionFacts};
pub use login::{Login, LoginError, LoginStep};
pub use opening::{Opened, Opening, OpeningError, OpeningStep, StartTls};
pub use outcome::{Cause, ConnectionState, Outcome, Problem, RecipientOutcome, Stage, TransportError};
pub use transaction::Transaction;

#[cfg(test)]
mod tests;
