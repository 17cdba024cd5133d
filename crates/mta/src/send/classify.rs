//! A connection that did not come about, as a failure of the pipeline: whose matter it is, and in which words.

use std::net::SocketAddr;

use postamt_net::dial::DialError;
use postamt_net::smtp::OpenFailure;

use crate::flow::{Failure, Fault};

/// A failure to open, as it is told. All of them are temporary: they say nothing about the recipient.
#[must_use]
pub fn classify(failure: &OpenFailure, address: SocketAddr) -> Failure {
    match failure {
        OpenFailure::Dial(error) => dial_failure(error, address),
        OpenFailure::Greeting(reply) => {
            let status = reply.enhanced.filter(|code| code.class == 4);
            let words = format!("{address} refused the session");
            let mut failure = Failure::ours(Fault::RemoteHost, (4, 4, 2), words);
            failure.status = status.unwrap_or(failure.status);
            failure.reply = Some(reply.clone());
            failure
        }
        OpenFailure::Authentication(reply) => {
            let mut failure = Failure::ours(Fault::Policy, (4, 7, 8), format!("{address} refused our login"));
            failure.reply = Some(reply.clone());
            failure
        }
        OpenFailure::Login(_) | OpenFailure::LoginNeedsTls => {
            Failure::ours(Fault::Policy, (4, 7, 8), format!("logging in at {address}: {failure}"))
        }
        OpenFailure::TlsUnavailable => Failure::ours(
            Fault::Policy,
            (4, 7, 4),
            format!("{address} does not offer TLS, which is required"),
        ),
        OpenFailure::Tls(_) => {
            Failure::ours(Fault::Policy, (4, 7, 5), format!("TLS with {address} failed: {failure}"))
        }
        other => {
            Failure::ours(Fault::RemoteHost, (4, 4, 2), format!("the session with {address} failed: {other}"))
        }
    }
}

fn dial_failure(error: &DialError, address: SocketAddr) -> Failure {
    let (fault, status) = match error {
        DialError::SourceUnavailable | DialError::Prohibited { .. } => (Fault::Ours, (4, 4, 0)),
        _ => (Fault::Network, (4, 4, 1)),
    };
    Failure::ours(fault, status, format!("connecting to {address}: {error}"))
}
