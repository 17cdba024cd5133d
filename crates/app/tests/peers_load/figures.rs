//! The figures of a case, and what must hold of them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::case::Case;
use super::journal::Journal;
use super::load::{Arrival, Arrived};
use super::ratios::Summary;

/// Nobody shall wait longer …
const LONG: Duration = Duration::from_secs(60);
/// … but this many in a hundred.
const LONG_PER_CENT: usize = 2;
/// As `outgoing.connect_timeout_secs` is by default: no message accepted after the switch waits so long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// What a connect timeout is called in the log.
const TIMED_OUT: &str = "no answer to the connection attempt in time";

/// What was counted beside the messages.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// SYNs to port 25 while it was blocked.
    pub in_vain: u64,
    /// From the opening until mail went directly again.
    pub back: Option<Duration>,
    /// From the first message to the last arrival.
    pub whole: Duration,
}

/// One message.
#[derive(Debug)]
struct Fate {
    recipient: String,
    accepted: Instant,
    arrivals: Vec<Arrival>,
}

/// All of a case.
#[derive(Debug)]
pub struct Figures {
    start: Instant,
    /// The wall clock at the start, by which the log goes.
    started: Timestamp,
    fates: Vec<Fate>,
    strangers: usize,
    counts: Counts,
}

impl Figures {
    /// Puts both sides together.
    pub fn new(
        start: Instant,
        accepted: Vec<(String, Instant)>,
        mut arrived: Arrived,
        counts: Counts,
    ) -> Self {
        let fates = accepted
            .into_iter()
            .map(|(recipient, accepted)| {
                let arrivals = arrived.remove(&recipient).unwrap_or_default();
                Fate { recipient, accepted, arrivals }
            })
            .collect();
        let elapsed = SignedDuration::try_from(start.elapsed()).unwrap();
        Self { start, started: Timestamp::now() - elapsed, fates, strangers: arrived.len(), counts }
    }

    fn waits(&self) -> Vec<Duration> {
        let mut waits: Vec<Duration> = self.fates.iter().filter_map(Fate::wait).collect();
        waits.sort();
        waits
    }

    fn long(&self) -> usize {
        self.waits().into_iter().filter(|wait| *wait > LONG).count()
    }

    /// All of them, on the terminal.
    pub fn print(&self, case: Case) {
        let waits = self.waits();
        let at = |per_mille: usize| waits.get((waits.len().max(1) - 1) * per_mille / 1000).copied();
        let seconds = |duration: Option<Duration>| duration.map_or(f64::NAN, |it| it.as_secs_f64());
        let arrivals = || self.fates.iter().flat_map(|fate| &fate.arrivals);
        let by_relay = arrivals().filter(|arrival| arrival.by_relay).count();
        let last = arrivals().map(|arrival| arrival.at - self.start).max();
        println!("{case}");
        println!("  accepted {}, arrived {}, by relay {by_relay}", self.fates.len(), arrivals().count());
        println!("  lost {}, twice {}, longer than 60 s {}", self.lost(), self.twice(), self.long());
        println!(
            "  wait in seconds: median {:.2}, 98 % {:.2}, longest {:.2}",
            seconds(at(500)),
            seconds(at(980)),
            seconds(at(1000))
        );
        println!(
            "  last arrival after {:.1} s of the load's {:.1} s; SYNs to port 25 in vain {}",
            seconds(last),
            case.messages as f64 / f64::from(case.per_second),
            self.counts.in_vain
        );
        if let Some(back) = self.counts.back {
            println!("  direct again {:.1} s after the opening", back.as_secs_f64());
        }
        println!("  whole run {:.1} s", self.counts.whole.as_secs_f64());
    }

    /// What programs are compared by: of the messages of the load alone.
    pub fn summary(&self, case: Case) -> Summary {
        let load = &self.fates[..case.messages.min(self.fates.len())];
        let last = load.iter().flat_map(|fate| &fate.arrivals).map(|arrival| arrival.at - self.start).max();
        Summary {
            case: case.to_string(),
            seconds: last.unwrap_or_default().as_secs_f64(),
            in_vain: self.counts.in_vain,
            long: load.iter().filter(|fate| fate.wait().is_none_or(|wait| wait > LONG)).count(),
        }
    }

    fn lost(&self) -> usize {
        self.fates.iter().filter(|fate| fate.arrivals.is_empty()).count()
    }

    fn twice(&self) -> usize {
        self.fates.iter().filter(|fate| fate.arrivals.len() > 1).count()
    }

    /// What must hold of every program.
    pub fn judge_delivery(&self, case: Case) {
        let lost: Vec<_> =
            self.fates.iter().filter(|fate| fate.arrivals.is_empty()).map(|fate| &fate.recipient).collect();
        assert!(lost.is_empty(), "{case}: lost {lost:?}");
        assert_eq!(self.twice(), 0, "{case}: delivered twice");
        assert_eq!(self.strangers, 0, "{case}: mail that nobody sent");
        assert!(self.fates.len() >= case.messages, "{case}: not all were accepted");
    }

    /// What must hold of Postamt, by its log too.
    pub fn judge(&self, case: Case, journal: &Journal) {
        for entry in journal.named("path_changed") {
            let after = entry.at.duration_since(self.started).as_secs_f64();
            let event = &entry.event;
            println!("  {after:6.1} s {} {}: {}", event["path"], event["state"], event["reason"]);
        }
        self.slowest(journal);
        self.judge_delivery(case);
        let allowed = self.fates.len() * LONG_PER_CENT / 100;
        assert!(self.long() <= allowed, "{case}: {} waited longer than 60 s", self.long());
        let switch = journal.changes_to("relay").map(|entry| entry.at).max();
        let switch = switch.unwrap_or_else(|| panic!("{case}: the breaker did not open"));
        self.judge_switch(case, journal, switch);
        let back = journal.changes_to("direct").map(|entry| entry.at).max();
        let back = back.unwrap_or_else(|| panic!("{case}: direct delivery did not come back"));
        let direct = journal.named("delivered").filter(|entry| entry.at > back);
        let direct = direct.filter(|entry| entry.event["route"] == "direct").count();
        println!("  delivered directly after the return {direct}");
        assert!(direct > 0, "{case}: nothing went directly after the return");
        let by_relay = self.fates.iter().flat_map(|fate| &fate.arrivals).filter(|it| it.by_relay).count();
        assert!(by_relay > 0, "{case}: nothing took the detour");
    }

    /// No connect timeout is noted after the switch, and nobody waits as long as one.
    fn judge_switch(&self, case: Case, journal: &Journal, switch: Timestamp) {
        let attempts = journal.named("deferred").chain(journal.named("failed"));
        let timed_out = attempts.filter(|entry| {
            entry.at > switch && entry.event["reply"].as_str().is_some_and(|reply| reply.contains(TIMED_OUT))
        });
        let timed_out: Vec<_> = timed_out.map(|entry| entry.event.to_string()).collect();
        assert!(timed_out.is_empty(), "{case}: waited for connect timeouts after the switch: {timed_out:?}");
        let switch = Duration::try_from(switch.duration_since(self.started)).unwrap_or_default();
        let late: Vec<_> = self
            .fates
            .iter()
            .filter(|fate| fate.accepted > self.start + switch)
            .filter(|fate| fate.wait().is_some_and(|wait| wait >= CONNECT_TIMEOUT))
            .map(|fate| &fate.recipient)
            .collect();
        println!("  accepted after the switch and longer than 30 s on the way {}", late.len());
        assert!(late.is_empty(), "{case}: {late:?} waited after the switch");
    }

    /// What the log says of those that waited longest.
    fn slowest(&self, journal: &Journal) {
        let mut slow: Vec<&Fate> =
            self.fates.iter().filter(|it| it.wait().is_none_or(|it| it > LONG / 2)).collect();
        slow.sort_by_key(|fate| std::cmp::Reverse(fate.wait()));
        for fate in slow.into_iter().take(6) {
            println!("  slow: {} {:?}, {:?}", fate.recipient, fate.accepted - self.start, fate.wait());
            let to = |entry: &&super::journal::Entry| {
                entry.event["recipients"]
                    .as_array()
                    .is_some_and(|it| it.iter().any(|it| it == &fate.recipient))
            };
            for entry in journal.entries.iter().filter(to) {
                let after = entry.at.duration_since(self.started).as_secs_f64();
                let event = &entry.event;
                println!("    {after:6.1} s {} {} {}", event["event"], event["route"], event["reply"]);
            }
        }
    }
}

impl Fate {
    /// From the acceptance to the first arrival.
    fn wait(&self) -> Option<Duration> {
        self.arrivals.iter().map(|it| it.at.saturating_duration_since(self.accepted)).min()
    }
}
