//! From a connection to a submission: listeners and their limits, TLS, logins, sessions, the local socket and
//! the drop directory.

mod checkers;
pub mod drop_directory;
pub mod intake;
mod left_out;
pub mod limits;
pub mod listener;
pub mod local;
pub mod login;
mod offences;
mod revisit;
pub mod session;
pub mod tls;
