//! Bans and visits in SQLite. Each write is synced: a ban must hold after a crash, and there are few of them.

use std::path::Path;

use ipnet::IpNet;
use rusqlite::{Connection, params};

use super::database::{DatabaseError, Durability, Shared, number, signed};
use crate::PortFuture;
use crate::bans::{Ban, BanError, Bans, Visit};

const MIGRATIONS: &[&str] = &["CREATE TABLE ban (
    network TEXT PRIMARY KEY,
    until INTEGER,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE visit (
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (account, network)
) WITHOUT ROWID;"];

/// See the head of this file.
pub struct SqliteBans {
    connection: Shared,
}

impl SqliteBans {
    /// Opens or creates the file. Blocks.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        Ok(Self { connection: Shared::open(path.as_ref(), Durability::Full, MIGRATIONS)? })
    }

    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, BanError> + Send + 'static,
    ) -> PortFuture<'_, Result<T, BanError>> {
        Box::pin(self.connection.work(work, BanError))
    }
}

fn failed(error: impl std::fmt::Display) -> BanError {
    BanError(error.to_string())
}

fn read_bans(connection: &mut Connection) -> Result<Vec<Ban>, BanError> {
    let mut statement =
        connection.prepare_cached("SELECT value FROM ban ORDER BY network").map_err(failed)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    let texts: Vec<String> = rows.collect::<Result<_, _>>().map_err(failed)?;
    Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
}

fn read_visits(connection: &mut Connection) -> Result<Vec<Visit>, BanError> {
    let mut statement = connection
        .prepare_cached("SELECT account, network, first, last FROM visit ORDER BY account, network")
        .map_err(failed)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, number(row, 2)?, number(row, 3)?)))
        .map_err(failed)?;
    rows.map(|row| {
        let (account, network, first, last) = row.map_err(failed)?;
        let network = network.parse().map_err(failed)?;
        Ok(Visit { account, network, first, last })
    })
    .collect()
}

impl Bans for SqliteBans {
    fn bans(&self) -> PortFuture<'_, Result<Vec<Ban>, BanError>> {
        self.work(read_bans)
    }

    fn visits(&self) -> PortFuture<'_, Result<Vec<Visit>, BanError>> {
        self.work(read_visits)
    }

    fn save(&self, bans: Vec<Ban>, visits: Vec<Visit>) -> PortFuture<'_, Result<(), BanError>> {
        self.work(move |connection| {
            let transaction = connection.transaction().map_err(failed)?;
            for ban in &bans {
                let value = serde_json::to_string(ban).map_err(failed)?;
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO ban (network, until, value) VALUES (?1, ?2, ?3)")
                    .and_then(|mut statement| {
                        statement.execute(params![ban.network.to_string(), ban.until.map(signed), value])
                    })
                    .map_err(failed)?;
            }
            for Visit { account, network, first, last } in &visits {
                transaction
                    .prepare_cached(
                        "INSERT INTO visit (account, network, first, last) VALUES (?1, ?2, ?3, ?4)
                        ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
                    )
                    .and_then(|mut statement| {
                        statement.execute(params![
                            account,
                            network.to_string(),
                            signed(*first),
                            signed(*last)
                        ])
                    })
                    .map_err(failed)?;
            }
            transaction.commit().map_err(failed)
        })
    }

    fn forget_bans(&self, networks: Vec<IpNet>) -> PortFuture<'_, Result<(), BanError>> {
        self.work(move |connection| {
            let transaction = connection.transaction().map_err(failed)?;
            for network in &networks {
                transaction
                    .prepare_cached("DELETE FROM ban WHERE network = ?1")
                    .and_then(|mut statement| statement.execute([network.to_string()]))
                    .map_err(failed)?;
            }
            transaction.commit().map_err(failed)
        })
    }

    fn forget_before(&self, time: u64) -> PortFuture<'_, Result<(), BanError>> {
        self.work(move |connection| {
            connection
                .execute("DELETE FROM ban WHERE until < ?1", [signed(time)])
                .and_then(|_| connection.execute("DELETE FROM visit WHERE last < ?1", [signed(time)]))
                .map_err(failed)?;
            Ok(())
        })
    }
}
