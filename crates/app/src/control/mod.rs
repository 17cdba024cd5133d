//! How the operator's commands speak with the running server: a UNIX socket in the runtime directory, one line
//! of JSON asked, one line answered, then the connection is closed.
//!
//! Who may open the socket may do everything: it belongs to the server's user and group (0660).

pub mod client;
pub mod protocol;
pub mod server;
