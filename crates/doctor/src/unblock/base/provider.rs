//! What is known of one provider, as typed values. Words for the values stand in the catalogue under
//! `provider-policy-…`, `provider-method-…`, `provider-item-…` and `provider-kind-…`, with the value's own name.

use postamt_mail::words::Language;
use serde::{Deserialize, Serialize};

use super::super::clues::DmiField;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

impl Bilingual {
    /// In one of them.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name for `--provider`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it sells.
    pub kind: Kind,
    /// Its country, two letters; `EU` or `unknown`.
    pub country: String,
    /// What it does with port 25.
    pub policy: Policy,
    /// In more words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Bilingual>,
    /// Outbound port 465, as it comes.
    pub port_465: Port,
    /// Outbound port 587, as it comes.
    pub port_587: Port,
    /// Which relays work from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay: Option<Bilingual>,
    /// Where it is said.
    pub sources: Vec<String>,
    /// The newest date of that: a year, a month or a day; empty where there is none.
    pub seen: String,
    /// How sure it is.
    pub confidence: Certainty,
    /// How to ask.
    pub request: Request,
    /// Where the names of addresses are set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse_dns: Option<ReverseDns>,
    /// By what it is recognised.
    #[serde(default, skip_serializing)]
    pub clues: ClueBook,
}

/// What a provider sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A cloud with networks of one's own.
    Cloud,
    /// Virtual servers.
    Vps,
    /// Servers, mostly whole ones.
    Hoster,
    /// A platform that runs applications.
    Paas,
    /// Access to the Internet.
    Isp,
}

/// What a provider does with outbound port 25.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Open.
    Open,
    /// Open and throttled.
    OpenLimited,
    /// Closed; the customer opens it in a panel.
    Switch,
    /// Closed; opened on request.
    Request,
    /// Closed for newer accounts; opened on request.
    RequestNewAccounts,
    /// Closed for good.
    Never,
    /// Open with a higher plan or a business line.
    Upgrade,
    /// Open until there are complaints.
    OpenUntilAbuse,
    /// It depends on the product.
    Mixed,
    /// Nothing citable was found.
    Unknown,
}

/// The state of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Port {
    /// Open.
    Open,
    /// Closed.
    Blocked,
    /// Not known.
    Unknown,
}

/// How sure something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Hearsay, or a guess.
    Low,
    /// One account, or likely.
    Medium,
    /// The provider's own words, or several clues that agree.
    High,
}

/// How a provider is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// By what means.
    pub method: Method,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The provider's page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documents: Option<String>,
    /// Where exactly, or for what it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Bilingual>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    /// What must be so before.
    #[serde(default)]
    pub needs: Vec<Item>,
    /// What the request must say, in the provider's order.
    #[serde(default)]
    pub contents: Vec<Item>,
    /// What is worth adding.
    #[serde(default)]
    pub helpful: Vec<Item>,
    /// When an answer comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Bilingual>,
    /// What to do once it is granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub afterwards: Option<Bilingual>,
    /// After how many days to ask again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up_days: Option<u8>,
}

/// By what means a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A form on the web.
    Form,
    /// A request for another limit.
    LimitRequest,
    /// A function of the panel that somebody or something decides on.
    PanelRequest,
    /// A ticket.
    Ticket,
    /// By phone.
    Phone,
    /// The team that handles abuse.
    AbuseTeam,
    /// Not at all: a switch in the panel.
    Switch,
    /// Not at all: another plan.
    Upgrade,
    /// Not at all.
    None,
}

impl Method {
    /// Somebody has to answer.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        !matches!(self, Self::Switch | Self::Upgrade | Self::None)
    }
}

/// Where the PTR record of an address is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReverseDns {
    /// Where.
    #[serde(rename = "where")]
    pub place: Bilingual,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SetBy>,
    /// The provider's page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Who sets a PTR record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// The customer, in a panel.
    Panel,
    /// The provider, when it is asked.
    Ask,
    /// Nobody: it is not offered.
    Never,
}

/// By what a provider is recognised. What is `unverified` stands in no source and weighs less.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClueBook {
    /// Autonomous systems.
    pub asns: Vec<u32>,
    /// Autonomous systems, unverified.
    pub asns_unverified: Vec<u32>,
    /// Organisations, and handles of networks.
    pub organisations: Vec<String>,
    /// Organisations, unverified.
    pub organisations_unverified: Vec<String>,
    /// Ends of PTR names.
    pub ptr: Vec<String>,
    /// Ends of PTR names, unverified.
    pub ptr_unverified: Vec<String>,
    /// Strings of the firmware.
    pub dmi: Vec<DmiPattern>,
    /// What cloud-init calls it.
    pub cloud_init: Vec<String>,
    /// Files that it leaves, without the root.
    pub files: Vec<String>,
    /// Variables of the environment that it sets.
    pub environment: Vec<String>,
    /// Its machines are whole ones: the firmware names the maker of the board.
    pub bare_metal: bool,
}

/// A string of the firmware: the whole of it, or its beginning, in any case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DmiPattern {
    /// Which file.
    pub field: DmiField,
    /// The whole of it.
    pub is: Option<String>,
    /// Its beginning.
    pub starts: Option<String>,
}

/// Something that a provider wants to be so, or to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each has its sentence in the catalogue, `provider-item-…`
pub enum Item {
    AbuseAnswer,
    AccountOwner,
    AddressKind,
    Addresses,
    AlertsTraced,
    Authentication,
    BillingHistory,
    BusinessLine,
    Category,
    Cause,
    CauseRemoved,
    Contract,
    ContractNumber,
    CustomerOneMonth,
    DnsProof,
    Domains,
    FilterRemoval,
    FirstInvoice,
    Fix,
    FixedAddress,
    ForwardRecord,
    HeloMatches,
    HigherPlan,
    MailHost,
    MailKind,
    NoBulk,
    NoOpenRelay,
    NotListed,
    PaidAccount,
    PanelPermission,
    PrescribedSentence,
    Prevention,
    ProofOfIdentity,
    QueueChecked,
    Redeploy,
    Region,
    ReverseNames,
    ReverseRecord,
    RightProduct,
    RightSubscription,
    SampleMessage,
    SendingStopped,
    Server,
    Software,
    SpfDkimDmarc,
    SubjectLine,
    Terms,
    ThreeMonthsLeft,
    UseCase,
    Users,
    VerifiedAccount,
    VerifiedIdentity,
    Volume,
    Website,
    WhoYouAre,
    WhyNot587,
    WhyPort25,
}

/// The name that a value has in data files, with hyphens: the end of its sentence's id.
#[must_use]
pub fn name_of(value: impl Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    name.as_ref().and_then(|name| name.as_str()).unwrap_or_default().replace('_', "-")
}
