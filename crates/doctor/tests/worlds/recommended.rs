//! What `postamt dns records` recommends, the doctor accepts: a zone without any of these records, and then with them.

use postamt_doctor::records::{Identity, KeyRecord, OwnDomain, Present, Purpose, wanted};
use postamt_mail::sts_policy::PolicyMode;
use postamt_net::dns::record::RecordKind;

use super::support::{World, healthy, judge, uncured};

const BARE: &str =
    "- example.test TXT\n- mail.example.test TXT\n- _dmarc.example.test\n- s1._domainkey.example.test\n";

fn identity() -> Identity {
    let state = healthy();
    let domain = |name: &postamt_mail::address::Domain| OwnDomain { name: name.clone(), receives: false };
    Identity {
        hostname: state.host.hostname.clone(),
        addresses: state.machine.addresses.clone(),
        domains: state.host.domains.iter().map(domain).collect(),
        includes: Vec::new(),
        keys: state.host.keys.iter().map(KeyRecord::from).collect(),
        certificate_keys: Vec::new(),
        web: false,
        submission: None,
        submissions: None,
        sts: PolicyMode::None,
        authority: None,
    }
}

#[tokio::test]
async fn what_is_recommended_is_accepted() {
    let all = wanted(&identity(), &Present::new());
    let ours = all.iter().filter(|it| matches!(it.purpose, Purpose::Spf | Purpose::Dkim | Purpose::Dmarc));
    let lines: Vec<String> = ours.map(|it| format!("{} TXT {}", it.name, it.data)).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(all.iter().any(|it| it.data.kind() == RecordKind::A));
    let zone = format!("{BARE}{}", lines.join("\n"));
    let worlds: [World; 2] = [
        uncured("none of them", BARE, &["dkim.missing", "dmarc.missing", "spf.missing", "spf.missing-helo"]),
        uncured("as recommended", zone.leak(), &["dmarc.only-watches", "spf.soft-fail", "spf.soft-fail"]),
    ];
    judge(&worlds).await;
}
