//! The exit codes of sysexits.h, and which of them a server's reply means.

use super::session::ServerReply;

/// How `sendmail` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sysexit {
    /// The message is safe.
    Ok = 0,
    /// Wrong arguments.
    Usage = 64,
    /// The message is not acceptable.
    DataError = 65,
    /// A recipient is not acceptable.
    NoUser = 67,
    /// The server refuses for good.
    Unavailable = 69,
    /// stdin cannot be read.
    InputOutput = 74,
    /// Try again later.
    TemporaryFailure = 75,
    /// Not allowed.
    NoPermission = 77,
    /// The configuration has faults.
    Configuration = 78,
}

/// What a refusal means: the enhanced code tells more than the three digits (RFC 3463 §3).
#[must_use]
pub fn of_reply(reply: &ServerReply) -> Sysexit {
    if reply.code / 100 == 4 {
        return Sysexit::TemporaryFailure;
    }
    match reply.enhanced {
        // X.1.2 to X.1.3 and X.1.1: the recipient's address. X.1.7 and X.1.8 are the sender's.
        Some((1, 1..=6 | 10)) => Sysexit::NoUser,
        // X.3.4: message too big. X.6.Y: its content.
        Some((3, 4) | (6, _)) => Sysexit::DataError,
        Some((7, _)) => Sysexit::NoPermission,
        _ if reply.code == 552 => Sysexit::DataError,
        _ => Sysexit::Unavailable,
    }
}
