//! Whether somebody else wants the reports that a record sends to them (RFC 7489 §7.1, RFC 9990 §4).

use postamt_mail::address::Domain;
use postamt_net::dns::Resolver;
use serde::{Deserialize, Serialize};

use super::Method;
use super::discover::discover;
use super::record::ReportTarget;

/// Whether reports reach a target. Receivers send none where they may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorisation {
    /// It is of the same organisation.
    Own,
    /// It says that it wants them, by the record of this name.
    Granted(String),
    /// It does not say so: there is no record of this name.
    Missing(String),
    /// DNS does not answer for this name.
    NoAnswer(String),
    /// The target names no domain.
    NoDomain,
}

/// Asks whether `target` wants the reports about the domain that publishes the record, `publisher`.
pub async fn authorisation(
    resolver: &dyn Resolver,
    method: Method,
    publisher: &Domain,
    target: &ReportTarget,
) -> Authorisation {
    let Some(receiver) = target.domain.as_deref().and_then(|name| Domain::new(name).ok()) else {
        return Authorisation::NoDomain;
    };
    if receiver == *publisher {
        return Authorisation::Own;
    }
    let name = format!("{publisher}._report._dmarc.{receiver}");
    let found = (discover(resolver, method, publisher).await, discover(resolver, method, &receiver).await);
    let (Ok(publisher), Ok(receiver)) = found else { return Authorisation::NoAnswer(name) };
    if publisher.organisational == receiver.organisational {
        return Authorisation::Own;
    }
    match resolver.txt(&name).await {
        // `v=DMARC1` is enough; further tags may send the reports elsewhere.
        Ok(answer) if answer.records.iter().any(|text| super::is_record(text)) => {
            Authorisation::Granted(name)
        }
        Ok(_) => Authorisation::Missing(name),
        Err(_) => Authorisation::NoAnswer(name),
    }
}
