//! Our records as the library has them, and its failures as ours.

use dns_update::{
    CAARecord, DnsRecord, DnsRecordType, Error, KeyValue, MXRecord, SRVRecord, TLSARecord, TlsaCertUsage,
    TlsaMatching, TlsaSelector,
};

use super::{Credentials, ProviderFailure};
use crate::dns::record::{RecordData, RecordKind};
use crate::dns::{Caa, Tlsa};

/// The kind; `None` for PTR, which no zone of ours holds.
pub fn kind(kind: RecordKind) -> Option<DnsRecordType> {
    Some(match kind {
        RecordKind::A => DnsRecordType::A,
        RecordKind::Aaaa => DnsRecordType::AAAA,
        RecordKind::Cname => DnsRecordType::CNAME,
        RecordKind::Mx => DnsRecordType::MX,
        RecordKind::Txt => DnsRecordType::TXT,
        RecordKind::Srv => DnsRecordType::SRV,
        RecordKind::Tlsa => DnsRecordType::TLSA,
        RecordKind::Caa => DnsRecordType::CAA,
        RecordKind::Ptr => return None,
    })
}

/// A record; `None` where the library has no place for it.
pub fn record(data: &RecordData) -> Option<DnsRecord> {
    Some(match data.clone() {
        RecordData::A(address) => DnsRecord::A(address),
        RecordData::Aaaa(address) => DnsRecord::AAAA(address),
        RecordData::Cname(name) => DnsRecord::CNAME(name),
        RecordData::Mx { preference, exchange } => {
            // A null MX names the root (RFC 7505 §3).
            let exchange = if exchange.is_empty() { ".".to_owned() } else { exchange };
            DnsRecord::MX(MXRecord { exchange, priority: preference })
        }
        RecordData::Txt(text) => DnsRecord::TXT(text),
        RecordData::Srv { priority, weight, port, target } => {
            DnsRecord::SRV(SRVRecord { target, priority, weight, port })
        }
        RecordData::Tlsa(tlsa) => DnsRecord::TLSA(certificate(tlsa)?),
        RecordData::Caa(caa) => DnsRecord::CAA(authority(caa)?),
        RecordData::Ptr(_) => return None,
    })
}

fn certificate(tlsa: Tlsa) -> Option<TLSARecord> {
    Some(TLSARecord {
        cert_usage: match tlsa.usage {
            0 => TlsaCertUsage::PkixTa,
            1 => TlsaCertUsage::PkixEe,
            2 => TlsaCertUsage::DaneTa,
            3 => TlsaCertUsage::DaneEe,
            _ => return None,
        },
        selector: match tlsa.selector {
            0 => TlsaSelector::Full,
            1 => TlsaSelector::Spki,
            _ => return None,
        },
        matching: match tlsa.matching {
            0 => TlsaMatching::Raw,
            1 => TlsaMatching::Sha256,
            2 => TlsaMatching::Sha512,
            _ => return None,
        },
        cert_data: tlsa.data,
    })
}

/// RFC 8659 §4.2: the name of the authority, then its parameters.
fn authority(caa: Caa) -> Option<CAARecord> {
    let Caa { critical: issuer_critical, tag, value } = caa;
    let mut parts = value.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty()).map(str::to_owned);
    let options = parts.filter(|part| !part.is_empty()).map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        KeyValue { key: key.trim().to_owned(), value: value.trim().to_owned() }
    });
    let options = options.collect();
    match tag.as_str() {
        "issue" => Some(CAARecord::Issue { issuer_critical, name, options }),
        "issuewild" => Some(CAARecord::IssueWild { issuer_critical, name, options }),
        "iodef" => Some(CAARecord::Iodef { issuer_critical, url: value }),
        _ => None,
    }
}

/// What the library says, without secrets. It gives HTTP statuses other than 401 and 404 as text.
pub fn failure(error: Error, kind: RecordKind, credentials: &Credentials) -> ProviderFailure {
    let text = match error {
        Error::Unauthorized => return ProviderFailure::Unauthorized,
        Error::NotFound => return ProviderFailure::NoZone,
        Error::Unsupported(_) => return ProviderFailure::Unsupported(kind),
        Error::Api(text) => text,
        other => other.to_string(),
    };
    let has = |status: &str| text.starts_with(&format!("HTTP {status}"));
    if has("401") {
        ProviderFailure::Unauthorized
    } else if has("403") {
        ProviderFailure::Forbidden
    } else if has("429") {
        ProviderFailure::RateLimited
    } else if has("404") || is_about_a_missing_zone(&text) {
        ProviderFailure::NoZone
    } else {
        ProviderFailure::Other(credentials.hidden_in(&text))
    }
}

/// `No Cloudflare zone found for …`, `Zone … not found`, `domain … not found`.
fn is_about_a_missing_zone(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let names_it = ["zone", "domain"].iter().any(|word| text.contains(word));
    names_it && (text.contains("not found") || (text.starts_with("no ") && text.contains("found")))
}
