//! What an account wants to send, gathered before `admit` takes the submission apart.

use std::net::IpAddr;
use std::sync::Arc;

use postamt_mail::address::Address;
use postamt_mail::envelope::ReversePath;
use postamt_mail::reply::Reply;

use super::fingerprint::fingerprint;
use super::{Outgoing, Taken, take};
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Channel, Identity, LoggedIn, Submission, path_text};
use crate::guard;

/// See the head of this file.
pub struct Sending {
    login: Arc<LoggedIn>,
    channel: Channel,
    peer: Option<IpAddr>,
    network: Option<String>,
    fingerprint: u64,
    sender: ReversePath,
    recipients: Vec<Address>,
}

impl Sending {
    /// `None` when no account sends it.
    #[must_use]
    pub fn of(submission: &Submission) -> Option<Self> {
        let Identity::Account(login) = &submission.identity else { return None };
        let recipients = submission.envelope.recipients.iter();
        Some(Self {
            login: login.clone(),
            channel: submission.channel,
            peer: submission.peer,
            network: submission.peer.map(|peer| guard::around(peer).to_string()),
            fingerprint: fingerprint(&submission.content),
            sender: submission.envelope.sender.clone(),
            recipients: recipients.map(|recipient| recipient.address.clone()).collect(),
        })
    }

    /// Counts it, or refuses it.
    ///
    /// # Errors
    /// The reply that refuses it.
    pub fn count<'a>(&'a self, context: &'a Context) -> Result<Taken<'a>, Reply> {
        let network = self.network.as_deref();
        let outgoing = Outgoing { recipients: &self.recipients, network, fingerprint: self.fingerprint };
        take(context, &self.login.account, outgoing).map_err(|not_taken| {
            let reply = not_taken.reply(&self.login.account.name, context.now());
            context.event(Event::Refused {
                peer: self.peer,
                channel: self.channel.name(),
                account: Some(self.login.account.name.clone()),
                sender: path_text(self.sender.as_ref()),
                recipient: None,
                reply: reply.to_string(),
            });
            reply
        })
    }
}
