//! The spool port.

use std::sync::Arc;

use bytes::Bytes;
use postamt_mail::address::Address;
use postamt_mail::envelope::{BodyType, Envelope, Notify, Recipient, ReturnContent};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, NewMessage, Origin, Spool, SpoolError, Waiting, WaitingRecipient};

use super::run;

/// A place where a spool is kept.
pub trait House {
    /// Opens the spool, as the first time or after a restart.
    fn open(&self) -> (Arc<dyn Spool>, Vec<Waiting>);
    /// Ends it in good order. The caller has dropped its own handles.
    fn close(&self);
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("ids are never given twice", ids_are_never_given_twice),
    ("what is accepted comes back as it was", what_is_accepted_comes_back),
    ("pieces are joined, and there may be none", pieces_are_joined),
    ("a large message comes back", a_large_message_comes_back),
    ("an unknown id is unknown", an_unknown_id_is_unknown),
    ("a finished message is gone", a_finished_message_is_gone),
    ("deferrals survive a restart", deferrals_survive_a_restart),
    ("holding survives a restart", holding_survives_a_restart),
    ("many recipients go their own ways", many_recipients_go_their_own_ways),
    ("many tasks at once", many_tasks_at_once),
    ("figures count", figures_count),
    ("a message without recipients is refused", a_message_without_recipients_is_refused),
    ("changes for unknown messages do nothing", changes_for_unknown_messages_do_nothing),
    ("an accept that nobody waits for is forgotten", an_accept_that_nobody_waits_for_is_forgotten),
    ("state outlives several restarts", state_outlives_several_restarts),
];

/// A message with so many recipients.
pub fn message(spool: &dyn Spool, recipients: u16, content: &[u8]) -> NewMessage {
    let recipients = (0..recipients).map(|number| Recipient::new(address(&format!("r{number}@b.example"))));
    NewMessage {
        id: spool.next_id(),
        received_at: 1_790_000_000,
        envelope: Envelope {
            sender: Some(address("sender@a.example")),
            recipients: recipients.collect(),
            ..Envelope::default()
        },
        origin: Origin { account: Some("sender@a.example".into()), channel: "submission".into() },
        content: vec![Bytes::copy_from_slice(content)],
        held: false,
    }
}

/// An address that is known to be good.
pub fn address(text: &str) -> Address {
    Address::new(text).expect("the test's addresses are good")
}

fn accept(spool: &dyn Spool, message: NewMessage) -> QueueId {
    let id = message.id;
    run(spool.accept(message)).expect("accepted");
    id
}

fn note(spool: &dyn Spool, change: Change) {
    spool.note(change);
    run(spool.flush()).expect("flushed");
}

fn done(id: QueueId, recipients: &[u16]) -> Change {
    Change::Done { id, recipients: recipients.to_vec() }
}

fn deferred(id: QueueId, recipients: &[u16], attempts: u16, next: u64) -> Change {
    Change::Deferred { id, recipients: recipients.to_vec(), attempts, next, delay_notified: attempts > 2 }
}

fn restart(house: &dyn House, spool: Arc<dyn Spool>) -> (Arc<dyn Spool>, Vec<Waiting>) {
    drop(spool);
    house.close();
    house.open()
}

fn ids_are_never_given_twice(house: &dyn House) {
    let (spool, _) = house.open();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let spool = Arc::clone(&spool);
            std::thread::spawn(move || (0..1000).map(|_| spool.next_id()).collect::<Vec<_>>())
        })
        .collect();
    let mut ids: Vec<_> = threads.into_iter().flat_map(|t| t.join().expect("no panic")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4000);
    let last = accept(&*spool, message(&*spool, 1, b"x"));
    assert!(last > ids[3999]);
    note(&*spool, done(last, &[0]));
    let (spool, _) = restart(house, spool);
    assert!(spool.next_id() > last, "ids of finished messages are not used again");
}

fn what_is_accepted_comes_back(house: &dyn House) {
    let (spool, waiting) = house.open();
    assert!(waiting.is_empty());
    let recipient = |text: &str, notify, explicit_notify, original: Option<&str>| Recipient {
        address: address(text),
        notify,
        explicit_notify,
        original: original.map(str::to_owned),
    };
    let all = Notify { success: true, failure: true, delay: true };
    let envelope = Envelope {
        sender: Some(address("\"a b\"@[IPv6:2001:db8::1]")),
        recipients: vec![
            recipient("pelé@b.example", all, true, Some("utf-8;pel\\x{E9}@b.example")),
            recipient("c@[192.0.2.7]", Notify::NEVER, true, None),
            recipient("d@xn--bcher-kva.example", Notify::default(), false, Some("")),
        ],
        body: BodyType::BinaryMime,
        smtputf8: true,
        require_tls: true,
        return_content: Some(ReturnContent::Full),
        envelope_id: Some("QQ314159+2B".into()),
    };
    let origin = Origin { account: None, channel: "smtp".into() };
    let new = NewMessage {
        envelope: envelope.clone(),
        origin: origin.clone(),
        held: true,
        ..message(&*spool, 1, b"Hello")
    };
    let received_at = new.received_at;
    let id = accept(&*spool, new);
    let null = NewMessage {
        envelope: Envelope { sender: None, return_content: Some(ReturnContent::Headers), ..envelope.clone() },
        ..message(&*spool, 1, b"")
    };
    let (null_id, null_envelope) = (null.id, null.envelope.clone());
    accept(&*spool, null);
    let check = |spool: &dyn Spool| {
        let stored = run(spool.load(id)).expect("it can be read");
        assert_eq!((stored.received_at, &stored.envelope, &stored.origin), (received_at, &envelope, &origin));
        assert_eq!((stored.size, &stored.content[..]), (5, &b"Hello"[..]));
        let stored = run(spool.load_envelope(id)).expect("it can be read");
        assert_eq!((&stored.envelope, stored.size, stored.content.len()), (&envelope, 5, 0));
    };
    check(&*spool);
    let (spool, waiting) = restart(house, spool);
    check(&*spool);
    let [first, second] = &waiting[..] else { panic!("two wait, not {}", waiting.len()) };
    assert_eq!((first.id, first.received_at, first.size, first.held), (id, received_at, 5, true));
    assert_eq!((&first.envelope, &first.origin), (&envelope, &origin));
    let fresh = |number| WaitingRecipient { number, attempts: 0, next: 0, delay_notified: false };
    assert_eq!(first.recipients, [fresh(0), fresh(1), fresh(2)]);
    assert_eq!((second.id, &second.envelope, second.held), (null_id, &null_envelope, false));
}

fn pieces_are_joined(house: &dyn House) {
    let (spool, _) = house.open();
    let whole = Bytes::from_static(b"Received: x\r\nSubject: y\r\n\r\nbody\r\n");
    let pieces = vec![whole.slice(..13), Bytes::new(), whole.slice(13..20), whole.slice(20..)];
    let joined = accept(&*spool, NewMessage { content: pieces, ..message(&*spool, 1, b"") });
    let empty = accept(&*spool, NewMessage { content: Vec::new(), ..message(&*spool, 1, b"") });
    assert_eq!(run(spool.load(joined)).expect("it can be read").content, whole);
    assert_eq!(run(spool.load(empty)).expect("it can be read").content, Bytes::new());
}

fn a_large_message_comes_back(house: &dyn House) {
    let (spool, _) = house.open();
    let content: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let before = accept(&*spool, message(&*spool, 1, b"before"));
    let large = accept(&*spool, message(&*spool, 1, &content));
    let behind = accept(&*spool, message(&*spool, 1, b"behind"));
    let (spool, waiting) = restart(house, spool);
    assert_eq!(waiting.iter().map(|w| w.id).collect::<Vec<_>>(), [before, large, behind]);
    assert_eq!(run(spool.load(large)).expect("it can be read").content, content);
    assert_eq!(run(spool.load(behind)).expect("it can be read").content, &b"behind"[..]);
}

fn an_unknown_id_is_unknown(house: &dyn House) {
    let (spool, _) = house.open();
    let id = spool.next_id();
    assert!(matches!(run(spool.load(id)), Err(SpoolError::Unknown)));
    assert!(matches!(run(spool.load_envelope(id)), Err(SpoolError::Unknown)));
}

fn a_finished_message_is_gone(house: &dyn House) {
    let (spool, _) = house.open();
    let finished = accept(&*spool, message(&*spool, 2, b"one"));
    let half = accept(&*spool, message(&*spool, 2, b"two"));
    note(&*spool, done(finished, &[1]));
    note(&*spool, done(finished, &[0]));
    note(&*spool, done(half, &[1, 1, 7]));
    assert!(matches!(run(spool.load(finished)), Err(SpoolError::Unknown)));
    assert_eq!(run(spool.load(half)).expect("it can be read").content, &b"two"[..]);
    let (_spool, waiting) = restart(house, spool);
    let [waiting] = &waiting[..] else { panic!("one waits, not {}", waiting.len()) };
    assert_eq!(waiting.id, half);
    assert_eq!(waiting.envelope.recipients.len(), 2, "done recipients stay in the envelope");
    assert_eq!(waiting.recipients.iter().map(|r| r.number).collect::<Vec<_>>(), [0]);
}

fn deferrals_survive_a_restart(house: &dyn House) {
    let (spool, _) = house.open();
    let id = accept(&*spool, message(&*spool, 1, b"x"));
    note(&*spool, deferred(id, &[0], 1, 1_790_000_300));
    note(&*spool, deferred(id, &[0], 3, 1_790_009_000));
    let (_spool, waiting) = restart(house, spool);
    let expected = WaitingRecipient { number: 0, attempts: 3, next: 1_790_009_000, delay_notified: true };
    assert_eq!(waiting[0].recipients, [expected]);
}

fn holding_survives_a_restart(house: &dyn House) {
    let (spool, _) = house.open();
    let held = accept(&*spool, message(&*spool, 1, b"x"));
    let released = accept(&*spool, NewMessage { held: true, ..message(&*spool, 1, b"x") });
    note(&*spool, Change::Held { id: held, held: true });
    note(&*spool, Change::Held { id: released, held: false });
    let (_spool, waiting) = restart(house, spool);
    assert_eq!(waiting.iter().map(|w| (w.id, w.held)).collect::<Vec<_>>(), [(held, true), (released, false)]);
}

fn many_recipients_go_their_own_ways(house: &dyn House) {
    let (spool, _) = house.open();
    let id = accept(&*spool, message(&*spool, 2000, b"x"));
    for number in 0..1000 {
        spool.note(done(id, &[number * 2]));
    }
    for number in (1..2000_u16).step_by(4) {
        spool.note(deferred(id, &[number, 0], 1, u64::from(number)));
    }
    run(spool.flush()).expect("flushed");
    let (spool, waiting) = restart(house, spool);
    assert_eq!(waiting[0].recipients.len(), 1000);
    for recipient in &waiting[0].recipients {
        let deferred = recipient.number % 4 == 1;
        let expected = if deferred { (1, u64::from(recipient.number)) } else { (0, 0) };
        assert_eq!((recipient.attempts, recipient.next), expected, "recipient {}", recipient.number);
    }
    note(&*spool, done(id, &(0..2000).collect::<Vec<_>>()));
    assert!(matches!(run(spool.load(id)), Err(SpoolError::Unknown)));
}

fn many_tasks_at_once(house: &dyn House) {
    let (spool, _) = house.open();
    let ids: Vec<QueueId> = run(async {
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let spool = Arc::clone(&spool);
                tokio::spawn(async move {
                    let mut kept = Vec::new();
                    for number in 0..50 {
                        let new = message(&*spool, 1, format!("{task} {number}").as_bytes());
                        let id = new.id;
                        spool.accept(new).await.expect("accepted");
                        if number % 2 == 0 { spool.note(done(id, &[0])) } else { kept.push(id) }
                    }
                    kept
                })
            })
            .collect();
        let mut kept = Vec::new();
        for task in tasks {
            kept.extend(task.await.expect("no panic"));
        }
        spool.flush().await.expect("flushed");
        kept
    });
    let (_spool, waiting) = restart(house, spool);
    let mut found: Vec<_> = waiting.iter().map(|waiting| waiting.id).collect();
    let mut expected = ids;
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn figures_count(house: &dyn House) {
    let (spool, _) = house.open();
    assert_eq!(spool.figures().messages, 0);
    assert!(spool.figures().accepting);
    let id = accept(&*spool, message(&*spool, 1, &[b'x'; 10_000]));
    let figures = spool.figures();
    assert_eq!((figures.messages, figures.quarantined), (1, 0));
    assert!(figures.disk_bytes >= 10_000, "{} octets", figures.disk_bytes);
    note(&*spool, done(id, &[0]));
    assert_eq!(spool.figures().messages, 0);
}

fn a_message_without_recipients_is_refused(house: &dyn House) {
    let (spool, _) = house.open();
    assert!(run(spool.accept(message(&*spool, 0, b"x"))).is_err());
    assert_eq!(spool.figures().messages, 0);
}

fn changes_for_unknown_messages_do_nothing(house: &dyn House) {
    let (spool, _) = house.open();
    let unknown = spool.next_id();
    let id = accept(&*spool, message(&*spool, 1, b"x"));
    for change in
        [done(unknown, &[0]), deferred(unknown, &[0], 1, 1), Change::Held { id: unknown, held: true }]
    {
        note(&*spool, change);
    }
    note(&*spool, done(id, &[]));
    let (_spool, waiting) = restart(house, spool);
    assert_eq!(waiting.iter().map(|w| w.id).collect::<Vec<_>>(), [id]);
}

fn an_accept_that_nobody_waits_for_is_forgotten(house: &dyn House) {
    let (spool, _) = house.open();
    let id = run(async {
        let new = message(&*spool, 1, b"x");
        let id = new.id;
        let mut accept = spool.accept(new);
        // Polled once, so that it is on its way, then dropped as when a client goes away.
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(accept.as_mut().poll(context))).await;
        drop(accept);
        assert!(polled.is_pending(), "the answer cannot be there yet");
        spool.flush().await.expect("flushed");
        // Whoever finds nobody there says so with the next round.
        spool.flush().await.expect("flushed");
        id
    });
    assert!(matches!(run(spool.load(id)), Err(SpoolError::Unknown)));
    let (_spool, waiting) = restart(house, spool);
    assert!(waiting.is_empty());
}

fn state_outlives_several_restarts(house: &dyn House) {
    let (mut spool, _) = house.open();
    let id = accept(&*spool, message(&*spool, 3, b"kept"));
    note(&*spool, done(id, &[1]));
    for attempt in 1..6 {
        note(&*spool, deferred(id, &[2], attempt, 1000 * u64::from(attempt)));
        let gone = accept(&*spool, message(&*spool, 1, &[b'y'; 50_000]));
        note(&*spool, done(gone, &[0]));
        let waiting;
        (spool, waiting) = restart(house, spool);
        let [waiting] = &waiting[..] else { panic!("one waits, not {}", waiting.len()) };
        let states: Vec<_> = waiting.recipients.iter().map(|r| (r.number, r.attempts, r.next)).collect();
        assert_eq!(states, [(0, 0, 0), (2, attempt, 1000 * u64::from(attempt))]);
    }
    assert_eq!(run(spool.load(id)).expect("it can be read").content, &b"kept"[..]);
}
