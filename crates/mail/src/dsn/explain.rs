//! What a refusal means, in one word for programs ([`Cause`]) and in two sentences for people.
//!
//! [`Cause::of`] reads the enhanced code first (RFC 3463 and the registry of RFC 5248), then, where the code says
//! little or there is none, the words of the answer. It always has an answer: unknown is `Temporary` or
//! `Permanent`. Whoever knows the cause from the place where it arose uses that instead.

use crate::reply::{EnhancedCode, Reply};
use crate::words::Words;

macro_rules! causes {
    ($($(#[$note:meta])* $name:ident => $key:literal,)*) => {
        /// Why a message did not arrive.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Cause {
            $($(#[$note])* $name,)*
        }

        impl Cause {
            /// All causes.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name, also of the sentence in the catalogue: `explain-<key>` and `explain-<key>-next`.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

causes! {
    /// No such user.
    UnknownMailbox => "unknown-mailbox",
    /// The address is not accepted in this form.
    BadAddress => "bad-address",
    /// The user has moved.
    Moved => "moved",
    /// The mailbox takes no mail.
    MailboxDisabled => "mailbox-disabled",
    /// Over quota.
    MailboxFull => "mailbox-full",
    /// The message is too large.
    TooBig => "too-big",
    /// A list could not be expanded.
    MailingList => "mailing-list",
    /// The server has no room.
    SystemFull => "system-full",
    /// The server takes nothing now.
    Busy => "busy",
    /// No connection.
    NoAnswer => "no-answer",
    /// The connection broke.
    ConnectionLost => "connection-lost",
    /// NXDOMAIN, or neither MX nor address.
    NoSuchDomain => "no-such-domain",
    /// Null MX (RFC 7505).
    NoMailDomain => "no-mail-domain",
    /// DNS gave no answer.
    DnsFailure => "dns-failure",
    /// Too many hops.
    Loop => "loop",
    /// The time is over.
    Expired => "expired",
    /// Syntax, sequence, unknown command.
    Protocol => "protocol",
    /// More recipients than allowed.
    TooManyRecipients => "too-many-recipients",
    /// The kind of content is refused.
    Content => "content",
    /// Taken for spam or malware.
    Spam => "spam",
    /// Some rule of the receiver.
    Policy => "policy",
    /// Our address or domain is listed.
    Blocklist => "blocklist",
    /// The return path is refused.
    SenderRejected => "sender-rejected",
    /// The server does not serve this recipient.
    RelayDenied => "relay-denied",
    /// Our login at a relay is refused.
    Credentials => "credentials",
    /// The receiver wants STARTTLS.
    EncryptionRequired => "encryption-required",
    /// DANE, MTA-STS or a rule of ours could not be met.
    TlsFailure => "tls-failure",
    /// The sender wants REQUIRETLS, the receiver does not offer it (RFC 8689).
    RequireTls => "require-tls",
    /// DKIM.
    Dkim => "dkim",
    /// SPF.
    Spf => "spf",
    /// DMARC, or several methods together.
    Authentication => "authentication",
    /// No or no fitting PTR.
    ReverseDns => "reverse-dns",
    /// Too much in a time.
    RateLimit => "rate-limit",
    /// Put off because unknown.
    Greylisted => "greylisted",
    /// Addresses or headers beyond ASCII.
    Smtputf8 => "smtputf8",
    /// 8BITMIME or BINARYMIME is missing.
    EightBit => "eight-bit",
    /// Taken out of the queue by the operator.
    Cancelled => "cancelled",
    /// 4yz without more.
    Temporary => "temporary",
    /// 5yz without more.
    Permanent => "permanent",
}

/// What servers write when their code says little. The order matters: the more telling words come first.
const PATTERNS: &[(Cause, &[&str])] = &[
    (Cause::Greylisted, &["greylist", "graylist", "grey-list", "gray-list", "postgrey"]),
    (Cause::MailboxFull, &["quota", "mailbox full", "mailbox is full", "over quota"]),
    (
        Cause::Blocklist,
        &[
            "spamhaus",
            "blocklist",
            "blacklist",
            "block list",
            "black list",
            "dnsbl",
            " rbl",
            "rbl.",
            "barracudacentral",
            "spamcop",
            "is listed",
            "listed at",
            "listed by",
            "listed on",
            "banned sending ip",
        ],
    ),
    (Cause::ReverseDns, &["reverse dns", "ptr record", "rdns", "reverse hostname", "fcrdns"]),
    (Cause::Authentication, &["dmarc", "not authenticated", "unauthenticated email"]),
    (
        Cause::EncryptionRequired,
        &["must issue a starttls", "starttls first", "starttls is required", "tls required"],
    ),
    (Cause::Dkim, &["dkim"]),
    (Cause::Spf, &["spf"]),
    (
        Cause::RelayDenied,
        &[
            "relay access denied",
            "relaying denied",
            "unable to relay",
            "relay not permitted",
            "not permitted to relay",
            "relaying not allowed",
        ],
    ),
    (
        Cause::RateLimit,
        &[
            "rate limit",
            "ratelimit",
            "too many messages",
            "too many connections",
            "throttl",
            "unusual rate",
            "try again more slowly",
        ],
    ),
    (
        Cause::UnknownMailbox,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "no such mailbox",
            "recipient unknown",
            "unknown recipient",
            "mailbox not found",
            "user not found",
            "recipient not found",
            "invalid recipient",
            "does not exist",
            "doesn't exist",
            "no mailbox here",
            "not listed in public",
            "unknown or illegal alias",
        ],
    ),
    (
        Cause::MailboxDisabled,
        &[
            "mailbox disabled",
            "account disabled",
            "mailbox is disabled",
            "account is disabled",
            "inactive",
            "suspended",
        ],
    ),
    (Cause::Spam, &["spam", "virus", "malware", "phish", "unsolicited"]),
    (Cause::TooBig, &["too large", "too big", "size limit", "exceeds maximum", "exceeds size"]),
];

impl Cause {
    /// The cause that a status and an answer speak of. The status of the notice counts before the answer's own.
    #[must_use]
    pub fn of(status: Option<EnhancedCode>, reply: Option<&Reply>) -> Self {
        let status = status.or_else(|| reply.and_then(|reply| reply.enhanced));
        let text =
            reply.map(|reply| without_addresses(&reply.text().to_ascii_lowercase())).unwrap_or_default();
        let temporary = match (status, reply) {
            (Some(status), _) => status.class == 4,
            (None, Some(reply)) => reply.code.is_temporary(),
            (None, None) => true,
        };
        let from_code = status.and_then(Self::from_code);
        match from_code {
            // These codes are used for everything: the words say which.
            None | Some(Self::Policy | Self::Busy | Self::Content) => Self::from_words(&text, temporary),
            // Some hide a blocklist behind it; spam filters and DKIM have no part in it.
            Some(Self::UnknownMailbox) => Self::from_words(&text, temporary)
                .filter(|cause| matches!(cause, Self::Blocklist | Self::ReverseDns | Self::MailboxDisabled)),
            Some(_) => None,
        }
        .or(from_code)
        .or_else(|| reply.and_then(|reply| Self::from_basic_code(reply.code.get())))
        .unwrap_or(if temporary { Self::Temporary } else { Self::Permanent })
    }

    /// What it means.
    #[must_use]
    pub fn meaning(self, words: &Words) -> String {
        words.get(&format!("explain-{}", self.key()), &[])
    }

    /// What to do next.
    #[must_use]
    pub fn next(self, words: &Words) -> String {
        words.get(&format!("explain-{}-next", self.key()), &[])
    }

    fn from_code(code: EnhancedCode) -> Option<Self> {
        Some(match (code.subject, code.detail) {
            (1, 1) => Self::UnknownMailbox,
            (1, 2) | (4, 4) => Self::NoSuchDomain,
            (1, 3..=5) => Self::BadAddress,
            (1, 6) => Self::Moved,
            (1, 7..=9) => Self::SenderRejected,
            (1, 10) => Self::NoMailDomain,
            (2, 1) => Self::MailboxDisabled,
            (2, 2) => Self::MailboxFull,
            (2, 3) | (3, 4) => Self::TooBig,
            (2, 4) => Self::MailingList,
            (3, 1) => Self::SystemFull,
            (3, 2) | (4, 5) => Self::Busy,
            (4, 1) => Self::NoAnswer,
            (4, 2) => Self::ConnectionLost,
            (4, 3) => Self::DnsFailure,
            (4, 6) => Self::Loop,
            (4, 7) => Self::Expired,
            (5, 3) => Self::TooManyRecipients,
            (5, _) => Self::Protocol,
            (6, 3) => Self::EightBit,
            (6, 7..=10) => Self::Smtputf8,
            (6, _) => Self::Content,
            (7, 8 | 9) => Self::Credentials,
            (7, 4 | 10 | 11) => Self::EncryptionRequired,
            (7, 5) => Self::TlsFailure,
            (7, 20..=22) => Self::Dkim,
            (7, 23 | 24) => Self::Spf,
            (7, 25) => Self::ReverseDns,
            (7, 26 | 509) => Self::Authentication,
            (7, 27) => Self::SenderRejected,
            (7, 28) => Self::RateLimit,
            (7, 30) => Self::RequireTls,
            (7, _) => Self::Policy,
            _ => return None,
        })
    }

    /// The cause that the words alone speak of.
    fn from_words(text: &str, temporary: bool) -> Option<Self> {
        let found = PATTERNS.iter().find(|(_, words)| words.iter().any(|word| text.contains(word)));
        let cause = found.map(|(cause, _)| *cause)?;
        // "Greylisted" for good is something else.
        (temporary || cause != Self::Greylisted).then_some(cause)
    }

    fn from_basic_code(code: u16) -> Option<Self> {
        Some(match code {
            421 | 450 | 451 => Self::Busy,
            452 => Self::SystemFull,
            500..=504 => Self::Protocol,
            530 | 538 => Self::EncryptionRequired,
            534 | 535 => Self::Credentials,
            552 => Self::MailboxFull,
            553 => Self::BadAddress,
            556 => Self::NoMailDomain,
            _ => return None,
        })
    }
}

/// An address in an answer, as `<spam@example.test>`, must not be taken for the server's words.
fn without_addresses(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        kept.push_str(before);
        rest = behind.split_once('>').map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept
}

/// A refusal in two sentences: what it means, what to do next.
#[must_use]
pub fn explain(status: Option<EnhancedCode>, reply: Option<&Reply>, words: &Words) -> String {
    let cause = Cause::of(status, reply);
    format!("{} {}", cause.meaning(words), cause.next(words))
}
