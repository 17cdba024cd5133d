//! What was tried on the way to a connection, for who asks: one entry per host that could not be tried, and per address
//! that was.

use postamt_net::smtp::ConnectionFacts;
use std::net::{IpAddr, SocketAddr};

use postamt_mail::address::Domain;
use serde::{Deserialize, Serialize};

/// See the head of this file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The host, if it has a name.
    pub host: Option<String>,
    /// The address; none where it did not come to that.
    pub address: Option<SocketAddr>,
    /// The source address that the settings name; none leaves it to the system.
    pub source: Option<IpAddr>,
    /// The name in EHLO.
    pub ehlo_name: String,
    /// On the direct way: by what its TLS was judged, in the words of TLS reports.
    pub demand: Option<String>,
    /// Why it came to nothing.
    pub failure: Option<String>,
}

impl Tried {
    /// A host that could not be tried.
    #[must_use]
    pub fn never(host: &Domain, failure: String) -> Self {
        Self {
            host: Some(host.to_string()),
            address: None,
            source: None,
            ehlo_name: String::new(),
            demand: None,
            failure: Some(failure),
        }
    }
}

/// `TLSv1.3 TLS13_AES_256_GCM_SHA384, certificate verified`, for people.
pub(super) fn tls_in_words(facts: &ConnectionFacts) -> Option<String> {
    let Some(tls) = &facts.tls else {
        return facts.tls_fallback.as_ref().map(|reason| format!("none, since it failed: {reason}"));
    };
    let certificate = match (&tls.problem, tls.verified) {
        (_, true) if tls.by_dane => "certificate verified by DANE".to_owned(),
        (_, true) => "certificate verified".to_owned(),
        (Some(problem), false) => format!("certificate not verified: {problem}"),
        (None, false) => "certificate not verified".to_owned(),
    };
    Some(format!("{} {}, {certificate}", tls.version, tls.cipher))
}
