//! The pipeline: the only place that accepts or sends mail.
//!
//! ```text
//! SMTP 465/587 ─┐
//! sendmail      ├─▶ accept ─▶ admit ─▶ enqueue ─▶ plan ─▶ send ─▶ settle ─▶ events
//! port 25      ─┘                        ▲          ▲               │
//!                                        │          └── retry ──────┤
//!                                        └── DSN ───────────────────┘
//! ```

pub mod settings;
pub mod handle;
