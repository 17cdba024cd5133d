//! A real database of facts in which a decision on a provider cannot be written down, when a test says so.

use std::sync::atomic::{AtomicBool, Ordering};

use postamt_net::PortFuture;
use postamt_store::embedded::SqliteFacts;
use postamt_store::facts::*;
use tokio::sync::watch;

/// The database.
pub struct FaultyFacts {
    database: SqliteFacts,
    fails: AtomicBool,
}

impl FaultyFacts {
    /// One that works.
    pub fn new(database: SqliteFacts) -> Self {
        Self { database, fails: AtomicBool::new(false) }
    }

    /// From now on no decision on a provider can be saved, or again.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }
}

type Answer<'a, T> = PortFuture<'a, Result<T, FactError>>;

impl Facts for FaultyFacts {
    fn paths(&self) -> Answer<'_, Vec<PathFact>> {
        self.database.paths()
    }

    fn save_path(&self, fact: PathFact) -> Answer<'_, ()> {
        self.database.save_path(fact)
    }

    fn probes(&self) -> Answer<'_, Vec<ProbeFact>> {
        self.database.probes()
    }

    fn save_probe(&self, fact: ProbeFact) -> Answer<'_, ()> {
        self.database.save_probe(fact)
    }

    fn told(&self) -> Answer<'_, Vec<ToldFact>> {
        self.database.told()
    }

    fn save_told(&self, fact: ToldFact) -> Answer<'_, ()> {
        self.database.save_told(fact)
    }

    fn preflights(&self) -> Answer<'_, Vec<PreflightFact>> {
        self.database.preflights()
    }

    fn save_preflight(&self, fact: PreflightFact) -> Answer<'_, ()> {
        self.database.save_preflight(fact)
    }

    fn handed(&self) -> Answer<'_, Vec<HandedFact>> {
        self.database.handed()
    }

    fn save_handed(&self, fact: HandedFact) -> Answer<'_, ()> {
        self.database.save_handed(fact)
    }

    fn providers(&self) -> Answer<'_, Vec<ProviderFact>> {
        self.database.providers()
    }

    fn save_provider(&self, fact: ProviderFact) -> Answer<'_, ()> {
        if self.fails.load(Ordering::SeqCst) {
            return Box::pin(async { Err(FactError("the disk is full".to_owned())) });
        }
        self.database.save_provider(fact)
    }

    fn forget_provider(&self, provider: String) -> Answer<'_, ()> {
        self.database.forget_provider(provider)
    }

    fn notice(&self) -> Answer<'_, Option<NoticeFact>> {
        self.database.notice()
    }

    fn save_notice(&self, fact: NoticeFact) -> Answer<'_, ()> {
        self.database.save_notice(fact)
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.database.changes()
    }
}
