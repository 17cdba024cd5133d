//! Recipients that a content filter has refused, though they have heard 250 to their RCPT: their sender gets a notice, as
//! when the next host had refused them. The notice is durable before the message is, so that a crash between the two can
//! repeat it but never swallow it.

use std::sync::Arc;

use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::reply::{EnhancedCode, Reply};
use postamt_store::queue_id::QueueId;

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Failure, Fault, Loaded, Submission, Via};
use crate::run;
use crate::settle::notice::{self, Told};

/// Recipients that are left out of a message, and why.
pub struct LeftOut {
    id: QueueId,
    /// The message, as far as they would have had it.
    loaded: Loaded,
    replies: Vec<Reply>,
    refusals: Vec<Event>,
}

impl LeftOut {
    /// `loaded` is the message as the others will get it; its envelope is not looked at.
    pub fn new(
        submission: &Submission,
        id: QueueId,
        loaded: Loaded,
        refused: Vec<(Recipient, Reply)>,
    ) -> Self {
        let refusal = |(recipient, reply): &(Recipient, Reply)| {
            submission.refused(Some(&recipient.address), reply.to_string())
        };
        let refusals = refused.iter().map(refusal).collect();
        let (recipients, replies) = refused.into_iter().unzip();
        let envelope = Envelope { recipients, ..submission.envelope.clone() };
        Self { id, loaded: Loaded { envelope, ..loaded }, replies, refusals }
    }

    /// Tells the sender.
    ///
    /// # Errors
    /// The notice could not be stored: the reply that defers the message.
    pub async fn tell(self, context: &Arc<Context>) -> Result<(), Reply> {
        self.refusals.into_iter().for_each(|event| context.event(event));
        let failures: Vec<(u16, Failure, bool)> =
            (0..).zip(&self.replies).map(|(number, reply)| (number, failure(reply), false)).collect();
        match notice::failed(context, self.id, &self.loaded, &Via::default(), &failures).await {
            Told::Queued(queued) => queued.into_iter().for_each(|queued| run::begin(context, queued, None)),
            Told::NotWanted(reason) => context.event(Event::NoNotice { id: self.id.to_string(), reason }),
            Told::NotStored => {
                let words = "the notice about a refused recipient could not be stored, try again later";
                return Err(Reply::new(451, (4, 3, 0), words));
            }
        }
        Ok(())
    }
}

fn failure(reply: &Reply) -> Failure {
    let status = reply.enhanced.unwrap_or(EnhancedCode::new(5, 7, 1));
    Failure::ours(Fault::Policy, (status.class, status.subject, status.detail), reply.text())
}
