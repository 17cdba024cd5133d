use postamt_mail::words::Language;
use postamt_store::facts::{ConnectProblem, Evidence, Family, PathKey, PathReason};

use super::carrier::State;
use super::*;
use crate::breaker::detour::Hindrance;
use crate::send::preflight::{Finding, Judged, PreflightVerdict, Severity};
use crate::send::relay_test::Step;

const HOST: &str = "mail.example.org";
const NOON: u64 = 1_795_521_600;

/// The letter as it is sent, one language first, its encoding undone.
fn shown(language: Language, write: impl Fn(&Words) -> Letter) -> String {
    let address = |text: &str| Address::new(text).expect("an address");
    let notice = OperatorNotice {
        language,
        from: address("postmaster@mail.example.org"),
        to: address("root@example.org"),
        now: NOON,
        message_id: "<1@mail.example.org>".to_owned(),
    };
    let message = String::from_utf8(notice.build(write).to_vec()).expect("text");
    let (head, body) = message.split_once("\r\n\r\n").expect("a body");
    format!("{head}\n\n{}", decoded(body)).replace('\r', "")
}

/// Undoes quoted-printable (RFC 2045 §6.7).
fn decoded(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut octets = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        octets.push(u8::from_str_radix(digits, 16).expect("two digits"));
        octets.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(octets).expect("UTF-8")
}

/// Both orders of the languages, one after the other.
fn both_orders(write: impl Fn(&Words) -> Letter) -> String {
    format!("{}\n\n========\n\n{}", shown(Language::De, &write), shown(Language::En, &write))
}

fn fact(state: PathState, reason: PathReason) -> PathFact {
    let problem = |operator: &str, problem| Evidence::Connect { operator: operator.to_owned(), problem };
    PathFact {
        path: PathKey { source: None, family: Family::Ipv4 },
        state,
        since: NOON,
        reason,
        evidence: vec![
            problem("one.example", ConnectProblem::Unanswered { seconds: 6 }),
            problem("two.example", ConnectProblem::Refused),
        ],
        next_probe: None,
        setbacks: 0,
        down_since: None,
        probed_at: 0,
    }
}

fn closed_by(way: &Detour) -> String {
    let facts = [fact(PathState::Relay, PathReason::SilentOperators { operators: 3 })];
    let lifetime = Duration::from_secs(5 * 86_400);
    both_orders(|words| closed(&Closed { host: HOST, since: NOON, way, lifetime }, &facts, words))
}

fn verdict(findings: Vec<Judged>) -> PreflightVerdict {
    let usable = findings.is_empty();
    PreflightVerdict { relay: "ses".to_owned(), checked_at: NOON, usable, findings }
}

fn login_refused() -> Finding {
    Finding::Unreached { step: Step::LogIn, problem: "535 5.7.8 credentials invalid".to_owned() }
}

#[test]
fn the_way_is_closed_and_a_relay_takes_over() {
    insta::assert_snapshot!(closed_by(&Detour::By("ses".to_owned())));
}

#[test]
fn the_way_is_closed_and_mail_waits() {
    insta::assert_snapshot!(closed_by(&Detour::Hindered(Hindrance::NoRelay)));
}

#[test]
fn the_way_is_closed_and_the_relay_is_unfit() {
    let finding = Box::new(login_refused());
    insta::assert_snapshot!(closed_by(&Detour::Hindered(Hindrance::Unfit {
        relay: "ses".to_owned(),
        finding
    })));
}

#[test]
fn the_way_is_open_again() {
    let facts = [fact(PathState::Direct, PathReason::TrialPassed)];
    insta::assert_snapshot!(both_orders(|words| opened(HOST, Some(NOON), &facts, words)));
}

fn unfit() -> State {
    let finding = login_refused();
    State::Judged(Arc::new(verdict(vec![Judged { severity: Severity::Fatal, finding }])))
}

fn fit() -> State {
    State::Judged(Arc::new(verdict(Vec::new())))
}

fn carrier(takes_detours: bool, providers: &[&str], state: State) -> Carrier {
    let providers = providers.iter().map(|&name| name.to_owned()).collect();
    Carrier { relay: "ses".to_owned(), takes_detours, providers, state }
}

fn told_of(carrier: &Carrier) -> String {
    both_orders(|words| carrier.letter(HOST, words))
}

#[test]
fn a_relay_is_unfit() {
    insta::assert_snapshot!(told_of(&carrier(true, &[], unfit())));
}

#[test]
fn a_relay_is_fit_again() {
    insta::assert_snapshot!(told_of(&carrier(true, &[], fit())));
}

#[test]
fn a_relay_of_single_providers_is_unfit() {
    let letter = told_of(&carrier(false, &["Microsoft", "firma.example"], unfit()));
    insta::assert_snapshot!(letter);
}

#[test]
fn a_relay_of_both_is_unfit() {
    insta::assert_snapshot!(told_of(&carrier(true, &["Microsoft"], unfit())));
}

#[test]
fn a_relay_of_single_providers_is_missing() {
    insta::assert_snapshot!(told_of(&carrier(false, &["Microsoft"], State::Missing(NOON))));
}

#[test]
fn a_relay_of_single_providers_is_fit_again() {
    insta::assert_snapshot!(told_of(&carrier(false, &["Microsoft"], fit())));
}

fn told(told_at: u64, since: Option<u64>) -> ToldFact {
    ToldFact { about: DIRECT.to_owned(), told_at, since }
}

#[test]
fn a_beginning_and_its_end_are_told_once() {
    assert_eq!(due(true, None, 10), Some(true));
    assert_eq!(due(true, Some(&told(10, Some(9))), 10 + 2 * QUIET_SECONDS), None);
    assert_eq!(due(false, Some(&told(10, Some(9))), 20), Some(false));
    assert_eq!(due(false, Some(&told(10, None)), 30), None);
    assert_eq!(due(false, None, 30), None);
}

#[test]
fn flapping_is_told_every_six_hours_at_the_most() {
    let ended = told(10, None);
    assert_eq!(due(true, Some(&ended), 60), None);
    assert_eq!(due(false, Some(&ended), 90), None, "an end without a beginning");
    assert_eq!(due(true, Some(&ended), 10 + QUIET_SECONDS), Some(true));
}
