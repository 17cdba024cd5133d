//! What DNS must have before a relay carries mail: SPF mechanisms and DKIM records, as they are known without asking
//! anybody. `relay test` then looks whether they are there.

use postamt_mail::relays::{Fact, Profile, RelaySignature, Spf, SpfPlace};
use postamt_mailauth::dkim::{KeyStore, SignProfile};
use postamt_mailauth::records::spf::with_mechanism;
use serde::Serialize;

use super::dkim::zone_line;
use crate::config::Config;
use crate::terminal::Terminal;

/// What a domain needs.
#[derive(Debug, Serialize)]
pub struct Wanted {
    domain: String,
    /// To be added to the SPF record of the domain.
    spf_mechanism: Option<String>,
    /// The record where there is none yet.
    spf_record: Option<String>,
    /// Names and values of the DKIM records of the keys that sign on this way.
    dkim: Vec<(String, String)>,
}

/// What each own domain needs.
pub fn wanted(profile: Option<&Profile>, config: &Config) -> Vec<Wanted> {
    // Without the right to read the keys, `dkim list` shows their records to who has it.
    let keys = KeyStore::open(config.dkim_directory()).ok();
    let signatures =
        SignProfile { max_signatures: profile.map_or(2, Profile::signatures), ..SignProfile::default() };
    let mechanism = profile.and_then(Profile::include_at_from).map(|name| format!("include:{name}"));
    let of_domain = |domain| {
        let keys = keys.as_ref().map(|store| store.keys_to_publish(domain)).unwrap_or_default();
        Wanted {
            domain: domain.to_string(),
            spf_record: mechanism.as_deref().map(|mechanism| with_mechanism(None, mechanism)),
            spf_mechanism: mechanism.clone(),
            dkim: signatures.choose(&keys).map(|key| (key.record_name(), key.public_record())).collect(),
        }
    };
    config.server.domains.iter().map(of_domain).collect()
}

/// Tells it.
pub fn say(profile: Option<&Profile>, records: &[Wanted], terminal: Terminal) {
    if let Some(profile) = profile {
        facts(profile, terminal);
    }
    for record in records {
        if let (Some(mechanism), Some(whole)) = (&record.spf_mechanism, &record.spf_record) {
            let values = [("domain", (&record.domain).into()), ("mechanism", mechanism.into())];
            terminal.say("relay-spf-add", &values);
            terminal.print(&format!("  {}", zone_line(&record.domain, whole)));
        }
        if record.dkim.is_empty() {
            terminal.say("relay-key-none", &[("domain", (&record.domain).into())]);
        } else {
            terminal.say("relay-key-publish", &[("domain", (&record.domain).into())]);
        }
        for (name, value) in &record.dkim {
            terminal.print(&format!("  {}", zone_line(name, value)));
        }
    }
}

/// What else is known of the provider and concerns DNS or the account there.
fn facts(profile: &Profile, terminal: Terminal) {
    let provider = || ("provider", (&profile.name).into());
    match (profile.spf.known(), profile.spf_at) {
        (Some(Spf::Include(name)), SpfPlace::ReturnPath) => {
            terminal
                .say("relay-spf-return-path", &[provider(), ("mechanism", format!("include:{name}").into())]);
        }
        (Some(Spf::Nothing), _) => terminal.say("relay-spf-nothing", &[provider()]),
        (None, _) => terminal.say("relay-spf-unknown", &[provider()]),
        (Some(Spf::Include(_)), _) => {}
    }
    if profile.relay_signs == Fact::Known(RelaySignature::Customer) {
        terminal.say("relay-provider-key", &[provider()]);
    }
    if profile.verified_senders == Fact::Known(true) {
        terminal.say("relay-verified-senders", &[]);
    }
    let source = || ("source", profile.sources.first().map_or("-", String::as_str).into());
    match profile.seen.as_deref() {
        Some(seen) => terminal.say("relay-facts", &[provider(), ("seen", seen.into()), source()]),
        None => terminal.say("relay-facts-undated", &[provider(), source()]),
    }
}
