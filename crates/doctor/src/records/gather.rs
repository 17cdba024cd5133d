//! Puts the questions to the authoritative servers. What could not be asked is an answer too, with the reason.

use std::collections::BTreeMap;

use postamt_net::dns::authority::{Authority, ServerAnswer, Zone};
use postamt_net::dns::record::RecordKind;
use tokio::task::JoinSet;

use super::present::{Present, Seen};

/// Questions that are on their way at the same time.
const AT_A_TIME: usize = 16;

/// The answers, and the zone of each name.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// The answers.
    pub present: Present,
    /// The zones by the names that were asked for.
    pub zones: BTreeMap<String, Zone>,
}

/// Asks all of it.
pub async fn gather(authority: &Authority, questions: &[(String, RecordKind)]) -> Gathered {
    let mut names: BTreeMap<String, Vec<RecordKind>> = BTreeMap::new();
    for (name, kind) in questions {
        names.entry(name.clone()).or_default().push(*kind);
    }
    let mut gathered = Gathered::default();
    let mut tasks = JoinSet::new();
    for (name, kinds) in names {
        if tasks.len() >= AT_A_TIME {
            take(&mut gathered, tasks.join_next().await);
        }
        let authority = authority.clone();
        tasks.spawn(async move { ask(&authority, name, kinds).await });
    }
    while let Some(done) = tasks.join_next().await {
        take(&mut gathered, Some(done));
    }
    gathered
}

struct Asked {
    name: String,
    zone: Option<Zone>,
    seen: Vec<(RecordKind, Seen)>,
}

fn take(gathered: &mut Gathered, done: Option<Result<Asked, tokio::task::JoinError>>) {
    let Some(Ok(asked)) = done else { return };
    for (kind, seen) in asked.seen {
        gathered.present.insert(&asked.name, kind, seen);
    }
    if let Some(zone) = asked.zone {
        gathered.zones.insert(asked.name, zone);
    }
}

async fn ask(authority: &Authority, name: String, kinds: Vec<RecordKind>) -> Asked {
    let zone = match authority.zone_of(&name).await {
        Ok(zone) => zone,
        Err(error) => {
            let reason = error.to_string();
            let seen = kinds.into_iter().map(|kind| (kind, Seen::failed(&reason))).collect();
            return Asked { name, zone: None, seen };
        }
    };
    let mut seen = Vec::new();
    for kind in kinds {
        let answers = authority.ask(&zone, &name, kind).await;
        seen.push((kind, put_together(answers)));
    }
    Asked { name, zone: Some(zone), seen }
}

/// One server's silence is no matter while another one answers.
fn put_together(answers: Vec<ServerAnswer>) -> Seen {
    let mut seen = Seen::default();
    let mut failure = Some(String::from("the zone has no server"));
    for ServerAnswer { server, records, .. } in answers {
        match records {
            Ok(records) => {
                let new = records.iter().filter(|record| !seen.records.contains(record)).cloned();
                let new: Vec<_> = new.collect();
                seen.records.extend(new);
                seen.servers.push((server, records));
            }
            Err(error) => failure = Some(error.to_string()),
        }
    }
    if seen.servers.is_empty() {
        seen.failure = failure;
    }
    seen
}
