//! What a server offers in its answer to EHLO or LHLO (RFC 5321 §4.1.1.1).
//!
//! Unknown keywords are kept in the raw answer only. Malformed parameters count as absent: an extension is
//! used only where the server clearly offers it.

use crate::reply::Reply;
use crate::sasl::Mechanism;

/// Operational limits that the server announces (RFC 9422 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// `MAILMAX`: transactions per session.
    pub mail_max: Option<u32>,
    /// `RCPTMAX`: recipients per transaction.
    pub recipient_max: Option<u32>,
    /// `RCPTDOMAINMAX`: recipient domains per transaction.
    pub recipient_domain_max: Option<u32>,
}

/// The offers of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The answer as it came, for evidence.
    pub answer: Reply,
    /// False after HELO.
    pub extended: bool,
    /// RFC 2920.
    pub pipelining: bool,
    /// RFC 1870; the limit is 0 when there is none.
    pub size: Option<u64>,
    /// RFC 6152.
    pub eight_bit_mime: bool,
    /// RFC 3030.
    pub chunking: bool,
    /// RFC 3030.
    pub binary_mime: bool,
    /// RFC 6531.
    pub smtputf8: bool,
    /// RFC 3461.
    pub dsn: bool,
    /// RFC 2034.
    pub enhanced_status_codes: bool,
    /// RFC 3207.
    pub starttls: bool,
    /// RFC 8689.
    pub require_tls: bool,
    /// RFC 4954; the ones we know, best last.
    pub mechanisms: Vec<Mechanism>,
    /// RFC 9422.
    pub limits: Limits,
}

impl Capabilities {
    /// From a 250 to EHLO or LHLO.
    #[must_use]
    pub fn from_ehlo(answer: Reply) -> Self {
        let mut this = Self { extended: true, ..Self::none(Reply { lines: Vec::new(), ..answer }) };
        for line in answer.lines.iter().skip(1) {
            this.add(line);
        }
        this.mechanisms.sort_unstable_by_key(|mechanism| strength(*mechanism));
        this.mechanisms.dedup();
        this.answer.lines = answer.lines;
        this
    }

    /// From a 250 to HELO: nothing is offered.
    #[must_use]
    pub fn none(answer: Reply) -> Self {
        Self {
            answer,
            extended: false,
            pipelining: false,
            size: None,
            eight_bit_mime: false,
            chunking: false,
            binary_mime: false,
            smtputf8: false,
            dsn: false,
            enhanced_status_codes: false,
            starttls: false,
            require_tls: false,
            mechanisms: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// The name by which the server calls itself: the first word of its answer.
    #[must_use]
    pub fn server_name(&self) -> &str {
        self.answer.lines.first().and_then(|line| line.split(' ').next()).unwrap_or_default()
    }

    fn add(&mut self, line: &str) {
        let mut words = line.split_ascii_whitespace();
        let Some(keyword) = words.next() else { return };
        match keyword.to_ascii_uppercase().as_str() {
            "PIPELINING" => self.pipelining = true,
            // A SIZE without a number announces no limit (RFC 1870 §4).
            "SIZE" => self.size = Some(words.next().and_then(|limit| limit.parse().ok()).unwrap_or(0)),
            "8BITMIME" => self.eight_bit_mime = true,
            "CHUNKING" => self.chunking = true,
            "BINARYMIME" => self.binary_mime = true,
            "SMTPUTF8" => self.smtputf8 = true,
            "DSN" => self.dsn = true,
            "ENHANCEDSTATUSCODES" => self.enhanced_status_codes = true,
            "STARTTLS" => self.starttls = true,
            "REQUIRETLS" => self.require_tls = true,
            "AUTH" => self.mechanisms.extend(words.filter_map(Mechanism::from_name)),
            "LIMITS" => words.for_each(|limit| self.add_limit(limit)),
            // The form of a draft that old servers and clients kept: `AUTH=LOGIN PLAIN`.
            other => {
                if let Some(first) = other.strip_prefix("AUTH=") {
                    let names = std::iter::once(first).chain(words);
                    self.mechanisms.extend(names.filter_map(Mechanism::from_name));
                }
            }
        }
    }

    fn add_limit(&mut self, limit: &str) {
        let Some((name, value)) = limit.split_once('=') else { return };
        // RFC 9422 §4: one to six digits, not starting with zero.
        let value = value.parse().ok().filter(|value| (1..1_000_000).contains(value));
        match name.to_ascii_uppercase().as_str() {
            "MAILMAX" => self.limits.mail_max = value,
            "RCPTMAX" => self.limits.recipient_max = value,
            "RCPTDOMAINMAX" => self.limits.recipient_domain_max = value,
            _ => {}
        }
    }
}

/// The order in which we prefer mechanisms: LOGIN last, for it is PLAIN with more round trips.
pub(super) fn strength(mechanism: Mechanism) -> u8 {
    match mechanism {
        Mechanism::Login => 0,
        Mechanism::Plain => 1,
        Mechanism::ScramSha256 => 2,
        Mechanism::ScramSha256Plus => 3,
    }
}
