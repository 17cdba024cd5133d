//! The MTA-STS policy of a domain (RFC 8461): from the store while it holds and its id is that of the TXT record,
//! else fetched. A policy that cannot be fetched leaves the one that is known in force until it expires (§5.1).

use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_mail::mta_sts::{self, Policy, PolicyError};
use postamt_mailauth::transport::Source;
use postamt_net::fetch::FetchError;
use postamt_store::transport::CachedPolicy;

use crate::context::Context;
use crate::events::Event;
use crate::transport::Trouble;

/// A policy that is used is fetched again after this long although its id is the same, so that it does not expire
/// (RFC 8461 §10.2).
const REFRESH_SECONDS: u64 = 86_400;

#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl Unusable {
    /// RFC 8460 §4.3.2.
    const fn result(&self) -> &'static str {
        match self {
            Self::Fetch(FetchError::Certificate(_)) => "sts-webpki-invalid",
            Self::Fetch(_) => "sts-policy-fetch-error",
            Self::Policy(_) => "sts-policy-invalid",
        }
    }
}

/// The policy that holds for a domain now.
pub async fn of(context: &Arc<Context>, domain: &Domain) -> Option<Arc<Policy>> {
    let name = format!("_mta-sts.{domain}");
    let ports = &context.ports;
    let (known, records) = tokio::join!(ports.transport.policy(domain.as_str()), ports.resolver.txt(&name));
    let now = context.now();
    let known = match known {
        Ok(known) => known.filter(|known| known.expires > now),
        Err(error) => {
            context.event(Event::Warning { what: error.to_string() });
            None
        }
    };
    // Without a record, or without an answer, the known policy holds on (RFC 8461 §5.1).
    let id = records.ok().and_then(|answer| mta_sts::record_id(&answer.records).ok().flatten());
    match (id, known) {
        (None, known) => known.as_ref().and_then(read),
        (Some(id), Some(known)) if known.id == id => {
            if now >= known.fetched.saturating_add(REFRESH_SECONDS)
                && context.transport.may_fetch(domain, now)
            {
                let (context, domain) = (context.clone(), domain.clone());
                context.tasks.clone().spawn(async move { renew(&context, &domain, id).await });
            }
            read(&known)
        }
        (Some(id), known) => {
            let fetched = match context.transport.may_fetch(domain, now) {
                true => renew(context, domain, id).await,
                false => None,
            };
            fetched.or_else(|| known.as_ref().and_then(read))
        }
    }
}

/// What is in the store was understood when it was put there.
fn read(known: &CachedPolicy) -> Option<Arc<Policy>> {
    Policy::parse(known.text.as_bytes()).ok().map(Arc::new)
}

/// Fetches and keeps a policy; `None` when that fails, which is counted and told.
async fn renew(context: &Context, domain: &Domain, id: String) -> Option<Arc<Policy>> {
    let fetched = tokio::select! {
        fetched = fetch(context, domain) => fetched,
        () = context.stop.cancelled() => return None,
    };
    let now = context.now();
    let (text, policy) = match fetched {
        Ok(fetched) => fetched,
        Err(error) => {
            context.transport.fetch_failed(domain, now);
            let words = error.to_string();
            let (host, result) = (format!("mta-sts.{domain}"), error.result());
            let trouble =
                Trouble { host: host.clone(), source: Source::MtaSts, result, words: words.clone() };
            context.transport.failed(domain, &[trouble], now);
            context.event(Event::TlsRefused { host, policy: Source::MtaSts.name(), result, reason: words });
            return None;
        }
    };
    let expires = now.saturating_add(policy.max_age);
    let kept = CachedPolicy { domain: domain.to_string(), id, text, fetched: now, expires };
    if let Err(error) = context.ports.transport.save_policy(kept).await {
        context.event(Event::Warning { what: error.to_string() });
    }
    Some(Arc::new(policy))
}

async fn fetch(context: &Context, domain: &Domain) -> Result<(String, Policy), Unusable> {
    let host = Domain::new(&format!("mta-sts.{domain}"));
    let host = host.map_err(|_| FetchError::Http("the name of the policy's host is too long".to_owned()))?;
    let document = context.ports.fetcher.fetch(&host, "/.well-known/mta-sts.txt").await?;
    let policy = Policy::parse(&document)?;
    Ok((String::from_utf8_lossy(&document).into_owned(), policy))
}
