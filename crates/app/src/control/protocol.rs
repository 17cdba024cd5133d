//! What is asked and answered on the control socket.

use postamt_mta::Selection;
use postamt_mta::handle::{QueueAction, SiteState};
use postamt_mta::send::preflight::Finding;
use postamt_store::conduct::Standing;
use postamt_store::facts::ProbeFact;
use postamt_store::history::MessageRecord;
use postamt_store::queue_id::QueueId;
use serde::{Deserialize, Serialize};

/// Octets of a request that the server reads at most.
pub const REQUEST_LIMIT: u64 = 1 << 20;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Everything that waits: a list of `QueueEntry`.
    List,
    /// Why a message is where it is: `Why`.
    Why {
        /// Queue id.
        id: String,
    },
    /// A message: [`Shown`].
    Show {
        /// Queue id.
        id: String,
    },
    /// Moves messages: how many were.
    Act {
        /// What to do.
        action: QueueAction,
        /// With which.
        selection: Selection,
    },
    /// Looks in the history: a list of [`Found`].
    Find {
        /// Part of the sender.
        sender: Option<String>,
        /// Part of a recipient.
        recipient: Option<String>,
        /// The Message-ID.
        message_id: Option<String>,
        /// At most this many.
        limit: usize,
    },
    /// How the server stands: [`Status`].
    Status,
    /// The ways out: a list of `PathFact`.
    Paths,
    /// What relays were handed within a day: a list of `QuotaState`.
    Quotas,
    /// Providers whose mail goes by a relay: a list of `ProviderFact`.
    Providers,
    /// Lets the mail of one provider go by a relay: its `ProviderFact`.
    RelayOnly {
        /// A known provider, an MX suffix or a domain.
        provider: String,
        /// The relay.
        relay: String,
    },
    /// Ends that: the `ProviderFact` that was in force.
    EndRelayOnly {
        /// As above.
        provider: String,
    },
    /// Networks that are kept out, or whose last ban still counts: a list of `Ban`.
    Bans,
    /// Keeps one out: its `Ban`.
    Ban {
        /// An address or a network.
        network: String,
        /// For so many seconds; else until it is lifted.
        seconds: Option<u64>,
        /// Why.
        note: String,
    },
    /// Lifts the bans that concern one: a list of `Ban`.
    LiftBans {
        /// An address or a network.
        network: String,
    },
    /// How an account stands: an `AccountState`.
    AccountState {
        /// Its name.
        name: String,
    },
    /// Lets an account send again: its `LetGo`.
    LetGo {
        /// Its name.
        name: String,
        /// What it did is usual for it; else it was stolen and is safe again.
        was_usual: bool,
    },
    /// Their last probes: a list of `ProbeFact`, without the reports.
    Probes,
    /// Rehearses a delivery: a `Rehearsal`.
    Rehearse {
        /// The envelope sender; `None` is the null path.
        sender: Option<String>,
        /// The recipient.
        recipient: String,
        /// The login, for rules that name one.
        account: Option<String>,
    },
    /// Renews the certificate now: `Renewed`.
    RenewCertificate,
    /// Begins the change to a new key.
    NewCertificateKey,
    /// A command has changed a case: the watch over them looks at once.
    CasesChanged,
    /// A probe was made by a command: how many of its ways are the server's.
    Probed {
        /// What it found, one per way.
        probes: Vec<ProbeFact>,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// What was asked for.
    Done(serde_json::Value),
    /// Why not.
    Refused(Refusal),
}

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// The text is no queue id.
    NotAnId {
        /// The text.
        id: String,
    },
    /// The text is no domain.
    NotADomain {
        /// The text.
        domain: String,
    },
    /// The text is neither a known provider nor a domain.
    NotAProvider {
        /// The text.
        provider: String,
    },
    /// The running server knows no such relay.
    NoRelay {
        /// Its name.
        relay: String,
    },
    /// The relay failed its preflight.
    UnfitRelay {
        /// Its name.
        relay: String,
        /// By this.
        finding: Box<Finding>,
    },
    /// The mail of this provider does not go by a relay.
    NotByRelay {
        /// Its name.
        provider: String,
    },
    /// The text is neither an address nor a network.
    NotANetwork {
        /// The text.
        network: String,
    },
    /// The network has hosts of the operator's own in it.
    OwnNetwork {
        /// Which.
        network: String,
    },
    /// There is no such account.
    NoAccount {
        /// The name.
        name: String,
    },
    /// No message of this id is known.
    Unknown {
        /// The id.
        id: String,
    },
    /// No certificate authority is configured.
    NoAuthority,
    /// There is no certificate from the authority yet whose key could change.
    NoCertificate,
    /// A change of keys is under way.
    KeyChanges,
    /// The certificate was not renewed.
    NotRenewed {
        /// Why.
        what: String,
    },
    /// The server could not do it, or did not understand; in its own words.
    Failed {
        /// The words.
        error: String,
    },
}

/// A message as `queue show` gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Queue id.
    pub id: String,
    /// Seconds since 1970.
    pub received_at: u64,
    /// Envelope sender, empty for the null path.
    pub sender: String,
    /// Envelope recipients.
    pub recipients: Vec<String>,
    /// Login that sent it.
    pub account: Option<String>,
    /// How it came in.
    pub channel: String,
    /// The content filter that holds it, and why.
    #[serde(default)]
    pub held_by: Option<String>,
    /// The content in base 64.
    pub content: String,
}

/// An account that sends again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetGo {
    /// How it stood.
    pub standing: Standing,
    /// Messages that were held and go on.
    pub released: usize,
}

/// How the server stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Counters and sizes (`Figures` of the pipeline).
    pub figures: serde_json::Value,
    /// The receiving sides that it deals with now.
    pub sites: Vec<SiteState>,
}

/// A message of the history, with its id as every other command writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Queue id.
    pub queue_id: String,
    /// What is known of it.
    #[serde(flatten)]
    pub record: MessageRecord,
}

impl Found {
    /// For a record.
    #[must_use]
    pub fn new(record: MessageRecord) -> Self {
        Self { queue_id: QueueId(record.id).to_string(), record }
    }
}
