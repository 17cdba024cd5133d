//! The reports port.

use std::sync::Arc;

use postamt_mail::dmarc_reports::Action;
use postamt_store::reports::{
    Kept, MOST_A_DAY, MOST_OF_ONE_REPORTER, MOST_OF_THE_KNOWN, MOST_SUMS, ReportFact, ReportSum, Reports,
};

use super::run;

/// A place where they are kept.
pub trait House {
    /// Opens it; a second time as after a restart.
    fn open(&self) -> Arc<dyn Reports>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("a report is kept once, with its sums", a_report_is_kept_once),
    ("sums of reports add up", sums_add_up),
    ("nobody can send without end", nobody_can_send_without_end),
    ("nobody new keeps out the known", nobody_new_keeps_out_the_known),
    ("a day has so many sums and no more", a_day_has_so_many_sums),
    ("what is old goes", what_is_old_goes),
];

const DAY: u64 = 86_400;

fn report(reporter: &str, id: &str, day: u64) -> ReportFact {
    ReportFact {
        reporter: reporter.into(),
        organisation: "Receiver & Söhne".into(),
        id: id.into(),
        domain: "own.test".into(),
        received_at: (day + 1) * DAY + 5,
        begin: day * DAY,
        end: day * DAY + DAY - 1,
        policy: Some(Action::Quarantine),
        messages: 7,
        aligned: 3,
    }
}

fn sum(day: u64, source: &str, dkim_aligned: bool, messages: u64) -> ReportSum {
    ReportSum {
        domain: "own.test".into(),
        day,
        source: source.parse().ok(),
        disposition: Action::None,
        dkim_aligned,
        spf_aligned: false,
        messages,
    }
}

fn keep(reports: &Arc<dyn Reports>, report: ReportFact, sums: &[ReportSum]) -> Kept {
    run(reports.keep(report, sums.to_vec())).expect("written")
}

fn a_report_is_kept_once(house: &dyn House) {
    let reports = house.open();
    assert_eq!(run(reports.reports(0)).expect("read"), []);
    let sums = [sum(9, "192.0.2.1", true, 3), sum(9, "2001:db8::1", false, 4)];
    assert_eq!(keep(&reports, report("receiver.test", "a", 9), &sums), Kept::New);
    assert_eq!(keep(&reports, report("receiver.test", "a", 9), &sums), Kept::Known);
    drop(reports);
    let reports = house.open();
    let later = ReportFact { received_at: 99 * DAY, ..report("receiver.test", "a", 9) };
    assert_eq!(keep(&reports, later, &sums), Kept::Known, "on another day, too");
    assert_eq!(run(reports.reports(9)).expect("read"), [report("receiver.test", "a", 9)]);
    assert_eq!(run(reports.sums(9)).expect("read"), sums);
    // Another reporter may use the same number.
    let without = ReportFact { policy: None, ..report("other.test", "a", 9) };
    assert_eq!(keep(&reports, without.clone(), &[]), Kept::New);
    assert_eq!(run(reports.reports(0)).expect("read"), [without, report("receiver.test", "a", 9)]);
    assert_eq!(run(reports.reports(10)).expect("read"), []);
    assert_eq!(run(reports.sums(10)).expect("read"), []);
}

fn sums_add_up(house: &dyn House) {
    let reports = house.open();
    let refused = ReportSum { disposition: Action::Reject, ..sum(9, "192.0.2.1", false, 2) };
    for id in ["a", "b"] {
        let sums = [sum(9, "192.0.2.1", true, 3), refused.clone()];
        assert_eq!(keep(&reports, report("receiver.test", id, 9), &sums), Kept::New);
    }
    let twice = ReportSum { messages: 4, ..refused };
    assert_eq!(run(reports.sums(0)).expect("read"), [sum(9, "192.0.2.1", true, 6), twice]);
}

fn nobody_can_send_without_end(house: &dyn House) {
    let reports = house.open();
    for number in 0..MOST_OF_ONE_REPORTER {
        assert_eq!(keep(&reports, report("a.test", &number.to_string(), 9), &[]), Kept::New);
    }
    let one = [sum(9, "192.0.2.1", true, 3)];
    assert_eq!(keep(&reports, report("a.test", "x", 9), &one), Kept::TooMany);
    assert_eq!(keep(&reports, report("a.test", "0", 9), &one), Kept::Known);
    assert_eq!(run(reports.sums(0)).expect("read"), [], "what is not kept adds nothing");
    for number in MOST_OF_ONE_REPORTER..MOST_A_DAY {
        let reporter = format!("r{}.test", number / 20);
        assert_eq!(keep(&reports, report(&reporter, &number.to_string(), 9), &[]), Kept::New);
    }
    assert_eq!(keep(&reports, report("new.test", "x", 9), &one), Kept::TooMany);
    let other = ReportFact { domain: "other.test".into(), ..report("new.test", "x", 9) };
    assert_eq!(keep(&reports, other, &[]), Kept::New, "another domain has its own room");
    assert_eq!(keep(&reports, report("a.test", "x", 10), &one), Kept::New, "and so has another day");
}

fn nobody_new_keeps_out_the_known(house: &dyn House) {
    let reports = house.open();
    let known = |number: u32| format!("known{number}.test");
    // More of them than a day has room for.
    for number in 0..=MOST_OF_THE_KNOWN / MOST_OF_ONE_REPORTER {
        assert_eq!(keep(&reports, report(&known(number), "old", 8), &[]), Kept::New);
    }
    for number in 0..MOST_A_DAY {
        let reporter = format!("new{}.test", number / MOST_OF_ONE_REPORTER);
        assert_eq!(keep(&reports, report(&reporter, &number.to_string(), 9), &[]), Kept::New);
    }
    assert_eq!(keep(&reports, report("late.test", "x", 9), &[]), Kept::TooMany);
    assert_eq!(keep(&reports, report("new9.test", "x", 9), &[]), Kept::TooMany, "known since today");
    for number in 0..MOST_OF_THE_KNOWN - MOST_A_DAY {
        let reporter = known(number / MOST_OF_ONE_REPORTER);
        assert_eq!(keep(&reports, report(&reporter, &number.to_string(), 9), &[]), Kept::New);
    }
    assert_eq!(keep(&reports, report("known0.test", "x", 9), &[]), Kept::TooMany, "it has had its fifty");
    let last = known(MOST_OF_THE_KNOWN / MOST_OF_ONE_REPORTER);
    assert_eq!(keep(&reports, report(&last, "x", 9), &[]), Kept::TooMany, "the day is full for all");
}

fn a_day_has_so_many_sums(house: &dyn House) {
    let reports = house.open();
    let many: Vec<ReportSum> = (0..MOST_SUMS + 20)
        .map(|number| sum(9, &std::net::Ipv4Addr::from(0xC000_0200 + number).to_string(), false, 1))
        .collect();
    assert_eq!(keep(&reports, report("a.test", "a", 9), &many), Kept::New);
    assert_eq!(keep(&reports, report("a.test", "b", 9), &many), Kept::New);
    let sums = run(reports.sums(0)).expect("read");
    assert_eq!(sums.len(), MOST_SUMS as usize + 1);
    let without: Vec<_> = sums.iter().filter(|sum| sum.source.is_none()).map(|sum| sum.messages).collect();
    assert_eq!(without, [40]);
    assert_eq!(sums.iter().map(|sum| sum.messages).sum::<u64>(), 2 * u64::from(MOST_SUMS + 20));
}

fn what_is_old_goes(house: &dyn House) {
    let reports = house.open();
    for day in [8, 9] {
        keep(&reports, report("a.test", &day.to_string(), day), &[sum(day, "192.0.2.1", true, 1)]);
    }
    run(reports.expire(9)).expect("done");
    assert_eq!(run(reports.reports(0)).expect("read"), [report("a.test", "9", 9)]);
    assert_eq!(run(reports.sums(0)).expect("read"), [sum(9, "192.0.2.1", true, 1)]);
}
