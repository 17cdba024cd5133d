//! The SMTP client against scripted servers on loopback, with real sockets and real TLS. One file per
//! behaviour; `support` has the server's side.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it must be")]

mod breaking;
mod content;
mod dialling;
mod envelope;
mod login;
mod opening;
mod reuse;
mod support;
mod tls;
