//! The letters of the stories about a blocked port 25: who gets which, and what is submitted.

use postamt_lab::isp::{Isp, Operator};
use postamt_lab::scenario::{Expected, ScriptedMessage};
use postamt_mail::address::{Address, AddressError};

use super::stage::LOGIN;

/// A letter to all operators; its name is the mailbox, so that every recipient is there once.
#[derive(Debug, Clone, Copy)]
pub struct Letter {
    mailbox: &'static str,
    to: Recipients,
}

/// Who gets a letter.
#[derive(Debug, Clone, Copy)]
enum Recipients {
    /// Somebody at each operator, in which of its domains.
    Operators { domain: usize },
    /// In these domains.
    At(&'static [&'static str]),
}

const fn to_all(mailbox: &'static str, domain: usize) -> Letter {
    Letter { mailbox, to: Recipients::Operators { domain } }
}

/// Before everything.
pub const FIRST: Letter = to_all("eins", 0);
/// Into the block.
pub const SECOND: Letter = to_all("zwei", 1);
/// On the detour.
pub const THIRD: Letter = to_all("drei", 2);
/// In the trial.
pub const FOURTH: Letter = to_all("vier", 0);
/// When all is well again.
pub const FIFTH: Letter = to_all("fuenf", 1);
/// To as many as a trial wants that can be reached by IPv4 alone.
pub const TO_IPV4: Letter =
    Letter { mailbox: "vier", to: Recipients::At(&["altzert.test", "klartext.test", "ohnemx.test"]) };

impl Letter {
    /// Whom it is for.
    pub fn recipients(self, isp: &Isp) -> Vec<String> {
        let at = |domain: &str| format!("{}@{domain}", self.mailbox);
        match self.to {
            Recipients::At(domains) => domains.iter().map(|domain| at(domain)).collect(),
            Recipients::Operators { domain } => {
                let of = |operator: &Operator| at(operator.domains[domain % operator.domains.len()].as_str());
                isp.operators().iter().map(of).collect()
            }
        }
    }

    /// As it is submitted. Its words are test data, not words of the program.
    ///
    /// # Errors
    /// A recipient that is no address, which these are not.
    pub fn message(self, to: &[String]) -> Result<ScriptedMessage, AddressError> {
        let expected = |recipient: &String| {
            let expected = Expected::Delivered { host: String::new(), tls: None, after_refusals: 0 };
            Ok((Address::new(recipient)?, expected))
        };
        let content = format!(
            "From: Anna Absender <{LOGIN}>\r\nTo: {}\r\nSubject: Brief {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nKommt das an?\r\n",
            to.join(", "),
            self.mailbox,
        );
        Ok(ScriptedMessage {
            name: self.mailbox,
            sender: Address::new(LOGIN)?,
            recipients: to.iter().map(expected).collect::<Result<_, AddressError>>()?,
            subject: self.mailbox,
            content: content.into_bytes(),
        })
    }
}
