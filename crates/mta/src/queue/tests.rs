//! The queue's index: what waits, what is due, what an operator takes out of it, and what ends.

use super::place::Place;
use super::*;
use crate::queue::job::Numbers;
use crate::settings::DkimOnRoute;

/// A job of the first recipient.
pub(crate) fn job(id: u64, destination: Destination) -> Job {
    Job {
        id: QueueId(id),
        next: 0,
        destination,
        recipients: Numbers::One(0),
        attempts: 0,
        fresh_connections: 0,
        delay_notified: false,
        planned: 0,
        without_way: false,
        place: Place::default(),
        provider_place: Place::default(),
        loaded: None,
    }
}

fn domain(text: &str) -> Domain {
    Domain::new(text).expect("a valid domain")
}

fn due_at(id: u64, next: u64) -> Job {
    Job { next, ..job(id, Destination::Discard) }
}

fn site(queue: &Queue, name: &str) -> Arc<Site> {
    let limits = SiteLimits {
        initial_connections: 1,
        connections: 1,
        messages_per_connection: 1,
        messages_per_minute: None,
        idle: std::time::Duration::ZERO,
        first_pause: std::time::Duration::from_secs(1),
    };
    let plan = crate::flow::Plan::Direct(Vec::new());
    queue.site(name, || Site::new(name.to_owned(), "direct".to_owned(), plan, limits, DkimOnRoute::default()))
}

fn ids(jobs: &[Job]) -> Vec<u64> {
    let mut ids: Vec<_> = jobs.iter().map(|job| job.id.0).collect();
    ids.sort_unstable();
    ids
}

fn set(ids: &[u64]) -> HashSet<QueueId> {
    ids.iter().copied().map(QueueId).collect()
}

#[test]
fn jobs_are_due_in_the_order_of_their_times_and_then_of_their_coming() {
    let queue = Queue::default();
    for (id, next) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
        queue.wait(due_at(id, next));
    }
    let (due, next) = queue.due(5, 10);
    assert!(due.is_empty());
    assert_eq!(next, Some(10));
    let (due, next) = queue.due(20, 2);
    assert_eq!((due.iter().map(|job| job.id.0).collect::<Vec<_>>(), next), (vec![2, 4], Some(20)));
    let (due, next) = queue.due(u64::MAX, 10);
    assert_eq!((due.iter().map(|job| job.id.0).collect::<Vec<_>>(), next), (vec![3, 1], None));
}

#[tokio::test]
async fn the_bell_rings_for_an_earlier_job_only() {
    let queue = Queue::default();
    let rings = || tokio::time::timeout(std::time::Duration::from_millis(1), queue.bell.notified());
    queue.wait(due_at(1, 100));
    assert!(rings().await.is_ok());
    queue.wait(due_at(2, 200));
    assert!(rings().await.is_err());
    queue.wait(due_at(3, 50));
    assert!(rings().await.is_ok());
}

#[test]
fn a_message_ends_with_its_last_recipient_and_is_recorded_once() {
    let queue = Queue::default();
    queue.enter(QueueId(1), 3, false);
    let mut noted = Vec::new();
    let first = queue.settled(QueueId(1), 1, |after| noted.push(after));
    assert_eq!(first, After { finished: false, recorded: false });
    assert!(queue.contains(QueueId(1)));
    let last = queue.settled(QueueId(1), 2, |after| noted.push(after));
    assert_eq!(last, After { finished: true, recorded: true });
    assert!(!queue.contains(QueueId(1)));
    // Settled twice, as after a cancel that crossed a delivery: it ends once and harms nobody.
    queue.settled(QueueId(1), 1, |after| noted.push(after));
    assert_eq!(noted, [first, last, After { finished: true, recorded: true }]);
}

#[test]
fn a_domain_is_looked_up_once_and_all_that_waited_come_back() {
    let queue = Queue::default();
    let a = domain("a.test");
    let ask = |id| queue.direct(&a, job(id, Destination::Direct(a.clone())), 100);
    assert!(matches!(ask(1), Direction::LookUp(name) if name == a));
    assert!(matches!(ask(2), Direction::Waits));
    let site = site(&queue, "mx.a.test");
    assert_eq!(ids(&queue.resolved(&a, &site, 200)), [1, 2]);
    let Direction::Site(known, returned) = ask(3) else { panic!("it is known") };
    assert_eq!((known.name.as_str(), returned.id.0), ("mx.a.test", 3));
    // Expired: looked up again, and a failure gives the job back, too.
    let late = queue.direct(&a, job(4, Destination::Direct(a.clone())), 200);
    assert!(matches!(late, Direction::LookUp(_)));
    assert_eq!(ids(&queue.unresolved(&a)), [4]);
    assert!(queue.unresolved(&a).is_empty());
}

#[test]
fn what_is_not_in_flight_can_be_taken_out_wherever_it_is() {
    let queue = Queue::default();
    let (a, b) = (domain("a.test"), domain("b.test"));
    for id in 1..=5 {
        queue.enter(QueueId(id), 1, false);
    }
    queue.wait(due_at(1, 10));
    queue.hold(job(2, Destination::Hold));
    queue.direct(&a, job(3, Destination::Direct(a.clone())), 0);
    let _ = site(&queue, "mx.b.test").push(job(4, Destination::Direct(b)), 0);
    assert_eq!(ids(&queue.extract_unheld(&set(&[1, 2, 3, 4, 5]))), [1, 3, 4]);
    assert_eq!(queue.sizes(), (5, 0, 1), "held mail stays");
    assert!(queue.unresolved(&a).is_empty(), "the look-up gives back nothing that was taken out");
    assert_eq!(ids(&queue.extract(&set(&[2, 5]), Intent::Hold)), [2]);
    // The fifth is in flight: it obeys when it lands.
    assert_eq!(queue.intent(QueueId(5)), Intent::Hold);
    assert_eq!(queue.intent(QueueId(1)), Intent::None);
    queue.wait(due_at(5, 10));
    assert_eq!(queue.sizes(), (5, 0, 1), "it lands among the held");
    assert_eq!(ids(&queue.extract(&set(&[5]), Intent::None)), [5]);
    assert_eq!(queue.intent(QueueId(5)), Intent::None, "a release takes it back");
}

#[test]
fn a_sweep_forgets_only_what_nobody_uses() {
    let queue = Queue::default();
    let (a, b) = (domain("a.test"), domain("b.test"));
    for (name, host, until) in [(&a, "mx.a.test", 100), (&b, "mx.b.test", 300)] {
        queue.direct(name, job(1, Destination::Direct(name.clone())), 0);
        let site = site(&queue, host);
        queue.resolved(name, &site, until);
    }
    let busy = site(&queue, "mx.c.test");
    assert!(matches!(busy.push(job(2, Destination::Direct(a.clone())), 0), site::Pushed::StartConnection));
    site(&queue, "mx.d.test").slow_down(150, "421 slow down");
    queue.sweep(150);
    let mut names: Vec<_> = queue.sites().iter().map(|site| site.name.clone()).collect();
    names.sort();
    assert_eq!(names, ["mx.b.test", "mx.c.test", "mx.d.test"], "known, busy, paused");
    assert_eq!(ids(&queue.forget_sites()), [2]);
    assert!(queue.sites().is_empty());
}

#[test]
fn jobs_are_shown_with_their_state() {
    let queue = Queue::default();
    let a = domain("a.test");
    queue.wait(due_at(1, 10));
    queue.hold(job(1, Destination::Hold));
    queue.direct(&a, job(1, Destination::Direct(a.clone())), 0);
    queue.wait(due_at(2, 10));
    let states: Vec<_> = queue.jobs_of(&set(&[1])).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["waiting", "held", "active"]);
}

#[test]
fn what_was_in_hand_while_the_others_were_planned_again_is_due_at_once() {
    let queue = Queue::default();
    let direct = |id, planned| Job {
        planned,
        next: 500,
        ..job(id, Destination::Direct("a.test".parse().expect("a domain")))
    };
    queue.wait(direct(1, queue.plannings()));
    assert_eq!(ids(&queue.take_direct()), [1]);
    let relayed = Job { next: 600, ..job(2, Destination::Relay("anbieter".into())) };
    queue.wait(relayed);
    queue.wait(direct(3, 0));
    queue.wait(direct(4, queue.plannings()));
    let (due, next) = queue.due(10, 10);
    assert_eq!((ids(&due), next), (vec![3], Some(500)));
}
