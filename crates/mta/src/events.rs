//! Events: one for each step of a message, with its id. The sink belongs to `app`, which writes them as lines
//! of text or JSON. No event has content, subjects or secrets in it.

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

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
    Listening { address: String, purpose: &'static str },
    /// A session was refused or ended for a reason worth noting.
    Session { peer: Option<IpAddr>, channel: &'static str, what: String },
    /// A login succeeded.
    Login { peer: Option<IpAddr>, account: String, mechanism: String },
    /// A login failed. The name is what was claimed.
    LoginFailed { peer: Option<IpAddr>, account: String, mechanism: String, reason: String },
    /// A command was refused for policy.
    Refused {
        peer: Option<IpAddr>,
        channel: &'static str,
        account: Option<String>,
        sender: String,
        recipient: Option<String>,
        reply: String,
    },
    /// 250: the message is safe and ours.
    Accepted {
        id: String,
        channel: String,
        peer: Option<IpAddr>,
        account: Option<String>,
        tls: Option<String>,
        sender: String,
        recipients: Vec<String>,
        size: u64,
        message_id: Option<String>,
    },
    /// The next host has it.
    Delivered {
        id: String,
        recipients: Vec<String>,
        route: String,
        remote: Option<String>,
        source: Option<IpAddr>,
        tls: Option<String>,
        reply: String,
        seconds: u64,
    },
    /// Tried again at `next`.
    Deferred {
        id: String,
        recipients: Vec<String>,
        route: String,
        remote: Option<String>,
        source: Option<IpAddr>,
        tls: Option<String>,
        reply: String,
        attempts: u16,
        next: u64,
    },
    /// Given up.
    Failed {
        id: String,
        recipients: Vec<String>,
        route: String,
        remote: Option<String>,
        source: Option<IpAddr>,
        tls: Option<String>,
        reply: String,
        status: String,
        expired: bool,
    },
    /// A notice to the sender was queued under `notice`.
    Notice { id: String, notice: String, kind: &'static str, recipient: String },
    /// No notice was sent, since the message has a null return path or asked for none.
    NoNotice { id: String, reason: &'static str },
    /// An operator held, released, retried or cancelled something.
    Operator { id: String, action: &'static str },
    /// Held by a rule.
    Held { id: String },
    /// Nothing of this message waits any more.
    Finished { id: String },
    /// A provider is paused.
    SitePaused { site: String, until: u64, reason: String },
    /// The spool refused a message.
    Spool { problem: String },
    /// The certificate was loaded (again); `self_signed` calls for a loud note.
    Certificate { files: String, self_signed: bool },
    /// Anything an operator should look at.
    Warning { what: String },
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

fn write_text(f: &mut fmt::Formatter<'_>, key: &str, text: &str) -> fmt::Result {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '=');
    if plain { write!(f, " {key}={text}") } else { write!(f, " {key}={text:?}") }
}
