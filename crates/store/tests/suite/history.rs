//! The history port.

use std::sync::Arc;

use postamt_store::history::{AttemptRecord, History, MessageRecord, Note, Query};
use postamt_store::queue_id::QueueId;

use super::run;

/// A place where a history is kept.
pub trait House {
    /// Opens it, as the first time or after a restart.
    fn open(&self) -> Arc<dyn History>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("a whole message is found as it was noted", a_whole_message_is_found),
    ("attempts are added", attempts_are_added),
    ("look-ups see what was just noted", look_ups_see_what_was_just_noted),
    ("searching", searching),
    ("old messages are forgotten", old_messages_are_forgotten),
    ("what was noted outlives a restart", what_was_noted_outlives_a_restart),
];

fn message(id: u64) -> MessageRecord {
    MessageRecord {
        id,
        received_at: 1_790_000_000 + id % 1000,
        sender: format!("sender{id}@a.example"),
        recipients: vec![format!("r{id}@b.example"), "other@c.example".into()],
        account: Some("sender@a.example".into()),
        channel: "submission".into(),
        size: 4096,
        message_id: Some(format!("<{id}@a.example>")),
        attempts: vec![attempt(1)],
        finished_at: None,
    }
}

fn attempt(at: u64) -> AttemptRecord {
    AttemptRecord {
        at,
        recipients: vec![0, 1],
        route: "direct".into(),
        remote: Some("mx.b.example [192.0.2.1]".into()),
        source: None,
        tls: Some("TLSv1.3".into()),
        outcome: "deferred".into(),
        reply: "451 4.7.1 später\nnoch einmal, \"bitte\"".into(),
        next: Some(at + 300),
    }
}

fn whole(message: MessageRecord) -> Note {
    Note::Whole(Box::new(message))
}

fn find(history: &dyn History, id: u64) -> Option<MessageRecord> {
    run(history.find(QueueId(id))).expect("no error")
}

fn search(history: &dyn History, query: Query) -> Vec<u64> {
    run(history.search(query)).expect("no error").into_iter().map(|message| message.id).collect()
}

fn a_whole_message_is_found(house: &dyn House) {
    let history = house.open();
    let bare = MessageRecord {
        sender: String::new(),
        recipients: vec!["r@b.example".into()],
        account: None,
        message_id: None,
        attempts: vec![],
        finished_at: Some(1_790_000_900),
        ..message(u64::MAX)
    };
    history.note(whole(message(7)));
    history.note(whole(bare.clone()));
    assert_eq!(find(&*history, 7), Some(message(7)));
    assert_eq!(find(&*history, u64::MAX), Some(bare));
    assert_eq!(find(&*history, 8), None);
    let replaced = MessageRecord { size: 1, ..message(7) };
    history.note(whole(replaced.clone()));
    assert_eq!(find(&*history, 7), Some(replaced));
}

fn attempts_are_added(house: &dyn House) {
    let history = house.open();
    history.note(whole(message(7)));
    let add = |at, finished_at| Note::Attempt { id: QueueId(7), attempt: attempt(at), finished_at };
    history.note(add(2, None));
    history.note(add(3, Some(1_790_000_999)));
    history.note(Note::Attempt { id: QueueId(8), attempt: attempt(1), finished_at: None });
    let expected = MessageRecord {
        attempts: vec![attempt(1), attempt(2), attempt(3)],
        finished_at: Some(1_790_000_999),
        ..message(7)
    };
    assert_eq!(find(&*history, 7), Some(expected));
    assert_eq!(find(&*history, 8), None, "an attempt alone makes no message");
}

fn look_ups_see_what_was_just_noted(house: &dyn House) {
    let history = house.open();
    for id in 1..200 {
        history.note(whole(message(id)));
        assert_eq!(find(&*history, id).map(|m| m.id), Some(id));
    }
    run(history.flush());
}

fn searching(house: &dyn House) {
    let history = house.open();
    for id in 1..=30 {
        history.note(whole(message(id)));
    }
    let all = Query { limit: 100, ..Query::default() };
    assert_eq!(search(&*history, all.clone()), (1..=30).rev().collect::<Vec<_>>(), "newest first");
    assert_eq!(search(&*history, Query { limit: 2, ..Query::default() }), [30, 29]);
    let sender = |text: &str| Query { sender: Some(text.into()), ..all.clone() };
    assert_eq!(search(&*history, sender("SENDER12@")), [12]);
    assert_eq!(search(&*history, sender("sender%")), [0_u64; 0], "no wildcards");
    assert_eq!(search(&*history, sender("sender_2@")), [0_u64; 0], "no wildcards");
    let recipient = |text: &str| Query { recipient: Some(text.into()), ..all.clone() };
    assert_eq!(search(&*history, recipient("r7@b.example")), [7]);
    assert_eq!(search(&*history, recipient("other@")).len(), 30);
    for text in ["<9@a.example>", "9@a.example"] {
        let query = Query { message_id: Some(text.into()), ..all.clone() };
        assert_eq!(search(&*history, query), [9], "{text}");
    }
    let both = Query { message_id: Some("9@a.example".into()), sender: Some("sender8".into()), ..all };
    assert_eq!(search(&*history, both), [0_u64; 0], "everything given must match");
}

fn old_messages_are_forgotten(house: &dyn House) {
    let history = house.open();
    for id in 1..=10 {
        let finished_at = (id % 2 == 0).then_some(id * 100);
        history.note(whole(MessageRecord { finished_at, ..message(id) }));
    }
    assert_eq!(run(history.expire(600)).expect("no error"), 2, "2 and 4; 6 was not before");
    assert_eq!(run(history.expire(600)).expect("no error"), 0);
    let left = search(&*history, Query { limit: 100, ..Query::default() });
    assert_eq!(left, [10, 9, 8, 7, 6, 5, 3, 1], "what waits is kept");
}

fn what_was_noted_outlives_a_restart(house: &dyn House) {
    let history = house.open();
    for id in 1..=5000 {
        history.note(whole(message(id)));
    }
    drop(history);
    let history = house.open();
    assert_eq!(search(&*history, Query { limit: 10_000, ..Query::default() }).len(), 5000);
}
