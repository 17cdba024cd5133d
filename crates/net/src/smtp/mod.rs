//! The SMTP client's driver: sockets, TLS and time limits around the machines of `postamt_mail::client`.
//!
//! ```text
//! Connection::open(dialer, tls, hop) ─▶ deliver(transaction) ─▶ Outcome, again and again ─▶ quit
//! ```
//!
//! `open` dials, secures, greets and logs in; it fails by [`OpenFailure`]. `deliver` never fails: every recipient
//! has an outcome. A connection is used by one task at a time. `survey` only looks at a server, for diagnosis.

mod connection;
mod content;
mod failure;
mod hop;
mod open;
mod stream;
mod survey;
mod wire;

pub use connection::{Connection, ConnectionFacts, Probe};
pub use failure::OpenFailure;
pub use hop::{Chunking, ClearLogin, Credentials, Hop, Secret, Timeouts, TlsPolicy, Verify};
pub use postamt_mail::client::{
    Capabilities, Cause, ConnectionState, Limits, Outcome, Problem, RecipientOutcome, Stage, Transaction,
    TransportError,
};
pub use postamt_mail::sasl::Mechanism;
pub use survey::{Survey, SurveySettings, survey, survey_implicit};

pub use crate::tls::{CertificateProblem, TlsContext, TlsFacts, TlsFailure};
