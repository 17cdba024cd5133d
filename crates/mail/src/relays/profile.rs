//! The form of an entry of `data/relays.toml`, and its reading. [`read`] refuses what it does not know, so that a
//! misspelt field cannot pass for an unknown fact.

use serde::{Deserialize, Deserializer};

use super::REGION;

/// Something that may not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<T> {
    /// So it is.
    Known(T),
    /// Nobody has looked, or the sources disagree.
    Unknown,
}

impl<T> Fact<T> {
    /// The value, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        enum Word {
            #[serde(rename = "unknown")]
            Unknown,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<T> {
            Unknown(Word),
            Known(T),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Unknown(Word::Unknown) => Self::Unknown,
            Form::Known(value) => Self::Known(value),
        })
    }
}

/// A port and how it is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// The number.
    pub number: u16,
    /// TLS from the first octet; otherwise STARTTLS.
    pub implicit_tls: bool,
}

/// What a login is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// This name, with an API key as the password.
    FixedName(String),
    /// One token as name and password.
    SameTwice,
    /// A public key as name, a secret one as password.
    KeyPair,
    /// Name and password made in the provider's console for SMTP.
    Credential,
    /// The mail account's own.
    Account,
}

/// What the relay signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelaySignature {
    /// With our domain, once the records that it shows are published.
    Customer,
    /// With its own domain only.
    Relay,
}

/// What becomes of the envelope sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnPath {
    /// It stays.
    Kept,
    /// An address in the domain that is registered there.
    SendingDomain,
    /// A subdomain of ours once it is set up; until then the relay's domain.
    CustomSubdomain,
    /// The relay's domain.
    Relay,
}

/// What SPF needs for the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spf {
    /// A mechanism that includes this name.
    Include(String),
    /// Nothing.
    Nothing,
}

/// Where the mechanism belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpfPlace {
    /// The domain of From.
    FromDomain,
    /// The subdomain that is the return path.
    ReturnPath,
    /// Nowhere.
    Nowhere,
}

/// How far an entry may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// From the provider's own words.
    High,
    /// From others' reports.
    Medium,
    /// Little is known.
    Low,
}

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Short name, as in `postamt relay add ses` and `profile = "ses"`.
    pub id: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it calls itself.
    pub name: String,
    /// Country of its company (ISO 3166-1).
    pub country: String,
    /// Host names, the usual one first; `{region}` stands for a label of the customer's choice.
    pub hosts: Vec<String>,
    /// Ports in the order to try.
    pub ports: Vec<Port>,
    /// SASL mechanisms.
    pub mechanisms: Fact<Vec<String>>,
    /// How one logs in.
    pub login: Login,
    /// DKIM-Signature fields that a message may carry.
    pub dkim_signatures: Fact<u32>,
    /// Header fields that it replaces.
    pub rewrites: Fact<Vec<String>>,
    /// Further fields that must not be signed.
    pub do_not_sign: Vec<String>,
    /// What it signs with itself.
    pub relay_signs: Fact<RelaySignature>,
    /// What becomes of the envelope sender.
    pub return_path: Fact<ReturnPath>,
    /// Whether the null sender is taken.
    pub null_sender: Fact<bool>,
    /// Whether senders must be verified there first.
    pub verified_senders: Fact<bool>,
    /// Octets of a message.
    pub size_bytes: Fact<u64>,
    /// Messages a day, of the plan `quota_of`.
    pub quota_per_day: Fact<u32>,
    /// Messages a month, likewise.
    pub quota_per_month: Fact<u32>,
    /// The plan that the quota is of.
    pub quota_of: Fact<String>,
    /// What SPF needs.
    pub spf: Fact<Spf>,
    /// Where.
    pub spf_at: SpfPlace,
    /// What else an operator should know.
    pub note: String,
    /// Where all this was read.
    pub sources: Vec<String>,
    /// The day of the newest source (ISO 8601); `None` when none has a date.
    pub seen: Option<String>,
    /// How far it may be relied on.
    pub confidence: Confidence,
    /// Fields that none of the sources has.
    pub unverified: Vec<String>,
}

impl Profile {
    /// The usual host. `None` when the name needs a region and none is given.
    #[must_use]
    pub fn host(&self, region: Option<&str>) -> Option<String> {
        let pattern = self.hosts.first()?;
        match (pattern.contains(REGION), region) {
            (false, _) => Some(pattern.clone()),
            (true, Some(region)) => Some(pattern.replace(REGION, region)),
            (true, None) => None,
        }
    }

    /// Whether the host name needs a region.
    #[must_use]
    pub fn needs_region(&self) -> bool {
        self.hosts.first().is_some_and(|host| host.contains(REGION))
    }

    /// Signatures of ours that a message gets on this way. Where nobody knows how many the relay stands, one: every
    /// receiver can check RSA, and a second one is not worth a refusal.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.dkim_signatures.known().map_or(1, |number| *number as usize)
    }

    /// What the SPF record of the domain of `From` must include; `None` where the return path is the relay's, where it
    /// needs no include, or where nobody knows.
    #[must_use]
    pub fn include_at_from(&self) -> Option<&str> {
        match (self.spf.known(), self.spf_at) {
            (Some(Spf::Include(name)), SpfPlace::FromDomain) => Some(name),
            _ => None,
        }
    }

    /// Header fields that a signature must leave out.
    #[must_use]
    pub fn unsigned_fields(&self) -> Vec<String> {
        let rewritten = self.rewrites.known().map_or(&[][..], Vec::as_slice);
        rewritten.iter().chain(&self.do_not_sign).cloned().collect()
    }
}

/// The table cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// It is not of the form.
    #[error("{0}")]
    Form(String),
    /// A fixed login without a name, or a name without a fixed login.
    #[error("{0}: `login_name` belongs to `fixed-name`, and only there")]
    LoginName(String),
    /// A mechanism that is neither `include:NAME` nor `none`.
    #[error("{0}: `spf` is `include:NAME`, `none` or `unknown`")]
    Spf(String),
}

/// Reads the table.
pub(super) fn read(text: &str) -> Result<Vec<Profile>, ProfileError> {
    let table: Table = toml::from_str(text).map_err(|error| ProfileError::Form(error.to_string()))?;
    if table.schema_version != 1 {
        return Err(ProfileError::Form(format!("schema_version {} is not 1", table.schema_version)));
    }
    table.relay.into_iter().map(profile).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    schema_version: u32,
    /// For readers of the file; the tests look at it.
    #[serde(rename = "compiled")]
    _compiled: String,
    relay: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LoginKind {
    FixedName,
    SameTwice,
    KeyPair,
    Credential,
    Account,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    aliases: Vec<String>,
    name: String,
    country: String,
    hosts: Vec<String>,
    ports: Vec<u16>,
    implicit_tls: Vec<u16>,
    mechanisms: Fact<Vec<String>>,
    login: LoginKind,
    login_name: Option<String>,
    dkim_signatures: Fact<u32>,
    rewrites: Fact<Vec<String>>,
    do_not_sign: Vec<String>,
    relay_signs: Fact<RelaySignature>,
    return_path: Fact<ReturnPath>,
    null_sender: Fact<bool>,
    verified_senders: Fact<bool>,
    size_bytes: Fact<u64>,
    quota_per_day: Fact<u32>,
    quota_per_month: Fact<u32>,
    quota_of: Fact<String>,
    spf: Fact<String>,
    spf_at: SpfPlace,
    note: String,
    sources: Vec<String>,
    seen: String,
    confidence: Confidence,
    unverified: Vec<String>,
}

fn profile(entry: Entry) -> Result<Profile, ProfileError> {
    let login = match (entry.login, entry.login_name) {
        (LoginKind::FixedName, Some(name)) => Login::FixedName(name),
        (LoginKind::SameTwice, None) => Login::SameTwice,
        (LoginKind::KeyPair, None) => Login::KeyPair,
        (LoginKind::Credential, None) => Login::Credential,
        (LoginKind::Account, None) => Login::Account,
        _ => return Err(ProfileError::LoginName(entry.id)),
    };
    let spf = match entry.spf {
        Fact::Unknown => Fact::Unknown,
        Fact::Known(text) if text == "none" => Fact::Known(Spf::Nothing),
        Fact::Known(text) => match text.strip_prefix("include:") {
            Some(name) => Fact::Known(Spf::Include(name.to_owned())),
            None => return Err(ProfileError::Spf(entry.id)),
        },
    };
    let port = |number: &u16| Port { number: *number, implicit_tls: entry.implicit_tls.contains(number) };
    Ok(Profile {
        ports: entry.ports.iter().map(port).collect(),
        id: entry.id,
        aliases: entry.aliases,
        name: entry.name,
        country: entry.country,
        hosts: entry.hosts,
        mechanisms: entry.mechanisms,
        login,
        dkim_signatures: entry.dkim_signatures,
        rewrites: entry.rewrites,
        do_not_sign: entry.do_not_sign,
        relay_signs: entry.relay_signs,
        return_path: entry.return_path,
        null_sender: entry.null_sender,
        verified_senders: entry.verified_senders,
        size_bytes: entry.size_bytes,
        quota_per_day: entry.quota_per_day,
        quota_per_month: entry.quota_per_month,
        quota_of: entry.quota_of,
        spf,
        spf_at: entry.spf_at,
        note: entry.note,
        sources: entry.sources,
        seen: (entry.seen != "undated").then_some(entry.seen),
        confidence: entry.confidence,
        unverified: entry.unverified,
    })
}
