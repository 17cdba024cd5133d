//! Whether DNS permits the authority that issued the certificate to issue the next one (RFC 8659).
//!
//! The certificate is the one in the file, for this host, and what the mail hosts show, for others. Which name an
//! authority answers to is taken from its own statements; of one that is not known here nothing is said.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::{Caa, DnsError};
use postamt_net::tls::{CertificateFacts, describe};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::context::Context;
use super::finding::{Certainty, Finding, Kind, Remedy};
use super::look::{Door, Look};
use super::run::{Check, CheckFuture, Scope};
use super::{dns, exchangers, hostname};

static OPEN: Kind = Kind::ok("caa.open");
static PERMITS: Kind = Kind::ok("caa.permits");
static FORBIDS: Kind = Kind::warning("caa.forbids", "RFC 8659 §4.2");
static CRITICAL: Kind = Kind::warning("caa.critical", "RFC 8659 §4.1");
static NOT_KNOWN: Kind = Kind::unknown("caa.not-known");
static NOT_ASKED: Kind = Kind::unknown("caa.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "caa",
    scope: Scope::Both,
    // Where the hostname itself fails, its check says so.
    not_after: &[&dns::SILENT, &hostname::NOT_COMPLETE, &hostname::NOT_ASKED],
    limit: Duration::from_secs(90),
    kinds: &[&OPEN, &PERMITS, &FORBIDS, &CRITICAL, &NOT_KNOWN, &NOT_ASKED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

/// Organisations as certificates name their issuer, and the names that they accept in CAA records; from their
/// certification practice statements.
const AUTHORITIES: [(&str, &[&str]); 21] = [
    ("Let's Encrypt", &["letsencrypt.org"]),
    ("Internet Security Research Group", &["letsencrypt.org"]),
    ("ZeroSSL", &["sectigo.com"]),
    (
        "Sectigo Limited",
        &["sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"],
    ),
    (
        "COMODO CA Limited",
        &["sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"],
    ),
    ("Google Trust Services", &["pki.goog"]),
    ("Google Trust Services LLC", &["pki.goog"]),
    ("DigiCert Inc", &["digicert.com", "symantec.com", "geotrust.com", "rapidssl.com", "thawte.com"]),
    ("DigiCert, Inc.", &["digicert.com", "symantec.com", "geotrust.com", "rapidssl.com", "thawte.com"]),
    ("GlobalSign nv-sa", &["globalsign.com"]),
    ("Buypass AS-983163327", &["buypass.com", "buypass.no"]),
    ("SSL Corporation", &["ssl.com"]),
    ("Actalis S.p.A.", &["actalis.it"]),
    ("GoDaddy.com, Inc.", &["godaddy.com", "starfieldtech.com"]),
    ("Amazon", &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"]),
    ("Entrust, Inc.", &["entrust.net", "affirmtrust.com"]),
    ("Asseco Data Systems S.A.", &["certum.pl", "certum.eu"]),
    ("D-Trust GmbH", &["d-trust.net", "dtrust.de", "d-trust.de"]),
    ("Deutsche Telekom Security GmbH", &["telesec.de", "telesec.com"]),
    ("SwissSign AG", &["swisssign.com", "swisssign.net"]),
    ("Microsoft Corporation", &["microsoft.com"]),
];

/// Tags that every authority knows (RFC 8659 §4, RFC 9495, and the registry of RFC 8659 §7).
const KNOWN_TAGS: [&str; 7] =
    ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

/// The names in CAA records that permit an authority, by the organisation that its certificates name as their issuer; the
/// usual one first. `None` for one that is not known here.
#[must_use]
pub fn authority_names(organisation: &str) -> Option<&'static [&'static str]> {
    AUTHORITIES.iter().find(|(name, _)| *name == organisation).map(|(_, names)| *names)
}

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(host) = context.host() {
        if let Some(facts) = of_file(&context).filter(|facts| !facts.is_self_made) {
            found.push(judge(&context, &host.hostname, &facts).await);
        }
        return found;
    }
    for domain in context.domains() {
        let Some(exchangers) = exchangers::of(&context, domain).await else { continue };
        for host in exchangers.hosts {
            let Look::Met(survey) = context.looks.host(&context, &host, 25, Door::Clear).await else {
                continue;
            };
            let facts = survey.chain.first().and_then(describe);
            if let Some(facts) = facts.filter(|facts| !facts.is_self_made) {
                found.push(judge(&context, &host, &facts).await);
            }
        }
    }
    found
}

fn of_file(context: &Context) -> Option<CertificateFacts> {
    let text = context.machine.certificate.as_ref()?.as_ref().ok()?;
    describe(&CertificateDer::from_pem_slice(text.as_bytes()).ok()?)
}

async fn judge(context: &Context, host: &Domain, facts: &CertificateFacts) -> Finding {
    let about = |kind| Finding::new(kind, host).with("issuer", &facts.issuer_organisation);
    let (owner, records) = match climb(context, host).await {
        Ok(Some(found)) => found,
        Ok(None) => return about(&OPEN),
        Err(error) => return about(&NOT_ASKED).seen(error),
    };
    let seen = |finding: Finding| {
        records.iter().fold(finding, |finding, record| finding.seen(format!("{owner}. IN CAA {record}")))
    };
    let unknown: Vec<&Caa> = records
        .iter()
        .filter(|record| record.critical && !KNOWN_TAGS.contains(&record.tag.as_str()))
        .collect();
    if !unknown.is_empty() {
        return unknown.iter().fold(seen(about(&CRITICAL)), |finding, record| {
            let value = record.to_string();
            finding.remedy(Remedy::NoRecord { name: owner.clone(), record_type: "CAA", value })
        });
    }
    let issuers: Vec<&str> =
        records.iter().filter(|record| record.tag == "issue").map(|record| issuer(&record.value)).collect();
    // Without `issue` everybody may (RFC 8659 §4.2).
    if issuers.is_empty() {
        return seen(about(&OPEN));
    }
    let Some(names) = authority_names(&facts.issuer_organisation) else { return seen(about(&NOT_KNOWN)) };
    if issuers.iter().any(|issuer| names.iter().any(|name| name.eq_ignore_ascii_case(issuer))) {
        return seen(about(&PERMITS));
    }
    let value = Caa { critical: false, tag: "issue".to_owned(), value: names[0].to_owned() };
    // `issue ";"` forbids all, and says nothing beside another one (RFC 8659 §4.2).
    let finding = seen(about(&FORBIDS)).surely(Certainty::Likely);
    finding.remedy(Remedy::record(&owner, "CAA", value.to_string()))
}

/// The authority of an `issue` value, without its parameters (RFC 8659 §4.2).
fn issuer(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

/// The records that hold for a host: at its name, or else at the nearest one above it (RFC 8659 §3).
async fn climb(context: &Context, host: &Domain) -> Result<Option<(String, Vec<Caa>)>, DnsError> {
    let mut rest = Some(host.as_str());
    while let Some(name) = rest {
        rest = name.split_once('.').map(|(_, above)| above);
        let answer = context.resolver.caa(name).await?;
        if !answer.records.is_empty() {
            return Ok(Some((name.to_owned(), answer.records)));
        }
    }
    Ok(None)
}
