//! The guard over simulated time.

use super::*;

const A: &str = "192.0.2.7";

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn wrong(guard: &Guard, peer: &str, name: &str, now: u64) -> Judgement {
    guard.judge(ip(peer), guess(name, None), false, now)
}

/// A wrong password for an account; the same one where `guess` is the same.
fn guess(name: &str, guess: Option<u64>) -> Sighting<'_> {
    Sighting { offence: Offence::WrongPassword, name: Some(name), guess }
}

#[test]
fn an_old_password_given_again_and_again_waits_and_brings_no_ban_at_the_pace_of_a_telephone() {
    let guard = Guard::default();
    let first = guard.judge(ip(A), guess("a", Some(1)), false, 100);
    assert_eq!(first.delay, Duration::ZERO);
    for minute in 1..500 {
        let again = guard.judge(ip(A), guess("a", Some(1)), false, 100 + 20 * minute);
        assert_eq!(again.bans, [], "after {minute} times");
        assert!(again.delay >= Duration::from_secs(1), "{again:?}");
    }
    // Another host's first guess counts whole, and so does every other password.
    let bans: usize =
        (2..=11).map(|other| guard.judge(ip(A), guess("a", Some(other)), false, 10_000).bans.len()).sum();
    assert_eq!(bans, 1);
    // Without a pause it is not a telephone.
    let times =
        (1..).find(|_| !guard.judge(ip("192.0.2.9"), guess("a", Some(1)), false, 100).bans.is_empty());
    assert_eq!(times, Some(91));
}

#[test]
fn a_host_that_guesses_is_delayed_then_banned_then_free_again() {
    let guard = Guard::default();
    let judgements: Vec<_> = (0..6).map(|name| wrong(&guard, A, &format!("user{name}"), 100)).collect();
    let [before @ .., last] = &judgements[..] else { unreachable!() };
    assert!(before.is_sorted_by_key(|judgement| judgement.delay), "{before:?}");
    assert!(before.last().is_some_and(|judgement| judgement.delay.as_secs() == 8), "{before:?}");
    let [ban] = &last.bans[..] else { panic!("{last:?}") };
    assert_eq!(ban.network, host_of(ip(A)));
    let BanReason::Offences { counts, names } = &ban.reason else { panic!("{ban:?}") };
    assert_eq!((counts[&Offence::WrongPassword], *names), (6, 6));
    let until = ban.until.expect("it ends");
    assert!(guard.ban_of(ip(A), until - 1).is_some());
    assert_eq!(guard.ban_of(ip(A), until), None);
    assert_eq!(guard.ban_of(ip("192.0.2.8"), 100), None);
}

#[test]
fn an_offence_within_a_session_that_is_still_open_makes_no_second_ban() {
    let guard = Guard::default();
    let bans: usize = (0..40).map(|_| wrong(&guard, A, "a", 100).bans.len()).sum();
    assert_eq!(bans, 1);
    assert_eq!(guard.bans().len(), 1);
}

#[test]
fn the_operators_own_hosts_are_told_of_and_never_banned() {
    let guard = Guard::default();
    let spared: Vec<_> = (0..20)
        .map(|_| guard.judge(ip(A), guess("a", None), true, 100))
        .filter(|judgement| judgement.spared.is_some())
        .collect();
    assert_eq!(spared.len(), 2);
    assert_eq!(guard.bans(), []);
}

#[test]
fn whoever_logs_in_at_last_starts_again_from_nothing() {
    let guard = Guard::default();
    for _ in 0..9 {
        assert_eq!(wrong(&guard, A, "a", 100).bans, []);
    }
    guard.welcome(ip(A), "a", 100);
    let next = wrong(&guard, A, "a", 100);
    assert_eq!((next.delay, next.bans), (Duration::ZERO, Vec::new()));
}

#[test]
fn an_account_of_ones_own_does_not_buy_guesses_at_others() {
    let guard = Guard::default();
    let mut bans = 0;
    for number in 0..8 {
        guard.welcome(ip(A), "mine", 100);
        bans += wrong(&guard, A, &format!("other{number}"), 100).bans.len();
    }
    assert_eq!(bans, 1);
}

#[test]
fn many_hosts_on_one_account_are_banned_sooner_and_its_own_network_is_not() {
    let guard = Guard::default();
    guard.welcome(ip("203.0.113.5"), "a", 100);
    let sieges: Vec<_> =
        (1..=12).filter_map(|host| wrong(&guard, &format!("198.51.{host}.1"), "a", 200).siege).collect();
    assert_eq!(sieges, [SIEGE]);
    // 30 points a guess for strangers now, 5 for the account's own network.
    let guesses = (1..).find(|_| !wrong(&guard, "198.51.99.1", "a", 200).bans.is_empty());
    assert_eq!(guesses, Some(4));
    let slips = (1..).find(|_| !wrong(&guard, "203.0.113.9", "a", 200).bans.is_empty());
    assert_eq!(slips, Some(20));
    // An hour later it is over.
    let guesses = (1..).find(|_| !wrong(&guard, "198.51.98.1", "a", 200 + SIEGE_TIME).bans.is_empty());
    assert_eq!(guesses, Some(10));
}

#[test]
fn a_network_goes_with_its_hosts_unless_an_account_lives_there() {
    let guard = Guard::default();
    let ban_all = |network: &str| -> Vec<Ban> {
        let hosts = (1..=4).flat_map(|host| std::iter::repeat_n(format!("{network}.{host}"), 10));
        hosts.flat_map(|host| wrong(&guard, &host, "a", 100).bans).collect()
    };
    let bans = ban_all("198.51.100");
    assert_eq!(bans.len(), 5, "{bans:?}");
    assert!(guard.ban_of(ip("198.51.100.200"), 100).is_some());
    guard.welcome(ip("203.0.113.200"), "b", 100);
    assert_eq!(ban_all("203.0.113").len(), 4);
    assert_eq!(guard.ban_of(ip("203.0.113.200"), 100), None);
}

#[test]
fn a_ban_that_is_lifted_is_gone_with_all_that_led_to_it() {
    let guard = Guard::default();
    let network: IpNet = "192.0.2.0/24".parse().expect("a network");
    let reason = BanReason::Operator { note: "spam".to_owned() };
    guard.take_up(Ban::new(network, 100, Some(160), reason, 1));
    for _ in 0..9 {
        wrong(&guard, "192.0.2.9", "a", 100);
    }
    assert!(guard.ban_of(ip("192.0.2.9"), 159).is_some());
    let lifted = guard.lift(host_of(ip("192.0.2.9")));
    assert_eq!(lifted.iter().map(|ban| ban.network).collect::<Vec<_>>(), [network]);
    assert_eq!(guard.ban_of(ip("192.0.2.9"), 101), None);
    assert_eq!(wrong(&guard, "192.0.2.9", "a", 100).bans, []);
}

#[test]
fn a_first_login_from_elsewhere_is_told_once_and_the_very_first_is_not() {
    let guard = Guard::default();
    let told = |peer: &str, now| guard.welcome(ip(peer), "a", now).map(|(_, is_new)| is_new);
    assert_eq!(told("192.0.2.1", 100), Some(false));
    assert_eq!(told("192.0.2.200", 101), None);
    assert_eq!(told("198.51.100.1", 102), Some(true));
    assert_eq!(told("198.51.100.1", 103), None);
    assert_eq!(told("192.0.2.1", 100 + VISIT_AGAIN), Some(false));
}

#[test]
fn the_restart_keeps_bans_and_visits() {
    let guard = Guard::default();
    let (visit, _) = guard.welcome(ip("203.0.113.5"), "a", 100).expect("a first visit");
    let bans: Vec<_> = (0..10).flat_map(|_| wrong(&guard, A, "a", 100).bans).collect();
    let again = Guard::default();
    again.recall(bans.clone(), vec![visit]);
    assert_eq!(again.ban_of(ip(A), 101).as_ref(), bans.first());
    assert_eq!(again.welcome(ip("203.0.113.6"), "a", 101), None);
}

#[test]
fn hosts_without_number_do_not_fill_the_memory() {
    let guard = Guard::default();
    for host in 0..u32::try_from(HOSTS).expect("small") + 1_000 {
        let peer = IpAddr::V4((0x0a00_0000 + host).into());
        guard.judge(peer, Offence::Impatience.into(), false, 100);
    }
    assert!(guard.lock().scores.len() <= HOSTS);
}
