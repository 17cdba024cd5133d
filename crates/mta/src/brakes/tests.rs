//! Counting, refusing and forgetting, without a server.

use super::known::{KnownRecipients, MOST};
use super::limits::Kind;
use super::*;
use crate::quota::window::Span;

const NOON: u64 = 1_795_521_600;
const DAY: u64 = 86_400;
const SMALL: Allowed = Allowed { figures: [[Some(5), Some(8)], [Some(10), None], [Some(4), Some(6)]] };

#[test]
fn the_first_limit_that_would_be_passed_says_when_there_is_room() {
    let mut behaviour = Behaviour::default();
    behaviour.add([3, 6, 3], NOON);
    let now = NOON + 600;
    assert_eq!(behaviour.over([1, 4, 1], &SMALL, now), None);
    let refusal = behaviour.over([1, 5, 0], &SMALL, now).expect("one recipient too many");
    assert_eq!(
        (refusal.kind, refusal.span, refusal.used, refusal.wanted),
        (Kind::Recipients, Span::Hour, 6, 5)
    );
    assert_eq!(refusal.until, Some(NOON + 60 + 3600));
    let refusal = behaviour.over([1, 2, 2], &SMALL, now).expect("one stranger too many");
    assert_eq!((refusal.kind, refusal.limit), (Kind::FirstTime, 4));
    let never = behaviour.over([1, 11, 0], &SMALL, now).expect("more than ever fit");
    assert_eq!(never.until, None);
    assert_eq!(behaviour.over([1, 5, 0], &SMALL, NOON + 60 + 3600), None);
}

#[test]
fn replies_say_what_how_much_when_and_what_to_do() {
    let refusal = |kind, until| Refusal { kind, span: Span::Hour, limit: 100, used: 90, wanted: 20, until };
    let reply = refusal(Kind::FirstTime, Some(NOON + 1)).reply("anna@absender.test").to_string();
    let words = "452 4.7.1 anna@absender.test may send to 100 recipients that it has never written to before within an \
                 hour, has sent to 90, and this is for 20 more: send it again after 2026-11-24 12:01 UTC, or ask the \
                 postmaster for a higher limit";
    assert_eq!(reply, words);
    let reply = refusal(Kind::Messages, Some(NOON)).reply("anna").to_string();
    assert!(
        reply.starts_with("452 4.7.1 anna may send 100 messages within an hour and has sent 90: "),
        "{reply}"
    );
    let reply = refusal(Kind::Recipients, None).reply("anna").to_string();
    assert!(reply.starts_with("550 5.7.1 this is for 20 recipients, and anna may send to 100 "), "{reply}");
}

#[test]
fn what_is_taken_back_was_never_there() {
    let mut behaviour = Behaviour::default();
    behaviour.add([2, 4, 4], NOON);
    behaviour.known.note(&[1, 2, 3, 4], day_of(NOON));
    behaviour.add([1, 2, 1], NOON + 30);
    behaviour.known.note(&[4, 5], day_of(NOON));
    behaviour.take_back([1, 2, 1]);
    behaviour.known.take_back(&[5]);
    let used: Vec<u32> = behaviour.states(&SMALL, NOON + 40).iter().map(|state| state.used).collect();
    assert_eq!(used, [2, 2, 4, 4, 4, 4]);
    assert_eq!(behaviour.known.fresh(&[4, 5, 5]), [5]);
}

#[test]
fn a_limit_is_told_once_and_again_after_there_was_room() {
    let mut behaviour = Behaviour::default();
    behaviour.add([5, 5, 0], NOON);
    let refusal = behaviour.over([1, 1, 0], &SMALL, NOON).expect("over");
    assert!(behaviour.is_news(&refusal) && !behaviour.is_news(&refusal));
    behaviour.note_room(&SMALL, NOON);
    assert!(!behaviour.is_news(&refusal));
    behaviour.note_room(&SMALL, NOON + 4000);
    assert!(behaviour.is_news(&refusal));
}

#[test]
fn recipients_are_written_down_once_in_a_while_and_the_oldest_make_room() {
    let mut known = KnownRecipients::default();
    let old: Vec<u64> = (0..MOST as u64 / 2 + 10).collect();
    known.note(&old, 10);
    assert_eq!(known.take_changes().1.len(), old.len());
    known.note(&old[..3], 39);
    assert_eq!(known.take_changes(), (None, Vec::new()), "known well enough");
    known.note(&old[..3], 40);
    assert_eq!(known.take_changes().1.len(), 3);
    let young: Vec<u64> = (1 << 40..(1 << 40) + MOST as u64 / 2).collect();
    known.note(&young, 50);
    let (forgotten, noted) = known.take_changes();
    assert_eq!(forgotten, Some(10));
    assert_eq!(noted.len(), young.len());
    assert_eq!(known.len(), young.len() + 3);
    assert_eq!(known.fresh(&[old[0], old[3], young[0]]), [old[3]]);
}

#[test]
fn more_than_all_of_one_day_are_not_remembered() {
    let mut known = KnownRecipients::default();
    let today: Vec<u64> = (0..MOST as u64 + 10).collect();
    known.note(&today, 10);
    assert_eq!(known.len(), MOST);
    assert_eq!(known.fresh(&today).len(), 10);
}

#[test]
fn tags_tell_accounts_apart_and_ignore_case() {
    let brakes = Brakes::default();
    brakes.recall([7; 32], Vec::new(), Vec::new());
    let tag = |account: &str, address: &str| brakes.tag(account, &Address::new(address).expect("an address"));
    assert_eq!(tag("a", "Bernd@fern.test"), tag("a", "bernd@FERN.test"));
    assert_ne!(tag("a", "bernd@fern.test"), tag("b", "bernd@fern.test"));
    let other = Brakes::default();
    other.recall([8; 32], Vec::new(), Vec::new());
    assert_ne!(
        other.tag("a", &Address::new("bernd@fern.test").expect("an address")),
        tag("a", "bernd@fern.test")
    );
}

#[test]
fn what_changed_is_written_down_and_taken_up_again() {
    let brakes = Brakes::default();
    {
        let mut accounts = brakes.lock();
        let behaviour = accounts.entry("anna".to_owned()).or_default();
        behaviour.add([1, 3, 2], NOON);
        behaviour.known.note(&[1, 2], day_of(NOON));
    }
    let changes = brakes.take_changes();
    assert!(brakes.take_changes().is_empty(), "nothing has changed since");
    let again = Brakes::default();
    again.recall([7; 32], changes.conducts, changes.known);
    let mut accounts = again.lock();
    let behaviour = accounts.get_mut("anna").expect("known");
    assert_eq!(behaviour.states(&SMALL, NOON)[2].used, 3);
    assert_eq!(behaviour.known.fresh(&[1, 2, 3]), [3]);
    drop(accounts);
    again.sweep(NOON + MEMORY + DAY);
    assert!(again.lock().is_empty());
}

/// What a decision costs, with an account of a settled size; printed by `cargo test -- --nocapture`.
#[test]
fn a_decision_costs_next_to_nothing() {
    let usual: Allowed = Allowed { figures: [[None; 2]; 3] };
    let mut behaviour = Behaviour::default();
    behaviour.known.note(&(0..20_000).collect::<Vec<_>>(), day_of(NOON));
    let recipients = [Address::new("bernd@fern.test").expect("an address")];
    let began = std::time::Instant::now();
    let rounds = 10_000_u64;
    for round in 0..rounds {
        let outgoing = Outgoing {
            recipients: &recipients,
            network: Some("192.0.2.0/24"),
            fingerprint: round.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        };
        let floor = Floor { recipients: u32::MAX, strangers: u32::MAX };
        let taken = behaviour.decide(outgoing, &[round], &usual, floor, NOON + round);
        assert!(taken.is_ok(), "{taken:?}");
    }
    let each = began.elapsed() / u32::try_from(rounds).expect("small");
    println!("a decision takes {each:?}");
    // Far above what it takes even unoptimised; a walk through all recipients would take longer.
    assert!(each < std::time::Duration::from_millis(1), "{each:?}");
}
