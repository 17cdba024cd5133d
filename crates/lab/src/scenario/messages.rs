//! The messages of the rehearsal. Their words are test data, not words of the program.

use postamt_mail::address::{Address, AddressError};

use super::{Expected, Scenario, ScriptedMessage, StatusForm};
use crate::receiver::TlsVersion;
use crate::world::{RESIDENTS, Resident, SIXTH};

/// Who writes.
const AUTHOR: &str = "anna@absender.test";
/// Who hears of failures.
const AUTHOR_NAME: &str = "Anna Absender";

/// One line of the table below.
struct Entry {
    name: &'static str,
    recipients: &'static [(&'static str, Fate)],
    subject: &'static str,
    body: &'static str,
}

/// What becomes of a recipient, before hosts have names.
#[derive(Clone, Copy)]
enum Fate {
    /// Under TLS 1.3.
    Arrives,
    /// Under TLS 1.2.
    ArrivesByOldTls,
    /// In clear.
    ArrivesInClear,
    /// Under TLS 1.3, after a refusal.
    ArrivesLater,
    /// Bounces with `x.subject.detail`.
    Bounces(u16, Option<u16>),
}

const TABLE: &[Entry] = &[
    Entry {
        name: "streng",
        recipients: &[("empfang@streng.test", Fate::Arrives)],
        subject: "Angebot 2026-117",
        body: "Guten Tag,\r\n\r\nanbei unser Angebot. Gr\u{fc}\u{df}e aus K\u{f6}ln\r\n\r\nAnna Absender\r\n",
    },
    Entry {
        name: "rundbrief",
        recipients: &[
            ("verein@klartext.test", Fate::ArrivesInClear),
            ("verein@altzert.test", Fate::ArrivesByOldTls),
            ("verein@ohnemx.test", Fate::Arrives),
        ],
        subject: "Rundbrief November",
        body: "Liebe Mitglieder,\r\n.\r\n..so beginnen Zeilen, die gepolstert werden.\r\n. \r\nBis bald\r\n",
    },
    Entry {
        name: "grau",
        recipients: &[("post@grau.test", Fate::ArrivesLater)],
        subject: "Rechnung 4711",
        body: "Die Rechnung 4711 liegt bei.\r\n",
    },
    Entry {
        name: "langsam",
        recipients: &[("amt@langsam.test", Fate::Arrives)],
        subject: "Antrag",
        body: "Hiermit beantrage ich Geduld.\r\n",
    },
    Entry {
        name: "umweg",
        recipients: &[("lager@umweg.test", Fate::Arrives)],
        subject: "Lieferschein",
        body: "Der erste Server ist nicht da, der zweite schon.\r\n",
    },
    Entry {
        name: "nein",
        recipients: &[("niemand@nein.test", Fate::Bounces(1, Some(1)))],
        subject: "Gibt es Sie noch?",
        body: "Diese Adresse gibt es nicht mehr.\r\n",
    },
    Entry {
        name: "spam",
        recipients: &[("filter@spam.test", Fate::Bounces(7, Some(1)))],
        subject: "Gewinnen Sie",
        body: "Das gef\u{e4}llt dem Filter nicht.\r\n",
    },
    Entry {
        name: "keinepost",
        recipients: &[("irgendwer@keinepost.test", Fate::Bounces(1, Some(10)))],
        subject: "Kein Briefkasten",
        body: "Diese Domain nimmt keine Post.\r\n",
    },
    Entry {
        name: "gibtesnicht",
        recipients: &[("irgendwer@gibtesnicht.test", Fate::Bounces(1, Some(2)))],
        subject: "Unbekannt verzogen",
        body: "Diese Domain gibt es nicht.\r\n",
    },
    Entry {
        name: "schwarzesloch",
        // Nobody answered until the message's time was over: X.4.x, the network.
        recipients: &[("astronaut@schwarzesloch.test", Fate::Bounces(4, None))],
        subject: "Ist da jemand?",
        body: "Hallo?\r\n",
    },
];

/// The one for IPv6.
const SIXTH_ENTRY: Entry = Entry {
    name: "sechs",
    recipients: &[("empfang@sechs.test", Fate::Arrives)],
    subject: "Nur mit langer Adresse",
    body: "Dieser Server hat keine IPv4-Adresse.\r\n",
};

impl Scenario {
    /// The messages that `postamt lab` sends.
    ///
    /// # Errors
    /// [`AddressError`], which the table above does not cause.
    pub fn rehearsal() -> Result<Self, AddressError> {
        let messages = TABLE.iter().map(message).collect::<Result<_, _>>()?;
        Ok(Self { messages })
    }

    /// The same, and one by IPv6.
    ///
    /// # Errors
    /// As [`Scenario::rehearsal`].
    pub fn rehearsal_with_ipv6() -> Result<Self, AddressError> {
        let mut scenario = Self::rehearsal()?;
        scenario.messages.push(message(&SIXTH_ENTRY)?);
        Ok(scenario)
    }
}

fn message(entry: &Entry) -> Result<ScriptedMessage, AddressError> {
    let recipients: Vec<_> = entry
        .recipients
        .iter()
        .map(|(address, fate)| Ok((Address::new(address)?, expected(address, *fate))))
        .collect::<Result<_, AddressError>>()?;
    let to = entry.recipients.iter().map(|(address, _)| *address).collect::<Vec<_>>().join(", ");
    let content = format!(
        "From: {AUTHOR_NAME} <{AUTHOR}>\r\nTo: {to}\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
        entry.subject, entry.body
    );
    Ok(ScriptedMessage {
        name: entry.name,
        sender: Address::new(AUTHOR)?,
        recipients,
        subject: entry.subject,
        content: content.into_bytes(),
    })
}

fn expected(address: &str, fate: Fate) -> Expected {
    let domain = address.rsplit('@').next().unwrap_or_default();
    let host =
        RESIDENTS.iter().chain([&SIXTH]).find(|r| r.domain == domain).map(Resident::host).unwrap_or_default();
    let delivered = |tls, after_refusals| Expected::Delivered { host: host.clone(), tls, after_refusals };
    match fate {
        Fate::Arrives => delivered(Some(TlsVersion::Tls13), 0),
        Fate::ArrivesByOldTls => delivered(Some(TlsVersion::Tls12), 0),
        Fate::ArrivesInClear => delivered(None, 0),
        Fate::ArrivesLater => delivered(Some(TlsVersion::Tls13), 1),
        Fate::Bounces(subject, detail) => Expected::Bounced(StatusForm { subject, detail }),
    }
}
