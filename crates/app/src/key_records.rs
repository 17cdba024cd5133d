//! DKIM keys and their records in DNS: made, shown and published by the commands and by the server.

use postamt_doctor::records::gather::gather;
use postamt_doctor::records::{KeyRecord, State, changes, judge_keys};
use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{Algorithm, KeyError, KeyStore, MINIMUM_RSA_BITS, Stage, StoredKey, generate};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dns::authority::Authority;
use postamt_net::dns::publish::{PublishError, Publisher};
use postamt_net::dns::record::RecordKind;

/// Keys that a domain gets in one month at the most.
const SELECTORS: u32 = 100;

/// What DNS must have for a key.
pub fn record(key: &StoredKey) -> KeyRecord {
    KeyRecord::from(key)
}

/// Makes a key with a selector that the domain does not have yet.
///
/// # Errors
/// It cannot be made or written.
pub fn make(
    store: &KeyStore,
    domain: &Domain,
    algorithm: Algorithm,
    stage: Stage,
) -> Result<StoredKey, KeyError> {
    let pem = generate(algorithm, MINIMUM_RSA_BITS)?;
    let first = default_selector(algorithm);
    let mut made = store.create_at(domain.clone(), &first, &pem, Some(stage));
    for number in 2..SELECTORS {
        if !matches!(made, Err(KeyError::Exists(_))) {
            break;
        }
        made = store.create_at(domain.clone(), &format!("{first}{number}"), &pem, Some(stage));
    }
    made
}

/// Year, month and the kind of key: `202611rsa`. The greatest selector is the newest.
pub fn default_selector(algorithm: Algorithm) -> String {
    let (year, month, _) = postamt_mail::date::civil(SystemClock.unix_seconds() / 86_400);
    format!("{year:04}{month:02}{}", algorithm.name())
}

/// Makes DNS say it, where it does not yet. Whether there was something to change.
///
/// # Errors
/// The first zone that cannot be found or changed.
pub async fn publish(
    authority: &Authority,
    publisher: &dyn Publisher,
    records: &[KeyRecord],
) -> Result<bool, PublishError> {
    let mut changed = false;
    let questions: Vec<_> = records.iter().map(|record| (record.name.clone(), RecordKind::Txt)).collect();
    let gathered = gather(authority, &questions).await;
    let judged = judge_keys(records, &gathered.present);
    if let Some(unknown) = judged.iter().find(|it| it.state == State::Unknown) {
        let source = std::io::Error::other(unknown.failure.clone().unwrap_or_default());
        return Err(PublishError::Unreachable { server: unknown.wanted.name.clone(), source });
    }
    for change in changes(&judged, &gathered.present) {
        if let Some(zone) = gathered.zones.get(&change.name) {
            publisher.apply(zone, &[change]).await?;
            changed = true;
        }
    }
    Ok(changed)
}
