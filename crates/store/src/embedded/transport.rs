//! The transport memory in SQLite. A crash may lose the last notes: they are made again with the next session.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::database::{DatabaseError, Durability, Shared, number, signed};
use crate::PortFuture;
use crate::transport::{CachedPolicy, TlsCount, TlsMemory, TransportError, TransportMemory};

const MIGRATIONS: &[&str] = &["CREATE TABLE memory (
    domain TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    authenticated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE policy (
    domain TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    fetched INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE result (
    day INTEGER NOT NULL,
    domain TEXT NOT NULL,
    policy TEXT NOT NULL,
    result TEXT NOT NULL,
    host TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, domain, policy, result, host)
) WITHOUT ROWID;"];

/// See the head of this file.
pub struct SqliteTransport {
    connection: Shared,
}

impl SqliteTransport {
    /// Opens or creates the file. Blocks.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        Ok(Self { connection: Shared::open(path.as_ref(), Durability::Late, MIGRATIONS)? })
    }

    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> PortFuture<'_, Result<T, TransportError>> {
        let work =
            |connection: &mut Connection| work(connection).map_err(|error| TransportError(error.to_string()));
        Box::pin(self.connection.work(work, TransportError))
    }
}

fn memory_of(row: &Row<'_>) -> rusqlite::Result<TlsMemory> {
    Ok(TlsMemory {
        domain: row.get(0)?,
        since: number(row, 1)?,
        confirmed: number(row, 2)?,
        authenticated: row.get(3)?,
    })
}

fn policy_of(row: &Row<'_>) -> rusqlite::Result<CachedPolicy> {
    Ok(CachedPolicy {
        domain: row.get(0)?,
        id: row.get(1)?,
        text: row.get(2)?,
        fetched: number(row, 3)?,
        expires: number(row, 4)?,
    })
}

fn count_of(row: &Row<'_>) -> rusqlite::Result<TlsCount> {
    Ok(TlsCount {
        day: number(row, 0)?,
        domain: row.get(1)?,
        policy: row.get(2)?,
        result: row.get(3)?,
        host: row.get(4)?,
        count: number(row, 5)?,
    })
}

const MEMORY: &str = "SELECT domain, since, confirmed, authenticated FROM memory";

impl TransportMemory for SqliteTransport {
    fn memory(&self, domain: &str) -> PortFuture<'_, Result<Option<TlsMemory>, TransportError>> {
        let domain = domain.to_owned();
        self.work(move |connection| {
            let mut statement = connection.prepare_cached(&format!("{MEMORY} WHERE domain = ?1"))?;
            statement.query_row([domain], memory_of).optional()
        })
    }

    fn memories(&self) -> PortFuture<'_, Result<Vec<TlsMemory>, TransportError>> {
        self.work(|connection| {
            let mut statement = connection.prepare_cached(&format!("{MEMORY} ORDER BY domain"))?;
            let rows = statement.query_map([], memory_of)?;
            rows.collect()
        })
    }

    fn remember(&self, memory: TlsMemory) -> PortFuture<'_, Result<(), TransportError>> {
        self.work(move |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO memory (domain, since, confirmed, authenticated) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (domain) DO UPDATE
                 SET confirmed = excluded.confirmed, authenticated = excluded.authenticated",
            )?;
            let TlsMemory { domain, since, confirmed, authenticated } = memory;
            statement.execute(params![domain, signed(since), signed(confirmed), authenticated]).map(drop)
        })
    }

    fn forget(&self, domain: &str) -> PortFuture<'_, Result<bool, TransportError>> {
        let domain = domain.to_owned();
        self.work(move |connection| {
            Ok(connection.execute("DELETE FROM memory WHERE domain = ?1", [domain])? > 0)
        })
    }

    fn policy(&self, domain: &str) -> PortFuture<'_, Result<Option<CachedPolicy>, TransportError>> {
        let domain = domain.to_owned();
        self.work(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT domain, id, text, fetched, expires FROM policy WHERE domain = ?1")?;
            statement.query_row([domain], policy_of).optional()
        })
    }

    fn save_policy(&self, policy: CachedPolicy) -> PortFuture<'_, Result<(), TransportError>> {
        self.work(move |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT OR REPLACE INTO policy (domain, id, text, fetched, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            let CachedPolicy { domain, id, text, fetched, expires } = policy;
            statement.execute(params![domain, id, text, signed(fetched), signed(expires)]).map(drop)
        })
    }

    fn add(&self, counts: Vec<TlsCount>) -> PortFuture<'_, Result<(), TransportError>> {
        self.work(move |connection| {
            let transaction = connection.transaction()?;
            for TlsCount { day, domain, policy, result, host, count } in counts {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO result (day, domain, policy, result, host, count)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (day, domain, policy, result, host) DO UPDATE
                     SET count = count + excluded.count",
                )?;
                statement.execute(params![signed(day), domain, policy, result, host, signed(count)])?;
            }
            transaction.commit()
        })
    }

    fn counts(&self, from_day: u64) -> PortFuture<'_, Result<Vec<TlsCount>, TransportError>> {
        self.work(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT day, domain, policy, result, host, count FROM result WHERE day >= ?1
                 ORDER BY day, domain, policy, result, host",
            )?;
            let rows = statement.query_map([signed(from_day)], count_of)?;
            rows.collect()
        })
    }

    fn expire(&self, confirmed: u64, expired: u64, day: u64) -> PortFuture<'_, Result<(), TransportError>> {
        self.work(move |connection| {
            connection.execute("DELETE FROM memory WHERE confirmed < ?1", [signed(confirmed)])?;
            connection.execute("DELETE FROM policy WHERE expires < ?1", [signed(expired)])?;
            connection.execute("DELETE FROM result WHERE day < ?1", [signed(day)]).map(drop)
        })
    }
}
