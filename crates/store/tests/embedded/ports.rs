//! The embedded store against the suites of the ports.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use postamt_store::accounts::Accounts;
use postamt_store::bans::Bans;
use postamt_store::cases::Cases;
use postamt_store::conduct::Conducts;
use postamt_store::embedded::{
    SegmentSpool, SpoolSettings, SqliteAccounts, SqliteBans, SqliteCases, SqliteConducts, SqliteFacts,
    SqliteHistory, SqliteReports, SqliteTransport,
};
use postamt_store::facts::Facts;
use postamt_store::history::History;
use postamt_store::reports::Reports;
use postamt_store::spool::{Spool, Waiting};
use postamt_store::transport::TransportMemory;
use tempfile::TempDir;

use crate::suite;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory can be made")
}

/// Keeps a spool in small segments, so that every check crosses their borders.
struct SpoolHouse {
    directory: TempDir,
    open: Mutex<Option<Arc<SegmentSpool>>>,
}

impl suite::spool::House for SpoolHouse {
    fn open(&self) -> (Arc<dyn Spool>, Vec<Waiting>) {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let settings = SpoolSettings {
            segment_bytes: 64 << 10,
            ..SpoolSettings::new(self.directory.path(), Arc::new(now))
        };
        let (spool, mut recovery) = SegmentSpool::open(settings).expect("the spool opens");
        let waiting = recovery.by_ref().collect();
        assert_eq!(recovery.problems(), []);
        let spool = Arc::new(spool);
        *self.open.lock().expect("no panic") = Some(Arc::clone(&spool));
        (spool, waiting)
    }

    fn close(&self) {
        let spool = self.open.lock().expect("no panic").take().expect("it is open");
        suite::run(spool.close()).expect("it closes in good order");
        assert!(Arc::into_inner(spool).is_some(), "the check has dropped its handle");
    }
}

#[test]
fn the_spool() {
    for (name, check) in suite::spool::CHECKS {
        println!("the spool: {name}");
        check(&SpoolHouse { directory: directory(), open: Mutex::default() });
    }
}

struct AccountsHouse(TempDir);

impl suite::accounts::House for AccountsHouse {
    fn open(&self) -> Arc<dyn Accounts> {
        Arc::new(SqliteAccounts::open(self.0.path().join("accounts.db")).expect("the accounts open"))
    }
}

#[test]
fn the_accounts() {
    for (name, check) in suite::accounts::CHECKS {
        println!("the accounts: {name}");
        check(&AccountsHouse(directory()));
    }
}

struct HistoryHouse(TempDir);

impl suite::history::House for HistoryHouse {
    fn open(&self) -> Arc<dyn History> {
        Arc::new(SqliteHistory::open(self.0.path().join("history.db")).expect("the history opens"))
    }
}

#[test]
fn the_history() {
    for (name, check) in suite::history::CHECKS {
        println!("the history: {name}");
        check(&HistoryHouse(directory()));
    }
}

struct FactsHouse(TempDir);

impl suite::facts::House for FactsHouse {
    fn open(&self) -> Arc<dyn Facts> {
        Arc::new(SqliteFacts::open(self.0.path().join("facts.db")).expect("the facts open"))
    }
}

#[test]
fn the_facts() {
    for (name, check) in suite::facts::CHECKS {
        println!("the facts: {name}");
        check(&FactsHouse(directory()));
    }
}

struct CasesHouse(TempDir);

impl suite::cases::House for CasesHouse {
    fn open(&self) -> Arc<dyn Cases> {
        Arc::new(SqliteCases::open(self.0.path().join("cases.db")).expect("the cases open"))
    }
}

#[test]
fn the_cases() {
    for (name, check) in suite::cases::CHECKS {
        println!("the cases: {name}");
        check(&CasesHouse(directory()));
    }
}

struct BansHouse(TempDir);

impl suite::bans::House for BansHouse {
    fn open(&self) -> Arc<dyn Bans> {
        Arc::new(SqliteBans::open(self.0.path().join("bans.db")).expect("it opens"))
    }
}

#[test]
fn the_bans() {
    for (name, check) in suite::bans::CHECKS {
        println!("the bans: {name}");
        check(&BansHouse(directory()));
    }
}

struct ConductsHouse(TempDir);

impl suite::conduct::House for ConductsHouse {
    fn open(&self) -> Arc<dyn Conducts> {
        Arc::new(SqliteConducts::open(self.0.path().join("conduct.db")).expect("it opens"))
    }
}

#[test]
fn the_conduct_of_accounts() {
    for (name, check) in suite::conduct::CHECKS {
        println!("the conduct: {name}");
        check(&ConductsHouse(directory()));
    }
}

struct TransportHouse(TempDir);

impl suite::transport::House for TransportHouse {
    fn open(&self) -> Arc<dyn TransportMemory> {
        Arc::new(SqliteTransport::open(self.0.path().join("transport.db")).expect("it opens"))
    }
}

#[test]
fn the_transport_memory() {
    for (name, check) in suite::transport::CHECKS {
        println!("the transport memory: {name}");
        check(&TransportHouse(directory()));
    }
}

struct ReportsHouse(TempDir);

impl suite::reports::House for ReportsHouse {
    fn open(&self) -> Arc<dyn Reports> {
        Arc::new(SqliteReports::open(self.0.path().join("reports.db")).expect("it opens"))
    }
}

#[test]
fn the_reports() {
    for (name, check) in suite::reports::CHECKS {
        println!("the reports: {name}");
        check(&ReportsHouse(directory()));
    }
}
