//! What a milter is told of the session that a message came in, and the macros made of it.
//!
//! The names are those of Sendmail and Postfix, which milters ask for: `i`, `j`, `{auth_authen}`, `{tls_version}` …
//! A macro whose value is not known is not sent.

use std::net::IpAddr;

use super::flags::Negotiation;
use super::packet::put;
use crate::address::Address;
use crate::envelope::ReversePath;
use crate::reply::Reply;

/// `SMFIM_*`: the steps that have macros.
pub(super) const CONNECT: u32 = 0;
pub(super) const HELO: u32 = 1;
pub(super) const SENDER: u32 = 2;
pub(super) const RECIPIENT: u32 = 3;
pub(super) const DATA: u32 = 4;
pub(super) const END_OF_MESSAGE: u32 = 5;
pub(super) const END_OF_HEADER: u32 = 6;

/// Octets of a macro's value.
const VALUE_LIMIT: usize = 1_024;

/// The client of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// A program of this host: milters are told of `localhost`, as by Postfix.
    Local,
    /// A host.
    Host(IpAddr),
}

/// A login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub name: String,
    /// The SASL mechanism.
    pub mechanism: String,
}

/// What was noted of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Our own name (`j`).
    pub hostname: String,
    /// The way that the message came in (`{daemon_name}`).
    pub channel: String,
    /// The message's id (`i`).
    pub queue_id: String,
    /// Who sent it.
    pub client: Client,
    /// What the client called itself.
    pub greeting: Option<String>,
    /// TLS version and cipher.
    pub tls: Option<(String, String)>,
    /// The login.
    pub login: Option<Login>,
}

/// A macro: its name without braces, its value.
type Macro = (&'static str, String);

impl Session {
    /// What goes with CONNECT: the client's name, its family, port and address. We do not look names up, so a host is
    /// called by its address in brackets, as Sendmail does with those that have none.
    pub(super) fn connect(&self) -> Vec<u8> {
        let (name, address) = match self.client {
            Client::Local => ("localhost".to_owned(), IpAddr::from([127, 0, 0, 1])),
            Client::Host(address) => {
                let address = address.to_canonical();
                (format!("[{address}]"), address)
            }
        };
        let family = if address.is_ipv4() { b'4' } else { b'6' };
        let mut content = name.into_bytes();
        // The client's port is not noted, and 0 says so.
        content.extend_from_slice(&[0, family, 0, 0]);
        content.extend_from_slice(address.to_string().as_bytes());
        content.push(0);
        content
    }

    pub(super) fn greeting(&self) -> &str {
        self.greeting.as_deref().unwrap_or(&self.hostname)
    }

    fn client_macros(&self) -> [Macro; 5] {
        let (name, address) = match self.client {
            Client::Local => ("localhost".to_owned(), "127.0.0.1".to_owned()),
            Client::Host(address) => ("unknown".to_owned(), address.to_canonical().to_string()),
        };
        [
            ("_", format!("{name} [{address}]")),
            ("client_addr", address),
            ("client_name", name.clone()),
            ("client_ptr", name),
            // Neither confirmed nor refuted: nobody has asked.
            ("client_resolve", if self.client == Client::Local { "OK" } else { "TEMP" }.to_owned()),
        ]
    }

    /// All that is known at a step of the session, and of the message's envelope.
    fn macros(&self, stage: u32, sender: &ReversePath, message_id: Option<&str>) -> Vec<Macro> {
        let mut macros = vec![
            ("j", self.hostname.clone()),
            ("daemon_name", self.channel.clone()),
            ("v", "Postamt".to_owned()),
        ];
        macros.extend(self.client_macros());
        if stage != CONNECT {
            if let Some((version, cipher)) = &self.tls {
                macros.push(("tls_version", version.clone()));
                macros.extend(cipher_bits(cipher).map(|bits| ("cipher_bits", bits.to_owned())));
                macros.push(("cipher", cipher.clone()));
            }
            if self.greeting.is_some() {
                macros.push(("s", self.greeting().to_owned()));
            }
        }
        if !matches!(stage, CONNECT | HELO) {
            macros.push(("i", self.queue_id.clone()));
            if let Some(login) = &self.login {
                macros.push(("auth_type", login.mechanism.clone()));
                macros.push(("auth_authen", login.name.clone()));
            }
            macros.push(("mail_addr", sender.as_ref().map(ToString::to_string).unwrap_or_default()));
            macros.push(("mail_mailer", "smtp".to_owned()));
            let host = sender.as_ref().and_then(Address::domain).map(ToString::to_string);
            macros.push(("mail_host", host.unwrap_or_default()));
        }
        if matches!(stage, END_OF_HEADER | END_OF_MESSAGE)
            && let Some(id) = message_id
        {
            macros.push(("msg_id", id.to_owned()));
        }
        macros
    }
}

/// What Sendmail and Postfix send at a step when the milter has not chosen.
fn usual(stage: u32) -> &'static [&'static str] {
    match stage {
        CONNECT => {
            &["j", "_", "v", "daemon_name", "client_addr", "client_name", "client_ptr", "client_resolve"]
        }
        HELO => &["tls_version", "cipher", "cipher_bits"],
        SENDER => &["i", "auth_type", "auth_authen", "mail_mailer", "mail_host", "mail_addr"],
        RECIPIENT => &["i", "rcpt_mailer", "rcpt_host", "rcpt_addr"],
        END_OF_MESSAGE => &["i", "msg_id"],
        _ => &["i"],
    }
}

/// A recipient as its macros show it; one that another filter has refused has the refusal there (`SMFIP_RCPT_REJ`).
pub(super) fn recipient_macros(recipient: &Address, refusal: Option<&Reply>) -> Vec<Macro> {
    if let Some(reply) = refusal {
        let status = reply.enhanced.map(|code| code.to_string()).unwrap_or_default();
        return vec![("rcpt_mailer", "error".into()), ("rcpt_host", status), ("rcpt_addr", reply.text())];
    }
    let host = recipient.domain().map(ToString::to_string).unwrap_or_default();
    vec![("rcpt_mailer", "smtp".into()), ("rcpt_host", host), ("rcpt_addr", recipient.to_string())]
}

/// Writes the macros of a step (`SMFIC_MACRO`), in front of the command that they belong to.
pub(super) fn put_macros(
    output: &mut Vec<u8>,
    (stage, command): (u32, u8),
    agreed: &Negotiation,
    session: &Session,
    (sender, message_id): (&ReversePath, Option<&str>),
    more: Vec<Macro>,
) {
    let mut known = session.macros(stage, sender, message_id);
    known.extend(more);
    let mut content = vec![command];
    let mut push = |name: &str| {
        let Some((name, value)) = known.iter().find(|(known, _)| *known == name) else { return };
        // Names of one letter stand without braces.
        let name = if name.len() == 1 { (*name).to_owned() } else { format!("{{{name}}}") };
        content.extend_from_slice(name.as_bytes());
        content.push(0);
        content.extend(value.bytes().filter(|octet| !octet.is_ascii_control()).take(VALUE_LIMIT));
        content.push(0);
    };
    match agreed.wanted(stage) {
        Some(names) => names.iter().for_each(|name| push(name)),
        None => usual(stage).iter().for_each(|name| push(name)),
    }
    put(output, b'D', &[&content]);
}

/// The strength of a cipher by its name.
fn cipher_bits(cipher: &str) -> Option<&'static str> {
    if cipher.contains("AES_128") || cipher.contains("AES128") {
        Some("128")
    } else if cipher.contains("AES_256") || cipher.contains("AES256") || cipher.contains("CHACHA20") {
        Some("256")
    } else {
        None
    }
}
