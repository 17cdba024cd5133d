//! Jobs for mailboxes on this host: the same shape as a connection, with files instead of a socket.

use std::sync::Arc;

use postamt_mail::reply::Reply;
use postamt_store::queue_id::QueueId;

use super::content::{load, lost, settle};
use super::guard::Hands;
use crate::context::Context;
use crate::flow::{Attempt, Failure, Fate, Fault, Loaded, RecipientResult};
use crate::plan::routes;
use crate::queue::site::Site;
use crate::send::maildir;

/// Takes jobs as long as there are any.
pub(super) async fn deliver_to_maildir(
    context: &Arc<Context>,
    site: &Arc<Site>,
    hands: &Hands,
    template: String,
) {
    hands.opened(site);
    while let Some(job) = site.take() {
        let id = job.id;
        hands.take(&job);
        match load(context, &job, true).await {
            Err(error) => {
                lost(context, job, &error);
                hands.landed(site);
            }
            Ok(loaded) => {
                let mut results = Vec::with_capacity(1);
                for number in job.recipients.as_slice().to_vec() {
                    let fate = into_maildir(template.clone(), loaded.clone(), id, number).await;
                    results.push(RecipientResult { number, fate });
                }
                let attempt = Attempt { via: Arc::default(), results };
                settle(context, job, &loaded, &site.route, attempt, || hands.landed(site)).await;
            }
        }
    }
}

async fn into_maildir(template: String, loaded: Arc<Loaded>, id: QueueId, number: u16) -> Fate {
    let Some(recipient) = loaded.envelope.recipients.get(usize::from(number)) else {
        return Fate::Permanent(Failure::ours(Fault::Ours, (5, 3, 0), "no such recipient number"));
    };
    let (Ok(path), Ok(user)) = (
        maildir::path(&template, &recipient.address),
        maildir::user_directory(&template, &recipient.address),
    ) else {
        return no_mailbox();
    };
    let user = user.filter(|_| !routes::is_role(&recipient.address));
    let sender = loaded.envelope.sender.as_ref().map(ToString::to_string).unwrap_or_default();
    let trace = format!("Return-Path: <{sender}>\r\nDelivered-To: {}\r\n", recipient.address);
    let written = tokio::task::spawn_blocking(move || {
        if let Some(user) = user
            && !maildir::is_user(&user)?
        {
            return Ok(false);
        }
        maildir::deliver(&path, id, number, &trace, &loaded.content).map(|()| true)
    });
    match written.await {
        Ok(Ok(false)) => no_mailbox(),
        Ok(Ok(true)) => Fate::Delivered(Reply::new(250, (2, 0, 0), "written to the Maildir")),
        Ok(Err(error)) => Fate::Temporary(Failure::ours(
            Fault::Ours,
            (4, 2, 0),
            format!("the Maildir cannot be written: {error}"),
        )),
        Err(_) => {
            Fate::Temporary(Failure::ours(Fault::Ours, (4, 3, 0), "the Maildir writer was interrupted"))
        }
    }
}

fn no_mailbox() -> Fate {
    Fate::Permanent(Failure::ours(Fault::Recipient, (5, 1, 1), "no such mailbox"))
}
