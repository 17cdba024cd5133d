//! The library's client for each provider, and the changes one by one.

use std::future::Future;
use std::time::Duration;

use dns_update::providers::ovh::OvhEndpoint;
use dns_update::providers::route53::Route53Config;
use dns_update::{DnsRecord, DnsRecordType, DnsUpdater, Error};

use super::records;
use super::{Credentials, Known, ProviderFailure};
use crate::PortFuture;
use crate::dns::authority::Zone;
use crate::dns::publish::{Change, PublishError, Publisher};
use crate::dns::record::{RecordData, RecordKind};

/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(20);
/// How long each step of a change may take; the library waits and asks again where it is told to slow down. There is no
/// limit on the whole: it could end between what goes and what comes.
const STEP: Duration = Duration::from_secs(60);

/// The interface of a provider.
#[derive(Clone)]
pub struct ProviderApi {
    known: &'static Known,
    credentials: Credentials,
    updater: DnsUpdater,
}

impl ProviderApi {
    /// With these credentials. Nothing is asked yet.
    ///
    /// # Errors
    /// The credentials have a form that cannot be right.
    pub fn new(known: &'static Known, credentials: Credentials) -> Result<Self, ProviderFailure> {
        let unusable = |error: Error| ProviderFailure::Credentials(credentials.hidden_in(&error.to_string()));
        let updater = open(known.id, &credentials).map_err(unusable)?;
        Ok(Self { known, credentials, updater })
    }

    /// What is wrong with the credentials or the network is wrong with every change; a kind of record that the
    /// interface does not have is told when all else is done.
    async fn changed(&self, zone: &Zone, changes: &[Change]) -> Result<(), PublishError> {
        let failed = |failure| PublishError::Provider {
            provider: self.known.name.to_owned(),
            zone: zone.name.clone(),
            source: failure,
        };
        let mut left_out = None;
        for change in changes {
            match self.change(zone, change).await {
                Ok(()) => {}
                Err(Trouble::Failure(unsupported @ ProviderFailure::Unsupported(_))) => {
                    left_out = Some(unsupported);
                }
                Err(Trouble::Failure(failure)) => return Err(failed(failure)),
                Err(Trouble::Changed) => return Err(PublishError::Changed { zone: zone.name.clone() }),
            }
        }
        left_out.map_or(Ok(()), |failure| Err(failed(failure)))
    }

    async fn change(&self, zone: &Zone, change: &Change) -> Result<(), Trouble> {
        let unsupported = || Trouble::Failure(ProviderFailure::Unsupported(change.kind));
        let kind = records::kind(change.kind).ok_or_else(unsupported)?;
        let written =
            |all: &[RecordData]| all.iter().map(records::record).collect::<Option<Vec<DnsRecord>>>();
        let (remove, add) = (written(&change.remove), written(&change.add));
        let (remove, add) = (remove.ok_or_else(unsupported)?, add.ok_or_else(unsupported)?);
        let place = Place { name: &change.name, kind, origin: &zone.name, change };
        if change.kind == RecordKind::Txt {
            match self.list(&place).await {
                Ok(listed) if is_as_seen(change, &listed) => {}
                Ok(_) => return Err(Trouble::Changed),
                // Some cannot list; what else is wrong is told by what follows.
                Err(ProviderFailure::Unsupported(_) | ProviderFailure::NoZone) => {}
                Err(failure) => return Err(Trouble::Failure(failure)),
            }
        }
        self.replace(&place, remove, add).await.map_err(Trouble::Failure)
    }

    /// Removes, then adds. Where that ends midway, what was removed is put back.
    async fn replace(
        &self,
        place: &Place<'_>,
        remove: Vec<DnsRecord>,
        add: Vec<DnsRecord>,
    ) -> Result<(), ProviderFailure> {
        let removed = match remove.is_empty() {
            true => Ok(()),
            false => self.remove(place, remove.clone()).await,
        };
        let is_removed = removed.is_ok() && !remove.is_empty();
        let done = match removed {
            Ok(()) if !add.is_empty() => self.add(place, add.clone()).await,
            removed => removed,
        };
        let Err(failure) = done else { return Ok(()) };
        if remove.is_empty() {
            return Err(failure);
        }
        // An answer that was lost is no refusal: the zone says what was done.
        let is_gone = match self.list(place).await {
            Ok(listed) => {
                let has = |record: &DnsRecord| listed.contains(record);
                if add.iter().all(has) && !remove.iter().any(has) {
                    return Ok(());
                }
                !remove.iter().all(has)
            }
            Err(_) => is_removed,
        };
        if !is_gone {
            return Err(failure);
        }
        let Err(back) = self.add(place, remove).await else { return Err(failure) };
        let (name, kind) = (place.name, place.change.kind.name());
        let lines = place.change.remove.iter().map(|record| format!("{name}. {kind} {record}"));
        let records = lines.collect::<Vec<_>>().join("; ");
        Err(ProviderFailure::Lost { failure: Box::new(failure), back: Box::new(back), records })
    }

    async fn list(&self, place: &Place<'_>) -> Result<Vec<DnsRecord>, ProviderFailure> {
        self.step(place, self.updater.list_rrset(place.name, place.kind, place.origin)).await
    }

    async fn remove(&self, place: &Place<'_>, records: Vec<DnsRecord>) -> Result<(), ProviderFailure> {
        let removal = self.updater.remove_from_rrset(place.name, place.kind, records, place.origin);
        self.step(place, removal).await
    }

    async fn add(&self, place: &Place<'_>, records: Vec<DnsRecord>) -> Result<(), ProviderFailure> {
        let ttl = place.change.ttl;
        self.step(place, self.updater.add_to_rrset(place.name, place.kind, ttl, records, place.origin)).await
    }

    async fn step<T>(
        &self,
        place: &Place<'_>,
        step: impl Future<Output = dns_update::Result<T>>,
    ) -> Result<T, ProviderFailure> {
        match tokio::time::timeout(STEP, step).await {
            Ok(done) => done.map_err(|error| records::failure(error, place.change.kind, &self.credentials)),
            Err(_) => Err(ProviderFailure::TimedOut),
        }
    }
}

/// Where a change happens, as the library has it.
struct Place<'a> {
    name: &'a str,
    kind: DnsRecordType,
    origin: &'a str,
    change: &'a Change,
}

enum Trouble {
    Failure(ProviderFailure),
    Changed,
}

/// Whether what is to go is there, and nothing that was not seen says the same kind of thing as what is to come.
fn is_as_seen(change: &Change, listed: &[DnsRecord]) -> bool {
    let listed: Vec<&str> = listed
        .iter()
        .filter_map(|record| match record {
            DnsRecord::TXT(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let (seen, add) = (texts(&change.seen), texts(&change.add));
    let is_rival = |text: &&str| {
        !seen.contains(text) && add.iter().any(|add| add != text && version(add) == version(text))
    };
    texts(&change.remove).iter().all(|gone| listed.contains(gone)) && !listed.iter().any(is_rival)
}

fn texts(records: &[RecordData]) -> Vec<&str> {
    records
        .iter()
        .filter_map(|record| match record {
            RecordData::Txt(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// `v=spf1`, `v=DMARC1`: what a text begins with.
fn version(text: &str) -> &str {
    text.split([' ', ';']).next().unwrap_or_default()
}

impl Publisher for ProviderApi {
    fn apply<'a>(
        &'a self,
        zone: &'a Zone,
        changes: &'a [Change],
    ) -> PortFuture<'a, Result<(), PublishError>> {
        Box::pin(self.changed(zone, changes))
    }

    fn name(&self) -> String {
        self.known.name.to_owned()
    }

    fn shows_at_once(&self) -> bool {
        false
    }
}

/// The client of a provider; its credentials are known to be complete.
fn open(id: &str, credentials: &Credentials) -> dns_update::Result<DnsUpdater> {
    let get = |name: &str| credentials.get(name).unwrap_or_default();
    let limit = Some(REQUEST);
    let (token, key, secret) = (get("token"), get("key"), get("secret"));
    let (user, password) = (get("user"), get("password"));
    match id {
        "arvancloud" => DnsUpdater::new_arvancloud(token, limit),
        "autodns" => {
            let context = credentials.get("context").and_then(|context| context.parse().ok());
            DnsUpdater::new_autodns(user, password, context, limit)
        }
        "bunny" => DnsUpdater::new_bunny(key, limit),
        "cloudflare" => DnsUpdater::new_cloudflare(token, limit),
        "constellix" => DnsUpdater::new_constellix(key, secret, limit),
        "cpanel" => DnsUpdater::new_cpanel(get("url"), user, token, limit),
        "desec" => DnsUpdater::new_desec(token, limit),
        "digitalocean" => DnsUpdater::new_digitalocean(token, limit),
        "dnsimple" => DnsUpdater::new_dnsimple(token, get("account"), limit),
        "dnsmadeeasy" => DnsUpdater::new_dnsmadeeasy(key, secret, limit),
        "domeneshop" => DnsUpdater::new_domeneshop(token, secret, limit),
        "dreamhost" => DnsUpdater::new_dreamhost(key, limit),
        "dynu" => DnsUpdater::new_dynu(key, limit),
        "easydns" => DnsUpdater::new_easydns(token, key, limit),
        "exoscale" => DnsUpdater::new_exoscale(key, secret, limit),
        "gandi" => DnsUpdater::new_gandiv5(token, limit),
        "gcore" => DnsUpdater::new_gcore(token, limit),
        "glesys" => DnsUpdater::new_glesys(user, key, limit),
        "godaddy" => DnsUpdater::new_godaddy(key, secret, limit),
        "hetzner" => DnsUpdater::new_hetzner(token, limit),
        "hostingde" => DnsUpdater::new_hostingde(key, limit),
        "hostinger" => DnsUpdater::new_hostinger(token, limit),
        "infomaniak" => DnsUpdater::new_infomaniak(token, limit),
        "inwx" => DnsUpdater::new_inwx(user, password, false, limit),
        "ionos" => DnsUpdater::new_ionos(key, limit),
        "linode" => DnsUpdater::new_linode(token, limit),
        "luadns" => DnsUpdater::new_luadns(user, token, limit),
        "mythicbeasts" => DnsUpdater::new_mythicbeasts(user, password, limit),
        "namedotcom" => DnsUpdater::new_namedotcom(user, token, limit),
        "namesilo" => DnsUpdater::new_namesilo(key, limit),
        "netcup" => DnsUpdater::new_netcup(get("customer"), key, password, limit),
        "netlify" => DnsUpdater::new_netlify(token, limit),
        "ns1" => DnsUpdater::new_ns1(key, limit),
        "ovh" => {
            let endpoint = credentials.get("endpoint").unwrap_or("ovh-eu").parse::<OvhEndpoint>()?;
            let (secret, consumer) = (get("application_secret"), get("consumer_key"));
            DnsUpdater::new_ovh(get("application_key"), secret, consumer, endpoint, limit)
        }
        "plesk" => DnsUpdater::new_plesk(get("url"), key, limit),
        "porkbun" => DnsUpdater::new_porkbun(key, secret, limit),
        "powerdns" => DnsUpdater::new_pdns(key, credentials.get("url"), credentials.get("server"), limit),
        "route53" => DnsUpdater::new_route53(Route53Config {
            access_key_id: key.to_owned(),
            secret_access_key: secret.to_owned(),
            session_token: None,
            region: None,
            hosted_zone_id: credentials.get("zone").map(str::to_owned),
            private_zone_only: None,
            endpoint: None,
        }),
        "safedns" => DnsUpdater::new_safedns(token, limit),
        "scaleway" => DnsUpdater::new_scaleway(token, limit),
        "simplycom" => DnsUpdater::new_simplycom(user, key, limit),
        "spaceship" => DnsUpdater::new_spaceship(key, secret, limit),
        "vercel" => DnsUpdater::new_vercel(token, credentials.get("team"), limit),
        "vultr" => DnsUpdater::new_vultr(key, limit),
        "websupport" => DnsUpdater::new_websupport(key, secret, limit),
        "zoneeu" => DnsUpdater::new_zoneeu(user, key, limit),
        other => Err(Error::Unsupported(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::KNOWN;
    use super::*;

    #[test]
    fn every_provider_of_the_list_can_be_opened() {
        for known in KNOWN {
            let value = |name: &&str| match *name {
                "url" => "url=https://panel.own.test".to_owned(),
                name => format!("{name}=1234"),
            };
            let text: Vec<String> = known.credentials.iter().map(value).collect();
            let credentials = Credentials::parse(known, &text.join("\n")).expect(known.id);
            ProviderApi::new(known, credentials).unwrap_or_else(|error| panic!("{}: {error}", known.id));
        }
    }

    #[test]
    fn a_text_that_came_meanwhile_and_says_the_same_stops_the_change() {
        let text = |text: &str| RecordData::Txt(text.to_owned());
        let change = Change {
            name: "own.test".into(),
            kind: RecordKind::Txt,
            ttl: 60,
            seen: vec![text("v=spf1 mx -all"), text("verification=1")],
            remove: vec![text("v=spf1 mx -all")],
            add: vec![text("v=spf1 mx a -all")],
        };
        let listed = |texts: &[&str]| -> Vec<DnsRecord> {
            texts.iter().map(|text| DnsRecord::TXT((*text).to_owned())).collect()
        };
        assert!(is_as_seen(&change, &listed(&["v=spf1 mx -all", "verification=1"])));
        assert!(is_as_seen(&change, &listed(&["v=spf1 mx -all", "verification=2"])), "none of our business");
        assert!(!is_as_seen(&change, &listed(&["verification=1"])), "what is to go has gone");
        assert!(!is_as_seen(&change, &listed(&["v=spf1 mx -all", "v=spf1 ip4:192.0.2.9 -all"])), "two");
    }
}
