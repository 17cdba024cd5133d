//! Events: one for each step of a message, with its id. The sink belongs to `app`, which writes them as lines
//! of text or JSON. No event has content, subjects or secrets in it.

use std::fmt;
use std::net::IpAddr;

use postamt_store::conduct::Brake;
use postamt_store::facts::PathReason;
use serde::{Serialize, Serializer};

use crate::brakes::limits::Kind;
use crate::quota::window::Span;
use crate::quota::{Level, Period};

/// Takes events; must not block.
pub trait EventSink: Send + Sync {
    /// Takes one.
    fn event(&self, event: Event);
}

/// Something that happened. Ids are queue ids in text form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A listener is open.
    Listening {
        /// Address and port.
        address: String,
        /// `exchange`, `submission` or `submissions`.
        purpose: &'static str,
    },
    /// A session was refused or ended for a reason worth noting.
    Session {
        /// The client's address.
        peer: Option<IpAddr>,
        /// How it came.
        channel: &'static str,
        /// What happened.
        what: String,
    },
    /// A login succeeded.
    Login {
        /// The client's address.
        peer: Option<IpAddr>,
        /// Who.
        account: String,
        /// SASL mechanism.
        mechanism: String,
    },
    /// A login failed.
    LoginFailed {
        /// The client's address.
        peer: Option<IpAddr>,
        /// The name that was claimed.
        account: String,
        /// SASL mechanism.
        mechanism: String,
        /// Why; the client hears less.
        reason: String,
        /// It was a guess of a peer that the guard does not spare: the account has another password, or there is none of
        /// this name.
        #[serde(skip)]
        is_guess: bool,
    },
    /// A network is kept out since now.
    Banned {
        /// A host or a wider network.
        network: String,
        /// Until when, seconds since 1970; without it, until the operator lifts it.
        until: Option<u64>,
        /// The how manieth time.
        times: u32,
        /// What for: offences and how often, `neighbours`, `operator`.
        reason: String,
        /// Whose offence was the last one.
        peer: Option<IpAddr>,
    },
    /// A ban was lifted by the operator.
    BanLifted {
        /// The network.
        network: String,
    },
    /// A host would have been banned, were it not one of the operator's own.
    BanSpared {
        /// Its address.
        peer: IpAddr,
        /// What it did last.
        offence: &'static str,
    },
    /// Many strange hosts try to log in to an account.
    AccountAttacked {
        /// Its name.
        account: String,
        /// So many hosts so far.
        hosts: usize,
    },
    /// An account has logged in from a network that it has never come from.
    NewNetwork {
        /// Its name.
        account: String,
        /// From this address …
        peer: IpAddr,
        /// … of this network …
        network: String,
        /// … in this country, where there is a table of them.
        country: Option<String>,
    },
    /// An account behaves unusually and is braked.
    AccountBraked {
        /// Its name.
        account: String,
        /// `slowed`, `held`, `frozen`.
        brake: Brake,
        /// Why.
        reasons: String,
    },
    /// The operator lets an account send again.
    AccountLetGo {
        /// Its name.
        account: String,
        /// What it did is usual for it; else it was stolen and is safe again.
        was_usual: bool,
    },
    /// An account has reached one of its limits: what is over it is refused.
    AccountLimit {
        /// Its name.
        account: String,
        /// `messages`, `recipients`, `first_time`.
        kind: Kind,
        /// `hour` or `day`.
        span: Span,
        /// How many there were.
        used: u32,
        /// How many are allowed.
        limit: u32,
        /// When there is room again, seconds since 1970.
        until: Option<u64>,
    },
    /// A command or a message was refused for policy.
    Refused {
        /// The client's address.
        peer: Option<IpAddr>,
        /// How it came.
        channel: &'static str,
        /// Login.
        account: Option<String>,
        /// Envelope sender.
        sender: String,
        /// The recipient that was refused, if it was one.
        recipient: Option<String>,
        /// What we said.
        reply: String,
    },
    /// 250: the message is safe and ours.
    Accepted {
        /// The message.
        id: String,
        /// How it came.
        channel: String,
        /// The client's address.
        peer: Option<IpAddr>,
        /// Login.
        account: Option<String>,
        /// TLS version and cipher.
        tls: Option<String>,
        /// Envelope sender.
        sender: String,
        /// Envelope recipients.
        recipients: Vec<String>,
        /// Octets.
        size: u64,
        /// `Message-ID`.
        message_id: Option<String>,
    },
    /// The next host has it.
    Delivered {
        /// What was tried.
        #[serde(flatten)]
        attempt: Tried,
        /// Seconds since it was accepted.
        seconds: u64,
    },
    /// Tried again later.
    Deferred {
        /// What was tried.
        #[serde(flatten)]
        attempt: Tried,
        /// Attempts so far.
        attempts: u16,
        /// When it is due again, seconds since 1970.
        next: u64,
    },
    /// Given up.
    Failed {
        /// What was tried.
        #[serde(flatten)]
        attempt: Tried,
        /// Enhanced status.
        status: String,
        /// True when it was temporary and the time ran out.
        expired: bool,
    },
    /// A notice to the sender was queued.
    Notice {
        /// The message that it is about.
        id: String,
        /// Its own id.
        notice: String,
        /// `failed`, `expired`, `delayed`, `delivered`, `relayed`.
        kind: &'static str,
        /// Whom it is for.
        recipient: String,
    },
    /// No notice was sent.
    NoNotice {
        /// The message.
        id: String,
        /// Why not.
        reason: &'static str,
    },
    /// An operator acted on a message.
    Operator {
        /// The message.
        id: String,
        /// `retry`, `hold`, `release`, `cancel`.
        action: &'static str,
    },
    /// Held by a rule, or by a content filter.
    Held {
        /// The message.
        id: String,
        /// The filter that wants it, and why.
        reason: Option<String>,
    },
    /// A content filter has found something in a message, or was not asked.
    Filtered {
        /// The id that the message has, should it be taken.
        id: String,
        /// The filter.
        filter: String,
        /// `accept`, `hold`, `defer`, `reject`, `discard`, `too_large`: what became of it.
        verdict: &'static str,
        /// What it has found, or why it was not asked.
        details: String,
        /// Login.
        account: Option<String>,
        /// Envelope sender.
        sender: String,
        /// What it took.
        milliseconds: u64,
    },
    /// A content filter does not answer, or does again.
    FilterChanged {
        /// The filter.
        filter: String,
        /// `down`, `up`.
        state: &'static str,
        /// What happened.
        reason: Option<String>,
    },
    /// Nothing of this message waits any more.
    Finished {
        /// The message.
        id: String,
    },
    /// A DMARC aggregate report about our mail was read.
    DmarcReport {
        /// The domain that has sent it.
        reporter: String,
        /// The domain whose record it is about.
        domain: String,
        /// Its number there.
        id: String,
        /// The day that it is about, seconds since 1970.
        day: u64,
        /// Messages that it counts.
        messages: u64,
        /// Those that were aligned.
        aligned: u64,
        /// It had come before, and counts no second time.
        known: bool,
    },
    /// A mail seemed to hold such a report, which does not count; the mail is delivered.
    DmarcReportNotRead {
        /// The client's address.
        peer: IpAddr,
        /// Envelope sender.
        sender: String,
        /// Why not.
        reason: String,
    },
    /// A way out was closed, is tried again, or is open again.
    PathChanged {
        /// Family and source address.
        path: String,
        /// `direct`, `relay`, `trial`.
        state: &'static str,
        /// Why; in lines its key.
        #[serde(serialize_with = "key_of")]
        reason: PathReason,
        /// When it is probed next, seconds since 1970.
        next_probe: Option<u64>,
    },
    /// A way out was probed.
    Probed {
        /// Family and source address.
        path: String,
        /// The verdict's stable name.
        verdict: String,
    },
    /// A letter to the operator was queued.
    Told {
        /// Its id.
        id: String,
        /// `direct` or `relay NAME`: what has changed.
        about: String,
        /// Whom it is for.
        recipient: String,
    },
    /// A request to the provider has gone on by itself.
    Case {
        /// Its number.
        id: String,
        /// How it stands since: `confirmed`, `follow_up_due`, `drafted`.
        stage: String,
    },
    /// The notice of newer releases was asked for and did not come as it should.
    ReleaseNotice {
        /// Where.
        address: String,
        /// What happened.
        problem: String,
    },
    /// There is a newer release; told once.
    Release {
        /// Which.
        version: String,
        /// The one that runs.
        running: String,
    },
    /// The version that runs has a known weakness; told once.
    Advisory {
        /// Its name.
        id: String,
        /// `low`, `moderate`, `high`, `critical`.
        severity: &'static str,
        /// The version that runs.
        running: String,
    },
    /// The mail of one provider goes by a relay, tries the direct way, or goes directly again.
    ProviderChanged {
        /// A provider that is known, or a domain.
        provider: String,
        /// `relay`, `trial`, `direct`.
        state: &'static str,
        /// The relay.
        relay: String,
        /// `asked`, `time_to_try`, `refused`, `taken`, `ended`.
        reason: &'static str,
        /// How it refused the trial.
        reply: Option<String>,
        /// When the direct way is tried again, seconds since 1970.
        next_trial: Option<u64>,
    },
    /// A host was not met as its TLSA records or its domain's MTA-STS policy demand: mail waits.
    TlsRefused {
        /// The mail host.
        host: String,
        /// `tlsa`, `sts`.
        policy: &'static str,
        /// The type of the failure (RFC 8460 §4.3).
        result: &'static str,
        /// What happened.
        reason: String,
    },
    /// A domain that has always offered TLS does not any more: its mail waits. `postamt tls forget` lets it go.
    TlsDowngrade {
        /// The recipients' domain.
        domain: String,
        /// The mail host.
        host: String,
    },
    /// The name servers do not carry DNSSEC: mail goes on, without DANE.
    NoDnssec {
        /// What was seen.
        reason: String,
    },
    /// A relay's quota is nearly or wholly used up.
    RelayQuota {
        /// The relay.
        relay: String,
        /// `day` or `month`.
        period: Period,
        /// `nearly` or `full`.
        level: Level,
        /// Recipients that it has taken within it.
        used: u32,
        /// What it takes.
        limit: u32,
    },
    /// A provider is paused.
    SitePaused {
        /// Its hosts, or the relay.
        site: String,
        /// Until when, seconds since 1970.
        until: u64,
        /// Why.
        reason: String,
    },
    /// The spool refused something.
    Spool {
        /// Why.
        problem: String,
    },
    /// The certificate was loaded (again).
    Certificate {
        /// Where it lies.
        files: String,
        /// Nobody but we vouch for it: other servers will not care, mail clients will warn.
        self_signed: bool,
    },
    /// A DKIM key was made, is used, is no longer used, or is revoked.
    DkimKey {
        /// Whose.
        domain: String,
        /// Its selector.
        selector: String,
        /// `waiting`, `active`, `retired`, `revoked`.
        state: &'static str,
    },
    /// The key of the certificate changes (RFC 7671 §8.1).
    CertificateKey {
        /// SHA-256 of the next public key, as its TLSA record has it.
        key: String,
        /// `announcing`, `spreading`, `ordering`, `retiring`, `done`, `abandoned`.
        state: &'static str,
    },
    /// Anything an operator should look at.
    Warning {
        /// What.
        what: String,
    },
}

/// One try for some recipients of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// The message.
    pub id: String,
    /// The recipients' addresses.
    pub recipients: Vec<String>,
    /// `direct`, `relay NAME`, …
    pub route: String,
    /// Name and address of the remote host.
    pub remote: Option<String>,
    /// Our address.
    pub source: Option<IpAddr>,
    /// TLS in words.
    pub tls: Option<String>,
    /// What the remote said, or our own words.
    pub reply: String,
}

impl fmt::Display for Event {
    /// `event key=value …`, values quoted where they have blanks; the same facts as the JSON form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serde_json::Value::Object(fields) = serde_json::to_value(self).map_err(|_| fmt::Error)? else {
            return Err(fmt::Error);
        };
        f.write_str(fields.get("event").and_then(|event| event.as_str()).unwrap_or("event"))?;
        for (key, value) in &fields {
            match value {
                serde_json::Value::Null => {}
                _ if key == "event" => {}
                serde_json::Value::String(text) => write_text(f, key, text)?,
                serde_json::Value::Array(list) => {
                    let words: Vec<_> = list.iter().filter_map(|item| item.as_str()).collect();
                    write_text(f, key, &words.join(","))?;
                }
                other => write!(f, " {key}={other}")?,
            }
        }
        Ok(())
    }
}

fn key_of<S: Serializer>(reason: &PathReason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reason.key())
}

fn write_text(f: &mut fmt::Formatter<'_>, key: &str, text: &str) -> fmt::Result {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '=');
    if plain { write!(f, " {key}={text}") } else { write!(f, " {key}={text:?}") }
}
