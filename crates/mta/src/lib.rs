//! The pipeline: the only place that accepts or sends mail.
//!
//! ```text
//! SMTP 465/587 ─┐
//! sendmail      ├─▶ accept ─▶ admit ─▶ enqueue ─▶ plan ─▶ send ─▶ settle ─▶ events
//! port 25      ─┘                        ▲          ▲               │
//!                                        │          └── retry ──────┤
//!                                        └── DSN ───────────────────┘
//! ```
//!
//! [`start`] makes a server of [`settings::Settings`] and [`Ports`]; [`Running`] is its handle. The stages hand on
//! the values of [`flow`]; [`run`] is the loop that joins them, [`queue`] what waits in between.

pub mod settings;

pub mod flow;

pub mod accept;
pub mod admit;
pub mod enqueue;
pub mod plan;
pub mod send;
pub mod settle;

pub mod brakes;
pub mod breaker;
pub mod guard;
pub mod providers;
pub mod queue;
pub mod quota;
pub mod run;
pub mod transport;

pub mod context;
pub mod events;
pub mod handle;
pub mod passwords;
pub mod server;

pub use context::{Figures, Ports};
pub use server::{Opened, RelayOnlyError, Running, Selection, StartError, start, start_on};
