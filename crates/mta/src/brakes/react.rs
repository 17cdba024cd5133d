//! What is done about an account that is braked: the log, the operator and the owner are told why and how it is undone,
//! what waits of a frozen account is held, and the operator's word lets it go.
//!
//! [`tell`] takes no input: it looks for brakes that nobody was told of, also after a restart.

use std::collections::HashSet;
use std::sync::Arc;

use postamt_mail::dsn::Letter;
use postamt_mail::words::Words;
use postamt_store::conduct::{Brake, Standing};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::Change;

use super::text;
use crate::breaker::operator;
use crate::context::Context;
use crate::events::Event;
use crate::guard;
use crate::queue::Intent;
use crate::run;

/// The route of what an account's brakes hold, in the history.
pub const ROUTE: &str = "account brakes";

/// Tells the log of a brake that was drawn.
pub(super) fn note(context: &Context, account: &str, before: Brake, standing: &Standing) {
    if standing.brake > before {
        let (account, reasons) = (account.to_owned(), text::plain(&standing.signs));
        context.event(Event::AccountBraked { account, brake: standing.brake, reasons });
        context.brakes.bell.notify_one();
    }
}

/// Tells the operator and the owners of all brakes that they have not been told of.
pub(super) async fn tell(context: &Arc<Context>) {
    for (account, standing) in untold(context) {
        if standing.brake == Brake::Frozen {
            hold_waiting(context, &account).await;
        }
        let about = format!("account {account}");
        let to_operator = |words: &Words| letter(&account, &standing, "operator", words);
        if !operator::write(context, &about, to_operator).await {
            // Told with the next message: a spool that is full now need not stay so.
            continue;
        }
        if let Ok(Some(found)) = context.ports.accounts.find(&account).await
            && let Some(owner) = guard::mail_address(&found)
        {
            let to_owner = |words: &Words| letter(&account, &standing, "owner", words);
            operator::write_to(context, owner, &about, to_owner).await;
        }
        if let Some(behaviour) = context.brakes.lock().get_mut(&account)
            && behaviour.standing.brake == standing.brake
        {
            behaviour.standing.told = true;
            behaviour.is_dirty = true;
        }
    }
}

fn untold(context: &Context) -> Vec<(String, Standing)> {
    let accounts = context.brakes.lock();
    let braked = accounts.iter().filter(|(_, behaviour)| behaviour.standing.brake > Brake::Free);
    let untold = braked.filter(|(_, behaviour)| !behaviour.standing.told);
    untold.map(|(account, behaviour)| (account.clone(), behaviour.standing.clone())).collect()
}

fn letter(account: &str, standing: &Standing, reader: &str, words: &Words) -> Letter {
    let brake = match standing.brake {
        Brake::Free | Brake::Slowed => "slowed",
        Brake::Held => "held",
        Brake::Frozen => "frozen",
    };
    let values = [("account", account.into()), ("brake", brake.into())];
    let mut lines = vec![words.get("account-letter-seen", &[("since", words.time(standing.since).into())])];
    lines.extend(standing.signs.iter().map(|sign| format!("- {}", text::sentence(sign, words))));
    let next = if reader == "owner" { "account-letter-owner" } else { "account-letter-operator" };
    Letter {
        subject: words.get("account-letter-subject", &values),
        paragraphs: vec![
            words.get("account-letter-intro", &values),
            lines.join("\n"),
            words.get(next, &values),
        ],
    }
}

/// What an account has in the queue.
async fn waiting_of(context: &Context, account: &str) -> HashSet<QueueId> {
    let mut found = HashSet::new();
    for id in context.queue.ids() {
        let stored = context.ports.spool.load_envelope(id).await;
        if stored.is_ok_and(|stored| stored.origin.account.as_deref() == Some(account)) {
            found.insert(id);
        }
    }
    found
}

/// What waits of an account that was frozen goes nowhere until the operator says so.
async fn hold_waiting(context: &Arc<Context>, account: &str) {
    let ids = waiting_of(context, account).await;
    let jobs = context.queue.extract(&ids, Intent::Hold);
    let held: HashSet<QueueId> = jobs.iter().map(|job| job.id).collect();
    held.iter().for_each(|id| context.ports.spool.note(Change::Held { id: *id, held: true }));
    run::hold(context, jobs);
}

/// The operator lets an account send again, because what it did is usual for it, or because it was stolen and is safe
/// again. How it stood; `None` when nothing was known of it.
pub async fn let_go(context: &Context, account: &str, was_usual: bool) -> Option<Standing> {
    let now = context.now();
    let standing =
        context.brakes.lock().get_mut(account).map(|behaviour| behaviour.let_go(was_usual, now))?;
    context.brakes.bell.notify_one();
    context.event(Event::AccountLetGo { account: account.to_owned(), was_usual });
    Some(standing)
}
