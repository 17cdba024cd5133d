//! Hand-over, pacing and pauses of one site, at every point where a job could be lost or a connection counted twice.

use std::sync::Arc;

use postamt_mail::reply::Reply;

use super::*;
use crate::flow::{Destination, Fault};
use crate::queue::tests::job;

/// Longer than any test that hands a job over.
const IDLE: Duration = Duration::from_secs(60);
/// Short enough to be waited for.
const MOMENT: Duration = Duration::from_millis(2);
const NOW: u64 = 1_000;

fn limits() -> SiteLimits {
    SiteLimits {
        initial_connections: 2,
        connections: 4,
        messages_per_connection: 10,
        messages_per_minute: None,
        idle: IDLE,
        first_pause: Duration::from_secs(30),
    }
}

fn site_with(limits: SiteLimits) -> Arc<Site> {
    let (name, route) = ("mx.a.test".to_owned(), "direct".to_owned());
    Arc::new(Site::new(name, route, Plan::Direct(Vec::new()), limits, DkimOnRoute::default()))
}

fn site() -> Arc<Site> {
    site_with(limits())
}

fn no_answer() -> Failure {
    Failure::ours(Fault::Network, (4, 4, 1), "no answer")
}

fn push(site: &Site, id: u64) -> Pushed {
    site.push(job(id, Destination::Discard), NOW)
}

fn starts(pushed: &Pushed) -> bool {
    matches!(pushed, Pushed::StartConnection)
}

fn ids(jobs: &[Job]) -> Vec<u64> {
    jobs.iter().map(|job| job.id.0).collect()
}

fn in_flight(site: &Site) -> usize {
    let mut count = 0;
    site.visit(&mut |_, _, attempts| count += usize::from(attempts.is_none()));
    count
}

#[test]
fn connections_are_started_up_to_the_limit_and_counted_once() {
    let site = site();
    assert!(starts(&push(&site, 1)));
    assert!(starts(&push(&site, 2)));
    assert!(!starts(&push(&site, 3)), "the limit at the beginning is two");
    let state = site.state(NOW);
    assert_eq!((state.connections, state.ready), (2, 3));
}

#[test]
fn one_job_starts_one_connection() {
    let site = site_with(SiteLimits { initial_connections: 4, ..limits() });
    assert!(starts(&push(&site, 1)));
    // The connection that opens will take it; nobody else needs to.
    assert!(!site.wants_connection(NOW));
    site.opened();
    assert!(site.wants_connection(NOW), "it took another job meanwhile, perhaps");
    assert!(!site.wants_connection(NOW));
    assert_eq!(site.state(NOW).connections, 2);
}

#[tokio::test]
async fn a_job_goes_to_a_waiting_connection() {
    let site = site();
    assert!(starts(&push(&site, 1)));
    site.opened();
    assert_eq!(site.next(IDLE, NOW).await.map(|job| job.id.0), Some(1));
    let waiting = tokio::spawn({
        let site = site.clone();
        async move { site.next(IDLE, NOW).await }
    });
    tokio::task::yield_now().await;
    assert!(matches!(push(&site, 2), Pushed::Taken));
    assert_eq!(waiting.await.expect("no panic").map(|job| job.id.0), Some(2));
    assert_eq!((site.state(NOW).connections, in_flight(&site)), (1, 2));
    site.landed(QueueId(1), &Numbers::One(0));
    site.landed(QueueId(2), &Numbers::One(0));
    assert_eq!(in_flight(&site), 0);
}

#[tokio::test]
async fn an_idle_connection_gives_up_in_time() {
    let site = site();
    let start = tokio::time::Instant::now();
    assert!(site.next(MOMENT, NOW).await.is_none());
    assert!(start.elapsed() >= MOMENT);
    // Its place among the idle is gone: the next job starts a connection instead of waiting for nobody.
    assert!(starts(&push(&site, 1)));
}

/// Runs the hand-over at the very moment of the time-out: whichever wins, the job is somewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_handed_over_at_the_time_out_is_not_lost() {
    for _ in 0..100 {
        let site = site();
        let waiting = tokio::spawn({
            let site = site.clone();
            async move { site.next(MOMENT, NOW).await }
        });
        let pushing = tokio::spawn({
            let site = site.clone();
            async move {
                tokio::time::sleep(MOMENT).await;
                push(&site, 1)
            }
        });
        let (got, pushed) = (waiting.await.expect("no panic"), pushing.await.expect("no panic"));
        match pushed {
            Pushed::Taken => assert_eq!(got.map(|job| job.id.0), Some(1)),
            Pushed::StartConnection => {
                // The one that was about to give up may still find it ready.
                assert_eq!(got.or_else(|| site.take()).map(|job| job.id.0), Some(1));
            }
            Pushed::Paused(..) => panic!("nothing is paused"),
        }
    }
}

#[tokio::test]
async fn a_connection_that_went_away_is_not_handed_anything() {
    let site = site();
    let waiting = tokio::spawn({
        let site = site.clone();
        async move { site.next(IDLE, NOW).await }
    });
    tokio::task::yield_now().await;
    waiting.abort();
    assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
    assert!(starts(&push(&site, 1)));
    assert_eq!(site.take().map(|job| job.id.0), Some(1));
}

#[test]
fn a_connection_that_ends_leaves_nobody_behind() {
    let site = site_with(SiteLimits { initial_connections: 1, ..limits() });
    assert!(starts(&push(&site, 1)));
    push(&site, 2);
    site.opened();
    assert_eq!(site.take().map(|job| job.id.0), Some(1));
    assert!(matches!(site.connection_ended(NOW), Afterwards::StartConnection));
    site.opened();
    assert_eq!(site.take().map(|job| job.id.0), Some(2));
    assert!(matches!(site.connection_ended(NOW), Afterwards::Nothing));
    assert_eq!(site.state(NOW).connections, 0);
    assert!(site.is_idle(NOW));
}

#[tokio::test]
async fn a_job_that_was_put_back_goes_to_an_idle_connection_when_no_other_may_be_opened() {
    let site = site();
    assert!(starts(&push(&site, 1)) && starts(&push(&site, 2)));
    site.opened();
    site.opened();
    let first = site.take().expect("a job");
    site.take().expect("a job");
    let idle = tokio::spawn({
        let site = site.clone();
        async move { site.next(IDLE, NOW).await }
    });
    tokio::task::yield_now().await;
    // The other connection broke, after the provider had asked for fewer.
    site.slow_down(NOW - 100, "slow down");
    site.put_back(first);
    let later = NOW + 1000;
    assert!(matches!(site.connection_ended(later), Afterwards::Nothing));
    let handed = tokio::time::timeout(IDLE / 2, idle).await.expect("at once, not when it has idled enough");
    assert_eq!(handed.expect("no panic").map(|job| job.id.0), Some(1));
}

#[test]
fn a_pause_holds_back_what_comes_and_what_is_ready_and_grows() {
    let site = site_with(SiteLimits { initial_connections: 1, ..limits() });
    assert!(starts(&push(&site, 1)));
    push(&site, 2);
    site.opened();
    site.take().expect("a job");
    assert_eq!(site.slow_down(NOW, "421 slow down"), NOW + 30);
    // Reported by a second connection: the same trouble.
    assert_eq!(site.slow_down(NOW + 1, "421 slow down"), NOW + 30);
    let Pushed::Paused(job, until) = push(&site, 3) else { panic!("not paused") };
    assert_eq!((job.id.0, until), (3, NOW + 30));
    let Afterwards::Waits(jobs, until) = site.connection_ended(NOW + 1) else { panic!("left behind") };
    assert_eq!((ids(&jobs), until), (vec![2], NOW + 30));
    assert!(!site.wants_connection(NOW + 1));
    // It is over with its last second, and the next one is longer.
    assert!(starts(&site.push(*job, NOW + 30)));
    assert_eq!(site.slow_down(NOW + 30, "421 again"), NOW + 30 + 60);
    assert_eq!(site.state(NOW + 31).reason.as_deref(), Some("421 again"));
    // Success forgives.
    site.succeeded();
    assert_eq!(site.slow_down(NOW + 90, "421 again"), NOW + 90 + 30);
}

#[test]
fn a_pause_does_not_grow_beyond_half_an_hour() {
    let site = site();
    let mut now = NOW;
    for _ in 0..50 {
        let until = site.slow_down(now, "421 slow down");
        assert!(until - now <= PAUSE_LIMIT_SECONDS);
        now = until;
    }
    assert_eq!(site.slow_down(now, "421 slow down"), now + PAUSE_LIMIT_SECONDS);
}

#[test]
fn silence_is_shared_by_all_that_were_ready() {
    let site = site();
    assert!(starts(&push(&site, 1)) && starts(&push(&site, 2)));
    push(&site, 3);
    // The first of two connections fails: the other may still work.
    site.opened();
    assert!(site.unreachable(NOW, &no_answer()).is_empty());
    assert!(matches!(site.connection_ended(NOW), Afterwards::Nothing));
    // The second fails, too.
    site.opened();
    assert_eq!(ids(&site.unreachable(NOW, &no_answer())), [1, 2, 3]);
    assert!(matches!(site.connection_ended(NOW), Afterwards::Nothing));
    let state = site.state(NOW);
    assert_eq!((state.connections, state.ready, state.paused_until), (0, 0, Some(NOW + 30)));
    assert!(matches!(push(&site, 4), Pushed::Paused(..)));
    site.resume();
    assert!(starts(&push(&site, 4)));
}

#[test]
fn another_way_ends_a_pause_that_is_owed_to_the_old_one_and_none_that_was_asked_for() {
    let asks = || {
        let mut failure = Failure::ours(Fault::RemoteHost, (4, 4, 2), "refused");
        failure.reply = Some(Reply::new(421, (4, 7, 0), "too many connections"));
        failure
    };
    let paused = |pauses: &[&dyn Fn(&Site)]| {
        let site = site();
        pauses.iter().for_each(|pause| pause(&site));
        site.resume_on_another_way();
        site.state(NOW).paused_until.is_some()
    };
    let silent = |site: &Site| drop(site.unreachable(NOW, &no_answer()));
    let greeted = |site: &Site| drop(site.unreachable(NOW, &asks()));
    let slowed = |site: &Site| assert!(site.slow_down(NOW, "421 slow down") > NOW);
    assert!(!paused(&[&silent]));
    assert!(paused(&[&greeted]) && paused(&[&slowed]));
    assert!(paused(&[&silent, &slowed]) && paused(&[&slowed, &silent]), "both at once");
    let earlier = |site: &Site| assert!(site.slow_down(NOW - 1000, "421 slow down") < NOW);
    assert!(!paused(&[&earlier, &silent]), "that pause is over");
}

#[test]
fn one_lost_connection_does_not_stop_those_that_work() {
    let site = site_with(SiteLimits { connections: 2, ..limits() });
    assert!(starts(&push(&site, 1)) && starts(&push(&site, 2)));
    site.opened();
    site.take().expect("a job");
    site.succeeded();
    push(&site, 3);
    site.opened();
    assert!(site.unreachable(NOW, &no_answer()).is_empty());
    assert!(matches!(site.connection_ended(NOW), Afterwards::Nothing));
    let state = site.state(NOW);
    assert_eq!((state.connections, state.limit, state.ready, state.paused_until), (1, 1, 2, None));
    // The one that works takes both.
    assert_eq!(site.take().map(|job| job.id.0), Some(2));
    assert_eq!(site.take().map(|job| job.id.0), Some(3));
}

#[test]
fn trust_grows_by_one_with_each_message_and_ends_at_the_limit() {
    let site = site();
    for expected in [3, 4, 4] {
        site.succeeded();
        assert_eq!(site.state(NOW).limit, expected);
    }
    site.slow_down(NOW, "421 slow down");
    assert_eq!(site.state(NOW).limit, 2, "half of it");
}

#[test]
fn a_rate_spreads_messages_evenly() {
    let site = site_with(SiteLimits { messages_per_minute: Some(60), ..limits() });
    let start = Duration::from_secs(100);
    let waits: Vec<_> = (0..3).map(|_| site.reserve_slot(start)).collect();
    assert_eq!(waits, [0, 1, 2].map(Duration::from_secs));
    assert_eq!(site.reserve_slot(start + Duration::from_secs(60)), Duration::ZERO);
}

#[test]
fn ready_jobs_can_be_taken_out_and_the_others_stay_in_order() {
    let site = site();
    for id in [1, 2, 3, 2, 4] {
        push(&site, id);
    }
    assert_eq!(ids(&site.extract(&|job| job.id.0 == 2)), [2, 2]);
    let mut rest = Vec::new();
    while let Some(job) = site.take() {
        rest.push(job.id.0);
    }
    assert_eq!(rest, [1, 3, 4]);
}

#[test]
fn a_site_is_named_by_its_hosts_in_the_order_of_their_preferences() {
    let name = |hosts: &[(u16, &str)]| {
        let host = |(preference, name): &(u16, &str)| PlannedHost {
            name: Some(postamt_mail::address::Domain::new(name).expect("a valid domain")),
            preference: *preference,
        };
        name_of(&hosts.iter().map(host).collect::<Vec<_>>())
    };
    assert_eq!(name(&[(10, "b.test"), (10, "a.test")]), "a.test,b.test");
    assert_eq!(name(&[(10, "a.test"), (20, "b.test")]), name(&[(5, "a.test"), (6, "b.test")]));
    assert_eq!(name(&[(20, "a.test"), (10, "b.test"), (20, "c.test")]), "b.test > a.test,c.test");
    assert_ne!(name(&[(10, "a.test"), (20, "b.test")]), name(&[(20, "a.test"), (10, "b.test")]));
}
